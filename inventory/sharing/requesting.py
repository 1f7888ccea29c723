"""Asking for what is offered, and the steps by which two sides agree; one transaction each."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from sqlalchemy import func
from sqlmodel import Session, col, select

from inventory.accounts.rules import Action, Decision, authorize
from inventory.bookable import BookingPurpose
from inventory.bookings.desk import Desk
from inventory.bookings.drafts import BookingWish, Draft
from inventory.bookings.keeping import Doing, parts_of, snapshot
from inventory.bookings.keeping import keep as keep_booking
from inventory.bookings.life import BookingStep
from inventory.bookings.placing import place
from inventory.bookings.rules import BookingState
from inventory.bookings.settling import end
from inventory.bookings.stepping import Wanted, take
from inventory.bookings.table import Booking
from inventory.bookings.taking import taken_with
from inventory.bookings.use_cases import explained
from inventory.database import Database
from inventory.errors import Invalid, NotAllowed, StepNotPossible, TooManyOpen
from inventory.intervals import Span
from inventory.notifications.rules import MessageKind
from inventory.school_calendar.keeping import calendar_of
from inventory.sharing.errors import NotOffered, TermsChanged, UnknownOffer
from inventory.sharing.finding import actor_of, request_page, sharing_request
from inventory.sharing.following import follow, measured_use
from inventory.sharing.keeping import Done, keep, life_of
from inventory.sharing.offers import facts_of, resources, slot_objection
from inventory.sharing.request_schema import RequestOrder, RequestPage, SharingStepOrder
from inventory.sharing.rules import (
    MOST_OPEN,
    OPEN,
    OfferState,
    SharingLife,
    SharingSide,
    SharingStep,
    hold_until,
    possible_steps,
    refusal,
    taken,
)
from inventory.sharing.searching import free_spans
from inventory.sharing.table import SharingOffer, SharingRequest
from inventory.sharing.telling import News, tell

_DAYS_AROUND = timedelta(days=7)
_SHOWN = 3
_BOTH = (SharingSide.OWNER, SharingSide.REQUESTER)


def ask(database: Database, desk: Desk, order: RequestOrder) -> RequestPage:
    """Ask for a slot of an offer; it is held until the owner answers or the time is out.

    Raises:
        UnknownOffer: there is none, or it is not published.
        NotAllowed: the caller's role does not ask.
        Invalid: it is the caller's own organisation's, who books it instead.
        NotOffered: the slot lies outside of what is offered, or is too short, long or soon.
        TooManyOpen: the caller's organisation has as many open requests there as one may.
        SlotTaken, PolicyRefused, UnderRepair: the slot can't be had; see `bookings.use_cases.book`.
    """
    caller = desk.caller()
    if authorize(caller, Action.REQUEST_SHARING) is not Decision.ALLOWED:
        raise NotAllowed(Action.REQUEST_SHARING.value)
    with database.read() as db:
        draft = _draft(_offer(db, order.offer_id), order, desk)
    with explained(database, desk, draft), database.begin() as db:
        offer = _offer(db, order.offer_id)
        if offer.organisation_code == caller.organisation_code:
            raise Invalid("offer_id", "an offer of another organisation; book your own directly")
        _demand_offered(db, offer, draft.span, desk)
        _demand_few(db, offer, caller.organisation_code)
        placed = place(db, desk, _draft(offer, order, desk))
        row = SharingRequest(
            **order.model_dump(),
            booking_id=placed.row.id or 0,
            organisation_code=offer.organisation_code,
            requester_organisation_code=caller.organisation_code,
            requested_by=caller.username,
            requested_at=desk.now,
            changed_at=desk.now,
        )
        done = Done(SharingStep.REQUEST, SharingSide.REQUESTER, caller.username, desk.now)
        keep(db, row, SharingLife(), done)
        facts = {"hold_until": placed.row.hold_until, "title": order.purpose}
        tell(db, row, done, News(MessageKind.SHARING_REQUEST, (SharingSide.OWNER,), facts))
        return request_page(db, caller, row)


def take_sharing_step(
    database: Database, desk: Desk, request_id: int, order: SharingStepOrder
) -> RequestPage:
    """Offer terms, decline, accept, withdraw, cancel, check in, finish, judge or comment.

    Raises:
        UnknownSharingRequest: there is none, or neither side is the caller's.
        NotAllowed: the step is not this person's to take.
        StepNotPossible: the state does not allow it.
        Invalid: words, rating or number of the terms are missing.
        TermsChanged: others than those that were read are offered by now.
    """
    caller = desk.caller()
    with database.begin() as db:
        row = sharing_request(db, caller, request_id)
        follow(db, row, desk.now)
        actor = actor_of(caller, row)
        if (refused := refusal(order.step, actor)) is not None:
            raise NotAllowed(refused)
        life = taken(life_of(row), order.step, actor.side)
        if life is None:
            steps = [one.value for one in possible_steps(life_of(row), actor.side)]
            raise StepNotPossible(order.step, row.state, steps)
        done = Done(order.step, actor.side, caller.username, desk.now, order.text)
        booking = db.get_one(Booking, row.booking_id)
        news = _EFFECTS[order.step](db, desk, (row, booking), order)
        if order.step is SharingStep.FEEDBACK:
            _judge(row, actor.side, order)
            other = SharingSide.REQUESTER if actor.side is SharingSide.OWNER else SharingSide.OWNER
            facts = {"rating": order.rating, "words": order.text or None}
            news = News(MessageKind.FEEDBACK_GIVEN, (other,), facts)
        keep(db, row, life, done)
        if news is not None:
            tell(db, row, done, news)
        return request_page(db, caller, row)


Rows = tuple[SharingRequest, Booking]
Effect = Callable[[Session, Desk, Rows, SharingStepOrder], News | None]


def _offer_terms(_db: Session, desk: Desk, rows: Rows, order: SharingStepOrder) -> News:
    row, booking = rows
    if not order.terms:
        raise Invalid("terms", "words: what both sides will have agreed to")
    row.terms, row.price_note = order.terms, order.price_note
    row.terms_no += 1
    _hold_longer(_db, desk, booking)
    # whoever offers terms has said yes to the slot
    booking.decided_at, booking.decided_by = desk.now, desk.who
    facts = {"hold_until": booking.hold_until, "words": order.terms}
    return News(MessageKind.SHARING_TERMS, (SharingSide.REQUESTER,), facts)


def _accept(db: Session, desk: Desk, rows: Rows, order: SharingStepOrder) -> News:
    row, booking = rows
    if order.terms_no is None:
        raise Invalid("terms_no", "the number of the terms that were read")
    if order.terms_no != row.terms_no:
        raise TermsChanged(row.terms_no)
    if booking.state is not BookingState.BOOKED:
        take(db, desk, booking, Wanted(BookingStep.CONFIRM))
    row.accepted_no, row.accepted_at, row.accepted_by = row.terms_no, desk.now, desk.who
    return News(MessageKind.SHARING_AGREED, _BOTH, has_event=True)


def _decline(db: Session, desk: Desk, rows: Rows, order: SharingStepOrder) -> News:
    if not order.text:
        raise Invalid("text", "words: nobody can follow a decline without")
    _give_back(db, desk, rows[1], order.text)
    return News(MessageKind.SHARING_DECLINED, (SharingSide.REQUESTER,))


def _withdraw(db: Session, desk: Desk, rows: Rows, order: SharingStepOrder) -> News:
    _give_back(db, desk, rows[1], order.text)
    return News(MessageKind.SHARING_CANCELLED, (SharingSide.OWNER,))


def _cancel(db: Session, desk: Desk, rows: Rows, order: SharingStepOrder) -> News:
    if not order.text:
        raise Invalid("text", "words: the other side had relied on it")
    _give_back(db, desk, rows[1], order.text)
    return News(MessageKind.SHARING_CANCELLED, _BOTH, has_event=True)


def _check_in(db: Session, desk: Desk, rows: Rows, _order: SharingStepOrder) -> None:
    take(db, desk, rows[1], Wanted(BookingStep.CHECK_IN))


def _finish(db: Session, desk: Desk, rows: Rows, _order: SharingStepOrder) -> News:
    row, booking = rows
    if booking.start_at < desk.now < booking.end_at:
        take(db, desk, booking, Wanted(BookingStep.END_EARLY))
    row.used_s = measured_use(db, booking)
    return News(MessageKind.FEEDBACK_ASKED, _BOTH)


def _nothing_else(_db: Session, _desk: Desk, _rows: Rows, order: SharingStepOrder) -> None:
    if order.step is SharingStep.COMMENT and not order.text:
        raise Invalid("text", "words")
    if order.step is SharingStep.FEEDBACK and order.rating is None:
        raise Invalid("rating", "1 to 5")


_EFFECTS: Mapping[SharingStep, Effect] = {
    SharingStep.OFFER_TERMS: _offer_terms,
    SharingStep.ACCEPT: _accept,
    SharingStep.DECLINE: _decline,
    SharingStep.WITHDRAW: _withdraw,
    SharingStep.CANCEL: _cancel,
    SharingStep.CHECK_IN: _check_in,
    SharingStep.FINISH: _finish,
    SharingStep.FEEDBACK: _nothing_else,
    SharingStep.COMMENT: _nothing_else,
}


def _judge(row: SharingRequest, side: SharingSide, order: SharingStepOrder) -> None:
    if side is SharingSide.OWNER:
        row.owner_rating, row.owner_feedback = order.rating, order.text
    else:
        row.requester_rating, row.requester_feedback = order.rating, order.text


def _give_back(db: Session, desk: Desk, booking: Booking, reason: str) -> None:
    # told by the request's own message, to those it concerns
    if booking.state in {BookingState.HELD, BookingState.REQUESTED, BookingState.BOOKED}:
        end(db, desk, booking, BookingStep.CANCEL, reason)


def _hold_longer(db: Session, desk: Desk, booking: Booking) -> None:
    if booking.state is not BookingState.HELD:
        return
    parts = parts_of(db, [booking])[booking.id or 0]
    old = snapshot(booking, parts)
    booking.hold_until = hold_until(desk.now, booking.start_at)
    keep_booking(db, booking, parts, old, Doing(BookingStep.EDIT, desk.who, desk.now))


def _offer(db: Session, offer_id: int) -> SharingOffer:
    row = db.get(SharingOffer, offer_id)
    if row is None or row.state is not OfferState.PUBLISHED:
        raise UnknownOffer(str(offer_id))
    return row


def _draft(offer: SharingOffer, order: RequestOrder, desk: Desk) -> Draft:
    return Draft(
        resources(offer),
        Span(order.start_at, order.end_at),
        BookingPurpose.OPEN_SHARING,
        BookingWish.HOLD,
        set_up=timedelta(minutes=offer.set_up_minutes),
        clear_up=timedelta(minutes=offer.clear_up_minutes),
        title=offer.title_zh,
        module=offer.modules[0] if len(offer.modules) == 1 else None,
        headcount=order.headcount,
        has_minors=order.has_minors,
        supervisor=offer.supervisor,
        hold_until=hold_until(desk.now, order.start_at),
    )


def _demand_offered(db: Session, offer: SharingOffer, span: Span, desk: Desk) -> None:
    around = Span(span.start_at - _DAYS_AROUND, span.end_at + _DAYS_AROUND)
    things = taken_with(db, resources(offer))
    calendar = calendar_of(db, offer.organisation_code)
    offered = free_spans(facts_of(offer, things), calendar, (), around, desk.now)
    expected = slot_objection(offer, span)
    if expected is None and any(one.covers(span) for one in offered):
        return
    nearest = sorted(offered, key=lambda one: abs(one.start_at - span.start_at))[:_SHOWN]
    told = [
        {"start_at": one.start_at.isoformat(), "end_at": one.end_at.isoformat()} for one in nearest
    ]
    raise NotOffered(expected or "a slot within what is offered", told)


def _demand_few(db: Session, offer: SharingOffer, requester: str) -> None:
    query = select(func.count()).where(
        SharingRequest.organisation_code == offer.organisation_code,
        SharingRequest.requester_organisation_code == requester,
        col(SharingRequest.state).in_(sorted(OPEN)),
    )
    if db.exec(query).one() >= MOST_OPEN:
        raise TooManyOpen("open requests at this school", MOST_OPEN)
