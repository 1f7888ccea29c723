"""Writing a school's annual report: its batches and its words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlmodel import Session, col, select

from inventory.accounts.access import demand, demand_organisation
from inventory.accounts.rules import Action, Principal, Resource
from inventory.annual_reports.reading import joined_levels, read_batches
from inventory.annual_reports.rules import AnnualSection, WrongTotal, total
from inventory.annual_reports.schema import AnnualReportOut, BatchOrder, BatchOut
from inventory.annual_reports.table import AnnualText, TrainingBatch
from inventory.audit.use_cases import record
from inventory.database import Database, Row
from inventory.errors import Taken, UnknownTrainingBatch
from inventory.organisations.use_cases import organisation
from inventory.requirements.errors import RowsRefused
from inventory.requirements.tabular import PassedOver, RowProblem

RowT = TypeVar("RowT", bound=Row)
_KEY = ("batch", "certificate", "profession", "levels")


@dataclass(frozen=True, slots=True)
class BatchUpload:
    """A table of batches of one year; `is_partial` imports the good rows of a bad file."""

    name: str
    content: bytes
    organisation_code: str
    year: int
    is_partial: bool = False


@dataclass(frozen=True, slots=True)
class BatchImport:
    """What an import did, counted in rows."""

    created: int
    updated: int
    unchanged: int
    problems: tuple[RowProblem, ...]
    ignored_columns: tuple[str, ...]
    wrong_totals: tuple[WrongTotal, ...]
    passed_over: tuple[PassedOver, ...] = ()


def annual_report(
    db: Session, principal: Principal, organisation_code: str, year: int
) -> AnnualReportOut:
    """A school's year: words, batches and their sums; empty where nothing was written yet.

    Raises:
        UnknownOrganisation: there is none, or the caller may not know of it.
        NotAllowed: the caller's role sees no papers.
    """
    demand_organisation(db, principal, organisation_code, Action.READ_PAPER)
    texts = db.exec(
        select(AnnualText).where(
            AnnualText.organisation_code == organisation_code, AnnualText.year == year
        )
    ).all()
    written = {row.section: row.text for row in texts}
    batches = [shown(row) for row in _batches(db, organisation_code, year)]
    return AnnualReportOut(
        organisation_code=organisation_code,
        year=year,
        sections={one: written[one] for one in AnnualSection if one in written},
        batches=batches,
        totals=total(one.figures for one in batches),
    )


def write_sections(
    database: Database,
    principal: Principal,
    place: tuple[str, int],
    sections: Mapping[AnnualSection, str],
    *,
    now: datetime,
) -> AnnualReportOut:
    """Write some sections anew; an empty text takes one back.

    Args:
        database: where to.
        principal: who writes.
        place: code of the school and year.
        sections: the words; sections that are not named stay.
        now: when.

    Raises:
        UnknownOrganisation: there is none, or the caller may not know of it.
        NotAllowed: the caller's role does not write reports.
    """
    code, year = place
    with database.begin() as db:
        demand_organisation(db, principal, code, Action.WRITE_ANNUAL_REPORT)
        for section, words in sections.items():
            key = {"organisation_code": code, "year": year, "section": section}
            row = db.get(AnnualText, key)
            before, text = "" if row is None else row.text, words.strip()
            if text == before:
                continue
            if row is not None and not text:
                db.delete(row)
            else:
                kept = {"text": text, "changed_at": now, "changed_by": principal.username}
                db.add(_changed(row, kept) if row else AnnualText.model_validate(key | kept))
            place_id = f"{code}/{year}/{section.value}"
            _note(db, principal, (code, place_id), {"text": before}, {"text": text})
        db.flush()
        return annual_report(db, principal, code, year)


def add_batch(
    database: Database, principal: Principal, place: tuple[str, int], order: BatchOrder
) -> BatchOut:
    """Enter one batch.

    Raises:
        Taken: the year has a batch of this name, certificate, profession and levels.
        UnknownOrganisation: there is none, or the caller may not know of it.
        NotAllowed: the caller's role does not write reports.
    """
    with database.begin() as db:
        demand_organisation(db, principal, place[0], Action.WRITE_ANNUAL_REPORT)
        values = _values(order)
        _demand_free(db, place, values, None)
        return shown(_put(db, principal, place, (None, values)))


def change_batch(
    database: Database, principal: Principal, batch_id: int, order: BatchOrder
) -> BatchOut:
    """Enter a batch anew.

    Raises:
        UnknownTrainingBatch: there is none, or the caller may not know of it.
        Taken: another batch of the year has the same key.
        NotAllowed: the caller's role does not write reports.
    """
    with database.begin() as db:
        row = _batch(db, principal, batch_id)
        values, place = _values(order), (row.organisation_code, row.year)
        _demand_free(db, place, values, batch_id)
        return shown(_put(db, principal, place, (row, values)))


def remove_batch(database: Database, principal: Principal, batch_id: int) -> None:
    """Take a batch out of its year; the audit trail keeps what it was.

    Raises:
        UnknownTrainingBatch: there is none, or the caller may not know of it.
        NotAllowed: the caller's role does not write reports.
    """
    with database.begin() as db:
        row = _batch(db, principal, batch_id)
        old = row.model_dump()
        db.delete(row)
        _note(db, principal, (row.organisation_code, f"batch {batch_id}"), old, None)


def import_batches(database: Database, principal: Principal, upload: BatchUpload) -> BatchImport:
    """Add and update a year's batches in one transaction; batches not in the file stay.

    A total that the file states wrongly is told and changes nothing.

    Raises:
        UnreadableFile: the file as a whole can't be read.
        RowsRefused: rows are bad and the import is not partial.
        UnknownOrganisation: there is none, or the caller may not know of it.
        NotAllowed: the caller's role does not write reports.
    """
    place = (upload.organisation_code, upload.year)
    with database.read() as db:
        demand_organisation(db, principal, place[0], Action.WRITE_ANNUAL_REPORT)
    reading = read_batches(upload.name, upload.content)
    if reading.problems and not (upload.is_partial and reading.batches):
        raise RowsRefused(reading.problems)
    with database.begin() as db:
        demand_organisation(db, principal, place[0], Action.WRITE_ANNUAL_REPORT)
        known = {_key(row.model_dump()): row for row in _batches(db, *place)}
        done = []
        for order in reading.batches:
            values = _values(order)
            row = known.get(_key(values))
            is_same = row is not None and row.model_dump(include=set(values)) == values
            done.append("unchanged" if is_same else "updated" if row else "created")
            if not is_same:
                _put(db, principal, place, (row, values))
    return BatchImport(
        created=done.count("created"),
        updated=done.count("updated"),
        unchanged=done.count("unchanged"),
        problems=reading.problems,
        ignored_columns=reading.ignored_columns,
        wrong_totals=reading.wrong_totals,
        passed_over=reading.passed_over,
    )


def shown(row: TrainingBatch) -> BatchOut:
    """A batch for the API and for papers."""
    return BatchOut.model_validate(
        row.model_dump(include=set(BatchOut.model_fields)) | {"levels": row.levels.split(",")}
    )


def _batch(db: Session, principal: Principal, batch_id: int) -> TrainingBatch:
    unknown = UnknownTrainingBatch(str(batch_id))
    demand(principal, Action.WRITE_ANNUAL_REPORT, Resource(principal.organisation_code), unknown)
    row = db.get(TrainingBatch, batch_id)
    if row is None:
        raise unknown
    owner = organisation(db, row.organisation_code)
    resource = Resource(owner.code, owner.evaluated_by)
    demand(principal, Action.WRITE_ANNUAL_REPORT, resource, unknown)
    return row


def _batches(db: Session, code: str, year: int) -> list[TrainingBatch]:
    query = select(TrainingBatch).where(
        TrainingBatch.organisation_code == code, TrainingBatch.year == year
    )
    return list(db.exec(query.order_by(col(TrainingBatch.id))).all())


def _values(order: BatchOrder) -> dict[str, Any]:
    return order.model_dump() | {"levels": joined_levels(order)}


def _key(values: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(values[name] for name in _KEY)


def _demand_free(
    db: Session, place: tuple[str, int], values: Mapping[str, Any], own_id: int | None
) -> None:
    for row in _batches(db, *place):
        if row.id != own_id and _key(row.model_dump()) == _key(values):
            raise Taken("training batch", str(row.id))


def _put(
    db: Session,
    principal: Principal,
    place: tuple[str, int],
    change: tuple[TrainingBatch | None, dict[str, Any]],
) -> TrainingBatch:
    row, values = change
    old = None if row is None else row.model_dump(include=set(values))
    key = {"organisation_code": place[0], "year": place[1]}
    kept = _changed(row, values) if row else TrainingBatch.model_validate(values | key)
    db.add(kept)
    db.flush()
    _note(db, principal, (place[0], f"batch {kept.id}"), old, values)
    return kept


def _changed(row: RowT, values: Mapping[str, Any]) -> RowT:
    row.sqlmodel_update(dict(values))
    return row


def _note(
    db: Session,
    principal: Principal,
    place: tuple[str, str],
    old: Mapping[str, Any] | None,
    new: Mapping[str, Any] | None,
) -> None:
    action = "removed" if new is None else "created" if old is None else "changed"
    record(
        db,
        who=principal.username,
        action=action,
        entity="annual_report",
        entity_id=place[1],
        organisation_code=place[0],
        old=old,
        new=new,
    )
