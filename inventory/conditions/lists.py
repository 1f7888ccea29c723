"""Importing versions of lists of conditions, and finding the one that applies."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from importlib.resources import files

from sqlmodel import Session, col, select

from inventory.audit.use_cases import record
from inventory.conditions.reading import ConditionReading, read_condition, read_conditions
from inventory.conditions.rules import Check, Condition
from inventory.conditions.table import ConditionList, ConditionRow
from inventory.database import Database
from inventory.errors import Invalid, Taken
from inventory.organisations.use_cases import organisation
from inventory.requirements.applying import first_applying
from inventory.requirements.errors import ListVersionTaken, RowsRefused, UnknownList
from inventory.requirements.publishing import publishers_for
from inventory.requirements.rules import DEFAULT_BINDING, Authority
from inventory.requirements.tabular import PassedOver, RowProblem, SourceRow
from inventory.requirements.use_cases import MAX_TITLE, MAX_VERSION

BUNDLED_NAME = "conditions_draft.csv"
BUNDLED_TITLE = "DRAFT-0.1 (not the official list)"
ENTITY = "condition_list"


@dataclass(frozen=True, slots=True)
class ConditionUpload:
    """A file to import and how; fields as of `requirements.use_cases.ListUpload`."""

    name: str
    content: bytes
    version: str | None = None
    title: str = ""
    is_partial: bool = False
    is_official: bool = False
    binding: frozenset[Authority] = DEFAULT_BINDING
    valid_from: date | None = None
    valid_to: date | None = None
    organisation_code: str | None = None


@dataclass(frozen=True, slots=True)
class ConditionImport:
    """What an import did; `computed` rows are worked out, the others wait for people's word."""

    version: str
    row_count: int
    computed: int
    was_known: bool
    problems: tuple[RowProblem, ...]
    ignored_columns: tuple[str, ...]
    passed_over: tuple[PassedOver, ...] = ()


def bundled_conditions() -> ConditionUpload:
    """The draft that ships with the product: a stand-in, never the official list."""
    content = files("inventory").joinpath("data", BUNDLED_NAME).read_bytes()
    version = BUNDLED_TITLE.partition("(")[0].strip()
    return ConditionUpload(BUNDLED_NAME, content, version, BUNDLED_TITLE)


def import_conditions(
    database: Database, upload: ConditionUpload, *, who: str, now: datetime
) -> ConditionImport:
    """Store a version, all of it or nothing; the same content again changes nothing.

    Raises:
        UnreadableFile: the file as a whole can't be read.
        RowsRefused: rows are bad and the import is not partial.
        ListVersionTaken: the version is known with other content.
        Taken: another organisation published a list of this version.
        Invalid: no version or an unusable one.
    """
    reading = read_conditions(upload.name, upload.content)
    if reading.problems and not (upload.is_partial and reading.conditions):
        raise RowsRefused(reading.problems)
    row = _list_row(upload, reading, who, now)
    with database.begin() as db:
        known = db.get(ConditionList, row.version)
        if known is not None and known.organisation_code not in {None, row.organisation_code}:
            # what another publisher's list holds is not told, and it serves none of our schools
            raise Taken("list of conditions", row.version)
        if known is not None and known.sha256 != row.sha256:
            raise ListVersionTaken(row.version, known.sha256)
        if known is None:
            db.add(row)
            db.flush()
            for position, cells in enumerate(reading.cells, 1):
                facts = {"version": row.version, "position": position}
                db.add(ConditionRow.model_validate(cells, update=facts))
            record(
                db,
                who=who,
                action="imported",
                entity=ENTITY,
                entity_id=row.version,
                organisation_code=row.organisation_code,
                new=row.model_dump(),
                at=now,
            )
    return ConditionImport(
        row.version,
        row.row_count,
        sum(one.check is not Check.STATED for one in reading.conditions),
        known is not None,
        reading.problems,
        reading.ignored_columns,
        reading.passed_over,
    )


def condition_lists(db: Session, publishers: Collection[str]) -> list[ConditionList]:
    """Versions of everybody and of these publishers, the latest import first."""
    publisher = col(ConditionList.organisation_code)
    query = (
        select(ConditionList)
        .where(publisher.is_(None) | publisher.in_(publishers))
        .order_by(col(ConditionList.imported_at).desc(), col(ConditionList.version))
    )
    return list(db.exec(query).all())


def applied_list(
    db: Session, organisation_code: str, on: date, version: str | None
) -> ConditionList | None:
    """The version asked for, or the one that applies to an organisation on a day; None: none does.

    Raises:
        UnknownList: there is no such version as was asked for, or not for this organisation.
    """
    known = condition_lists(db, publishers_for(db, organisation_code))
    if version is not None:
        found = next((row for row in known if row.version == version), None)
        if found is None:
            raise UnknownList(version)
        return found
    return first_applying(known, organisation(db, organisation_code), on)


def conditions_of(db: Session, version: str) -> list[Condition]:
    """The rows of a version as the rules take them, in the list's order."""
    query = select(ConditionRow).where(ConditionRow.version == version)
    rows = db.exec(query.order_by(col(ConditionRow.position))).all()
    return [read_condition(SourceRow(row.position, row.model_dump()))[0] for row in rows]


def binding_of(row: ConditionList) -> frozenset[Authority]:
    """The authorities that bind in a version."""
    return frozenset(Authority(name) for name in row.binding_authorities.split(",") if name)


def _list_row(
    upload: ConditionUpload, reading: ConditionReading, who: str, now: datetime
) -> ConditionList:
    version = upload.version or reading.version
    if not version or len(version) > MAX_VERSION or "/" in version:
        raise Invalid("version", f"1 to {MAX_VERSION} characters without /")
    return ConditionList.model_validate(
        {
            "version": version,
            "title": (upload.title or reading.stated_version or version)[:MAX_TITLE],
            "is_official": upload.is_official,
            "binding_authorities": ",".join(one for one in Authority if one in upload.binding),
            "valid_from": upload.valid_from,
            "valid_to": upload.valid_to,
            "source_name": upload.name[-200:],
            "sha256": hashlib.sha256(upload.content).hexdigest(),
            "row_count": len(reading.conditions),
            "skipped_rows": len({problem.row for problem in reading.problems}),
            "imported_at": now,
            "imported_by": who,
            "organisation_code": upload.organisation_code,
        }
    )
