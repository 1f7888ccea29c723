"""Exports in memory, for tests and for documents: each is what it is told to be."""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from inventory.errors import TooBusy, TooManyOpen, UnknownExport
from inventory.exports.jobs import ExportJob, ExportOrder
from inventory.exports.rules import MAX_OPEN, MAX_OPEN_EACH, OPEN_STATES, ExportState

KEPT = timedelta(hours=24)


class MemoryExportJobs:
    """Makes nothing by itself: `finish` says that a file is there."""

    def __init__(self) -> None:
        self._jobs: dict[str, ExportJob] = {}
        self._files: dict[str, Path] = {}

    def finish(self, job_id: str, file: Path, now: datetime) -> None:
        """The file is made."""
        size = file.stat().st_size
        done = {"state": ExportState.DONE, "size_bytes": size, "expires_at": now + KEPT}
        self._jobs[job_id] = replace(self._jobs[job_id], **done)  # type: ignore[arg-type]
        self._files[job_id] = file

    def submit(self, order: ExportOrder, now: datetime) -> ExportJob:
        """See `ExportJobs`."""
        open_ones = [job for job in self._jobs.values() if job.state in OPEN_STATES]
        if sum(job.order.owner_id == order.owner_id for job in open_ones) >= MAX_OPEN_EACH:
            raise TooManyOpen("exports", MAX_OPEN_EACH)
        if len(open_ones) >= MAX_OPEN:
            raise TooBusy("exports")
        job = ExportJob(secrets.token_hex(8), order, ExportState.WAITING, now)
        self._jobs[job.id] = job
        return job

    def jobs(self, owner_id: int, now: datetime) -> Sequence[ExportJob]:
        """See `ExportJobs`."""
        own = [job for job in self._jobs.values() if job.order.owner_id == owner_id]
        kept = [job for job in own if job.expires_at is None or job.expires_at > now]
        return sorted(kept, key=lambda job: job.made_at, reverse=True)

    def job(self, owner_id: int, job_id: str, now: datetime) -> ExportJob:
        """See `ExportJobs`."""
        for job in self.jobs(owner_id, now):
            if job.id == job_id:
                return job
        raise UnknownExport(job_id)

    def file(self, owner_id: int, job_id: str, now: datetime) -> Path:
        """See `ExportJobs`."""
        if self.job(owner_id, job_id, now).state is not ExportState.DONE:
            raise UnknownExport(job_id)
        return self._files[job_id]

    def end(self, owner_id: int, job_id: str, now: datetime) -> None:
        """See `ExportJobs`."""
        job = self.job(owner_id, job_id, now)
        if job.state in OPEN_STATES:
            ended = replace(job, state=ExportState.CANCELLED, expires_at=now + KEPT)
            self._jobs[job_id] = ended
        else:
            del self._jobs[job_id]

    def close(self) -> None:
        """See `ExportJobs`."""
