"""A store moves between the embedded file and InfluxDB: copied, sent, read back and compared.

The source is only read. The target grows beside it under another name and gets its own when every
hour of every bench was found the same; killed at any moment the next call goes on.
"""

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from telemetry.store.influx.bookkeeping import Forwarding
from telemetry.store.influx.connection import Address, Influx
from telemetry.store.influx.digests import Difference, differences, digests
from telemetry.store.influx.forwarding import Limits
from telemetry.store.influx.store import InfluxReader, InfluxStore
from telemetry.store.port import StoreUnavailable, TimeSeriesReader
from telemetry.store.rollups import HOUR_MS
from telemetry.store.sqlite_reading import SqliteReader

MOST_REPORTED = 20
_EVER = (-(2**53), 2**53 + 1)
_COPY_PAGES = 4096


class Stage(StrEnum):
    """What a move is at."""

    COPY = "copy"
    ROWS = "rows"
    HOURS = "hours"
    COMPARE = "compare"


Progress = Callable[[Stage, int, int], None]
"""Stage, what is done and what there is: pages, rows, hours, rows."""


@dataclass(slots=True)
class Moved:
    """What became of a move; the target has its name only if nothing is different.

    `in_influxdb` and `in_file` are rows of the target by where they rest.
    """

    target: Path
    benches: int = 0
    rows: int = 0
    hours: int = 0
    in_influxdb: int = 0
    in_file: int = 0
    kept: list[tuple[str, str, int]] = field(default_factory=list)
    different: list[Difference] = field(default_factory=list)

    @property
    def is_same(self) -> bool:
        """Whether source and target have the very same rows."""
        return not self.different


def to_influxdb(
    source: Path, target: Path, address: Address, limits: Limits, progress: Progress
) -> Moved:
    """Move an embedded store; ingest must not run.

    Raises:
        StoreUnavailable: a file or InfluxDB can't be used now; call again later to go on.
    """
    part = _copied(source, target, progress)
    with closing(InfluxStore(part, Influx(address), replace(limits, keep_ms=0))) as store:
        _send_all(store, progress)
        _seal_all(store, progress)
        store.send()
        reader = InfluxReader(part, Influx(address))
        with closing(SqliteReader(source)) as before, closing(reader) as after:
            moved = _compared(before, after, target, progress)
        moved.in_influxdb = store.rows_away()
        moved.kept = store.kept_reasons()
    moved.in_file = moved.rows - moved.in_influxdb
    return _settled(part, moved)


def to_embedded(source: Path, target: Path, address: Address, progress: Progress) -> Moved:
    """Move back: the rows come home from InfluxDB, which keeps its own; ingest must not run.

    Raises:
        StoreUnavailable: as in `to_influxdb`; also when InfluxDB lacks rows it had.
    """
    part = _copied(source, target, progress)
    with closing(InfluxStore(part, Influx(address))) as store:
        for done, total in store.bring_home():
            progress(Stage.HOURS, done, total)
        store.leave_influxdb()
    before = InfluxReader(source, Influx(address))
    with closing(before), closing(SqliteReader(part)) as after:
        moved = _compared(before, after, target, progress)
    moved.in_file = moved.rows
    return _settled(part, moved)


def _rows_ever(path: Path) -> int:
    with _reading(path) as db:
        return int(db.execute("SELECT coalesce(sum(row_count), 0) FROM bench").fetchone()[0])


@contextlib.contextmanager
def _reading(path: Path) -> Iterator[sqlite3.Connection]:
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as db:
            yield db
    except sqlite3.Error as failed:
        raise StoreUnavailable(f"{path}: {failed}") from failed


def _copied(source: Path, target: Path, progress: Progress) -> Path:
    """The target under its working name: as far as an earlier call came, or a copy."""
    if not source.exists():
        raise StoreUnavailable(f"{source}: not there; nothing to move")
    if target.exists():
        raise StoreUnavailable(f"{target}: there already; move it away to move the rows again")
    part = target.with_name(target.name + ".moving")
    if part.exists() and _rows_ever(part) == _rows_ever(source):
        return part
    _remove(part)
    fresh = target.with_name(target.name + ".copying")
    _remove(fresh)
    with _reading(source) as here, closing(sqlite3.connect(fresh)) as there:
        here.backup(
            there,
            pages=_COPY_PAGES,
            progress=lambda _, left, total: progress(Stage.COPY, total - left, total),
        )
    fresh.replace(part)
    return part


def _remove(path: Path) -> None:
    for name in (path.name, f"{path.name}-wal", f"{path.name}-shm", f"{path.name}-keeper"):
        path.with_name(name).unlink(missing_ok=True)


def _send_all(store: InfluxStore, progress: Progress) -> None:
    total = store.forwarding().waiting
    done = 0
    progress(Stage.ROWS, done, total)
    for rows in store.sending():
        done += rows
        progress(Stage.ROWS, done, total)


def _seal_all(store: InfluxStore, progress: Progress) -> None:
    # far ahead of every row: all hours are over, and none is the present one
    future_ms = 2**53 // HOUR_MS * HOUR_MS
    hours = 0

    def one_more() -> bool:
        nonlocal hours
        hours += 1
        progress(Stage.HOURS, hours, hours)
        return True

    store.seal(future_ms, 0, one_more)


def _compared(
    source: TimeSeriesReader, target: TimeSeriesReader, path: Path, progress: Progress
) -> Moved:
    snapshots = source.snapshots()
    total = sum(snapshot.rows for snapshot in snapshots.values())
    moved = Moved(path, benches=len(snapshots))
    for bench in sorted(snapshots):
        ours, theirs = (digests(store.history(bench, _EVER)) for store in (source, target))
        for found in differences(bench, ours, theirs):
            if isinstance(found, Difference):
                moved.different.append(found)
                continue
            moved.hours += 1
            moved.rows += found.rows
            progress(Stage.COMPARE, moved.rows, max(total, moved.rows))
    return moved


def _settled(part: Path, moved: Moved) -> Moved:
    """Give the target its name when all is the same."""
    if moved.is_same:
        with closing(sqlite3.connect(part)) as db:
            # without the room of what went to InfluxDB, and whole without its log
            db.execute("VACUUM")
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        part.replace(moved.target)
        _remove(part)
    return moved


def state_of(path: Path, address: Address) -> Forwarding:
    """How sending goes, as another process noted it."""
    with closing(InfluxReader(path, Influx(address))) as reader:
        return reader.forwarding()
