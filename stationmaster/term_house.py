"""The house a simulated term is held in: two schools with calendars, people and benches."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from device_sims.fault_scenarios import BenchKind
from device_sims.term.plan import CLOSES_MIN, OPENS_MIN, PlannedBooking, School
from inventory.accounts.rules import Principal, Role
from inventory.benches.schema import BenchFields
from inventory.benches.use_cases import create_bench
from inventory.bookable import Resource, ResourceKind
from inventory.bookings.desk import Desk
from inventory.bookings.orders import BookingOrder
from inventory.bookings.rules import BookingPurpose
from inventory.bookings.use_cases import book
from inventory.database import Database, open_database
from inventory.errors import InventoryError
from inventory.migrations.run import upgrade
from inventory.moments import moment
from inventory.organisations.rules import OrganisationKind
from inventory.organisations.schema import OrganisationFields
from inventory.organisations.use_cases import create_organisation
from inventory.school_calendar.keeping import calendar_of
from inventory.school_calendar.rules import clock, weekday_kept
from inventory.school_calendar.schema import HoursIn, TermIn
from inventory.school_calendar.use_cases import put_part
from inventory.stations.rules import StationUse
from inventory.stations.schema import StationFields
from inventory.stations.use_cases import create_station
from stationmaster.projection import Projection
from telemetry.store.sqlite import SqliteStore

_DAY = timedelta(days=1)
_WORKDAYS = range(5)
_WHO = "sim term"


@dataclass(frozen=True, slots=True)
class TermHouse:
    """Database and store of a term that is simulated; `clock` is the simulated time."""

    database: Database
    store: SqliteStore
    projection: Projection
    clock: "TermClock"


class TermClock:
    """The simulated time; only ever moved forward."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def __call__(self) -> datetime:
        """Now."""
        return self._at

    def move_to(self, at: datetime) -> None:
        """Let time go by; a moment that is over changes nothing."""
        self._at = max(self._at, at)


@contextmanager
def term_house(folder: Path, begins: date) -> Iterator[TermHouse]:
    """A new database and a new store in a folder, some days before the first."""
    clock_ = TermClock(datetime(begins.year, begins.month, begins.day, tzinfo=UTC) - 14 * _DAY)
    database = open_database(f"sqlite:///{(folder / 'inventory.db').as_posix()}")
    upgrade(database.engine)
    store = SqliteStore(folder / "telemetry.db")
    try:
        yield TermHouse(database, store, Projection(database, store, clock_), clock_)
    finally:
        store.close()
        database.close()


def schools_of(benches: int) -> list[School]:
    """Two schools that share so many benches, the kinds in turn."""
    kinds = list(BenchKind)
    named = [(f"{kinds[n % 3].value}-{n + 1:02d}", kinds[n % 3]) for n in range(benches)]
    half = -(-benches // 2)
    return [School("TERM-A", dict(named[:half])), School("TERM-B", dict(named[half:]))]


def enrol(house: TermHouse, schools: Sequence[School], first: date, last: date) -> None:
    """Schools, stations and benches, and the calendar each school sets itself."""
    now = house.clock()
    for school in schools:
        owner = OrganisationFields(
            code=school.code,
            kind=OrganisationKind.SCHOOL,
            name_zh=f"模拟学校 {school.code}",
            is_demonstration=True,
        )
        create_organisation(house.database, owner, who=_WHO)
        station = StationFields(
            code=f"{school.code}-T",
            organisation_code=school.code,
            use=StationUse.TRAINING,
            name_zh="培训站",
        )
        create_station(house.database, station, who=_WHO)
        for code, kind in school.benches.items():
            bench = BenchFields(
                code=code,
                organisation_code=school.code,
                station_code=station.code,
                profile=kind.value,
                name_zh=f"模拟台架 {code}",
            )
            create_bench(house.database, bench, who=_WHO, now=now)
        hours = [
            HoursIn(weekday=day, opens=clock(OPENS_MIN), closes=clock(CLOSES_MIN))
            for day in _WORKDAYS
        ]
        term = [TermIn(name="模拟学期", first_day=first, last_day=last)]
        for part, items in (("hours", hours), ("terms", term)):
            put_part(
                *(house.database, master_of(school.code), part, items),
                organisation_code=school.code,
                now=now,
            )


def kept_days(house: TermHouse, school: str, first: date, last: date) -> Mapping[date, int]:
    """The days the school's calendar keeps, holidays and make-up days as they are announced."""
    with house.database.read() as db:
        calendar = calendar_of(db, school)
    days = (first + n * _DAY for n in range((last - first).days + 1))
    kept = ((day, weekday_kept(calendar, day)) for day in days)
    return {day: weekday for day, weekday in kept if weekday is not None and weekday in _WORKDAYS}


def master_of(school: str) -> Principal:
    """The station master, who answers for all a school does in a term."""
    return Principal(1, f"master-{school.lower()}", Role.STATIONMASTER, school)


def book_all(house: TermHouse, school: str, planned: Sequence[PlannedBooking]) -> list[str]:
    """Book through the engine everybody books through; what it refuses, in its words."""
    desk = Desk(master_of(school), house.clock())
    refused = []
    for one in sorted(planned, key=lambda booking: booking.span):
        order = BookingOrder(
            resources=[Resource(ResourceKind.BENCH, school, one.bench).key],
            start_at=moment(one.span[0]),
            end_at=moment(one.span[1]),
            purpose=BookingPurpose(one.purpose.value),
        )
        try:
            book(house.database, desk, order)
        except InventoryError as refusal:
            refused.append(f"{one.bench} {order.start_at:%Y-%m-%d %H:%M}Z: {refusal}")
    return refused
