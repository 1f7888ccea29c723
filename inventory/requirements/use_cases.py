"""Importing list versions, finding the one that applies, and setting what binds."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from importlib.resources import files
from typing import Any

from sqlalchemy import func
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, select

from inventory.audit.use_cases import record
from inventory.database import Database
from inventory.errors import Invalid, Taken
from inventory.organisations.use_cases import organisation
from inventory.requirements.applying import first_applying
from inventory.requirements.errors import ListVersionTaken, RowsRefused, UnknownList
from inventory.requirements.mapping import ListMapping
from inventory.requirements.mapping_memory import digest_of, remember
from inventory.requirements.publishing import publishers_for
from inventory.requirements.reading import ListReading, read_list, read_requirement
from inventory.requirements.rules import (
    DEFAULT_BINDING,
    Authority,
    DecidedSubstitute,
    ListSettings,
    Requirement,
)
from inventory.requirements.schema import RequirementCells
from inventory.requirements.settling import as_rules, decisions_of, settled_text
from inventory.requirements.table import RequirementList, RequirementRow
from inventory.requirements.tabular import PassedOver, RowProblem, SourceRow

BUNDLED_NAME = "requirements_draft.csv"
MAX_VERSION = 64
MAX_TITLE = 200
_NOT_OFFICIAL = "not the official"


@dataclass(frozen=True, slots=True)
class ListUpload:
    """A file to import and how.

    `version` None takes the file's own; `is_partial` imports the good rows of a bad file.
    `organisation_code` is who publishes it; None is everybody's, as the bundled draft.
    """

    name: str
    content: bytes
    version: str | None = None
    is_partial: bool = False
    is_official: bool = False
    binding: frozenset[Authority] = DEFAULT_BINDING
    has_level_inheritance: bool = False
    valid_from: date | None = None
    valid_to: date | None = None
    organisation_code: str | None = None
    mapping: ListMapping | None = None


@dataclass(frozen=True, slots=True)
class ListImport:
    """What an import did; `was_known` when the same content was there already.

    `ignored_columns` mean nothing to us and are kept beside the rows; `passed_over` are no rows.
    """

    version: str
    row_count: int
    was_known: bool
    problems: tuple[RowProblem, ...]
    ignored_columns: tuple[str, ...]
    passed_over: tuple[PassedOver, ...] = ()


def bundled_draft() -> ListUpload:
    """The draft list that ships with the product: a stand-in, never the official list."""
    content = files("inventory").joinpath("data", BUNDLED_NAME).read_bytes()
    return ListUpload(BUNDLED_NAME, content)


def import_list(database: Database, upload: ListUpload, *, who: str, now: datetime) -> ListImport:
    """Store a list version, all of it or nothing; the same content again changes nothing.

    Raises:
        UnreadableFile: the file as a whole can't be read.
        RowsRefused: rows are bad and the import is not partial.
        ListVersionTaken: the version is known with other content.
        Taken: another organisation published a list of this version.
        Invalid: no version, an unusable one, or a draft that is called official.
    """
    reading = read_list(upload.name, upload.content, upload.mapping)
    if reading.problems and not (upload.is_partial and reading.requirements):
        raise RowsRefused(reading.problems)
    row = _list_row(upload, reading, who, now)
    with database.begin() as db:
        known = db.get(RequirementList, row.version)
        if known is not None and known.organisation_code not in {None, row.organisation_code}:
            # what another publisher's list holds is not told, and it serves none of our schools
            raise Taken("requirement list", row.version)
        if known is not None and known.sha256 != row.sha256:
            raise ListVersionTaken(row.version, known.sha256)
        if known is None:
            db.add(row)
            db.flush()
            _add_rows(db, row, reading)
            if upload.mapping is not None:
                remember(db, upload.mapping, row.organisation_code, who=who, now=now)
            record(
                db,
                who=who,
                action="imported",
                entity="requirement_list",
                entity_id=row.version,
                new=row.model_dump(),
            )
    return ListImport(
        row.version,
        row.row_count,
        known is not None,
        reading.problems,
        reading.ignored_columns,
        reading.passed_over,
    )


def set_binding(
    database: Database,
    version: str,
    *,
    binding: frozenset[Authority],
    has_level_inheritance: bool | None,
    who: str,
) -> None:
    """Say which authorities bind and whether levels inherit (None: as before), for one version.

    Raises:
        UnknownList: there is no such version.
    """
    with database.begin() as db:
        row = requirement_list(db, version)
        old = {"binding": row.binding_authorities, "level_inheritance": row.level_inheritance}
        row.binding_authorities = _joined(binding)
        if has_level_inheritance is not None:
            row.level_inheritance = has_level_inheritance
        new = {"binding": row.binding_authorities, "level_inheritance": row.level_inheritance}
        db.add(row)
        record(
            db,
            who=who,
            action="changed",
            entity="requirement_list",
            entity_id=version,
            old=old,
            new=new,
        )


def lists(db: Session, publishers: Collection[str] | None = None) -> list[RequirementList]:
    """Versions, the latest import first: everybody's and those of these publishers; None: all."""
    query = select(RequirementList).order_by(
        col(RequirementList.imported_at).desc(), col(RequirementList.version)
    )
    if publishers is not None:
        publisher = col(RequirementList.organisation_code)
        query = query.where(publisher.is_(None) | publisher.in_(publishers))
    return list(db.exec(query).all())


