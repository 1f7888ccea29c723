"""Makes the demo schools' registers from a requirement list: what would satisfy it, minus gaps."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

from inventory.agreements.rules import Agreement
from inventory.equipment.duties import PROVEN_BY
from inventory.equipment.rules import EquipmentItem, Ownership
from inventory.proofs.rules import ProofKind, ProofRecord, months_after
from inventory.readiness.rules import StationFacts, needed
from inventory.requirements.comparing import Comparator
from inventory.requirements.rules import CalibrationDuty, Requirement
from inventory.requirements.thresholds import (
    Clause,
    UnreadableClause,
    attesting_text,
    parse_clauses,
)
from inventory.requirements.units import normalised
from inventory.requirements.values import Quantity

_NEXT = {Comparator.MORE: 1.2, Comparator.LESS: 0.8}
"""A strict bound is met by a fifth more or less than its number."""
_ROOMS: Mapping[str, str] = {
    "2-1": "实训楼 A101",
    "2-2": "实训楼 A102",
    "2-3": "实训楼 B201",
    "2-4": "实训楼 B201",
    "2-5": "实训楼 A102",
}
"""Where things of a module stand; what serves all of them is in the store."""
_VALUES = {"battery": Decimal("268000.00"), "motor": Decimal("186000.00")}
"""What benches cost, by profile (invented); of others the school still has to find the invoice."""


@dataclass(frozen=True, slots=True)
class LiveBench:
    """A bench that is one of the things a row asks for."""

    code: str
    row_id: str


@dataclass(frozen=True, slots=True)
class SchoolPlan:
    """How a school's register differs from the perfect one.

    `missing` rows have nothing; `changes` bend what a row's equipment says.
    """

    code: str
    station_codes: tuple[str, ...]
    facts: StationFacts
    benches: Sequence[LiveBench]
    missing: frozenset[str] = frozenset()
    changes: Mapping[str, Callable[[EquipmentItem], EquipmentItem]] = field(default_factory=dict)


def register(
    plan: SchoolPlan, requirements: Sequence[Requirement], today: date
) -> list[EquipmentItem]:
    """A register that satisfies every row but the planned gaps; the same for the same input."""
    items: list[EquipmentItem] = []
    benches: dict[str, list[str]] = {}
    for bench in plan.benches:
        benches.setdefault(bench.row_id, []).append(bench.code)
    for row in requirements:
        if row.row_id in plan.missing:
            continue
        things = _things(plan, row, benches.get(row.row_id, []), today, len(items))
        change = plan.changes.get(row.row_id)
        items.extend(change(thing) if change else thing for thing in things)
    return items


def expired_on(day: date) -> Callable[[EquipmentItem], EquipmentItem]:
    """A calibration that ran out."""
    ended = ProofRecord(ProofKind.CALIBRATION, months_after(day, -12), day)
    return lambda item: replace(item, proofs=(replace(ended, certificate_no=_number(item)),))


def borrowed_until(day: date) -> Callable[[EquipmentItem], EquipmentItem]:
    """A thing on loan."""
    return lambda item: replace(
        item, owner=Ownership.BORROWED, agreements=(Agreement("", None, day),)
    )


def standing_in(station_code: str) -> Callable[[EquipmentItem], EquipmentItem]:
    """A thing that serves one of the school's stations only."""
    return lambda item: replace(item, station_codes=(station_code,))


def stating(parameters: str) -> Callable[[EquipmentItem], EquipmentItem]:
    """A thing whose parameters say something else."""
    return lambda item: replace(item, parameters=parameters)


def _things(
    plan: SchoolPlan, row: Requirement, codes: Sequence[str], today: date, place: int
) -> list[EquipmentItem]:
    amount = needed(row, plan.facts) or 0.0
    perfect = EquipmentItem(
        asset_number=f"{plan.code}-{place + 1:04d}",
        item_zh=row.item_zh,
        item_en=row.item_en,
        quantity=amount,
        quantity_unit=row.quantity_unit,
        station_codes=plan.station_codes,
        serves_rows=(row.row_id,),
        parameters=_parameters(row),
        location=_ROOMS.get(row.module_code, "工具库房"),
    )
    perfect = _proven(perfect, row, today, place)
    live = [
        replace(
            perfect,
            asset_number=f"{plan.code}-{place + 1 + n:04d}",
            quantity=1.0,
            bench_code=c,
            original_value=_VALUES.get(c.partition("-")[0]),
        )
        for n, c in enumerate(codes)
    ]
    rest = amount - len(live)
    if rest <= 0:
        return live
    number = f"{plan.code}-{place + 1 + len(live):04d}"
    return [*live, replace(perfect, asset_number=number, quantity=rest)]


def _parameters(row: Requirement) -> str:
    """What meets every clause; of several on one name the last, which the lists make strictest."""
    stated = {}
    for clause in parse_clauses(row.technical_parameters):
        stated[clause.name if isinstance(clause, Clause) else clause.text] = _meeting(clause)
    return "; ".join(stated.values())


def _meeting(clause: Clause | UnreadableClause) -> str:
    if isinstance(clause, UnreadableClause):
        return attesting_text(clause)
    share = _NEXT.get(clause.comparator)
    if share is None or not isinstance(clause.value, Quantity):
        return attesting_text(clause)
    name = normalised(clause.text).split(clause.comparator.value)[0].strip()
    return f"{name} = {clause.value.number * share:g} {clause.value.unit.symbol}".strip()


def _proven(item: EquipmentItem, row: Requirement, today: date, place: int) -> EquipmentItem:
    months = row.interval_months or 12
    # spread over the last half of the interval, so that nothing is due on one day
    done_on = today - timedelta(days=(place * 7) % max(1, months * 10) + 1)
    until = months_after(done_on, months)
    if row.duty is CalibrationDuty.NONE:
        return item
    kind = PROVEN_BY[row.duty]
    if kind is ProofKind.FUNCTIONAL_CHECK:
        # before the demo's reviews began, so that their frozen checks know of it
        return replace(item, proofs=(ProofRecord(kind, today - timedelta(days=14)),))
    number = f"CAL-{done_on.year}-{place:04d}"
    done = ProofRecord(kind, done_on, until, certificate_no=number)
    return replace(item, proofs=(done,))


def _number(item: EquipmentItem) -> str:
    return next((one.certificate_no for one in item.proofs), "")
