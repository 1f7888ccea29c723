"""Entering income and taking entries back; one transaction each."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from inventory.accounts.access import demand_organisation
from inventory.accounts.rules import Action, Principal
from inventory.audit.use_cases import record
from inventory.database import Database
from inventory.errors import Invalid
from inventory.income.belonging import Origin, Rigs, demand_used, origin_of, rigs_of, station_of
from inventory.income.errors import AlreadyCorrected, WrongParts, WrongSource
from inventory.income.finding import income_entry, shown
from inventory.income.rules import IncomeSource, PartsDontAddUp, parted
from inventory.income.schema import FIRST_DAY, CorrectionOrder, IncomeOrder, IncomeOut
from inventory.income.table import IncomeEntry, IncomePart
from inventory.moments import today
from inventory.money import in_fen, in_yuan


def enter_income(
    database: Database, principal: Principal, order: IncomeOrder, *, now: datetime
) -> IncomeOut:
    """Write an entry; what is not told follows from the booking it belongs to.

    Raises:
        UnknownOrganisation, UnknownStation, UnknownBooking, UnknownSharingRequest, UnknownBench,
            UnknownResource: there is none in the organisation, or the caller may not know of it.
        NotAllowed: the caller's role does not write income.
        Invalid: a day to come, no source, or a rig that can't earn or is named twice.
        BookingNotUsed: the booking has not begun, or was given back.
        WrongSource: the booking says another one.
        WrongParts: what the rigs earned is not the amount.
    """
    code = order.organisation or principal.organisation_code
    with database.begin() as db:
        demand_organisation(db, principal, code, Action.WRITE_INCOME)
        if not FIRST_DAY <= order.received_on <= today(now):
            late = order.received_on > FIRST_DAY
            told = f"not after {today(now)}" if late else f"not before {FIRST_DAY}"
            raise Invalid("received_on", f"a day {told}")
        origin = origin_of(db, principal, code, (order.booking_id, order.sharing_request_id))
        if origin.booking is not None:
            demand_used(origin.booking, now)
        rigs = rigs_of(db, code, order.rigs, origin)
        row = IncomeEntry(
            organisation_code=code,
            station_code=station_of(db, code, order.station, (origin, rigs)),
            source=_source(order.source, origin),
            amount=order.amount,
            received_on=order.received_on,
            words=order.words,
            booking_id=None if origin.booking is None else origin.booking.id,
            sharing_request_id=None if origin.request is None else origin.request.id,
            entered_at=now,
            entered_by=principal.username,
        )
        return _keep(db, row, _parts(order, rigs), "entered")


def correct_income(
    database: Database,
    principal: Principal,
    entry_id: int,
    order: CorrectionOrder,
    *,
    now: datetime,
) -> IncomeOut:
    """Take an entry back by a counter-entry, which is returned; what is right is entered anew.

    It has the day of what it takes back, so that the sums of that time become right.

    Raises:
        UnknownIncome: there is none, or the caller may not know of it.
        NotAllowed: the caller's role does not write income.
        AlreadyCorrected: it was taken back before, or takes another one back.
    """
    with database.begin() as db:
        wrong = income_entry(db, principal, entry_id, Action.WRITE_INCOME)
        known = db.exec(select(IncomeEntry.id).where(IncomeEntry.corrects_id == entry_id)).first()
        if known is not None or wrong.corrects_id is not None:
            raise AlreadyCorrected(entry_id, known)
        kept = wrong.model_dump(exclude={"id"})
        told = {
            "amount": -wrong.amount,
            "words": order.words,
            "corrects_id": entry_id,
            "entered_at": now,
            "entered_by": principal.username,
        }
        query = select(IncomePart).where(IncomePart.entry_id == entry_id)
        parts = [
            IncomePart(
                entry_id=0,
                resource_key=one.resource_key,
                bench_code=one.bench_code,
                amount=-one.amount,
            )
            for one in db.exec(query.order_by(col(IncomePart.id))).all()
        ]
        return _keep(db, IncomeEntry.model_validate(kept | told), parts, "corrected")


def _source(told: IncomeSource | None, origin: Origin) -> IncomeSource:
    if origin.source is None:
        if told is None:
            raise Invalid("source", "one of inside, outside")
        return told
    if told not in {None, origin.source}:
        raise WrongSource(origin.source.value)
    return origin.source


def _parts(order: IncomeOrder, rigs: Rigs) -> list[IncomePart]:
    told = [None if amount is None else in_fen(amount) for _, amount in rigs]
    try:
        parts = parted(in_fen(order.amount), told)
    except PartsDontAddUp as wrong:
        found = None if wrong.parts_fen is None else in_yuan(wrong.parts_fen)
        raise WrongParts(order.amount, found) from wrong
    return [
        IncomePart(
            entry_id=0,
            resource_key=one.resource.key,
            bench_code=one.bench_code,
            amount=in_yuan(fen),
        )
        for (one, _), fen in zip(rigs, parts, strict=True)
    ]


def _keep(db: Session, row: IncomeEntry, parts: Sequence[IncomePart], action: str) -> IncomeOut:
    db.add(row)
    db.flush()
    for part in parts:
        part.entry_id = row.id or 0
        db.add(part)
    db.flush()
    (found,) = shown(db, [row])
    record(
        db,
        who=row.entered_by,
        action=action,
        entity="income",
        entity_id=str(row.id),
        organisation_code=row.organisation_code,
        new=found.model_dump(mode="json", exclude={"id", "corrected_by_id", "entered_at"}),
        at=row.entered_at,
    )
    return found
