"""What people on both sides are told of a request, in the transaction of what it tells of."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from sqlmodel import Session

from inventory.bookings.calendar_events import event_of
from inventory.bookings.keeping import parts_of
from inventory.bookings.table import Booking
from inventory.calendar_texts import CalendarEvent
from inventory.notifications.outbox import Everybody, Fact, Message, Recipient, put
from inventory.notifications.rules import MessageKind
from inventory.organisations.use_cases import organisation
from inventory.sharing.keeping import Done
from inventory.sharing.rules import SharingSide
from inventory.sharing.table import SharingOffer, SharingRequest


@dataclass(frozen=True, slots=True)
class News:
    """A message to sides of a request; with `has_event` the visit goes along for a calendar."""

    kind: MessageKind
    sides: Collection[SharingSide]
    facts: Mapping[str, Fact] = field(default_factory=dict)
    has_event: bool = False


def tell(db: Session, row: SharingRequest, done: Done, news: News) -> None:
    """Put a message for each of the sides; who took the step need not be told."""
    offer = db.get_one(SharingOffer, row.offer_id)
    booking = db.get_one(Booking, row.booking_id)
    about: dict[str, Fact] = {
        "request_id": row.id,
        "resources": [offer.title_zh],
        "station": offer.station_code,
        "requester": organisation(db, row.requester_organisation_code).name_zh,
        "start_at": booking.start_at,
        "end_at": booking.end_at,
    }
    if done.text:
        about["reason"] = done.text
    attached = _event(db, booking) if news.has_event else None
    for side in news.sides:
        code, people = _people(row, side)
        message = Message(
            news.kind,
            code,
            people,
            about | dict(news.facts),
            done.at,
            attach_ics=attached,
            done_by=done.who,
        )
        put(db, message)


def _people(row: SharingRequest, side: SharingSide) -> tuple[str, list[Recipient]]:
    if side is SharingSide.OWNER:
        return row.organisation_code, [Everybody(row.organisation_code)]
    return row.requester_organisation_code, [row.requested_by]


def _event(db: Session, booking: Booking) -> CalendarEvent:
    parts = parts_of(db, [booking])[booking.id or 0]
    return event_of(booking, parts, {})
