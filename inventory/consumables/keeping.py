"""How consumables and movements reach the tables, with their audit entries."""

from sqlmodel import Session

from inventory.audit.use_cases import record
from inventory.consumables.rules import shown as amount_shown
from inventory.consumables.schema import ConsumableFacts
from inventory.consumables.table import Consumable, StockMovement
from inventory.documents.use_cases import EntityRef, attach

KEPT = (*ConsumableFacts.model_fields, "minimum_milli")


def enter(db: Session, row: Consumable, moved: StockMovement, stock_milli: int) -> None:
    """Add a movement to what there was before, with its audit entry.

    Raises:
        UnknownDocument: the organisation has no such document.
    """
    db.add(moved)
    db.flush()
    entity_id = f"{row.organisation_code}/{row.code}"
    if moved.document_id:
        to = EntityRef(row.organisation_code, "consumable", entity_id)
        attach(db, moved.document_id, to, who=moved.who, now=moved.at)
    told = moved.model_dump(include={"kind", "happened_on", "expires_on", "note", "document_id"})
    record(
        db,
        who=moved.who,
        action=moved.kind.value,
        entity="consumable",
        entity_id=entity_id,
        organisation_code=row.organisation_code,
        old={"stock": amount_shown(stock_milli)},
        new={"stock": amount_shown(stock_milli + moved.milli)} | told,
        at=moved.at,
    )


def facts_of(row: Consumable) -> dict[str, object]:
    """What is said of a consumable, as it is now."""
    facts = {name: getattr(row, name) for name in KEPT}
    return {name: list(v) if isinstance(v, list) else v for name, v in facts.items()}


def keep(db: Session, row: Consumable, old: dict[str, object] | None, who: str) -> None:
    """Write a consumable as it is now, with an audit entry if it is not as it was."""
    db.add(row)
    db.flush()
    new = facts_of(row)
    changed = [name for name in new if old is None or old[name] != new[name]]
    if not changed:
        return
    record(
        db,
        who=who,
        action="created" if old is None else "updated",
        entity="consumable",
        entity_id=f"{row.organisation_code}/{row.code}",
        organisation_code=row.organisation_code,
        old=None if old is None else {name: old[name] for name in changed},
        new={name: new[name] for name in changed},
    )
