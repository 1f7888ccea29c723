"""Keeping a school's staff register, and what it proves of a station."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from inventory.accounts.access import demand, demand_organisation, visible_organisations
from inventory.accounts.rules import Action, Decision, Principal, Resource, authorize
from inventory.database import Database
from inventory.errors import (
    Invalid,
    NotAllowed,
    Taken,
)
from inventory.moments import today
from inventory.organisations.use_cases import organisation
from inventory.staff.errors import UnknownCertificate, UnknownStaffMember
from inventory.staff.keeping import (
    By,
    certificate_of,
    certificates_of,
    member_of,
    members_of,
    put_member,
    shown,
)
from inventory.staff.rules import Certificate, CertificateKind, StaffMember, StaffRole
from inventory.staff.schema import (
    CertificateChange,
    CertificateOrder,
    MemberChange,
    MemberOrder,
    MemberOut,
    StaffFields,
)
from inventory.staff.table import CertificateRow, StaffRow
from inventory.stations.use_cases import own_stations


def staff(
    db: Session,
    principal: Principal,
    role: StaffRole | None,
    on: date,
    *,
    offset: int,
    limit: int | None,
) -> tuple[list[MemberOut], int]:
    """Persons the caller may see, by organisation and number, and how many; limit None: all."""
    seen = col(StaffRow.organisation_code).in_(visible_organisations(principal))
    query = select(StaffRow).where(seen)
    ordered = query.order_by(col(StaffRow.organisation_code), col(StaffRow.number))
    if role is None:
        total = db.exec(select(func.count()).select_from(StaffRow).where(seen)).one()
        rows = list(db.exec(ordered.offset(offset).limit(limit)).all())
    else:
        # roles lie in one cell; a school has hundreds of persons, not millions
        found = [row for row in db.exec(ordered).all() if role in row.roles]
        total, rows = len(found), found[offset : None if limit is None else offset + limit]
    papers = certificates_of(db, rows)
    return [shown(row, papers.get(row.id or 0, ()), on) for row in rows], total


def member_page(db: Session, principal: Principal, member_id: int, on: date) -> MemberOut:
    """One person.

    Raises:
        UnknownStaffMember: there is none, or the caller may not know of them.
        NotAllowed: the caller's role sees no staff.
    """
    row = _member(db, principal, member_id, Action.READ_STAFF)
    return shown(row, certificates_of(db, [row]).get(member_id, ()), on)


def add_member(
    database: Database, principal: Principal, order: MemberOrder, *, now: datetime
) -> MemberOut:
    """Add a person.

    Raises:
        UnknownOrganisation: there is none, or the caller may not know of it.
        NotAllowed: the caller's role does not write staff.
        Taken: the organisation has the number already.
        Invalid: a station is not the organisation's, dates or certificates don't fit.
        UnknownDocument: the organisation has no such document.
    """
    code = order.organisation or principal.organisation_code
    facts = order.model_dump(exclude={"organisation", "certificates"})
    papers = tuple(_certificate(one) for one in order.certificates)
    member = _member_from(facts, papers)
    with database.begin() as db:
        demand_organisation(db, principal, code, Action.WRITE_STAFF)
        known = {one.number for one in members_of(db, code)}
        if member.number in known:
            raise Taken("staff member", member.number)
        return _put(db, code, (None, member), (principal.username, now))


def change_member(
    database: Database, principal: Principal, member_id: int, change: MemberChange, *, now: datetime
) -> MemberOut:
    """Change what is named of a person; None takes a date back.

    Raises:
        UnknownStaffMember: there is none, or the caller may not know of them.
        NotAllowed: the caller's role does not write staff.
        Invalid: a station is not the organisation's, or dates don't fit.
    """
    with database.begin() as db:
        row = _member(db, principal, member_id, Action.WRITE_STAFF)
        before = member_of(row, certificates_of(db, [row]).get(member_id, ()))
        facts = change.model_dump(exclude_unset=True)
        for name, value in facts.items():
            if value is None and not name.endswith(("_since", "_on")):
                raise Invalid(name, "a value; leave it out to keep it")
        kept = {name: getattr(before, name) for name in StaffFields.model_fields}
        after = _member_from(kept | facts, before.certificates)
        return _put(db, row.organisation_code, (before, after), (principal.username, now))


def add_certificate(
    database: Database,
    principal: Principal,
    member_id: int,
    order: CertificateOrder,
    *,
    now: datetime,
) -> MemberOut:
    """Add a certificate to a person.

    Raises:
        UnknownStaffMember: there is none, or the caller may not know of them.
        NotAllowed: the caller's role does not write staff.
        Taken: the person has it already.
        Invalid: its dates don't fit, or a level is missing.
    """
    paper = _certificate(order)
    with database.begin() as db:
        row = _member(db, principal, member_id, Action.WRITE_STAFF)
        before = member_of(row, certificates_of(db, [row]).get(member_id, ()))
        if paper.key in {one.key for one in before.certificates}:
            raise Taken("certificate", paper.certificate_no or paper.kind.value)
        after = replace(before, certificates=(*before.certificates, paper))
        return _put(db, row.organisation_code, (before, after), (principal.username, now))


def change_certificate(
    database: Database,
    principal: Principal,
    certificate_id: int,
    change: CertificateChange,
    *,
    now: datetime,
) -> MemberOut:
    """Change dates, number or document of a certificate, or end it.

    Raises:
        UnknownCertificate: there is none, or the caller may not know of it.
        NotAllowed: the caller's role does not write staff.
        Invalid: its dates don't fit.
        Taken: the person has another one of this number.
    """
    if authorize(principal, Action.WRITE_STAFF) is not Decision.ALLOWED:
        raise NotAllowed(Action.WRITE_STAFF.value)
    unknown = UnknownCertificate(str(certificate_id))
    with database.begin() as db:
        found = db.get(CertificateRow, certificate_id)
        if found is None:
            raise unknown
        try:
            row = _member(db, principal, found.member_id, Action.WRITE_STAFF)
        except UnknownStaffMember:
            raise unknown from None
        before = member_of(row, certificates_of(db, [row]).get(found.member_id, ()))
        facts = change.model_dump(exclude_unset=True)
        for name in ("certificate_no", "document_id"):
            if facts.get(name, "") is None:
                raise Invalid(name, "a text; leave it out to keep it")
        old = certificate_of(found)
        paper = _checked(replace(old, **facts))
        others = [one for one in before.certificates if one.key != old.key]
        if paper.key in {one.key for one in others}:
            raise Taken("certificate", paper.certificate_no)
        # the number may be what changes, so the row is told here what it is now
        found.certificate_no = paper.certificate_no
        db.add(found)
        db.flush()
        after = replace(before, certificates=(*others, paper))
        return _put(db, row.organisation_code, (before, after), (principal.username, now))


def _put(
    db: Session,
    organisation_code: str,
    members: tuple[StaffMember | None, StaffMember],
    by: By,
) -> MemberOut:
    _demand_stations(db, organisation_code, members[1].station_codes)
    put_member(db, organisation_code, members, by)
    query = select(StaffRow).where(
        StaffRow.organisation_code == organisation_code, StaffRow.number == members[1].number
    )
    row = db.exec(query).one()
    return shown(row, certificates_of(db, [row]).get(row.id or 0, ()), today(by[1]))


def _member(db: Session, principal: Principal, member_id: int, action: Action) -> StaffRow:
    if authorize(principal, action) is not Decision.ALLOWED:
        # the same for ids that exist and ids that don't
        raise NotAllowed(action.value)
    unknown = UnknownStaffMember(str(member_id))
    row = db.get(StaffRow, member_id)
    if row is None:
        raise unknown
    owner = organisation(db, row.organisation_code)
    demand(principal, action, Resource(owner.code, owner.evaluated_by), unknown)
    return row


def _member_from(facts: dict[str, object], papers: Sequence[Certificate]) -> StaffMember:
    told = {name: tuple(v) if isinstance(v, list) else v for name, v in facts.items()}
    member = StaffMember(**told, certificates=tuple(papers))  # type: ignore[arg-type]
    if member.joined_on and member.left_on and member.left_on < member.joined_on:
        raise Invalid("left_on", f"a day not before {member.joined_on}")
    if len({one.key for one in papers}) < len(papers):
        raise Invalid("certificates", "each certificate once")
    return member


def _certificate(order: CertificateOrder) -> Certificate:
    facts = order.model_dump() | {"modules": tuple(order.modules)}
    return _checked(Certificate(**facts))


def _checked(paper: Certificate) -> Certificate:
    if paper.kind is CertificateKind.SKILL_LEVEL and paper.level is None:
        raise Invalid("level", "the level of the certificate")
    if paper.issued_on and paper.valid_until and paper.valid_until < paper.issued_on:
        raise Invalid("valid_until", f"a day not before {paper.issued_on}")
    return paper


def _demand_stations(db: Session, organisation_code: str, codes: Sequence[str]) -> None:
    own = own_stations(db, organisation_code)
    foreign = [code for code in codes if code not in own]
    if foreign:
        raise Invalid("station_codes", f"stations of {organisation_code}: {', '.join(sorted(own))}")
