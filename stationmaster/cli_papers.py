"""Commands for papers and annual reports: `report`."""

import secrets
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.table import Column, Table

from inventory.accounts.logins import principal_of
from inventory.accounts.rules import Principal
from inventory.accounts.use_cases import user
from inventory.annual_reports.reading import BATCH_COLUMNS
from inventory.annual_reports.rules import AnnualSection
from inventory.annual_reports.schema import FIRST_YEAR, LAST_YEAR, SectionsOrder
from inventory.annual_reports.use_cases import BatchUpload, import_batches, write_sections
from inventory.database import Database
from inventory.errors import Invalid, UnknownUser
from inventory.papers.gathering import Desk
from inventory.papers.rules import PaperFormat, PaperKind
from inventory.papers.schema import PaperOrder
from inventory.papers.use_cases import (
    PaperQuery,
    Printing,
    make_paper,
    paper,
    paper_file,
    papers,
    verified,
)
from inventory.readiness.preparing import ReadinessMemory
from inventory.readiness.use_cases import ReadinessDesk
from inventory.requirements.tabular import decoded
from inventory.requirements.writing import template
from stationmaster.cli_inventory import plain_refusals
from stationmaster.evidence import StoredLiveBenches
from stationmaster.files import read_file, write_file
from stationmaster.language import Language
from stationmaster.opening import house_database
from stationmaster.settings import Settings
from stationmaster.stores import open_reader
from stationmaster.telling_imports import tell_counts

report_app = typer.Typer(no_args_is_help=True, help="Papers to hand in 报告与表格")
MOST = 1000
As = Annotated[str, typer.Option("--as", help="user name who acts 操作人用户名")]
Station = Annotated[str, typer.Argument(help="station code 站点代码")]
Output = Annotated[Path, typer.Option("--output", "-o", help=".docx, .pdf or .xlsx 输出文件")]
Version = Annotated[str | None, typer.Option("--list", help="list version 清单版本")]
Organisation = Annotated[str | None, typer.Option(help="default: the acting user's 机构代码")]
Year = Annotated[int, typer.Argument(min=FIRST_YEAR, max=LAST_YEAR, help="year 年度")]
File = Annotated[Path, typer.Argument(help=".csv or .xlsx 文件")]
Lang = Annotated[Language, typer.Option(help="zh | en")]


@contextmanager
def _acting(username: str, lang: Language) -> Iterator[tuple[Database, Principal]]:
    """The database and the account that acts, with the rights it has on screen and no more."""
    with plain_refusals(lang), house_database(Settings()) as database:
        with database.read() as db:
            account = user(db, username)
        if account.is_disabled:
            raise UnknownUser(username)
        try:
            yield database, principal_of(account)
        except ValidationError as invalid:
            first = invalid.errors()[0]
            raise Invalid(".".join(map(str, first["loc"])), first["msg"]) from invalid


@report_app.command("self-check")
def self_check(
    station: Station,
    output: Output,
    username: As,
    version: Version = None,
    lang: Lang = Language.ZH,
) -> None:
    """Write a station's self-check report. 站点自查报告."""
    facts = {"kind": PaperKind.SELF_CHECK, "station": station, "list_version": version}
    _make(facts, output, username, lang)


@report_app.command("equipment-table")
def equipment_table(
    station: Station,
    output: Output,
    username: As,
    version: Version = None,
    lang: Lang = Language.ZH,
) -> None:
    """Write a station's table of equipment and tools. 设备与工具一栏表."""
    facts = {"kind": PaperKind.EQUIPMENT_TABLE, "station": station, "list_version": version}
    _make(facts, output, username, lang)


@report_app.command("rectification")
def rectification(station: Station, output: Output, username: As, lang: Lang = Language.ZH) -> None:
    """Write a station's rectification report. 整改报告."""
    facts = {"kind": PaperKind.RECTIFICATION_REPORT, "station": station}
    _make(facts, output, username, lang)


@report_app.command("annual")
def annual(
    year: Year,
    output: Output,
    username: As,
    organisation: Organisation = None,
    lang: Lang = Language.ZH,
) -> None:
    """Write a school's annual pilot report. 年度试点工作报告."""
    facts = {"kind": PaperKind.ANNUAL_REPORT, "organisation": organisation, "year": year}
    _make(facts, output, username, lang)


