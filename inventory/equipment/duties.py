"""What a requirement list asks to be proven of things, and how often (pure)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from inventory.equipment.rules import EquipmentItem
from inventory.proofs.rules import ProofKind
from inventory.requirements.rules import CalibrationDuty, Requirement

PROVEN_BY = {
    CalibrationDuty.CALIBRATION: ProofKind.CALIBRATION,
    CalibrationDuty.VERIFICATION: ProofKind.VERIFICATION,
    CalibrationDuty.SAFETY_TEST: ProofKind.SAFETY_TEST,
    CalibrationDuty.FUNCTIONAL_CHECK: ProofKind.FUNCTIONAL_CHECK,
}
"""Which proof fulfils a duty."""


@dataclass(frozen=True, slots=True)
class Intervals:
    """Months between two proofs, by kind, of rows by their id and of things by their name."""

    of_rows: Mapping[tuple[str, ProofKind], int]
    of_names: Mapping[tuple[str, ProofKind], int]

    def of(self, item: EquipmentItem, kind: ProofKind) -> int | None:
        """The shortest that is asked of a thing; None where nobody asks."""
        asked = [self.of_rows.get((row_id, kind)) for row_id in item.serves_rows]
        asked.append(self.of_names.get((item.item_zh, kind)))
        return min((months for months in asked if months is not None), default=None)


NO_INTERVALS = Intervals({}, {})


def intervals_of(requirements: Iterable[Requirement]) -> Intervals:
    """How often the rows of a list ask for proofs; of equal names the shortest interval counts."""
    of_rows: dict[tuple[str, ProofKind], int] = {}
    of_names: dict[tuple[str, ProofKind], int] = {}
    for row in requirements:
        kind = PROVEN_BY.get(row.duty)
        if kind is None or row.interval_months is None:
            continue
        of_rows[row.row_id, kind] = row.interval_months
        known = of_names.get((row.item_zh, kind), row.interval_months)
        of_names[row.item_zh, kind] = min(known, row.interval_months)
    return Intervals(of_rows, of_names)
