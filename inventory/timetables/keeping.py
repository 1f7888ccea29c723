"""Which lessons of timetables are booked already, and how far an import is."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from inventory.accounts.access import visible_organisations
from inventory.accounts.rules import Principal, Role
from inventory.bookings.rules import ENDED
from inventory.bookings.table import Booking, BookingSeries
from inventory.timetables.errors import UnknownTimetableImport
from inventory.timetables.meaning import Meant
from inventory.timetables.rules import lessons_shown
from inventory.timetables.schema import (
    ImportState,
    TimetableImportDetail,
    TimetableImportOut,
    TimetableLineOut,
)
from inventory.timetables.table import TimetableImport, TimetableLine

_SILENT_AFTER = timedelta(seconds=60)
"""Chosen: a series takes far less; an import that says nothing for so long has died."""
_SHOWN = 20
_SEES_ALL = frozenset({Role.STATIONMASTER, Role.ADMINISTRATOR})


@dataclass(frozen=True, slots=True)
class KnownLine:
    """A lesson that is booked already; `alive` are the bookings of its series that still stand."""

    line: TimetableLine
    alive: Sequence[Booking]


def fingerprint(one: Meant) -> str:
    """What makes a lesson another one: whose, what, where and when; not its notes."""
    row, draft = one.row, one.series.draft
    told = [
        draft.title,
        draft.holder,
        row.weekday,
        lessons_shown(row.lessons),
        list(one.weeks),
        sorted(resource.key for resource in draft.resources),
        draft.module,
        draft.supervisor,
    ]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def known_line(
    db: Session, organisation_code: str, term_first_day: date, one: Meant
) -> KnownLine | None:
    """The line that has a lesson already, and what still stands of its series."""
    query = select(TimetableLine).where(
        TimetableLine.organisation_code == organisation_code,
        TimetableLine.term_first_day == term_first_day,
        TimetableLine.fingerprint == fingerprint(one),
        col(TimetableLine.is_current).is_(True),
    )
    line = db.exec(query).first()
    return None if line is None else KnownLine(line, _alive(db, line.series_id))


def _alive(db: Session, series_id: int) -> Sequence[Booking]:
    """Bookings of a series, and of those "this and following" cut off from it, that stand."""
    series = {series_id}
    fresh = series
    while fresh:
        cut_off = select(BookingSeries.id).where(col(BookingSeries.split_from_id).in_(fresh))
        fresh = {one for one in db.exec(cut_off).all() if one is not None} - series
        series |= fresh
    query = select(Booking).where(
        col(Booking.series_id).in_(series), col(Booking.state).not_in(sorted(ENDED))
    )
    return db.exec(query.order_by(col(Booking.start_at))).all()


def imports(db: Session, principal: Principal, now: datetime) -> list[TimetableImportOut]:
    """The latest imports the caller may see, the last first: a school's, or their own."""
    query = _visible(principal).order_by(col(TimetableImport.id).desc()).limit(_SHOWN)
    return [_out(row, now) for row in db.exec(query).all()]


def import_shown(
    db: Session, principal: Principal, import_id: int, now: datetime
) -> TimetableImportDetail:
    """An import with all it has booked so far.

    Raises:
        UnknownTimetableImport: there is none, or the caller may not know of it.
    """
    row = db.exec(_visible(principal).where(TimetableImport.id == import_id)).first()
    if row is None:
        raise UnknownTimetableImport(str(import_id))
    query = select(TimetableLine).where(TimetableLine.import_id == import_id)
    lines = db.exec(query.order_by(col(TimetableLine.id))).all()
    return TimetableImportDetail(
        **_out(row, now).model_dump(),
        lines=[TimetableLineOut.model_validate(one, from_attributes=True) for one in lines],
    )


def _visible(principal: Principal) -> SelectOfScalar[TimetableImport]:
    query = select(TimetableImport).where(
        col(TimetableImport.organisation_code).in_(visible_organisations(principal))
    )
    if principal.role not in _SEES_ALL:
        query = query.where(TimetableImport.started_by == principal.username)
    return query


def _out(row: TimetableImport, now: datetime) -> TimetableImportOut:
    if row.finished_at is not None:
        state = ImportState.DONE
    else:
        is_silent = now - row.changed_at > _SILENT_AFTER
        state = ImportState.STOPPED if is_silent else ImportState.RUNNING
    return TimetableImportOut.model_validate(row.model_dump() | {"state": state})
