"""Cells of a weekday grid, and which of them are one lesson (pure)."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from inventory.timetables.rules import DayPart, Lessons

Offsets = Mapping[DayPart, int]
"""How many periods a school has before each part of the day."""
_BREAK_MIN = 30
"""Chosen: a longer pause between two clock times is none between lessons that belong together."""


@dataclass(frozen=True, slots=True)
class GridCell:
    """What stands in a grid for a weekday and periods; row and column count from 1.

    `heads` are names beside its row or above its column, such as the class of a row.
    """

    row: int
    column: int
    weekday: int
    lessons: Lessons
    text: str
    heads: tuple[str, ...] = ()
    stretch: int = 0


@dataclass(frozen=True, slots=True)
class PassedText:
    """A text of a sheet that is no lesson: a break, a note, a row without a period."""

    row: int
    column: int
    text: str


def counted_on(
    known: Sequence[tuple[Lessons | None, DayPart | None]], offsets: Offsets
) -> list[Lessons | None]:
    """Periods counted through the day where a table begins anew with 1 after noon."""
    highest: dict[DayPart, int] = {}
    begins_anew = False
    for lessons, part in known:
        if lessons is None or part is None or lessons.clock is not None:
            continue
        before = [number for other, number in highest.items() if other < part]
        begins_anew |= any(lessons.first <= number for number in before)
        highest[part] = max(highest.get(part, 0), lessons.last)
    if not begins_anew:
        return [lessons for lessons, _ in known]
    return [
        lessons
        if lessons is None or part is None or lessons.clock is not None
        else Lessons(lessons.first + offsets[part], lessons.last + offsets[part])
        for lessons, part in known
    ]


def joined(cells: Iterable[GridCell], offsets: Offsets) -> Iterator[GridCell]:
    """Cells with text; the same text in one period after the other is one lesson.

    Not across noon, or rigs would be kept from others for two hours nobody needs them.
    """
    ends = frozenset(offsets.values())
    filled = [one for one in cells if one.text.strip()]
    filled.sort(
        key=lambda one: (one.heads, one.weekday, one.stretch, _begins(one.lessons), one.row)
    )
    for _, of_day in groupby(filled, key=lambda one: (one.heads, one.weekday, one.stretch)):
        slots = [_at_once(list(same)) for _, same in groupby(of_day, key=lambda one: one.lessons)]
        known: GridCell | None = None
        for one in slots:
            if known is not None and known.text == one.text and _follows(known, one, ends):
                known = replace(known, lessons=_over(known.lessons, one.lessons))
                continue
            if known is not None:
                yield known
            known = one
        if known is not None:
            yield known


def _at_once(same: Sequence[GridCell]) -> GridCell:
    """One cell of all that stands at one time: its lines may stand in rows of their own."""
    return replace(same[0], text="\n".join(dict.fromkeys(one.text for one in same)))


def _begins(lessons: Lessons) -> tuple[int, int]:
    if lessons.clock is None:
        return lessons.first, lessons.last
    start, end = lessons.clock
    return start.hour * 60 + start.minute, end.hour * 60 + end.minute


def _follows(one: GridCell, other: GridCell, ends: Collection[int]) -> bool:
    before, after = one.lessons.clock, other.lessons.clock
    if before is None or after is None:
        is_next = one.lessons.last + 1 == other.lessons.first
        return before is after and is_next and one.lessons.last not in ends
    return 0 <= _begins(other.lessons)[0] - _begins(one.lessons)[1] <= _BREAK_MIN


def _over(one: Lessons, other: Lessons) -> Lessons:
    if one.clock is None or other.clock is None:
        return Lessons(one.first, other.last)
    return Lessons(clock=(one.clock[0], other.clock[1]))
