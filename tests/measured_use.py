"""Bookings, usage sessions and repairs of one Monday, put right into the database."""

from datetime import UTC, date, datetime, timedelta

from inventory.bookable import Resource, ResourceKind
from inventory.bookings.rules import BookingPurpose, BookingState
from inventory.bookings.table import Booking, BookingPart
from inventory.usage_sessions.table import UsageSession
from inventory.work_orders.rules import WorkOrderSource, WorkOrderState, WorkOrderStep
from inventory.work_orders.table import WorkOrder, WorkOrderEntry
from tests.schools import Schools

HOUR = timedelta(hours=1)
MONDAY = date(2026, 11, 30)
MIDNIGHT = datetime(2026, 11, 29, 16, tzinfo=UTC)


def at(hours: float) -> datetime:
    """An hour of Monday in China."""
    return MIDNIGHT + hours * HOUR


def used(bench: str, start: float, end: float | None, *, heard: float = 0) -> UsageSession:
    return UsageSession(
        bench_code=bench,
        usage_id=f"u-{start}",
        started_at=at(start),
        observed_at=at(end or heard),
        ended_at=None if end is None else at(end),
    )


def book(house: Schools, bench: str, span: tuple[float, float], **facts: object) -> int:
    owner = "GX02" if bench == "battery-02" else "BJ01"
    stamp = {"created_at": at(-99), "created_by": "t", "changed_at": at(-99), "changed_by": "t"}
    row = Booking.model_validate(
        {
            "organisation_code": owner,
            "requester_organisation_code": owner,
            "start_at": at(span[0]),
            "end_at": at(span[1]),
            "purpose": BookingPurpose.CLASS,
            "holder": "bj-teacher",
            "module": "2-1",
            **stamp,
            **facts,
        }
    )
    with house.database.begin() as db:
        db.add(row)
        db.flush()
        for kind, code in ((ResourceKind.BENCH, bench), (ResourceKind.WORKSTATION, f"W-{bench}")):
            db.add(
                BookingPart(
                    booking_id=row.id or 0,
                    resource_key=Resource(kind, owner, code).key,
                    kind=kind,
                    organisation_code=owner,
                    bench_code=bench,
                    blocked_from=row.start_at,
                    blocked_to=row.end_at,
                    is_holding=row.state is BookingState.BOOKED,
                )
            )
    return row.id or 0


def repair(house: Schools, bench: str, *steps: tuple[float, WorkOrderStep, WorkOrderState]) -> None:
    """A blocking work order with the steps of its life."""
    order = WorkOrder(
        organisation_code="BJ01",
        bench_code=bench,
        source=WorkOrderSource.STAFF,
        text="噪声",
        state=steps[-1][2],
        is_blocking=True,
        reported_by="t",
        opened_at=at(steps[0][0]),
        changed_at=at(steps[-1][0]),
        finished_at=at(steps[-1][0]) if steps[-1][2] is WorkOrderState.DONE else None,
    )
    with house.database.begin() as db:
        db.add(order)
        db.flush()
        for hours, step, state in steps:
            db.add(
                WorkOrderEntry(
                    work_order_id=order.id or 0, at=at(hours), who="t", step=step, state=state
                )
            )
