"""What bookings cost: a race of many clients for one slot, and the week plan of 100 rigs.

python benchmarks/bookings.py [--attempts N] [--clients N] [--skip-postgresql]

The race runs over HTTP against `stationmaster serve` as a process of its own, on SQLite and on the
PostgreSQL of this machine: every client tries again and again to book the same hour of the same
bench. The doubles: 20 rounds of two clients each for a slot of their own. The week plan has 4,000
events of 100 rigs; it is asked over HTTP, and its SQL statements, those of the login included, are
counted. NEMO's figures in `docs/benchmarks.md` were measured on the same kind of machine.
"""

import argparse
import http.client
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from fastapi.testclient import TestClient
from sqlalchemy import event, insert

from inventory.app import Parts, create_app
from inventory.benches.live_memory import MemoryLiveBenches
from inventory.benches.schema import BenchFields
from inventory.benches.use_cases import create_bench
from inventory.bookable import BookingPurpose, ResourceKind
from inventory.bookings.rules import BookingState
from inventory.bookings.table import Booking, BookingPart
from inventory.bookings.week import monday_of
from inventory.database import Database, open_database
from tests.booking_race import Race, logged_in, race
from tests.databases import Databases
from tests.schools import PASSWORD, quick_passwords

HOUR = timedelta(hours=1)
RIGS, PER_RIG = 100, 40
RUNS = 15
ROUNDS = 20


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--attempts", type=int, default=10_000)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--skip-postgresql", action="store_true")
    asked = parser.parse_args()
    kinds = ["sqlite"] if asked.skip_postgresql else ["sqlite", "postgresql"]
    with tempfile.TemporaryDirectory() as folder:
        databases = Databases(Path(folder))
        try:
            for kind in kinds:
                with databases.fresh(kind, "furnished", Path(folder) / kind) as url:
                    _races(kind, url, asked)
                    _week(kind, url)
        finally:
            databases.close()


def _races(kind: str, url: str, asked: argparse.Namespace) -> None:
    names = [("bj-teacher", "bj-master")[one % 2] for one in range(asked.clients)]
    day = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(days=3)
    with _served(url) as port:
        began_s = time.perf_counter()
        found = race(port, names, _order(day), asked.attempts)
        _tell(f"{kind}: race for one slot", found, time.perf_counter() - began_s)
        doubles = 0
        for one in range(ROUNDS):
            pair = race(port, names[:2], _order(day + (2 + one) * HOUR), 2)
            doubles += pair.statuses[201] != 1
        _say(f"{kind}: rounds of two with other than one winner: {doubles} of {ROUNDS}")


def _tell(what: str, found: Race, whole_s: float) -> None:
    errors = sum(
        count
        for status, count in found.statuses.items()
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR
    )
    median = statistics.median(found.took_s)
    _say(
        f"{what}: {len(found.took_s)} attempts in {whole_s:.1f} s, winners {found.statuses[201]}, "
        f"5xx {errors}, statuses {dict(found.statuses)}, median {median * 1000:.0f} ms, "
        f"p99 {found.p99_s * 1000:.0f} ms, worst {max(found.took_s) * 1000:.0f} ms"
    )


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _order(start: datetime) -> dict[str, object]:
    return {
        "bench_code": "battery-01",
        "purpose": "class",
        "start_at": start.isoformat(),
        "end_at": (start + HOUR).isoformat(),
    }


@contextmanager
def _served(url: str) -> Iterator[int]:
    with socket.socket() as probe, tempfile.TemporaryDirectory() as folder:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
        probe.close()
        own = {
            "STATIONMASTER_VAR": folder,
            "STATIONMASTER_PORT": str(port),
            "STATIONMASTER_DATABASE_URL": url,
        }
        command = [sys.executable, "-m", "stationmaster", "serve"]
        # the house has no telemetry here and says so now and then
        process = subprocess.Popen(  # noqa: S603 - our own command
            command, env=os.environ | own, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            _wait_for(port)
            yield port
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def _wait_for(port: int) -> None:
    deadline_s = time.monotonic() + 300
    while time.monotonic() < deadline_s:
        try:
            logged_in(port, "bj-teacher")
        except (OSError, http.client.HTTPException):
            continue
        return
    raise TimeoutError("the server does not start")


def _week(kind: str, url: str) -> None:
    database = open_database(url)
    now = datetime.now(UTC)
    _fill(database, datetime.combine(monday_of(None, now), datetime.min.time(), UTC))
    app = create_app(Parts(database, MemoryLiveBenches(), passwords=quick_passwords()))
    statements: Counter[str] = Counter()
    event.listen(
        database.engine,
        "before_cursor_execute",
        lambda _connection, _cursor, statement, *_: statements.update([statement]),
    )
    client = TestClient(app)
    client.post("/api/v1/login", json={"username": "bj-master", "password": PASSWORD})
    took_s, counts = [], []
    answer = client.get("/api/v1/bookings/week")
    for _ in range(RUNS):
        statements.clear()
        began_s = time.perf_counter()
        answer = client.get("/api/v1/bookings/week")
        took_s.append(time.perf_counter() - began_s)
        counts.append(sum(statements.values()))
    plan = answer.json()
    _say(
        f"{kind}: week plan of {len(plan['rigs'])} rigs, {len(plan['events'])} events: "
        f"{max(counts)} SQL, median {statistics.median(took_s) * 1000:.0f} ms, "
        f"worst {max(took_s) * 1000:.0f} ms, {len(answer.content) / 1000:.0f} kB"
    )
    database.close()


def _fill(database: Database, monday: datetime) -> None:
    codes = [f"rig-{one:03}" for one in range(RIGS)]
    for code in codes:
        facts = {
            "code": code,
            "organisation_code": "BJ01",
            "station_code": "BJ01-T",
            "profile": "battery",
            "name_zh": code,
        }
        create_bench(database, BenchFields.model_validate(facts), who="benchmark")
    events = [(code, monday + timedelta(days=n // 8, hours=n % 8)) for code in codes for n in _PER]
    with database.begin() as db:
        first = 1_000_000
        db.execute(insert(Booking), [_row(first + n, at) for n, (_, at) in enumerate(events)])
        parts = [_part(first + n, code, at) for n, (code, at) in enumerate(events)]
        db.execute(insert(BookingPart), parts)


_PER = range(PER_RIG)


def _row(number: int, start: datetime) -> dict[str, object]:
    return {
        "id": number,
        "organisation_code": "BJ01",
        "requester_organisation_code": "BJ01",
        "station_code": "BJ01-T",
        "start_at": start,
        "end_at": start + HOUR,
        "purpose": BookingPurpose.CLASS,
        "holder": "bj-teacher",
        "title": "2-1 电池检测",
        "state": BookingState.BOOKED,
        "created_at": start,
        "created_by": "bj-teacher",
        "changed_at": start,
        "changed_by": "bj-teacher",
    }


def _part(number: int, code: str, start: datetime) -> dict[str, object]:
    return {
        "booking_id": number,
        "resource_key": f"bench:BJ01/{code}",
        "kind": ResourceKind.BENCH,
        "organisation_code": "BJ01",
        "bench_code": code,
        "blocked_from": start,
        "blocked_to": start + HOUR,
        "is_asked": True,
        "is_holding": True,
    }


if __name__ == "__main__":
    main()
