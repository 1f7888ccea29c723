"""What a register row is, and whether a thing is there to be used (pure)."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from inventory.agreements.rules import Agreement, Loan, loan
from inventory.proofs.rules import ProofRecord


class EquipmentStatus(StrEnum):
    """Whether a thing can be used at all; only `in_service` counts."""

    IN_SERVICE = "in_service"
    UNDER_REPAIR = "under_repair"
    LENT_OUT = "lent_out"
    RETIRED = "retired"
    MISSING = "missing"


class Ownership(StrEnum):
    """Borrowed equipment counts while its agreement runs."""

    OWN = "own"
    BORROWED = "borrowed"


@dataclass(frozen=True, slots=True)
class Repair:
    """The work order that keeps a thing out of use, and since when it does."""

    number: int
    since_at: datetime


@dataclass(frozen=True, slots=True)
class EquipmentItem:
    """One row of an equipment register; `quantity` units of a kind under one asset number.

    `station_codes` empty means that the thing serves every station of its organisation;
    `serves_rows` names requirement rows it is meant for, whatever it is called.
    `original_value` is of the whole row in CNY; None: nobody stated one.
    `proofs` and `agreements` are all there ever were; which of them count is a matter of the day.
    `repair` is no part of the register: whoever needs it looks it up beside.
    """

    asset_number: str
    item_zh: str
    item_en: str = ""
    quantity: float = 1.0
    quantity_unit: str = ""
    model: str = ""
    serial: str = ""
    status: EquipmentStatus = EquipmentStatus.IN_SERVICE
    station_codes: tuple[str, ...] = ()
    serves_rows: tuple[str, ...] = ()
    bench_code: str | None = None
    parameters: str = ""
    owner: Ownership = Ownership.OWN
    location: str = ""
    original_value: Decimal | None = None
    proofs: tuple[ProofRecord, ...] = ()
    agreements: tuple[Agreement, ...] = ()
    repair: Repair | None = None


def loan_of(item: EquipmentItem, on: date) -> Loan | None:
    """What its agreements say of a borrowed thing on a day; None where it is the school's own."""
    return None if item.owner is Ownership.OWN else loan(item.agreements, on)


def stands_in(item: EquipmentItem, station_code: str) -> bool:
    """Whether a thing serves a station."""
    return not item.station_codes or station_code in item.station_codes
