"""Why a thing in the register does not count for a requirement on a day: the paper side (pure)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from inventory.agreements.rules import AgreementState
from inventory.equipment.duties import PROVEN_BY
from inventory.equipment.rules import EquipmentItem, EquipmentStatus, loan_of
from inventory.proofs.rules import ProofKind, ProofState, proof
from inventory.readiness import bench_wording, proof_wording, wording
from inventory.readiness.findings import BenchFacts, Bilingual, FindingKind
from inventory.requirements.comparing import Verdict
from inventory.requirements.rules import CalibrationDuty, Requirement
from inventory.requirements.thresholds import judge_texts
from inventory.requirements.units import unit

_PARAMETER_KINDS = {
    Verdict.NOT_MET: FindingKind.PARAMETER_NOT_MET,
    Verdict.UNKNOWN: FindingKind.PARAMETER_UNKNOWN,
    Verdict.UNREADABLE: FindingKind.PARAMETER_UNREADABLE,
}
_LACKING = {
    ProofState.MISSING: "missing",
    ProofState.NOT_YET: "missing",
    ProofState.EXPIRED: "expired",
    ProofState.FAILED: "failed",
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


def judged(row: Requirement, item: EquipmentItem, on: date) -> tuple[Defect, ...]:
    """Everything but the quantity that keeps a thing from counting for a row."""
    return (*_standing(item, on), *_parameters(row, item), *_proofs(row, item, on))


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
    if item.repair is not None:
        texts = bench_wording.under_repair(item.asset_number, item.repair)
        yield wording_defect(FindingKind.UNDER_REPAIR, texts)
    loan = loan_of(item, on)
    if loan is not None and loan.state is not AgreementState.RUNNING:
        is_coming = loan.state is AgreementState.NOT_BEGUN
        kind = FindingKind.LOAN_NOT_BEGUN if is_coming else FindingKind.LOAN_ENDED
        yield wording_defect(kind, proof_wording.no_loan(loan, on))


def _parameters(row: Requirement, item: EquipmentItem) -> Iterator[Defect]:
    for result in judge_texts(row.technical_parameters, item.parameters):
        if result.verdict is not Verdict.MET:
            kind = _PARAMETER_KINDS[result.verdict]
            yield wording_defect(kind, wording.parameter(kind, result))


def _proofs(row: Requirement, item: EquipmentItem, on: date) -> Iterator[Defect]:
    if row.duty is CalibrationDuty.NONE:
        return
    shown = proof(item.proofs, PROVEN_BY[row.duty], on, row.interval_months)
    if shown.state is ProofState.VALID or _is_otherwise_proven(row, item, on):
        return
    kind = FindingKind(f"{shown.kind.value}_{_LACKING[shown.state]}")
    yield wording_defect(kind, proof_wording.proof(row, shown, on))


def _is_otherwise_proven(row: Requirement, item: EquipmentItem, on: date) -> bool:
    """Verification is compulsory only for some uses; for others a calibration will do."""
    if row.duty is not CalibrationDuty.VERIFICATION or not row.duty_condition:
        return False
    calibrated = proof(item.proofs, ProofKind.CALIBRATION, on, row.interval_months)
    return calibrated.state is ProofState.VALID
