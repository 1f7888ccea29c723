"""What people record of one thing: proofs, agreements, documents; and all that happened to it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypeVar

from pydantic import BaseModel
from sqlalchemy import tuple_
from sqlmodel import Session, col, select

from inventory.accounts.access import demand
from inventory.accounts.rules import Action, Decision, Principal, Resource, authorize
from inventory.agreements.schema import AgreementOrder, AgreementOut
from inventory.agreements.table import EquipmentAgreement
from inventory.audit.table import AuditEntry
from inventory.audit.use_cases import record
from inventory.database import Database
from inventory.documents.use_cases import EntityRef, attach, demand_documents, detach
from inventory.equipment.rules import Ownership
from inventory.equipment.schema import EquipmentOut, HistoryEntry
from inventory.equipment.table import Equipment
from inventory.errors import Invalid, NotAllowed, Taken, UnknownEquipment, UnknownProof
from inventory.organisations.use_cases import organisation
from inventory.proofs.schema import ProofOrder, ProofOut
from inventory.proofs.table import EquipmentProof

Key = tuple[str, str]
"""Organisation and asset number."""
Paper = TypeVar("Paper", EquipmentProof, EquipmentAgreement)
_WORDS: Mapping[type, str] = {EquipmentProof: "proof", EquipmentAgreement: "agreement"}


def thing(db: Session, principal: Principal, key: Key, action: Action) -> Equipment:
    """The register row of an organisation and asset number, if the caller may do this with it.

    Raises:
        UnknownEquipment: there is none, or the caller may not know of it.
        NotAllowed: the caller's role does not include the action.
    """
    if authorize(principal, action) is not Decision.ALLOWED:
        # the same for numbers that exist and numbers that don't
        raise NotAllowed(action.value)
    code, asset_number = key
    unknown = UnknownEquipment(f"{code}/{asset_number}")
    row = db.get(Equipment, {"organisation_code": code, "asset_number": asset_number})
    if row is None:
        raise unknown
    owner = organisation(db, code)
    demand(principal, action, Resource(owner.code, owner.evaluated_by), unknown)
    return row


def shown(db: Session, rows: Sequence[Equipment]) -> list[EquipmentOut]:
    """Register rows with all their proofs and agreements."""
    keys = [(row.organisation_code, row.asset_number) for row in rows]
    proofs, agreements = (_papers(db, table, keys) for table in _WORDS)
    return [
        EquipmentOut.model_validate(
            row,
            update={
                "proofs": [ProofOut.model_validate(one) for one in proofs.get(key, ())],
                "agreements": [AgreementOut.model_validate(one) for one in agreements.get(key, ())],
            },
        )
        for row, key in zip(rows, keys, strict=True)
    ]


def add_proof(
    database: Database, principal: Principal, order: ProofOrder, *, now: datetime
) -> ProofOut:
    """Record that something was calibrated, verified, tested or checked.

    Raises:
        UnknownEquipment: there is none, or the caller may not know of it.
        NotAllowed: the caller's role does not write the register.
        Invalid: it says no day at all, or its last one is before its first.
        Taken: the thing has this proof already.
        UnknownDocument: the organisation has no such document.
    """
    if order.done_on is None and order.valid_until is None:
        raise Invalid("done_on", "the day it was done, or the last day it holds")
    _demand_order("valid_until", order.done_on, order.valid_until)
    with database.begin() as db:
        row = _written(db, principal, order)
        known = select(EquipmentProof).where(
            EquipmentProof.organisation_code == row.organisation_code,
            EquipmentProof.asset_number == row.asset_number,
            EquipmentProof.kind == order.kind,
            EquipmentProof.done_on == order.done_on,
            EquipmentProof.valid_until == order.valid_until,
            EquipmentProof.certificate_no == order.certificate_no,
        )
        same = db.exec(known).first()
        if same is not None:
            raise Taken("proof", str(same.id))
        return ProofOut.model_validate(
            _added(db, EquipmentProof, row, order, (principal.username, now))
        )


def add_agreement(
    database: Database, principal: Principal, order: AgreementOrder, *, now: datetime
) -> AgreementOut:
    """Record under what agreement a borrowed thing is there.

    Raises:
        UnknownEquipment: there is none, or the caller may not know of it.
        NotAllowed: the caller's role does not write the register.
        Invalid: the thing is the school's own, or the last day is before the first.
        UnknownDocument: the organisation has no such document.
    """
    _demand_order("valid_to", order.valid_from, order.valid_to)
    with database.begin() as db:
        row = _written(db, principal, order)
        if row.owner is not Ownership.BORROWED:
            raise Invalid("asset_number", "a thing whose owner is `borrowed`")
        return AgreementOut.model_validate(
            _added(db, EquipmentAgreement, row, order, (principal.username, now))
        )


def withdraw(
    database: Database, principal: Principal, table: type[Paper], paper_id: int, *, now: datetime
) -> None:
    """Take back what was recorded by mistake; the audit trail keeps what it said.

    Raises:
        UnknownProof: there is none, or the caller may not know of it.
        NotAllowed: the caller's role does not write the register.
    """
    if authorize(principal, Action.WRITE_REGISTER) is not Decision.ALLOWED:
        raise NotAllowed(Action.WRITE_REGISTER.value)
    with database.begin() as db:
        row = db.get(table, paper_id)
        if row is None:
            raise UnknownProof(str(paper_id))
        owner = organisation(db, row.organisation_code)
        resource = Resource(owner.code, owner.evaluated_by)
        demand(principal, Action.WRITE_REGISTER, resource, UnknownProof(str(paper_id)))
        _tell(db, row, f"{_WORDS[table]}_withdrawn", (principal.username, now))
        db.delete(row)


def attach_document(
    database: Database,
    principal: Principal,
    key: Key,
    document_id: str,
    *,
    now: datetime,
) -> None:
    """Say that a document, such as a photo or a manual, belongs to a thing.

    Raises:
        UnknownEquipment: there is none, or the caller may not know of it.
        NotAllowed: the caller's role does not write the register.
        UnknownDocument: the organisation has no such document.
    """
    with database.begin() as db:
        row = thing(db, principal, key, Action.WRITE_REGISTER)
        attach(db, document_id, entity_of(row), who=principal.username, now=now)


def detach_document(
    database: Database,
    principal: Principal,
    key: Key,
    document_id: str,
    *,
    now: datetime,
) -> None:
    """Take that back; the document stays.

    Raises as `attach_document` does.
    """
    with database.begin() as db:
        row = thing(db, principal, key, Action.WRITE_REGISTER)
        detach(db, document_id, entity_of(row), who=principal.username, now=now)


def history(db: Session, principal: Principal, key: Key) -> list[HistoryEntry]:
    """All that happened to a thing, the oldest first, from the audit trail.

    Raises:
        UnknownEquipment: there is none, or the caller may not know of it.
        NotAllowed: the caller's role does not read the register.
    """
    row = thing(db, principal, key, Action.READ_REGISTER)
    query = select(AuditEntry).where(
        AuditEntry.entity == "equipment", AuditEntry.entity_id == entity_of(row).entity_id
    )
    found = db.exec(query.order_by(col(AuditEntry.id))).all()
    return [HistoryEntry.model_validate(one) for one in found]


def entity_of(row: Equipment) -> EntityRef:
    """A register row in the words of the audit trail."""
    code = row.organisation_code
    return EntityRef(code, "equipment", f"{code}/{row.asset_number}")


def _papers(
    db: Session, table: type[Any], keys: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], list[Any]]:
    found: dict[tuple[str, str], list[Any]] = {}
    if not keys:
        return found
    place = tuple_(table.organisation_code, table.asset_number)
    for row in db.exec(select(table).where(place.in_(keys)).order_by(table.id)):
        found.setdefault((row.organisation_code, row.asset_number), []).append(row)
    return found


def _demand_order(field: str, first: date | None, last: date | None) -> None:
    if first is not None and last is not None and last < first:
        raise Invalid(field, f"a day not before {first}")


def _written(db: Session, principal: Principal, order: ProofOrder | AgreementOrder) -> Equipment:
    code = order.organisation or principal.organisation_code
    row = thing(db, principal, (code, order.asset_number), Action.WRITE_REGISTER)
    demand_documents(db, code, [order.document_id] if order.document_id else [])
    return row


def _added(
    db: Session, table: type[Paper], row: Equipment, order: BaseModel, by: tuple[str, datetime]
) -> Paper:
    who, now = by
    facts = order.model_dump(exclude={"organisation"}) | {
        "organisation_code": row.organisation_code,
        "recorded_by": who,
        "recorded_at": now,
    }
    made = table.model_validate(facts)
    db.add(made)
    db.flush()
    _tell(db, made, f"{_WORDS[table]}_added", by)
    return made


def _tell(
    db: Session, paper: EquipmentProof | EquipmentAgreement, action: str, by: tuple[str, datetime]
) -> None:
    who, now = by
    word = _WORDS[type(paper)]
    left_out = {"organisation_code", "asset_number", "recorded_by", "recorded_at"}
    facts = {word: paper.model_dump(exclude=left_out)}
    is_gone = action.endswith("withdrawn")
    record(
        db,
        who=who,
        action=action,
        entity="equipment",
        entity_id=f"{paper.organisation_code}/{paper.asset_number}",
        organisation_code=paper.organisation_code,
        old=facts if is_gone else None,
        new=None if is_gone else facts,
        at=now,
    )
