"""Importing a timetable: every row a series by the one engine, all of it or nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session

from inventory.bookable import BookingPurpose, Resource
from inventory.bookings.desk import Desk
from inventory.bookings.drafts import BookingWish, Draft
from inventory.bookings.errors import PolicyRefused, SeriesRefused
from inventory.bookings.guarding import guarded
from inventory.bookings.recurring import SeriesDraft, SeriesPlaced, place_series
from inventory.database import Database
from inventory.errors import Invalid, InventoryError
from inventory.intervals import Span
from inventory.requirements.errors import RowsRefused
from inventory.requirements.tabular import RowProblem
from inventory.school_calendar.keeping import calendar_of
from inventory.school_calendar.recurrence import ClosedDays
from inventory.school_calendar.rules import Calendar, Term
from inventory.timetables.naming import Known, people_of, things_of
from inventory.timetables.reading import TimetableReading, TimetableRow, read_timetable
from inventory.timetables.rules import recurring, term_for
from inventory.timetables.schema import TimetableImported, TimetableRowOut

MOST_TOLD = 5
"""Times of one row that collide; the rest is counted."""


@dataclass(frozen=True, slots=True)
class TimetableUpload:
    """A file and how it is meant; a dry run tells everything and writes nothing.

    Lessons of a day off are held on the day that makes up for it, or left out (`closed`).
    """

    name: str
    content: bytes
    term: str = ""
    meanings: Mapping[str, str] = field(default_factory=dict)
    closed: ClosedDays = ClosedDays.MAKE_UP
    is_dry_run: bool = False


def import_timetable(database: Database, desk: Desk, upload: TimetableUpload) -> TimetableImported:
    """Book a term's timetable for the caller's organisation.

    Rows are booked in their order; what a later row collides with may be an earlier one.

    Raises:
        UnreadableFile: the file as a whole can't be read.
        RowsRefused: rows are bad or can't be had; nothing was booked, all of them are told.
        Invalid: there is no such term.
        NotAllowed: the caller's role does not book, or not for others.
    """
    reading = read_timetable(upload.name, upload.content, upload.meanings)
    with guarded("timetable", Span(desk.now, desk.now)), database.begin() as db:
        done = _import(db, desk, upload, reading)
        if upload.is_dry_run:
            db.rollback()
    return done


def _import(
    db: Session, desk: Desk, upload: TimetableUpload, reading: TimetableReading
) -> TimetableImported:
    code = desk.caller().organisation_code
    calendar = calendar_of(db, code)
    term = term_for(calendar, upload.term, desk.now)
    if term is None:
        known = ", ".join(one.name for one in calendar.terms[-8:])
        raise Invalid("term", f"a term of the school's calendar: {known}")
    meaning = _Meaning(calendar, term, things_of(db, code), people_of(db, code), upload.closed)
    problems = list(reading.problems)
    rows: list[TimetableRowOut] = []
    for row in reading.rows:
        try:
            # what one row wrote before it failed must not stand in the way of the next
            with db.begin_nested():
                placed = place_series(db, desk, meaning.of(row))
        except _Unmeant as bad:
            problems += bad.problems
        except InventoryError as refused:
            problems += _told(row, refused, calendar)
        else:
            rows.append(_out(row, placed, is_dry_run=upload.is_dry_run))
    if problems and not upload.is_dry_run:
        raise RowsRefused(sorted(problems, key=lambda one: one.row))
    return TimetableImported(
        is_dry_run=upload.is_dry_run,
        term=term.name,
        term_first_day=term.first_day,
        rows=rows,
        bookings=sum(row.times for row in rows),
        problems=sorted(problems, key=lambda one: one.row),
        columns=list(reading.columns),
        ignored_columns=list(reading.ignored_columns),
    )


class _Unmeant(Exception):
    """A row names what the school does not have."""

    def __init__(self, problems: Sequence[RowProblem]) -> None:
        super().__init__()
        self.problems = problems


@dataclass(frozen=True, slots=True)
class _Meaning:
    """What the words of a row stand for in one school and term."""

    calendar: Calendar
    term: Term
    things: Known
    people: Mapping[str, frozenset[str]]
    closed: ClosedDays

    def of(self, row: TimetableRow) -> SeriesDraft:
        """The series of a row.

        Raises:
            _Unmeant: something in it is not known.
        """
        problems: list[RowProblem] = []
        times = recurring(self.calendar, self.term, row.weeks, row.weekday, row.lessons)
        if isinstance(times, str):
            told = times.replace("weeks of the term, which has", "学期内的周次，学期共")
            told = told.replace("periods of the school:", "学校的节次：")
            problems.append(RowProblem(row.number, "weeks", str(row.weeks), told, times))
        resources = [self._thing(row, name, problems) for name in row.things]
        holder = self._holder(row, problems)
        if problems or isinstance(times, str):
            raise _Unmeant(problems)
        draft = Draft(
            tuple(dict.fromkeys(one for one in resources if one is not None)),
            times.first,
            BookingPurpose.CLASS,
            BookingWish.BOOK,
            holder,
            title=row.title,
            note=row.note,
            module=row.module or None,
            headcount=row.headcount,
            supervisor=row.supervisor or None,
        )
        return SeriesDraft(draft, times.rule, self.closed, times.except_at)

    def _thing(self, row: TimetableRow, name: str, problems: list[RowProblem]) -> Resource | None:
        found = self.things.get(name.casefold(), frozenset())
        if len(found) == 1:
            return next(iter(found))
        keys = ", ".join(sorted(one.key for one in found))
        zh = f"唯一的名称：{keys}" if keys else "学校已有的台架、教室、工位、资产或人员编号"
        en = f"one of {keys}" if keys else "a bench, room, workstation or number the school has"
        problems.append(RowProblem(row.number, "resources", name, zh, en))
        return None

    def _holder(self, row: TimetableRow, problems: list[RowProblem]) -> str | None:
        if not row.holder:
            return None
        found = self.people.get(row.holder.casefold(), frozenset())
        if len(found) == 1:
            return next(iter(found))
        zh = "唯一的姓名，或用户名" if found else "本校人员的用户名或姓名"
        en = "a name only one has, or the user name" if found else "somebody of the school"
        problems.append(RowProblem(row.number, "holder", row.holder, zh, en))
        return None


def _told(row: TimetableRow, refused: InventoryError, calendar: Calendar) -> list[RowProblem]:
    if isinstance(refused, PolicyRefused):
        return [
            RowProblem(row.number, str(one["field"]), "", one["said"]["zh"], one["said"]["en"])
            for one in refused.refusals
        ]
    if not isinstance(refused, SeriesRefused):
        return [RowProblem(row.number, "resources", "", f"可以预约：{refused}", str(refused))]
    problems = []
    for one in refused.collisions[:MOST_TOLD]:
        local = datetime.fromisoformat(one["start_at"]).astimezone(calendar.zone)
        at, why = f"{local:%Y-%m-%d %H:%M}", one["detail"]
        problems.append(
            RowProblem(
                row.number, "weeks", at, f"可以预约的时间：{why}", f"a time to be had: {why}"
            )
        )
    left = len(refused.collisions) - MOST_TOLD
    if left > 0:
        more = (f"另有 {left} 次不能预约", f"{left} more times can't be had")
        problems.append(RowProblem(row.number, "weeks", "", *more))
    return problems


def _out(row: TimetableRow, placed: SeriesPlaced, *, is_dry_run: bool) -> TimetableRowOut:
    return TimetableRowOut(
        row=row.number,
        title=row.title,
        series_id=None if is_dry_run else placed.series.id,
        first_at=min(one.row.start_at for one in placed.placed),
        times=len(placed.placed),
    )
