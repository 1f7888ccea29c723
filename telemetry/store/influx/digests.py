"""Whether two stores have the same rows: counts and checksums by bench and hour (pure)."""

import hashlib
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec
import numpy as np

from telemetry.store.cells import Column, Kind
from telemetry.store.port import RowColumns
from telemetry.store.rollups import HOUR_MS


class HourDigest(NamedTuple):
    """Rows of an hour (counted from 1970) and a checksum over every bit of them."""

    hour: int
    rows: int
    checksum: str


def digests(stretches: Iterable[RowColumns]) -> Iterator[HourDigest]:
    """Of rows in stretches of whole hours."""
    for rows in stretches:
        yield HourDigest(int(rows.observed_at_ms[0]) // HOUR_MS, len(rows), checksum(rows))


def checksum(rows: RowColumns) -> str:
    """Over epoch, seq, both times and all values with their types; equal rows have equal ones."""
    content = hashlib.blake2b(digest_size=16)
    for header in (rows.epoch, rows.seq, rows.observed_at_ms, rows.received_at_ms):
        content.update(np.ascontiguousarray(header, np.int64).tobytes())
    for name in sorted(rows.columns):
        column = rows.columns[name]
        if (column.kinds != Kind.ABSENT).any():
            content.update(msgspec.msgpack.encode(name))
            content.update(_of_column(column))
    return content.hexdigest()


def _of_column(column: Column) -> bytes:
    kinds = column.kinds
    is_whole = (kinds == Kind.INTEGER) | (kinds == Kind.BOOLEAN)
    texts = [column.texts[int(n)] for n in column.integers[kinds == Kind.TEXT]]
    return b"".join(
        (
            kinds.astype(np.uint8).tobytes(),
            np.where(kinds == Kind.FLOAT, column.floats, 0.0).tobytes(),
            np.where(is_whole, column.integers, 0).tobytes(),
            msgspec.msgpack.encode(texts),
        )
    )


class Difference(NamedTuple):
    """An hour of a bench that is not the same: rows of source and target."""

    bench: str
    hour: int
    source_rows: int
    target_rows: int


def differences(
    bench: str, source: Iterable[HourDigest], target: Iterable[HourDigest]
) -> Iterator[Difference | HourDigest]:
    """Each hour of either: its digest where both have the same, else how they differ."""
    ours, theirs = iter(source), iter(target)
    one, other = next(ours, None), next(theirs, None)
    while one or other:
        if one and other and one.hour == other.hour:
            yield one if one == other else Difference(bench, one.hour, one.rows, other.rows)
            one, other = next(ours, None), next(theirs, None)
        elif one and (other is None or one.hour < other.hour):
            yield Difference(bench, one.hour, one.rows, 0)
            one = next(ours, None)
        elif other:
            yield Difference(bench, other.hour, 0, other.rows)
            other = next(theirs, None)
