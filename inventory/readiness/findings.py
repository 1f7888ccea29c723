"""The words of a readiness result: status, findings and what each finding carries."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from inventory.requirements.rules import Authority, DecidedSubstitute
from inventory.requirements.sharing import Sharing
from inventory.stations.rules import Level, StationUse


class Status(StrEnum):
    """Outcome of a check, best first."""

    READY = "ready"
    ADVICE_ONLY = "advice_only"
    UNKNOWN = "unknown"
    NOT_READY = "not_ready"


class FindingKind(StrEnum):
    """What is the matter."""

    MISSING = "missing"
    TOO_FEW = "too_few"
    OUT_OF_SERVICE = "out_of_service"
    UNDER_REPAIR = "under_repair"
    LOAN_ENDED = "loan_ended"
    LOAN_NOT_BEGUN = "loan_not_begun"
    PARAMETER_NOT_MET = "parameter_not_met"
    PARAMETER_UNKNOWN = "parameter_unknown"
    PARAMETER_UNREADABLE = "parameter_unreadable"
    CALIBRATION_EXPIRED = "calibration_expired"
    CALIBRATION_FAILED = "calibration_failed"
    CALIBRATION_MISSING = "calibration_missing"
    VERIFICATION_EXPIRED = "verification_expired"
    VERIFICATION_FAILED = "verification_failed"
    VERIFICATION_MISSING = "verification_missing"
    SAFETY_TEST_EXPIRED = "safety_test_expired"
    SAFETY_TEST_FAILED = "safety_test_failed"
    SAFETY_TEST_MISSING = "safety_test_missing"
    FUNCTIONAL_CHECK_EXPIRED = "functional_check_expired"
    FUNCTIONAL_CHECK_FAILED = "functional_check_failed"
    FUNCTIONAL_CHECK_MISSING = "functional_check_missing"
    BENCH_FAULT = "bench_fault"
    BENCH_SILENT = "bench_silent"
    BENCH_NEVER_SEEN = "bench_never_seen"
    BENCH_NOT_HARDWARE = "bench_not_hardware"
    BENCH_STATE_UNKNOWN = "bench_state_unknown"
    FACT_NOT_STATED = "fact_not_stated"
    NO_REQUIREMENT = "no_requirement"
    NO_LIST = "no_list"
    NOT_OFFERED = "not_offered"


UNDECIDED_KINDS = frozenset(
    {
        FindingKind.PARAMETER_UNKNOWN,
        FindingKind.PARAMETER_UNREADABLE,
        FindingKind.BENCH_STATE_UNKNOWN,
        FindingKind.FACT_NOT_STATED,
        FindingKind.NO_REQUIREMENT,
        FindingKind.NO_LIST,
    }
)
"""Findings that say "nobody knows" rather than "no"; binding ones make the result unknown."""
NOTHING_ASKED = frozenset({FindingKind.NO_REQUIREMENT, FindingKind.NOT_OFFERED})
"""Findings that say that there is nothing to answer: not in the list, or not taught here."""
STANDING_KINDS = frozenset(
    {
        FindingKind.OUT_OF_SERVICE,
        FindingKind.UNDER_REPAIR,
        FindingKind.LOAN_ENDED,
        FindingKind.LOAN_NOT_BEGUN,
    }
)
"""Findings on things that are not there to be used, whatever they are."""


class RemedyGroup(StrEnum):
    """What kind of work mends a finding; screens group by it, in this order."""

    MEND = "mend"
    CALIBRATE = "calibrate"
    BUY = "buy"
    RECORD = "record"
    CONFIRM = "confirm"
    SETTLE = "settle"


REMEDY_GROUPS = {
    FindingKind.MISSING: RemedyGroup.BUY,
    FindingKind.TOO_FEW: RemedyGroup.BUY,
    FindingKind.OUT_OF_SERVICE: RemedyGroup.MEND,
    FindingKind.UNDER_REPAIR: RemedyGroup.MEND,
    FindingKind.LOAN_ENDED: RemedyGroup.SETTLE,
    FindingKind.LOAN_NOT_BEGUN: RemedyGroup.SETTLE,
    FindingKind.PARAMETER_NOT_MET: RemedyGroup.BUY,
    FindingKind.PARAMETER_UNKNOWN: RemedyGroup.RECORD,
    FindingKind.PARAMETER_UNREADABLE: RemedyGroup.CONFIRM,
    FindingKind.CALIBRATION_EXPIRED: RemedyGroup.CALIBRATE,
    FindingKind.CALIBRATION_FAILED: RemedyGroup.MEND,
    FindingKind.CALIBRATION_MISSING: RemedyGroup.CALIBRATE,
    FindingKind.VERIFICATION_EXPIRED: RemedyGroup.CALIBRATE,
    FindingKind.VERIFICATION_FAILED: RemedyGroup.MEND,
    FindingKind.VERIFICATION_MISSING: RemedyGroup.CALIBRATE,
    FindingKind.SAFETY_TEST_EXPIRED: RemedyGroup.CALIBRATE,
    FindingKind.SAFETY_TEST_FAILED: RemedyGroup.MEND,
    FindingKind.SAFETY_TEST_MISSING: RemedyGroup.CALIBRATE,
    FindingKind.FUNCTIONAL_CHECK_EXPIRED: RemedyGroup.CONFIRM,
    FindingKind.FUNCTIONAL_CHECK_FAILED: RemedyGroup.MEND,
    FindingKind.FUNCTIONAL_CHECK_MISSING: RemedyGroup.CONFIRM,
    FindingKind.BENCH_FAULT: RemedyGroup.MEND,
    FindingKind.BENCH_SILENT: RemedyGroup.MEND,
    FindingKind.BENCH_NEVER_SEEN: RemedyGroup.MEND,
    FindingKind.BENCH_NOT_HARDWARE: RemedyGroup.SETTLE,
    FindingKind.BENCH_STATE_UNKNOWN: RemedyGroup.MEND,
    FindingKind.FACT_NOT_STATED: RemedyGroup.RECORD,
    FindingKind.NO_REQUIREMENT: RemedyGroup.SETTLE,
    FindingKind.NO_LIST: RemedyGroup.SETTLE,
    FindingKind.NOT_OFFERED: RemedyGroup.SETTLE,
}


class LiveEvidenceState(StrEnum):
    """Whether live benches were looked at; `partial` means faults but no signs of life."""

    AVAILABLE = "available"
    PARTIAL = "partial"
    NOT_AVAILABLE = "not_available"


@dataclass(frozen=True, slots=True)
class Bilingual:
    """One text in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class BenchFacts:
    """What a bench finding rests on; `dtc` and the fault's text only where a fault blocks."""

    bench_code: str
    dtc: str | None = None
    severity: int | None = None
    fault_text: Bilingual | None = None
    since_at: datetime | None = None
    last_seen_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as the list asks, with its ground and its remedy.

    `is_binding` false means advice. `authority` is where the statement comes from that decides
    whether it binds, with its qualifier such as "part"; None when the list says nothing at all.
    `asset_numbers` name the equipment that does not count.
    """

    kind: FindingKind
    is_binding: bool
    row_id: str
    list_version: str
    item: Bilingual
    authority: Authority | None
    authority_qualifier: str
    required: Bilingual
    found: Bilingual
    reason: Bilingual
    remedy: Bilingual
    remedy_group: RemedyGroup
    asset_numbers: tuple[str, ...] = ()
    bench: BenchFacts | None = None


@dataclass(frozen=True, slots=True)
class Serving:
    """What a thing gives to a row; `stands_in_as` is the list's word for it as a substitute.

    `shared_with` are other modules that count on it, too, at other times or as the whole station.
    """

    asset_number: str
    amount: float
    stands_in_as: str = ""
    shared_with: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """How a requirement row was served; `needed` is None while a station fact is not stated.

    `waived_by` is another row of the alternative group that makes this one needless;
    `unsettled_substitutes` are the list's words on substitutes that only a person can decide and
    nobody did, `decided_substitutes` what was decided,
    `unread_sharing` those on sharing, for which the row's things serve no other module.
    `held_by` are modules that have things of this row while it is short.
    """

    row_id: str
    item: Bilingual
    needed: float | None
    counted: float
    unit: str
    is_met: bool
    asset_numbers: tuple[str, ...]
    serving: tuple[Serving, ...] = ()
    waived_by: str = ""
    unsettled_substitutes: str = ""
    decided_substitutes: tuple[DecidedSubstitute, ...] = ()
    sharing: Sharing = Sharing.WITHIN_SESSION
    unread_sharing: str = ""
    held_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: ready for this module, level and use on this day?"""

    module: str
    level: Level
    use: StationUse
    on_date: date


@dataclass(frozen=True, slots=True)
class Readiness:
    """The answer, with everything it rests on."""

    question: Question
    status: Status
    list_version: str
    is_official_list: bool
    live_evidence: LiveEvidenceState
    findings: tuple[Finding, ...]
    rows: tuple[RowOutcome, ...]

    @property
    def binding_count(self) -> int:
        """How many findings bind."""
        return sum(finding.is_binding for finding in self.findings)

    @property
    def advice_count(self) -> int:
        """How many findings are advice."""
        return len(self.findings) - self.binding_count


def status_of(findings: tuple[Finding, ...]) -> Status:
    """The worst a result's findings allow."""
    binding = {finding.kind for finding in findings if finding.is_binding}
    if binding - UNDECIDED_KINDS:
        return Status.NOT_READY
    if binding:
        return Status.UNKNOWN
    return Status.ADVICE_ONLY if findings else Status.READY
