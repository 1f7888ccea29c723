import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import inspect, text
from sqlmodel import col, select
from typer.testing import CliRunner, Result

from inventory.accounts.table import User
from inventory.audit.table import AuditEntry
from inventory.audit.use_cases import record, revision
from inventory.copying import Copied, NotCopied, TargetNotEmpty, copy_database
from inventory.database import Database, open_database
from inventory.faults.table import Fault
from inventory.migrations.tables import METADATA
from inventory.organisations.table import Organisation
from stationmaster.__main__ import command_line
from tests.databases import Databases, sqlite_url
from tests.postgres import PASSWORD
from tests.rig import POSIX_ONLY
from tests.schools import NOW

DIRTY_FAULT = (
    "INSERT INTO fault (bench_code, fault_id, dtc, failure_type, status, severity, state, first_at,"
    " observed_at, text_zh, text_en, remedy_zh, remedy_en, signals, source, ecu, has_freeze) VALUES"
    " ('b', 'f', 'P0AA6', 0, 9, 3, 'confirmed', '2026-12-01 08:00:00.123456',"
    " '2026-12-01 08:00:00', '绝缘' || char(0), 'x', '', '', '{\"v\": 0.1}', 'derived', '', false)"
)


@contextmanager
def opened(url: str) -> Iterator[Database]:
    database = open_database(url)
    try:
        yield database
    finally:
        database.close()


def copied(source: Database, target: Database) -> Copied:
    return copy_database(source, target, lambda _table, _done, _total: None)


@pytest.fixture(scope="module")
def demo_file(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("demo")
    with databases.fresh("sqlite", "demonstrated", folder):
        yield folder / "inventory.sqlite"


@pytest.fixture
def school(demo_file: Path, tmp_path: Path) -> Iterator[Database]:
    """An embedded database with everything the demo has."""
    path = tmp_path / "school.sqlite"
    shutil.copyfile(demo_file, path)
    with opened(sqlite_url(path)) as database:
        yield database


@pytest.fixture
def server_url(databases: Databases) -> Iterator[str]:
    with databases.fresh("postgresql", "empty", Path()) as url:
        yield url


def test_a_school_moves_to_a_server_and_back_and_nothing_has_changed(
    school: Database, server_url: str, tmp_path: Path
) -> None:
    with school.read() as db:
        before = revision(db)
        people = db.exec(select(User).order_by(col(User.username))).all()
        evaluated = db.exec(select(Organisation.evaluated_by)).all()
    assert any(evaluated), "the demo has no organisation that names another"
    with opened(server_url) as server:
        there = copied(school, server)
        assert set(there.rows) == set(METADATA.tables)
        assert there.rows["user_account"] == len(people)
        assert there.rows["requirement"] > 200
        with server.begin() as db:
            record(db, who="x", action="made", entity="bench", entity_id="after the move")
        with server.read() as db:
            assert revision(db) == before + 1
            moved = db.exec(select(User).order_by(col(User.username))).all()
            assert [one.model_dump() for one in moved] == [one.model_dump() for one in people]
        with opened(sqlite_url(tmp_path / "back.sqlite")) as back:
            home = copied(server, back)
    assert home.rows == {**there.rows, "audit_entry": there.rows["audit_entry"] + 1}


def test_a_database_that_holds_something_is_never_copied_into(
    school: Database, databases: Databases, server_url: str
) -> None:
    with (
        databases.fresh("postgresql", "furnished", Path()) as used,
        opened(used) as target,
        pytest.raises(TargetNotEmpty, match="organisation"),
    ):
        copied(school, target)
    with opened(server_url) as foreign:
        with foreign.engine.begin() as connection:
            connection.execute(text("CREATE TABLE bench (of_a_gym text)"))
        with pytest.raises(TargetNotEmpty, match="bench"):
            copied(school, foreign)
        assert inspect(foreign.engine).get_table_names() == ["bench"]


def test_what_does_not_fit_is_named_and_leaves_the_target_empty(
    school: Database, server_url: str
) -> None:
    with school.begin() as db:
        db.add(AuditEntry(at=NOW, who="w" * 100, action="a", entity="e", entity_id="i"))
    with opened(server_url) as server:
        with pytest.raises(NotCopied, match=r"table audit_entry: value too long"):
            copied(school, server)
        assert inspect(server.engine).get_table_names() == []


def test_a_nul_that_an_old_file_has_is_replaced_and_counted(
    school: Database, server_url: str
) -> None:
    with school.begin() as db:
        db.execute(text(DIRTY_FAULT))
    with opened(server_url) as server:
        assert copied(school, server).cleaned == 1
        with server.read() as db:
            fault = db.exec(select(Fault)).one()
        assert fault.text_zh == "绝缘\N{REPLACEMENT CHARACTER}"
        assert (fault.signals, fault.first_at.microsecond) == ({"v": 0.1}, 123_456)


KILLED = """
import os, signal, sys
from inventory.copying import copy_database
from inventory.database import open_database

def die_late(table, done, total):
    if table == "requirement" and done:
        os.kill(os.getpid(), signal.SIGKILL)

copy_database(open_database(sys.argv[1]), open_database(sys.argv[2]), die_late)
"""


@POSIX_ONLY
def test_a_kill_in_the_middle_leaves_both_as_they_were(
    school: Database, server_url: str, root: Path
) -> None:
    url = school.engine.url.render_as_string(hide_password=False)
    done = subprocess.run(
        [sys.executable, "-c", KILLED, url, server_url], cwd=root, check=False, timeout=60
    )
    assert done.returncode == -9
    with opened(server_url) as server:
        assert inspect(server.engine).get_table_names() == []
        assert copied(school, server).rows["requirement"] > 200


def run(*words: str) -> Result:
    return CliRunner().invoke(command_line(["database"]), ["database", *words])


def test_the_command_copies_and_says_what_comes_next(
    school: Database, server_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STATIONMASTER_VAR", str(tmp_path))
    url = school.engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("STATIONMASTER_DATABASE_URL", url)
    assert run("upgrade").exit_code == 0
    done = run("copy", "--to", server_url)
    assert done.exit_code == 0, done.output
    assert "copied and verified" in done.output
    assert "STATIONMASTER_DATABASE_URL" in done.output
    again = run("copy", "--to", server_url)
    assert again.exit_code == 2
    assert "expected an empty database" in again.output
    assert run("copy", "--to", url).exit_code == 2


@pytest.mark.parametrize(
    ("url", "told"),
    [
        (f"mysql://house:{PASSWORD}@127.0.0.1/x", "not the address of a database"),
        (f"no address {PASSWORD}", "not the address of a database"),
        (f"postgresql://house:{PASSWORD}@127.0.0.1:1/x", "gives no answer"),
        (f"postgresql://house:{PASSWORD}@127.0.0.1:1/x?no_such_option=1", "not the address"),
    ],
)
def test_a_wrong_or_silent_address_is_told_in_a_line_without_its_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str, told: str
) -> None:
    monkeypatch.setenv("STATIONMASTER_VAR", str(tmp_path))
    monkeypatch.setenv("STATIONMASTER_DATABASE_URL", url)
    for words in (("upgrade",), ("copy", "--to", url)):
        answer = run(*words)
        assert answer.exit_code == 2, answer.output
        assert told in answer.output
        assert PASSWORD not in answer.output
        assert PASSWORD not in repr(answer.exc_info)
