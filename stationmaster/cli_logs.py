"""Commands for recorded traffic: what a log holds, other formats, what a bench recorded."""

import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from can_bridge.errors import BridgeError
from can_bridge.logs.facts import log_facts
from can_bridge.logs.reading import CanLog, open_log
from can_bridge.logs.writing import WRITERS, Written, convert, format_of, write_batches
from can_bridge.recording.reading import Recording
from can_bridge.recording.recorder import recording_folder
from can_bridge.recording.segments import counts_in, segments_in
from stationmaster.language import Language
from stationmaster.log_printing import fact_lines, facts_record, written_lines
from stationmaster.refusing import give_up
from stationmaster.settings import Settings
from stationmaster.spans import span_s

log_app = typer.Typer(no_args_is_help=True, help="CAN logs and recordings. CAN 日志与录制。")

PROGRESS_EVERY_S = 2.0

Lang = Annotated[Language, typer.Option(help="zh | en")]
Format = Annotated[
    str | None, typer.Option("--format", help=f"{' '.join(WRITERS)}; by default from the name")
]
Replace = Annotated[bool, typer.Option("--replace", help="replace an existing file 覆盖已有文件")]
BenchCode = Annotated[str, typer.Argument(help="bench code, such as battery-01")]


@log_app.command("info")
def info(
    log: Annotated[Path, typer.Argument(help="CAN log of any known format 日志文件")],
    bitrate: Annotated[int, typer.Option(min=1, help="bit/s, for the bus load")] = 500_000,
    lang: Lang = Language.ZH,
    as_json: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
) -> None:
    """日志里有什么：格式、帧数、通道、时间、异常。 What a log holds, without a DBC."""
    try:
        opened = open_log(log)
        facts = log_facts(opened.all_batches())
    except BridgeError as refused:
        give_up(refused)
    if as_json:
        typer.echo(json.dumps(facts_record(opened, facts, bitrate), indent=1))
        return
    for line in fact_lines(opened, facts, bitrate, lang):
        typer.echo(line)


@log_app.command("convert")
def convert_log(
    source: Annotated[Path, typer.Argument(help="CAN log of any known format 源日志")],
    target: Annotated[Path, typer.Argument(help="file to write 目标文件")],
    form: Format = None,
    replace: Replace = False,
    lang: Lang = Language.ZH,
) -> None:
    """把日志转换成其他格式。 Write a log in another tool's format."""
    try:
        opened = open_log(source)
        written = convert(
            opened, target, form, may_replace=replace, on_progress=_Progress(lang).tell
        )
    except BridgeError as refused:
        give_up(refused)
    _print_written(written, lang, opened)


@log_app.command("recordings")
def recordings(
    bench: Annotated[str | None, typer.Argument(help="bench code; all by default 台架")] = None,
    lang: Lang = Language.ZH,
) -> None:
    """本机录制了哪些台架的原始报文。 What raw frames this computer has recorded."""
    root = recording_folder(_spool_folder(), bench or ".")
    folders = [root] if bench else sorted(path for path in root.glob("*") if path.is_dir())
    said = False
    for folder in folders:
        segments = segments_in(folder)
        if not segments:
            continue
        said = True
        begun, counts = _local(segments[0].begun_at_ms / 1000), counts_in(folder)
        mib = sum(segment.size for segment in segments) / (1 << 20)
        typer.echo(
            f"{folder.name}: 自 {begun} 起 {len(segments)} 个文件 {mib:.1f} MiB，"
            f"写入 {counts.frames} 帧，丢失 {counts.lost_frames} 帧，"
            f"已删除旧文件 {counts.deleted_segments} 个"
            if lang is Language.ZH
            else f"{folder.name}: {len(segments)} files, {mib:.1f} MiB, since {begun}; "
            f"{counts.frames} frames written, {counts.lost_frames} lost, "
            f"{counts.deleted_segments} old files deleted"
        )
        if counts.trouble:
            typer.echo(f"  {counts.trouble}", err=True)
    if not said:
        typer.echo("没有录制" if lang is Language.ZH else "nothing recorded")


@log_app.command("export")
def export(  # noqa: PLR0913, PLR0917 -- every option of the command line is an argument
    bench: BenchCode,
    target: Annotated[Path, typer.Argument(help="file to write 目标文件")],
    begin: Annotated[
        str | None, typer.Option("--from", help="2026-05-04T10:30, or 10:30 today 开始")
    ] = None,
    end: Annotated[str | None, typer.Option("--to", help="likewise, not included 结束")] = None,
    last: Annotated[str | None, typer.Option(help="instead: 90s, 15m, 2h, 1d 最近多久")] = None,
    form: Format = None,
    replace: Replace = False,
    lang: Lang = Language.ZH,
) -> None:
    """导出台架的录制给其他工具。 Write what a bench recorded for other tools."""
    try:
        form = format_of(target, form)
        from_s, to_s = span_s(begin, end, last, time.time())
        recording = Recording(recording_folder(_spool_folder(), bench), from_s, to_s)
        facts = log_facts(recording.batches())
        if not facts.frames:
            give_up(f"{bench}: {_nothing(recording, lang)}")
        written = write_batches(
            recording.batches(),
            facts,
            target,
            form,
            may_replace=replace,
            on_progress=_Progress(lang).tell,
        )
    except (BridgeError, ValueError, OSError) as refused:
        give_up(refused)
    for path in sorted(recording.damaged):
        cut_off = "末尾不完整（断电或被终止）" if lang is Language.ZH else "cut off at its end"
        typer.echo(f"{path.name}: {cut_off}", err=True)
    _print_written(written, lang)


class _Progress:
    """Says now and then how far a long writing is."""

    def __init__(self, lang: Language) -> None:
        self._lang = lang
        self._next_s = time.monotonic() + PROGRESS_EVERY_S

    def tell(self, done: int, of: int) -> None:
        """Note that `done` of `of` frames are written."""
        if time.monotonic() < self._next_s:
            return
        self._next_s = time.monotonic() + PROGRESS_EVERY_S
        frames = "帧" if self._lang is Language.ZH else "frames"
        typer.echo(f"… {100 * done / max(of, 1):.0f} %  {done} / {of} {frames}", err=True)


def _print_written(written: Written, lang: Language, source: CanLog | None = None) -> None:
    for line in written_lines(written, source, lang):
        typer.echo(line)


def _spool_folder() -> Path:
    return Settings().var / "spool"


def _nothing(recording: Recording, lang: Language) -> str:
    segments = segments_in(recording.folder)
    if not segments:
        if lang is Language.ZH:
            return "没有录制：在台架配置中写 [recording] is_on = true"
        return "nothing recorded; it takes [recording] is_on = true in the bench's profile"
    begun = _local(segments[0].begun_at_ms / 1000)
    if lang is Language.ZH:
        return f"这段时间没有帧；录制自 {begun} 起"
    return f"no frames in that time; recorded since {begun}"


def _local(at_s: float) -> str:
    return f"{datetime.fromtimestamp(at_s, UTC).astimezone():%Y-%m-%d %H:%M:%S}"
