"""What an export is on its way to, and how many of them there may be (pure)."""

from datetime import timedelta
from enum import StrEnum


class ExportFormat(StrEnum):
    """Kinds of files; the value is also their suffix."""

    CSV = "csv"
    PARQUET = "parquet"
    MF4 = "mf4"


class ExportState(StrEnum):
    """Where an export stands; interrupted: the server stopped while it was being made."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"


class ExportTrouble(StrEnum):
    """Why an export failed; broken: its process ended without a word."""

    TOO_LARGE = "too_large"
    NO_STORE = "no_store"
    NO_DISK = "no_disk"
    UNSETTLED = "unsettled"
    BROKEN = "broken"


OPEN_STATES = frozenset({ExportState.WAITING, ExportState.RUNNING})
MAX_OPEN_EACH = 3
"""Chosen: they are made one after the other; more would only wait longer."""
MAX_OPEN = 20
MAX_KEPT_EACH = 20
"""Chosen: more of one person's finished ones are nobody's list any more; the oldest one goes."""
MAX_SPAN = timedelta(days=366)
MEDIA_TYPES = {
    ExportFormat.CSV: "text/csv; charset=utf-8",
    ExportFormat.PARQUET: "application/vnd.apache.parquet",
    ExportFormat.MF4: "application/octet-stream",
}
