"""`dbc check`: what had to be done to a DBC so that it loads, and what could not be kept."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from can_bridge.dbc.loading import CheckedDbc, check_dbc
from can_bridge.dbc.remarks import Remark, Severity
from can_bridge.errors import UnreadableDbc
from stationmaster.language import Language

LOST = 1
Lang = Annotated[Language, typer.Option(help="zh | en")]
_WORDS = {
    Severity.REPAIR: ("· 修补", "· repair"),
    Severity.WARNING: ("▲ 警告", "▲ warning"),
    Severity.LOST: ("✕ 丢失", "✕ lost"),
}
_COLOURS = {
    Severity.REPAIR: typer.colors.CYAN,
    Severity.WARNING: typer.colors.YELLOW,
    Severity.LOST: typer.colors.RED,
}

dbc_app = typer.Typer(no_args_is_help=True, help="DBC files. DBC 文件。")


@dbc_app.command("check")
def check_files(
    files: Annotated[list[Path], typer.Argument(help="DBC files DBC 文件")],
    lang: Lang = Language.ZH,
    as_json: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
) -> None:
    """检查 DBC 文件：编码、数量、每一处修补与疑点。 Say what a DBC holds, every repair and doubt.

    Exit code 1 if a message or signal could not be kept or a file could not be read.
    """
    checked = [_checked(path) for path in files]
    if as_json:
        records = [_record(path, one) for path, one in zip(files, checked, strict=True)]
        typer.echo(json.dumps(records, ensure_ascii=False, indent=1))
    else:
        for path, one in zip(files, checked, strict=True):
            for line in _lines(path, one, lang):
                typer.echo(line)
    if any(isinstance(one, UnreadableDbc) or one.lost for one in checked):
        raise typer.Exit(LOST)


def _checked(path: Path) -> CheckedDbc | UnreadableDbc:
    try:
        return check_dbc(path)
    except UnreadableDbc as unreadable:
        return unreadable


def _record(path: Path, checked: CheckedDbc | UnreadableDbc) -> dict[str, object]:
    """One file as JSON; `unreadable` is None where it could be read."""
    if isinstance(checked, UnreadableDbc):
        return {"path": str(path), "unreadable": checked.reason}
    return {
        "path": str(path),
        "unreadable": None,
        "encoding": checked.encoding,
        "messages": checked.messages,
        "signals": checked.signals,
        "remarks": [
            {
                "line": one.line,
                "kind": one.kind,
                "severity": one.severity.value,
                "zh": one.zh,
                "en": one.en,
            }
            for one in checked.remarks
        ],
    }


def _lines(path: Path, checked: CheckedDbc | UnreadableDbc, language: Language) -> Iterator[str]:
    is_zh = language is Language.ZH
    if isinstance(checked, UnreadableDbc):
        word = typer.style("✕ 无法读取" if is_zh else "✕ unreadable", fg=typer.colors.RED)
        yield f"{path}: {word}: {checked.reason}"
        return
    for one in checked.remarks:
        yield f"{path}:{one.line}: {_word(one, language)}: {one.zh if is_zh else one.en}"
    counts = Counter(one.severity for one in checked.remarks)
    told = [f"{_WORDS[one][not is_zh]} {counts[one]}" for one in Severity if counts[one]]
    if is_zh:
        held = f"{checked.encoding}，报文 {checked.messages} 条，信号 {checked.signals} 个"
        yield f"{path}: {held}；{'，'.join(told) or '✔ 没有问题'}"
    else:
        held = f"{checked.encoding}, {checked.messages} messages, {checked.signals} signals"
        yield f"{path}: {held}; {', '.join(told) or '✔ nothing to say'}"


def _word(one: Remark, language: Language) -> str:
    zh, en = _WORDS[one.severity]
    return typer.style(zh if language is Language.ZH else en, fg=_COLOURS[one.severity])
