from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from inventory.accounts.table import User
from inventory.audit.table import AuditEntry
from inventory.exports.jobs_memory import MemoryExportJobs
from tests.schools import NOW, WRITES, Schools, schools

SPAN = {"from": "2026-12-01T07:00:00Z", "to": "2026-12-01T08:00:00Z"}


@pytest.fixture
def house(school_url: str) -> Iterator[Schools]:
    with schools(school_url) as built:
        yield built


def ordered(house: Schools, username: str, **asked: object) -> dict[str, Any]:
    answer = house.client(username).post(
        "/api/v1/benches/battery-01/exports", json=SPAN | asked, headers=WRITES
    )
    assert answer.status_code == 202, answer.text
    found: dict[str, Any] = answer.json()
    return found


def finish(house: Schools, export_id: str, file: Path) -> None:
    jobs: MemoryExportJobs = house.app.state.exports
    jobs.finish(export_id, file, NOW)


def test_an_export_is_ordered_followed_and_fetched(house: Schools, tmp_path: Path) -> None:
    made = ordered(house, "bj-teacher", format="csv", signals=["u"])
    assert (made["state"], made["rows_total"], made["file"]) == ("waiting", None, None)
    client = house.client("bj-teacher")
    path = f"/api/v1/exports/{made['id']}"
    assert client.get(f"{path}/file").status_code == 404
    file = tmp_path / "rows"
    file.write_bytes(b"observed_at\n")
    finish(house, made["id"], file)
    done = client.get(path).json()
    assert (done["state"], done["size_bytes"]) == ("done", 12)
    fetched = client.get(done["file"])
    assert fetched.content == b"observed_at\n"
    assert fetched.headers["content-type"] == "text/csv; charset=utf-8"
    name = "battery-01_20261201-150000_20261201-160000.csv"
    assert name in fetched.headers["content-disposition"]
    assert [one["id"] for one in client.get("/api/v1/exports").json()] == [made["id"]]
    assert client.delete(path, headers=WRITES).status_code == 204
    assert client.get(path).status_code == 404


def test_nobody_else_sees_it_not_even_in_the_same_school(house: Schools, tmp_path: Path) -> None:
    made = ordered(house, "bj-teacher")
    file = tmp_path / "rows"
    file.write_bytes(b"x")
    finish(house, made["id"], file)
    for username in ("bj-master", "bj-admin", "gx-master", "evaluator"):
        client = house.client(username)
        assert client.get("/api/v1/exports").json() == []
        for path in (f"/api/v1/exports/{made['id']}/file", f"/api/v1/exports/{made['id']}"):
            assert client.get(path).status_code == 404
        assert client.delete(f"/api/v1/exports/{made['id']}", headers=WRITES).status_code == 404


def test_who_is_no_insider_any_more_does_not_get_the_file(house: Schools, tmp_path: Path) -> None:
    made = ordered(house, "bj-teacher")
    file = tmp_path / "rows"
    file.write_bytes(b"x")
    finish(house, made["id"], file)
    with house.database.begin() as db:
        user = db.exec(select(User).where(User.username == "bj-teacher")).one()
        user.organisation_code = "GX02"
        db.add(user)
    assert house.client("bj-teacher").get(f"/api/v1/exports/{made['id']}/file").status_code == 404


@pytest.mark.parametrize(
    ("bench", "username", "body", "status"),
    [
        ("battery-02", "bj-teacher", SPAN, 404),
        ("no-such", "bj-teacher", SPAN, 404),
        ("battery-01", "visitor", SPAN, 403),
        ("battery-01", "bj-teacher", {"from": SPAN["to"], "to": SPAN["from"]}, 422),
        ("battery-01", "bj-teacher", SPAN | {"from": "2020-01-01T00:00:00Z"}, 422),
        ("battery-01", "bj-teacher", SPAN | {"from": "2026-12-01T07:00:00"}, 422),
        ("battery-01", "bj-teacher", SPAN | {"format": "xls"}, 422),
        ("battery-01", "bj-teacher", SPAN | {"signals": []}, 422),
        ("battery-01", "bj-teacher", SPAN | {"signal": ["u"]}, 422),
    ],
)
def test_what_cannot_be_exported_is_refused(
    house: Schools, bench: str, username: str, body: dict[str, object], status: int
) -> None:
    path = f"/api/v1/benches/{bench}/exports"
    answer = house.client(username).post(path, json=body, headers=WRITES)
    assert answer.status_code == status, answer.text


def test_the_fourth_at_once_is_too_many(house: Schools) -> None:
    for _ in range(3):
        ordered(house, "bj-teacher")
    path = "/api/v1/benches/battery-01/exports"
    answer = house.client("bj-teacher").post(path, json=SPAN, headers=WRITES)
    assert answer.status_code == 429
    assert answer.json()["limit"] == 3
    ordered(house, "bj-master")


def test_that_somebody_took_data_out_is_in_the_audit_trail(house: Schools) -> None:
    made = ordered(house, "evaluator")
    with house.database.read() as db:
        query = select(AuditEntry).where(col(AuditEntry.entity) == "export")
        entry = db.exec(query).one()
    assert (entry.who, entry.action) == ("evaluator", "exported")
    assert entry.entity_id == f"battery-01/{made['id']}"
    assert entry.organisation_code == "BJ01"
