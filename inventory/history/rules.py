"""Days, intervals and comparable signals of a bench's past (pure)."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

SCHOOL_OFFSET = timedelta(hours=8)
"""Time of all of China; without summer time since 1991."""
MAX_DAYS = 366


def local_day(at: datetime) -> date:
    """The day it is in China at an aware moment."""
    return (at.astimezone(UTC) + SCHOOL_OFFSET).date()


def day_span(first: date, last: date) -> tuple[datetime, datetime]:
    """`[start, end)` of the local days from `first` to `last`, both included."""
    start = datetime.combine(first, time(), UTC) - SCHOOL_OFFSET
    return start, start + timedelta(days=(last - first).days + 1)


def days_between(first: date, last: date) -> Iterator[date]:
    """Every day, both ends included."""
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


def begun_per_day(starts: Iterable[datetime]) -> Counter[date]:
    """How many usage sessions began on each local day."""
    return Counter(local_day(start) for start in starts)


@dataclass(frozen=True, slots=True)
class Comparable:
    """Which of the wanted signals two benches can be compared by.

    `different_units` maps a name to both units: such signals are told and never drawn together.
    """

    names: list[str]
    different_units: dict[str, tuple[str, str]]
    missing: list[str]


def comparable(
    wanted: Iterable[str], one: Mapping[str, str], other: Mapping[str, str]
) -> Comparable:
    """Sort wanted signals by what both catalogues (name to unit) say of them."""
    names: list[str] = []
    different: dict[str, tuple[str, str]] = {}
    missing: list[str] = []
    for name in dict.fromkeys(wanted):
        if name not in one or name not in other:
            missing.append(name)
        elif one[name] != other[name]:
            different[name] = (one[name], other[name])
        else:
            names.append(name)
    return Comparable(names, different, missing)
