"""What the inventory wants of whoever makes the files; the root answers it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from inventory.exports.rules import ExportFormat, ExportState, ExportTrouble


@dataclass(frozen=True, slots=True)
class SignalWords:
    """What the bench's catalogue says of a signal."""

    unit: str = ""
    label_zh: str = ""
    label_en: str = ""


@dataclass(frozen=True, slots=True)
class ExportOrder:
    """Rows of a bench observed in `[start, end)`, for one user; signals None: all.

    `has_mark`: a CSV file begins with the mark by which Excel knows UTF-8.
    """

    owner_id: int
    bench: str
    start: datetime
    end: datetime
    format: ExportFormat
    signals: Sequence[str] | None = None
    has_mark: bool = True
    station: str = ""
    profile: str = ""
    words: Mapping[str, SignalWords] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ExportJob:
    """An order on its way; `rows_total` is None until they are counted.

    `expires_at` is set when nothing changes any more; `trouble` says why it failed.
    """

    id: str
    order: ExportOrder
    state: ExportState
    made_at: datetime
    rows_done: int = 0
    rows_total: int | None = None
    size_bytes: int = 0
    expires_at: datetime | None = None
    trouble: ExportTrouble | None = None


class ExportJobs(Protocol):
    """Makes files one after the other and keeps them until they expire or are ended."""

    def submit(self, order: ExportOrder, now: datetime) -> ExportJob:
        """Take an order.

        Raises:
            TooManyOpen: the owner has `MAX_OPEN_EACH` that are not finished.
            TooBusy: there is no room for another, in the queue or on the disk.
        """

    def jobs(self, owner_id: int, now: datetime) -> Sequence[ExportJob]:
        """All of one owner that have not expired, the latest first."""

    def job(self, owner_id: int, job_id: str, now: datetime) -> ExportJob:
        """One of them.

        Raises:
            UnknownExport: the owner has none of this id.
        """

    def file(self, owner_id: int, job_id: str, now: datetime) -> Path:
        """The finished file.

        Raises:
            UnknownExport: the owner has none of this id, or it is not done.
        """

    def end(self, owner_id: int, job_id: str, now: datetime) -> None:
        """Stop one that is not finished; it stays listed as cancelled. Remove a finished one.

        Raises:
            UnknownExport: the owner has none of this id.
        """

    def close(self) -> None:
        """Stop what is being made; it is interrupted then."""
