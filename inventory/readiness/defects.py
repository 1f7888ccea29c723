"""Why a thing in the register does not count for a requirement on a day: the paper side (pure)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from inventory.equipment.rules import (
    EquipmentItem,
    EquipmentStatus,
    Ownership,
    Proof,
    ProofKind,
    ProofState,
    has_ended,
    proof,
)
from inventory.readiness import wording
from inventory.readiness.assignment import matching_name
from inventory.readiness.findings import BenchFacts, Bilingual, FindingKind
from inventory.requirements.comparing import Verdict
from inventory.requirements.rules import CalibrationDuty, Requirement
from inventory.requirements.thresholds import judge, parse_attested, parse_clauses
from inventory.requirements.units import unit

_PARAMETER_KINDS = {
    Verdict.NOT_MET: FindingKind.PARAMETER_NOT_MET,
    Verdict.UNKNOWN: FindingKind.PARAMETER_UNKNOWN,
    Verdict.UNREADABLE: FindingKind.PARAMETER_UNREADABLE,
}
_DUTIES = {
    CalibrationDuty.CALIBRATION: ProofKind.CALIBRATION,
    CalibrationDuty.VERIFICATION: ProofKind.VERIFICATION,
    CalibrationDuty.SAFETY_TEST: ProofKind.SAFETY_TEST,
    CalibrationDuty.FUNCTIONAL_CHECK: ProofKind.FUNCTIONAL_CHECK,
}
_LACKING = {
    ProofState.MISSING: "missing",
    ProofState.NOT_YET: "missing",
    ProofState.EXPIRED: "expired",
}


@dataclass(frozen=True, slots=True)
class Defect:
    """One reason why a thing does not count."""

    kind: FindingKind
    required: Bilingual
    found: Bilingual
    reason: Bilingual
    remedy: Bilingual
    bench: BenchFacts | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A thing meant for a row; `amount` is all of it in the row's unit.

    `eligible_rows` is how many rows of the list it is meant for: rows take the least versatile
    things first.
    """

    item: EquipmentItem
    amount: float
    defects: tuple[Defect, ...]
    eligible_rows: int = 1


Paper = Mapping[str, tuple[Candidate, ...]]
"""Per requirement row id: the things meant for it."""


def examine(
    requirements: Sequence[Requirement], equipment: Sequence[EquipmentItem], on: date
) -> Paper:
    """Hold every thing against every row it is meant for; level and module do not matter here.

    Candidates of a row come in an order that does not depend on the register's.
    """
    by_name: dict[str, list[EquipmentItem]] = {}
    by_row: dict[str, list[EquipmentItem]] = {}
    for item in equipment:
        by_name.setdefault(matching_name(item.item_zh), []).append(item)
        for row_id in item.serves_rows:
            by_row.setdefault(row_id, []).append(item)
    meant: dict[str, dict[str, EquipmentItem]] = {}
    versatility: dict[str, int] = {}
    for row in requirements:
        items = [*by_row.get(row.row_id, []), *by_name.get(matching_name(row.item_zh), [])]
        meant[row.row_id] = {item.asset_number: item for item in items}
        for asset_number in meant[row.row_id]:
            versatility[asset_number] = versatility.get(asset_number, 0) + 1
    return {
        row.row_id: tuple(
            sorted(
                (
                    _candidate(row, item, on, versatility[item.asset_number])
                    for item in meant[row.row_id].values()
                ),
                key=lambda candidate: _preference(row.row_id, candidate),
            )
        )
        for row in requirements
    }


def _preference(row_id: str, candidate: Candidate) -> tuple[bool, bool, int, str]:
    """What names the row first, own things before borrowed ones, the least versatile first."""
    item = candidate.item
    return (
        row_id not in item.serves_rows,
        item.owner is not Ownership.OWN,
        candidate.eligible_rows,
        item.asset_number,
    )


def judged(row: Requirement, item: EquipmentItem, on: date) -> tuple[Defect, ...]:
    """Everything but the quantity that keeps a thing from counting for a row."""
    return (*_standing(item, on), *_parameters(row, item), *_proofs(row, item, on))


def _candidate(row: Requirement, item: EquipmentItem, on: date, versatility: int) -> Candidate:
    amount = amount_of(row, item)
    defects = judged(row, item, on)
    if amount is None:
        texts = wording.amount(row, item)
        defects = (*defects, wording_defect(FindingKind.PARAMETER_UNKNOWN, texts))
    return Candidate(item, item.quantity if amount is None else amount, defects, versatility)


def wording_defect(
    kind: FindingKind, texts: wording.Texts, bench: BenchFacts | None = None
) -> Defect:
    """A defect with its four texts."""
    return Defect(kind, texts.required, texts.found, texts.reason, texts.remedy, bench)


def amount_of(row: Requirement, item: EquipmentItem) -> float | None:
    """All of a thing in the row's unit; None where the units can't be converted."""
    wanted, has = unit(row.quantity_unit), unit(item.quantity_unit)
    if wanted is None or has is None or wanted.kind != has.kind:
        return None
    return item.quantity * has.factor / wanted.factor


def _standing(item: EquipmentItem, on: date) -> Iterator[Defect]:
    if item.status is not EquipmentStatus.IN_SERVICE:
        yield wording_defect(FindingKind.OUT_OF_SERVICE, wording.out_of_service(item))
    if has_ended(item, on):
        yield wording_defect(FindingKind.LOAN_ENDED, wording.loan_ended(item, on))


def _parameters(row: Requirement, item: EquipmentItem) -> Iterator[Defect]:
    clauses = parse_clauses(row.technical_parameters)
    for result in judge(clauses, parse_attested(item.parameters)):
        if result.verdict is not Verdict.MET:
            kind = _PARAMETER_KINDS[result.verdict]
            yield wording_defect(kind, wording.parameter(kind, result))


def _proofs(row: Requirement, item: EquipmentItem, on: date) -> Iterator[Defect]:
    if row.duty is CalibrationDuty.NONE:
        return
    shown = proof(item, _DUTIES[row.duty], on, row.interval_months)
    if shown.state is ProofState.VALID or _is_otherwise_proven(row, item, on):
        return
    kind = FindingKind(f"{shown.kind.value}_{_LACKING[shown.state]}")
    yield wording_defect(kind, wording.proof(row, shown, on))


def _is_otherwise_proven(row: Requirement, item: EquipmentItem, on: date) -> bool:
    """Verification is compulsory only for some uses; for others a calibration will do."""
    if row.duty is not CalibrationDuty.VERIFICATION or not row.duty_condition:
        return False
    calibrated: Proof = proof(item, ProofKind.CALIBRATION, on, row.interval_months)
    return calibrated.state is ProofState.VALID
