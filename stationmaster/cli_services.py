"""Commands for the parts that run for long: demo, serve, ingest, broker."""

import subprocess
from typing import Annotated

import typer
from rich.console import Console

from stationmaster.demo import DemoCannotStart, reset_demo, run_demo
from stationmaster.logs import log_as
from stationmaster.processes import ask_to_end
from stationmaster.services import ingest as run_ingest
from stationmaster.services import serve as run_serve
from stationmaster.settings import Settings
from stationmaster.stopping import stop_on_signals
from telemetry.broker.access import read_or_make_passwords
from telemetry.broker.embedded import NoSuchBroker, prepare

Port = Annotated[int | None, typer.Option(min=1, max=65535, help="网页端口 web port")]
BrokerPort = Annotated[int | None, typer.Option(min=1, max=65535, help="消息端口 broker port")]
Broker = Annotated[str | None, typer.Option(help="mosquitto | amqtt")]


def _settings(port: int | None, broker_port: int | None, broker: str | None) -> Settings:
    given = {"port": port, "broker_port": broker_port, "broker_program": broker}
    return Settings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]


def demo(port: Port = None, broker_port: BrokerPort = None, broker: Broker = None) -> None:
    """在本机启动完整演示，Ctrl-C 停止。 Run the whole house with simulated benches."""
    log_as("demo")
    console = Console(highlight=False)
    try:
        run_demo(_settings(port, broker_port, broker), stop_on_signals(), console)
    except DemoCannotStart as reason:
        console.print(str(reason), style="red", markup=False)
        raise typer.Exit(2) from reason


def demo_reset() -> None:
    """清空演示数据。 Forget what the demo stored."""
    try:
        reset_demo(Settings())
    except DemoCannotStart as reason:
        typer.echo(str(reason), err=True)
        raise typer.Exit(2) from reason
    typer.echo("演示数据已清空。 The demo is empty again.")


def serve() -> None:
    """启动接口与网页。 Serve API and dashboard on one port."""
    log_as("serve")
    run_serve(Settings())


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
    passwords = read_or_make_passwords(settings.credentials_path, ["ingest", *(benches or [])])
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
