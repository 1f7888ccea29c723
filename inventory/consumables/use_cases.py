"""Keeping consumables and entering what comes in and goes out."""

from datetime import datetime

from sqlmodel import Session, select

from inventory.accounts.access import demand_organisation
from inventory.accounts.rules import Action, Principal
from inventory.consumables.finding import (
    Stock,
    consumable,
    shown,
    stocks_of,
)
from inventory.consumables.keeping import enter, facts_of, keep
from inventory.consumables.rules import MAX_MILLI, MovementKind, change, milli_of
from inventory.consumables.rules import shown as amount_shown
from inventory.consumables.schema import (
    ConsumableChange,
    ConsumableOrder,
    ConsumableOut,
    MovementOrder,
)
from inventory.consumables.table import Consumable, StockMovement
from inventory.database import Database
from inventory.errors import Invalid, Taken
from inventory.moments import today
from inventory.stations.use_cases import own_stations


def add_consumable(
    database: Database, principal: Principal, order: ConsumableOrder
) -> ConsumableOut:
    """Add a consumable, of which there is nothing yet.

    Raises:
        UnknownOrganisation: there is none, or the caller may not know of it.
        NotAllowed: the caller's role does not write the register.
        Taken: the organisation has the code already.
        Invalid: a station is not the organisation's.
    """
    code = order.organisation or principal.organisation_code
    facts = order.model_dump(exclude={"organisation", "minimum"})
    facts |= {"organisation_code": code, "minimum_milli": milli_of(order.minimum)}
    with database.begin() as db:
        demand_organisation(db, principal, code, Action.WRITE_REGISTER)
        query = select(Consumable).where(
            Consumable.organisation_code == code, Consumable.code == order.code
        )
        if db.exec(query).first() is not None:
            raise Taken("consumable", order.code)
        row = Consumable.model_validate(facts)
        _demand_stations(db, row)
        keep(db, row, None, principal.username)
        return shown(row, Stock())


def change_consumable(
    database: Database, principal: Principal, consumable_id: int, order: ConsumableChange
) -> ConsumableOut:
    """Change what is named of a consumable; its unit stays, since movements are in it.

    Raises:
        UnknownConsumable: there is none, or the caller may not know of it.
        NotAllowed: the caller's role does not write the register.
        Invalid: a station is not the organisation's.
    """
    named = order.model_dump(exclude_unset=True)
    for name, value in named.items():
        if value is None:
            raise Invalid(name, "a value; leave it out to keep it")
    if "minimum" in named:
        named["minimum_milli"] = milli_of(named.pop("minimum"))
    with database.begin() as db:
        row = consumable(db, principal, consumable_id, Action.WRITE_REGISTER)
        old = facts_of(row)
        row.sqlmodel_update(named)
        _demand_stations(db, row)
        keep(db, row, old, principal.username)
        return shown(row, stocks_of(db, [row])[consumable_id])


def move(
    database: Database,
    principal: Principal,
    consumable_id: int,
    order: MovementOrder,
    *,
    now: datetime,
) -> ConsumableOut:
    """Enter that something came in, went out, went off or was counted.

    Raises:
        UnknownConsumable: there is none, or the caller may not know of it.
        NotAllowed: the caller's role does not move stock.
        Invalid: more would go out than there is, nothing moves, or a day does not fit.
        UnknownDocument: the organisation has no such document.
    """
    day = order.happened_on or today(now)
    if day > today(now):
        raise Invalid("happened_on", f"a day not after {today(now)}")
    if order.expires_on is not None and order.kind is not MovementKind.RECEIVED:
        raise Invalid("expires_on", "nothing: only what is received brings a date")
    with database.begin() as db:
        row = consumable(db, principal, consumable_id, Action.MOVE_STOCK)
        stock = stocks_of(db, [row])[consumable_id]
        milli = change(order.kind, milli_of(order.amount), stock.milli)
        if milli is None:
            have = f"{amount_shown(stock.milli)} {row.unit}".strip()
            raise Invalid("amount", f"at most {have}, which is all there is")
        if milli == 0:
            raise Invalid("amount", "an amount that changes the stock")
        if stock.milli + milli > MAX_MILLI:
            raise Invalid("amount", f"a stock of at most {amount_shown(MAX_MILLI)}")
        moved = StockMovement(
            consumable_id=consumable_id,
            kind=order.kind,
            milli=milli,
            happened_on=day,
            expires_on=order.expires_on,
            note=order.note,
            document_id=order.document_id,
            who=principal.username,
            at=now,
        )
        enter(db, row, moved, stock.milli)
        return shown(row, stocks_of(db, [row])[consumable_id])


def _demand_stations(db: Session, row: Consumable) -> None:
    own = own_stations(db, row.organisation_code)
    if not own.issuperset(row.station_codes):
        known = ", ".join(sorted(own))
        raise Invalid("station_codes", f"stations of {row.organisation_code}: {known}")
