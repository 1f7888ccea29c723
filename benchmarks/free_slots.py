"""What a search for free slots costs: 200 rigs, four weeks, a school that is well booked.

python benchmarks/free_slots.py [--postgresql URL] [RIGS]

Each rig has about 40 bookings a week, each with a part and buffers, of lessons and pairs of lessons
in the opening hours. "Next slot" asks for 90 minutes of any one rig; "set" for two rigs of one
profile and one of another at once for three hours; "nothing" for a set that is never free, so that
all four weeks are looked at; "at a time" shows every rig of an hour with what policies say of it.
Each is asked through the use case, database included, without HTTP. URL
is of an empty database of a PostgreSQL server.
"""

import argparse
import gc
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sqlalchemy import event, insert

from inventory.accounts.rules import Principal, Role
from inventory.benches.schema import BenchFields
from inventory.benches.use_cases import create_bench
from inventory.bookable import BookingPurpose, Resource, ResourceKind
from inventory.bookings.desk import nothing_known
from inventory.bookings.rules import BookingState
from inventory.bookings.table import Booking, BookingPart
from inventory.database import Database, open_database
from inventory.free_slots.scenes import Asker
from inventory.free_slots.schema import FreeSearch, FreeSlotsOut, NeedIn
from inventory.free_slots.use_cases import free_at, free_slots
from inventory.intervals import Span
from inventory.migrations.run import upgrade
from inventory.organisations.schema import OrganisationFields
from inventory.organisations.use_cases import create_organisation
from inventory.school_calendar.defaults import PERIODS
from inventory.school_calendar.keeping import calendar_from
from inventory.school_calendar.rules import lessons_in
from inventory.stations.schema import StationFields
from inventory.stations.use_cases import create_station

NOW = datetime(2026, 11, 23, 0, tzinfo=UTC)
"""A Monday, eight in the morning at school."""
WINDOW = Span(NOW, NOW + timedelta(days=28))
PROFILES = ("battery", "motor", "gateway", "charger")
BUFFER = timedelta(minutes=5)
RUNS = 7
PER_DAY, SATURDAY = 8, 5
"""Bookings of a rig on a workday: 40 a week, of ten lessons a day."""


def furnish(database: Database, rigs: int) -> int:
    """A school with rigs and four weeks of bookings; how many there are."""
    school = {"code": "BJ01", "kind": "school", "name_zh": "学校"}
    create_organisation(database, OrganisationFields.model_validate(school), who="bench")
    station = {"code": "BJ01-T", "organisation_code": "BJ01", "use": "training", "name_zh": "站"}
    create_station(database, StationFields.model_validate(station), who="bench")
    codes = [f"{PROFILES[number % len(PROFILES)]}-{number:03}" for number in range(rigs)]
    for code in codes:
        facts = {"code": code, "organisation_code": "BJ01", "station_code": "BJ01-T"}
        facts |= {"profile": code.partition("-")[0], "name_zh": f"台架 {code}"}
        create_bench(database, BenchFields.model_validate(facts), who="bench")
    bookings, parts = [], []
    for number, (code, span) in enumerate(_spans(codes), start=1):
        bookings.append(_booking(number, span))
        parts.append(_part(number, code, span))
    with database.begin() as db:
        db.execute(insert(Booking), bookings)
        db.execute(insert(BookingPart), parts)
    return len(bookings)


def _spans(codes: list[str]) -> Iterator[tuple[str, Span]]:
    rng = Random(6)  # noqa: S311 - a school's timetable is no secret
    lessons = lessons_in(calendar_from(None), WINDOW)
    days: dict[object, list[Span]] = {}
    for _, span in lessons:
        if span.start_at.weekday() < SATURDAY:
            days.setdefault(span.start_at.date(), []).append(span)
    for code in codes:
        for spans in days.values():
            for place in sorted(rng.sample(range(len(PERIODS)), PER_DAY)):
                yield code, spans[place]


