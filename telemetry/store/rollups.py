"""From a signal's values to one record per minute or hour, and records of parts joined (pure)."""

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec
import numpy as np

from telemetry.store.cells import Column, Kind
from telemetry.store.columns import (
    MOST_EXACT,
    SCALES,
    Floats,
    Integers,
    decimals_of,
    decode_floats,
    decode_integers,
    encode_floats,
    encode_integers,
    scaled,
)
from telemetry.store.port import RollupPoint

MINUTE_MS = 60_000
HOUR_MS = 3_600_000
LONGEST_HOLD_MS = 10_000
"""Chosen: a value counts as holding until the bench's next row, but not over a longer silence."""
_TOTAL_DECIMALS = 9
"""A sum of decimals is one again when rounded here; as summed it would not compress."""

_pack = msgspec.msgpack.encode
_unpack = msgspec.msgpack.Decoder(tuple[bytes, ...]).decode


@dataclass(frozen=True, slots=True)
class Groups:
    """Records of one signal by ascending group number; groups without a value have none.

    `count`, `minimum`, `maximum` and `total` are over numbers and booleans (`inf`, `-inf` and 0
    without one); `last` is the last value of any type; `active_ms` how long it was not zero.
    """

    group: Integers
    count: Integers
    minimum: Floats
    maximum: Floats
    total: Floats
    last: Column
    last_at: Integers
    active_ms: Integers


def hold_ms(observed: Integers) -> Integers:
    """How long each row's values hold: until the next row; the last one as long as the one before.

    At most `LONGEST_HOLD_MS`; a single row holds no time.
    """
    if len(observed) <= 1:
        return np.zeros(len(observed), np.int64)
    steps = np.minimum(np.diff(observed), LONGEST_HOLD_MS)
    return np.append(steps, steps[-1])


def grouped(
    observed: Integers, column: Column, group: Integers, holds: Integers | None = None
) -> Groups:
    """One record per group; `observed` and with it `group` ascend."""
    is_there = column.kinds > Kind.NONE
    if not is_there.all():
        observed, column, group = (
            observed[is_there],
            column.taken(np.flatnonzero(is_there)),
            (group[is_there]),
        )
        holds = None if holds is None else holds[is_there]
    cuts = np.flatnonzero(np.diff(group, prepend=group[0] - 1)) if len(group) else group
    if not len(group):
        none = np.zeros(0)
        return Groups(group, group, none, none, none, column, group, group)
    numbers, is_number = column.numbers(), column.kinds != Kind.TEXT
    lows, highs = numbers, numbers
    if not is_number.all():
        lows, highs = np.where(is_number, numbers, np.inf), np.where(is_number, numbers, -np.inf)
    held = np.zeros(len(group), np.int64) if holds is None else holds
    last = np.append(cuts[1:], len(group)) - 1
    return Groups(
        group[cuts],
        np.add.reduceat(is_number.astype(np.int64), cuts),
        np.minimum.reduceat(lows, cuts),
        np.maximum.reduceat(highs, cuts),
        np.add.reduceat(numbers, cuts),
        column.taken(last),
        observed[last],
        np.add.reduceat(np.where(is_number & (numbers != 0), held, 0), cuts),
    )


def rolled_up(observed: Integers, column: Column, holds: Integers, width_ms: int) -> Groups:
    """Records per minute or hour since 1970, numbered from there."""
    return grouped(observed, column, np.floor_divide(observed, width_ms), holds)


def points(groups: Groups, width_ms: int) -> Iterator[RollupPoint]:
    """The records with their moments."""
    for place, group in enumerate(groups.group.tolist()):
        yield RollupPoint(
            group * width_ms,
            int(groups.count[place]),
            float(groups.minimum[place]),
            float(groups.maximum[place]),
            float(groups.total[place]),
            groups.last.value(place),
            int(groups.last_at[place]),
            int(groups.active_ms[place]),
        )


def joined(first: RollupPoint, second: RollupPoint) -> RollupPoint:
    """The record of both parts; of two last values at one moment the second one's counts."""
    last = second if second.last_at_ms >= first.last_at_ms else first
    return RollupPoint(
        first.start_ms,
        first.counted + second.counted,
        min(first.minimum, second.minimum),
        max(first.maximum, second.maximum),
        first.total + second.total,
        last.last,
        last.last_at_ms,
        first.active_ms + second.active_ms,
    )


def encode_groups(groups: Groups) -> bytes:
    """Compressed; totals to 9 decimals (or those of the signal), everything else exact."""
    whole = (groups.group, groups.count, groups.last_at, groups.active_ms)
    packed = [encode_integers(numbers) for numbers in whole]
    decimal = _encode_decimal(groups)
    if decimal is not None:
        return _pack((*packed, *decimal))
    real = (groups.minimum, groups.maximum, _rounded(groups.total))
    return _pack((*packed, *map(encode_floats, real), groups.last.encoded()))


def _rounded(totals: Floats) -> Floats:
    is_small = np.abs(totals) < MOST_EXACT / SCALES[_TOTAL_DECIMALS]
    return np.where(is_small, np.round(np.where(is_small, totals, 0.0), _TOTAL_DECIMALS), totals)


def _encode_decimal(groups: Groups) -> tuple[bytes, ...] | None:
    # what lies above the minimum takes a byte where the values themselves take two or three
    if not len(groups.group) or not bool((groups.last.kinds == Kind.FLOAT).all()):
        return None
    values = np.concatenate((groups.minimum, groups.maximum, groups.last.floats))
    decimals = decimals_of(values)
    if decimals is None:
        return None
    numbers, off = scaled(values, decimals)
    with np.errstate(over="ignore"):
        totals = np.rint(groups.total * SCALES[decimals])
    if off.any() or np.abs(totals).max() >= MOST_EXACT:
        return None
    low, high, last = numbers.reshape(3, -1)
    above = np.concatenate((high - low, last - low))
    totals_above = totals.astype(np.int64) - groups.count * low
    parts = (low, above, totals_above)
    return bytes([decimals]), *map(encode_integers, parts)


def decode_groups(content: bytes) -> Groups:
    """What `encode_groups` packed."""
    packed = _unpack(content)
    group, count, last_at, active_ms = map(decode_integers, packed[:4])
    if len(packed[4]) > 1:
        minimum, maximum, total = map(decode_floats, packed[4:7])
        last = Column.decoded(packed[7])
    else:
        scale = SCALES[packed[4][0]]
        low, above, totals_above = map(decode_integers, packed[5:])
        high, lasts = (above.reshape(2, -1) + low) / scale
        minimum, maximum, total = low / scale, high, (totals_above + count * low) / scale
        last = Column.of_floats(lasts)
    return Groups(group, count, minimum, maximum, total, last, last_at, active_ms)


def groups_of(records: list[RollupPoint], width_ms: int) -> Groups:
    """Records as columns again."""
    return Groups(
        np.array([record.start_ms // width_ms for record in records], np.int64),
        np.array([record.counted for record in records], np.int64),
        np.array([record.minimum for record in records], np.float64),
        np.array([record.maximum for record in records], np.float64),
        np.array([record.total for record in records], np.float64),
        Column.of([record.last for record in records]),
        np.array([record.last_at_ms for record in records], np.int64),
        np.array([record.active_ms for record in records], np.int64),
    )
