"""Whom an alert is told to: those who run the station, and who has the bench booked just now."""

from datetime import datetime

from sqlmodel import Session

from inventory.accounts.rules import Role
from inventory.alerts.table import Alert
from inventory.benches.table import Bench
from inventory.bookings.table import Booking
from inventory.notifications.outbox import MANAGERS, Everybody, Fact, Message, Recipient, put
from inventory.notifications.rules import MessageKind


def tell_of_alert(db: Session, row: Alert, now: datetime) -> None:
    """Tell of an alert that has just opened; one that opens again is the same news.

    What concerns the whole installation is told to administrators of every organisation.
    """
    bench = None if row.bench_code is None else db.get(Bench, row.bench_code)
    booking = None if row.booking_id is None else db.get(Booking, row.booking_id)
    facts: dict[str, Fact] = {"alert_kind": row.kind, "bench": row.bench_code or ""}
    recipients: list[Recipient] = []
    if bench is not None:
        facts |= {"name": bench.name_zh, "name_en": bench.name_en or bench.name_zh}
    if booking is not None:
        facts |= {"start_at": booking.start_at, "end_at": booking.end_at}
        recipients.append(booking.holder)
    if row.organisation_code is None:
        recipients.append(Everybody(None, (Role.ADMINISTRATOR,)))
    else:
        recipients.append(Everybody(row.organisation_code, MANAGERS))
    message = Message(
        MessageKind.ALERT_OPENED,
        row.organisation_code or "",
        recipients,
        facts,
        now,
        dedupe_key=f"alerts:{row.id}",
    )
    put(db, message)
