"""Commands for accounts and API keys: `user`, `api-key`."""

import getpass
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.table import Table

from inventory.accounts.api_keys import KeyOwner, api_keys, create_api_key, revoke_api_key
from inventory.accounts.passwords import Passwords
from inventory.accounts.rules import Role
from inventory.accounts.schema import MAX_KEY_DAYS, ApiKeyCreate, UserFields
from inventory.accounts.use_cases import create_user, disable_user, set_password, user, users
from inventory.database import Database
from inventory.errors import InventoryError
from stationmaster.opening import house_database
from stationmaster.settings import Settings

user_app = typer.Typer(no_args_is_help=True, help="Accounts 账号")
key_app = typer.Typer(no_args_is_help=True, help="API keys 接口密钥")
Username = Annotated[str, typer.Argument(help="user name 用户名")]


def operator() -> str:
    """Who the audit trail names for a command: the login at this machine."""
    try:
        return f"cli:{getpass.getuser()}"
    except (KeyError, OSError):
        return "cli"


@contextmanager
def opened_database() -> Iterator[Database]:
    """The installation's database, migrated; facts that stop a command end it with exit code 1."""
    try:
        with house_database(Settings()) as database:
            yield database
    except InventoryError as fact:
        typer.secho(str(fact), fg="red", err=True)
        raise typer.Exit(1) from fact
    except ValidationError as invalid:
        for error in invalid.errors():
            place = ".".join(str(part) for part in error["loc"])
            typer.secho(f"{place}: {error['msg']}", fg="red", err=True)
        raise typer.Exit(1) from invalid


def asked_password() -> str:
    """A password: the first line of standard input, or asked for twice at a terminal."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password: str = typer.prompt("Password 密码", hide_input=True, confirmation_prompt=True)
    return password


@user_app.command("add")
def add_user(
    username: Username,
    role: Annotated[Role, typer.Option(help="role 角色")],
    organisation: Annotated[str, typer.Option(help="organisation code 机构代码")],
    name: Annotated[str, typer.Option(help="name to show 姓名")] = "",
) -> None:
    """Add an account; the password is asked for or read from standard input. 新建账号."""
    with opened_database() as database:
        fields = UserFields.model_validate(
            {
                "username": username,
                "name": name or username,
                "role": role,
                "organisation_code": organisation,
            }
        )
        password = asked_password()
        now = datetime.now(UTC)
        create_user(database, Passwords(), fields, password, who=operator(), now=now)
    typer.echo(f"{username}: {role.value} @ {organisation}")


@user_app.command("list")
def list_users() -> None:
    """List all accounts. 列出账号."""
    table = Table("user", "name", "role", "organisation", "disabled")
    with opened_database() as database, database.read() as db:
        for row in users(db):
            is_disabled = "yes" if row.is_disabled else ""
            table.add_row(
                row.username, row.name, row.role.value, row.organisation_code, is_disabled
            )
    Console().print(table)


@user_app.command("disable")
def close_user(username: Username) -> None:
    """Close an account; its logins and API keys end at once. 停用账号."""
    with opened_database() as database:
        disable_user(database, username, who=operator())
    typer.echo(f"{username}: disabled 已停用")


@user_app.command("passwd")
def change_password(username: Username) -> None:
    """Change a password; the account's logins end. 修改密码."""
    with opened_database() as database:
        set_password(database, Passwords(), username, asked_password(), who=operator())
    typer.echo(f"{username}: password changed 密码已修改")


@key_app.command("create")
def create_key(
    username: Username,
    name: Annotated[str, typer.Option(help="what it is for 用途")],
    days: Annotated[int, typer.Option(min=1, max=MAX_KEY_DAYS, help="valid for 有效天数")] = 90,
) -> None:
    """Make a reading key that acts as an account; it is shown this once. 新建密钥."""
    with opened_database() as database:
        with database.read() as db:
            account = user(db, username)
        order = ApiKeyCreate.model_validate({"name": name, "days": days})
        owner = KeyOwner(account, who=operator())
        made = create_api_key(database, owner, order, now=datetime.now(UTC))
    typer.echo(made.key)


@key_app.command("list")
def list_keys() -> None:
    """List all API keys without their secrets. 列出密钥."""
    table = Table("id", "user", "name", "expires", "last used", "revoked")
    with opened_database() as database, database.read() as db:
        for row, owner in api_keys(db, None):
            moments = (row.expires_at, row.last_used_at, row.revoked_at)
            shown = (m.strftime("%Y-%m-%d %H:%M") if m else "" for m in moments)
            table.add_row(row.id, owner.username, row.name, *shown)
    Console().print(table)


@key_app.command("revoke")
def revoke_key(key_id: Annotated[str, typer.Argument(help="id of the key 密钥编号")]) -> None:
    """End an API key at once. 吊销密钥."""
    with opened_database() as database:
        now = datetime.now(UTC)
        revoke_api_key(database, key_id, principal=None, who=operator(), now=now)
    typer.echo(f"{key_id}: revoked 已吊销")
