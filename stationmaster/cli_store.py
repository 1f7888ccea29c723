"""`store`: prepare InfluxDB, move the rows there or back, see how sending goes."""

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)

from stationmaster.influx_stores import address_of, kept_of, limits_of
from stationmaster.language import Language
from stationmaster.logs import log_as
from stationmaster.refusing import give_up
from stationmaster.settings import Settings
from telemetry.store.influx.connection import Influx
from telemetry.store.influx.forwarding import WRONG_CLOCK
from telemetry.store.influx.moving import (
    MOST_REPORTED,
    Moved,
    Stage,
    state_of,
    to_embedded,
    to_influxdb,
)
from telemetry.store.influx.moving import Progress as Tell
from telemetry.store.influx.preparing import Prepared, prepare_server
from telemetry.store.port import StoreUnavailable
from telemetry.store.sqlite_reading import SqliteReader

DIFFERENT = 1
INGEST_GONE_MS = 15_000
"""Chosen: ingest gives a sign of life every second; 15 s without one is no hiccup."""
Lang = Annotated[Language, typer.Option(help="zh | en")]

store_app = typer.Typer(no_args_is_help=True, help="Time-series store 时序库")


class Kind(StrEnum):
    """Where the rows of an installation rest."""

    EMBEDDED = "embedded"
    INFLUXDB = "influxdb"


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except StoreUnavailable as failed:
        give_up(failed)


@store_app.command("init")
def init(lang: Lang = Language.ZH) -> None:
    """在 InfluxDB 建库、保留策略与映射，可重复执行。 Make what InfluxDB needs; may be repeated."""
    settings = Settings()
    with _refusals(), closing(Influx(address_of(settings))) as influx:
        prepared = prepare_server(influx, kept_of(settings))
    for line in _prepared_lines(prepared, settings.influx_url, lang):
        typer.echo(line)
    if not prepared.can_read:
        raise typer.Exit(DIFFERENT)


def _prepared_lines(prepared: Prepared, url: str, lang: Language) -> Iterator[str]:
    is_zh = lang is Language.ZH
    api = "/write" if prepared.is_old else "/api/v2/write"
    yield (
        f"{url}：版本 {prepared.version}，写入 {api}"
        if is_zh
        else f"{url}: version {prepared.version}, lines go to {api}"
    )
    for one in prepared.done:
        yield f"✔ {'已建立或修改' if is_zh else 'made or changed'}: {one}"
    if not prepared.done:
        yield "✔ 一切就绪，无需改动" if is_zh else "✔ everything was there"
    if prepared.can_read:
        yield "✔ 写入并读回一条测试数据" if is_zh else "✔ a point was written and read back"
    else:
        yield (
            "✕ 能写入，但不支持 InfluxQL 读取（/query），不能用作时序库"
            if is_zh
            else "✕ it takes points but answers no InfluxQL (/query): it can't be the store"
        )


@store_app.command("status")
def status(lang: Lang = Language.ZH) -> None:
    """查看等待写入、未被接受的数据。 Show what waits for InfluxDB and what it did not take."""
    settings, is_zh = Settings(), lang is Language.ZH
    if settings.store == "embedded":
        typer.echo("时序库：内置" if is_zh else "store: embedded")
        return
    with _refusals():
        state = state_of(settings.telemetry_path, address_of(settings))
    words = (
        (("等待写入", "waiting"), state.waiting),
        (("留在本机（InfluxDB 未接受）", "kept in the file, not taken"), state.kept),
        (("因排队已满而拒收", "commits refused, queue full"), state.refused_commits),
        (("重发的小时数", "hours sent again"), state.sent_again_hours),
    )
    for (zh, en), number in words:
        typer.echo(f"{zh if is_zh else en}: {number}")
    if state.failure:
        typer.echo(f"✕ {state.failure}")
        raise typer.Exit(DIFFERENT)
    typer.echo("✔ InfluxDB 正常接收" if is_zh else "✔ InfluxDB takes what it gets")


