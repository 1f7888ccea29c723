"""Commands for the way from the benches into the store: ingest and the embedded broker."""

import subprocess
from typing import Annotated

import typer

from stationmaster.ingesting import ingest as run_ingest
from stationmaster.logs import log_as
from stationmaster.processes import ask_to_end
from stationmaster.settings import Settings
from stationmaster.stopping import stop_on_signals
from telemetry.broker.access import HOUSE_USERS, read_or_make_passwords
from telemetry.broker.embedded import NoSuchBroker, prepare


def ingest() -> None:
    """从消息代理采集数据入库。 Take what benches send into the store."""
    log_as("ingest")
    run_ingest(Settings())


def broker(
    benches: Annotated[list[str] | None, typer.Argument(help="bench codes to let in")] = None,
) -> None:
    """启动内置消息代理。 Run the embedded broker for ingest and the named benches."""
    log_as("broker")
    settings, stop = Settings(), stop_on_signals()
    passwords = read_or_make_passwords(settings.credentials_path, [*HOUSE_USERS, *(benches or [])])
    try:
        embedded = prepare(
            settings.var / "broker",
            settings.broker_host,
            settings.broker_port,
            passwords,
            settings.broker_program,
        )
    except NoSuchBroker as missing:
        typer.echo(str(missing), err=True)
        raise typer.Exit(2) from missing
    process = subprocess.Popen(embedded.command)  # noqa: S603
    while process.poll() is None and not stop.wait(0.2):
        pass
    if process.poll() is None:
        ask_to_end(process)
    raise typer.Exit(process.wait())
