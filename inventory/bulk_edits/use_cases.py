"""Changing many pieces of the register at once, all of it or nothing, and taking it back."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from inventory.accounts.access import demand, demand_organisation, visible_organisations
from inventory.accounts.rules import Action, Principal, Resource
from inventory.audit.use_cases import record
from inventory.bulk_edits.errors import (
    ChangedSince,
    UndoNotPossible,
    UnknownBulkEdit,
    UnknownPieces,
)
from inventory.bulk_edits.rules import (
    UNDO_WITHIN,
    Facts,
    PieceChange,
    change_of,
    has_changed_since,
    undo_refusal,
)
from inventory.bulk_edits.schema import (
    BulkEditOrder,
    BulkEditOut,
    BulkEditPage,
    BulkPreview,
    PieceChangeOut,
    RegisterChange,
)
from inventory.bulk_edits.table import BulkEdit, BulkEditPiece
from inventory.database import Database
from inventory.equipment.rules import EquipmentStatus, Ownership
from inventory.equipment.table import Equipment
from inventory.errors import UnknownStation
from inventory.organisations.use_cases import organisation
from inventory.stations.table import Station

_AT_ONCE = 500
"""Chosen: PostgreSQL and SQLite both take so many values in one condition."""
_EDITABLE = tuple(RegisterChange.model_fields)
_TYPES: Mapping[str, Callable[[Any], Any]] = {
    "status": EquipmentStatus,
    "owner": Ownership,
    "original_value": lambda told: None if told is None else Decimal(told),
}
"""What a text of JSON is in the register; all others are there what they are in JSON."""


def preview_edit(database: Database, principal: Principal, order: BulkEditOrder) -> BulkPreview:
    """What an order would do, without doing it.

    Raises:
        UnknownOrganisation: there is none, or the caller may not know of it.
        NotAllowed: the caller's role does not write the register.
        UnknownStation: the organisation has no such station.
    """
    with database.read() as db:
        code = _writable(db, principal, order)
        rows = _rows(db, code, order.asset_numbers)
    changes = _changes(rows.values(), order.change)
    changed = {one.asset_number for one in changes}
    return BulkPreview(
        changes=[PieceChangeOut.model_validate(one) for one in changes],
        unchanged=sorted(rows.keys() - changed),
        unknown=_missing(rows, order),
    )


def apply_edit(
    database: Database, principal: Principal, order: BulkEditOrder, *, now: datetime
) -> BulkEditPage:
    """Change all pieces in one transaction; an audit entry each, which name the edit.

    Raises:
        UnknownPieces: the register lacks some; nothing was changed.
        UnknownOrganisation, NotAllowed, UnknownStation: as `preview_edit` does.
    """
    with database.begin() as db:
        code = _writable(db, principal, order)
        rows = _rows(db, code, order.asset_numbers)
        if missing := _missing(rows, order):
            raise UnknownPieces(missing)
        changes = _changes(rows.values(), order.change)
        edit = BulkEdit(
            organisation_code=code,
            at=now,
            who=principal.username,
            pieces=len(changes),
            change=order.change.wanted(),
        )
        db.add(edit)
        db.flush()
        number = edit.id or 0
        for one in changes:
            facts = {"asset_number": one.asset_number, "old": one.old, "new": one.new}
            db.add(BulkEditPiece.model_validate({"bulk_edit_id": number} | facts))
            _write(db, rows[one.asset_number], (one.old, one.new), (edit, principal.username, now))
        _tell(db, edit, principal, "made", now)
        return _page(edit, changes, now)


def undo_edit(
    database: Database, principal: Principal, number: int, *, now: datetime
) -> BulkEditPage:
    """Give every piece back what it had, if nobody changed those fields since; all or nothing.

    Raises:
        UnknownBulkEdit: there is none, or the caller may not know of it.
        NotAllowed: the caller's role does not write the register.
        UndoNotPossible: it was taken back already, or is older than `UNDO_WITHIN`.
        ChangedSince: somebody changed some of the pieces, which it names.
    """
    with database.begin() as db:
        edit = _edit(db, principal, number, Action.WRITE_REGISTER)
        if (refused := undo_refusal(edit.at, edit.undone_at, now)) is not None:
            raise UndoNotPossible(refused)
        changes = _changes_of(db, edit)
        code = edit.organisation_code
        rows = _rows(db, code, [one.asset_number for one in changes])
        facts = {asset: _facts(row) for asset, row in rows.items()}
        changed = [
            one.asset_number
            for one in changes
            if has_changed_since(one, facts.get(one.asset_number))
        ]
        if changed:
            raise ChangedSince(changed)
        edit.undone_at, edit.undone_by = now, principal.username
        db.add(edit)
        for one in changes:
            _write(db, rows[one.asset_number], (one.new, one.old), (edit, principal.username, now))
        _tell(db, edit, principal, "undone", now)
        return _page(edit, changes, now)


def bulk_edits(
    db: Session, principal: Principal, *, offset: int, limit: int
) -> tuple[list[BulkEdit], int]:
    """Edits the caller may see, the latest first, and how many in all."""
    seen = col(BulkEdit.organisation_code).in_(visible_organisations(principal))
    query = select(BulkEdit).where(seen).order_by(col(BulkEdit.id).desc())
    total = db.exec(select(func.count()).select_from(BulkEdit).where(seen)).one()
    return list(db.exec(query.offset(offset).limit(limit)).all()), total


def bulk_edit_page(db: Session, principal: Principal, number: int, now: datetime) -> BulkEditPage:
    """One edit with what became of each piece.

    Raises:
        UnknownBulkEdit: there is none, or the caller may not know of it.
        NotAllowed: the caller's role does not read the register.
    """
    edit = _edit(db, principal, number, Action.READ_REGISTER)
    return _page(edit, _changes_of(db, edit), now)


def shown(edit: BulkEdit, now: datetime) -> BulkEditOut:
    """The edit as a listing shows it."""
    is_open = undo_refusal(edit.at, edit.undone_at, now) is None
    until = edit.at + UNDO_WITHIN if is_open else None
    return BulkEditOut.model_validate(edit, update={"can_undo_until": until})


def _page(edit: BulkEdit, changes: Sequence[PieceChange], now: datetime) -> BulkEditPage:
    told = [PieceChangeOut.model_validate(one) for one in changes]
    return BulkEditPage.model_validate(shown(edit, now).model_dump() | {"changes": told})


def _writable(db: Session, principal: Principal, order: BulkEditOrder) -> str:
    code = order.organisation or principal.organisation_code
    demand_organisation(db, principal, code, Action.WRITE_REGISTER)
    wanted = order.change.station_codes or []
    own = select(Station.code).where(
        Station.organisation_code == code, col(Station.code).in_(wanted)
    )
    known = set(db.exec(own).all()) if wanted else set()
    for one in wanted:
        if one not in known:
            raise UnknownStation(one)
    return code


def _rows(db: Session, organisation_code: str, wanted: Sequence[str]) -> dict[str, Equipment]:
    """Pieces of the organisation by asset number, in that order."""
    numbers = sorted(set(wanted))
    found: dict[str, Equipment] = {}
    for start in range(0, len(numbers), _AT_ONCE):
        query = select(Equipment).where(
            Equipment.organisation_code == organisation_code,
            col(Equipment.asset_number).in_(numbers[start : start + _AT_ONCE]),
        )
        rows = db.exec(query.order_by(col(Equipment.asset_number))).all()
        found |= {row.asset_number: row for row in rows}
    return found


def _missing(rows: Mapping[str, Equipment], order: BulkEditOrder) -> list[str]:
    return sorted(set(order.asset_numbers) - rows.keys())


def _changes(rows: Iterable[Equipment], change: RegisterChange) -> list[PieceChange]:
    wanted = change.wanted()
    found = (change_of(row.asset_number, _facts(row), wanted) for row in rows)
    return [one for one in found if one is not None]


def _facts(row: Equipment) -> Facts:
    return row.model_dump(mode="json", include=set(_EDITABLE))


def _edit(db: Session, principal: Principal, number: int, action: Action) -> BulkEdit:
    edit = db.get(BulkEdit, number)
    unknown = UnknownBulkEdit(str(number))
    if edit is None:
        raise unknown
    owner = organisation(db, edit.organisation_code)
    demand(principal, action, Resource(owner.code, owner.evaluated_by), unknown)
    return edit


def _changes_of(db: Session, edit: BulkEdit) -> list[PieceChange]:
    query = select(BulkEditPiece).where(BulkEditPiece.bulk_edit_id == edit.id)
    rows = db.exec(query.order_by(col(BulkEditPiece.asset_number))).all()
    return [PieceChange(row.asset_number, row.old, row.new) for row in rows]


def _write(
    db: Session,
    row: Equipment,
    facts: tuple[Facts, Facts],
    by: tuple[BulkEdit, str, datetime],
) -> None:
    (old, new), (edit, who, now) = facts, by
    row.sqlmodel_update({name: _TYPES.get(name, _same)(value) for name, value in new.items()})
    db.add(row)
    record(
        db,
        who=who,
        action="updated",
        entity="equipment",
        entity_id=f"{edit.organisation_code}/{row.asset_number}",
        organisation_code=edit.organisation_code,
        old=old,
        new=dict(new) | {"bulk_edit": edit.id},
        at=now,
    )


def _same(value: object) -> object:
    return value


def _tell(db: Session, edit: BulkEdit, principal: Principal, action: str, now: datetime) -> None:
    record(
        db,
        who=principal.username,
        action=action,
        entity="bulk_edit",
        entity_id=str(edit.id),
        organisation_code=edit.organisation_code,
        new={"pieces": edit.pieces, "change": edit.change},
        at=now,
    )
