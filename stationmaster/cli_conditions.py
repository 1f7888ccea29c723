"""Commands for conditions beyond equipment: `conditions`, `state-condition`, `lists conditions`."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from inventory.accounts.rules import Principal, Role
from inventory.conditions.lists import ConditionUpload, bundled_conditions, import_conditions
from inventory.conditions.rules import ConditionBasis, ConditionOutcome
from inventory.conditions.schema import ConditionOut, StatementOrder, StationConditions
from inventory.conditions.use_cases import ConditionQuestion, state, station_conditions
from inventory.errors import UnknownStation
from inventory.readiness.findings import Bilingual
from inventory.readiness.preparing import ReadinessMemory
from inventory.readiness.use_cases import ReadinessDesk
from inventory.requirements.rules import DEFAULT_BINDING, Authority
from inventory.stations.rules import StationUse
from inventory.stations.table import Station
from stationmaster.acting import As, acting
from stationmaster.cli_accounts import operator
from stationmaster.cli_inventory import EXIT_OF, Day, Lang, Partial, plain_refusals
from stationmaster.evidence import StoredLiveBenches
from stationmaster.files import read_file
from stationmaster.language import Language
from stationmaster.opening import house_database
from stationmaster.readiness_printing import STATUSES, told
from stationmaster.settings import Settings
from stationmaster.stores import open_reader
from stationmaster.telling_imports import tell_left_out

_MARKS = {
    ConditionOutcome.MET: "●",
    ConditionOutcome.NOT_MET: "✕",
    ConditionOutcome.UNKNOWN: "?",
}
_BASES = {
    ConditionBasis.COMPUTED: Bilingual("自动计算", "computed"),
    ConditionBasis.STATED: Bilingual("人工确认", "stated"),
    ConditionBasis.NOTHING: Bilingual("尚无依据", "nothing to go by"),
}
_ADVICE = Bilingual("建议", "advice")
_MEND = Bilingual("处理", "what to do")


def conditions(
    station: Annotated[str, typer.Argument(help="station code 站点代码")],
    use: Annotated[StationUse | None, typer.Option(help="default: the station's own")] = None,
    on: Day = None,
    open_only: Annotated[
        bool, typer.Option("--open", help="only what is not met 仅未符合")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
    lang: Lang = Language.ZH,
) -> None:
    """检查设备以外的条件。 Conditions beyond equipment. Exit: 0 met, 1 not met, 3 unknown."""
    with plain_refusals(lang):
        found = _found(station, ConditionQuestion(use, on.date() if on else None))
    if as_json:
        typer.echo(found.model_dump_json(indent=1))
    else:
        for line in _lines(found, lang, is_open_only=open_only):
            typer.echo(line)
    raise typer.Exit(EXIT_OF[found.status])


def state_condition(  # noqa: PLR0913, PLR0917 - the command line's options
    station: Annotated[str, typer.Argument(help="station code 站点代码")],
    condition: Annotated[str, typer.Argument(help="condition id 条件编号")],
    username: As,
    is_met: Annotated[bool, typer.Option("--met/--not-met", help="符合 / 不符合")],
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="last day it holds 有效期至")
    ] = None,
    note: Annotated[str, typer.Option(help="words 说明")] = "",
    document: Annotated[str, typer.Option(help="document id 附件编号")] = "",
) -> None:
    """State that a condition is met, with evidence, or is not. 人工确认条件."""
    with acting(username) as (database, caller):
        order = StatementOrder(
            is_met=is_met,
            valid_until=until.date() if until else None,
            note=note,
            document_id=document,
        )
        done = state(database, caller, (station, condition), order, now=datetime.now(UTC))
    typer.echo(f"{done.id}: {station} {done.condition_id} {'●' if done.is_met else '✕'}")


def import_condition_list(  # noqa: PLR0913, PLR0917 - the command line's options
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
    valid_from: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="first day it applies 有效自")
    ] = None,
    valid_to: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="last day it applies 有效至")
    ] = None,
    lang: Lang = Language.ZH,
) -> None:
    """Import a list of conditions beyond equipment. 导入设备以外的条件清单."""
    with plain_refusals(lang), house_database(Settings()) as database:
        found = bundled_conditions() if file is None else _upload(file)
        upload = replace(
            found,
            version=version or found.version,
            is_partial=partial,
            is_official=official,
            binding=frozenset(binding) if binding else DEFAULT_BINDING,
            valid_from=valid_from.date() if valid_from else None,
            valid_to=valid_to.date() if valid_to else None,
        )
        done = import_conditions(database, upload, who=operator(), now=datetime.now(UTC))
    counts = (done.row_count, done.computed)
    words = ("行，自动计算", "行") if lang is Language.ZH else ("rows, computed", "")
    typer.echo(f"{done.version}: {counts[0]} {words[0]} {counts[1]} {words[1]}".rstrip())
    tell_left_out(done, lang)


def _upload(file: Path) -> ConditionUpload:
    return ConditionUpload(file.name, read_file(file))


def _found(code: str, asked: ConditionQuestion) -> StationConditions:
    """Look at a station as its own administrator would, with live evidence."""
    settings = Settings()
    with house_database(settings) as database, closing(open_reader(settings)) as reader:
        with database.read() as db:
            row = db.get(Station, code)
        if row is None:
            raise UnknownStation(code)
        caller = Principal(0, "cli", Role.ADMINISTRATOR, row.organisation_code)
        desk = ReadinessDesk(database, StoredLiveBenches(reader), ReadinessMemory())
        return station_conditions(database, desk, caller, code, asked, now=datetime.now(UTC))


def _lines(found: StationConditions, lang: Language, *, is_open_only: bool) -> Iterator[str]:
    asked = " · ".join((found.station, str(found.date), found.list_version))
    yield f"{told(STATUSES[found.status], lang)}  {asked}"
    zh = lang is Language.ZH
    words = ("符合", "未符合", "建议") if zh else ("met", "open", "advice")
    counts = (found.met, found.binding, found.advice)
    yield ", ".join(f"{word} {n}" for word, n in zip(words, counts, strict=True))
    for one in found.conditions:
        if not is_open_only or one.outcome is not ConditionOutcome.MET:
            yield from _of_one(one, lang)


def _of_one(one: ConditionOut, lang: Language) -> Iterator[str]:
    is_open = one.outcome is not ConditionOutcome.MET
    advice = f"  [{told(_ADVICE, lang)}]" if is_open and not one.is_binding else ""
    yield f"{_MARKS[one.outcome]} {one.condition_id} {told(one.text, lang)}{advice}"
    yield f"    {told(_BASES[one.basis], lang)}: {told(one.found, lang)}"
    if is_open:
        yield f"    {told(_MEND, lang)}: {told(one.remedy, lang)}"
