"""Looking through the register of one organisation."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date

from sqlmodel import Session

from inventory.accounts.access import demand_organisation
from inventory.accounts.rules import Action, Principal
from inventory.due.rules import DueState, due_state
from inventory.due_entries import DueEntry
from inventory.equipment.becoming_due import due_entries
from inventory.equipment.use_cases import items_of
from inventory.register.rules import (
    Ending,
    Piece,
    Purposes,
    Sought,
    is_sought,
    purposes_of,
    sorts_of,
)
from inventory.register.schema import RegisterLine, RegisterPage, RegisterSorts
from inventory.requirements.errors import UnknownList
from inventory.requirements.use_cases import applicable_list, requirements_of

_PRESSING = {state: place for place, state in enumerate(DueState)}


def register_page(
    db: Session, principal: Principal, code: str, sought: Sought, on: date, pages: tuple[int, int]
) -> RegisterPage:
    """Pieces of an organisation that are looked for, by asset number; `pages` is offset and limit.

    What ends is seen on a day; a piece with several ends shows the most pressing one.

    Raises:
        UnknownOrganisation: there is none, or the caller may not know of it.
        NotAllowed: the caller's role does not read the register.
    """
    demand_organisation(db, principal, code, Action.READ_REGISTER)
    purposes = _purposes(db, code, on)
    endings = _endings(db, code, on)
    pieces: list[Piece] = []
    for item in items_of(db, code):
        rows = purposes.rows_of(item)
        ending = endings.get(f"{code}/{item.asset_number}")
        pieces.append(Piece(item, rows, purposes.modules_of(rows), ending))
    found = [piece for piece in pieces if is_sought(piece, sought)]
    offset, limit = pages
    end = min(offset + limit, len(found))
    return RegisterPage(
        items=[_shown(code, piece) for piece in found[offset:end]],
        total=len(found),
        next=end if offset < end < len(found) else None,
        known=len(pieces),
        sorts=RegisterSorts.model_validate(sorts_of(pieces, purposes.modules)),
    )


def _purposes(db: Session, code: str, on: date) -> Purposes:
    try:
        applied = applicable_list(db, on, code)
    except UnknownList:
        return purposes_of(())
    return purposes_of(requirements_of(db, applied.version))


def _endings(db: Session, code: str, on: date) -> Mapping[str, Ending]:
    found: dict[str, Ending] = {}
    for entry in due_entries(db, [code], on):
        one = _ending(entry, on)
        known = found.get(entry.entity_id)
        if known is None or _rank(one) < _rank(known):
            found[entry.entity_id] = one
    return found


def _ending(entry: DueEntry, on: date) -> Ending:
    return Ending(entry.kind, entry.due_on, due_state(entry.due_on, on))


def _rank(one: Ending) -> tuple[int, date]:
    return _PRESSING[one.state], one.due_on or date.max


def _shown(code: str, piece: Piece) -> RegisterLine:
    ending = piece.ending
    facts = asdict(piece.item) | {
        "organisation_code": code,
        "rows": list(piece.rows),
        "modules": list(piece.modules),
        "due_kind": ending and ending.kind,
        "due_on": ending and ending.due_on,
        "due_state": ending and ending.state,
    }
    return RegisterLine.model_validate(facts)
