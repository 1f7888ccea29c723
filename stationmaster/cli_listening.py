"""The command `bench listen`: what a bench sends, live or from a log, without keys or servers."""

import json
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.live import Live

from can_bridge.errors import BridgeError
from can_bridge.listening_post import Picture, buses_of, listen_live, listen_to_log
from can_bridge.profile import CheckedProfile
from stationmaster.language import Language
from stationmaster.listening_record import picture_record
from stationmaster.listening_screen import Stage, screen
from stationmaster.listening_sources import Given, NotListenable
from stationmaster.listening_suggesting import Suggesting
from stationmaster.refusing import give_up
from stationmaster.stopping import stop_on_signals

Lang = Annotated[Language, typer.Option(help="zh | en")]
AcceptActive = Annotated[
    bool, typer.Option("--accept-active", help="adapter can't be listen-only 适配器不能只听")
]
Dbcs = Annotated[
    list[Path] | None, typer.Option(help="DBC file; several for a log 报文定义，可重复")
]
TryDbc = Annotated[
    Path | None, typer.Option(help="folder of DBCs to try on unknown ids 候选 DBC 文件夹")
]
ONCE_S = 3.0
"""How long one picture of a live bus takes: rates need a second, and slow messages come as well."""


class Pace(StrEnum):
    """How fast a log is played."""

    RECORDED = "recorded"
    FAST = "fast"


def listen(  # noqa: PLR0913, PLR0917 -- every option of the command line is an argument
    profile: Annotated[Path | None, typer.Argument(help="bench profile (TOML) 台架配置")] = None,
    bench: Annotated[str, typer.Option(help="bench code, for {bench} in channels 台架代码")] = "",
    interface: Annotated[str | None, typer.Option(help="without a profile: adapter 接口")] = None,
    channel: Annotated[str, typer.Option(help="COM3, can0 … 通道")] = "",
    bitrate: Annotated[int, typer.Option(help="bit/s 波特率")] = 500_000,
    accept_active: AcceptActive = False,
    dbc: Dbcs = None,
    try_dbc: TryDbc = None,
    log: Annotated[Path | None, typer.Option(help="a log instead of adapters 录制文件")] = None,
    pace: Annotated[Pace, typer.Option(help="of a log 播放速度")] = Pace.RECORDED,
    seconds: Annotated[float | None, typer.Option(min=0.1, help="end after 收听秒数")] = None,
    once: Annotated[bool, typer.Option("--once", help="print one picture 只显示一次")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="print it as JSON 输出 JSON")] = False,
    lang: Lang = Language.ZH,
) -> None:
    """收听台架：报文、频率、负载、数值、未知标识符。 Listen to a bench or a log; sends nothing."""
    given = Given(
        profile=profile,
        bench=bench,
        interface=interface,
        channel=channel,
        bitrate=bitrate,
        accept_active=accept_active,
        dbcs=tuple(dbc or ()),
        log=log,
        try_dbcs=try_dbc,
    )
    is_single = once or as_json
    if is_single and log is None and seconds is None:
        seconds = ONCE_S
    try:
        profiles = given.profiles()
        suggesting = _suggesting(given, profiles)
        pictures = _pictures(given, profiles, Pace.FAST if is_single else pace)
        if not is_single:
            _show(_until(pictures, seconds), given.title(), suggesting, lang)
            return
        *_, last = _until(pictures, seconds)
    except (BridgeError, NotListenable) as refused:
        give_up(refused)
    found = suggesting.about(last.view)
    if as_json:
        typer.echo(json.dumps(picture_record(last, found), ensure_ascii=False, indent=1))
    else:
        console = Console()
        console.print(screen(last, Stage(given.title(), lang, console.width, suggestions=found)))


def _suggesting(given: Given, profiles: Sequence[CheckedProfile]) -> Suggesting:
    databases, left_out = given.databases(profiles)
    for reason in left_out:
        typer.echo(reason, err=True)
    return Suggesting(databases)


def _pictures(given: Given, profiles: Sequence[CheckedProfile], pace: Pace) -> Generator[Picture]:
    stop = stop_on_signals()
    if given.log is None:
        return listen_live(profiles[0], given.bench, stop, time.monotonic)
    candidates = [bus for profile in profiles for bus in buses_of(profile)]
    clock = time.monotonic if pace is Pace.RECORDED else None
    return listen_to_log(given.log, candidates, stop, clock)


def _until(pictures: Generator[Picture], seconds: float | None) -> Iterator[Picture]:
    # closing the pictures closes the adapters behind them
    with closing(pictures) as open_pictures:
        for picture in open_pictures:
            yield picture
            view = picture.view
            if seconds is not None and view.now_s - view.started_s >= seconds:
                return


def _show(pictures: Iterator[Picture], title: str, suggesting: Suggesting, lang: Language) -> None:
    console = Console()
    with Live(console=console, auto_refresh=False, vertical_overflow="crop") as live:
        for picture in pictures:
            found = suggesting.about(picture.view)
            # a row is left for the prompt
            stage = Stage(title, lang, console.width, console.height - 1, found)
            live.update(screen(picture, stage), refresh=True)
