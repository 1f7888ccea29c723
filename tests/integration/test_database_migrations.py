import subprocess
import sys
from collections.abc import Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError

from inventory.audit.use_cases import record
from inventory.database import Database, open_database
from inventory.migrations.run import upgrade
from inventory.migrations.tables import METADATA


@pytest.fixture
def database(empty_url: str) -> Iterator[Database]:
    opened = open_database(empty_url)
    yield opened
    opened.close()


def test_migrations_and_tables_say_the_same(database: Database) -> None:
    upgrade(database.engine)
    with database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
    found = set(inspect(database.engine).get_table_names())
    assert found == set(METADATA.tables) | {"alembic_version"}


def test_the_audit_trail_is_guarded_after_migrating_too(database: Database) -> None:
    upgrade(database.engine)
    with database.begin() as db:
        record(db, who="x", action="made", entity="bench", entity_id="a" * 1000)
    with pytest.raises(IntegrityError, match="append-only"), database.begin() as db:
        db.execute(text("DELETE FROM audit_entry"))


def test_upgrading_again_changes_nothing(database: Database) -> None:
    upgrade(database.engine)
    with database.begin() as db:
        record(db, who="x", action="made", entity="bench", entity_id="a")
    upgrade(database.engine)
    with database.read() as db:
        assert db.execute(text("SELECT count(*) FROM audit_entry")).scalar() == 1


def test_processes_that_start_together_wait_for_each_other(database: Database) -> None:
    program = (
        "import sys; from inventory.database import open_database; "
        "from inventory.migrations.run import upgrade; upgrade(open_database(sys.argv[1]).engine)"
    )
    url = database.engine.url.render_as_string(hide_password=False)
    started = [
        subprocess.Popen([sys.executable, "-c", program, url], stderr=subprocess.PIPE)
        for _ in range(3)
    ]
    for process in started:
        _, complaint = process.communicate(timeout=60)
        assert process.returncode == 0, complaint.decode()
    with database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
