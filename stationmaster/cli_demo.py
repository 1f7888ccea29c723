"""Commands for the demo: start it, forget it."""

from typing import Annotated

import typer
from rich.console import Console

from stationmaster.demo import DemoCannotStart, reset_demo, run_demo
from stationmaster.logs import log_as
from stationmaster.settings import Settings
from stationmaster.stopping import stop_on_signals

Port = Annotated[int | None, typer.Option(min=1, max=65535, help="网页端口 web port")]
BrokerPort = Annotated[int | None, typer.Option(min=1, max=65535, help="消息端口 broker port")]
Broker = Annotated[str | None, typer.Option(help="mosquitto | amqtt")]


def _settings(port: int | None, broker_port: int | None, broker: str | None) -> Settings:
    given = {"port": port, "broker_port": broker_port, "broker_program": broker}
    return Settings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]


def demo(port: Port = None, broker_port: BrokerPort = None, broker: Broker = None) -> None:
    """在本机启动完整演示，Ctrl-C 停止。 Run the whole house with simulated benches."""
    log_as("demo")
    console = Console(highlight=False, soft_wrap=True)
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
