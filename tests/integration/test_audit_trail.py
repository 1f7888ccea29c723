from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from inventory.audit.table import AuditEntry
from inventory.audit.use_cases import record, revision
from inventory.database import Database, open_database

NOW = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)


@pytest.fixture
def database(migrated_url: str) -> Iterator[Database]:
    opened = open_database(migrated_url)
    yield opened
    opened.close()


def note(database: Database, entity_id: str) -> None:
    with database.begin() as db:
        record(db, who="x", action="made", entity="bench", entity_id=entity_id, new={"at": NOW})


def test_an_entry_keeps_who_what_and_when(database: Database) -> None:
    note(database, "battery-01")
    with database.read() as db:
        entry = db.get(AuditEntry, 1)
    assert entry is not None
    assert (entry.who, entry.action, entry.entity_id) == ("x", "made", "battery-01")
    assert entry.at.tzinfo is not None
    assert entry.new == {"at": "2026-12-01T08:00:00Z"}
    assert entry.old is None


def test_the_revision_grows_with_every_entry(database: Database) -> None:
    with database.read() as db:
        assert revision(db) == 0
    note(database, "a")
    note(database, "b")
    with database.read() as db:
        assert revision(db) == 2


@pytest.mark.parametrize("change", ["UPDATE audit_entry SET who = 'y'", "DELETE FROM audit_entry"])
def test_the_database_refuses_to_change_an_entry(database: Database, change: str) -> None:
    note(database, "a")
    with pytest.raises(IntegrityError, match="append-only"), database.begin() as db:
        db.execute(text(change))


def test_an_entry_falls_with_the_change_it_tells_of(database: Database) -> None:
    def fail() -> None:
        with database.begin() as db:
            record(db, who="x", action="made", entity="bench", entity_id="a")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with database.read() as db:
        assert revision(db) == 0
