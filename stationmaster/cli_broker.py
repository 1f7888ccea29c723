"""Commands for the message broker: run the embedded one, examine any."""

import json
import subprocess
from collections.abc import Collection
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from stationmaster.broker_seats import Given, UnusableBroker, seats_of
from stationmaster.default_command import RunByDefault
from stationmaster.language import Language
from stationmaster.logs import log_as
from stationmaster.processes import ask_to_end
from stationmaster.refusing import give_up
from stationmaster.settings import Settings
from stationmaster.stopping import stop_on_signals
from telemetry.broker.access import HOUSE_USERS, read_or_make_passwords
from telemetry.broker.doctor.findings import Check
from telemetry.broker.embedded import NoSuchBroker, prepare
from telemetry.contract.broker_address import UnusableCertificate

broker_app = typer.Typer(cls=RunByDefault, help="Message broker. 消息代理。")

FOUND_BAD = 1
_TITLES: dict[Check, tuple[str, str]] = {
    Check.CONNECTING: ("连接", "connecting"),
    Check.DOORS: ("登录", "who is let in"),
    Check.ROUND_TRIP: ("QoS 1 往返", "QoS 1 round trip"),
    Check.RETAINED: ("保留消息", "retained messages"),
    Check.WILL: ("遗嘱", "will"),
    Check.OFFLINE_QUEUE: ("离线队列", "offline queue"),
    Check.SHARING: ("共享订阅", "shared subscription"),
    Check.SEPARATION: ("主题权限", "access rules"),
    Check.TAKE_OVER: ("客户端标识占用", "client id take-over"),
    Check.PAYLOAD: ("最大负载", "largest payload"),
    Check.IN_FLIGHT: ("在途消息", "messages in flight"),
    Check.RESTART: ("重启后保留", "durability over a restart"),
}
_GRADES = {
    "good": ("好", "good"),
    "weak": ("有限", "limited"),
    "bad": ("不合格", "BAD"),
    "unknown": ("未知", "unknown"),
}


@broker_app.command("run")
def run_broker(
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
            settings.broker_server_certificate,
        )
    except (NoSuchBroker, UnusableCertificate) as missing:
        typer.echo(str(missing), err=True)
        raise typer.Exit(2) from missing
    process = subprocess.Popen(embedded.command)  # noqa: S603
    while process.poll() is None and not stop.wait(0.2):
        pass
    if process.poll() is None:
        ask_to_end(process)
    raise typer.Exit(process.wait())


_ADVICE = (
    "\n没有给出账号：需要账号的代理请加 --user 和 --password-file；检查自带的代理则不写地址。"
    "\nNo account was given: where the broker wants one, add --user and --password-file; to examine"
    " the embedded broker give no URL."
)


@broker_app.command("doctor")
def examine_broker(  # noqa: PLR0913, PLR0917 -- every option of the command line is an argument
    url: Annotated[
        str | None,
        typer.Argument(help="mqtt://host:1883 or mqtts://host:8883; the embedded one by default"),
    ] = None,
    user: Annotated[
        str, typer.Option(help="an account made for the examination, of nothing at work")
    ] = "",
    second_user: Annotated[
        str, typer.Option(help="another one, where the broker takes users for client ids")
    ] = "",
    bench_user: Annotated[
        str, typer.Option(help="a bench's account with no bench behind it, to try access rules")
    ] = "",
    password_file: Annotated[
        Path | None, typer.Option(help='JSON file {"user": "password"}, readable by you only')
    ] = None,
    ca: Annotated[Path | None, typer.Option(help="PEM file of the broker's authority")] = None,
    check: Annotated[
        list[Check] | None, typer.Option(help="only this check; repeat; all by default")
    ] = None,
    language: Annotated[Language, typer.Option(help="zh | en")] = Language.ZH,
    as_json: Annotated[bool, typer.Option("--json", help="print JSON, in both languages")] = False,
) -> None:
    """检查消息代理是否合用。 What a broker really does and what that means. Exit: 1 bad, 2 refused.

    Messages go below stationmaster/doctor and on bench topics nobody listens to; nothing is left
    behind, and benches at work are not disturbed.
    """
    given = Given(url, user, second_user, bench_user, password_file, ca)
    found = _examined(given, check or tuple(Check), None if as_json else language)
    if as_json:
        typer.echo(json.dumps([_record(one) for one in found], ensure_ascii=False))
    if any(one["grade"] == "bad" for one in found):
        raise typer.Exit(FOUND_BAD)


def _examined(
    given: Given, checks: Collection[Check], language: Language | None
) -> list[dict[str, object]]:
    """The verdicts, printed as they come where a language is given."""
    # paho and the probes are no business of running the broker
    from telemetry.broker.doctor.examination import examine  # noqa: PLC0415
    from telemetry.broker.doctor.line import NotAccepted  # noqa: PLC0415

    found: list[dict[str, object]] = []
    where = given.url or ""
    try:
        seats = seats_of(given, Settings())
        where = f"{seats.first.host}:{seats.first.port}"
        for verdict in examine(seats, checks):
            found.append(asdict(verdict))
            if language is not None:
                _print(found[-1], language)
    except UnusableBroker as wrong:
        give_up(wrong)
    except (NotAccepted, ValueError) as refused:
        give_up(f"{where}: {refused}{_ADVICE if given.url and not given.user else ''}")
    return found


def _record(verdict: dict[str, object]) -> dict[str, object]:
    texts = ("measured", "meaning", "remedy")
    words = {name: dict(zip(("zh", "en"), verdict[name], strict=True)) for name in texts}  # type: ignore[call-overload]
    return {"check": verdict["check"], "grade": verdict["grade"], **words}


def _print(verdict: dict[str, object], language: Language) -> None:
    place = 0 if language is Language.ZH else 1
    title = _TITLES[Check(str(verdict["check"]))][place]
    grade = _GRADES[str(verdict["grade"])][place]
    typer.echo(f"[{grade}] {title}: {verdict['measured'][place]}")  # type: ignore[index]
    for name, sign in (("meaning", "·"), ("remedy", "→")):
        text = verdict[name][place]  # type: ignore[index]
        if text:
            typer.echo(f"    {sign} {text}")
