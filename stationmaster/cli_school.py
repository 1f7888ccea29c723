"""Commands for people and rooms of a school: `staff`, `rooms`."""

from datetime import UTC, date, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from sqlmodel import Session, select

from inventory.moments import today
from inventory.places.importing import PlaceUpload, export_places, import_places
from inventory.places.template import PLACE_COLUMNS
from inventory.places.use_cases import station_places
from inventory.requirements.writing import template
from inventory.staff.errors import UnknownStaffMember
from inventory.staff.importing import StaffUpload, export_staff, import_staff
from inventory.staff.proving import staff_rules
from inventory.staff.rules import StaffRole
from inventory.staff.schema import MemberChange, ShareOut
from inventory.staff.table import StaffRow
from inventory.staff.template import STAFF_COLUMNS
from inventory.staff.use_cases import change_member, staff
from stationmaster.acting import MOST, As, acting
from stationmaster.cli_accounts import operator
from stationmaster.cli_evidence import School
from stationmaster.cli_inventory import File, Lang, Partial, plain_refusals
from stationmaster.files import read_file, write_file
from stationmaster.language import Language
from stationmaster.opening import house_database
from stationmaster.settings import Settings
from stationmaster.telling_imports import tell_counts

staff_app = typer.Typer(no_args_is_help=True, help="People and certificates 人员与证书")
rooms_app = typer.Typer(no_args_is_help=True, help="Rooms and workstations 房间与工位")
Owner = Annotated[str, typer.Option("--organisation", help="organisation code 机构代码")]
StationCode = Annotated[str, typer.Argument(help="station code 站点代码")]
Day = Annotated[
    datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="default: today 日期")
]


@staff_app.command("template")
def staff_template(file: File, lang: Lang = Language.ZH) -> None:
    """Write an empty staff register to fill in. 生成人员登记模板."""
    with plain_refusals(lang):
        write_file(file, template(file.name, STAFF_COLUMNS))
    typer.echo(str(file))


@staff_app.command("import")
def import_staff_file(
    file: File, organisation: Owner, partial: Partial = False, lang: Lang = Language.ZH
) -> None:
    """Add and update people by number; all of it or nothing. 导入人员."""
    with plain_refusals(lang), house_database(Settings()) as database:
        upload = StaffUpload(file.name, read_file(file), organisation, partial)
        done = import_staff(database, upload, who=operator(), now=datetime.now(UTC))
    tell_counts((done.created, done.updated, done.unchanged), done, lang)


@staff_app.command("export")
def export_staff_file(
    file: File, username: As, organisation: School = None, lang: Lang = Language.ZH
) -> None:
    """Write the staff register as a file that can be imported again. 导出人员."""
    with acting(username) as (database, caller), plain_refusals(lang):
        with database.read() as db:
            code = organisation or caller.organisation_code
            content = export_staff(db, caller, code, file.name)
        write_file(file, content)
    typer.echo(str(file))


@staff_app.command("list")
def list_staff(
    username: As, role: Annotated[StaffRole | None, typer.Option(help="role 岗位")] = None
) -> None:
    """List people with their roles. 列出人员."""
    day = today(datetime.now(UTC))
    with acting(username) as (database, caller), database.read() as db:
        rows, total = staff(db, caller, role, day, offset=0, limit=MOST)
    table = Table("organisation", "number", "name", "from", "roles", "stations", "certificates")
    for row in rows:
        papers = ", ".join(f"{one.kind.value} ({one.state.value})" for one in row.certificates)
        facts = (row.organisation_code, row.number, row.name, row.affiliation.value)
        table.add_row(*facts, ", ".join(row.roles), ", ".join(row.station_codes), papers)
    Console().print(table)
    typer.echo(f"{len(rows)} / {total}")


@staff_app.command("end")
def end_service(
    number: Annotated[str, typer.Argument(help="staff number 人员编号")],
    username: As,
    last_day: Day = None,
    organisation: School = None,
) -> None:
    """Say on which day somebody left, by default today. 登记离岗."""
    now = datetime.now(UTC)
    with acting(username) as (database, caller):
        with database.read() as db:
            key = (organisation or caller.organisation_code, number)
            member_id = _member_id(db, key)
        change = MemberChange(left_on=_day(last_day, now))
        done = change_member(database, caller, member_id, change, now=now)
    typer.echo(f"{done.number}: {done.left_on}")


