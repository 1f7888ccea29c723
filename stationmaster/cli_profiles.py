"""Commands for bench profiles: `bench new` writes one, `bench check` says what is wrong with it."""

import json
from pathlib import Path
from typing import Annotated

import typer

from can_bridge.errors import BridgeError
from can_bridge.profile_checking.checking import check_examination, check_file
from can_bridge.profile_checking.document import examine_text
from can_bridge.profile_checking.findings import Severity
from can_bridge.profile_template.proposals import BenchKind
from can_bridge.profile_template.writing import profile_text
from stationmaster.finding_printing import finding_lines, finding_record, summary_line
from stationmaster.language import Language
from stationmaster.profile_answers import Answers, BadAnswer, BusAnswer, parsed_bus
from stationmaster.profile_questions import Questions
from stationmaster.refusing import give_up

Lang = Annotated[Language, typer.Option(help="zh | en")]
WRONG = 1


def check_profiles(
    profiles: Annotated[list[Path], typer.Argument(help="bench profiles (TOML) 台架配置")],
    lang: Lang = Language.ZH,
    as_json: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
) -> None:
    """检查台架配置，一次说出全部问题。 Say everything wrong with bench profiles; opens nothing."""
    checked = [(path, check_file(path)) for path in profiles]
    if as_json:
        records = [
            {"path": str(path), "findings": [finding_record(one) for one in findings]}
            for path, findings in checked
        ]
        typer.echo(json.dumps(records, ensure_ascii=False, indent=1))
    else:
        for path, findings in checked:
            for line in finding_lines(findings, lang):
                typer.echo(line)
            typer.echo(summary_line(path, findings, lang))
    if any(one.severity is Severity.ERROR for _, findings in checked for one in findings):
        raise typer.Exit(WRONG)


def new_profile(  # noqa: PLR0913, PLR0917 -- every option of the command line is an argument
    output: Annotated[
        Path | None, typer.Option(help="file to write, NAME.toml by default 写入的文件")
    ] = None,
    name: Annotated[str | None, typer.Option(help="name of the profile 配置名称")] = None,
    kind: Annotated[BenchKind | None, typer.Option(help="what it is 台架类型")] = None,
    dbc: Annotated[Path | None, typer.Option(help="DBC file of the only bus 报文定义")] = None,
    interface: Annotated[str | None, typer.Option(help="python-can's name 接口")] = None,
    channel: Annotated[str | None, typer.Option(help="COM3, can0 … 通道")] = None,
    bitrate: Annotated[int | None, typer.Option(help="bit/s 波特率")] = None,
    accept_active: Annotated[
        bool, typer.Option("--accept-active", help="adapter can't be listen-only 适配器不能只听")
    ] = False,
    bus: Annotated[
        list[str] | None,
        typer.Option(
            help="one of several buses, repeat 几条总线时逐条写: "
            "name=hv,dbc=hv.dbc,interface=slcan,channel=COM3,bitrate=500000"
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="ask nothing 不提问，用默认值")] = False,
    lang: Lang = Language.ZH,
) -> None:
    """新建台架配置：提问、读 DBC、写出带说明的文件。 Write a new, explained bench profile."""
    only = BusAnswer("", dbc, interface, channel, bitrate, accept_active)
    try:
        given = Answers(name, kind, tuple(map(parsed_bus, bus or ())), only, output)
        target, profile = Questions(given, lang, may_ask=not yes).answered()
        _write(target, profile_text(profile), lang)
    except OSError as refused:
        give_up(f"{refused.filename}: {refused.strerror}")
    except (BridgeError, BadAnswer) as refused:
        give_up(refused)
    follow = f"stationmaster bench listen {target}"
    typer.echo(f"下一步：{follow}" if lang is Language.ZH else f"next: {follow}")


def _write(target: Path, text: str, lang: Language) -> None:
    """Write a text that passes its own check; one that does not is never written."""
    findings = check_examination(examine_text(target, text))
    for line in finding_lines(findings, lang):
        typer.echo(line)
    if any(one.severity is Severity.ERROR for one in findings):
        raise typer.Exit(WRONG)
    # "x" never overwrites, not even a file that came while somebody thought about the answers
    with target.open("x", encoding="utf-8", newline="\n") as file:
        file.write(text)
    typer.echo(summary_line(target, findings, lang))
