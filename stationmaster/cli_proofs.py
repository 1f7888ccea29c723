"""Commands for what was proven of things and agreed on them: `proofs`, `register export`."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from inventory.agreements.schema import AgreementOrder
from inventory.equipment.columns import register_rows
from inventory.equipment.importing_proofs import import_proofs
from inventory.equipment.proof_file import PROOF_COLUMNS, proof_rows
from inventory.equipment.proving import add_agreement, add_proof, history
from inventory.equipment.use_cases import RegisterUpload, items_of
from inventory.organisations.use_cases import organisation as owner_of
from inventory.proofs.rules import ProofKind, ProofResult
from inventory.proofs.schema import MOST_MONTHS, ProofOrder
from inventory.requirements.writing import template, write_rows
from stationmaster.acting import As, acting
from stationmaster.cli_accounts import operator
from stationmaster.cli_evidence import School
from stationmaster.cli_inventory import File, Lang, Partial, plain_refusals
from stationmaster.files import read_file, write_file
from stationmaster.language import Language
from stationmaster.opening import house_database
from stationmaster.settings import Settings
from stationmaster.telling_imports import tell_counts

proofs_app = typer.Typer(no_args_is_help=True, help="Calibrations, tests and agreements 校准与检定")
Asset = Annotated[str, typer.Argument(help="asset number 资产编号")]
Code = Annotated[str, typer.Option("--organisation", help="organisation code 机构代码")]
Document = Annotated[str | None, typer.Option("--document", help="document id 文件编号")]


@proofs_app.command("add")
def add(  # noqa: PLR0913, PLR0917 - the command line's options
    asset: Asset,
    kind: Annotated[ProofKind, typer.Argument(help="what was done 类型")],
    username: As,
    done: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="day it was done 完成日期")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="last day it holds 有效期至")
    ] = None,
    months: Annotated[
        int | None, typer.Option(min=1, max=MOST_MONTHS, help="interval 周期（月）")
    ] = None,
    result: Annotated[ProofResult, typer.Option(help="what came out 结果")] = ProofResult.PASS,
    certificate: Annotated[str, typer.Option(help="its number 证书编号")] = "",
    by: Annotated[str, typer.Option(help="who issued it 出具单位")] = "",
    document: Document = None,
    organisation: School = None,
) -> None:
    """Record what was calibrated, verified, tested or checked. 登记校准、检定、试验或点检."""
    with acting(username) as (database, caller):
        order = ProofOrder(
            asset_number=asset,
            organisation=organisation,
            kind=kind,
            done_on=done.date() if done else None,
            valid_until=until.date() if until else None,
            interval_months=months,
            result=result,
            certificate_no=certificate,
            issued_by=by,
            document_id=document,
        )
        made = add_proof(database, caller, order, now=datetime.now(UTC))
    typer.echo(f"{made.id}: {made.asset_number} {made.kind.value} {made.result.value}")


@proofs_app.command("borrow")
def borrow(  # noqa: PLR0913, PLR0917 - the command line's options
    asset: Asset,
    username: As,
    partner: Annotated[str, typer.Option(help="whose it is 出借单位")],
    until: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="last day 截止日期")],
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="first day 起始日期")
    ] = None,
    document: Document = None,
    organisation: School = None,
) -> None:
    """Record under what agreement a borrowed thing is there. 登记借用协议."""
    with acting(username) as (database, caller):
        order = AgreementOrder(
            asset_number=asset,
            organisation=organisation,
            partner=partner,
            valid_from=since.date() if since else None,
            valid_to=until.date(),
            document_id=document,
        )
        made = add_agreement(database, caller, order, now=datetime.now(UTC))
    typer.echo(f"{made.id}: {made.asset_number} {made.partner} {made.valid_to}")


@proofs_app.command("history")
def show_history(asset: Asset, username: As, organisation: School = None) -> None:
    """Show all that happened to a thing. 设备履历."""
    with acting(username) as (database, caller), database.read() as db:
        key = (organisation or caller.organisation_code, asset)
        for one in history(db, caller, key):
            typer.echo(f"{one.at:%Y-%m-%d %H:%M}Z  {one.who}  {one.action}  {one.new or one.old}")


@proofs_app.command("template")
def proof_template(file: File, lang: Lang = Language.ZH) -> None:
    """Write an empty file of proofs to fill in. 生成模板."""
    with plain_refusals(lang):
        write_file(file, template(file.name, PROOF_COLUMNS))
    typer.echo(str(file))


@proofs_app.command("import")
def import_proof_file(
    file: File, organisation: Code, partial: Partial = False, lang: Lang = Language.ZH
) -> None:
    """Add and correct proofs, one a row; all of it or nothing. 导入校准等记录."""
    with plain_refusals(lang), house_database(Settings()) as database:
        upload = RegisterUpload(file.name, read_file(file), organisation, partial)
        done = import_proofs(database, upload, who=operator())
    tell_counts((done.created, done.updated, done.unchanged), done, lang)


@proofs_app.command("export")
def export_proofs(file: File, organisation: Code, lang: Lang = Language.ZH) -> None:
    """Write every proof of an organisation's things. 导出全部校准等记录."""
    _export(file, organisation, lang, is_register=False)


def export_register(file: File, organisation: Code, lang: Lang = Language.ZH) -> None:
    """Write the register with the latest proof of each kind. 导出设备台账."""
    _export(file, organisation, lang, is_register=True)


def _export(file: File, code: str, lang: Language, *, is_register: bool) -> None:
    with plain_refusals(lang), house_database(Settings()) as database:
        with database.read() as db:
            owner_of(db, code)
            items = items_of(db, code)
        rows = register_rows(items) if is_register else proof_rows(items)
        write_file(file, write_rows(file.name, rows))
    typer.echo(f"{file}: {len(rows) - 1}")
