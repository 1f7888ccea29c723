"""What a register row is, and what its certificates prove on a given day (pure)."""

import calendar
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


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


class ProofKind(StrEnum):
    """What can be proven of equipment, each with its own dates."""

    CALIBRATION = "calibration"
    VERIFICATION = "verification"
    SAFETY_TEST = "safety_test"
    FUNCTIONAL_CHECK = "functional_check"


class ProofState(StrEnum):
    """What a proof is worth on a day; `not_yet` was done after it."""

    VALID = "valid"
    EXPIRED = "expired"
    MISSING = "missing"
    NOT_YET = "not_yet"


@dataclass(frozen=True, slots=True)
class EquipmentItem:
    """One row of an equipment register; `quantity` units of a kind under one asset number.

    `station_codes` empty means that the thing serves every station of its organisation;
    `serves_rows` names requirement rows it is meant for, whatever it is called.
    Days of validity are the last ones on which a certificate holds.
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
    calibration_done_on: date | None = None
    calibration_valid_until: date | None = None
    verification_done_on: date | None = None
    verification_valid_until: date | None = None
    safety_test_done_on: date | None = None
    safety_test_valid_until: date | None = None
    functional_check_on: date | None = None
    certificate_no: str = ""
    owner: Ownership = Ownership.OWN
    borrowed_until: date | None = None
    location: str = ""


@dataclass(frozen=True, slots=True)
class Proof:
    """A proof on a day; `until` is its last day, None where nothing is known."""

    kind: ProofKind
    state: ProofState
    done_on: date | None
    until: date | None


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day where it has no such day.

    Nothing is later than the calendar's last day, which registers use for "without end".
    """
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    if year > date.max.year:
        return date.max
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def proof(item: EquipmentItem, kind: ProofKind, on: date, interval_months: int | None) -> Proof:
    """What `kind` of proof is worth on a day.

    The stated last day decides. Where none is stated it is `interval_months` after the thing was
    done; without an interval nothing is proven.
    """
    done_on, until = _dates(item, kind)
    if until is None and done_on is not None and interval_months is not None:
        until = months_after(done_on, interval_months)
    if done_on is not None and done_on > on:
        return Proof(kind, ProofState.NOT_YET, done_on, until)
    if until is None:
        return Proof(kind, ProofState.MISSING, done_on, until)
    return Proof(kind, ProofState.VALID if on <= until else ProofState.EXPIRED, done_on, until)


def has_ended(item: EquipmentItem, on: date) -> bool:
    """Whether a borrowed thing's agreement is over on a day, or states no end at all."""
    if item.owner is Ownership.OWN:
        return False
    return item.borrowed_until is None or item.borrowed_until < on


def stands_in(item: EquipmentItem, station_code: str) -> bool:
    """Whether a thing serves a station."""
    return not item.station_codes or station_code in item.station_codes


def _dates(item: EquipmentItem, kind: ProofKind) -> tuple[date | None, date | None]:
    match kind:
        case ProofKind.CALIBRATION:
            return item.calibration_done_on, item.calibration_valid_until
        case ProofKind.VERIFICATION:
            return item.verification_done_on, item.verification_valid_until
        case ProofKind.SAFETY_TEST:
            return item.safety_test_done_on, item.safety_test_valid_until
        case ProofKind.FUNCTIONAL_CHECK:
            return item.functional_check_on, None
