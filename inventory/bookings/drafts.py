"""What somebody wants to book, and by whose word (pure)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from inventory.bookable import Resource
from inventory.bookings.rules import BookingPurpose
from inventory.intervals import Span


class BookingWish(StrEnum):
    """What should become of an order.

    `wait` books what is free and joins the queue for what is not; a draft takes nothing and is not
    judged before it is confirmed.
    """

    BOOK = "book"
    HOLD = "hold"
    DRAFT = "draft"
    WAIT = "wait"


@dataclass(frozen=True, slots=True)
class Draft:
    """A set of resources of one organisation for a span; all of it is booked or nothing.

    `holder` None is whoever asks. `hold_until` None gives a hold the usual time. The buffers are
    before and after the span. `series_id` and `occurrence_at` tie it to a series.
    """

    resources: tuple[Resource, ...]
    span: Span
    purpose: BookingPurpose
    wish: BookingWish = BookingWish.BOOK
    holder: str | None = None
    set_up: timedelta = timedelta()
    clear_up: timedelta = timedelta()
    title: str = ""
    note: str = ""
    module: str | None = None
    level: str | None = None
    headcount: int | None = None
    has_minors: bool = False
    supervisor: str | None = None
    hold_until: datetime | None = None
    series_id: int | None = None
    occurrence_at: datetime | None = None

    @property
    def organisation_code(self) -> str:
        """Whose the resources are."""
        return self.resources[0].organisation_code

    @property
    def blocked(self) -> Span:
        """The span with its buffers."""
        return Span(self.span.start_at - self.set_up, self.span.end_at + self.clear_up)
