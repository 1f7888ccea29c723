from pathlib import Path

import pytest
import typer
from sqlmodel import col, select
from typer.testing import CliRunner

from inventory.audit.table import AuditEntry
from inventory.database import open_database
from inventory.organisations.schema import OrganisationFields
from inventory.organisations.use_cases import create_organisation
from stationmaster.cli_accounts import key_app, user_app

PASSWORD = "correct horse battery staple\n"


@pytest.fixture
def url(migrated_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("STATIONMASTER_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("STATIONMASTER_DATABASE_URL", migrated_url)
    database = open_database(migrated_url)
    school = {"code": "BJ01", "kind": "school", "name_zh": "北京示范"}
    create_organisation(database, OrganisationFields.model_validate(school), who="test")
    database.close()
    return migrated_url


def run(app: typer.Typer, *words: str, typed: str = PASSWORD) -> tuple[int, str]:
    result = CliRunner().invoke(app, list(words), input=typed)
    return result.exit_code, result.output


def add_user() -> tuple[int, str]:
    return run(user_app, "add", "zhang", "--role", "stationmaster", "--organisation", "BJ01")


def test_an_account_is_added_listed_and_closed(url: str) -> None:
    assert add_user()[0] == 0
    assert "stationmaster" in run(user_app, "list")[1]
    assert run(user_app, "passwd", "zhang", typed="another long password\n")[0] == 0
    assert run(user_app, "disable", "zhang")[0] == 0
    assert "yes" in run(user_app, "list")[1]
    database = open_database(url)
    with database.read() as db:
        entries = db.exec(select(AuditEntry).where(col(AuditEntry.entity) == "user")).all()
    database.close()
    assert [entry.action for entry in entries] == ["created", "password_changed", "disabled"]
    assert all(entry.who.startswith("cli") for entry in entries)
    assert "horse" not in str([entry.new for entry in entries])


@pytest.mark.usefixtures("url")
def test_facts_end_a_command_with_one_line_and_code_1() -> None:
    add_user()
    for code, output in (
        add_user(),
        run(user_app, "disable", "nobody"),
        run(user_app, "passwd", "zhang", typed="short\n"),
        run(user_app, "add", "Zhang Wei", "--role", "visitor", "--organisation", "BJ01"),
        run(user_app, "add", "li", "--role", "visitor", "--organisation", "XX99"),
        run(key_app, "revoke", "0123456789ab"),
    ):
        assert code == 1
        assert "Traceback" not in output
        assert output.strip()


@pytest.mark.usefixtures("url")
def test_a_key_is_made_listed_and_revoked() -> None:
    add_user()
    code, output = run(key_app, "create", "zhang", "--name", "report", "--days", "30")
    assert code == 0
    key = output.strip().splitlines()[-1]
    key_id = key.split("_")[1]
    assert key_id in run(key_app, "list")[1]
    assert run(key_app, "revoke", key_id)[0] == 0
