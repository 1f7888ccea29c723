"""The threads that empty the outbox: one a channel, so that a slow one holds up no other."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Protocol

import structlog
from sqlalchemy.exc import DBAPIError

from inventory.database import Database
from inventory.notifications.bots import Outcome
from inventory.notifications.delivering import Parcel, claim, settle
from inventory.notifications.failed import forget
from inventory.notifications.planning import Outreach, plan
from inventory.notifications.rules import Channel
from stationmaster.mailing import MailDoor, mail_setup
from stationmaster.settings import Settings
from stationmaster.telling_groups import BotDoor

log = structlog.get_logger(__name__)
LOOK_EVERY_S = 2.0
"""Chosen: two small questions to the database; nobody notices two seconds in a message."""
FORGET_EVERY_S = 3600.0


class Door(Protocol):
    """A way out of the house."""

    def send(self, parcel: Parcel) -> Outcome:
        """Send a parcel; what went wrong is in the outcome."""

    def rest(self) -> None:
        """Nothing is to be sent for the moment."""


class Deliverer:
    """Plans and sends what is due by one channel, in a thread of its own.

    Several processes may do so at once: each parcel is leased to one of them. It may be killed at
    any moment; what it was sending is sent again when the lease has ended.
    """

    def __init__(
        self,
        database: Database,
        channel: Channel,
        door: Door,
        outreach: Outreach,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        look_every_s: float = LOOK_EVERY_S,
    ) -> None:
        self._database = database
        self._channel = channel
        self._door = door
        self._outreach = outreach
        self._clock = clock
        self._look_every_s = look_every_s
        self._forget_at_s = 0.0
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to deliver."""
        name = f"deliver-{self._channel.value}"
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after the parcel at hand and wait for it."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()

    def look(self) -> int:
        """Send what is due; how many parcels were tried."""
        while plan(self._database, self._outreach, self._clock()):
            pass
        tried = 0
        while not self._stopping.is_set():
            parcel = claim(self._database, self._channel, self._clock())
            if parcel is None:
                break
            outcome = self._attempt(parcel)
            settle(self._database, parcel, outcome, self._clock())
            tried += 1
        self._door.rest()
        return tried

    def _attempt(self, parcel: Parcel) -> Outcome:
        facts = {
            "channel": self._channel.value,
            "batch": parcel.batch,
            "messages": len(parcel.letters),
        }
        try:
            outcome = self._door.send(parcel)
        except Exception as defect:
            # one message nobody can send must not hold up all the others
            log.exception("delivery_defect", **facts)
            return Outcome(is_sent=False, reason=f"defect: {type(defect).__name__}")
        if outcome.is_sent:
            log.info("delivered", **facts)
        else:
            log.warning("not_delivered", reason=outcome.reason, final=outcome.is_final, **facts)
        return outcome

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self.look()
                if time.monotonic() >= self._forget_at_s:
                    self._forget_at_s = time.monotonic() + FORGET_EVERY_S
                    forget(self._database, self._clock())
            except DBAPIError as unavailable:
                log.warning("delivering_waits", reason=str(unavailable).splitlines()[0])
            except Exception:
                # the thread must live: nobody else would tell anybody anything
                log.exception("delivering_failed")
            self._stopping.wait(self._look_every_s)


def outreach_of(settings: Settings) -> Outreach:
    """How an installation may reach people."""
    origins = (one.strip().rstrip("/").lower() for one in settings.bot_origins.split(","))
    return Outreach(bool(settings.smtp_host), tuple(one for one in origins if one))


@contextmanager
def delivering(settings: Settings, database: Database) -> Iterator[None]:
    """Deliver while the block runs.

    Raises:
        BadMailSettings: the mail server's settings contradict each other.
    """
    outreach, setup = outreach_of(settings), mail_setup(settings)
    proxy = settings.bot_proxy.get_secret_value()
    groups = BotDoor(settings.base_url, outreach.bot_origins, proxy=proxy)
    deliverers = [Deliverer(database, Channel.WEBHOOK, groups, outreach)]
    if setup is not None:
        deliverers.append(Deliverer(database, Channel.EMAIL, MailDoor(setup), outreach))
    for one in deliverers:
        one.start()
    try:
        yield
    finally:
        for one in deliverers:
            one.stop()
        groups.close()
