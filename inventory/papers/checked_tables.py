"""The tables of a check, each thing in them once however many modules ask for it."""

from collections.abc import Sequence

from inventory.papers.origin import column, grid, unnumbered
from inventory.papers.schema import Grid
from inventory.papers.wording import number, places, zh
from inventory.readiness.findings import Finding, FindingKind, Readiness, RowOutcome
from inventory.stations.rules import Level

NOT_OFFERED = frozenset({FindingKind.NOT_OFFERED, FindingKind.NO_REQUIREMENT})
"""What says that a module and level is not asked of the station at all."""
Asked = tuple[str, Level]


def matrix(answers: Sequence[Readiness]) -> Grid:
    """Modules by levels, each with its status and how many findings it has."""
    modules = list(dict.fromkeys(one.question.module for one in answers))
    cells = {(one.question.module, one.question.level): one for one in answers}
    levels = [level for level in Level if any(key[1] is level for key in cells)]
    rows = [
        [module, *(_cell(cells.get((module, level))) for level in levels)] for module in modules
    ]
    columns = [column("模块", 12), *(column(zh(level), 26) for level in levels)]
    return unnumbered(columns, rows, if_empty="站点未开设任何模块")


def _cell(answer: Readiness | None) -> str:
    if answer is None:
        return "—"
    kinds = {one.kind for one in answer.findings}
    not_offered = next((kind for kind in FindingKind if kind in kinds & NOT_OFFERED), None)
    if not_offered is not None:
        return zh(not_offered)
    counts = f"不符合 {answer.binding_count}，建议 {answer.advice_count}"
    return f"{zh(answer.status)}（{counts}）" if answer.findings else zh(answer.status)


def merged_findings(answers: Sequence[Readiness]) -> list[tuple[Finding, list[Asked]]]:
    """Each finding once, with the modules and levels that report it, by row."""
    merged: dict[tuple[object, ...], tuple[Finding, list[Asked]]] = {}
    for answer in answers:
        asked = (answer.question.module, answer.question.level)
        for one in answer.findings:
            key = (
                one.row_id,
                one.kind,
                one.is_binding,
                one.required.zh,
                one.found.zh,
                one.remedy.zh,
                one.asset_numbers,
            )
            merged.setdefault(key, (one, []))[1].append(asked)
    return sorted(merged.values(), key=lambda pair: pair[0].row_id)


def findings_grid(findings: Sequence[tuple[Finding, list[Asked]]]) -> Grid:
    """Findings with their remedies."""
    columns = (
        column("清单行", 13),
        column("设备/工具", 22),
        column("类型", 13),
        column("要求", 26),
        column("现状", 26),
        column("整改措施", 30),
        column("涉及设备", 22),
        column("模块与等级", 16),
    )
    rows = [
        (
            one.row_id,
            one.item.zh,
            zh(one.kind),
            one.required.zh,
            one.found.zh or one.reason.zh,
            one.remedy.zh,
            "、".join(one.asset_numbers),
            places(asked),
        )
        for one, asked in findings
    ]
    return grid(columns, rows)


def merged_rows(answers: Sequence[Readiness]) -> list[tuple[RowOutcome, list[Asked]]]:
    """Each way a row was served once, with the modules and levels it is so, by row."""
    merged: dict[tuple[object, ...], tuple[RowOutcome, list[Asked]]] = {}
    for answer in answers:
        asked = (answer.question.module, answer.question.level)
        for row in answer.rows:
            key = (row.row_id, row.needed, row.counted, row.is_met, row.serving, row.waived_by)
            merged.setdefault(key, (row, []))[1].append(asked)
    return sorted(merged.values(), key=lambda pair: pair[0].row_id)


def rows_grid(rows: Sequence[tuple[RowOutcome, list[Asked]]]) -> Grid:
    """Rows of the list with what serves them."""
    columns = (
        column("清单行", 13),
        column("设备/工具", 34),
        column("需要", 9, is_number=True),
        column("可计", 9, is_number=True),
        column("单位", 8),
        column("结果", 18),
        column("对应设备", 60),
        column("模块与等级", 18),
    )
    cells = [
        (
            row.row_id,
            row.item.zh,
            number(row.needed),
            number(row.counted),
            row.unit,
            _result(row),
            "、".join(
                f"{one.asset_number}（代 {one.stands_in_as}）"
                if one.stands_in_as
                else one.asset_number
                for one in row.serving
            ),
            places(asked),
        )
        for row, asked in rows
    ]
    return grid(columns, cells, if_empty="清单没有适用的要求项")


def is_met(row: RowOutcome) -> bool:
    """Whether a row is in order; one of which nothing is needed is."""
    return row.is_met or row.needed == 0


def _result(row: RowOutcome) -> str:
    if row.waived_by:
        return f"由 {row.waived_by} 替代"
    if row.needed is None:
        return "无法判断"
    if row.needed == 0:
        return "不适用"
    return "满足" if row.is_met else "不满足"
