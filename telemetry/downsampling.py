"""From many rows to a few points that still show every extreme and every gap (pure)."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from telemetry.contract.payloads import Value


@dataclass(frozen=True, slots=True)
class SignalPoint:
    """One bucket of one signal.

    `at_ms` is the moment of the bucket's last value; `minimum`, `maximum` and `mean` are None for
    text; `last` is the last value that was available.
    """

    at_ms: int
    minimum: float | None
    maximum: float | None
    mean: float | None
    last: Value
    count: int


@dataclass(frozen=True, slots=True)
class Window:
    """Points per signal in order of time; a bucket without values has no point: a gap stays one."""

    start_ms: int
    end_ms: int
    bucket_ms: float
    series: Mapping[str, Sequence[SignalPoint]]


@dataclass(slots=True)
class Bucket:
    """What is known of one bucket so far; the extremes are infinite while `count` is 0."""

    at_ms: int
    last: Value
    count: int = 0
    total: float = 0.0
    minimum: float = math.inf
    maximum: float = -math.inf

    def add(self, at_ms: int, value: Value) -> None:
        """Take one more value; of two at the same moment the later added one is the last."""
        if at_ms >= self.at_ms:
            self.at_ms, self.last = at_ms, value
        if isinstance(value, str):
            return
        number = float(value or 0.0)
        self.count += 1
        self.total += number
        self.minimum = min(self.minimum, number)
        self.maximum = max(self.maximum, number)

    def join(self, later: "Bucket") -> None:
        """Take all of another bucket, as if its values were added now."""
        if later.at_ms >= self.at_ms:
            self.at_ms, self.last = later.at_ms, later.last
        self.count += later.count
        self.total += later.total
        self.minimum = min(self.minimum, later.minimum)
        self.maximum = max(self.maximum, later.maximum)

    def point(self) -> SignalPoint:
        """As handed out."""
        if not self.count:
            return SignalPoint(self.at_ms, None, None, None, self.last, 0)
        mean = self.total / self.count
        return SignalPoint(self.at_ms, self.minimum, self.maximum, mean, self.last, self.count)


def bucket_width(span_ms: tuple[int, int], points: int) -> float:
    """Milliseconds of each of at most `points` buckets.

    Raises:
        ValueError: the span is empty or `points` is below 1.
    """
    start, end = span_ms
    if end <= start or points < 1:
        raise ValueError(f"span {span_ms} in {points} points: expected start < end and points >= 1")
    return max((end - start) / points, 1.0)


def downsample(
    rows: Iterable[tuple[int, Mapping[str, Value]]],
    span_ms: tuple[int, int],
    points: int,
    signals: Sequence[str] | None = None,
) -> Window:
    """Sort (observed_at_ms, values) rows into at most `points` equal buckets of `[start, end)`.

    Rows may come in any order; rows outside the span and values that are not available (None) are
    left out. The minimum and maximum of every signal in the span are kept.

    Raises:
        ValueError: the span is empty or `points` is below 1.
    """
    start, end = span_ms
    width = bucket_width(span_ms, points)
    wanted = None if signals is None else frozenset(signals)
    series: dict[str, dict[int, Bucket]] = {name: {} for name in signals or ()}
    for at_ms, values in rows:
        if not start <= at_ms < end:
            continue
        index = int((at_ms - start) / width)
        for name, value in values.items():
            if value is None or (wanted is not None and name not in wanted):
                continue
            buckets = series.setdefault(name, {})
            bucket = buckets.get(index)
            if bucket is None:
                bucket = buckets[index] = Bucket(at_ms, value)
            bucket.add(at_ms, value)
    return Window(
        start,
        end,
        width,
        {
            name: [buckets[index].point() for index in sorted(buckets)]
            for name, buckets in series.items()
        },
    )
