"""How proofs and agreements of register rows reach their tables and come back."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TypeVar

from sqlmodel import Session, col, select

from inventory.agreements.rules import Agreement
from inventory.agreements.table import EquipmentAgreement
from inventory.equipment.rules import EquipmentItem
from inventory.proofs.rules import ProofRecord
from inventory.proofs.table import EquipmentProof

Dated = TypeVar("Dated", ProofRecord, Agreement)
DatedRow = EquipmentProof | EquipmentAgreement
_TABLES: Mapping[type, type[DatedRow]] = {
    ProofRecord: EquipmentProof,
    Agreement: EquipmentAgreement,
}


@dataclass(frozen=True, slots=True)
class Recorded:
    """By whom and when something was told."""

    who: str
    at: datetime


def keep_dated(
    db: Session,
    organisation_code: str,
    items: tuple[EquipmentItem | None, EquipmentItem],
    by: Recorded,
) -> None:
    """Write what a thing's proofs and agreements became, those that were there in their places."""
    before, after = items
    key = {"organisation_code": organisation_code, "asset_number": after.asset_number}
    proofs, agreements = ((), ()) if before is None else (before.proofs, before.agreements)
    if after.proofs != proofs:
        _keep(db, ProofRecord, key, (proofs, after.proofs), by)
    if after.agreements != agreements:
        _keep(db, Agreement, key, (agreements, after.agreements), by)


def _keep(
    db: Session,
    kind: type[Dated],
    key: Mapping[str, str],
    papers: tuple[Sequence[Dated], Sequence[Dated]],
    by: Recorded,
) -> None:
    known, wanted = papers
    table = _TABLES[kind]
    if known:
        query = select(table).where(
            table.organisation_code == key["organisation_code"],
            table.asset_number == key["asset_number"],
        )
        rows = db.exec(query.order_by(col(table.id))).all()
        for row, one in zip(rows, wanted, strict=False):
            row.sqlmodel_update(asdict(one))
            db.add(row)
    for one in wanted[len(known) :]:
        facts = asdict(one) | dict(key) | {"recorded_by": by.who, "recorded_at": by.at}
        db.add(table.model_validate(facts))
    db.flush()
