"""Who somebody is to a station, and what their certificates are worth on a day (pure)."""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from inventory.proofs.rules import months_after
from inventory.stations.rules import Level


class StaffRole(StrEnum):
    """What a person does for the office, a station or an exam; one person may do several."""

    OFFICE_DIRECTOR = "office_director"
    TRAINING_STATIONMASTER = "training_stationmaster"
    EXAM_STATIONMASTER = "exam_stationmaster"
    OFFICE_MEMBER = "office_member"
    TEACHER = "teacher"
    TRAINER = "trainer"
    LEAD_ASSESSOR = "lead_assessor"
    ASSESSOR = "assessor"
    INVIGILATOR = "invigilator"
    TECHNICIAN = "technician"
    HV_OPERATOR = "hv_operator"
    SAFETY_WATCHER = "safety_watcher"


class Affiliation(StrEnum):
    """Where a person comes from; only `school` is the school's own."""

    SCHOOL = "school"
    INDUSTRY = "industry"
    OTHER_SCHOOL = "other_school"
    EVALUATION_ORGANISATION = "evaluation_organisation"


class CertificateKind(StrEnum):
    """What a paper says of its holder."""

    SKILL_LEVEL = "skill_level"
    DEGREE = "degree"
    QUALIFICATION = "qualification"
    TEACHER_LICENCE = "teacher_licence"
    TRAINER = "trainer"
    ASSESSOR = "assessor"
    DUAL_QUALIFIED = "dual_qualified"
    EMPLOYER_LETTER = "employer_letter"
    ELECTRICIAN = "electrician"
    OTHER = "other"


class CertificateState(StrEnum):
    """What a certificate is worth on a day; `unknown` has no date that would tell."""

    VALID = "valid"
    REVIEW_DUE = "review_due"
    EXPIRED = "expired"
    ENDED = "ended"
    NOT_YET = "not_yet"
    UNKNOWN = "unknown"


SPECIAL_OPERATION_MONTHS = 72
SPECIAL_OPERATION_REVIEW_MONTHS = 36
"""特种作业操作证 holds for 6 years and is reviewed every 3 (COND-030 of the draft conditions)."""
TEACHING = frozenset({StaffRole.TEACHER, StaffRole.TRAINER})
"""Who makes up the teaching team 师资队伍, full- or part-time."""
_IDENTITY_NUMBER = re.compile(r"(?<!\d)(\d{6}(?:18|19|20)\d{9}[\dXx])(?!\d)")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"


@dataclass(frozen=True, slots=True)
class Certificate:
    """A dated paper of a person.

    `modules` empty means the whole profession; `valid_until` is the last day it holds;
    `ended_on` is the first day on which it was withdrawn or given up.
    """

    kind: CertificateKind
    certificate_no: str = ""
    level: Level | None = None
    modules: tuple[str, ...] = ()
    issued_on: date | None = None
    valid_until: date | None = None
    reviewed_on: date | None = None
    ended_on: date | None = None
    document_id: str = ""

    @property
    def key(self) -> tuple[str, ...]:
        """What makes it the same paper of a person when a file names it again."""
        if self.certificate_no:
            return (self.kind, self.certificate_no)
        return (self.kind, "", self.level or "", *self.modules)


@dataclass(frozen=True, slots=True)
class StaffMember:
    """A person as far as stations need to know: a name or number shown, nothing more private.

    Empty `station_codes`, `modules` and `levels` mean all of the school's. `trade_since` is the day
    the person began to work in the trade; `left_on` is the last day in the school's service.
    """

    number: str
    name: str = ""
    affiliation: Affiliation = Affiliation.SCHOOL
    roles: tuple[StaffRole, ...] = ()
    station_codes: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    levels: tuple[Level, ...] = ()
    is_school_leader: bool = False
    trade_since: date | None = None
    joined_on: date | None = None
    left_on: date | None = None
    certificates: tuple[Certificate, ...] = ()

    @property
    def shown(self) -> str:
        """How the person is named in sentences."""
        return self.name or self.number


def last_day(certificate: Certificate) -> date | None:
    """The last day a certificate holds by its dates; None: it has none, or nobody stated it."""
    ends = [certificate.valid_until]
    if certificate.kind is CertificateKind.ELECTRICIAN:
        if certificate.valid_until is None and certificate.issued_on is not None:
            ends.append(months_after(certificate.issued_on, SPECIAL_OPERATION_MONTHS))
        ends.append(review_by(certificate))
    known = [end for end in ends if end is not None]
    return min(known) if known else None


def review_by(certificate: Certificate) -> date | None:
    """The day by which an electrician's certificate must be reviewed again; None for others."""
    if certificate.kind is not CertificateKind.ELECTRICIAN:
        return None
    seen = [day for day in (certificate.issued_on, certificate.reviewed_on) if day is not None]
    return months_after(max(seen), SPECIAL_OPERATION_REVIEW_MONTHS) if seen else None


def state_of(certificate: Certificate, on: date) -> CertificateState:
    """What a certificate is worth on a day.

    Most papers hold for life unless they say otherwise. An electrician's does not: without a date
    nobody knows whether it holds.
    """
    if certificate.ended_on is not None and certificate.ended_on <= on:
        return CertificateState.ENDED
    if certificate.issued_on is not None and certificate.issued_on > on:
        return CertificateState.NOT_YET
    end = last_day(certificate)
    if certificate.kind is CertificateKind.ELECTRICIAN:
        review = review_by(certificate)
        if end is None or review is None:
            return CertificateState.UNKNOWN
        if review < on and (certificate.valid_until is None or certificate.valid_until >= on):
            return CertificateState.REVIEW_DUE
    return CertificateState.EXPIRED if end is not None and end < on else CertificateState.VALID


def held(member: StaffMember, kind: CertificateKind, on: date) -> tuple[Certificate, ...]:
    """The certificates of a kind that hold on a day."""
    return tuple(
        one
        for one in member.certificates
        if one.kind is kind and state_of(one, on) is CertificateState.VALID
    )


def is_there(member: StaffMember, on: date) -> bool:
    """Whether a person is in the school's service on a day."""
    has_come = member.joined_on is None or member.joined_on <= on
    return has_come and (member.left_on is None or on <= member.left_on)


def works_at(member: StaffMember, station_code: str) -> bool:
    """Whether a person works for a station."""
    return not member.station_codes or station_code in member.station_codes


def trade_months(member: StaffMember, on: date) -> int | None:
    """Whole months in the trade on a day; None where nobody stated since when."""
    since = member.trade_since
    if since is None:
        return None
    months = (on.year - since.year) * 12 + on.month - since.month
    # the last day of a shorter month completes the month
    is_complete = months_after(since, max(months, 0)) <= on
    return max(months - (not is_complete), 0)


def has_identity_number(text: str) -> bool:
    """Whether a text holds a Chinese identity number, which also tells a birthday."""
    for found in _IDENTITY_NUMBER.findall(text):
        total = sum(int(one) * weight for one, weight in zip(found, _WEIGHTS, strict=False))
        if _CHECK[total % 11] == found[-1].upper():
            return True
    return False
