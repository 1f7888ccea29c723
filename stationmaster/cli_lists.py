"""Commands for what people decide of lists: `lists propose`, `parameters`, `settle`, `diff`."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from inventory.errors import Invalid
from inventory.requirements.edition_reading import changes_between
from inventory.requirements.editions import EditionChanges, RowChange
from inventory.requirements.mapping import ListMapping
from inventory.requirements.mapping_memory import mapping_text, propose_mapping
from inventory.requirements.parameters import Outcome, PieceState
from inventory.requirements.schema import DecisionIn, PieceOut
from inventory.requirements.settling import accepted_proposals, pieces_of, settle
from inventory.requirements.tabular import read_table
from inventory.requirements.use_cases import requirement_list
from inventory.requirements.writing import write_rows
from stationmaster.cli_accounts import operator
from stationmaster.cli_inventory import plain_refusals
from stationmaster.edition_effects import effect_lines
from stationmaster.files import read_file, write_file
from stationmaster.language import Language
from stationmaster.opening import house_database
from stationmaster.settings import Settings

Lang = Annotated[Language, typer.Option(help="zh | en")]
_COLUMNS = ("item_zh", "text", "state", "clause", "doubts", "outcome", "note", "row_ids")
_STATES = {
    PieceState.READ: "已识别",
    PieceState.PROPOSED: "建议",
    PieceState.UNREAD: "未识别",
    PieceState.SETTLED: "已确认",
}


def propose(
    file: Annotated[Path, typer.Argument(help=".csv or .xlsx 文件")],
    mapping: Annotated[Path, typer.Argument(help="where to write it, .json 写入的映射文件")],
    organisation: Annotated[str | None, typer.Option(help="publisher 发布机构")] = None,
    lang: Lang = Language.ZH,
) -> None:
    """Propose how columns become ours; correct the file, then import --map. 列映射."""
    with plain_refusals(lang):
        with house_database(Settings()) as database, database.read() as db:
            found = propose_mapping(db, file.name, read_file(file), organisation)
        write_file(mapping, mapping_text(found))
    for line in _mapping_lines(found, lang):
        typer.echo(line)


def show_parameters(
    version: Annotated[str, typer.Argument(help="list version 清单版本")],
    everything: Annotated[bool, typer.Option("--all", help="also what is read 含已识别")] = False,
    write: Annotated[
        Path | None, typer.Option(help=".csv or .xlsx to fill in for `settle` 生成待填表")
    ] = None,
    lang: Lang = Language.ZH,
) -> None:
    """Show what parameter texts wait for a person. 查看待确认的参数文字."""
    with plain_refusals(lang):
        with house_database(Settings()) as database, database.read() as db:
            row = requirement_list(db, version)
            pieces = pieces_of(db, row, is_open_only=not everything)
        if write is not None:
            cells = [_COLUMNS, *(_piece_cells(one) for one in pieces)]
            write_file(write, write_rows(write.name, cells))
    for one in pieces:
        state = _STATES[one.state] if lang is Language.ZH else one.state.value
        typer.echo(f"[{state}] {one.item_zh}: {one.text}  {one.clause and '→ ' + one.clause}")
    typer.echo(f"{len(pieces)} {'条' if lang is Language.ZH else 'pieces'}")


def settle_parameters(
    version: Annotated[str, typer.Argument(help="list version 清单版本")],
    file: Annotated[
        Path | None, typer.Argument(help="table of `parameters --write`, outcome filled in 已填表")
    ] = None,
    accept_proposals: Annotated[
        bool, typer.Option("--accept-proposals", help="take all proposals as they are 接受全部建议")
    ] = False,
    lang: Lang = Language.ZH,
) -> None:
    """Decide what parameter texts mean: clause, words_only or not_applicable. 确认参数文字."""
    with plain_refusals(lang), house_database(Settings()) as database:
        with database.read() as db:
            row = requirement_list(db, version)
            pieces = pieces_of(db, row, is_open_only=True)
        decisions = _decisions(file) if file is not None else []
        decided = {(one.item_zh, one.text) for one in decisions}
        if accept_proposals:
            left = [one for one in pieces if (one.item_zh, one.text) not in decided]
            decisions += accepted_proposals(left)
        if not decisions:
            raise Invalid("outcome", "a decision in the table, or --accept-proposals")
        done = settle(
            database,
            version,
            decisions,
            publisher=row.organisation_code,
            who=operator(),
            now=datetime.now(UTC),
        )
    zh = lang is Language.ZH
    words = ("确认", "行改变", "仍待确认") if zh else ("settled", "rows changed", "still open")
    counts = (done.decided, done.rows_changed, done.still_open)
    typer.echo(", ".join(f"{word} {n}" for word, n in zip(words, counts, strict=True)))


def diff(
    old: Annotated[str, typer.Argument(help="version before 旧版本")],
    new: Annotated[str, typer.Argument(help="version after 新版本")],
    pair: Annotated[
        list[str] | None, typer.Option(help="correct a match: `old id:new id`, `old id:` 更正对应")
    ] = None,
    station: Annotated[
        str | None, typer.Option(help="which of its findings come and go 对站点的影响")
    ] = None,
    lang: Lang = Language.ZH,
) -> None:
    """Show what changed between two versions of a list. 比较清单版本."""
    with plain_refusals(lang), house_database(Settings()) as database:
        with database.read() as db:
            found = changes_between(db, old, new, pairs=pair or ())
        lines = _change_lines(found, lang)
        if station is not None:
            lines += effect_lines(database, station, (old, new), found.matches, lang)
    for line in lines:
        typer.echo(line)


def _mapping_lines(mapping: ListMapping, lang: Language) -> list[str]:
    zh = lang is Language.ZH
    lines: list[str] = []
    for sheet in mapping.sheets:
        lines.append(f"[{sheet.title or '-'}] {_used(sheet.is_used, sheet.header_row, zh=zh)}")
        kept = "保留原样" if zh else "kept as it is"
        lines += [f"  {one.header} → {one.target or kept}" for one in sheet.columns]
        guess = "推测，请核对" if zh else "a guess, please check"
        for name, value in sheet.constants.items():
            doubt = f"  ({guess})" if name in sheet.guessed else ""
            lines.append(f"  {name} = {value}{doubt}")
    return lines


def _used(is_used: bool, header_row: int, *, zh: bool) -> str:
    if not is_used:
        return "未找到表头，不导入" if zh else "no header found, not imported"
    return f"表头第 {header_row} 行" if zh else f"header in row {header_row}"


def _piece_cells(piece: PieceOut) -> tuple[str, ...]:
    outcome = piece.outcome.value if piece.outcome else ""
    doubts, rows = " ".join(piece.doubts), " ".join(piece.row_ids)[:1000]
    facts = (piece.item_zh, piece.text, piece.state.value, piece.clause)
    return (*facts, doubts, outcome, piece.note, rows)


def _decisions(file: Path) -> list[DecisionIn]:
    found: list[DecisionIn] = []
    for row in read_table(file.name, read_file(file)).rows:
        outcome = row.cells.get("outcome", "")
        if not outcome:
            continue
        if outcome not in set(Outcome):
            raise Invalid(f"{row.number}: outcome", f"one of {', '.join(Outcome)}")
        told = {name: row.cells.get(name, "") for name in DecisionIn.model_fields}
        if outcome != Outcome.CLAUSE:
            told["clause"] = ""
        try:
            found.append(DecisionIn.model_validate(told))
        except ValidationError as bad:
            first = bad.errors()[0]
            raise Invalid(f"{row.number}: {first['loc'][0]}", str(first["msg"])) from bad
    return found


def _change_lines(changes: EditionChanges, lang: Language) -> list[str]:
    zh = lang is Language.ZH
    words = ("新增", "删除", "修改", "未变") if zh else ("added", "removed", "changed", "unchanged")
    lines = [f"+ {one.row_id} {one.item_zh}" for one in changes.added]
    lines += [f"- {one.row_id} {one.item_zh}" for one in changes.removed]
    for one in changes.changed:
        lines += _row_lines(one)
    counts = (len(changes.added), len(changes.removed), len(changes.changed), changes.unchanged)
    return [*lines, ", ".join(f"{word} {n}" for word, n in zip(words, counts, strict=True))]


def _row_lines(change: RowChange) -> list[str]:
    renamed = "" if change.old_row_id == change.row_id else f"  ({change.old_row_id})"
    lines = [f"~ {change.row_id} {change.item_zh}{renamed}  [{change.match.value}]"]
    lines += [f"    {one.column}: {one.old or '-'} → {one.new or '-'}" for one in change.fields]
    lines += [f"    + {text}" for text in change.clauses_added]
    return [*lines, *(f"    - {text}" for text in change.clauses_removed)]
