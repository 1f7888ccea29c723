"""Commands for requirement lists, registers and readiness: `lists`, `register`, `check`."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from inventory.equipment.template import REGISTER_COLUMNS
from inventory.equipment.use_cases import RegisterUpload, import_register
from inventory.errors import Invalid, InventoryError, Unknown
from inventory.readiness.findings import Status
from inventory.readiness.rules import decide
from inventory.requirements.errors import RowsRefused
from inventory.requirements.mapping_memory import mapping_of
from inventory.requirements.rules import DEFAULT_BINDING, Authority
from inventory.requirements.template import LIST_COLUMNS
from inventory.requirements.unreadable import UnreadableFile
from inventory.requirements.use_cases import (
    ListUpload,
    bundled_draft,
    import_list,
    lists,
    set_binding,
)
from inventory.requirements.writing import template
from inventory.stations.rules import Level, StationUse
from inventory.stations.schema import StationFacts
from stationmaster.checking import CheckRequest, ground_of
from stationmaster.cli_accounts import operator
from stationmaster.files import read_file, write_file
from stationmaster.insights import Insights, insight_lines, json_of
from stationmaster.language import Language
from stationmaster.opening import house_database
from stationmaster.readiness_printing import problem_lines, result_lines
from stationmaster.settings import Settings
from stationmaster.telling_imports import tell_counts, tell_left_out

lists_app = typer.Typer(no_args_is_help=True, help="Requirement lists 设备与工具清单")
register_app = typer.Typer(no_args_is_help=True, help="Equipment register 设备台账")
BAD_INPUT = 2
EXIT_OF = {Status.READY: 0, Status.ADVICE_ONLY: 0, Status.NOT_READY: 1, Status.UNKNOWN: 3}
File = Annotated[Path, typer.Argument(help=".csv or .xlsx 文件")]
Partial = Annotated[bool, typer.Option("--partial", help="import the good rows 只导入正确的行")]
Lang = Annotated[Language, typer.Option(help="zh | en")]
Fact = Annotated[int | None, typer.Option(min=0, max=100_000)]
Explain = Annotated[
    bool, typer.Option("--explain", help="what serves what, what must be done 说明与最少措施")
]
WhatIf = Annotated[bool, typer.Option("--what-if", help="if one thing fails 任一设备失效会怎样")]
Coming = Annotated[
    int | None,
    typer.Option(min=0, max=100_000, help="can so many examinees come that day 当日考生数"),
]
Day = Annotated[
    datetime | None, typer.Option("--date", formats=["%Y-%m-%d"], help="default: today")
]


@contextmanager
def plain_refusals(language: Language) -> Iterator[None]:
    """What can't be done is said in the user's language, and ends with exit code 2."""
    try:
        yield
    except RowsRefused as refused:
        zh = language is Language.ZH
        heading = f"未导入：{len(refused.problems)} 处问题" if zh else str(refused)
        _fail("\n".join([heading, *problem_lines(refused.problems, language)]))
    except UnreadableFile as unreadable:
        _fail(unreadable.zh if language is Language.ZH else unreadable.en)
    except Unknown as unknown:
        _fail(f"没有找到：{unknown.code}" if language is Language.ZH else str(unknown))
    except Invalid as invalid:
        chinese = f"{invalid.field}：应为 {invalid.expected}"
        _fail(chinese if language is Language.ZH else str(invalid))
    except InventoryError as fact:
        _fail(str(fact))


def _fail(text: str) -> None:
    typer.secho(text, fg="red", err=True)
    raise typer.Exit(BAD_INPUT)


@lists_app.command("import")
def import_list_file(  # noqa: PLR0913, PLR0917 - the command line's options
    file: Annotated[
        Path | None, typer.Argument(help=".csv or .xlsx; none: the bundled draft")
    ] = None,
    partial: Partial = False,
    version: Annotated[str | None, typer.Option(help="default: the file's own 版本")] = None,
    official: Annotated[
        bool, typer.Option("--official", help="the official list 正式清单")
    ] = False,
    binding: Annotated[
        list[Authority] | None, typer.Option(help="authorities that bind 具有约束力的依据")
    ] = None,
    level_inheritance: Annotated[
        bool, typer.Option("--level-inheritance", help="higher levels include lower 高级含低级")
    ] = False,
    mapping: Annotated[
        Path | None, typer.Option("--map", help="mapping of `lists propose` 列映射文件")
    ] = None,
    valid_from: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="first day it applies 有效自")
    ] = None,
    valid_to: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="last day it applies 有效至")
    ] = None,
    lang: Lang = Language.ZH,
) -> None:
    """Import a list version; all of it or nothing. 导入清单."""
    with plain_refusals(lang), house_database(Settings()) as database:
        found = bundled_draft() if file is None else ListUpload(file.name, read_file(file))
        upload = replace(
            found,
            version=version,
            is_partial=partial,
            is_official=official,
            binding=frozenset(binding) if binding else DEFAULT_BINDING,
            has_level_inheritance=level_inheritance,
            mapping=mapping_of(read_file(mapping)) if mapping else None,
            valid_from=valid_from.date() if valid_from else None,
            valid_to=valid_to.date() if valid_to else None,
        )
        done = import_list(database, upload, who=operator(), now=datetime.now(UTC))
    zh = lang is Language.ZH
    was = ("，内容已存在" if zh else ", already there") if done.was_known else ""
    typer.echo(f"{done.version}: {done.row_count} {'行' if zh else 'rows'}{was}")
    tell_left_out(done, lang)


@lists_app.command("show")
def show_lists() -> None:
    """List the imported versions, the latest first. 查看清单版本."""
    with (
        plain_refusals(Language.EN),
        house_database(Settings()) as database,
        database.read() as db,
    ):
        for row in lists(db):
            kind = "official 正式" if row.is_official else "draft 草案"
            typer.echo(
                f"{row.version}  {kind}  {row.row_count} rows  binding: {row.binding_authorities}"
                f"  level inheritance: {'on' if row.level_inheritance else 'off'}"
                f"  {row.imported_at:%Y-%m-%d %H:%M}Z  {row.sha256[:12]}"
            )


@lists_app.command("settings")
def change_settings(
    version: Annotated[str, typer.Argument(help="list version 清单版本")],
    binding: Annotated[list[Authority], typer.Option(help="repeat for several 可重复")],
    level_inheritance: Annotated[
        bool | None,
        typer.Option("--level-inheritance/--no-level-inheritance", help="as before by default"),
    ] = None,
    lang: Lang = Language.ZH,
) -> None:
    """Say which authorities bind in a version. 设置具有约束力的依据."""
    with plain_refusals(lang), house_database(Settings()) as database:
        set_binding(
            database,
            version,
            binding=frozenset(binding),
            has_level_inheritance=level_inheritance,
            who=operator(),
        )


@lists_app.command("template")
def list_template(file: File, lang: Lang = Language.ZH) -> None:
    """Write an empty list to fill in. 生成清单模板."""
    with plain_refusals(lang):
        _write(file, template(file.name, LIST_COLUMNS))


@register_app.command("template")
def register_template(file: File, lang: Lang = Language.ZH) -> None:
    """Write an empty register to fill in. 生成设备台账模板."""
    with plain_refusals(lang):
        _write(file, template(file.name, REGISTER_COLUMNS))


@register_app.command("import")
def import_register_file(
    file: File,
    organisation: Annotated[str, typer.Option(help="organisation code 机构代码")],
    partial: Partial = False,
    lang: Lang = Language.ZH,
) -> None:
    """Add and update equipment by asset number; all of it or nothing. 导入设备台账."""
    with plain_refusals(lang), house_database(Settings()) as database:
        upload = RegisterUpload(file.name, read_file(file), organisation, partial)
        done = import_register(database, upload, who=operator())
    tell_counts((done.created, done.updated, done.unchanged), done, lang)


def check(  # noqa: PLR0913, PLR0917 - the command line's options
    module: Annotated[str, typer.Option(help="module 模块, such as 2-1")],
    level: Annotated[Level, typer.Option(help="level 等级")],
    station: Annotated[str, typer.Option(help="station code 站点代码")] = "",
    use: Annotated[StationUse | None, typer.Option(help="default: the station's own")] = None,
    on: Day = None,
    as_json: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
    list_file: Annotated[Path | None, typer.Option("--list", help="offline: list 离线清单")] = None,
    register_file: Annotated[
        Path | None, typer.Option("--register", help="offline: register 离线台账")
    ] = None,
    facts: Annotated[Path | None, typer.Option(help="offline: station facts .toml")] = None,
    workstations: Fact = None,
    vehicle_workstations: Fact = None,
    bench_workstations: Fact = None,
    exam_rooms: Fact = None,
    hv_areas: Fact = None,
    vehicles: Fact = None,
    examinees: Fact = None,
    exam_tasks: Fact = None,
    explain: Explain = False,
    what_if: WhatIf = False,
    capacity: Coming = None,
    lang: Lang = Language.ZH,
) -> None:
    """检查站点是否就绪。 Is a station ready? Exit: 0 ready, 1 not ready, 3 unknown, 2 bad input."""
    stated = _stated(locals())
    request = CheckRequest(
        module=module,
        level=level,
        use=use,
        on_date=on.date() if on else None,
        station=station,
        list_file=list_file,
        register_file=register_file,
        facts_file=facts,
        stated=stated,
    )
    with plain_refusals(lang):
        ground = ground_of(request)
    result = decide(ground.case, ground.question, ground.live)
    insights = Insights.of(
        ground, result, is_explained=explain, is_what_if=what_if, examinees=capacity
    )
    if as_json:
        typer.echo(json.dumps(json_of(station, result, insights), ensure_ascii=False, indent=1))
    else:
        for line in (*result_lines(station, result, lang), *insight_lines(insights, lang)):
            typer.echo(line)
    raise typer.Exit(EXIT_OF[result.status])


def _stated(options: Mapping[str, object]) -> dict[str, int]:
    """The station facts among a command's options."""
    told = {name: options[name] for name in StationFacts.model_fields}
    return {name: value for name, value in told.items() if isinstance(value, int)}


def _write(file: Path, content: bytes) -> None:
    write_file(file, content)
    typer.echo(str(file))