@store_app.command("migrate")
def migrate(
    to: Annotated[Kind, typer.Option("--to", help="influxdb | embedded")],
    lang: Lang = Language.ZH,
) -> None:
    """迁移历史数据并逐小时核对；可中断后继续，原库不改动。 Move all rows, verified; resumable.

    Stop ingest first. Exit code 1 if any hour differs: then nothing is to be switched.
    """
    log_as("store")
    settings = Settings()
    embedded, beside = settings.embedded_path, settings.influx_path
    source, target = (embedded, beside) if to is Kind.INFLUXDB else (beside, embedded)
    with _refusals():
        _refuse_while_ingest_runs(source, lang)
        if to is Kind.INFLUXDB:
            with closing(Influx(address_of(settings))) as influx:
                prepare_server(influx, kept_of(settings))
        with _shown(lang) as tell:
            if to is Kind.INFLUXDB:
                where = address_of(settings)
                moved = to_influxdb(source, target, where, limits_of(settings), tell)
            else:
                moved = to_embedded(source, target, address_of(settings), tell)
    for line in _moved_lines(moved, to, lang):
        typer.echo(line)
    if not moved.is_same:
        raise typer.Exit(DIFFERENT)


def _refuse_while_ingest_runs(source: Path, lang: Language) -> None:
    if not source.exists():
        return
    with closing(SqliteReader(source)) as reader:
        sign = reader.ingest_status()
    if sign and abs(time.time_ns() // 1_000_000 - sign.heartbeat_at_ms) < INGEST_GONE_MS:
        give_up(
            "采集仍在运行：请先停止 ingest（台架会在本地缓存），再迁移"
            if lang is Language.ZH
            else "ingest is running: stop it first (the benches keep what they measure), then move"
        )


_WRONG_CLOCK_ZH = "台架时钟与采集时钟相差太大"
_STAGES = {
    Stage.COPY: ("复制", "copy"),
    Stage.ROWS: ("写入", "send"),
    Stage.HOURS: ("逐小时封存", "hours"),
    Stage.COMPARE: ("读回核对", "compare"),
}


class _Bars:
    def __init__(self, progress: Progress, lang: Language) -> None:
        self._progress = progress
        self._lang = lang
        self._tasks: dict[Stage, TaskID] = {}

    def tell(self, stage: Stage, done: int, total: int) -> None:
        """Show how far a stage is."""
        if stage not in self._tasks:
            name = _STAGES[stage][self._lang is Language.EN]
            self._tasks[stage] = self._progress.add_task(name, total=total)
        self._progress.update(self._tasks[stage], completed=done, total=total)


@contextmanager
def _shown(lang: Language) -> Iterator[Tell]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True)) as progress:
        yield _Bars(progress, lang).tell


def _hour(hour: int) -> str:
    """In UTC; a bench's clock may have said any year."""
    try:
        at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(hours=hour)
    except OverflowError:
        return f"1970-01-01 + {hour} h"
    return f"{at:%Y-%m-%d %H}:00Z"


def _moved_lines(moved: Moved, to: Kind, lang: Language) -> Iterator[str]:
    is_zh = lang is Language.ZH
    yield (
        f"台架 {moved.benches} 个，核对一致 {moved.hours} 个小时、{moved.rows} 行"
        f"（InfluxDB {moved.in_influxdb} 行，本机文件 {moved.in_file} 行）"
        if is_zh
        else f"{moved.benches} benches, {moved.hours} hours and {moved.rows} rows are the same"
        f" ({moved.in_influxdb} rows in InfluxDB, {moved.in_file} in the file)"
    )
    for bench, why, rows in moved.kept:
        reason = _WRONG_CLOCK_ZH if is_zh and why == WRONG_CLOCK else why
        yield f"▲ {bench}: {rows} {'行留在本机' if is_zh else 'rows stay in the file'}: {reason}"
    for one in moved.different[:MOST_REPORTED]:
        yield f"✕ {one.bench} {_hour(one.hour)}: {one.source_rows} → {one.target_rows}"
    if not moved.is_same:
        more = len(moved.different)
        yield (
            f"✕ {more} 个小时不一致：请勿切换，原库未改动；可再次执行"
            if is_zh
            else f"✕ {more} hours differ: switch nothing, the source is as it was; run it again"
        )
        return
    yield (
        f"✔ 全部一致。现在设置 STATIONMASTER_STORE={to.value} 并重启；原文件可在确认后删除"
        if is_zh
        else f"✔ All the same. Now set STATIONMASTER_STORE={to.value} and restart;"
        " the old file may go when you are sure"
    )
