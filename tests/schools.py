"""Two schools, their evaluator and a visiting company, as a database and an app for tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from anyio.from_thread import BlockingPortal, start_blocking_portal
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pwdlib.hashers.argon2 import Argon2Hasher

from inventory.accounts.passwords import Passwords
from inventory.accounts.schema import UserFields
from inventory.accounts.use_cases import create_user
from inventory.app import Parts, create_app
from inventory.benches.live_memory import MemoryLiveBenches
from inventory.benches.schema import BenchFields
from inventory.benches.use_cases import create_bench
from inventory.database import Database, open_database
from inventory.organisations.schema import OrganisationFields
from inventory.organisations.use_cases import create_organisation
from inventory.stations.schema import StationFields
from inventory.stations.use_cases import create_station

NOW = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
PASSWORD = "correct horse battery staple"
WRITES = {"X-Stationmaster": "1"}
USERS = {
    "bj-admin": ("administrator", "BJ01"),
    "bj-master": ("stationmaster", "BJ01"),
    "bj-teacher": ("instructor", "BJ01"),
    "gx-master": ("stationmaster", "GX02"),
    "evaluator": ("evaluator", "EVAL"),
    "visitor": ("visitor", "COMP"),
}


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    at: datetime = NOW

    def __call__(self) -> datetime:
        return self.at

    def move(self, **span: float) -> None:
        self.at += timedelta(**span)


@dataclass
class Schools:
    """The house under test and the doors to it."""

    database: Database
    live: MemoryLiveBenches
    app: FastAPI
    passwords: Passwords
    portal: BlockingPortal
    clock: Clock = field(default_factory=Clock)

    def client(self, username: str | None = None) -> TestClient:
        client = TestClient(self.app, raise_server_exceptions=False)
        # otherwise each request has a thread and an event loop of its own, half of its time
        client.portal = self.portal
        if username is not None:
            answer = client.post("/api/v1/login", json={"username": username, "password": PASSWORD})
            assert answer.status_code == 204, answer.text
        return client


def quick_passwords() -> Passwords:
    return Passwords(Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1))


def furnish(database: Database, passwords: Passwords) -> None:
    def organisation(code: str, kind: str, evaluated_by: str | None = None) -> None:
        fields = {"code": code, "kind": kind, "name_zh": code, "evaluated_by": evaluated_by}
        create_organisation(database, OrganisationFields.model_validate(fields), who="test")

    organisation("EVAL", "evaluation_organisation")
    organisation("COMP", "company")
    organisation("BJ01", "school", "EVAL")
    organisation("GX02", "school")
    for username, (role, code) in USERS.items():
        person = {"username": username, "name": username, "role": role, "organisation_code": code}
        user = UserFields.model_validate(person)
        create_user(database, passwords, user, PASSWORD, who="test", now=NOW)
    for code, is_shared in (("BJ01-T", True), ("BJ01-E", False), ("GX02-T", False)):
        station = {
            "code": code,
            "organisation_code": code[:4],
            "use": "exam" if code.endswith("E") else "training",
            "name_zh": f"站 {code}",
            "is_shared": is_shared,
            "workstations": 4,
        }
        create_station(database, StationFields.model_validate(station), who="test")
    for code, place, is_shared in (
        ("battery-01", "BJ01-T", True),
        ("motor-01", "BJ01-T", False),
        ("battery-02", "GX02-T", False),
    ):
        bench = {
            "code": code,
            "organisation_code": place[:4],
            "station_code": place,
            "profile": code.split("-")[0],
            "name_zh": f"台架 {code}",
            "is_shared": is_shared,
        }
        create_bench(database, BenchFields.model_validate(bench), who="test")


@contextmanager
def schools(url: str) -> Iterator[Schools]:
    """The house in a furnished database, see `tests.databases`."""
    database = open_database(url)
    passwords, live, clock = quick_passwords(), MemoryLiveBenches(), Clock()
    app = create_app(Parts(database, live, passwords=passwords, clock=clock))
    try:
        with start_blocking_portal() as portal:
            yield Schools(database, live, app, passwords, portal, clock)
    finally:
        database.close()
