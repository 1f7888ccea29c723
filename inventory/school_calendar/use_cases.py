"""Reading and setting a school's calendar."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel
from sqlmodel import Session

from inventory.accounts.access import demand_organisation
from inventory.accounts.rules import Action, Principal
from inventory.audit.use_cases import record
from inventory.bookable import resource_of
from inventory.database import Database
from inventory.errors import Invalid
from inventory.requirements.errors import RowsRefused
from inventory.school_calendar.checking import check_part
from inventory.school_calendar.keeping import calendar_of, calendars
from inventory.school_calendar.reading import read_calendar, write_calendar
from inventory.school_calendar.rules import Place
from inventory.school_calendar.schema import CalendarOut, SchoolDayOut, SettingsIn
from inventory.school_calendar.showing import PARTS, day_shown, shown
from inventory.school_calendar.table import SchoolCalendar
from inventory.stations.use_cases import own_stations

__all__ = [
    "PARTS",
    "calendar_of",
    "calendars",
    "days_of",
    "put_part",
    "put_settings",
    "school_calendar",
]
MAX_DAYS = 400
"""Chosen: a school year with its holidays; a screen shows a fortnight."""
_DAY = timedelta(days=1)


def school_calendar(
    db: Session, principal: Principal, organisation_code: str, on: date
) -> CalendarOut:
    """A school's calendar with the public days of a day's year.

    Raises:
        UnknownOrganisation: there is none, or the caller may not know of it.
        NotAllowed: the caller's role sees no bookings.
    """
    demand_organisation(db, principal, organisation_code, Action.READ_BOOKING)
    return shown(organisation_code, db.get(SchoolCalendar, organisation_code), on)


def days_of(
    db: Session,
    principal: Principal,
    organisation_code: str,
    between: tuple[date, date],
    place: Place,
) -> list[SchoolDayOut]:
    """What each day from the first to the last is like, with hours of a place.

    Raises:
        UnknownOrganisation: there is none, or the caller may not know of it.
        NotAllowed: the caller's role sees no bookings.
        Invalid: the last day is before the first, or too far from it.
    """
    demand_organisation(db, principal, organisation_code, Action.READ_BOOKING)
    first, last = between
    if not 0 <= (last - first).days < MAX_DAYS:
        raise Invalid("to", f"a day not before {first} and within {MAX_DAYS} days")
    calendar = calendar_of(db, organisation_code)
    days = [first + step * _DAY for step in range((last - first).days + 1)]
    return [day_shown(calendar, day, place) for day in days]


def put_part(
    database: Database,
    principal: Principal,
    part: str,
    items: Sequence[BaseModel] | None,
    *,
    organisation_code: str,
    now: datetime,
) -> CalendarOut:
    """Set one of `PARTS` as a whole; None gives it back to the default.

    Raises:
        UnknownOrganisation: there is none, or the caller may not know of it.
        NotAllowed: the caller's role does not change stations.
        Invalid: an item contradicts itself or another one, or names what is not the school's.
    """
    rows = None if items is None else [one.model_dump(mode="json") for one in items]
    with database.begin() as db:
        demand_organisation(db, principal, organisation_code, Action.WRITE_STATION)
        if rows is not None:
            check_part(part, rows)
            if part == "hours":
                _demand_own(db, organisation_code, rows)
        row = _row(db, organisation_code, principal, now)
        _keep(db, row, {part: rows}, (principal.username, now))
        return shown(organisation_code, row, now.date())


@dataclass(frozen=True, slots=True)
class CalendarUpload:
    """A calendar's file of one organisation."""

    name: str
    content: bytes
    organisation_code: str


def import_calendar(
    database: Database, principal: Principal, upload: CalendarUpload, *, now: datetime
) -> CalendarOut:
    """Set the parts a file names, all of them or nothing; other parts stay.

    Raises:
        UnreadableFile: the file as a whole can't be read.
        RowsRefused: rows are bad.
        Invalid: a part contradicts itself or names what is not the school's, or the file is empty.
        UnknownOrganisation: there is none, or the caller may not know of it.
        NotAllowed: the caller's role does not change stations.
    """
    reading = read_calendar(upload.name, upload.content)
    if reading.problems:
        raise RowsRefused(reading.problems)
    if not reading.parts:
        raise Invalid("file", "at least one row")
    code = upload.organisation_code
    with database.begin() as db:
        demand_organisation(db, principal, code, Action.WRITE_STATION)
        for part, rows in reading.parts.items():
            check_part(part, rows)
        row = _row(db, code, principal, now)
        parts = {part: list(rows) for part, rows in reading.parts.items()}
        if "hours" in parts:
            _demand_own(db, code, parts["hours"])
            # hours of single resources have no row in a file
            parts["hours"] += [one for one in row.hours or () if one["resource"]]
        _keep(db, row, parts, (principal.username, now))
        return shown(code, row, now.date())


def export_calendar(
    db: Session, principal: Principal, organisation_code: str, on: date, name: str
) -> bytes:
    """A calendar as a file of the name's kind, which `import_calendar` takes back.

    Raises:
        UnknownOrganisation: there is none, or the caller may not know of it.
        NotAllowed: the caller's role sees no bookings.
        UnreadableFile: the name ends in neither .csv nor .xlsx.
    """
    return write_calendar(name, school_calendar(db, principal, organisation_code, on))


def put_settings(
    database: Database,
    principal: Principal,
    settings: SettingsIn,
    *,
    organisation_code: str,
    now: datetime,
) -> CalendarOut:
    """Set zone and whether public holidays hold.

    Raises:
        UnknownOrganisation: there is none, or the caller may not know of it.
        NotAllowed: the caller's role does not change stations.
        Invalid: there is no such time zone.
    """
    try:
        ZoneInfo(settings.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Invalid("zone", "a time zone such as Asia/Shanghai") from None
    with database.begin() as db:
        demand_organisation(db, principal, organisation_code, Action.WRITE_STATION)
        row = _row(db, organisation_code, principal, now)
        _keep(db, row, settings.model_dump(), (principal.username, now))
        return shown(organisation_code, row, now.date())


def _row(
    db: Session, organisation_code: str, principal: Principal, now: datetime
) -> SchoolCalendar:
    found = db.get(SchoolCalendar, organisation_code)
    return found or SchoolCalendar(
        organisation_code=organisation_code, changed_at=now, changed_by=principal.username
    )


def _keep(
    db: Session, row: SchoolCalendar, values: Mapping[str, Any], by: tuple[str, datetime]
) -> None:
    who, now = by
    old = {name: getattr(row, name) for name in values}
    if old == dict(values):
        return
    row.sqlmodel_update(dict(values) | {"changed_at": now, "changed_by": who})
    db.add(row)
    record(
        db,
        who=who,
        action="updated",
        entity="school_calendar",
        entity_id=row.organisation_code,
        organisation_code=row.organisation_code,
        old=old,
        new=values,
        at=now,
    )


def _demand_own(db: Session, organisation_code: str, rows: Sequence[Mapping[str, Any]]) -> None:
    own = own_stations(db, organisation_code)
    for row in rows:
        if row["station"] and row["station"] not in own:
            raise Invalid("station", f"a station of {organisation_code}: {', '.join(sorted(own))}")
        if row["resource"]:
            try:
                resource = resource_of(row["resource"])
            except ValueError as bad:
                raise Invalid("resource", str(bad).removeprefix("expected ")) from None
            if resource.organisation_code != organisation_code:
                raise Invalid("resource", f"a resource of {organisation_code}")
