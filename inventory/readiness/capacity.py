"""How many examinees a station can take on a day (pure).

All places work at once and everybody goes through all tasks of a module in one cycle, as the
rotation tables of exam reports do; a cycle takes as long as the exam.
"""

import math
from dataclasses import dataclass, replace
from enum import StrEnum

from inventory.readiness.evidence import LivePicture
from inventory.readiness.findings import Question
from inventory.readiness.rules import ExamTerms, PaperCase, StationFacts, decide
from inventory.requirements.rules import QuantityBasis

EXAM_MINUTES = 120
"""Two exam reports: 120 minutes for the four tasks of a module."""
OPENING_MINUTES = 480
"""Chosen: eight hours of exams a day; a station says otherwise where it does otherwise."""
_PLACE_BASES = frozenset({QuantityBasis.PER_WORKSTATION})


class TermSource(StrEnum):
    """Where a number comes from: the question, the station's settings, or this house."""

    ASKED = "asked"
    STATION = "station"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class ExamDay:
    """What is asked of a day; None leaves it to the station, or out how many come."""

    examinees: int | None = None
    exam_minutes: int | None = None
    opening_minutes: int | None = None


@dataclass(frozen=True, slots=True)
class DayTerms:
    """The numbers of a day and where they come from.

    `daily_per_workstation` is what the station allows; None: as many as the time does.
    """

    exam_minutes: int
    exam_minutes_from: TermSource
    opening_minutes: int
    opening_minutes_from: TermSource
    daily_per_workstation: int | None

    @property
    def cycles(self) -> int:
        """How often a workstation can be used on the day."""
        by_time = self.opening_minutes // self.exam_minutes
        allowed = self.daily_per_workstation
        return by_time if allowed is None else min(by_time, allowed)


def terms_of(day: ExamDay, station: ExamTerms | None) -> DayTerms:
    """What is asked goes before what the station says, and that before the defaults."""
    told = station or _Unsaid()
    exam, exam_from = _first(day.exam_minutes, told.exam_minutes, EXAM_MINUTES)
    opening, opening_from = _first(day.opening_minutes, told.opening_minutes, OPENING_MINUTES)
    return DayTerms(exam, exam_from, opening, opening_from, told.daily_per_workstation)


@dataclass(slots=True)
class _Unsaid:
    """A station that says nothing of its exams."""

    exam_minutes: int | None = None
    opening_minutes: int | None = None
    daily_per_workstation: int | None = None


def _first(asked: int | None, stated: int | None, default: int) -> tuple[int, TermSource]:
    if asked is not None:
        return asked, TermSource.ASKED
    if stated is not None:
        return stated, TermSource.STATION
    return default, TermSource.DEFAULT


@dataclass(frozen=True, slots=True)
class Capacity:
    """What a day holds; None where the station does not state its workstations.

    `equipped` workstations have all that binds; each can be used `possible_cycles` times.
    `cycles` and `minutes` are for `examinees`, None where no workstation is equipped.
    """

    workstations: int | None
    equipped: int | None
    exam_minutes: int
    exam_minutes_from: TermSource
    opening_minutes: int
    opening_minutes_from: TermSource
    daily_per_workstation: int | None
    possible_cycles: int
    most_examinees: int | None
    examinees: int | None = None
    cycles: int | None = None
    minutes: int | None = None
    fits: bool | None = None


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
    terms, places = terms_of(day, case.exams), case.facts.workstations
    nothing = Capacity(
        places,
        None,
        terms.exam_minutes,
        terms.exam_minutes_from,
        terms.opening_minutes,
        terms.opening_minutes_from,
        terms.daily_per_workstation,
        terms.cycles,
        None,
        day.examinees,
    )
    if places is None:
        return nothing
    equipped = _equipped(case, question, live, places)
    held = replace(nothing, equipped=equipped, most_examinees=equipped * terms.cycles)
    if day.examinees is None:
        return held
    if equipped == 0:
        return replace(held, fits=day.examinees == 0)
    cycles = math.ceil(day.examinees / equipped)
    minutes = cycles * terms.exam_minutes
    return replace(held, cycles=cycles, minutes=minutes, fits=cycles <= terms.cycles)


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
