"""Trying a timetable: what it means, and what of it could be booked now; nothing is written."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session

from inventory.bookings.desk import FOR_OTHERS, Desk
from inventory.bookings.errors import PolicyRefused, SeriesRefused
from inventory.bookings.recurring import SeriesTried, try_series
from inventory.errors import Invalid, InventoryError
from inventory.intervals import Span
from inventory.moments import SCHOOL_ZONE
from inventory.school_calendar.keeping import calendar_of
from inventory.school_calendar.recurrence import ClosedDays
from inventory.school_calendar.rules import Term
from inventory.timetables.keeping import KnownLine, known_line
from inventory.timetables.meaning import Meaning, Meant, UnknownWord, Unmeant, WhyLeftOut, WordOf
from inventory.timetables.naming import WordsDecided, lexicon_of, people_shown, things_shown
from inventory.timetables.reading import (
    CellProblem,
    Decisions,
    TimetableReading,
    read_timetable,
)
from inventory.timetables.rules import (
    TimetableRow,
    lessons_shown,
    numbers_shown,
    periods_before,
    term_for,
)
from inventory.timetables.schema import (
    LeftOutOut,
    MeaningChoice,
    PassedOverOut,
    TimetableRowOut,
    UnknownWordOut,
)

MOST_TOLD = 5
"""Times of one row that collide; the rest is counted."""
_MOST_PLACES = 5
_MOST_PASSED = 200


@dataclass(frozen=True, slots=True)
class TimetableUpload:
    """A file and how it is meant.

    Lessons of a day off are held on the day that makes up for it, or left out (`closed`). `weeks`
    are those of lessons that name none, all of the term where they are none. With `only_known`,
    lessons held in no registered place are left out.
    """

    name: str
    content: bytes
    term: str = ""
    decided: Decisions = field(default_factory=Decisions)
    words: WordsDecided = field(default_factory=WordsDecided)
    closed: ClosedDays = ClosedDays.MAKE_UP
    weeks: tuple[int, ...] = ()
    only_known: bool = False


@dataclass
class Tried:
    """What a file means, row by row, and what stands in its way."""

    term: Term
    reading: TimetableReading
    meant: list[Meant] = field(default_factory=list)
    rows: list[TimetableRowOut] = field(default_factory=list)
    problems: list[CellProblem] = field(default_factory=list)
    left_out: list[LeftOutOut] = field(default_factory=list)
    unknown: dict[UnknownWord, list[TimetableRow]] = field(default_factory=dict)
    choices: list[MeaningChoice] = field(default_factory=list)

    def unknown_out(self) -> list[UnknownWordOut]:
        """The words a person has to settle, those of most lessons first."""
        found = [
            UnknownWordOut(
                kind=one.kind,
                word=one.word,
                lessons=len(rows),
                places=[row.place or str(row.number) for row in rows[:_MOST_PLACES]],
                suggested=one.suggested,
            )
            for one, rows in self.unknown.items()
        ]
        return sorted(found, key=lambda one: (one.kind, -one.lessons, one.word))

    def passed_out(self) -> list[PassedOverOut]:
        """What of the file is no lesson; the first ones of a long file."""
        passed = self.reading.passed[:_MOST_PASSED]
        return [PassedOverOut(place=one.place, text=one.text) for one in passed]


def try_upload(db: Session, desk: Desk, upload: TimetableUpload) -> Tried:
    """Read a file and try every lesson of it against what is booked and against the others.

    Raises:
        UnreadableFile: the file as a whole can't be read.
        Invalid: there is no such term, or a decision names nothing.
        NotAllowed: the caller's role does not book, or not for others.
    """
    code = desk.caller().organisation_code
    calendar = calendar_of(db, code)
    term = term_for(calendar, upload.term, desk.now)
    if term is None:
        known = ", ".join(one.name for one in calendar.terms[-8:])
        raise Invalid("term", f"a term of the school's calendar: {known}")
    lexicon = lexicon_of(db, code, upload.words)
    offsets = periods_before(calendar)
    reading = read_timetable(upload.name, upload.content, upload.decided, lexicon, offsets)
    meaning = Meaning(calendar, term, lexicon, upload.closed, upload.weeks, upload.only_known)
    tried = Tried(term, reading, problems=list(reading.problems))
    others = _Others()
    for row in reading.rows:
        _try_row(db, desk, tried, (meaning, row), others)
    if tried.unknown:
        tried.choices = _choices(db, desk)
    return tried


def _choices(db: Session, desk: Desk) -> list[MeaningChoice]:
    caller = desk.caller()
    code = caller.organisation_code
    named = [(WordOf.THING, things_shown(db, code))]
    if caller.role in FOR_OTHERS:
        named.append((WordOf.PERSON, people_shown(db, code)))
    return [
        MeaningChoice(kind=kind, value=value, shown=shown)
        for kind, found in named
        for value, shown in found
    ]


def _try_row(
    db: Session, desk: Desk, tried: Tried, what: tuple[Meaning, TimetableRow], others: "_Others"
) -> None:
    meaning, row = what
    try:
        one = meaning.of(row)
        if isinstance(one, WhyLeftOut):
            tried.left_out.append(
                LeftOutOut(row=row.number, place=row.place, title=row.shown, why=one)
            )
            return
        known = known_line(db, desk.caller().organisation_code, tried.term.first_day, one)
        if known is not None and known.alive:
            tried.rows.append(known_out(one, known))
        else:
            found = try_series(db, desk, one.series)
            problems = _collided(row, found, others)
            tried.problems += problems
            if problems:
                return
            times = found.times
            tried.rows.append(row_out(one, min(times).start_at, len(times), None))
        tried.meant.append(one)
    except Unmeant as bad:
        tried.problems += bad.problems
        for word in bad.unknown:
            tried.unknown.setdefault(word, []).append(row)
    except InventoryError as refused:
        tried.problems += told_of(row, refused)


class _Others:
    """What the lessons of the same file before it would take."""

    def __init__(self) -> None:
        self._taken: dict[str, list[tuple[Span, TimetableRow]]] = {}

    def meets(self, found: SeriesTried) -> list[tuple[Span, TimetableRow]]:
        """Times that another lesson has, each once, with that lesson."""
        met: dict[Span, TimetableRow] = {}
        for key in found.keys:
            taken = self._taken.get(key, ())
            for span in found.times:
                other = next((row for each, row in taken if each.meets(span)), None)
                if other is not None:
                    met.setdefault(span, other)
        return sorted(met.items(), key=lambda one: one[0])

    def take(self, found: SeriesTried, row: TimetableRow) -> None:
        """Keep what a lesson takes."""
        for key in found.keys:
            self._taken.setdefault(key, []).extend((span, row) for span in found.times)


def _collided(row: TimetableRow, found: SeriesTried, others: _Others) -> list[CellProblem]:
    """What can't be had of a lesson; one that collides keeps nothing from those after it."""
    told = [
        (
            datetime.fromisoformat(one.start_at),
            f"可以预约的时间：{one.detail}",
            f"a time to be had: {one.detail}",
        )
        for one in found.collisions
    ]
    for span, other in others.meets(found):
        where = other.place or str(other.number)
        zh = f"与本文件 {where}（{other.shown}）不冲突的时间"
        told.append(
            (span.start_at, zh, f"a time {where} ({other.shown}) of this file does not have")
        )
    if not told:
        others.take(found, row)
    return _first_ones(row, told)


