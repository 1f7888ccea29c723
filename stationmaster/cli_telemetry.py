"""Command that writes stored rows to a file: `telemetry export`."""

import math
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
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

from inventory.benches.table import Bench
from stationmaster.language import Language
from stationmaster.opening import house_database
from stationmaster.refusing import give_up
from stationmaster.settings import Settings
from stationmaster.spans import span_s
from stationmaster.stores import open_reader
from telemetry.export.facts import ExportFacts, Format, SignalFacts
from telemetry.export.running import ExportUnsettled, Wish, export
from telemetry.export.running import Progress as Told
from telemetry.store.port import BenchSnapshot, StoreUnavailable


def export_rows(  # noqa: PLR0913, PLR0917 - every option of the command line is an argument
    bench: Annotated[str, typer.Argument(help="bench code, such as battery-01 台架编号")],
    target: Annotated[Path, typer.Argument(help="file to write 目标文件: .csv .parquet .mf4")],
    begin: Annotated[
        str | None, typer.Option("--from", help="2026-05-04T10:30, or 10:30 today 开始")
    ] = None,
    end: Annotated[
        str | None, typer.Option("--to", help="likewise, not included; default now 结束")
    ] = None,
    last: Annotated[str | None, typer.Option(help="instead: 90s, 15m, 2h, 1d 最近多久")] = None,
    form: Annotated[
        Format | None, typer.Option("--format", help="by default from the name 格式")
    ] = None,
    signal: Annotated[
        list[str] | None, typer.Option(help="only this one; repeat for several 只导出此信号")
    ] = None,
    has_mark: Annotated[
        bool, typer.Option("--bom/--no-bom", help="mark a CSV as UTF-8 for Excel")
    ] = True,
    replace: Annotated[bool, typer.Option(help="replace an existing file 覆盖已有文件")] = False,
    lang: Annotated[Language, typer.Option(help="zh | en")] = Language.ZH,
) -> None:
    """导出入库的数据：CSV、Parquet、MF4。 Write stored rows of a bench to a file."""
    try:
        kind = form or _format_of(target)
        span = _span_ms(begin, end, last)
    except ValueError as refused:
        give_up(refused)
    if target.exists() and not replace:
        give_up(f"{target}: exists already; --replace overwrites it 文件已存在")
    settings = Settings()
    try:
        with closing(open_reader(settings)) as reader:
            snapshot = reader.snapshot(bench)
            if snapshot is None:
                give_up(f"{bench}: no such bench in the store 存储中没有该台架")
            facts = _facts(snapshot, span, _station_of(settings, bench))
            with _bar(lang) as note:
                done = export(reader, Wish(facts, kind, signal, has_mark), target, note)
    except (StoreUnavailable, ExportUnsettled, OSError) as refused:
        give_up(refused)
    said = f"{target}: {done.rows_done} 行，{done.size_bytes} 字节"
    if lang is Language.EN:
        said = f"{target}: {done.rows_done} rows, {done.size_bytes} bytes"
    typer.echo(said)


def _format_of(target: Path) -> Format:
    try:
        return Format(target.suffix.lower().removeprefix("."))
    except ValueError:
        known = " ".join(f".{one.value}" for one in Format)
        raise ValueError(f"{target}: expected a name that ends in {known}, or --format") from None


def _span_ms(begin: str | None, end: str | None, last: str | None) -> tuple[int, int]:
    now_s = time.time()
    if begin is None and last is None:
        raise ValueError("say since when: --from 2026-05-04T10:30 or --last 2h 请说明起始时间")
    from_s, to_s = span_s(begin, end, last, now_s)
    to_s = now_s if math.isinf(to_s) else to_s
    if from_s >= to_s:
        raise ValueError(f"--from {begin} is not in the past")
    return int(from_s * 1000), int(to_s * 1000)


def _facts(snapshot: BenchSnapshot, span_ms: tuple[int, int], station: str) -> ExportFacts:
    birth = snapshot.birth
    words = {
        one.name: SignalFacts(one.unit, one.label_zh, one.label_en)
        for one in (birth.signals if birth else ())
    }
    profile = birth.profile if birth else ""
    return ExportFacts(snapshot.bench, *span_ms, station, profile, words)


def _station_of(settings: Settings, code: str) -> str:
    with house_database(settings) as database, database.read() as db:
        found = db.get(Bench, code)
    return (found.station_code or "") if found else ""


class _Note:
    """Moves the bar."""

    def __init__(self, progress: Progress, task: TaskID) -> None:
        self._progress = progress
        self._task = task

    def __call__(self, told: Told) -> None:
        """Rows are counted, or written."""
        done = told.rows_done if told.rows_total is not None else 0
        self._progress.update(self._task, completed=done, total=told.rows_total)


@contextmanager
def _bar(lang: Language) -> Iterator[_Note]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        word = "导出" if lang is Language.ZH else "exporting"
        yield _Note(progress, progress.add_task(word, total=None))
