"""What the policies say of an order, and where the nearest slot lies that they let pass."""

from collections.abc import Sequence

from sqlmodel import Session

from inventory.booking_policies.rules import Verdict
from inventory.bookings.desk import Desk, Holder
from inventory.bookings.drafts import Draft
from inventory.bookings.guarding import Occupant
from inventory.bookings.taking import Taken
from inventory.intervals import Span

Known = tuple[Holder, Sequence[Taken], Sequence[Occupant]]


def verdict_of(db: Session, desk: Desk, draft: Draft, known: Known) -> Verdict:  # noqa: ARG001 - policies are on their way
    """What all policies of the owner say of an order."""
    return Verdict()


def nearest(db: Session, desk: Desk, draft: Draft, holder: Holder) -> Sequence[Span]:  # noqa: ARG001 - so is the search
    """The next spans of the same length in which the whole set is free and may be had."""
    return ()
