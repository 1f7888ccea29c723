"""The readiness rules: list, register, station facts and live benches in, a reasoned answer out.

A gap binds only as far as everything it rests on binds: the item itself; its quantity, where at
least one already counts; its parameters or proofs, where those are what fails. A bench that is
faulty, silent or no hardware binds whenever its row is short: that a bench's functions must be
normal rests on the evaluation organisation's own score sheet, not on the row. Recommended rows
never bind.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from inventory.equipment.rules import EquipmentItem
from inventory.readiness.at_once import Offered, also_wanted_by, relevant_rows, rivals
from inventory.readiness.evidence import LivePicture
from inventory.readiness.findings import (
    LiveEvidenceState,
    Question,
    Readiness,
    status_of,
)
from inventory.readiness.paper import Paper
from inventory.readiness.reporting import Report, outcome
from inventory.readiness.serving import LiveDefects, RowCase, row_case, serve
from inventory.readiness.substitution import (
    Substitute,
    Substitution,
    complete_options,
)
from inventory.requirements.rules import (
    ListSettings,
    QuantityBasis,
    Requirement,
)


class StationFacts(Protocol):
    """What a station states of itself; None means not stated, which is not zero."""

    workstations: int | None
    vehicle_workstations: int | None
    bench_workstations: int | None
    exam_rooms: int | None
    hv_areas: int | None
    vehicles: int | None
    examinees: int | None
    exam_tasks: int | None


class ExamTerms(Protocol):
    """What a station says of its exams; None means not stated."""

    exam_minutes: int | None
    opening_minutes: int | None
    daily_per_workstation: int | None


FACT_OF_BASIS: Mapping[QuantityBasis, str] = {
    QuantityBasis.PER_WORKSTATION: "workstations",
    QuantityBasis.PER_VEHICLE_WORKSTATION: "vehicle_workstations",
    QuantityBasis.PER_BENCH_WORKSTATION: "bench_workstations",
    QuantityBasis.PER_EXAM_ROOM: "exam_rooms",
    QuantityBasis.PER_HV_AREA: "hv_areas",
    QuantityBasis.PER_VEHICLE: "vehicles",
    QuantityBasis.PER_N_EXAMINEES: "examinees",
    QuantityBasis.PER_EXAM_TASK: "exam_tasks",
}


@dataclass(frozen=True, slots=True)
class PaperCase:
    """All that can be known of a station on a day without looking at live benches."""

    requirements: Sequence[Requirement]
    paper: Paper
    facts: StationFacts
    settings: ListSettings
    substitution: Substitution
    offered: Offered | None = None
    exams: ExamTerms | None = None


def check(
    requirements: Sequence[Requirement],
    equipment: Sequence[EquipmentItem],
    facts: StationFacts,
    settings: ListSettings,
    question: Question,
    live: LivePicture | None = None,
) -> Readiness:
    """Answer one question from its whole ground; `live` None means that nobody looked."""
    case = paper_case(requirements, equipment, facts, settings, question.on_date)
    return decide(case, question, live)


def paper_case(
    requirements: Sequence[Requirement],
    equipment: Sequence[EquipmentItem],
    facts: StationFacts,
    settings: ListSettings,
    on: date,
) -> PaperCase:
    """The costly part of a check, worth keeping while only live benches change."""
    paper = Paper(requirements, equipment, on)
    stand_ins = Substitution(requirements, equipment, paper)
    return PaperCase(requirements, paper, facts, settings, stand_ins)


def decide(case: PaperCase, question: Question, live: LivePicture | None) -> Readiness:
    """Answer a question from a prepared case; `question.on_date` is the case's own day."""
    report = Report(case.settings)
    cases: list[RowCase] = []
    if case.offered is not None and not case.offered.includes(question):
        report.not_offered(question)
    if not is_asked_for(case, question):
        report.no_requirement(question)
    else:
        every = row_cases(case, question, live)
        serve(every, case.substitution, report.weights)
        cases = [one for one in every if one.is_own]
        for row in cases:
            report.row(row, FACT_OF_BASIS.get(row.row.quantity_basis, ""))
    others = also_wanted_by(case.requirements, case.settings, question, case.offered)
    findings = report.findings()
    return Readiness(
        question=question,
        status=status_of(findings),
        list_version=case.settings.version,
        is_official_list=case.settings.is_official,
        live_evidence=_evidence_state(live),
        findings=findings,
        rows=tuple(outcome(row, case.paper, others) for row in cases),
    )


def is_asked_for(case: PaperCase, question: Question) -> bool:
    """Whether the list has rows for the very module, not only for all of its certificate."""
    rows = relevant_rows(case.requirements, case.settings, question)
    return not all(row.is_common for row in rows)


def row_cases(case: PaperCase, question: Question, live: LivePicture | None) -> list[RowCase]:
    """Rows with what could serve them now; substitutes only while nothing is the matter.

    Among them are the rows of other modules that compete for the same things.
    """
    benches = LiveDefects(live)
    cases = []
    wanted = rivals(case.requirements, case.settings, question, case.offered)
    for row in wanted.rows:
        one = row_case(row, needed(row, case.facts), case.paper[row.row_id], benches)
        one.is_own = row.row_id in wanted.own
        one.times = wanted.times.get(row.row_id, ())
        usable = [
            substitute
            for substitute in case.substitution.of_row(row)
            if _stands_in(substitute, question)
            and not substitute.candidate.defects
            and not benches.of(substitute.candidate)
        ]
        one.substitutes = complete_options(usable)
        cases.append(one)
    return cases


def _stands_in(substitute: Substitute, question: Question) -> bool:
    return question.level in substitute.how.levels and question.use in substitute.how.uses


def needed(row: Requirement, facts: StationFacts) -> float | None:
    """How much a row asks of a station, pieces rounded up; None while a fact is not stated.

    A row of certain exam tasks counts those; N examinees make groups, the last one may be smaller.
    """
    multiplier = _multiplier(row, facts)
    if multiplier is None:
        return None
    amount = row.quantity_n * multiplier
    return amount if row.quantity_unit else float(math.ceil(amount - 1e-9))


def _multiplier(row: Requirement, facts: StationFacts) -> int | None:
    if row.quantity_basis is QuantityBasis.PER_EXAM_TASK and row.exam_tasks:
        return len(row.exam_tasks)
    fact_name = FACT_OF_BASIS.get(row.quantity_basis)
    if fact_name is None:
        return 1
    fact: int | None = getattr(facts, fact_name)
    if fact is not None and row.quantity_basis is QuantityBasis.PER_N_EXAMINEES:
        return math.ceil(fact / (row.per_n_examinees or 1))
    return fact


def _evidence_state(live: LivePicture | None) -> LiveEvidenceState:
    if live is None:
        return LiveEvidenceState.NOT_AVAILABLE
    if not live.is_silence_known:
        return LiveEvidenceState.PARTIAL
    return LiveEvidenceState.AVAILABLE