def _booking(number: int, span: Span) -> dict[str, object]:
    return {
        "id": number,
        "organisation_code": "BJ01",
        "requester_organisation_code": "BJ01",
        "station_code": "BJ01-T",
        "start_at": span.start_at,
        "end_at": span.end_at,
        "set_up_s": 0,
        "clear_up_s": 300,
        "purpose": BookingPurpose.CLASS,
        "holder": f"teacher-{number % 40}",
        "title": "",
        "note": "",
        "has_minors": False,
        "state": BookingState.BOOKED,
        "approval_by": "",
        "revision": 0,
        "reason": "",
        "created_at": NOW,
        "created_by": "bench",
        "changed_at": NOW,
        "changed_by": "bench",
    }


def _part(number: int, code: str, span: Span) -> dict[str, object]:
    return {
        "booking_id": number,
        "resource_key": Resource(ResourceKind.BENCH, "BJ01", code).key,
        "kind": ResourceKind.BENCH,
        "organisation_code": "BJ01",
        "bench_code": code,
        "blocked_from": span.start_at,
        "blocked_to": span.end_at + BUFFER,
        "is_asked": True,
        "is_holding": True,
    }


SEARCHES: dict[str, FreeSearch] = {
    "next slot": FreeSearch(minutes=90, needs=[NeedIn()], start_at=NOW, end_at=WINDOW.end_at),
    "set": FreeSearch(
        minutes=180,
        needs=[NeedIn(profile="battery", count=2), NeedIn(profile="motor")],
        start_at=NOW,
        end_at=WINDOW.end_at,
    ),
    "nothing": FreeSearch(
        minutes=700, needs=[NeedIn(count=20)], start_at=NOW, end_at=WINDOW.end_at
    ),
}


@contextmanager
def _counted(database: Database) -> Iterator[list[str]]:
    told: list[str] = []

    def hear(*facts: object) -> None:
        told.append(str(facts[2]))

    event.listen(database.engine, "before_cursor_execute", hear)
    yield told
    event.remove(database.engine, "before_cursor_execute", hear)


def _measured(database: Database, name: str, ask: Callable[[], object]) -> None:
    with _counted(database) as statements:
        ask()
    told = len([one for one in statements if one.lstrip().upper().startswith("SELECT")])
    times, works = [], []
    for _ in range(RUNS):
        gc.collect()
        start, work = time.perf_counter(), time.process_time()
        ask()
        times.append((time.perf_counter() - start) * 1000)
        works.append((time.process_time() - work) * 1000)
    print(  # noqa: T201 - the answer
        f"{name:>12}: median {statistics.median(times):6.1f} ms, "
        f"worst {max(times):6.1f} ms of {RUNS}, {told} statements, "
        f"{statistics.median(works):.0f} ms CPU"
    )


def run(database: Database, rigs: int) -> None:
    """Fill the database and ask everything."""
    upgrade(database.engine)
    count = furnish(database, rigs)
    print(f"{rigs} rigs, {count} bookings in four weeks, {database.engine.dialect.name}")  # noqa: T201
    asker = Asker(Principal(1, "teacher-1", Role.INSTRUCTOR, "BJ01"), NOW, nothing_known)

    def search(name: str) -> FreeSlotsOut:
        with database.read() as db:
            return free_slots(db, asker, SEARCHES[name])

    for name in SEARCHES:
        _measured(database, name, partial(search, name))
        found = search(name)
        print(f"{'':>12}  {len(found.slots)} slots, {found.considered} rigs looked at")  # noqa: T201
    hour = Span(NOW + timedelta(hours=2), NOW + timedelta(hours=3))

    def at_a_time() -> object:
        with database.read() as db:
            return free_at(db, asker, "BJ01", (hour, BookingPurpose.CLASS), [NeedIn()])

    _measured(database, "at a time", at_a_time)


def main() -> None:
    """Read the options and run."""
    options = argparse.ArgumentParser()
    options.add_argument("--postgresql", default="")
    options.add_argument("rigs", nargs="?", type=int, default=200)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = chosen.postgresql or f"sqlite:///{Path(folder) / 'inventory.sqlite'}"
        database = open_database(url)
        try:
            run(database, chosen.rigs)
        finally:
            database.close()


if __name__ == "__main__":
    main()
