"""How a booking stands in a calendar; the same wherever it is shown, so that programs know it."""

from collections.abc import Mapping, Sequence
from typing import Literal

from inventory.bookable import resource_of
from inventory.bookings.rules import HOLDING, BookingPurpose, BookingState
from inventory.bookings.table import Booking, BookingPart
from inventory.calendar_texts import CalendarEvent

KIND = "booking"
Language = Literal["zh", "en"]
_PURPOSES: Mapping[BookingPurpose, tuple[str, str]] = {
    BookingPurpose.CLASS: ("上课", "Class"),
    BookingPurpose.EXAM: ("考核", "Exam"),
    BookingPurpose.MAINTENANCE: ("维护", "Maintenance"),
    BookingPurpose.OPEN_SHARING: ("开放共享", "Open sharing"),
}
_TENTATIVE = ("（待确认）", " (to be confirmed)")
_HOLDER = ("预约人：", "Booked by: ")


def event_of(
    row: Booking,
    parts: Sequence[BookingPart],
    names: Mapping[str, str],
    language: Language = "zh",
    *,
    has_people: bool = False,
) -> CalendarEvent:
    """The event of a stored booking.

    Args:
        row: the booking; one that no longer holds its slot is cancelled.
        parts: what it takes; those asked for are named.
        names: what things are called, by key; others are called by their code.
        language: of the words that are not the people's own.
        has_people: with title, note and holder; without, only what the slot is for.
    """
    at = 1 if language == "en" else 0
    things = "、" if language == "zh" else ", "
    called = [
        names.get(part.resource_key, resource_of(part.resource_key).code)
        for part in parts
        if part.is_asked
    ]
    word = (row.title if has_people else "") or _PURPOSES[row.purpose][at]
    is_tentative = row.state in HOLDING - {BookingState.BOOKED}
    people = [f"{_HOLDER[at]}{row.holder}", row.note] if has_people else []
    return CalendarEvent(
        KIND,
        row.id or 0,
        row.organisation_code,
        row.start_at,
        max(row.ended_early_at or row.end_at, row.start_at),
        f"{word} · {things.join(called)}{_TENTATIVE[at] if is_tentative else ''}",
        created_at=row.created_at,
        changed_at=row.changed_at,
        revision=row.revision,
        description="\n".join(filter(None, people)),
        is_cancelled=row.state not in HOLDING,
        is_tentative=is_tentative,
    )
