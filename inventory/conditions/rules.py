"""What a condition is, what a person's word on it is worth, and what comes out (pure)."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from inventory.readiness.findings import Bilingual, Status
from inventory.requirements.rules import Authority, Sourced
from inventory.stations.rules import StationUse


class ConditionOutcome(StrEnum):
    """Whether a condition is met; unknown never passes."""

    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"


class ConditionBasis(StrEnum):
    """What an outcome rests on."""

    COMPUTED = "computed"
    STATED = "stated"
    NOTHING = "nothing"


class StatementState(StrEnum):
    """What a person's word is worth on a day.

    `other_words`: the condition reads differently now than when it was stated.
    """

    VALID = "valid"
    EXPIRED = "expired"
    OTHER_WORDS = "other_words"


class Check(StrEnum):
    """What works a condition out from the database; `stated` is for conditions nothing does."""

    DUAL_QUALIFIED_SHARE = "dual_qualified_share"
    INDUSTRY_EXPERT_SHARE = "industry_expert_share"
    EQUIPMENT_SELF_CHECK = "equipment_self_check"
    OFFICE_DIRECTOR = "office_director"
    TRAINING_STATIONMASTER = "training_stationmaster"
    EXAM_STATIONMASTER = "exam_stationmaster"
    OFFICE_MEMBERS = "office_members"
    TRAINER_LEVEL = "trainer_level"
    TRAINER_EDUCATION = "trainer_education"
    TRAINER_TRADE_YEARS = "trainer_trade_years"
    TRAINER_CERTIFICATE = "trainer_certificate"
    ASSESSORS = "assessors"
    EXTERNAL_ASSESSORS = "external_assessors"
    ROOM_STAFF = "room_staff"
    SAFETY_WATCHERS = "safety_watchers"
    ELECTRICIANS = "electricians"
    SPECIAL_OPERATION_DATES = "special_operation_dates"
    EXAM_TIMETABLE = "exam_timetable"
    EXAM_LISTING = "exam_listing"
    EXAM_WORKSTATIONS = "exam_workstations"
    TASK_WORKSTATIONS = "task_workstations"
    VERIFICATION_DATES = "verification_dates"
    CALIBRATION_DATES = "calibration_dates"
    ANNUAL_REPORT = "annual_report"
    STATED = "stated"


@dataclass(frozen=True, slots=True)
class Condition:
    """One row of a list of conditions; `check` is what works it out."""

    condition_id: str
    uses: frozenset[StationUse]
    topic: str
    text: Bilingual
    rule: str
    evidence: str
    authority: Sourced
    source: str
    check: Check

    @property
    def digest(self) -> str:
        """Changes when what the condition says changes; statements hold for these words only."""
        words = f"{self.text.zh}\0{self.text.en}\0{self.rule}"
        return hashlib.sha256(words.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Statement:
    """A person's word on a condition of a station.

    It counts from `holds_from` to `valid_until`, the last day; `digest` is that of the words it
    was given for.
    """

    is_met: bool
    digest: str
    holds_from: date
    valid_until: date | None
    note: str
    document_id: str
    who: str


@dataclass(frozen=True, slots=True)
class Computed:
    """What the database says; `is_met` None where it does not tell. `names`: whom it concerns."""

    is_met: bool | None
    required: Bilingual
    found: Bilingual
    remedy: Bilingual
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ConditionResult:
    """A condition with its outcome on a day and everything it rests on."""

    condition: Condition
    outcome: ConditionOutcome
    basis: ConditionBasis
    is_binding: bool
    required: Bilingual
    found: Bilingual
    remedy: Bilingual
    names: tuple[str, ...] = ()
    statement: Statement | None = None
    statement_state: StatementState | None = None


NOTHING_TO_DO = Bilingual("无需处理", "nothing to do")


def state_of(statement: Statement, condition: Condition, on: date) -> StatementState:
    """What a statement is worth on a day."""
    if statement.digest != condition.digest:
        return StatementState.OTHER_WORDS
    if statement.valid_until is not None and statement.valid_until < on:
        return StatementState.EXPIRED
    return StatementState.VALID


def latest(statements: Iterable[Statement], on: date) -> Statement | None:
    """The word that counts on a day: the last one given that holds from that day or before."""
    found = None
    for one in statements:
        if one.holds_from <= on:
            found = one
    return found


def judged(
    condition: Condition,
    computed: Computed | None,
    statements: Sequence[Statement],
    binding: frozenset[Authority],
    on: date,
) -> ConditionResult:
    """The outcome of a condition: what is computed decides, then a person's word, then nothing.

    Chosen: a word counts only where the database does not tell, so that nobody can state away what
    the registers show.

    Args:
        condition: the row.
        computed: what the database says; None where nothing works it out.
        statements: what people said, in the order they said it.
        binding: authorities that bind in the list.
        on: the day.
    """
    word = latest(statements, on)
    worth = None if word is None else state_of(word, condition, on)
    told = _computed(computed) or _stated(condition, computed, word, worth)
    told = told or _open(condition, computed, word, worth)
    return ConditionResult(
        condition,
        told.outcome,
        told.basis,
        condition.authority.binds(binding),
        computed.required if computed else condition.text,
        told.found,
        NOTHING_TO_DO if told.outcome is ConditionOutcome.MET else told.remedy,
        computed.names if computed and told.basis is not ConditionBasis.STATED else (),
        word,
        worth,
    )


@dataclass(frozen=True, slots=True)
class _Told:
    """What decides a condition, before it is known whether it binds."""

    outcome: ConditionOutcome
    basis: ConditionBasis
    found: Bilingual
    remedy: Bilingual


def _outcome(is_met: bool) -> ConditionOutcome:
    return ConditionOutcome.MET if is_met else ConditionOutcome.NOT_MET


def _computed(computed: Computed | None) -> _Told | None:
    if computed is None or computed.is_met is None:
        return None
    basis = ConditionBasis.COMPUTED
    return _Told(_outcome(computed.is_met), basis, computed.found, computed.remedy)


def _stated(
    condition: Condition,
    computed: Computed | None,
    word: Statement | None,
    worth: StatementState | None,
) -> _Told | None:
    if word is None or worth is not StatementState.VALID:
        return None
    remedy = computed.remedy if computed else _mend(condition)
    return _Told(_outcome(word.is_met), ConditionBasis.STATED, _said(word), remedy)


def _open(
    condition: Condition,
    computed: Computed | None,
    word: Statement | None,
    worth: StatementState | None,
) -> _Told:
    return _Told(
        ConditionOutcome.UNKNOWN,
        ConditionBasis.NOTHING,
        _unknown(computed, word, worth),
        computed.remedy if computed else _state_it(condition),
    )


def status_of(results: Sequence[ConditionResult]) -> Status:
    """The worst a station's conditions allow; no conditions at all are unknown."""
    if not results:
        return Status.UNKNOWN
    binding = {one.outcome for one in results if one.is_binding}
    if ConditionOutcome.NOT_MET in binding:
        return Status.NOT_READY
    if ConditionOutcome.UNKNOWN in binding:
        return Status.UNKNOWN
    is_all = all(one.outcome is ConditionOutcome.MET for one in results)
    return Status.READY if is_all else Status.ADVICE_ONLY


