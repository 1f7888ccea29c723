"""Commands for messages nobody could read: `telemetry quarantine list|show|replay|drop`."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from inventory.moments import moment
from stationmaster.language import Language
from stationmaster.refusing import give_up
from stationmaster.settings import Settings
from stationmaster.stores import open_reader, open_store
from telemetry.ingest.replaying import Replayed, replay
from telemetry.store.port import StoreUnavailable, TimeSeriesReader, TimeSeriesStore
from telemetry.store.quarantine import Quarantined

telemetry_app = typer.Typer(no_args_is_help=True, help="Telemetry 遥测")
quarantine_app = typer.Typer(no_args_is_help=True, help="Messages nobody could read 隔离区")
telemetry_app.add_typer(quarantine_app, name="quarantine")

Lang = Annotated[Language, typer.Option("--lang", help="zh 中文, en English")]
Bench = Annotated[str, typer.Option("--bench", help="only of this bench 仅此台架")]
Ids = Annotated[list[int] | None, typer.Argument(help="entries, none: all 条目编号，不填为全部")]
_PAGE = 500
_SHOWN_BYTES = 4096
_HEADINGS = {
    Language.ZH: ("编号", "台架", "主题", "首次收到", "次数", "字节", "原因"),
    Language.EN: ("id", "bench", "topic", "first received", "times", "bytes", "reason"),
}


@contextmanager
def _plainly() -> Iterator[None]:
    try:
        yield
    except StoreUnavailable as unavailable:
        give_up(unavailable)


@contextmanager
def _reader() -> Iterator[TimeSeriesReader]:
    with _plainly():
        reader = open_reader(Settings())
        try:
            yield reader
        finally:
            reader.close()


@contextmanager
def _store() -> Iterator[TimeSeriesStore]:
    settings = Settings()
    with _plainly():
        if not settings.telemetry_path.exists():
            raise StoreUnavailable(f"{settings.telemetry_path}: not there yet; ingest makes it")
        store = open_store(settings)
        try:
            yield store
        finally:
            store.close()


def _entries(reader: TimeSeriesReader) -> Iterator[Quarantined]:
    after = 0
    while entries := reader.quarantined(after, _PAGE):
        yield from entries
        after = entries[-1].id


def _local(at_ms: int) -> datetime:
    return moment(at_ms).astimezone()


@quarantine_app.command("list")
def list_entries(
    bench: Bench = "",
    limit: Annotated[int, typer.Option(min=1, help="at most so many 最多条数")] = 100,
    lang: Lang = Language.ZH,
) -> None:
    """列出无法读取的消息。 List messages nobody could read, the latest last."""
    with _reader() as reader:
        totals = reader.quarantine_totals()
        found = [entry for entry in _entries(reader) if not bench or entry.bench == bench]
    table = Table(*_HEADINGS[lang])
    for entry in found[-limit:]:
        first = f"{_local(entry.first_at_ms):%Y-%m-%d %H:%M:%S}"
        numbers = (str(entry.times), str(entry.payload_bytes))
        table.add_row(str(entry.id), entry.bench, entry.topic, first, *numbers, entry.reason)
    console = Console()
    if found:
        console.print(table)
    zh = f"隔离区共 {totals.entries} 条，{totals.bytes} 字节；因已满而舍弃 {totals.given_up} 条。"
    en = (
        f"{totals.entries} in quarantine, {totals.bytes} bytes;"
        f" {totals.given_up} had to go because it was full."
    )
    console.print(zh if lang is Language.ZH else en)


@quarantine_app.command("show")
def show_entry(
    entry_id: Annotated[int, typer.Argument(help="entry 条目编号")],
    lang: Lang = Language.ZH,
) -> None:
    """显示一条消息的内容与原因。 Show a message with its reason."""
    with _reader() as reader:
        found = next(iter(reader.quarantined(entry_id - 1, 1)), None)
    if found is None or found.id != entry_id:
        give_up(_no_such(entry_id, lang))
    zh = lang is Language.ZH
    facts: list[tuple[str, object]] = [
        ("编号" if zh else "id", found.id),
        ("台架" if zh else "bench", found.bench or "–"),
        ("主题" if zh else "topic", found.topic),
        ("首次收到" if zh else "first received", _local(found.first_at_ms)),
        ("最近收到" if zh else "last received", _local(found.last_at_ms)),
        ("次数" if zh else "times", found.times),
        ("原因" if zh else "reason", found.reason),
        ("纪元与序号" if zh else "epoch and seq", found.key or "–"),
        ("字节" if zh else "bytes", f"{found.payload_bytes} ({len(found.payload)})"),
    ]
    for name, value in facts:
        typer.echo(f"{name}: {value}")
    typer.echo(_readable(found.payload[:_SHOWN_BYTES]))


def _readable(payload: bytes) -> str:
    try:
        # as JSON writes it: control characters of a message must not reach the terminal
        return json.dumps(payload.decode("utf-8"), ensure_ascii=False)[1:-1].replace('\\"', '"')
    except UnicodeDecodeError:
        return payload.hex(" ")


def _no_such(entry_id: int, lang: Language) -> str:
    zh = f"隔离区中没有条目 {entry_id}；用 list 查看。"
    return zh if lang is Language.ZH else f"no entry {entry_id} in quarantine; see `list`"


@quarantine_app.command("replay")
def replay_entries(entry_ids: Ids = None, lang: Lang = Language.ZH) -> None:
    """用现在的程序重新读取，能读懂的入库。 Read again and store what can be read.

    What can't be read stays, with the present reason; then the exit code is 1.
    """
    with _store() as store:
        outcome = replay(store, frozenset(entry_ids) if entry_ids else None)
    typer.echo(_told(outcome, lang))
    if outcome.unreadable:
        raise typer.Exit(1)


def _told(outcome: Replayed, lang: Language) -> str:
    if lang is Language.ZH:
        return (
            f"入库 {outcome.stored} 条，早已入库 {outcome.known} 条，"
            f"过时的上线与状态消息 {outcome.past} 条，仍无法读取 {outcome.unreadable} 条。"
        )
    return (
        f"{outcome.stored} stored, {outcome.known} were stored before, {outcome.past} births and"
        f" states of the past, {outcome.unreadable} still can't be read."
    )


@quarantine_app.command("drop")
def drop_entries(
    entry_ids: Ids = None,
    bench: Bench = "",
    is_all: Annotated[bool, typer.Option("--all", help="all of them 全部")] = False,
    lang: Lang = Language.ZH,
) -> None:
    """永久删除消息。 Forget messages for good: by number, of a bench, or all."""
    if not (entry_ids or bench or is_all):
        zh, en = "请写出编号、--bench 或 --all。", "name entries, --bench or --all"
        give_up(zh if lang is Language.ZH else en)
    wanted = set(entry_ids or [])
    with _store() as store:
        found = [
            entry.id
            for entry in _entries(store)
            if (not wanted or entry.id in wanted) and (not bench or entry.bench == bench)
        ]
        dropped = store.drop_quarantined(found)
    typer.echo(f"已删除 {dropped} 条。" if lang is Language.ZH else f"{dropped} dropped.")
