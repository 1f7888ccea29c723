"""When certificates of a school's staff end, for the due calendar."""

from collections.abc import Collection, Iterator
from datetime import date

from sqlmodel import Session

from inventory.due_entries import DueEntry, DueKind
from inventory.readiness.findings import Bilingual
from inventory.staff.keeping import members_of
from inventory.staff.rules import (
    Certificate,
    CertificateKind,
    CertificateState,
    StaffMember,
    is_there,
    last_day,
    state_of,
)

WORDS = {
    CertificateKind.SKILL_LEVEL: Bilingual("职业技能等级证书", "skill level certificate"),
    CertificateKind.DEGREE: Bilingual("学历", "degree"),
    CertificateKind.QUALIFICATION: Bilingual("职业资格", "vocational qualification"),
    CertificateKind.TEACHER_LICENCE: Bilingual("教师资格", "teacher licence"),
    CertificateKind.TRAINER: Bilingual("师资证书", "trainer certificate"),
    CertificateKind.ASSESSOR: Bilingual("考评员证", "assessor certificate"),
    CertificateKind.DUAL_QUALIFIED: Bilingual("双师型认定", "recognition as dual-qualified"),
    CertificateKind.EMPLOYER_LETTER: Bilingual("企业证明", "employer's letter"),
    CertificateKind.ELECTRICIAN: Bilingual("低压电工作业证", "electrician certificate"),
    CertificateKind.OTHER: Bilingual("其他证书", "other certificate"),
}


def due_entries(db: Session, organisations: Collection[str], on: date) -> Iterator[DueEntry]:
    """Certificates of everybody who is there on a day; a renewed one counts by its successor."""
    for code in sorted(organisations):
        for member in members_of(db, code):
            if is_there(member, on):
                for paper in ending(member, on):
                    yield _entry(code, member, paper)


def ending(member: StaffMember, on: date) -> list[Certificate]:
    """Of each kind of paper the one that lasts longest, where it ends or should have a date."""
    best: dict[tuple[object, ...], Certificate] = {}
    for one in member.certificates:
        if state_of(one, on) is CertificateState.ENDED:
            continue
        key = (one.kind, one.level, one.modules)
        known = best.get(key)
        if known is None or _lasts(one, on) > _lasts(known, on):
            best[key] = one
    return [one for one in best.values() if _lasts(one, on) < date.max]


def _lasts(one: Certificate, on: date) -> date:
    if state_of(one, on) is CertificateState.UNKNOWN:
        return date.min
    return last_day(one) or date.max


def _entry(code: str, member: StaffMember, paper: Certificate) -> DueEntry:
    word = WORDS[paper.kind]
    return DueEntry(
        DueKind.STAFF_CERTIFICATE,
        code,
        "staff_member",
        f"{code}/{member.number}",
        f"{member.shown} {word.zh}",
        f"{member.shown}, {word.en}",
        last_day(paper),
        member.station_codes,
        paper.certificate_no,
    )
