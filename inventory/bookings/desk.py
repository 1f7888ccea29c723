"""By whose word and by which facts bookings are made."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlmodel import Session, select

from inventory.accounts.access import demand
from inventory.accounts.rules import Action, Principal, Role
from inventory.accounts.rules import Resource as Owned
from inventory.accounts.table import User
from inventory.audit.use_cases import SYSTEM
from inventory.bookable import Resource, ResourceKind
from inventory.booking_policies.rules import RigTruth
from inventory.bookings.drafts import Draft
from inventory.bookings.errors import UnknownResource
from inventory.bookings.taking import Taken
from inventory.errors import Invalid, NotAllowed, Unknown, UnknownBench
from inventory.intervals import Span
from inventory.organisations.use_cases import organisation

FOR_OTHERS = frozenset({Role.STATIONMASTER, Role.ADMINISTRATOR})
"""Who books for others and gives their slots back."""


TruthSource = Callable[[Session, Sequence[Taken], Span, datetime], Sequence[RigTruth]]
"""Says of things whether they will be in order for a span, seen from a moment.

Calibration, faults, signs of life; what is left out is in order.
"""


def nothing_known(
    _db: Session, _things: Sequence[Taken], _span: Span, _now: datetime
) -> Sequence[RigTruth]:
    """The source of a house without rigs that report."""
    return ()


@dataclass(frozen=True, slots=True)
class Desk:
    """Who books, when, and who tells of the rigs; `principal` None is the house itself.

    `by_offer` says that the caller has checked another organisation's offer to this person, who may
    then use what is not their own organisation's.
    """

    principal: Principal | None
    now: datetime
    truth: TruthSource = nothing_known
    by_offer: bool = False

    @property
    def who(self) -> str:
        """The name for the record."""
        return SYSTEM if self.principal is None else self.principal.username

    def as_house(self) -> "Desk":
        """The same desk where nobody sits: what it does follows from rules alone."""
        return replace(self, principal=None, by_offer=False)

    def caller(self) -> Principal:
        """Who asks.

        Raises:
            NotAllowed: the house asks for what only persons may.
        """
        if self.principal is None:
            raise NotAllowed("act without a name")
        return self.principal


@dataclass(frozen=True, slots=True)
class Holder:
    """Who answers for a booking."""

    username: str
    role: Role
    organisation_code: str


@dataclass(frozen=True, slots=True)
class Asking:
    """A draft with who answers for it and what it takes.

    `without` are bookings that don't stand in its way, such as itself.
    """

    draft: Draft
    holder: Holder
    things: Sequence[Taken]
    without: Collection[int] = field(default_factory=frozenset)

    @property
    def keys(self) -> list[str]:
        """Keys of everything it takes."""
        return [one.resource.key for one in self.things]


def demand_use(db: Session, desk: Desk, draft: Draft) -> None:
    """Pass when the caller may book what a draft asks for, which is all of one organisation.

    Raises:
        Unknown: there is no such organisation, or the caller may not know of it.
        NotAllowed: the caller's role does not book.
        Invalid: resources of several organisations.
    """
    first = draft.resources[0]
    codes = {one.organisation_code for one in draft.resources}
    if len(codes) > 1:
        raise Invalid("resources", "resources of one organisation")
    if desk.by_offer:
        return
    unknown = unknown_of(first)
    try:
        owner = organisation(db, first.organisation_code)
    except Unknown:
        raise unknown from None
    owned = Owned(owner.code, owner.evaluated_by)
    demand(desk.caller(), Action.WRITE_BOOKING, owned, unknown)


def unknown_of(resource: Resource) -> Unknown:
    """The error that says that there is no such thing."""
    if resource.kind is ResourceKind.BENCH:
        return UnknownBench(resource.code)
    return UnknownResource(resource.key)


def holder_of(db: Session, desk: Desk, draft: Draft) -> Holder:
    """Who will answer for a booking: whoever asks, or somebody a station master names.

    Raises:
        NotAllowed: the caller does not book for others.
        Invalid: nobody of the organisation is called so.
    """
    caller = desk.caller()
    if draft.holder is None or draft.holder == caller.username:
        return Holder(caller.username, caller.role, caller.organisation_code)
    if caller.role not in FOR_OTHERS:
        raise NotAllowed("book for somebody else")
    found = db.exec(select(User).where(User.username == draft.holder)).first()
    if found is None or found.organisation_code != caller.organisation_code:
        raise Invalid("holder", f"the user name of somebody of {caller.organisation_code}")
    return Holder(found.username, found.role, found.organisation_code)


def holder_named(db: Session, username: str, organisation_code: str) -> Holder:
    """Somebody by user name, whoever asks; an account that is gone has the least of roles."""
    found = db.exec(select(User).where(User.username == username)).first()
    if found is None:
        return Holder(username, Role.VISITOR, organisation_code)
    return Holder(found.username, found.role, found.organisation_code)
