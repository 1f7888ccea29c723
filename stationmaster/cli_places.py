"""Commands for who and what there is: `organisation`, `station`, `bench`."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from sqlmodel import col, select

from inventory.benches.schema import BenchFields
from inventory.benches.table import Bench
from inventory.benches.use_cases import create_bench
from inventory.organisations.rules import OrganisationKind
from inventory.organisations.schema import OrganisationFields
from inventory.organisations.table import Organisation
from inventory.organisations.use_cases import create_organisation
from inventory.stations.rules import StationUse
from inventory.stations.schema import ExamSettings, StationFacts, StationFields
from inventory.stations.table import Station
from inventory.stations.use_cases import create_station, set_exams, state_facts
from stationmaster.cli_accounts import opened_database, operator

organisation_app = typer.Typer(no_args_is_help=True, help="Organisations 机构")
station_app = typer.Typer(no_args_is_help=True, help="Stations 站点")
bench_app = typer.Typer(no_args_is_help=True, help="Benches 台架")
Code = Annotated[str, typer.Argument(help="code 代码")]
NameZh = Annotated[str, typer.Option("--name", help="Chinese name 中文名称")]
NameEn = Annotated[str, typer.Option(help="English name 英文名称")]
Owner = Annotated[str, typer.Option("--organisation", help="organisation code 机构代码")]
Shared = Annotated[bool, typer.Option("--shared", help="visitors may see it 对外开放")]


@organisation_app.command("add")
def add_organisation(
    code: Code,
    kind: Annotated[OrganisationKind, typer.Option(help="kind 类型")],
    name_zh: NameZh,
    name_en: NameEn = "",
    evaluated_by: Annotated[
        str | None, typer.Option(help="evaluation organisation's code 评价组织代码")
    ] = None,
) -> None:
    """Add a school, evaluation organisation, authority or company. 新建机构."""
    with opened_database() as database:
        fields = {
            "code": code,
            "kind": kind,
            "name_zh": name_zh,
            "name_en": name_en,
            "evaluated_by": evaluated_by,
        }
        create_organisation(database, OrganisationFields.model_validate(fields), who=operator())
    typer.echo(f"{code}: {kind.value}")


@organisation_app.command("list")
def list_organisations() -> None:
    """List all organisations. 列出机构."""
    table = Table("code", "kind", "name", "evaluated by")
    with opened_database() as database, database.read() as db:
        for row in db.exec(select(Organisation).order_by(col(Organisation.code))).all():
            table.add_row(row.code, row.kind.value, row.name_zh, row.evaluated_by or "")
    Console().print(table)


def stated(facts: list[str]) -> dict[str, str]:
    """`workstations=4` and the like as fields; what they may be, `StationFacts` says.

    Raises:
        BadParameter: not of that form, or no such fact.
    """
    found: dict[str, str] = {}
    for fact in facts:
        name, equals, value = fact.partition("=")
        if not equals or name not in StationFacts.model_fields:
            known = ", ".join(StationFacts.model_fields)
            raise typer.BadParameter(f"{fact!r}: expected NAME=NUMBER, NAME one of {known}")
        found[name] = value
    return found


@station_app.command("add")
def add_station(
    code: Code,
    organisation: Owner,
    use: Annotated[StationUse, typer.Option(help="training or exam 培训或考核")],
    name_zh: NameZh,
    fact: Annotated[
        list[str] | None, typer.Option(help="e.g. workstations=4, repeat 站点数据，可重复")
    ] = None,
    is_shared: Shared = False,
) -> None:
    """Add a training or exam station. 新建站点."""
    with opened_database() as database:
        fields = {
            "code": code,
            "organisation_code": organisation,
            "use": use,
            "name_zh": name_zh,
            "is_shared": is_shared,
        }
        whole = StationFields.model_validate(fields | stated(fact or []))
        create_station(database, whole, who=operator())
    typer.echo(f"{code}: {use.value} @ {organisation}")


@station_app.command("set")
def set_station_facts(
    code: Code,
    fact: Annotated[
        list[str], typer.Option(help="e.g. workstations=4, empty takes it back 站点数据，可重复")
    ],
) -> None:
    """Change what a station states of itself. 修改站点数据."""
    with opened_database() as database:
        told = stated(fact)
        whole = StationFacts.model_validate({name: told[name] or None for name in told})
        state_facts(database, code, whole.model_dump(include=set(told)), who=operator())
    typer.echo(f"{code}: {', '.join(fact)}")


@station_app.command("exams")
def set_station_exams(
    code: Code,
    exam_minutes: Annotated[int | None, typer.Option(help="of one exam 每场分钟数")] = None,
    opening_minutes: Annotated[int | None, typer.Option(help="of a day 每日开放分钟数")] = None,
    daily_per_workstation: Annotated[
        int | None, typer.Option(help="examinees a day at most 每工位每日最多考生数")
    ] = None,
    at_once: Annotated[
        list[str] | None,
        typer.Option(help="modules examined at the same time, 2-1+2-2, repeat 同时考核的模块"),
    ] = None,
) -> None:
    """Say how a station holds exams; what is left out is taken back. 设置考核安排."""
    fields = {
        "exam_minutes": exam_minutes,
        "opening_minutes": opening_minutes,
        "daily_per_workstation": daily_per_workstation,
        "modules_at_once": [group.split("+") for group in at_once or ()],
    }
    with opened_database() as database:
        set_exams(database, code, ExamSettings.model_validate(fields), who=operator())
    typer.echo(", ".join(f"{name}={value}" for name, value in fields.items() if value) or "-")


@station_app.command("list")
def list_stations() -> None:
    """List all stations. 列出站点."""
    table = Table("code", "organisation", "use", "name", "shared")
    with opened_database() as database, database.read() as db:
        for row in db.exec(select(Station).order_by(col(Station.code))).all():
            shared = "yes" if row.is_shared else ""
            table.add_row(row.code, row.organisation_code, row.use.value, row.name_zh, shared)
    Console().print(table)


@bench_app.command("add")
def add_bench(
    code: Code,
    organisation: Owner,
    profile: Annotated[str, typer.Option(help="bench profile, e.g. battery 台架配置")],
    name_zh: NameZh,
    station: Annotated[str | None, typer.Option(help="station code 所在站点")] = None,
    is_shared: Shared = False,
) -> None:
    """Register a bench; what it already reported becomes visible. 登记台架."""
    with opened_database() as database:
        fields = {
            "code": code,
            "organisation_code": organisation,
            "profile": profile,
            "name_zh": name_zh,
            "station_code": station,
            "is_shared": is_shared,
        }
        create_bench(database, BenchFields.model_validate(fields), who=operator())
    typer.echo(f"{code}: {profile} @ {organisation}")


@bench_app.command("list")
def list_benches() -> None:
    """List all benches. 列出台架."""
    table = Table("code", "organisation", "station", "profile", "name", "shared")
    with opened_database() as database, database.read() as db:
        for row in db.exec(select(Bench).order_by(col(Bench.code))).all():
            shared = "yes" if row.is_shared else ""
            station = row.station_code or ""
            table.add_row(
                row.code, row.organisation_code, station, row.profile, row.name_zh, shared
            )
    Console().print(table)
