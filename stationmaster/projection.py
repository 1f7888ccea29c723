"""The loop that carries usage and fault steps from telemetry into the inventory, in order."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog

from inventory.database import UNAVAILABLE, Database
from inventory.moments import moment
from inventory.monitoring.projecting import ReportedEvent, apply_events, cursor, rewind
from telemetry.store.port import StoredEvent, StoreUnavailable, TimeSeriesReader

log = structlog.get_logger(__name__)
BATCH = 500
LOOK_EVERY_S = 0.2
RETRY_AFTER_S = 2.0


@dataclass(slots=True)
class ProjectionCounts:
    """What the loop has done since it started; `refused` steps left an audit entry each."""

    events: int = 0
    changed: int = 0
    refused: int = 0
    failures: int = 0


class Projection:
    """Carries events over in a thread of its own; may be killed at any moment.

    Only one should run per inventory; a second one does no harm but no good either.
    """

    def __init__(
        self,
        database: Database,
        reader: TimeSeriesReader,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.counts = ProjectionCounts()
        self._database = database
        self._reader = reader
        self._clock = clock
        self._stopping = threading.Event()
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None
        self._is_store_checked = False

    def start(self) -> None:
        """Begin to carry events over."""
        self._thread = threading.Thread(target=self._run, name="projection", daemon=True)
        self._thread.start()

    def notify(self) -> None:
        """Say that new events are there; otherwise they are found within `LOOK_EVERY_S`."""
        self._wake.set()

    def stop(self) -> None:
        """End after the batch at hand and wait for it."""
        self._stopping.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()

    def carry_over(self) -> int:
        """Carry one batch over and return the number of its events.

        Raises:
            StoreUnavailable: the events can't be read now.
        """
        with self._database.read() as db:
            position = cursor(db)
        if not self._is_store_checked:
            position = self._checked(position)
        events = self._reader.events_after(position, BATCH)
        # nothing new: either nothing happened, or the store was replaced while we are at work
        self._is_store_checked = bool(events)
        if events:
            applied = apply_events(
                self._database, [_reported(event) for event in events], self._clock()
            )
            self.counts.events += len(events)
            self.counts.changed += applied.changed
            if applied.refused:
                self.counts.refused += applied.refused
                log.error("projection_refused_steps", steps=applied.refused)
        return len(events)

    def _checked(self, position: int) -> int:
        # a store that lacks the event the cursor stands on is not the one the cursor was made with
        if position and not self._reader.events_after(position - 1, 1):
            log.warning("telemetry_store_replaced", position=position)
            rewind(self._database, self._clock())
            position = 0
        self._is_store_checked = True
        return position

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                pause = 0.0 if self.carry_over() == BATCH else LOOK_EVERY_S
            except (StoreUnavailable, *UNAVAILABLE) as unavailable:
                self.counts.failures += 1
                log.warning("projection_waits", reason=str(unavailable).splitlines()[0])
                pause = RETRY_AFTER_S
            except Exception:
                # the thread must live: faults of every bench take this way
                self.counts.failures += 1
                log.exception("projection_failed")
                pause = RETRY_AFTER_S
            self._wake.wait(pause)
            self._wake.clear()


def _reported(event: StoredEvent) -> ReportedEvent:
    return ReportedEvent(
        *(event.position, event.bench, moment(event.received_at_ms), event.message),
        epoch_order=event.epoch_order,
    )
