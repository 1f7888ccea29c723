"""China's public holidays and make-up days 调休, as the library of holidays has them."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import lru_cache

from inventory.school_calendar.rules import DayKind, DaySource, SpecialDay

FIRST_YEAR, LAST_YEAR = 2010, 2099
"""Chosen: no calendar of ours begins before the certificates or ends after the lunar tables."""
_REPLACED_BY = re.compile(r"(\d{4}-\d{2}-\d{2})")
_DAY = timedelta(days=1)
_SATURDAY = 5


@lru_cache(maxsize=128)
def public_days(year: int) -> Mapping[date, SpecialDay]:
    """Days off and make-up days of a year; outside of `FIRST_YEAR` to `LAST_YEAR` none.

    The weekend beside a holiday is part of it, as the State Council's notices count it. A make-up
    day is kept as the weekday of the day off that was exchanged for it.
    """
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return {}
    import holidays  # noqa: PLC0415 - only who asks for a calendar waits for its tables

    chinese = holidays.country_holidays("CN", years=year, language="zh_CN")
    english = holidays.country_holidays("CN", years=year, language="en_US")
    worked = {day for day in chinese.weekend_workdays if day.year == year}
    exchanged = {_named_day(name): day for day, name in chinese.items() if _named_day(name)}
    off = {day: (name, english.get(day) or name) for day, name in chinese.items()}
    for day in sorted(off):
        for beside in _weekend_beside(day, worked):
            off.setdefault(beside, ("公共假期", "public holiday"))
    found = {
        day: SpecialDay(DayKind.CLOSED, None, None, zh, en, DaySource.PUBLIC)
        for day, (zh, en) in off.items()
        if day.year == year and day not in worked
    }
    for day in worked:
        instead_of = exchanged.get(day)
        found[day] = SpecialDay(
            DayKind.OPEN,
            None if instead_of is None else instead_of.weekday(),
            instead_of,
            "调休上课",
            "make-up day",
            DaySource.PUBLIC,
        )
    return found


class SchoolDays(Mapping[date, SpecialDay]):
    """Days that are not as their weekday is, of every year: the school's own, else the public ones.

    Years are worked out when somebody asks for a day of them.
    """

    def __init__(self, own: Mapping[date, SpecialDay], *, follows_public: bool = True) -> None:
        self._own = own
        self._follows_public = follows_public

    def __getitem__(self, day: date) -> SpecialDay:
        own = self._own.get(day)
        if own is not None:
            return own
        if not self._follows_public:
            raise KeyError(day)
        return public_days(day.year)[day]

    def __iter__(self) -> Iterator[date]:
        years = range(FIRST_YEAR, LAST_YEAR + 1) if self._follows_public else ()
        return iter({*self._own, *(day for year in years for day in public_days(year))})

    def __len__(self) -> int:
        return sum(1 for _ in self)


def is_announced(year: int) -> bool:
    """Whether the year's exchange of days is known; notices come out the November before.

    Until then only the holidays themselves are, and a school enters what it learns earlier.
    """
    return any(day.kind is DayKind.OPEN for day in public_days(year).values())


def _named_day(name: str) -> date | None:
    found = _REPLACED_BY.search(name)
    return None if found is None else date.fromisoformat(found[1])


def _weekend_beside(day: date, worked: set[date]) -> list[date]:
    found = []
    for step in (-_DAY, _DAY):
        beside = day + step
        while beside.weekday() >= _SATURDAY and beside not in worked:
            found.append(beside)
            beside += step
    return found
