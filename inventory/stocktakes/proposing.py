"""What a signed stocktake proposes for the register, and a person's decision on it."""

from datetime import datetime

from sqlmodel import Session, col, select

from inventory.accounts.rules import Action, Principal
from inventory.audit.use_cases import record
from inventory.database import Database
from inventory.equipment.rules import EquipmentStatus
from inventory.equipment.table import Equipment
from inventory.errors import StepNotPossible
from inventory.stocktakes.errors import UnknownProposal
from inventory.stocktakes.finding import stocktake
from inventory.stocktakes.rules import (
    FIELD_OF,
    ProposalKind,
    ProposalState,
    StocktakeState,
    spelled_quantity,
)
from inventory.stocktakes.schema import DecisionOrder, ProposalOut
from inventory.stocktakes.table import Stocktake, StocktakeProposal


def proposals_of(db: Session, principal: Principal, stocktake_id: int) -> list[ProposalOut]:
    """Everything a stocktake proposes, by asset number; nothing before it is signed.

    Raises:
        UnknownStocktake: there is none, or the caller may not know of it.
        NotAllowed: the caller's role reads none.
    """
    row = stocktake(db, principal, stocktake_id, Action.READ_STOCKTAKE)
    return [ProposalOut.model_validate(one.model_dump()) for one in _stored(db, row)]


def decide(
    database: Database,
    principal: Principal,
    stocktake_id: int,
    order: DecisionOrder,
    *,
    now: datetime,
) -> list[ProposalOut]:
    """Apply or decline open proposals in one step, and tell what became of each.

    A piece of which the register no longer says what it said is left alone: its proposal is
    outdated. What was decided before stays as it is.

    Raises:
        UnknownStocktake: there is none, or the caller may not know of it.
        UnknownProposal: it proposes no such thing.
        NotAllowed: the caller's role does not decide on proposals.
        StepNotPossible: the stocktake is not signed.
    """
    with database.begin() as db:
        row = stocktake(db, principal, stocktake_id, Action.MANAGE_STOCKTAKE)
        if row.state is not StocktakeState.SIGNED:
            raise StepNotPossible("apply", row.state, ["sign"])
        chosen = _chosen(_stored(db, row), order)
        undecided = [one for one in chosen if one.state is ProposalState.OPEN]
        for one in undecided:
            one.state = ProposalState.DECLINED
            if order.is_applied:
                one.state = _apply(db, row, one, principal, now)
            one.decided_at, one.decided_by = now, principal.username
            db.add(one)
        db.flush()
        told = {
            state.value: sum(one.state is state for one in undecided)
            for state in ProposalState
            if state is not ProposalState.OPEN
        }
        record(
            db,
            who=principal.username,
            action="decided",
            entity="stocktake",
            entity_id=str(row.id),
            organisation_code=row.organisation_code,
            new=told,
            at=now,
        )
        return [ProposalOut.model_validate(one.model_dump()) for one in chosen]


def _stored(db: Session, row: Stocktake) -> list[StocktakeProposal]:
    query = select(StocktakeProposal).where(StocktakeProposal.stocktake_id == row.id)
    ordered = query.order_by(col(StocktakeProposal.asset_number), col(StocktakeProposal.kind))
    return list(db.exec(ordered).all())


def _chosen(stored: list[StocktakeProposal], order: DecisionOrder) -> list[StocktakeProposal]:
    if order.proposals is None:
        return [one for one in stored if one.state is ProposalState.OPEN]
    by_key = {(one.asset_number, one.kind): one for one in stored}
    wanted = dict.fromkeys((one.asset_number, one.kind) for one in order.proposals)
    for asset_number, kind in wanted:
        if (asset_number, kind) not in by_key:
            raise UnknownProposal(f"{asset_number}/{kind.value}")
    return [by_key[key] for key in wanted]


def _apply(
    db: Session, row: Stocktake, one: StocktakeProposal, principal: Principal, now: datetime
) -> ProposalState:
    piece = db.get(
        Equipment,
        {"organisation_code": row.organisation_code, "asset_number": one.asset_number},
    )
    field = FIELD_OF[one.kind]
    if piece is None or _spelled(getattr(piece, field)) != one.old:
        return ProposalState.OUTDATED
    old = getattr(piece, field)
    new = _value(one.kind, one.new)
    piece.sqlmodel_update({field: new})
    db.add(piece)
    db.flush()
    record(
        db,
        who=principal.username,
        action="updated",
        entity="equipment",
        entity_id=f"{row.organisation_code}/{one.asset_number}",
        organisation_code=row.organisation_code,
        old={field: old},
        new={field: new, "stocktake": row.id},
        at=now,
    )
    return ProposalState.APPLIED


def _value(kind: ProposalKind, text: str) -> object:
    match kind:
        case ProposalKind.MARK_MISSING | ProposalKind.PUT_BACK_IN_SERVICE:
            return EquipmentStatus(text)
        case ProposalKind.CORRECT_QUANTITY:
            return float(text)
        case ProposalKind.MOVE:
            return text


def _spelled(value: object) -> str:
    if isinstance(value, float):
        return spelled_quantity(value)
    return value.value if isinstance(value, EquipmentStatus) else str(value)
