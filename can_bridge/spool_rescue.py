"""A damaged spool: its sound rows go into a new file, the old one is set aside, losses counted."""

import contextlib
import logging
import os
import re
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import msgspec

from can_bridge import spool_rows
from can_bridge.spool_file import (
    DATABASE_ERRORS,
    PAGE_BYTES,
    SpoolFile,
    read_ledger,
    read_states,
    remove_file,
)
from can_bridge.spool_ledger import EpochSpan, Ledger, Stretch, uncovered
from can_bridge.spool_rows import SpooledRow

log = logging.getLogger(__name__)

MOST_SET_ASIDE = 3
"""Chosen: enough to see a pattern; a disk that damages files shall not fill with them."""
_MARGIN_BYTES = 4 * 1024 * 1024
_PAGES_AT = 28
"""Where the first page of an SQLite file says how many there are."""


class Remembered(NamedTuple):
    """What a file should hold, as the process that wrote it knows it."""

    ledger: Ledger
    states: Mapping[str, bytes]


def files_set_aside(path: Path) -> int:
    """How many spool files of this name were ever set aside."""
    return max(_numbers(path), default=0)


def finish_rescue(path: Path) -> None:
    """Go on where a rescue was killed; nothing to do in nearly every case."""
    fresh = _fresh(path)
    if path.exists():
        remove_file(fresh)
    elif fresh.exists():
        _put_in_place(path, files_set_aside(path))


def rescue(
    path: Path, bench: str, max_bytes: int, reason: str, remembered: Remembered | None = None
) -> None:
    """Replace a damaged file by one of its sound rows; a record stands for what is missing.

    Without `remembered` that is known from the file's own ledger. Where that is damaged too,
    nobody can tell how many of the newest rows are missing: that is logged, and the file counted.

    Raises:
        OSError: there is no room for the new file.
        sqlite3.Error: the new file can't be written.
    """
    needed = 2 * path.stat().st_size + _MARGIN_BYTES
    if shutil.disk_usage(path.parent).free < needed:
        raise OSError(f"damaged ({reason}); {needed} bytes of disk are needed to carry rows over")
    fresh, number = _fresh(path), files_set_aside(path) + 1
    remove_file(fresh)
    with _reading(path, bench) as damaged:
        known = remembered or _read_kept(damaged)
        carried, lost = _carry_over(damaged, fresh, (bench, max_bytes), known)
    aside = _aside(path, number)
    path.rename(aside)
    _put_in_place(path, number)
    for old in sorted(_numbers(path))[:-MOST_SET_ASIDE]:
        remove_file(_aside(path, old))
    unknown = "" if known else "; how many of the newest rows are lost can't be told"
    log.error(
        "spool %s: damaged (%s); set aside as %s, %d rows carried over, %d lost%s",
        *(path, reason, aside.name, carried, lost, unknown),
    )


def _is_readable(path: Path) -> bool:
    try:
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as damaged:
            for table in ("kept", "waiting"):
                damaged.execute(f"SELECT 1 FROM {table} LIMIT 0")  # noqa: S608
    except DATABASE_ERRORS:
        return False
    return True


