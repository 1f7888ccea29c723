"""Commands act as an account, with the rights it has on screen; the options they share."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated

import typer

from inventory.accounts.logins import principal_of
from inventory.accounts.rules import Principal
from inventory.accounts.use_cases import user
from inventory.database import Database
from inventory.errors import UnknownUser
from stationmaster.cli_accounts import opened_database

MOST = 1000
As = Annotated[str, typer.Option("--as", help="user name who acts 操作人用户名")]
Number = Annotated[int, typer.Argument(min=1, max=2**31 - 1, help="number 编号")]
Text = Annotated[str, typer.Option(help="words 说明")]
Papers = Annotated[list[str] | None, typer.Option("--document", help="document id 文件编号")]
Station = Annotated[str | None, typer.Option(help="station code 站点代码")]
Owner = Annotated[str | None, typer.Option(help="user name 责任人")]
Due = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="due date 期限")]


@contextmanager
def acting(username: str) -> Iterator[tuple[Database, Principal]]:
    """The database and the account that acts, with the rights it has on screen and no more."""
    with opened_database() as database:
        with database.read() as db:
            account = user(db, username)
        if account.is_disabled:
            raise UnknownUser(username)
        yield database, principal_of(account)
