"""Which function works which check out (pure)."""

from collections.abc import Callable, Mapping

from inventory.conditions import register_checks, report_checks, safety_checks, staff_checks
from inventory.conditions.ground import Ask, StationGround
from inventory.conditions.recognising import numbers
from inventory.conditions.rules import Check, Computed, Condition
from inventory.proofs.rules import ProofKind
from inventory.staff.rules import StaffRole

CHECKS: Mapping[Check, Callable[[Ask], Computed]] = {
    Check.DUAL_QUALIFIED_SHARE: staff_checks.dual_qualified,
    Check.INDUSTRY_EXPERT_SHARE: staff_checks.industry_experts,
    Check.EQUIPMENT_SELF_CHECK: register_checks.self_check,
    Check.OFFICE_DIRECTOR: staff_checks.office(StaffRole.OFFICE_DIRECTOR, is_leader=True),
    Check.TRAINING_STATIONMASTER: staff_checks.office(StaffRole.TRAINING_STATIONMASTER),
    Check.EXAM_STATIONMASTER: staff_checks.office(StaffRole.EXAM_STATIONMASTER),
    Check.OFFICE_MEMBERS: staff_checks.office(StaffRole.OFFICE_MEMBER),
    Check.TRAINER_LEVEL: staff_checks.trainers(Check.TRAINER_LEVEL),
    Check.TRAINER_EDUCATION: staff_checks.trainers(Check.TRAINER_EDUCATION),
    Check.TRAINER_TRADE_YEARS: staff_checks.trainers(Check.TRAINER_TRADE_YEARS),
    Check.TRAINER_CERTIFICATE: staff_checks.trainers(Check.TRAINER_CERTIFICATE),
    Check.ASSESSORS: staff_checks.assessors,
    Check.EXTERNAL_ASSESSORS: staff_checks.external_assessors,
    Check.ROOM_STAFF: staff_checks.room_staff,
    Check.SAFETY_WATCHERS: safety_checks.safety_watchers,
    Check.ELECTRICIANS: safety_checks.electricians,
    Check.SPECIAL_OPERATION_DATES: safety_checks.special_operation_dates,
    Check.EXAM_TIMETABLE: register_checks.exam_timetable,
    Check.EXAM_LISTING: register_checks.exam_listing,
    Check.EXAM_WORKSTATIONS: register_checks.exam_workstations,
    Check.TASK_WORKSTATIONS: register_checks.task_workstations,
    Check.VERIFICATION_DATES: register_checks.proof_dates(ProofKind.VERIFICATION),
    Check.CALIBRATION_DATES: register_checks.proof_dates(ProofKind.CALIBRATION),
    Check.ANNUAL_REPORT: report_checks.annual_report,
}


def computed(condition: Condition, ground: StationGround) -> Computed | None:
    """What the database says of a condition; None for those that people state."""
    work_out = CHECKS.get(condition.check)
    if work_out is None:
        return None
    asked = numbers(condition.rule, condition.text.zh)
    return work_out(Ask(asked, condition.rule, ground))
