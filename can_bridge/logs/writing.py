"""The one door to writing logs: any readable log, or any batches, as a file for other tools."""

import contextlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from can_bridge.errors import UnwritableLog
from can_bridge.frames import FrameBatch
from can_bridge.logs.facts import LogFacts, log_facts
from can_bridge.logs.reading import CanLog
from can_bridge.logs.writers.blf import BlfWriter
from can_bridge.logs.writers.mf4 import Mf4Writer
from can_bridge.logs.writers.plan import LogWriter, Losses, WritingPlan
from can_bridge.logs.writers.text import (
    AscWriter,
    CandumpWriter,
    GvretWriter,
    PythonCanCsvWriter,
    TrcWriter,
)

WRITERS: dict[str, Callable[[Path, WritingPlan], LogWriter]] = {
    "candump": CandumpWriter,
    "asc": AscWriter,
    "blf": BlfWriter,
    "mf4": Mf4Writer,
    "trc": TrcWriter,
    "gvret": GvretWriter,
    "csv": PythonCanCsvWriter,
}
_BY_SUFFIX = (
    (".gvret.csv", "gvret"),
    (".gvret", "gvret"),
    (".log", "candump"),
    (".candump", "candump"),
    *((f".{name}", name) for name in ("asc", "blf", "mf4", "trc", "csv")),
)
Progress = Callable[[int, int], None]
"""Told how many of how many frames are written."""


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: the facts of the source, and what the format could not hold."""

    path: Path
    format: str
    facts: LogFacts
    plan: WritingPlan
    losses: Losses = field(default_factory=Losses)

    @property
    def frames(self) -> int:
        """Frames in the file."""
        return self.facts.frames - sum(self.losses.dropped.values())


def format_of(path: Path, wanted: str | None = None) -> str:
    """The format to write: as asked, else by the file's name.

    Raises:
        UnwritableLog: neither says a format that can be written.
    """
    known = f"known: {' '.join(WRITERS)}"
    if wanted is not None:
        if wanted not in WRITERS:
            raise UnwritableLog(path, f"format {wanted!r}, {known}")
        return wanted
    name = path.name.lower()
    found = next((form for suffix, form in _BY_SUFFIX if name.endswith(suffix)), None)
    if found is None:
        raise UnwritableLog(path, f"no format has this suffix; {known}")
    return found


def convert(
    source: CanLog,
    target: Path,
    wanted: str | None = None,
    *,
    may_replace: bool = False,
    on_progress: Progress | None = None,
) -> Written:
    """Write a log in another format; it is read twice, first for the facts a writer needs.

    Raises:
        UnreadableLog: the source is damaged; the target is not touched then.
        UnwritableLog: see `write_batches`.
    """
    form = format_of(target, wanted)
    _check_free(target, may_replace)
    if target.exists() and target.samefile(source.path):
        raise UnwritableLog(target, "is the log to be converted")
    facts = log_facts(source.all_batches())
    return write_batches(
        source.all_batches(), facts, target, form, may_replace=may_replace, on_progress=on_progress
    )


def write_batches(
    batches: Iterable[FrameBatch],
    facts: LogFacts,
    target: Path,
    form: str,
    *,
    may_replace: bool = False,
    on_progress: Progress | None = None,
) -> Written:
    """Write batches that have these facts; the file appears when it is complete.

    Raises:
        UnwritableLog: the target exists and may not be replaced, or the disk refuses.
    """
    _check_free(target, may_replace)
    plan = WritingPlan.of(facts)
    part = target.with_name(".part-" + target.name)
    try:
        writer = WRITERS[form](part, plan)
        done = 0
        try:
            for batch in batches:
                writer.write(batch)
                done += len(batch)
                if on_progress is not None:
                    on_progress(done, facts.frames)
        finally:
            writer.close()
        part.replace(target)
    except OSError as refused:
        raise UnwritableLog(target, refused.strerror or str(refused)) from refused
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
    return Written(target, form, facts, plan, writer.losses)


def _check_free(target: Path, may_replace: bool) -> None:
    try:
        if target.is_dir():
            raise UnwritableLog(target, "is a folder")
        if target.exists() and not may_replace:
            raise UnwritableLog(target, "exists already")
    except OSError as refused:  # a folder that may not be looked into
        raise UnwritableLog(target, refused.strerror or str(refused)) from refused