def _said(word: Statement) -> Bilingual:
    zh, en = ("确认符合", "says it is met") if word.is_met else ("说明不符合", "says it is not met")
    until_zh = f"，有效至 {word.valid_until}" if word.valid_until else ""
    until_en = f", valid until {word.valid_until}" if word.valid_until else ""
    note = f"：{word.note}" if word.note else ""
    return Bilingual(
        f"{word.who} {zh}{until_zh}{note}",
        f"{word.who} {en}{until_en}{note.replace('：', ': ', 1)}",
    )


def _unknown(
    computed: Computed | None, word: Statement | None, worth: StatementState | None
) -> Bilingual:
    told = computed.found if computed else Bilingual("尚无人确认", "nobody has stated it yet")
    if word is None or worth is None:
        return told
    if worth is StatementState.EXPIRED:
        zh, en = f"确认已于 {word.valid_until} 到期", f"what was stated ended on {word.valid_until}"
    else:
        zh, en = "条件文字已变，原确认不再适用", "the condition reads differently than when stated"
    return Bilingual(f"{told.zh}；{zh}", f"{told.en}; {en}") if computed else Bilingual(zh, en)


def _state_it(condition: Condition) -> Bilingual:
    zh, en = condition.evidence or condition.text.zh, condition.evidence or condition.text.en
    return Bilingual(
        f"由站长确认并附证明材料：{zh}", f"have the station master state it with evidence: {en}"
    )


def _mend(condition: Condition) -> Bilingual:
    return Bilingual(
        f"完成后重新确认并附证明材料：{condition.evidence or condition.text.zh}",
        f"mend it, then state it with evidence: {condition.evidence or condition.text.en}",
    )
