"""Finding consumables with their stock, scoped to who asks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func
from sqlmodel import Session, col, select

from inventory.accounts.access import demand, visible_organisations
from inventory.accounts.rules import Action, Decision, Principal, Resource, authorize
from inventory.consumables.errors import UnknownConsumable
from inventory.consumables.rules import MILLI, Lot, Movement, lots, state_of
from inventory.consumables.schema import ConsumableOut, MovementOut
from inventory.consumables.table import Consumable, StockMovement
from inventory.errors import NotAllowed
from inventory.organisations.use_cases import organisation


@dataclass(frozen=True, slots=True)
class Stock:
    """What there is of a consumable, by delivery."""

    milli: int = 0
    lots: tuple[Lot, ...] = ()


def consumable(db: Session, principal: Principal, consumable_id: int, action: Action) -> Consumable:
    """The consumable of an id, if the caller may do this with it.

    Raises:
        UnknownConsumable: there is none, or the caller may not know of it.
        NotAllowed: the caller's role does not include the action.
    """
    if authorize(principal, action) is not Decision.ALLOWED:
        # the same for ids that exist and ids that don't
        raise NotAllowed(action.value)
    unknown = UnknownConsumable(str(consumable_id))
    row = db.get(Consumable, consumable_id)
    if row is None:
        raise unknown
    owner = organisation(db, row.organisation_code)
    demand(principal, action, Resource(owner.code, owner.evaluated_by), unknown)
    return row


def consumables(
    db: Session, principal: Principal, *, is_low_only: bool, offset: int, limit: int
) -> tuple[list[ConsumableOut], int]:
    """Consumables the caller may see, by organisation and code, and how many."""
    seen = col(Consumable.organisation_code).in_(visible_organisations(principal))
    query = select(Consumable).where(seen)
    if is_low_only:
        stock = select(func.coalesce(func.sum(StockMovement.milli), 0)).where(
            StockMovement.consumable_id == Consumable.id
        )
        query = query.where(stock.scalar_subquery() < col(Consumable.minimum_milli))
    total = db.exec(select(func.count()).select_from(query.subquery())).one()
    ordered = query.order_by(col(Consumable.organisation_code), col(Consumable.code))
    rows = db.exec(ordered.offset(offset).limit(limit)).all()
    stocks = stocks_of(db, rows)
    return [shown(row, stocks[row.id or 0]) for row in rows], total


def stocks_of(db: Session, rows: Sequence[Consumable]) -> Mapping[int, Stock]:
    """The stock of some consumables by id."""
    return {key: stock_of(moved) for key, moved in movements_by(db, rows).items()}


def movements_by(db: Session, rows: Sequence[Consumable]) -> Mapping[int, Sequence[Movement]]:
    """The movements of some consumables by id, in the order they were entered."""
    found: dict[int, list[Movement]] = {row.id or 0: [] for row in rows}
    if not rows:
        return found
    query = select(StockMovement).order_by(col(StockMovement.id))
    if len(found) == 1:
        query = query.where(StockMovement.consumable_id == next(iter(found)))
    else:
        # thousands of ids would be more variables than some databases take
        codes = {row.organisation_code for row in rows}
        query = query.join(Consumable).where(col(Consumable.organisation_code).in_(codes))
    for one in db.exec(query).all():
        if one.consumable_id in found:
            moved = Movement(one.kind, one.milli, one.happened_on, one.expires_on)
            found[one.consumable_id].append(moved)
    return found


def stock_of(moved: Sequence[Movement]) -> Stock:
    """What there is after movements, in the order they were entered."""
    return Stock(sum(one.milli for one in moved), tuple(lots(moved)))


def movements_of(
    db: Session, row: Consumable, *, offset: int, limit: int
) -> tuple[list[MovementOut], int]:
    """A consumable's movements, the latest first, and how many."""
    of_row = StockMovement.consumable_id == row.id
    query = select(StockMovement).where(of_row).order_by(col(StockMovement.id).desc())
    total = db.exec(select(func.count()).select_from(StockMovement).where(of_row)).one()
    rows = db.exec(query.offset(offset).limit(limit)).all()
    return [
        MovementOut.model_validate(one, update={"change": one.milli / MILLI}) for one in rows
    ], total


def shown(row: Consumable, stock: Stock) -> ConsumableOut:
    """A consumable as the API shows it."""
    dates = [lot.expires_on for lot in stock.lots if lot.expires_on is not None]
    facts = {
        "minimum": row.minimum_milli / MILLI,
        "stock": stock.milli / MILLI,
        "state": state_of(stock.milli, row.minimum_milli),
        "expires_on": min(dates, default=None),
    }
    return ConsumableOut.model_validate(row, update=facts)