def requirement_list(
    db: Session, version: str, publishers: Collection[str] | None = None
) -> RequirementList:
    """One version, if everybody's or published by one of these; None: by anybody.

    Raises:
        UnknownList: there is none.
    """
    found = db.get(RequirementList, version)
    if found is None:
        raise UnknownList(version)
    if publishers is not None and found.organisation_code not in {None, *publishers}:
        raise UnknownList(version)
    return found


def applicable_list(db: Session, on: date, organisation_code: str) -> RequirementList:
    """The version that applies to an organisation on a day, of equals the latest import.

    Raises:
        UnknownList: none is valid on the day.
    """
    known = lists(db, publishers_for(db, organisation_code))
    found = first_applying(known, organisation(db, organisation_code), on)
    if found is None:
        raise UnknownList(f"valid on {on}")
    return found


def settings_of(row: RequirementList) -> ListSettings:
    """The settings of a stored version as the rules take them."""
    names = row.binding_authorities.split(",")
    return ListSettings(
        version=row.version,
        title=row.title,
        is_official=row.is_official,
        binding=frozenset(Authority(name) for name in names if name),
        has_level_inheritance=row.level_inheritance,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
    )


def requirements_of(db: Session, version: str) -> tuple[Requirement, ...]:
    """The rows of a version as the rules take them, in the list's order."""
    # as plain columns: hundreds of mapped objects would be most of what a first check costs
    cells = [getattr(RequirementRow, name) for name in RequirementCells.model_fields]
    query = (
        sql_select(col(RequirementRow.position), col(RequirementRow.settled_parameters))
        .add_columns(col(RequirementRow.decided_substitutes), *cells)
        .where(col(RequirementRow.version) == version)
        .order_by(col(RequirementRow.position))
    )
    return tuple(_requirement(row._asdict()) for row in db.execute(query))


def _requirement(row: Mapping[str, Any]) -> Requirement:
    cells = SourceRow(row["position"], row)
    requirement, _ = read_requirement(cells, row["settled_parameters"])
    decided = decided_of(row["decided_substitutes"])
    return replace(requirement, decided_substitutes=decided) if decided else requirement


def decided_of(told: Iterable[Mapping[str, Any]]) -> tuple[DecidedSubstitute, ...]:
    """What people decided of a row's substitutes, as the rules take it."""
    names = [field.name for field in fields(DecidedSubstitute)]
    return tuple(DecidedSubstitute(**{name: one[name] for name in names}) for one in told)


def requirement_rows(
    db: Session, version: str, *, offset: int, limit: int
) -> tuple[Sequence[RequirementRow], int]:
    """A page of a version's rows as imported, and how many there are."""
    of_list = RequirementRow.version == version
    query = select(RequirementRow).where(of_list).order_by(col(RequirementRow.position))
    total = db.exec(select(func.count()).select_from(RequirementRow).where(of_list)).one()
    return db.exec(query.offset(offset).limit(limit)).all(), total


def draft_settings(reading: ListReading) -> ListSettings:
    """Settings of a list that is only read, not stored."""
    return ListSettings(version=reading.version or "-", title=reading.stated_version)


def _list_row(upload: ListUpload, reading: ListReading, who: str, now: datetime) -> RequirementList:
    version = upload.version or reading.version
    if not version or len(version) > MAX_VERSION or "/" in version:
        raise Invalid("version", f"1 to {MAX_VERSION} characters without /")
    if upload.is_official and _NOT_OFFICIAL in reading.stated_version:
        raise Invalid("is_official", "a list that does not call itself a draft")
    return RequirementList.model_validate(
        {
            "version": version,
            "title": (reading.stated_version or version)[:MAX_TITLE],
            "is_official": upload.is_official,
            "binding_authorities": _joined(upload.binding),
            "level_inheritance": upload.has_level_inheritance,
            "valid_from": upload.valid_from,
            "valid_to": upload.valid_to,
            "source_name": upload.name[-200:],
            "sha256": digest_of(upload.content, upload.mapping),
            "row_count": len(reading.requirements),
            "skipped_rows": len({problem.row for problem in reading.problems}),
            "imported_at": now,
            "imported_by": who,
            "organisation_code": upload.organisation_code,
        }
    )


def _add_rows(db: Session, of: RequirementList, reading: ListReading) -> None:
    """Add the rows; what people decided of equal texts before holds for them."""
    decisions = as_rules(decisions_of(db, of.organisation_code))
    for position, (row, extra) in enumerate(zip(reading.cells, reading.extras, strict=True), 1):
        facts = {
            "version": of.version,
            "position": position,
            "settled_parameters": settled_text(row.technical_parameters, row.item_zh, decisions),
            "extra_cells": dict(extra),
        }
        db.add(RequirementRow.model_validate(row, update=facts))


def _joined(binding: frozenset[Authority]) -> str:
    return ",".join(one.value for one in Authority if one in binding)
