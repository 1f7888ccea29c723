"""What a row of a timetable means in a school and a term."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from inventory.bookable import BookingPurpose, Resource, resource_of
from inventory.bookings.drafts import BookingWish, Draft
from inventory.bookings.recurring import SeriesDraft
from inventory.school_calendar.recurrence import ClosedDays
from inventory.school_calendar.rules import Calendar, Term
from inventory.timetables.cell_words import Lexicon, weeks_of_parity
from inventory.timetables.naming import suggested
from inventory.timetables.reading import CellProblem
from inventory.timetables.rules import TimetableRow, numbers_shown, recurring, weeks_held

_LONGEST_NOTE = 200


class WordOf(StrEnum):
    """What an unknown word would have to name."""

    THING = "thing"
    PERSON = "person"


class WhyLeftOut(StrEnum):
    """Why a lesson is not booked though it was read.

    `settled`: a person said so; `elsewhere`: it is held in no place the school has registered, and
    such lessons were not asked for.
    """

    SETTLED = "settled"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class UnknownWord:
    """A word of a row that names nothing, or several things; `suggested` may be meant."""

    kind: WordOf
    word: str
    suggested: str = ""


class Unmeant(Exception):
    """A row names what the school does not have."""

    def __init__(self, problems: Sequence[CellProblem], unknown: Sequence[UnknownWord]) -> None:
        super().__init__()
        self.problems = problems
        self.unknown = unknown


@dataclass(frozen=True, slots=True)
class Meant:
    """A row with the weeks it is held in and the series it becomes."""

    row: TimetableRow
    weeks: tuple[int, ...]
    series: SeriesDraft


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the words of rows stand for in one school and term.

    `weeks` are those of lessons that name none, all of the term where there are none either. With
    `only_known`, what is held in no registered place is left out instead of being a problem.
    """

    calendar: Calendar
    term: Term
    lexicon: Lexicon
    closed: ClosedDays
    weeks: tuple[int, ...] = ()
    only_known: bool = False

    def of(self, row: TimetableRow) -> Meant | WhyLeftOut:
        """The series of a row, or why it is none.

        Raises:
            Unmeant: something in it is not known.
        """
        finding = _Finding(row, self.lexicon)
        resources = finding.resources()
        if (why := self._left_out(row, resources)) is not None:
            return why
        if not row.things:
            finding.problem("resources", "", "设备或教室", "equipment or a room")
        weeks = self._weeks(row)
        times = recurring(self.calendar, self.term, weeks, row.weekday, row.lessons)
        if isinstance(times, str):
            told = times.replace("weeks of the term, which has", "学期内的周次，学期共")
            told = told.replace("periods of the school:", "学校的节次：")
            column = "weeks" if times.startswith("weeks") else "periods"
            finding.problem(column, numbers_shown(weeks), told, times)
        holder, note = finding.holder()
        if finding.problems or isinstance(times, str):
            raise Unmeant(finding.problems, finding.unknown)
        draft = Draft(
            resources,
            times.first,
            BookingPurpose.CLASS,
            BookingWish.BOOK,
            holder,
            title=row.shown,
            note=note,
            module=row.module or None,
            headcount=row.headcount,
            supervisor=row.supervisor or None,
        )
        return Meant(row, weeks, SeriesDraft(draft, times.rule, self.closed, times.except_at))

    def _left_out(self, row: TimetableRow, resources: Sequence[Resource]) -> WhyLeftOut | None:
        if resources:
            return None
        meant = [self.lexicon.thing(word) for word in row.things]
        if meant and all(one is not None and not one for one in meant):
            return WhyLeftOut.SETTLED
        is_elsewhere = all(not one for one in meant)
        return WhyLeftOut.ELSEWHERE if self.only_known and is_elsewhere else None

    def _weeks(self, row: TimetableRow) -> tuple[int, ...]:
        if row.weeks:
            return row.weeks
        weeks = self.weeks or weeks_held(self.term, row.weekday)
        return weeks_of_parity(weeks, row.parity)


class _Finding:
    """What the words of one row name, and what they don't."""

    def __init__(self, row: TimetableRow, lexicon: Lexicon) -> None:
        self._row = row
        self._lexicon = lexicon
        self.problems: list[CellProblem] = []
        self.unknown: list[UnknownWord] = []

    def resources(self) -> tuple[Resource, ...]:
        """What is known of its things; each once."""
        found = (self._thing(word) for word in self._row.things)
        return tuple(dict.fromkeys(one for one in found if one is not None))

    def holder(self) -> tuple[str | None, str]:
        """Who answers for it, None: whoever imports; and its note, with who has no account."""
        name, note = self._row.holder, self._row.note
        found = self._lexicon.person(name) if name else frozenset[str]()
        if found is None or len(found) > 1:
            likely = suggested(name, self._lexicon.people)
            self.unknown.append(UnknownWord(WordOf.PERSON, name, likely))
            zh = "唯一的姓名，或用户名" if found else "本校人员的用户名或姓名"
            en = "a name only one has, or the user name" if found else "somebody of the school"
            self.problem("holder", name, zh, en)
        if name and not found:
            note = f"教师：{name} {note}".strip()[:_LONGEST_NOTE]
        return (next(iter(found)) if found else None), note

    def problem(self, column: str, value: str, zh: str, en: str) -> None:
        """Note what is wrong with a part of the row."""
        row = self._row
        sheet = row.place.rpartition("!")[0]
        self.problems.append(CellProblem(row.number, column, value, zh, en, sheet, row.place))

    def _thing(self, word: str) -> Resource | None:
        found = self._lexicon.thing(word)
        if found is not None and len(found) < 2:  # noqa: PLR2004 - one is meant, or none
            return next(map(resource_of, found), None)
        self.unknown.append(UnknownWord(WordOf.THING, word))
        keys = ", ".join(sorted(found or ()))
        zh = f"唯一的名称：{keys}" if keys else "学校已有的台架、教室、工位、资产或人员编号"
        en = f"one of {keys}" if keys else "a bench, room, workstation or number the school has"
        self.problem("resources", word, zh, en)
        return None