def told_of(row: TimetableRow, refused: InventoryError) -> list[CellProblem]:
    """A refusal of the engine as problems of the row."""
    if isinstance(refused, PolicyRefused):
        return [
            _problem(row, str(one["field"]), "", one["said"]["zh"], one["said"]["en"])
            for one in refused.refusals
        ]
    if not isinstance(refused, SeriesRefused):
        return [_problem(row, "resources", "", f"可以预约：{refused}", str(refused))]
    told = [
        (
            datetime.fromisoformat(one["start_at"]),
            f"可以预约的时间：{one['detail']}",
            f"a time to be had: {one['detail']}",
        )
        for one in refused.collisions
    ]
    return _first_ones(row, told)


def row_out(
    one: Meant, first_at: datetime | None, times: int, series_id: int | None
) -> TimetableRowOut:
    """A lesson as the answer shows it."""
    row, draft = one.row, one.series.draft
    return TimetableRowOut(
        row=row.number,
        place=row.place,
        title=draft.title,
        holder=draft.holder or "",
        weekday=row.weekday,
        periods=lessons_shown(row.lessons),
        weeks=numbers_shown(one.weeks),
        resources=[resource.key for resource in draft.resources],
        headcount=draft.headcount,
        note=draft.note,
        series_id=series_id,
        first_at=first_at,
        times=times,
        not_held=max(len(one.weeks) - times, 0),
    )


def known_out(one: Meant, known: KnownLine) -> TimetableRowOut:
    """A lesson that was booked before."""
    first_at = known.alive[0].start_at
    shown = row_out(one, first_at, len(known.alive), known.line.series_id)
    return shown.model_copy(update={"is_known": True})


def _first_ones(row: TimetableRow, told: Sequence[tuple[datetime, str, str]]) -> list[CellProblem]:
    problems = [
        _problem(row, "weeks", f"{at.astimezone(SCHOOL_ZONE):%Y-%m-%d %H:%M}", zh, en)
        for at, zh, en in told[:MOST_TOLD]
    ]
    left = len(told) - MOST_TOLD
    if left > 0:
        more = (f"另有 {left} 次不能预约", f"{left} more times can't be had")
        problems.append(_problem(row, "weeks", "", *more))
    return problems


def _problem(row: TimetableRow, column: str, value: str, zh: str, en: str) -> CellProblem:
    sheet = row.place.rpartition("!")[0]
    return CellProblem(row.number, column, value, zh, en, sheet, row.place)
