"""Several ingest workers, each a process of its own, on one broker and one store.

This process starts them, starts again what dies, adds up their figures and carries usage and faults
into the inventory. Each worker is held by a pipe: when this process ends, in whatever way, so do
they.
"""

import contextlib
import multiprocessing
import threading
import time
from contextlib import closing
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess

import structlog

from stationmaster.ingest_metrics import ingest_metrics
from stationmaster.ingesting import broker_address, ingest, retention_of
from stationmaster.logs import log_as
from stationmaster.opening import service_database
from stationmaster.projection import Projection
from stationmaster.settings import Settings
from stationmaster.stopping import stop_on_signals
from stationmaster.stores import open_reader, open_store
from telemetry.broker.access import INGEST_USERS, read_or_make_passwords
from telemetry.contract.broker_address import BrokerAddress
from telemetry.ingest.figures import Figures, together
from telemetry.ingest.housekeeping import is_clock_in_doubt
from telemetry.ingest.service import Worker, run_ingest, wall_clock_ms
from telemetry.ingest.sharing import Sharing, try_sharing
from telemetry.ingest.subscriber import Share

log = structlog.get_logger()

EVENTS = "events"
REPORT_EVERY_S = 0.5
RESTART_PAUSE_S = (0.2, 10.0)
"""Chosen: recovery within a second of the first death; one that dies at once is no busy loop."""
HEALTHY_S = 10.0
STOP_S = 5.0
_ASK_AGAIN_S = 2.0

WHY_ALONE = {
    Sharing.NOT_DELIVERED: "broker grants a shared subscription and never delivers it: one worker",
    Sharing.NOT_TOGETHER: "broker lets only one worker in, give each an account: one worker",
}


def worker_address(settings: Settings, worker: int) -> BrokerAddress:
    """Where a worker connects.

    At the embedded broker each has its own account, because a client id is its user there; where
    an account is set, all use it under client ids of their own.
    """
    if worker == 1:
        return broker_address(settings)
    if settings.broker_user or settings.broker_password.get_secret_value():
        first = broker_address(settings)
        return replace(first, client_id=f"{first.client_id}-{worker}")
    user = INGEST_USERS[worker - 1]
    passwords = read_or_make_passwords(settings.credentials_path, [user])
    return settings.broker_address(user, passwords[user])


def ingest_by_workers(settings: Settings) -> None:
    """Ingest by as many workers as are set, by one where the broker does not share."""
    stop = stop_on_signals()
    settings.make_var()
    found = _sharing(settings, stop)
    if found is Sharing.WORKS:
        _supervise(settings, stop)
    elif not stop.is_set():
        log.warning("ingest_does_not_share", sharing=found.value, reason=WHY_ALONE[found])
        ingest(settings, stop)


def _sharing(settings: Settings, stop: threading.Event) -> Sharing:
    workers = range(1, settings.ingest_workers + 1)
    addresses = [worker_address(settings, worker) for worker in workers]
    found, was_told = Sharing.UNREACHABLE, False
    while found is Sharing.UNREACHABLE and not stop.is_set():
        found = try_sharing(addresses, stop)
        if found is Sharing.UNREACHABLE:
            if not was_told:
                log.warning("broker_unreachable", broker=f"{addresses[0].host}")
            was_told = True
            stop.wait(_ASK_AGAIN_S)
    return found


def _supervise(settings: Settings, stop: threading.Event) -> None:
    with closing(open_store(settings)) as store:
        # made or brought up to this version before several open it, and before any sign of life
        is_in_doubt = is_clock_in_doubt(store, wall_clock_ms())
    with service_database(settings) as database, closing(open_reader(settings)) as reader:
        projection = Projection(database, reader)
        team = _Team(settings, projection, is_in_doubt)
        projection.start()
        try:
            with ingest_metrics(settings, team.figures):
                while not stop.is_set():
                    team.look_after()
        finally:
            team.stop()
            projection.stop()


@dataclass(slots=True)
class _Member:
    share: Share
    process: SpawnProcess | None = None
    pipe: Connection | None = None
    figures: Figures = field(default_factory=lambda: Figures(workers=1))
    started_s: float = 0.0
    start_at_s: float = 0.0
    pause_s: float = RESTART_PAUSE_S[0]


