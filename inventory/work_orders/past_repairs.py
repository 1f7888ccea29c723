"""When benches were out of use for repair, as far back as the steps of their orders tell."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby

from sqlmodel import Session, and_, col, or_, select

from inventory.equipment.table import Equipment
from inventory.intervals import Span
from inventory.work_orders.rules import UNFINISHED, WorkOrderState
from inventory.work_orders.table import WorkOrder, WorkOrderEntry


def past_repairs(
    db: Session, organisation_codes: Collection[str], span: Span
) -> Mapping[str, Sequence[Span]]:
    """By bench when an order that takes it out of use was unfinished; in one statement.

    All spans that reach into the one asked for; they may reach out of it. An unfinished order
    counts up to its end.

    An order that was found to keep its bench out of use later than it was opened counts from then
    while it is unfinished, and from its opening once it is not: only the present is kept.
    """
    is_meant = and_(
        col(Equipment.organisation_code) == col(WorkOrder.organisation_code),
        col(Equipment.asset_number) == col(WorkOrder.asset_number),
        col(Equipment.bench_code).is_not(None),
    )
    query = (
        select(WorkOrder, WorkOrderEntry, Equipment.bench_code)
        .join(WorkOrderEntry, col(WorkOrderEntry.work_order_id) == col(WorkOrder.id))
        .outerjoin(Equipment, is_meant)
        .where(
            col(WorkOrder.organisation_code).in_(sorted(organisation_codes)),
            col(WorkOrder.is_blocking).is_(True),
            or_(col(WorkOrder.bench_code).is_not(None), col(Equipment.bench_code).is_not(None)),
            or_(col(WorkOrder.finished_at).is_(None), col(WorkOrder.finished_at) > span.start_at),
            col(WorkOrder.opened_at) < span.end_at,
        )
        .order_by(col(WorkOrder.id), col(WorkOrderEntry.at), col(WorkOrderEntry.id))
    )
    found: dict[str, list[Span]] = {}
    for _, steps in groupby(db.exec(query).all(), key=lambda row: row[0].id):
        rows = list(steps)
        order, bench = rows[0][0], rows[0][0].bench_code or rows[0][2]
        spans = _unfinished([(entry.at, entry.state) for _, entry, _ in rows], span.end_at)
        found.setdefault(bench or "", []).extend(_from_blocking(order, spans))
    return found


def _unfinished(
    steps: Sequence[tuple[datetime, WorkOrderState]], until: datetime
) -> Iterator[Span]:
    began: datetime | None = None
    for at, state in steps:
        if state in UNFINISHED:
            began = began or at
        elif began is not None:
            yield Span(began, at)
            began = None
    if began is not None:
        yield Span(began, max(until, began))


def _from_blocking(order: WorkOrder, spans: Iterator[Span]) -> Iterator[Span]:
    since = order.blocking_since
    for span in spans:
        is_present = since is not None and span.start_at <= since < span.end_at
        yield Span(since, span.end_at) if is_present and since else span
