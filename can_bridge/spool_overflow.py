"""What a full spool gives up: its oldest sample rows, counted, never usage or fault rows."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from can_bridge import spool_rows
from can_bridge.errors import SpoolDamaged
from can_bridge.spool_rows import SpooledRow
from telemetry.contract import encoding
from telemetry.contract.topics import Stream


class Removed(NamedTuple):
    """Rows and payload bytes that left the spool on balance."""

    rows: int
    size: int


class GivenUp(NamedTuple):
    """How many sample rows were given up, and what that freed."""

    samples: int
    removed: Removed


def give_up_oldest_samples(db: sqlite3.Connection, size: int, keep: int) -> GivenUp:
    """Replace runs of sample rows by one record each until about `size` bytes are free.

    The oldest `keep` rows stay: they may be under way, and a row that ingest has must not come
    again inside a record. A run never reaches across a usage or fault row, so that a record covers
    nothing but samples, nor into another epoch. Call inside a transaction.

    Raises:
        SpoolDamaged: a row that was to be given up is not what was written.
    """
    # read ahead of deleting: the run list is bounded by the bytes asked for
    runs = list(_runs(spool_rows.scan(db, skip=keep), size))
    samples = rows = freed = 0
    for run in runs:
        anew = sum(not row.given_up for row in run)
        if len(run) == 1 and not anew:
            continue
        record = _record(run)
        spool_rows.delete(db, run[0].position, run[-1].last_position)
        spool_rows.insert(db, [record])
        samples += anew
        rows += len(run) - 1
        freed += sum(len(row.payload) for row in run) - len(record.payload)
    return GivenUp(samples, Removed(rows, freed))


def _runs(rows: Iterable[SpooledRow | None], size: int) -> Iterator[list[SpooledRow]]:
    run: list[SpooledRow] = []
    freed = 0
    for row in rows:
        if row is None:
            raise SpoolDamaged("a row that was to be given up")
        is_sample = row.stream is Stream.SAMPLES
        if run and not (is_sample and row.epoch == run[0].epoch):
            yield run
            run = []
        if is_sample:
            run.append(row)
            freed += len(row.payload)
        if freed >= size:
            break
    if run:
        yield run


def _record(run: Sequence[SpooledRow]) -> SpooledRow:
    first, last = run[0], run[-1]
    return spool_rows.gap_record(
        first.position,
        first.epoch,
        (first.seq, last.last_seq),
        sum(row.given_up or 1 for row in run),
        encoding.decode(Stream.SAMPLES, first.payload).observed_at_ms,
    )
