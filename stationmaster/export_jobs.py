"""Exports of the server: one process at a time makes files, which stay for a while in a folder."""

import os
import queue
import secrets
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import structlog

from inventory.errors import TooBusy, TooManyOpen, UnknownExport
from inventory.exports.jobs import ExportJob, ExportOrder
from inventory.exports.rules import (
    MAX_KEPT_EACH,
    MAX_OPEN,
    MAX_OPEN_EACH,
    OPEN_STATES,
    ExportState,
    ExportTrouble,
)
from stationmaster.export_child import Task, Told
from telemetry.export.facts import ExportFacts, Format, SignalFacts
from telemetry.export.running import Wish

log = structlog.get_logger(__name__)
SWEEP_EVERY_S = 60.0
DISK_RESERVE_BYTES = 1 << 30
"""Chosen: a file somebody wanted must never take the room ingest needs."""
_RECORD, _FILE = "job.json", "rows"


@dataclass(frozen=True, slots=True)
class ExportLimits:
    """How long finished files stay, and how much room they may take together."""

    kept: timedelta = timedelta(hours=24)
    most_bytes: int = 4096 * 1_000_000


def wish_of(order: ExportOrder, most_bytes: int) -> Wish:
    """What the order means to telemetry."""
    facts = ExportFacts(
        order.bench,
        _epoch_ms(order.start),
        _epoch_ms(order.end),
        order.station,
        order.profile,
        {n: SignalFacts(w.unit, w.label_zh, w.label_en) for n, w in order.words.items()},
    )
    kind = Format(order.format.value)
    return Wish(facts, kind, order.signals, order.has_mark, most_bytes)


def _epoch_ms(at: datetime) -> int:
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


