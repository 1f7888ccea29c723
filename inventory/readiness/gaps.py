"""Every requirement row of a station against every module and level (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass

from inventory.readiness.findings import (
    Bilingual,
    Finding,
    FindingKind,
    Readiness,
    Status,
    status_of,
)
from inventory.readiness.wording import item
from inventory.requirements.rules import Authority, Obligation, Requirement
from inventory.stations.rules import Level


@dataclass(frozen=True, slots=True)
class GapCell:
    """How one row is served for one module and level; `needed` None: a station fact is missing."""

    module: str
    level: Level
    status: Status
    needed: float | None
    counted: float
    unit: str
    kinds: tuple[FindingKind, ...]


@dataclass(frozen=True, slots=True)
class GapRow:
    """A requirement row; it has cells only where it is asked for."""

    row_id: str
    module_code: str
    category: str
    item: Bilingual
    authority: Authority
    authority_qualifier: str
    obligation: Obligation
    cells: tuple[GapCell, ...]


def gap_rows(
    answers: Sequence[Readiness], requirements: Sequence[Requirement]
) -> tuple[GapRow, ...]:
    """The rows that any of the answers asks for, in the list's order."""
    cells: dict[str, list[GapCell]] = {}
    for answer in answers:
        found: dict[str, list[Finding]] = {}
        for finding in answer.findings:
            found.setdefault(finding.row_id, []).append(finding)
        for row in answer.rows:
            of_row = tuple(found.get(row.row_id, ()))
            cells.setdefault(row.row_id, []).append(
                GapCell(
                    answer.question.module,
                    answer.question.level,
                    status_of(of_row),
                    row.needed,
                    row.counted,
                    row.unit,
                    tuple(dict.fromkeys(one.kind for one in of_row)),
                )
            )
    return tuple(
        GapRow(
            row.row_id,
            row.module_code,
            row.category,
            item(row),
            row.authority_item.authority,
            row.authority_item.qualifier,
            row.obligation,
            tuple(cells[row.row_id]),
        )
        for row in requirements
        if row.row_id in cells
    )