class _Team:
    def __init__(self, settings: Settings, projection: Projection, is_in_doubt: bool) -> None:
        count = settings.ingest_workers
        self._settings = settings
        self._projection = projection
        self._is_in_doubt = is_in_doubt
        self._members = [_Member(Share(number, count)) for number in range(1, count + 1)]
        self._past = Figures(workers=0)

    def figures(self) -> Figures:
        """Of all workers, those that died included."""
        return together([self._past, *(member.figures for member in self._members)])

    def look_after(self) -> None:
        """Start what is not running, take in what is said."""
        for member in self._members:
            if member.process is None and time.monotonic() >= member.start_at_s:
                self._start(member)
        by_pipe = {member.pipe: member for member in self._members if member.pipe}
        for pipe in wait(list(by_pipe), REPORT_EVERY_S / 5):
            self._hear(by_pipe[pipe])  # type: ignore[index]  # what was waited for

    def _start(self, member: _Member) -> None:
        context = multiprocessing.get_context("spawn")
        member.pipe, theirs = context.Pipe()
        member.process = context.Process(
            target=work,
            args=(self._settings, member.share, theirs, self._is_in_doubt),
            name=f"ingest-{member.share.worker}",
        )
        member.process.start()
        theirs.close()
        member.started_s = time.monotonic()

    def _hear(self, member: _Member) -> None:
        if member.pipe is None:
            return
        try:
            said = member.pipe.recv()
        except (EOFError, OSError):
            self._died(member)
            return
        if isinstance(said, Figures):
            member.figures = said
        elif said == EVENTS:
            self._projection.notify()

    def _died(self, member: _Member) -> None:
        code = self._ended(member)
        gone = replace(member.figures, workers=0, connected=0, inbox_messages=0, inbox_capacity=0)
        self._past = together([self._past, gone])
        member.figures = Figures()
        if time.monotonic() - member.started_s > HEALTHY_S:
            member.pause_s = RESTART_PAUSE_S[0]
        member.start_at_s = time.monotonic() + member.pause_s
        member.pause_s = min(member.pause_s * 2, RESTART_PAUSE_S[1])
        log.warning("worker_ended_and_is_started_again", worker=member.share.worker, code=code)

    def _ended(self, member: _Member) -> int | None:
        if member.pipe is not None:
            member.pipe.close()
        code = None
        if member.process is not None:
            member.process.join(STOP_S)
            if member.process.is_alive():
                member.process.kill()
                member.process.join()
            code = member.process.exitcode
            member.process.close()
        member.pipe, member.process = None, None
        return code

    def stop(self) -> None:
        """Ask all to end, then wait for each."""
        for member in self._members:
            if member.pipe is not None:
                member.pipe.close()
        for member in self._members:
            self._ended(member)


def work(settings: Settings, share: Share, pipe: Connection, is_in_doubt: bool) -> None:
    """The life of a worker, in its own process."""
    log_as(f"ingest-{share.worker}")
    stop, said = stop_on_signals(), threading.Lock()
    worker = Worker(
        share, on_events=lambda: _say(pipe, said, EVENTS), is_clock_in_doubt=is_in_doubt
    )
    threading.Thread(target=_until_let_go, args=(pipe, stop), daemon=True).start()
    reporting = threading.Thread(target=_report, args=(worker, pipe, said, stop))
    reporting.start()
    try:
        with closing(open_store(settings)) as store:
            run_ingest(
                worker_address(settings, share.worker),
                store,
                stop,
                retention=retention_of(settings),
                worker=worker,
            )
    finally:
        stop.set()
        reporting.join()


def _until_let_go(pipe: Connection, stop: threading.Event) -> None:
    with contextlib.suppress(EOFError, OSError):
        pipe.recv()
    stop.set()


def _report(worker: Worker, pipe: Connection, said: threading.Lock, stop: threading.Event) -> None:
    while not stop.wait(REPORT_EVERY_S):
        _say(pipe, said, worker.figures)


def _say(pipe: Connection, said: threading.Lock, what: object) -> None:
    with said, contextlib.suppress(OSError):
        pipe.send(what)
