"""Giving pieces the codes of their labels, and finding the piece of a code."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, select

from inventory.accounts.rules import Action, Principal
from inventory.audit.use_cases import record
from inventory.database import Database
from inventory.equipment.rules import EquipmentItem, EquipmentStatus, stands_in
from inventory.equipment.use_cases import items_of
from inventory.errors import Invalid
from inventory.labels.rules import new_code
from inventory.labels.schema import LabelOrder
from inventory.labels.table import EquipmentLabel
from inventory.organisations.table import Organisation
from inventory.organisations.use_cases import organisation
from inventory.stations.use_cases import station


@dataclass(frozen=True, slots=True)
class Label:
    """What is printed on a label."""

    code: str
    asset_number: str
    item_zh: str
    organisation_zh: str
    location: str


def labels_of(db: Session, organisation_code: str) -> dict[str, str]:
    """Codes by asset number, of the pieces that have one."""
    query = select(EquipmentLabel).where(EquipmentLabel.organisation_code == organisation_code)
    return {row.asset_number: row.code for row in db.exec(query).all()}


def asset_of_code(db: Session, organisation_code: str, code: str) -> str | None:
    """The piece of an organisation with this code; those of others are as good as none."""
    row = db.get(EquipmentLabel, code)
    if row is None or row.organisation_code != organisation_code:
        return None
    return row.asset_number


def make_labels(
    database: Database, principal: Principal, order: LabelOrder, *, now: datetime
) -> list[Label]:
    """Labels in the order of the given asset numbers, else by place and asset number.

    A piece gets its code when its label is made for the first time and keeps it.

    Raises:
        UnknownStation: there is none, or the caller may not know of it.
        NotAllowed: the caller's role does not write the register.
        Invalid: a number names no piece of the station, or nothing is left to print.
    """
    with database.begin() as db:
        place = station(db, principal, order.station, Action.WRITE_REGISTER)
        owner = organisation(db, place.organisation_code)
        own = [item for item in items_of(db, owner.code) if stands_in(item, place.code)]
        chosen = _chosen(own, order)
        codes = labels_of(db, owner.code)
        missing = [item.asset_number for item in chosen if item.asset_number not in codes]
        for asset in dict.fromkeys(missing):
            codes[asset] = _give(db, owner.code, asset, now)
        if missing:
            record(
                db,
                who=principal.username,
                action="labelled",
                entity="equipment_label",
                entity_id=place.code,
                organisation_code=owner.code,
                new={"made": len(missing), "first": missing[0], "last": missing[-1]},
                at=now,
            )
        return [_label(item, codes[item.asset_number], owner) for item in chosen]


def _chosen(own: Sequence[EquipmentItem], order: LabelOrder) -> list[EquipmentItem]:
    if order.asset_numbers:
        by_number = {item.asset_number: item for item in own}
        strange = [one for one in order.asset_numbers if one not in by_number]
        if strange:
            raise Invalid("asset_numbers", f"pieces of the station, not {', '.join(strange[:5])}")
        return [by_number[one] for one in order.asset_numbers]
    rooms = set(order.locations)
    found = [
        item
        for item in own
        if item.status is not EquipmentStatus.RETIRED and (not rooms or item.location in rooms)
    ]
    if not found:
        raise Invalid("locations", "a place of the station where something is")
    return sorted(found, key=lambda item: (item.location, item.asset_number))


def _give(db: Session, organisation_code: str, asset_number: str, now: datetime) -> str:
    code = new_code()
    while db.get(EquipmentLabel, code) is not None:
        code = new_code()
    row = EquipmentLabel(
        code=code, organisation_code=organisation_code, asset_number=asset_number, made_at=now
    )
    db.add(row)
    db.flush()
    return code


def _label(item: EquipmentItem, code: str, owner: Organisation) -> Label:
    return Label(code, item.asset_number, item.item_zh, owner.name_zh, item.location)