@report_app.command("list")
def list_papers(
    username: As,
    kind: Annotated[PaperKind | None, typer.Option(help="kind 种类")] = None,
    station: Annotated[str | None, typer.Option(help="station code 站点代码")] = None,
) -> None:
    """List papers, the latest first. 列出已生成的文件."""
    table = Table(
        Column("code", no_wrap=True, min_width=13), "paper", "station", "year", "list", "made", "by"
    )
    query = PaperQuery(kind, station)
    with _acting(username, Language.ZH) as (database, caller), database.read() as db:
        rows, total = papers(db, caller, query, offset=0, limit=MOST)
    for row in rows:
        made = f"{row.made_at:%Y-%m-%d %H:%M}Z"
        facts = (row.code, row.kind.value, row.station_code or "", str(row.year or ""))
        table.add_row(*facts, row.list_version, made, row.made_by)
    Console().print(table)
    typer.echo(f"{len(rows)} / {total}")


@report_app.command("print")
def print_again(
    code: Annotated[str, typer.Argument(help="verification code 验证码")],
    output: Output,
    username: As,
    lang: Lang = Language.ZH,
) -> None:
    """Write a paper that was made before once more, in any format. 再次输出."""
    with _acting(username, lang) as (database, caller):
        _write(database, caller, code, output)


@report_app.command("verify")
def verify(
    code: Annotated[str, typer.Argument(help="verification code 验证码")],
    lang: Lang = Language.ZH,
) -> None:
    """Show what is on record of the paper that has this code. 查验."""
    with plain_refusals(lang), house_database(Settings()) as database, database.read() as db:
        found = verified(db, code)
    typer.echo(found.model_dump_json(indent=1))
    if not found.is_intact:
        raise typer.Exit(1)


@report_app.command("batches")
def batches(
    file: File,
    year: Annotated[int, typer.Option(min=FIRST_YEAR, max=LAST_YEAR, help="year 年度")],
    username: As,
    organisation: Organisation = None,
    partial: Annotated[
        bool, typer.Option("--partial", help="import the good rows 只导入正确的行")
    ] = False,
    lang: Lang = Language.ZH,
) -> None:
    """Import a year's training batches; wrong totals of the file are told. 导入培训批次."""
    with _acting(username, lang) as (database, caller):
        code = organisation or caller.organisation_code
        upload = BatchUpload(file.name, read_file(file), code, year, partial)
        done = import_batches(database, caller, upload)
    tell_counts((done.created, done.updated, done.unchanged), done, lang)
    zh = lang is Language.ZH
    for one in done.wrong_totals:
        told = (
            f"文件中 {one.column} 合计为 {one.stated}，各行之和为 {one.counted}"
            if zh
            else f"the file's total of {one.column} is {one.stated}, the sum is {one.counted}"
        )
        typer.secho(told, fg="yellow", err=True)


@report_app.command("batches-template")
def batches_template(file: File, lang: Lang = Language.ZH) -> None:
    """Write an empty table of training batches to fill in. 生成批次模板."""
    with plain_refusals(lang):
        write_file(file, template(file.name, BATCH_COLUMNS))


@report_app.command("section")
def section(
    year: Year,
    name: Annotated[AnnualSection, typer.Argument(help="section 章节")],
    file: Annotated[Path, typer.Argument(help="UTF-8 text file 文本文件")],
    username: As,
    organisation: Organisation = None,
    lang: Lang = Language.ZH,
) -> None:
    """Write a section of an annual report from a text file. 填写年度报告章节."""
    with _acting(username, lang) as (database, caller):
        code = organisation or caller.organisation_code
        order = SectionsOrder(sections={name: decoded(read_file(file))})
        write_sections(database, caller, (code, year), order.sections, now=datetime.now(UTC))


def _make(facts: Mapping[str, object], output: Path, username: str, lang: Language) -> None:
    with _acting(username, lang) as (database, caller):
        _format_of(output)
        with closing(open_reader(Settings())) as reader:
            readiness = ReadinessDesk(database, StoredLiveBenches(reader), ReadinessMemory())
            desk = Desk(database, readiness, datetime.now(UTC), secrets.token_hex(16))
            done = make_paper(desk, caller, PaperOrder.model_validate(facts))
        _write(database, caller, done.code, output)
    typer.echo(done.printed_code)


def _write(database: Database, caller: Principal, code: str, output: Path) -> None:
    form = _format_of(output)
    with database.read() as db:
        row = paper(db, caller, code)
    settings = Settings()
    write_file(
        output, paper_file(row, form, Printing(settings.base_url, settings.chinese_font)).content
    )


def _format_of(output: Path) -> PaperFormat:
    known = {form.value: form for form in PaperFormat}
    suffix = output.suffix.lower().removeprefix(".")
    if suffix not in known:
        raise typer.BadParameter(f"a name ending in .{', .'.join(known)}", param_hint="--output")
    return known[suffix]
