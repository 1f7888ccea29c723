"""How persons reach the tables and come back as the rules take them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import date, datetime

from sqlmodel import Session, col, select

from inventory.audit.use_cases import record
from inventory.documents.use_cases import EntityRef, attach
from inventory.staff.rules import (
    Certificate,
    StaffMember,
    StaffRole,
    last_day,
    state_of,
)
from inventory.staff.schema import CertificateOut, MemberOut
from inventory.staff.table import CertificateRow, StaffRow
from inventory.stations.rules import Level

By = tuple[str, datetime]
"""User name and moment of a change."""
_FIELDS = tuple(one.name for one in fields(StaffMember) if one.name != "certificates")
_CERTIFICATE = tuple(one.name for one in fields(Certificate))


def members_of(db: Session, organisation_code: str) -> list[StaffMember]:
    """An organisation's whole staff as the rules take it, by number."""
    query = select(StaffRow).where(StaffRow.organisation_code == organisation_code)
    rows = db.exec(query.order_by(col(StaffRow.number))).all()
    papers = certificates_of(db, rows)
    return [member_of(row, papers.get(row.id or 0, ())) for row in rows]


def certificates_of(
    db: Session, rows: Sequence[StaffRow]
) -> Mapping[int, Sequence[CertificateRow]]:
    """The certificates of some persons by the person's id, in the order they were entered."""
    found: dict[int, list[CertificateRow]] = {}
    if not rows:
        return found
    query = select(CertificateRow).order_by(col(CertificateRow.id))
    if len(rows) == 1:
        query = query.where(CertificateRow.member_id == rows[0].id)
    else:
        # thousands of ids would be more variables than some databases take
        codes = {row.organisation_code for row in rows}
        query = query.join(StaffRow).where(col(StaffRow.organisation_code).in_(codes))
    for one in db.exec(query).all():
        found.setdefault(one.member_id, []).append(one)
    return found


def member_of(row: StaffRow, papers: Iterable[CertificateRow]) -> StaffMember:
    """A stored person as the rules take it."""
    facts = {name: getattr(row, name) for name in _FIELDS}
    facts["roles"] = tuple(map(StaffRole, row.roles))
    facts["levels"] = tuple(map(Level, row.levels))
    for name in ("station_codes", "modules"):
        facts[name] = tuple(facts[name])
    return StaffMember(**facts, certificates=tuple(map(certificate_of, papers)))


def certificate_of(row: CertificateRow) -> Certificate:
    """A stored certificate as the rules take it."""
    facts = {name: getattr(row, name) for name in _CERTIFICATE}
    return Certificate(**facts | {"modules": tuple(row.modules)})


def shown(row: StaffRow, papers: Iterable[CertificateRow], on: date) -> MemberOut:
    """A person as the API shows it, certificates as of a day."""
    certificates = [
        CertificateOut.model_validate(
            one,
            update={
                "state": state_of(certificate_of(one), on),
                "ends_on": last_day(certificate_of(one)),
            },
        )
        for one in papers
    ]
    return MemberOut.model_validate(row, update={"certificates": certificates})


def put_member(
    db: Session, organisation_code: str, members: tuple[StaffMember | None, StaffMember], by: By
) -> str:
    """Store a person, before and after, with an audit entry; what was done, or nothing.

    No certificate is ever deleted: `after` names all the person has.

    Raises:
        UnknownDocument: a certificate names a document the organisation does not have.
    """
    before, after = members
    who, now = by
    old = _told(before) if before else {}
    new = _told(after)
    changed = [name for name in new if before is None or old[name] != new[name]]
    if not changed:
        return ""
    row = None if before is None else _row(db, organisation_code, after.number)
    values = _plain(after, _FIELDS)
    if row is None:
        row = StaffRow.model_validate(values | {"organisation_code": organisation_code})
    else:
        row.sqlmodel_update(values)
    db.add(row)
    db.flush()
    _put_certificates(db, row.id or 0, after.certificates)
    entity_id = f"{organisation_code}/{after.number}"
    to = EntityRef(organisation_code, "staff_member", entity_id)
    for document_id in {one.document_id for one in after.certificates} - {""}:
        attach(db, document_id, to, who=who, now=now)
    record(
        db,
        who=who,
        action="created" if before is None else "updated",
        entity="staff_member",
        entity_id=entity_id,
        organisation_code=organisation_code,
        old=None if before is None else {name: old[name] for name in changed},
        new={name: new[name] for name in changed},
        at=now,
    )
    return "created" if before is None else "updated"


def _put_certificates(db: Session, member_id: int, papers: Sequence[Certificate]) -> None:
    query = select(CertificateRow).where(CertificateRow.member_id == member_id)
    known = {certificate_of(row).key: row for row in db.exec(query).all()}
    for one in papers:
        values = _plain(one, _CERTIFICATE)
        row = known.get(one.key)
        if row is None:
            row = CertificateRow.model_validate(values | {"member_id": member_id})
        else:
            row.sqlmodel_update(values)
        db.add(row)
    db.flush()


def _row(db: Session, organisation_code: str, number: str) -> StaffRow | None:
    query = select(StaffRow).where(
        StaffRow.organisation_code == organisation_code, StaffRow.number == number
    )
    return db.exec(query).first()


def _told(member: StaffMember) -> dict[str, object]:
    return _plain(member, _FIELDS) | {"certificates": [asdict(one) for one in member.certificates]}


def _plain(one: StaffMember | Certificate, names: Iterable[str]) -> dict[str, object]:
    facts = {name: getattr(one, name) for name in names}
    return {name: list(v) if isinstance(v, tuple) else v for name, v in facts.items()}
