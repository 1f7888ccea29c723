"""Importing a school's staff register from a file, and writing it to one."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session, select

from inventory.accounts.access import demand_organisation
from inventory.accounts.rules import Action, Principal
from inventory.database import Database
from inventory.documents.table import Document
from inventory.organisations.use_cases import organisation
from inventory.requirements.errors import RowsRefused
from inventory.requirements.tabular import PassedOver, RowProblem
from inventory.staff.keeping import By, members_of, put_member
from inventory.staff.reading import PersonRow, read_staff
from inventory.staff.rules import StaffMember
from inventory.staff.writing import write_staff
from inventory.stations.use_cases import own_stations


@dataclass(frozen=True, slots=True)
class StaffUpload:
    """A staff file of one organisation; `is_partial` imports the good persons of a bad file."""

    name: str
    content: bytes
    organisation_code: str
    is_partial: bool = False


@dataclass(frozen=True, slots=True)
class StaffImport:
    """What an import did, counted in persons."""

    created: int
    updated: int
    unchanged: int
    problems: tuple[RowProblem, ...]
    ignored_columns: tuple[str, ...]
    passed_over: tuple[PassedOver, ...] = ()


def import_staff(
    database: Database, upload: StaffUpload, *, who: str, now: datetime
) -> StaffImport:
    """Add and update persons by number in one transaction; who is not in the file stays.

    Raises:
        UnreadableFile: the file as a whole can't be read.
        RowsRefused: rows are bad and the import is not partial.
        UnknownOrganisation: nobody has the code.
    """
    reading = read_staff(upload.name, upload.content)
    code = upload.organisation_code
    with database.begin() as db:
        organisation(db, code)
        own = Own(code, own_stations(db, code), _documents(db, code))
        foreign = [problem for one in reading.persons for problem in _foreign(one, own)]
        problems = tuple(sorted((*reading.problems, *foreign), key=lambda one: one.row))
        bad = {problem.row for problem in foreign}
        good = [one.member for one in reading.persons if one.number not in bad]
        if problems and not (upload.is_partial and good):
            raise RowsRefused(problems)
        before = {one.number: one for one in members_of(db, code)}
        done = [_put(db, code, before.get(one.number), one, (who, now)) for one in good]
    counts = (done.count("created"), done.count("updated"), done.count(""))
    return StaffImport(*counts, problems, reading.ignored_columns, reading.passed_over)


def export_staff(db: Session, principal: Principal, organisation_code: str, name: str) -> bytes:
    """An organisation's staff as a file of the name's kind, which `import_staff` takes back.

    Raises:
        UnknownOrganisation: there is none, or the caller may not know of it.
        NotAllowed: the caller's role sees no staff.
        UnreadableFile: the name ends in neither .csv nor .xlsx.
    """
    demand_organisation(db, principal, organisation_code, Action.READ_STAFF)
    return write_staff(name, members_of(db, organisation_code))


def _put(
    db: Session, organisation_code: str, before: StaffMember | None, read: StaffMember, by: By
) -> str:
    """Store a person as a file says; certificates it does not name stay."""
    kept = {one.key: one for one in before.certificates} if before else {}
    merged = kept | {one.key: one for one in read.certificates}
    after = replace(read, certificates=tuple(merged.values()))
    return put_member(db, organisation_code, (before, after), by)


def _documents(db: Session, organisation_code: str) -> set[str]:
    query = select(Document.id).where(Document.organisation_code == organisation_code)
    return set(db.exec(query).all())


@dataclass(frozen=True, slots=True)
class Own:
    """What an organisation's staff file may name."""

    organisation_code: str
    stations: set[str]
    documents: set[str]


def _foreign(one: PersonRow, own: Own) -> Iterator[RowProblem]:
    for code in one.member.station_codes:
        if code not in own.stations:
            known = sorted(own.stations)
            yield RowProblem(
                one.number,
                "station_codes",
                code,
                f"{own.organisation_code} 的站点代码：{'、'.join(known) or '（无）'}",
                f"a station of {own.organisation_code}: {', '.join(known) or 'none'}",
            )
    for paper in one.member.certificates:
        if paper.document_id and paper.document_id not in own.documents:
            expected = ("本校已上传附件的编号", "the id of a document the school has")
            yield RowProblem(one.number, "document_id", paper.document_id, *expected)
