import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import ValidationError
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, StatementError
from sqlmodel import func, select

from inventory.audit.table import AuditEntry
from inventory.audit.use_cases import record
from inventory.database import Database, open_database
from inventory.errors import Taken
from inventory.organisations.rules import OrganisationKind
from inventory.organisations.schema import OrganisationFields
from inventory.organisations.table import Organisation
from inventory.organisations.use_cases import create_organisation
from tests.databases import sqlite_url


@pytest.fixture
def database(migrated_url: str) -> Iterator[Database]:
    opened = open_database(migrated_url)
    yield opened
    opened.close()


def school(code: str) -> OrganisationFields:
    return OrganisationFields(code=code, kind=OrganisationKind.SCHOOL, name_zh=code)


def test_two_writers_at_once_are_served_one_after_the_other(database: Database) -> None:
    outcomes: list[str] = []
    together = threading.Barrier(8)

    def create() -> None:
        together.wait()
        try:
            create_organisation(database, school("BJ01"), who="test")
            outcomes.append("created")
        except Taken:
            outcomes.append("taken")

    threads = [threading.Thread(target=create) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["created"] + ["taken"] * 7


def test_a_reader_does_not_wait_for_a_writer(database: Database) -> None:
    with database.begin() as writing:
        writing.add(Organisation.model_validate(school("BJ01")))
        writing.flush()
        with database.read() as reading:
            assert reading.get(Organisation, "BJ01") is None


def test_what_is_changed_while_reading_is_lost(database: Database) -> None:
    create_organisation(database, school("BJ01"), who="test")
    with database.read() as db:
        found = db.get(Organisation, "BJ01")
        assert found is not None
        found.name_zh = "changed"
    with database.read() as db:
        found = db.get(Organisation, "BJ01")
        assert found is not None
        assert found.name_zh == "BJ01"


def test_foreign_keys_hold(database: Database) -> None:
    orphan = school("BJ01")
    orphan.evaluated_by = "NOBODY"
    with pytest.raises(IntegrityError), database.begin() as db:
        db.add(Organisation.model_validate(orphan))


def test_moments_come_back_aware_and_naive_ones_are_refused(database: Database) -> None:
    at = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
    with database.begin() as db:
        record(db, who="x", action="made", entity="e", entity_id="1", at=at)
    with database.read() as db:
        assert db.exec(select(AuditEntry.at)).one() == at
    with pytest.raises((StatementError, ValueError)), database.begin() as db:
        record(db, who="x", action="made", entity="e", entity_id="1", at=at.replace(tzinfo=None))


def test_every_use_case_leaves_an_entry(database: Database) -> None:
    create_organisation(database, school("BJ01"), who="zhang")
    with database.read() as db:
        entry = db.exec(select(AuditEntry)).one()
        assert (entry.who, entry.entity, entry.entity_id) == ("zhang", "organisation", "BJ01")
        assert db.exec(select(func.count()).select_from(Organisation)).one() == 1


def test_bad_values_never_become_rows() -> None:
    with pytest.raises(ValidationError):
        Organisation.model_validate({"code": "bj 01", "kind": "school", "name_zh": "x"})


def test_sqlite_is_opened_for_durability(tmp_path: Path) -> None:
    database = open_database(sqlite_url(tmp_path / "inventory.sqlite"))
    with database.read() as db:
        assert db.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert db.execute(text("PRAGMA synchronous")).scalar() == 2
        assert db.execute(text("PRAGMA foreign_keys")).scalar() == 1
    database.close()
