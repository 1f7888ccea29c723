"""Routes of what is recorded of one thing: proofs, agreements, documents, its history."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Response, status
from pydantic import BaseModel, ConfigDict

from inventory.accounts.policies import Now, TheDatabase, require
from inventory.accounts.rules import Action, Principal
from inventory.agreements.schema import AgreementOrder, AgreementOut
from inventory.agreements.table import EquipmentAgreement
from inventory.documents.schema import DocumentId
from inventory.equipment.proving import (
    add_agreement,
    add_proof,
    attach_document,
    detach_document,
    history,
    shown,
    thing,
    withdraw,
)
from inventory.equipment.schema import EquipmentOut, HistoryEntry
from inventory.organisations.schema import Code
from inventory.proofs.schema import AssetNumber, ProofOrder, ProofOut
from inventory.proofs.table import EquipmentProof

router = APIRouter(tags=["equipment"])
Reader = Annotated[Principal, Depends(require(Action.READ_REGISTER))]
Writer = Annotated[Principal, Depends(require(Action.WRITE_REGISTER))]
PaperId = Annotated[int, Path(ge=1, le=2**31 - 1)]


class DocumentLink(BaseModel):
    """A document of an organisation and one of its things; by default of the caller's own."""

    model_config = ConfigDict(extra="forbid")

    asset_number: AssetNumber
    document_id: DocumentId
    organisation: Code | None = None


class Asked:
    """Which thing is asked for; asset numbers have characters that no path may have."""

    def __init__(
        self,
        asset_number: Annotated[str, Query(max_length=64)],
        organisation: Annotated[str | None, Query(max_length=32)] = None,
    ) -> None:
        self._asset_number = asset_number
        self._organisation = organisation

    def key(self, caller: Principal) -> tuple[str, str]:
        """Organisation and asset number."""
        return self._organisation or caller.organisation_code, self._asset_number


Wanted = Annotated[Asked, Depends()]


@router.get("/equipment/item")
def show_equipment(database: TheDatabase, caller: Reader, asked: Wanted) -> EquipmentOut:
    """One thing with every proof and agreement there ever was."""
    with database.read() as db:
        row = thing(db, caller, asked.key(caller), Action.READ_REGISTER)
        return shown(db, [row])[0]


@router.get("/equipment/history")
def show_history(database: TheDatabase, caller: Reader, asked: Wanted) -> list[HistoryEntry]:
    """All that happened to one thing, the oldest first: status, place, owner, papers."""
    with database.read() as db:
        return history(db, caller, asked.key(caller))


@router.post("/equipment/proofs", status_code=status.HTTP_201_CREATED)
def record_proof(order: ProofOrder, database: TheDatabase, caller: Writer, now: Now) -> ProofOut:
    """Record a calibration, verification, safety test or functional check, also a failed one."""
    return add_proof(database, caller, order, now=now)


@router.delete("/equipment/proofs/{proof_id}", status_code=status.HTTP_204_NO_CONTENT)
def withdraw_proof(proof_id: PaperId, database: TheDatabase, caller: Writer, now: Now) -> Response:
    """Take back a proof that was recorded by mistake; the audit trail keeps it."""
    withdraw(database, caller, EquipmentProof, proof_id, now=now)
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@router.post("/equipment/agreements", status_code=status.HTTP_201_CREATED)
def record_agreement(
    order: AgreementOrder, database: TheDatabase, caller: Writer, now: Now
) -> AgreementOut:
    """Record under what agreement a borrowed thing is there."""
    return add_agreement(database, caller, order, now=now)


@router.delete("/equipment/agreements/{agreement_id}", status_code=status.HTTP_204_NO_CONTENT)
def withdraw_agreement(
    agreement_id: PaperId, database: TheDatabase, caller: Writer, now: Now
) -> Response:
    """Take back an agreement that was recorded by mistake; the audit trail keeps it."""
    withdraw(database, caller, EquipmentAgreement, agreement_id, now=now)
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@router.post("/equipment/documents", status_code=status.HTTP_204_NO_CONTENT)
def link_document(link: DocumentLink, database: TheDatabase, caller: Writer, now: Now) -> Response:
    """Say that a document belongs to a thing."""
    key = (link.organisation or caller.organisation_code, link.asset_number)
    attach_document(database, caller, key, link.document_id, now=now)
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@router.delete("/equipment/documents", status_code=status.HTTP_204_NO_CONTENT)
def unlink_document(
    database: TheDatabase,
    caller: Writer,
    now: Now,
    asked: Wanted,
    document_id: Annotated[str, Query(max_length=64)],
) -> Response:
    """Take that back; the document stays."""
    detach_document(database, caller, asked.key(caller), document_id, now=now)
    return Response(status_code=status.HTTP_204_NO_CONTENT)
