import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from inventory.audit.table import AuditEntry
from inventory.audit.use_cases import record
from inventory.database import Database, open_database
from inventory.faults.table import Fault
from inventory.migrations.run import configuration, upgrade
from inventory.migrations.tables import METADATA
from inventory.organisations.table import Organisation
from tests.databases import Databases
from tests.rig import POSIX_ONLY

OLDER = sorted(
    step.down_revision
    for step in ScriptDirectory.from_config(configuration()).walk_revisions()
    if isinstance(step.down_revision, str)
)
# what a row meets on its way is the same from 0003 on; a server takes two seconds for all of it
AGES = [
    *(("sqlite", start) for start in OLDER),
    *(("postgresql", start) for start in OLDER if start <= "0003" or start == OLDER[-1]),
]


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


def test_texts_sort_alike_on_every_server(database: Database) -> None:
    upgrade(database.engine)
    words = ["a-1", "B-1", "a1", "A-1", "站", "电", "中", "Ä", "z", "_"]
    with database.begin() as db:
        for word in words:
            record(db, who="x", action="made", entity="bench", entity_id=word)
    with database.read() as db:
        found = db.exec(select(AuditEntry.entity_id).order_by(col(AuditEntry.entity_id))).all()
    assert list(found) == sorted(words)


@pytest.mark.parametrize(("database_kind", "start"), AGES, indirect=["database_kind"])
def test_an_installation_of_any_age_is_brought_up_with_what_it_holds(
    database: Database, start: str
) -> None:
    upgrade(database.engine, start)
    with database.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO fault (bench_code, fault_id, dtc, failure_type, status, severity, "
                "state, first_at, observed_at, text_zh, text_en, remedy_zh, remedy_en, signals) "
                "VALUES ('battery-01', 'f', 'P0AA6', 0, 9, 3, 'confirmed', '2026-12-01 08:00:00', "
                "'2026-12-01 08:00:00', '绝缘', 'isolation', '', '', '{\"v\": 1.5}')"
                if start < "0003"
                else "INSERT INTO organisation (code, kind, name_zh, name_en, is_demonstration) "
                "VALUES ('BJ01', 'school', '学校', '', false)"
            )
        )
    upgrade(database.engine)
    with database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
    with database.read() as db:
        faults, schools = db.exec(select(Fault)).all(), db.exec(select(Organisation)).all()
    assert len(faults) + len(schools) == 1
    for fault in faults:
        assert (fault.signals, fault.source, fault.has_freeze) == ({"v": 1.5}, "derived", False)
        assert fault.first_at == datetime(2026, 12, 1, 8, tzinfo=UTC)


KILLED = """
import os, signal, sys
from sqlalchemy import event
from inventory.database import open_database
from inventory.migrations.run import upgrade

def statements(url, last):
    seen = 0
    def count(*_):
        nonlocal seen
        seen += 1
        if seen == last:
            os.kill(os.getpid(), signal.SIGKILL)
    database = open_database(url)
    event.listen(database.engine, "before_cursor_execute", count)
    upgrade(database.engine)
    return seen

for url, last in zip(sys.argv[2:], range(1, 10_000, int(sys.argv[1]))):
    child = os.fork()
    if child == 0:
        statements(url, last)
        os._exit(0)
    print(os.WTERMSIG(os.waitpid(child, 0)[1]), flush=True)
"""


@POSIX_ONLY
def test_a_kill_at_any_step_leaves_a_database_that_can_be_brought_up(
    databases: Databases, database_kind: str, tmp_path: Path, root: Path
) -> None:
    with ExitStack() as stack:
        urls = [
            stack.enter_context(databases.fresh(database_kind, "empty", tmp_path / str(number)))
            for number in range(11)
        ]
        # so that the kills are spread over all revisions
        every = "7" if database_kind == "sqlite" else "13"
        killing = [sys.executable, "-c", KILLED, every, *urls]
        done = subprocess.run(killing, capture_output=True, text=True, cwd=root, check=True)
        assert done.stdout.split().count("9") >= 10, done.stdout
        for url in urls:
            with closing(open_database(url)) as database:
                upgrade(database.engine)
                with database.engine.connect() as connection:
                    assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
