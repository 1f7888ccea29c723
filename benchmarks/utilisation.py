"""What telling utilisation costs: 40 benches over a year, from the database, without HTTP.

python benchmarks/utilisation.py [BENCHES]

Each bench has 4 bookings and 6 usage sessions on every working day, 20 faults in the year, and what
was heard of it day by day. Each question is asked anew, in one process. As many rows lie in a
second school, so that scoping is part of it. On a busy machine the processor's time is what counts.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sqlalchemy import event, insert
from sqlmodel import Session, SQLModel

from inventory.accounts.rules import Principal, Role
from inventory.benches.schema import BenchFields
from inventory.benches.use_cases import create_bench
from inventory.bookable import Resource, ResourceKind
from inventory.bookings.rules import BookingPurpose, BookingState
from inventory.bookings.table import Booking, BookingPart
from inventory.database import Database, open_database
from inventory.faults.rules import FaultState
from inventory.faults.table import Fault
from inventory.migrations.run import upgrade
from inventory.moments import SCHOOL_ZONE
from inventory.organisations.schema import OrganisationFields
from inventory.organisations.use_cases import create_organisation
from inventory.stations.schema import StationFields
from inventory.stations.use_cases import create_station
from inventory.usage_sessions.table import UsageSession
from inventory.utilisation.drilling import bench_utilisation
from inventory.utilisation.fleet import Question
from inventory.utilisation.periods import Every
from inventory.utilisation.schema import GroupBy
from inventory.utilisation.table import HeardDay
from inventory.utilisation.use_cases import hours, report

FIRST, LAST = date(2025, 11, 22), date(2026, 11, 21)
NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
MASTER = Principal(1, "master", Role.STATIONMASTER, "AA01")
SLOTS = ((8, 10), (10, 12), (14, 16), (16, 18))
SATURDAY, SHARED = 5, 0.1
RUNS = 5


def days() -> Iterator[date]:
    """Working days of the year."""
    day = FIRST
    while day <= LAST:
        if day.weekday() < SATURDAY:
            yield day
        day += timedelta(days=1)


def local(day: date, hour: float) -> datetime:
    """An hour of a day at school."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=SCHOOL_ZONE)
    return (midnight + timedelta(hours=hour)).astimezone(UTC)


def fill(database: Database, benches: int) -> None:
    """Two schools with as many benches each, and a year of both."""
    chance = Random(1)  # noqa: S311 - the same year every time
    for school in ("AA01", "BB02"):
        fields = {"code": school, "kind": "school", "name_zh": school}
        create_organisation(database, OrganisationFields.model_validate(fields), who="benchmark")
        station = {"code": f"{school}-T", "organisation_code": school, "use": "training"}
        named = StationFields.model_validate(station | {"name_zh": "站"})
        create_station(database, named, who="benchmark")
        for number in range(benches):
            code = f"battery-{school.lower()}-{number:03d}"
            made = {"code": code, "organisation_code": school, "station_code": f"{school}-T"}
            facts = BenchFields.model_validate(made | {"profile": "battery", "name_zh": code})
            create_bench(database, facts, who="benchmark")
            with database.begin() as db:
                fill_bench(db, school, code, chance)


def fill_bench(db: Session, school: str, code: str, chance: Random) -> None:
    """A bench's year."""
    sessions, bookings, heard = [], [], []
    for day in days():
        for start, end in SLOTS:
            bookings.append(booking(school, local(day, start), local(day, end), chance))
        for number in range(6):
            begin = local(day, 8 + 2 * number + chance.random())
            sessions.append(session(code, begin, begin + timedelta(minutes=chance.uniform(20, 70))))
        heard.append({"bench_code": code, "day": day, "until_s": 86_400, "looked_at": NOW})
        heard[-1]["heard"] = [[0, 14_000], [14_100, 30_000], [31_000, 47_000]]
    put(db, UsageSession, sessions)
    put(db, HeardDay, heard)
    put(db, Fault, [fault(code, number, chance) for number in range(20)])
    ids = db.scalars(insert(Booking).returning(Booking.id), bookings).all()  # type: ignore[call-overload]
    put(db, BookingPart, [part(school, code, *one) for one in zip(ids, bookings, strict=True)])


def put(db: Session, table: type[SQLModel], rows: list[dict[str, Any]]) -> None:
    """Rows in one statement."""
    db.execute(insert(table), rows)


