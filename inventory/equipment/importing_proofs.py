"""Importing files of proofs into the register."""

from dataclasses import asdict, replace
from datetime import UTC, datetime

from sqlmodel import Session

from inventory.audit.use_cases import record
from inventory.database import Database
from inventory.equipment.keeping import Recorded, keep_dated
from inventory.equipment.proof_file import ProofRow, read_proof_file, unknown_assets
from inventory.equipment.rules import EquipmentItem
from inventory.equipment.use_cases import RegisterImport, RegisterUpload, items_of
from inventory.organisations.use_cases import organisation
from inventory.proofs.rules import merged
from inventory.requirements.errors import RowsRefused


def import_proofs(database: Database, upload: RegisterUpload, *, who: str) -> RegisterImport:
    """Add proofs of things that are in the register, complete or correct those it has.

    What the file says of a result goes before what was known. All of it in one transaction;
    nothing is taken away.

    Raises:
        UnreadableFile: the file as a whole can't be read.
        RowsRefused: rows are bad and the import is not partial.
        UnknownOrganisation: nobody has the code.
    """
    reading = read_proof_file(upload.name, upload.content)
    by = Recorded(who, datetime.now(UTC))
    with database.begin() as db:
        organisation(db, upload.organisation_code)
        items = {item.asset_number: item for item in items_of(db, upload.organisation_code)}
        problems = sorted(
            (*reading.problems, *unknown_assets(reading.rows, items)), key=lambda one: one.row
        )
        bad_rows = {problem.row for problem in problems}
        good = [row for row in reading.rows if row.number not in bad_rows]
        if problems and not (upload.is_partial and good):
            raise RowsRefused(tuple(problems))
        done = [_put(db, upload.organisation_code, items, row, by) for row in good]
    return RegisterImport(
        created=done.count("created"),
        updated=done.count("updated"),
        unchanged=done.count(""),
        problems=tuple(problems),
        ignored_columns=reading.ignored_columns,
        passed_over=reading.passed_over,
    )


def _put(
    db: Session, code: str, items: dict[str, EquipmentItem], row: ProofRow, by: Recorded
) -> str:
    before = items[row.asset_number]
    after = merged(before.proofs, [row.record], is_result_told=True)
    if after == before.proofs:
        return ""
    items[row.asset_number] = replace(before, proofs=after)
    keep_dated(db, code, (before, items[row.asset_number]), by)
    is_new = len(after) > len(before.proofs)
    old = None if is_new else next(one for one in before.proofs if one not in after)
    new = next(one for one in after if one not in before.proofs)
    record(
        db,
        who=by.who,
        action="proof_added" if is_new else "proof_changed",
        entity="equipment",
        entity_id=f"{code}/{row.asset_number}",
        organisation_code=code,
        old=None if old is None else {"proof": asdict(old)},
        new={"proof": asdict(new)},
        at=by.at,
    )
    return "created" if is_new else "updated"
