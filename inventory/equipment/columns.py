"""How a register's flat columns hold proofs and agreements: the latest of each kind."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date

from inventory.agreements.rules import Agreement
from inventory.agreements.rules import latest as latest_agreement
from inventory.equipment.rules import EquipmentItem, Ownership
from inventory.equipment.template import REGISTER_COLUMNS
from inventory.proofs.rules import ProofKind, ProofRecord, latest
from inventory.requirements.cells import RowReader, Unexpected, day, text

DATED: Mapping[ProofKind, tuple[str, str]] = {
    ProofKind.CALIBRATION: ("calibration_done_on", "calibration_valid_until"),
    ProofKind.VERIFICATION: ("verification_done_on", "verification_valid_until"),
    ProofKind.SAFETY_TEST: ("safety_test_done_on", "safety_test_valid_until"),
    ProofKind.FUNCTIONAL_CHECK: ("functional_check_on", ""),
}
"""Columns of the day and the last day, by kind; the certificate number is the first kind's."""


def read_proofs(reader: RowReader) -> tuple[ProofRecord, ...]:
    """The proofs a register row tells of; contradictions are noted with the reader."""
    number = reader.read("certificate_no", text(200))
    found = []
    for kind, (done_column, until_column) in DATED.items():
        done_on = reader.read(done_column, day)
        until = reader.read(until_column, day) if until_column else None
        if done_on is not None and until is not None and until < done_on:
            reader.refuse(
                until_column, Unexpected(f"不早于 {done_on}", f"a day not before {done_on}")
            )
        if done_on is not None or until is not None:
            found.append(ProofRecord(kind, done_on, until))
    if number:
        first = found[0] if found else ProofRecord(ProofKind.CALIBRATION)
        found[:1] = [replace(first, certificate_no=number)]
    return tuple(found)


def read_agreements(reader: RowReader, owner: Ownership) -> tuple[Agreement, ...]:
    """The agreement a register row tells of; a borrowed thing needs its last day."""
    partner = reader.read("lender", text(200))
    valid_from, valid_to = reader.read("borrowed_from", day), reader.read("borrowed_until", day)
    if owner is Ownership.BORROWED and valid_to is None:
        reader.refuse(
            "borrowed_until",
            Unexpected("借入设备的借用截止日期", "the last day of the loan of a borrowed thing"),
        )
    if valid_from is not None and valid_to is not None and valid_to < valid_from:
        reader.refuse(
            "borrowed_until", Unexpected(f"不早于 {valid_from}", f"a day not before {valid_from}")
        )
    return (Agreement(partner, valid_from, valid_to),) if valid_to is not None else ()


def register_rows(items: Sequence[EquipmentItem]) -> list[list[str]]:
    """A register as rows of a file, header first; it reads back as it was written."""
    names = [column.name for column in REGISTER_COLUMNS]
    return [names, *([cells.get(name, "") for name in names] for cells in map(cells_of, items))]


def cells_of(item: EquipmentItem) -> dict[str, str]:
    """The cells of a thing by column; of proofs and agreements the latest."""
    plain = {name: cell(value) for name, value in asdict(item).items()}
    return plain | dict(_proof_cells(item)) | dict(_agreement_cells(item))


def _proof_cells(item: EquipmentItem) -> Iterator[tuple[str, str]]:
    shown = [record for kind in ProofKind if (record := latest(item.proofs, kind)) is not None]
    for record in shown:
        done_column, until_column = DATED[record.kind]
        yield done_column, cell(record.done_on)
        if until_column:
            yield until_column, cell(record.valid_until)
    yield "certificate_no", shown[0].certificate_no if shown else ""


def _agreement_cells(item: EquipmentItem) -> Iterator[tuple[str, str]]:
    shown = latest_agreement(item.agreements)
    if shown is not None:
        yield "lender", shown.partner
        yield "borrowed_from", cell(shown.valid_from)
        yield "borrowed_until", cell(shown.valid_to)


def cell(value: object) -> str:
    """A value as a file has it; nothing is an empty cell."""
    match value:
        case None:
            return ""
        case tuple():
            return ";".join(str(part) for part in value)
        case float():
            return f"{value:g}"
        case date():
            return value.isoformat()
        case _:
            return str(value)
