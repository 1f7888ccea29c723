"""Commands for substitutes that only a person can decide: `lists substitutes`, `lists decide`."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from inventory.requirements.substitutes import (
    SubstituteDecision,
    decide_substitute,
    substitutes_of,
)
from inventory.requirements.use_cases import requirement_list
from stationmaster.cli_accounts import operator
from stationmaster.cli_inventory import plain_refusals
from stationmaster.language import Language
from stationmaster.opening import house_database
from stationmaster.settings import Settings

Version = Annotated[str, typer.Argument(help="list version 清单版本")]
Lang = Annotated[Language, typer.Option(help="zh | en")]


def show_substitutes(version: Version, lang: Lang = Language.ZH) -> None:
    """Show which substitutes wait for a person, and what was decided. 查看待确认的替代条款."""
    zh = lang is Language.ZH
    with plain_refusals(lang), house_database(Settings()) as database, database.read() as db:
        requirement_list(db, version)
        found = substitutes_of(db, version)
    for row in found:
        typer.echo(f"{row.row_id} {row.item_zh}: {row.words or '-'}")
        for one in row.decided:
            yes, no = ("可替代", "不可替代") if zh else ("may stand in", "may not stand in")
            may = yes if one.may_stand_in else no
            typer.echo(f"    {one.name} {may} ({one.decided_by}: {one.reason})")
    typer.echo(f"{len(found)} {'行' if zh else 'rows'}")


def decide(
    version: Version,
    row_id: Annotated[str, typer.Argument(help="row of the list 清单行编号")],
    name: Annotated[str, typer.Argument(help="what the substitute is called 替代设备名称")],
    may: Annotated[bool, typer.Option("--may/--may-not", help="may stand in 可否替代")],
    reason: Annotated[str, typer.Option(help="why 理由")],
    lang: Lang = Language.ZH,
) -> None:
    """Decide whether things of a name may stand in for a row. 决定可否替代."""
    sent = SubstituteDecision(row_id=row_id, name=name, may_stand_in=may, reason=reason)
    with plain_refusals(lang), house_database(Settings()) as database:
        with database.read() as db:
            publisher = requirement_list(db, version).organisation_code
        now = datetime.now(UTC)
        decide_substitute(database, version, sent, deciding=publisher, who=operator(), now=now)
    typer.echo(f"{version} {row_id}: {name} {'+' if may else '-'}")
