"""The demo's bookings: classes that recur, an exam, maintenance; all from tomorrow on."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlmodel import select

from inventory.bookable import BookingPurpose, Resource, ResourceKind
from inventory.bookings.desk import Desk
from inventory.bookings.orders import SeriesOrder
from inventory.bookings.series_use_cases import book_series
from inventory.bookings.table import Booking
from inventory.database import Database
from inventory.moments import SCHOOL_ZONE, today
from stationmaster.demo_people import principal_named

_MONDAY, _TUESDAY, _WEDNESDAY, _THURSDAY, _FRIDAY = range(5)
_WEEKS = 6
_WEEK_DAYS = 7
_MORNING = (time(8), time(9, 40))
_LATE_MORNING = (time(10), time(11, 40))
_AFTERNOON = (time(14), time(15, 40))
_LATE_AFTERNOON = (time(16), time(17, 40))
_WHOLE_MORNING = (time(8), time(11, 40))


@dataclass(frozen=True, slots=True)
class _Told:
    """A booking of a bench every week on a day, for so many weeks."""

    bench: str
    weekday: int
    lessons: tuple[time, time]
    who: str
    title: str
    purpose: BookingPurpose = BookingPurpose.CLASS
    weeks: int = _WEEKS


_EXAM, _CARE = BookingPurpose.EXAM, BookingPurpose.MAINTENANCE
_STORIES = (
    _Told("battery-01", _MONDAY, _MORNING, "bj-teacher", "新能源2401 电池检测"),
    _Told("battery-01", _TUESDAY, _AFTERNOON, "bj-master", "新能源2402 电池拆装"),
    _Told("battery-01", _THURSDAY, _LATE_MORNING, "bj-teacher", "新能源2401 绝缘检测"),
    _Told("battery-01", _FRIDAY, _WHOLE_MORNING, "bj-master", "2-1 中级考核", _EXAM, 1),
    _Told("motor-01", _MONDAY, _LATE_MORNING, "bj-teacher", "车电2403 电机测试"),
    _Told("motor-01", _WEDNESDAY, _AFTERNOON, "bj-master", "车电2404 电机控制"),
    _Told("motor-01", _FRIDAY, _WHOLE_MORNING, "bj-master", "2-1 中级考核", _EXAM, 1),
    _Told("gateway-01", _TUESDAY, _MORNING, "bj-teacher", "智网2401 总线诊断"),
    _Told("gateway-01", _WEDNESDAY, _LATE_MORNING, "bj-teacher", "智网2402 网关测试"),
    _Told("gateway-01", _FRIDAY, _LATE_AFTERNOON, "bj-master", "每月保养", _CARE, 1),
    _Told("battery-02", _TUESDAY, _MORNING, "gx-master", "新能源2301 电池检测"),
    _Told("motor-02", _THURSDAY, _AFTERNOON, "gx-master", "新能源2302 电机测试"),
)


def fill_bookings(database: Database, now: datetime) -> None:
    """Book what the stories tell of; nothing where anything was ever booked."""
    with database.read() as db:
        if db.exec(select(Booking.id).limit(1)).first() is not None:
            return
    for told in _STORIES:
        book_series(
            database, Desk(principal_named(database, told.who), now), _order(database, told, now)
        )


def _order(database: Database, told: _Told, now: datetime) -> SeriesOrder:
    tomorrow = today(now) + timedelta(days=1)
    day = tomorrow + timedelta(days=(told.weekday - tomorrow.weekday()) % _WEEK_DAYS)
    begins, ends = (datetime.combine(day, at, SCHOOL_ZONE) for at in told.lessons)
    owner = principal_named(database, told.who).organisation_code
    return SeriesOrder(
        resources=[Resource(ResourceKind.BENCH, owner, told.bench).key],
        start_at=begins,
        end_at=ends,
        purpose=told.purpose,
        title=told.title,
        rule=f"FREQ=WEEKLY;COUNT={told.weeks}",
        take_rest=True,
    )
