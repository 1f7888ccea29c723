"""Commands for messages that leave the house: `notifications`."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from inventory.audit.use_cases import SYSTEM
from inventory.errors import InventoryError
from inventory.notifications.addresses import is_address
from inventory.notifications.delivering import Parcel
from inventory.notifications.failed import failed, retry
from inventory.notifications.letters import Letter
from inventory.notifications.rules import MessageKind
from inventory.notifications.targets import Target
from inventory.notifications.wording import Language
from stationmaster.mailing import BadMailSettings, MailDoor, mail_setup
from stationmaster.opening import house_database
from stationmaster.refusing import give_up
from stationmaster.settings import Settings

MOST = 200
notifications_app = typer.Typer(no_args_is_help=True, help="Messages to people 通知")


@notifications_app.command("send-test")
def send_test(
    address: Annotated[str, typer.Argument(help="where to 收件地址")],
) -> None:
    """立即发送一封测试邮件。 Send a mail now and say what the mail server said."""
    settings = Settings()
    try:
        setup = mail_setup(settings)
    except BadMailSettings as contradicting:
        give_up(contradicting)
    if setup is None:
        give_up("未设置邮件服务器 No mail server: set STATIONMASTER_SMTP_HOST")
    if not is_address(address):
        give_up(f"{address!r} 不是邮箱地址 is no e-mail address")
    now = datetime.now(UTC)
    door = MailDoor(setup)
    letter = Letter(0, MessageKind.CHANNEL_TEST, {"by": SYSTEM}, now)
    batch = f"test.{now:%Y%m%d%H%M%S%f}"
    outcome = door.send(Parcel(batch, (), now, Target(Language.ZH, address), (letter,)))
    door.rest()
    if not outcome.is_sent:
        give_up(f"{setup.host}:{setup.port}: {outcome.reason}")
    typer.echo(f"{setup.host}:{setup.port} 已接收 took it: {setup.sender} → {address}")


@notifications_app.command("failed")
def list_failed(
    retried: Annotated[
        list[int] | None, typer.Option("--retry", help="try this one again 重试此编号")
    ] = None,
    is_all: Annotated[bool, typer.Option("--retry-all", help="try all again 全部重试")] = False,
) -> None:
    """列出或重试未送达的通知。 List deliveries that were given up, or try some again."""
    with house_database(Settings()) as database:
        with database.read() as db:
            found, total = failed(db, None, offset=0, limit=MOST)
        wanted = [one.id for one in found] if is_all else retried or []
        for number in wanted:
            try:
                retry(database, None, number, now=datetime.now(UTC))
            except InventoryError as unknown:
                give_up(unknown)
            typer.echo(f"{number}: 将重试 will be tried again")
    if wanted:
        return
    table = Table("no.", "channel", "to", "what", "given up", "attempts", "why")
    for one in found:
        table.add_row(
            str(one.id),
            one.channel.value,
            one.to,
            one.kind.value,
            f"{one.given_up_at:%Y-%m-%d %H:%M}",
            str(one.attempts),
            one.reason,
        )
    Console(width=160).print(table)
    typer.echo(f"{len(found)} / {total}")