def session(code: str, start: datetime, end: datetime) -> dict[str, Any]:
    """A usage session."""
    return {
        "bench_code": code,
        "usage_id": f"{start.timestamp():.0f}",
        "started_at": start,
        "observed_at": end,
        "ended_at": end,
        "evidence": {"active_s": 1.0},
        "orders": {},
    }


def booking(school: str, start: datetime, end: datetime, chance: Random) -> dict[str, Any]:
    """A booking by its owner, or one in ten by a guest."""
    is_shared = chance.random() < SHARED
    row = Booking(
        organisation_code=school,
        requester_organisation_code=school,
        station_code=f"{school}-T",
        start_at=start,
        end_at=end,
        purpose=BookingPurpose.OPEN_SHARING if is_shared else BookingPurpose.CLASS,
        holder="teacher",
        module=chance.choice(("2-1", "2-2")),
        state=BookingState.BOOKED,
        created_at=start,
        created_by="teacher",
        changed_at=start,
        changed_by="teacher",
    )
    return row.model_dump(exclude={"id"})


def part(school: str, code: str, booking_id: int, of: dict[str, Any]) -> dict[str, Any]:
    """What a booking takes."""
    return {
        "booking_id": booking_id,
        "resource_key": Resource(ResourceKind.BENCH, school, code).key,
        "kind": ResourceKind.BENCH,
        "organisation_code": school,
        "bench_code": code,
        "blocked_from": of["start_at"],
        "blocked_to": of["end_at"],
        "is_asked": True,
        "is_holding": True,
    }


def fault(code: str, number: int, chance: Random) -> dict[str, Any]:
    """A fault of some hours."""
    start = local(FIRST + timedelta(days=18 * number), chance.uniform(8, 16))
    row = Fault(
        bench_code=code,
        fault_id=f"f{number}",
        dtc="P0AA6",
        severity=3,
        state=FaultState.CLEARED,
        first_at=start,
        observed_at=start + timedelta(hours=3),
        confirmed_at=start,
        cleared_at=start + timedelta(hours=3),
        text_zh="绝缘",
        text_en="isolation",
    )
    return row.model_dump()


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """The statements of a block."""
    seen: list[str] = []

    def note(*facts: Any) -> None:  # noqa: ANN401 - as SQLAlchemy calls it
        seen.append(facts[2])

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


def measure(database: Database, name: str, ask: Callable[[Session], object]) -> None:
    """Print the median time and the statements of a question."""
    took: list[float] = []
    busy: list[float] = []
    statements = 0
    for _ in range(RUNS):
        with counted(database) as seen, database.read() as db:
            started_s, worked_s = time.perf_counter(), time.process_time()
            ask(db)
            took.append(time.perf_counter() - started_s)
            busy.append(time.process_time() - worked_s)
        statements = sum(one.startswith("SELECT") for one in seen)
    print(  # noqa: T201
        f"{name:<30} {statistics.median(took) * 1000:7.0f} ms (least {min(took) * 1000:.0f}),"
        f" {statistics.median(busy) * 1000:.0f} ms of a processor, {statements} SQL"
    )


def main() -> None:
    """Fill a database and ask."""
    parser = argparse.ArgumentParser(description="What telling utilisation costs")
    parser.add_argument("benches", nargs="?", type=int, default=40)
    benches = parser.parse_args().benches
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(f"sqlite:///{Path(folder) / 'inventory.db'}")
        upgrade(database.engine)
        fill(database, benches)
        whole = Question(FIRST, LAST)
        questions: tuple[tuple[str, Question], ...] = (
            ("by bench, one year", whole),
            ("by bench and week", Question(FIRST, LAST, every=Every.WEEK)),
            ("by bench and day", Question(FIRST, LAST, every=Every.DAY)),
            ("by module and term", Question(FIRST, LAST, by=GroupBy.MODULE, every=Every.TERM)),
        )
        for name, question in questions:
            measure(database, name, lambda db, asked=question: report(db, MASTER, asked, NOW))  # type: ignore[misc]
        measure(database, "heat map, hour of the week", lambda db: hours(db, MASTER, whole, NOW))
        one = Question(FIRST, LAST, ["battery-aa01-000"])
        measure(database, "one bench opened", lambda db: bench_utilisation(db, MASTER, one, NOW))
        database.close()


if __name__ == "__main__":
    main()
