"""What a school that has said nothing yet works with (pure); reasons are in decision 0041."""

from datetime import date, timedelta

from inventory.school_calendar.rules import LessonPeriod, OpeningHours, Term

_WORKDAYS = range(5)
_OPENS_MIN, _CLOSES_MIN = 8 * 60, 21 * 60
_TERM_WEEKS = 20
_LESSONS = (
    (8 * 60, 8 * 60 + 45),
    (8 * 60 + 55, 9 * 60 + 40),
    (10 * 60, 10 * 60 + 45),
    (10 * 60 + 55, 11 * 60 + 40),
    (14 * 60, 14 * 60 + 45),
    (14 * 60 + 55, 15 * 60 + 40),
    (16 * 60, 16 * 60 + 45),
    (16 * 60 + 55, 17 * 60 + 40),
    (19 * 60, 19 * 60 + 45),
    (19 * 60 + 55, 20 * 60 + 40),
)
HOURS = tuple(OpeningHours(weekday, _OPENS_MIN, _CLOSES_MIN) for weekday in _WORKDAYS)
"""Chosen: Monday to Friday from the first lesson of the day to the end of evening study."""
PERIODS = tuple(
    LessonPeriod(number, starts, ends) for number, (starts, ends) in enumerate(_LESSONS, start=1)
)
"""Chosen: eight lessons of 45 min by day and two in the evening, as most schools have."""


def terms_of_years(first_year: int, last_year: int) -> tuple[Term, ...]:
    """The two terms of each school year that begins in one of the years.

    Chosen: 20 weeks each, from the Monday of the week of 1 September and that of 1 March.
    """
    found = []
    for year in range(first_year, last_year + 1):
        title = f"{year}–{year + 1} 学年"
        for name, about in (("第一学期", date(year, 9, 1)), ("第二学期", date(year + 1, 3, 1))):
            first = about - timedelta(days=about.weekday())
            last = first + timedelta(days=7 * _TERM_WEEKS - 1)
            found.append(Term(f"{title}{name}", first, last))
    return tuple(found)
