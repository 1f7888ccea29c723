"""What a full spool gives up: its oldest sample rows, counted, never usage or fault rows."""

import sqlite3
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from telemetry.contract import encoding
from telemetry.contract.payloads import Samples
from telemetry.contract.topics import Stream

_LONGEST_RECORD_BYTES = 256


class Removed(NamedTuple):
    """Rows and payload bytes that left the spool on balance."""

    rows: int
    size: int


class GivenUp(NamedTuple):
    """How many sample rows were given up, and what that freed."""

    samples: int
    removed: Removed


class _Row(NamedTuple):
    seq: int
    stream: str
    payload: bytes


def give_up_oldest_samples(db: sqlite3.Connection, epoch: int, size: int, keep: int) -> GivenUp:
    """Replace runs of sample rows by one record each until about `size` bytes are free.

    The oldest `keep` rows stay: they may be under way, and a row that ingest has must not come
    again inside a record. A run never reaches across a usage or fault row, so that a record covers
    nothing but samples. Call inside a transaction.
    """
    found = db.execute(
        "SELECT seq, stream, payload FROM row ORDER BY seq LIMIT -1 OFFSET ?", (keep,)
    )
    # read ahead of deleting: the run list is bounded by the bytes asked for
    runs = list(_runs(map(_Row._make, found), size))
    samples = rows = freed = 0
    for run in runs:
        record, count = _record(run, epoch)
        if len(run) == 1 and count == 0:
            continue
        db.execute("DELETE FROM row WHERE seq BETWEEN ? AND ?", (run[0].seq, run[-1].seq))
        db.execute(
            "INSERT INTO row (seq, stream, payload) VALUES (?, ?, ?)",
            (run[0].seq, Stream.SAMPLES.value, record),
        )
        samples += count
        rows += len(run) - 1
        freed += sum(len(row.payload) for row in run) - len(record)
    return GivenUp(samples, Removed(rows, freed))


def _runs(rows: Iterable[_Row], size: int) -> Iterator[list[_Row]]:
    run: list[_Row] = []
    freed = 0
    for row in rows:
        if row.stream != Stream.SAMPLES.value:
            if run:
                yield run
            run = []
            continue
        run.append(row)
        freed += len(row.payload)
        if freed >= size:
            break
    if run:
        yield run


def _record(run: list[_Row], epoch: int) -> tuple[bytes, int]:
    """The record for a run, and how many rows it gives up anew."""
    total = anew = 0
    last_seq = run[-1].seq
    observed_at_ms = 0
    for row in run:
        earlier = _earlier_record(row)
        if earlier is None:
            total += 1
            anew += 1
        else:
            total += earlier.dropped
            last_seq = max(last_seq, earlier.last_seq)
    first = encoding.decode(Stream.SAMPLES, run[0].payload)
    observed_at_ms = first.observed_at_ms
    record = Samples(
        observed_at_ms=observed_at_ms,
        epoch=epoch,
        seq=run[0].seq,
        dropped=total,
        last_seq=last_seq,
    )
    return encoding.encode(record), anew


def _earlier_record(row: _Row) -> Samples | None:
    if len(row.payload) > _LONGEST_RECORD_BYTES:
        return None
    message = encoding.decode(Stream.SAMPLES, row.payload)
    return message if isinstance(message, Samples) and message.dropped else None
