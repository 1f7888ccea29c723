"""Ending a stocktake: the signed record, frozen with its hash, or no record at all."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from inventory.accounts.rules import Action, Principal
from inventory.audit.use_cases import record
from inventory.database import Database
from inventory.errors import StepNotPossible
from inventory.reviews.snapshots import canonical, hash_of
from inventory.stocktakes.errors import ScansUnsent, UnknownRecord
from inventory.stocktakes.finding import counts, page_of, scans_of, stocktake, tally_of
from inventory.stocktakes.rules import PieceResult, StocktakeState, Tally, proposals
from inventory.stocktakes.schema import EndOrder, RecordOut, StocktakePage
from inventory.stocktakes.table import (
    Stocktake,
    StocktakeDevice,
    StocktakeProposal,
    StocktakeRecord,
)

FORM = 1
"""Version of the record's form; readers of old texts go by it."""


def sign(
    database: Database,
    principal: Principal,
    stocktake_id: int,
    order: EndOrder,
    *,
    now: datetime,
) -> StocktakePage:
    """Close the stocktake: its record is frozen and what it means for the register is proposed.

    Raises:
        UnknownStocktake: there is none, or the caller may not know of it.
        NotAllowed: the caller's role does not sign.
        StepNotPossible: it is over.
        ScansUnsent: a phone said that it holds scans, and the order is not to do without them.
    """
    with database.begin() as db:
        row = _open(db, principal, stocktake_id, "sign")
        holding = _holding(db, row)
        unsent = sum(device.unsent for device in holding)
        if holding and not order.despite_unsent:
            people = sorted({device.who for device in holding})
            raise ScansUnsent(unsent, [device.device_id for device in holding], people)
        found = tally_of(db, row, is_closed=True)
        _end(row, StocktakeState.SIGNED, principal, order, now)
        text = canonical(_content(db, row, found, unsent))
        row.sha256 = hash_of(text)
        db.add(row)
        db.flush()
        db.add(StocktakeRecord(stocktake_id=row.id or 0, sha256=row.sha256, text=text))
        names = {one.piece.asset_number: one.piece.item_zh for one in found.rows}
        for one in proposals(found):
            facts = asdict(one) | {"item_zh": names[one.asset_number]}
            db.add(StocktakeProposal(stocktake_id=row.id or 0, **facts))
        db.flush()
        told = _figures(found) | {"sha256": row.sha256, "unsent": unsent}
        _note(db, row, "signed", told)
        return page_of(db, principal, row, found)


def cancel(
    database: Database,
    principal: Principal,
    stocktake_id: int,
    order: EndOrder,
    *,
    now: datetime,
) -> StocktakePage:
    """Give a stocktake up; its scans stay, nothing is proposed.

    Raises:
        UnknownStocktake: there is none, or the caller may not know of it.
        NotAllowed: the caller's role does not cancel stocktakes.
        StepNotPossible: it is over.
    """
    with database.begin() as db:
        row = _open(db, principal, stocktake_id, "cancel")
        _end(row, StocktakeState.CANCELLED, principal, order, now)
        db.add(row)
        db.flush()
        _note(db, row, "cancelled", {"note": order.note})
        return page_of(db, principal, row)


def record_of(db: Session, principal: Principal, stocktake_id: int) -> RecordOut:
    """The signed record as it was frozen.

    Raises:
        UnknownStocktake: there is none, or the caller may not know of it.
        UnknownRecord: it is not signed.
        NotAllowed: the caller's role reads none.
    """
    row = stocktake(db, principal, stocktake_id, Action.READ_STOCKTAKE)
    kept = db.get(StocktakeRecord, row.id)
    if kept is None:
        raise UnknownRecord(str(stocktake_id))
    is_intact = hash_of(kept.text) == kept.sha256 == row.sha256
    return RecordOut(sha256=kept.sha256, is_intact=is_intact, text=kept.text)


def _open(db: Session, principal: Principal, stocktake_id: int, step: str) -> Stocktake:
    row = stocktake(db, principal, stocktake_id, Action.MANAGE_STOCKTAKE)
    if row.state is not StocktakeState.OPEN:
        raise StepNotPossible(step, row.state, [])
    return row


def _holding(db: Session, row: Stocktake) -> list[StocktakeDevice]:
    query = select(StocktakeDevice).where(
        StocktakeDevice.stocktake_id == row.id, col(StocktakeDevice.unsent) > 0
    )
    return list(db.exec(query.order_by(col(StocktakeDevice.device_id))).all())


def _end(
    row: Stocktake, state: StocktakeState, principal: Principal, order: EndOrder, now: datetime
) -> None:
    row.state, row.note = state, order.note
    row.ended_at, row.ended_by = now, principal.username


def _content(db: Session, row: Stocktake, found: Tally, unsent: int) -> dict[str, Any]:
    scans = scans_of(db, row)
    return {
        "form": FORM,
        "stocktake": row.model_dump(exclude={"sha256"}),
        "figures": _figures(found),
        "scans": sum(counts(one) for one in scans),
        "withdrawn": sum(one.withdrawn_at is not None for one in scans),
        "unsent": unsent,
        "rows": [asdict(one) for one in found.rows],
        "unknown": [asdict(one) for one in found.unknown],
    }


def _figures(found: Tally) -> dict[str, int]:
    return {result.value: found.count_of(result) for result in PieceResult}


def _note(db: Session, row: Stocktake, action: str, new: Mapping[str, object]) -> None:
    record(
        db,
        who=row.ended_by or "",
        action=action,
        entity="stocktake",
        entity_id=str(row.id),
        organisation_code=row.organisation_code,
        old={"state": StocktakeState.OPEN},
        new={"state": row.state, **new},
        at=row.ended_at,
    )
