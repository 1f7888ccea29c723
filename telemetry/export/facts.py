"""What an export says of itself beside the rows."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from telemetry.store.port import RowColumns


class Format(StrEnum):
    """Kinds of files; the value is also their suffix."""

    CSV = "csv"
    PARQUET = "parquet"
    MF4 = "mf4"


@dataclass(frozen=True, slots=True)
class SignalFacts:
    """What the bench's catalogue says of a signal."""

    unit: str = ""
    label_zh: str = ""
    label_en: str = ""


@dataclass(frozen=True, slots=True)
class ExportFacts:
    """Whose rows of which span, `[start_ms, end_ms)`; `signals` by name, as far as known."""

    bench: str
    start_ms: int
    end_ms: int
    station: str = ""
    profile: str = ""
    signals: dict[str, SignalFacts] = field(default_factory=dict)

    def of(self, signal: str) -> SignalFacts:
        """Empty facts for one the catalogue does not have."""
        return self.signals.get(signal, SignalFacts())


class RowWriter(Protocol):
    """One file in the making."""

    def write(self, rows: RowColumns) -> None:
        """Append rows, which come in order of time."""

    def size(self) -> int:
        """Bytes on disk so far, scratch files included."""

    def close(self) -> None:
        """Finish the file."""

    def abandon(self) -> None:
        """Let go of everything unfinished."""


def file_size(path: Path) -> int:
    """Bytes of a file; 0 where there is none."""
    try:
        return path.stat().st_size
    except OSError:
        return 0
