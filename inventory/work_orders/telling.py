"""Whom a step of a work order is told to."""

from datetime import datetime

from sqlmodel import Session

from inventory.benches.table import Bench
from inventory.equipment.table import Equipment
from inventory.notifications.outbox import Everybody, Message, put
from inventory.notifications.rules import MessageKind
from inventory.notifications.texts import Pair
from inventory.work_orders.rules import WorkOrderStep
from inventory.work_orders.table import WorkOrder

_NEWS = frozenset({WorkOrderStep.OPEN, WorkOrderStep.REOPEN, WorkOrderStep.RECUR})


def tell_of_step(db: Session, row: WorkOrder, step: WorkOrderStep, who: str, at: datetime) -> None:
    """Tell managers of what is broken, and who is to repair it; other steps are nobody's news."""
    thing, thing_en = _thing(db, row)
    facts = {
        "work_order_id": row.id,
        "thing": thing,
        "thing_en": thing_en,
        "words": row.text,
        "station": row.station_code,
        "is_blocking": row.is_blocking,
        "due_on": row.due_on,
        "by": row.reported_by,
    }
    code = row.organisation_code
    if step in _NEWS:
        kind, told = MessageKind.WORK_ORDER_OPENED, [Everybody(code)]
        put(db, Message(kind, code, told, facts, at, done_by=who))
    if step is WorkOrderStep.ASSIGN and row.owner is not None:
        kind = MessageKind.WORK_ORDER_ASSIGNED
        put(db, Message(kind, code, [row.owner], facts, at, done_by=who))


def _thing(db: Session, row: WorkOrder) -> Pair:
    if row.bench_code is not None:
        bench = db.get(Bench, row.bench_code)
        zh, en = (bench.name_zh, bench.name_en) if bench else ("", "")
        return _called(row.bench_code, zh, en)
    key = {"organisation_code": row.organisation_code, "asset_number": row.asset_number}
    piece = db.get(Equipment, key)
    zh, en = (piece.item_zh, piece.item_en) if piece else ("", "")
    return _called(row.asset_number or "", zh, en)


def _called(code: str, zh: str, en: str) -> Pair:
    return f"{code} {zh}".strip(), f"{code} {en or zh}".strip()
