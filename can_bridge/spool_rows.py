"""Rows as they lie in a spool's file, each under a checksum, so that a flipped bit is found."""

import sqlite3
import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import msgspec

from can_bridge.spool_ledger import EpochSpan
from telemetry.contract import encoding
from telemetry.contract.payloads import DurableMessage, FaultReport, Samples, UsageReport
from telemetry.contract.topics import Stream

WAITING_TABLE = """CREATE TABLE waiting (
    position INTEGER PRIMARY KEY, epoch INTEGER NOT NULL, seq INTEGER NOT NULL,
    last_seq INTEGER NOT NULL, given_up INTEGER NOT NULL, stream INTEGER NOT NULL,
    payload BLOB NOT NULL, checksum INTEGER NOT NULL
)"""
_COLUMNS = "position, epoch, seq, last_seq, given_up, stream, payload, checksum"
_STANDING = "(SELECT coalesce(max(position), 0) FROM waiting WHERE position <= ?)"
_ENDS_BETWEEN = (
    f"WHERE position <= ? AND position >= {_STANDING} AND position + last_seq - seq BETWEEN ? AND ?"
)
_STREAMS = (Stream.SAMPLES, Stream.USAGE, Stream.FAULTS)
_STREAM_OF: dict[type[DurableMessage], Stream] = {
    Samples: Stream.SAMPLES,
    UsageReport: Stream.USAGE,
    FaultReport: Stream.FAULTS,
}
_NUMBERS = {stream: number for number, stream in enumerate(_STREAMS)}
_HEAD = struct.Struct(">qqqqqB")


class SpooledRow(NamedTuple):
    """A committed message as it goes to the broker.

    A record of rows that were given up stands for `seq` … `last_seq`; `given_up` is 0 elsewhere.
    """

    position: int
    epoch: int
    seq: int
    last_seq: int
    given_up: int
    stream: Stream
    payload: bytes

    @property
    def last_position(self) -> int:
        """Position up to which this row stands."""
        return self.position + self.last_seq - self.seq


def checksum(values: Iterable[Any], payload: bytes) -> int:
    """CRC-32 of a row; `values` are its whole numbers in the order of the table.

    Raises:
        struct.error: a value is no whole number of 64 bits.
    """
    return zlib.crc32(payload, zlib.crc32(_HEAD.pack(*values)))


def insert(db: sqlite3.Connection, rows: Iterable[SpooledRow]) -> None:
    """Add rows where there are none yet; call inside a transaction."""
    db.executemany(
        f"INSERT OR IGNORE INTO waiting ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
        (
            (*numbers, row.payload, checksum(numbers, row.payload))
            for row in rows
            for numbers in [(*row[:5], _NUMBERS[row.stream])]
        ),
    )


def delete(db: sqlite3.Connection, first: int, last: int) -> None:
    """Remove the rows that end at these positions; call inside a transaction."""
    db.execute(f"DELETE FROM waiting {_ENDS_BETWEEN}", (last, first, first, last))  # noqa: S608


def count(db: sqlite3.Connection, first: int, last: int) -> tuple[int, int]:
    """Number and payload bytes of the rows that end at these positions."""
    found = db.execute(
        f"SELECT count(*), coalesce(sum(length(payload)), 0) FROM waiting {_ENDS_BETWEEN}",  # noqa: S608
        (last, first, first, last),
    ).fetchone()
    return int(found[0]), int(found[1])


def standing_at(db: sqlite3.Connection, position: int, limit: int) -> list[SpooledRow | None]:
    """Rows from the one that stands for `position` on; None for one that is damaged."""
    found = db.execute(
        f"SELECT {_COLUMNS} FROM waiting WHERE position >= {_STANDING} ORDER BY position LIMIT ?",  # noqa: S608
        (position, limit),
    )
    return [_sound(values) for values in found]


def scan(
    db: sqlite3.Connection, *, skip: int = 0, backwards: bool = False
) -> Iterator[SpooledRow | None]:
    """All rows as they lie there, without the oldest `skip`; None for one that is damaged.

    Raises:
        sqlite3.DatabaseError: the file is damaged; what came before may be used.
    """
    order = "DESC" if backwards else "ASC"
    found = db.execute(
        f"SELECT {_COLUMNS} FROM waiting ORDER BY position {order} LIMIT -1 OFFSET ?",  # noqa: S608
        (skip,),
    )
    return (_sound(values) for values in found)


def numbered(
    drafts: Sequence[DurableMessage], present: EpochSpan, after: int
) -> Iterator[SpooledRow]:
    """Messages as rows of an epoch, with the numbers that follow `after`."""
    for seq, draft in enumerate(drafts, start=after + 1):
        message = msgspec.structs.replace(draft, epoch=present.epoch, seq=seq)
        yield SpooledRow(
            position=present.base + seq,
            epoch=present.epoch,
            seq=seq,
            last_seq=seq,
            given_up=0,
            stream=_STREAM_OF[type(draft)],
            payload=encoding.encode(message),
        )


def gap_record(
    position: int, epoch: int, span: tuple[int, int], lost: int, observed_at_ms: int
) -> SpooledRow:
    """The row that says that `lost` rows were given up; it stands for the numbers of `span`."""
    first_seq, last_seq = span
    record = Samples(
        observed_at_ms=observed_at_ms, epoch=epoch, seq=first_seq, dropped=lost, last_seq=last_seq
    )
    payload = encoding.encode(record)
    return SpooledRow(position, epoch, first_seq, last_seq, lost, Stream.SAMPLES, payload)


def _sound(values: tuple[Any, ...]) -> SpooledRow | None:
    *numbers, payload, expected = values
    try:
        if checksum(numbers, payload) != expected:
            return None
        return SpooledRow._make((*numbers[:5], _STREAMS[numbers[5]], payload))
    except (struct.error, TypeError, IndexError):
        # a damaged row need not even be of the right types
        return None