class StoredExportJobs:
    """`ExportJobs` in a folder; what was under way when a server stopped is interrupted."""

    def __init__(
        self,
        folder: Path,
        var: Path,
        limits: ExportLimits | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Nothing is read or written until the first question.

        Args:
            folder: where the files stay, this object's alone.
            var: the installation's data folder, whose store is read.
            limits: of time and room.
            clock: aware and in UTC.
        """
        self._folder = folder
        self._var = var
        self._limits = limits or ExportLimits()
        self._clock = clock
        self._lock = threading.RLock()
        self._known: dict[str, ExportJob] | None = None
        self._waiting: queue.Queue[str | None] = queue.Queue()
        self._worker: threading.Thread | None = None
        self._child: subprocess.Popen[bytes] | None = None
        self._is_closing = False

    def submit(self, order: ExportOrder, now: datetime) -> ExportJob:
        """See `ExportJobs`."""
        with self._lock:
            jobs = self._swept(now)
            open_ones = [job for job in jobs.values() if job.state in OPEN_STATES]
            if sum(job.order.owner_id == order.owner_id for job in open_ones) >= MAX_OPEN_EACH:
                raise TooManyOpen("exports", MAX_OPEN_EACH)
            if len(open_ones) >= MAX_OPEN or self._room() <= 0:
                raise TooBusy("exports")
            job = ExportJob(secrets.token_hex(8), order, ExportState.WAITING, now)
            self._put(job)
            self._waiting.put(job.id)
            if self._worker is None:
                self._worker = threading.Thread(target=self._work, name="exports", daemon=True)
                self._worker.start()
            return job

    def jobs(self, owner_id: int, now: datetime) -> Sequence[ExportJob]:
        """See `ExportJobs`."""
        with self._lock:
            own = [job for job in self._swept(now).values() if job.order.owner_id == owner_id]
        return sorted(own, key=lambda job: job.made_at, reverse=True)

    def job(self, owner_id: int, job_id: str, now: datetime) -> ExportJob:
        """See `ExportJobs`."""
        for job in self.jobs(owner_id, now):
            if job.id == job_id:
                return job
        raise UnknownExport(job_id)

    def file(self, owner_id: int, job_id: str, now: datetime) -> Path:
        """See `ExportJobs`."""
        path = self._folder / self.job(owner_id, job_id, now).id / _FILE
        if not path.is_file():
            raise UnknownExport(job_id)
        return path

    def end(self, owner_id: int, job_id: str, now: datetime) -> None:
        """See `ExportJobs`."""
        with self._lock:
            job = self.job(owner_id, job_id, now)
            if job.state not in OPEN_STATES:
                self._remove(job)
                return
            was_running = job.state is ExportState.RUNNING
            self._finish(job, ExportState.CANCELLED)
            if was_running and self._child is not None:
                self._child.kill()

    def close(self) -> None:
        """See `ExportJobs`."""
        with self._lock:
            self._is_closing = True
            if self._child is not None:
                self._child.kill()
        self._waiting.put(None)
        if self._worker is not None:
            self._worker.join()

    def _jobs(self) -> dict[str, ExportJob]:
        if self._known is None:
            self._known = {}
            for record in sorted(self._folder.glob("*/")):
                self._take_up(record)
        return self._known

    def _take_up(self, folder: Path) -> None:
        try:
            job = msgspec.json.decode((folder / _RECORD).read_bytes(), type=ExportJob)
        except (OSError, msgspec.DecodeError):
            # the record is written first, so that nothing in here was ever promised to anybody
            shutil.rmtree(folder, ignore_errors=True)
            return
        self._jobs()[job.id] = job
        if job.state in OPEN_STATES:
            self._finish(job, ExportState.INTERRUPTED)

    def _put(self, job: ExportJob) -> None:
        self._jobs()[job.id] = job
        folder = self._folder / job.id
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = folder / f"{_RECORD}.new"
        fresh.write_bytes(msgspec.json.encode(job))
        fresh.replace(folder / _RECORD)

    def _finish(
        self, job: ExportJob, state: ExportState, trouble: ExportTrouble | None = None
    ) -> None:
        expires_at = self._clock() + self._limits.kept
        self._put(replace(job, state=state, trouble=trouble, expires_at=expires_at))
        if state is not ExportState.DONE:
            for left in (self._folder / job.id).glob(f"{_FILE}*"):
                left.unlink(missing_ok=True)

    def _remove(self, job: ExportJob) -> None:
        self._jobs().pop(job.id, None)
        shutil.rmtree(self._folder / job.id, ignore_errors=True)

    def _swept(self, now: datetime) -> dict[str, ExportJob]:
        jobs = self._jobs()
        finished: dict[int, list[ExportJob]] = {}
        for job in sorted(jobs.values(), key=lambda one: one.made_at, reverse=True):
            if job.expires_at is None:
                continue
            of_owner = finished.setdefault(job.order.owner_id, [])
            of_owner.append(job)
            if job.expires_at <= now or len(of_owner) > MAX_KEPT_EACH:
                self._remove(job)
        return jobs

    def _room(self) -> int:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        kept = sum(job.size_bytes for job in self._jobs().values() if job.expires_at)
        free = shutil.disk_usage(self._folder).free - DISK_RESERVE_BYTES
        return min(self._limits.most_bytes - kept, free)

    def _work(self) -> None:
        while not self._is_closing:
            try:
                job_id = self._waiting.get(timeout=SWEEP_EVERY_S)
            except queue.Empty:
                with self._lock:
                    self._swept(self._clock())
                continue
            if job_id is None:
                return
            try:
                self._make(job_id)
            except Exception as failed:  # the next one may well succeed
                log.exception("export_failed", export=job_id, error=str(failed))
                self._conclude(job_id, Told(trouble=ExportTrouble.BROKEN))

    def _make(self, job_id: str) -> None:
        with self._lock:
            job = self._jobs().get(job_id)
            if job is None or job.state is not ExportState.WAITING or self._is_closing:
                return
            self._put(replace(job, state=ExportState.RUNNING))
            self._child = self._started(job)
        told = Told()
        with self._child as child:
            assert child.stdout is not None  # noqa: S101 - a pipe was asked for
            for line in child.stdout:
                told = msgspec.json.decode(line, type=Told)
                self._note(job_id, told)
        self._conclude(job_id, told)

    def _started(self, job: ExportJob) -> subprocess.Popen[bytes]:
        path = self._folder.absolute() / job.id / _FILE
        wish = wish_of(job.order, self._room())
        child = subprocess.Popen(
            [sys.executable, "-m", "stationmaster.export_child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
                "STATIONMASTER_VAR": str(self._var.absolute()),
            },
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        assert child.stdin is not None  # noqa: S101 - a pipe was asked for
        task = Task(str(path), wish)
        child.stdin.write(msgspec.json.encode(task) + b"\n")
        child.stdin.flush()  # and stays open: the child ends with it
        return child

    def _note(self, job_id: str, told: Told) -> None:
        with self._lock:
            job = self._jobs().get(job_id)
            if job is not None and job.state is ExportState.RUNNING:
                self._jobs()[job_id] = replace(
                    job,
                    rows_done=told.rows_done if told.rows_total is not None else 0,
                    rows_total=told.rows_total,
                    size_bytes=told.size_bytes,
                )

    def _conclude(self, job_id: str, told: Told) -> None:
        with self._lock:
            self._child = None
            job = self._jobs().get(job_id)
            if job is None or job.state is not ExportState.RUNNING:
                return
            if told.is_done:
                self._finish(job, ExportState.DONE)
            elif self._is_closing:
                self._finish(job, ExportState.INTERRUPTED)
            else:
                self._finish(job, ExportState.FAILED, told.trouble or ExportTrouble.BROKEN)
