"""Many writers at once, on both databases: each change is made as if it were alone."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlmodel import col, select

from inventory.accounts.table import LoginAttempts, User
from inventory.audit.table import AuditEntry
from inventory.database import Database
from tests.schools import WRITES, Schools, schools

WRITERS = 16
PROCESSES = 4
ROUNDS = 6
PROGRAM = """
import sys, threading
from inventory.database import open_database
from inventory.errors import Taken
from inventory.migrations import tables
from inventory.organisations.schema import OrganisationFields
from inventory.organisations.use_cases import create_organisation
from inventory.stations.use_cases import state_facts

database, number, rounds = open_database(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
print("ready", flush=True)
sys.stdin.readline()
failures = []

def write(writer):
    try:
        for step in range(rounds):
            value = (number * 4 + writer) * rounds + step
            state_facts(database, "BJ01-T", {"workstations": value}, who=f"w{number}")
            fields = {"code": f"ORG{step}", "kind": "school", "name_zh": "x"}
            try:
                create_organisation(database, OrganisationFields.model_validate(fields), who="w")
            except Taken:
                pass
    except BaseException as failure:
        failures.append(repr(failure))

threads = [threading.Thread(target=write, args=(writer,)) for writer in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
database.close()
sys.exit("; ".join(failures) or 0)
"""


@pytest.fixture
def house(school_url: str) -> Iterator[Schools]:
    with schools(school_url) as built:
        yield built


def together(work: Callable[[int], None]) -> None:
    start = threading.Barrier(WRITERS)
    failures: list[BaseException] = []

    def run(number: int) -> None:
        start.wait()
        try:
            work(number)
        except BaseException as failure:  # noqa: BLE001 - told by the test, not by its thread
            failures.append(failure)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def changes_of(database: Database, station: str) -> list[tuple[object, object]]:
    with database.read() as db:
        query = select(AuditEntry).where(
            AuditEntry.entity_id == station, AuditEntry.action == "changed"
        )
        entries = db.exec(query.order_by(col(AuditEntry.id))).all()
    return [((e.old or {}).get("workstations"), (e.new or {}).get("workstations")) for e in entries]


def test_processes_that_change_one_station_each_see_the_change_before_theirs(
    school_url: str, house: Schools, root: Path
) -> None:
    started = [
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM, school_url, str(number), str(ROUNDS)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=root,
        )
        for number in range(PROCESSES)
    ]
    for process in started:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in started:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    told = [process.communicate(timeout=60)[1] for process in started]
    assert [process.returncode for process in started] == [0] * PROCESSES, told
    steps = changes_of(house.database, "BJ01-T")
    # nobody's change was made on top of one that it had not seen
    assert [old for old, _ in steps] == [4] + [new for _, new in steps[:-1]]
    # a value equal to the present one is no change; every other one left its entry
    assert len(steps) >= PROCESSES * 4 * ROUNDS - 1
    with house.database.read() as db:
        made = db.exec(
            select(AuditEntry.entity_id).where(col(AuditEntry.entity_id).startswith("ORG"))
        ).all()
    assert sorted(made) == [f"ORG{step}" for step in range(ROUNDS)]


def test_answers_to_many_writers_at_once_are_never_a_defect(house: Schools) -> None:
    clients = [house.client("bj-admin") for _ in range(WRITERS)]
    statuses: list[int] = []
    register = "asset_number,item_zh,quantity\n" + "".join(f"A-{n},万用表,1\n" for n in range(20))

    def write(number: int) -> None:
        client = clients[number]
        for _ in range(3):
            made = client.post("/api/v1/api-keys", json={"name": f"k{number}"}, headers=WRITES)
            ended = client.delete(f"/api/v1/api-keys/{made.json()['id']}", headers=WRITES)
            imported = client.post(
                "/api/v1/equipment",
                files={"file": ("r.csv", register.encode())},
                headers=WRITES,
            )
            statuses.extend((made.status_code, ended.status_code, imported.status_code))

    together(write)
    assert sorted(set(statuses)) == [200, 201, 204], statuses


def test_no_guess_of_a_password_goes_uncounted(house: Schools) -> None:
    statuses: list[int] = []

    def guess(_number: int) -> None:
        wrong = {"username": "bj-teacher", "password": "wrong"}
        statuses.append(house.client().post("/api/v1/login", json=wrong).status_code)

    together(guess)
    counted = statuses.count(401)
    assert set(statuses) <= {401, 429, 503}
    with house.database.read() as db:
        row = db.get(LoginAttempts, ("bj-teacher", "testclient"))
        assert row is not None
        assert row.failures == counted
        assert db.exec(select(User).where(User.username == "bj-teacher")).one().is_disabled is False
