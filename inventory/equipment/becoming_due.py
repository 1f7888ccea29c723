"""When papers of things end, for the due calendar."""

from collections.abc import Collection, Iterator
from datetime import date

from sqlmodel import Session

from inventory.agreements.rules import AgreementState, covered_until, loan
from inventory.due_entries import DueEntry, DueKind
from inventory.equipment.duties import NO_INTERVALS, Intervals, intervals_of
from inventory.equipment.rules import EquipmentItem, EquipmentStatus, Ownership
from inventory.equipment.use_cases import items_of
from inventory.proofs.rules import ProofKind, ProofState, proof
from inventory.requirements.errors import UnknownList
from inventory.requirements.use_cases import applicable_list, requirements_of

_GONE = frozenset({EquipmentStatus.RETIRED, EquipmentStatus.MISSING})
"""Nobody calibrates what is not there."""


def due_entries(db: Session, organisations: Collection[str], on: date) -> Iterator[DueEntry]:
    """Proofs and agreements of everything that is there, as of a day.

    Where a record states no end it is the one of the list that applies.
    """
    for code in sorted(organisations):
        intervals = _intervals(db, code, on)
        for item in items_of(db, code):
            if item.status not in _GONE:
                yield from _proofs(code, item, intervals, on)
                yield from _agreement(code, item, on)


def _intervals(db: Session, code: str, on: date) -> Intervals:
    try:
        applied = applicable_list(db, on, code)
    except UnknownList:
        return NO_INTERVALS
    return intervals_of(requirements_of(db, applied.version))


def _proofs(code: str, item: EquipmentItem, intervals: Intervals, on: date) -> Iterator[DueEntry]:
    for kind in ProofKind:
        found = proof(item.proofs, kind, on, intervals.of(item, kind))
        if found.record is None:
            continue
        # what failed has been due since that day
        day = found.done_on if found.state is ProofState.FAILED else found.until
        yield _entry(code, item, DueKind(kind.value), day, found.record.certificate_no)


def _agreement(code: str, item: EquipmentItem, on: date) -> Iterator[DueEntry]:
    if item.owner is Ownership.OWN:
        return
    found = loan(item.agreements, on)
    until = covered_until(item.agreements, on)
    if until is None and found.state is AgreementState.NOT_BEGUN and found.agreement is not None:
        until = covered_until(item.agreements, found.agreement.valid_from or on)
    if until is None and found.agreement is not None:
        until = found.agreement.valid_to
    partner = found.agreement.partner if found.agreement is not None else ""
    yield _entry(code, item, DueKind.AGREEMENT, until, partner)


def _entry(
    code: str, item: EquipmentItem, kind: DueKind, due_on: date | None, detail: str
) -> DueEntry:
    return DueEntry(
        kind,
        code,
        "equipment",
        f"{code}/{item.asset_number}",
        item.item_zh,
        item.item_en or item.item_zh,
        due_on,
        item.station_codes,
        detail,
    )
