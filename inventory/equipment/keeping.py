"""How proofs and agreements of register rows reach their tables and come back."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import TypeVar

from sqlalchemy import select as sql_select
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


def dated_of(
    db: Session, kind: type[Dated], organisation_code: str
) -> Mapping[str, tuple[Dated, ...]]:
    """Proofs or agreements of an organisation's things by asset number, the first told first."""
    table = _TABLES[kind]
    # as plain columns, like the register itself
    columns = [getattr(table, field.name) for field in fields(kind)]
    query = sql_select(col(table.asset_number), *columns)
    query = query.where(col(table.organisation_code) == organisation_code)
    found: defaultdict[str, list[Dated]] = defaultdict(list)
    for asset_number, *values in db.execute(query.order_by(col(table.id))):
        found[asset_number].append(kind(*values))
    return {asset_number: tuple(own) for asset_number, own in found.items()}


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
