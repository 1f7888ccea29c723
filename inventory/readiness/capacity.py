"""How many examinees a station can take on a day (pure).

All places work at once and everybody goes through all tasks of a module in one cycle, as the
rotation tables of exam reports do; a cycle takes as long as the exam.
"""

import math
from dataclasses import dataclass, replace

from inventory.readiness.evidence import LivePicture
from inventory.readiness.findings import Question
from inventory.readiness.rules import PaperCase, StationFacts, decide
from inventory.requirements.rules import QuantityBasis

EXAM_MINUTES = 120
"""Two exam reports: 120 minutes for the four tasks of a module."""
OPENING_MINUTES = 480
"""Chosen: eight hours of exams a day; a station says otherwise where it does otherwise."""
_PLACE_BASES = frozenset({QuantityBasis.PER_WORKSTATION})


@dataclass(frozen=True, slots=True)
class Capacity:
    """What a day holds; None where the station does not state its workstations.

    `equipped` workstations have all that binds; `cycles` and `minutes` are for `examinees`, None
    where no workstation is equipped.
    """

    workstations: int | None
    equipped: int | None
    exam_minutes: int
    opening_minutes: int
    most_examinees: int | None
    examinees: int | None = None
    cycles: int | None = None
    minutes: int | None = None
    fits: bool | None = None


@dataclass(frozen=True, slots=True)
class ExamDay:
    """What is asked of a day; None leaves out how many come."""

    examinees: int | None = None
    exam_minutes: int = EXAM_MINUTES
    opening_minutes: int = OPENING_MINUTES


@dataclass(slots=True)
class _Facts:
    """The station's facts with another number of workstations in use."""

    workstations: int | None
    vehicle_workstations: int | None
    bench_workstations: int | None
    exam_rooms: int | None
    hv_areas: int | None
    vehicles: int | None
    examinees: int | None
    exam_tasks: int | None


def capacity(
    case: PaperCase, question: Question, live: LivePicture | None, day: ExamDay
) -> Capacity:
    """What the day holds with the equipment as it is."""
    places = case.facts.workstations
    if places is None:
        return Capacity(None, None, day.exam_minutes, day.opening_minutes, None, day.examinees)
    equipped = _equipped(case, question, live, places)
    possible = day.opening_minutes // day.exam_minutes
    most = equipped * possible
    if day.examinees is None or equipped == 0:
        fits = None if day.examinees is None else day.examinees == 0
        return Capacity(
            places, equipped, day.exam_minutes, day.opening_minutes, most, day.examinees, fits=fits
        )
    cycles = math.ceil(day.examinees / equipped)
    minutes = cycles * day.exam_minutes
    return Capacity(
        places,
        equipped,
        day.exam_minutes,
        day.opening_minutes,
        most,
        day.examinees,
        cycles,
        minutes,
        cycles <= possible,
    )


def _equipped(case: PaperCase, question: Question, live: LivePicture | None, places: int) -> int:
    """The most workstations for which no row that multiplies by them binds."""
    low, high = 0, places
    while low < high:
        middle = (low + high + 1) // 2
        if _suffices(case, question, live, middle):
            low = middle
        else:
            high = middle - 1
    return low


def _suffices(case: PaperCase, question: Question, live: LivePicture | None, places: int) -> bool:
    by_place = {row.row_id for row in case.requirements if row.quantity_basis in _PLACE_BASES}
    found = decide(_with_places(case, places), question, live).findings
    return not any(one.is_binding and one.row_id in by_place for one in found)


def _with_places(case: PaperCase, places: int) -> PaperCase:
    facts: StationFacts = _Facts(
        places,
        case.facts.vehicle_workstations,
        case.facts.bench_workstations,
        case.facts.exam_rooms,
        case.facts.hv_areas,
        case.facts.vehicles,
        case.facts.examinees,
        case.facts.exam_tasks,
    )
    return replace(case, facts=facts)