@contextlib.contextmanager
def _reading(path: Path, bench: str) -> Iterator[sqlite3.Connection]:
    """A connection that reads what can be read of a damaged file.

    The first page says where everything else is, and is the same in all new spools: where it can't
    be read, a copy of the file gets that of an empty one.
    """
    if _is_readable(path):
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as damaged:
            yield damaged
        return
    copy = path.with_name(f"{path.name}.reading")
    remove_file(copy)
    try:
        SpoolFile(copy, bench, 0).close()
        first_page = copy.read_bytes()[:PAGE_BYTES]
        with contextlib.suppress(FileNotFoundError):
            shutil.copyfile(f"{path}-wal", f"{copy}-wal")
        shutil.copyfile(path, copy)
        with copy.open("r+b") as file:
            file.write(first_page)
            file.seek(_PAGES_AT)
            file.write((path.stat().st_size // PAGE_BYTES).to_bytes(4, "big"))
        with contextlib.closing(sqlite3.connect(copy, isolation_level=None)) as readable:
            yield readable
    finally:
        remove_file(copy)


def _put_in_place(path: Path, number: int) -> None:
    # a log left beside the new file would be played into it
    for suffix in ("-wal", "-shm"):
        with contextlib.suppress(FileNotFoundError):
            os.replace(f"{path}{suffix}", f"{_aside(path, number)}{suffix}")  # noqa: PTH105
    _fresh(path).rename(path)


def _fresh(path: Path) -> Path:
    return path.with_name(f"{path.name}.rescue")


def _aside(path: Path, number: int) -> Path:
    return path.with_name(f"{path.name}.damaged-{number}")


def _numbers(path: Path) -> list[int]:
    pattern = re.compile(re.escape(f"{path.name}.damaged-") + r"(\d+)")
    found = (pattern.fullmatch(other.name) for other in path.parent.iterdir())
    return [int(match[1]) for match in found if match]


def _read_kept(damaged: sqlite3.Connection) -> Remembered | None:
    with contextlib.suppress(*DATABASE_ERRORS, msgspec.MsgspecError):
        ledger = read_ledger(damaged)
        if ledger is not None:
            states = read_states(damaged)
            is_present = states is not None and states.commits == ledger.commits
            return Remembered(ledger, states.states if states and is_present else {})
    return None


def _carry_over(
    damaged: sqlite3.Connection, fresh: Path, whose: tuple[str, int], known: Remembered | None
) -> tuple[int, int]:
    bench, max_bytes = whose
    file = SpoolFile(fresh, bench, max_bytes)
    try:
        file.db.execute("PRAGMA max_page_count=4294967294")
        file.db.execute("BEGIN IMMEDIATE")
        found = _Found()
        ledger = known.ledger if known else None
        spool_rows.insert(file.db, found.noted(_sound_rows(damaged), ledger))
        ledger = ledger or Ledger(bench, spans=found.spans())
        lost = _record_losses(file.db, ledger)
        ledger = msgspec.structs.replace(
            ledger, damaged=ledger.damaged + lost, commits=ledger.commits + 1
        )
        file.write(ledger, known.states if known else {})
        carried = file.db.execute("SELECT count(*) FROM waiting WHERE given_up = 0").fetchone()[0]
        file.db.execute("COMMIT")
    finally:
        file.close()
    return carried, lost


def _sound_rows(damaged: sqlite3.Connection) -> Iterator[SpooledRow]:
    """From both ends: what lies between two damaged places is given up."""
    for backwards in (False, True):
        with contextlib.suppress(*DATABASE_ERRORS):
            yield from filter(None, spool_rows.scan(damaged, backwards=backwards))
            return


class _Found:
    """What is seen of epochs while rows go by, for a file whose ledger is lost."""

    def __init__(self) -> None:
        self._first: dict[tuple[int, int], int] = {}
        self._last: dict[tuple[int, int], int] = {}

    def noted(self, rows: Iterator[SpooledRow], ledger: Ledger | None) -> Iterator[SpooledRow]:
        """The rows that belong to the ledger; all of them where there is none."""
        waiting = None if ledger is None else {one.epoch: one for one in ledger.waiting()}
        for row in rows:
            key = (row.epoch, row.position - row.seq)
            self._first[key] = min(row.seq, self._first.get(key, row.seq))
            self._last[key] = max(row.last_seq, self._last.get(key, row.last_seq))
            if waiting is None or _is_within(row, waiting.get(row.epoch)):
                yield row

    def spans(self) -> tuple[EpochSpan, ...]:
        """Epochs in the order of their rows."""
        by_base = sorted(self._first, key=lambda key: key[1] + self._first[key])
        return tuple(
            EpochSpan(epoch, base, self._last[epoch, base], self._first[epoch, base] - 1)
            for epoch, base in by_base
        )


def _is_within(row: SpooledRow, stretch: Stretch | None) -> bool:
    return (
        stretch is not None
        and row.last_position >= stretch.first
        and row.last_position <= stretch.last
    )


def _record_losses(db: sqlite3.Connection, ledger: Ledger) -> int:
    """Put a record into every hole; how many rows were lost in all."""
    lost = 0
    for stretch in ledger.waiting():
        rows = (
            (row.position, row.last_position)
            for row in spool_rows.scan(db)
            if row is not None and row.epoch == stretch.epoch
        )
        span = ledger.span_of(stretch.epoch)
        base = span.base if span else 0
        records = [
            spool_rows.gap_record(
                hole.first,
                hole.epoch,
                (hole.first - base, hole.last - base),
                hole.last - hole.first + 1,
                ledger.observed_at_ms,
            )
            for hole in uncovered(stretch, rows)
        ]
        spool_rows.insert(db, records)
        lost += sum(record.given_up for record in records)
    return lost