@staff_app.command("check")
def check_staff(
    station: StationCode, username: As, on: Day = None, lang: Lang = Language.ZH
) -> None:
    """Show shares of the team and trainers against the rule. 师资比例与培训师条件."""
    day = _day(on, datetime.now(UTC))
    with acting(username) as (database, caller), database.read() as db:
        found = staff_rules(db, caller, station, day)
    zh = lang is Language.ZH
    typer.echo(_share_line("双师型教师" if zh else "dual-qualified", found.dual_qualified))
    typer.echo(_share_line("行业企业专家" if zh else "industry experts", found.industry_experts))
    for one in found.trainers:
        typer.echo(f"{_mark(one.is_met)} {one.name} ({one.level.value})")
        for part in one.parts:
            if part.is_met is not True:
                typer.echo(f"    {part.said.zh if zh else part.said.en}")


@rooms_app.command("template")
def rooms_template(file: File, lang: Lang = Language.ZH) -> None:
    """Write an empty file of rooms and workstations to fill in. 生成房间与工位模板."""
    with plain_refusals(lang):
        write_file(file, template(file.name, PLACE_COLUMNS))
    typer.echo(str(file))


@rooms_app.command("import")
def import_rooms_file(
    file: File, organisation: Owner, partial: Partial = False, lang: Lang = Language.ZH
) -> None:
    """Add and update rooms and workstations by code; all of it or nothing. 导入房间与工位."""
    with plain_refusals(lang), house_database(Settings()) as database:
        upload = PlaceUpload(file.name, read_file(file), organisation, partial)
        done = import_places(database, upload, who=operator())
    tell_counts((done.created, done.updated, done.unchanged), done, lang)


@rooms_app.command("export")
def export_rooms_file(
    file: File, username: As, organisation: School = None, lang: Lang = Language.ZH
) -> None:
    """Write the rooms as a file that can be imported again. 导出房间与工位."""
    with acting(username) as (database, caller), plain_refusals(lang):
        with database.read() as db:
            code = organisation or caller.organisation_code
            content = export_places(db, caller, code, file.name)
        write_file(file, content)
    typer.echo(str(file))


@rooms_app.command("show")
def show_rooms(station: StationCode, username: As, lang: Lang = Language.ZH) -> None:
    """Show a station's rooms, and what follows from them beside what it states. 查看站点房间."""
    with acting(username) as (database, caller), database.read() as db:
        found = station_places(db, caller, station)
    for room in found.rooms:
        inside = ", ".join(f"{one.code} {one.kind.value}" for one in room.workstations)
        typer.echo(f"{room.code}  {room.name_zh}  {room.kind.value}  {inside}".rstrip())
    words = ("填报", "实有", "≠") if lang is Language.ZH else ("stated", "from rooms", "≠")
    for fact in found.facts:
        mark = f"  {words[2]}" if fact.differs else ""
        typer.echo(f"{fact.name}: {words[0]} {fact.stated}, {words[1]} {fact.derived}{mark}")
    lost = "存放地点不在房间内" if lang is Language.ZH else "equipment in no known room"
    typer.echo(f"{lost}: {found.unplaced_count} / {found.unplaced_count + found.placed}")


def _day(on: datetime | None, now: datetime) -> date:
    return on.date() if on else today(now)


def _member_id(db: Session, key: tuple[str, str]) -> int:
    query = select(StaffRow.id).where(
        StaffRow.organisation_code == key[0], StaffRow.number == key[1]
    )
    found = db.exec(query).first()
    if found is None:
        raise UnknownStaffMember(key[1])
    return found


def _share_line(word: str, share: ShareOut) -> str:
    bound = f"{share.percent:g} % (≥ {share.least_percent:g} %)"
    return f"{_mark(share.is_met)} {word} {share.part} / {share.whole}, {bound}"


def _mark(is_met: bool | None) -> str:
    return {True: "●", False: "✕", None: "?"}[is_met]
