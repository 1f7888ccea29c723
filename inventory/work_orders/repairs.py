"""What is out of use because of an unfinished work order: asked by checks and by bookings."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from sqlmodel import Session, and_, col, or_, select

from inventory.equipment.rules import Repair
from inventory.equipment.table import Equipment
from inventory.work_orders.table import WorkOrder

Asset = tuple[str, str]
"""Organisation code and asset number."""


@dataclass(frozen=True, slots=True)
class Repairs:
    """Everything that is out of use; a bench that is in the register is found by both."""

    of_bench: Mapping[str, Repair] = field(default_factory=dict)
    of_asset: Mapping[Asset, Repair] = field(default_factory=dict)


def repairs(db: Session, organisation_codes: Collection[str]) -> Repairs:
    """What is under repair in these organisations, in one statement.

    Of several orders on one thing the one counts that has kept it out of use longest.
    """
    is_meant = and_(
        col(Equipment.organisation_code) == col(WorkOrder.organisation_code),
        or_(
            col(Equipment.asset_number) == col(WorkOrder.asset_number),
            col(Equipment.bench_code) == col(WorkOrder.bench_code),
        ),
    )
    query = (
        select(WorkOrder, Equipment.asset_number, Equipment.bench_code)
        .outerjoin(Equipment, is_meant)
        .where(
            col(WorkOrder.organisation_code).in_(sorted(organisation_codes)),
            col(WorkOrder.blocking_since).is_not(None),
        )
        .order_by(col(WorkOrder.blocking_since), col(WorkOrder.id))
    )
    of_bench: dict[str, Repair] = {}
    of_asset: dict[Asset, Repair] = {}
    for row, asset_number, bench_code in db.exec(query).all():
        repair = Repair(row.id or 0, row.blocking_since or row.opened_at)
        for bench in (row.bench_code, bench_code):
            if bench is not None:
                of_bench.setdefault(bench, repair)
        for asset in (row.asset_number, asset_number):
            if asset is not None:
                of_asset.setdefault((row.organisation_code, asset), repair)
    return Repairs(of_bench, of_asset)
