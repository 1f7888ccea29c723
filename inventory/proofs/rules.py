"""Which proofs count on a day, of everything that was ever done to a thing (pure)."""

import calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum


class ProofKind(StrEnum):
    """What can be proven of equipment, each with its own dates."""

    CALIBRATION = "calibration"
    VERIFICATION = "verification"
    SAFETY_TEST = "safety_test"
    FUNCTIONAL_CHECK = "functional_check"


class ProofResult(StrEnum):
    """What came out; `limited` 限用 passed for a part of the thing's range or uses."""

    PASS = "pass"  # noqa: S105 - no password
    LIMITED = "limited"
    FAIL = "fail"


class ProofState(StrEnum):
    """What a kind of proof is worth on a day; `not_yet` was done after it."""

    VALID = "valid"
    EXPIRED = "expired"
    FAILED = "failed"
    MISSING = "missing"
    NOT_YET = "not_yet"


@dataclass(frozen=True, slots=True)
class ProofRecord:
    """Something that was done once, or a certificate of it.

    `valid_until` is the last day on which it holds. Where none is stated that is `interval_months`
    after `done_on`. `done_on` None was done before everything dated.
    """

    kind: ProofKind
    done_on: date | None = None
    valid_until: date | None = None
    interval_months: int | None = None
    result: ProofResult = ProofResult.PASS
    certificate_no: str = ""
    issued_by: str = ""
    document_id: str | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """A kind of proof on a day; `until` is its last day, None where nothing is known.

    `record` is the one that decides, None where there is none.
    """

    kind: ProofKind
    state: ProofState
    done_on: date | None
    until: date | None
    record: ProofRecord | None = None


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day where it has no such day.

    Nothing is later than the calendar's last day, which registers use for "without end".
    """
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    if year > date.max.year:
        return date.max
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def holds_until(record: ProofRecord, interval_months: int | None = None) -> date | None:
    """The last day of a record; None where nobody said.

    Its own day goes before its own interval, and that before `interval_months`, which is the
    requirement's.
    """
    months = record.interval_months or interval_months
    if record.valid_until is not None:
        return record.valid_until
    if record.done_on is None or months is None:
        return None
    return months_after(record.done_on, months)


def proof(
    records: Iterable[ProofRecord], kind: ProofKind, on: date, interval_months: int | None = None
) -> Proof:
    """What a kind of proof is worth on a day.

    A failure ends everything done up to its day, the same day included; what passed after it
    counts anew. Of several that passed the one that holds longest counts, so that a certificate
    with a shorter or no last day takes nothing from one that still holds. What is limited counts.

    Args:
        records: of one thing, in any order.
        kind: which proofs.
        on: the day; what was done after it does not count yet.
        interval_months: the requirement's, for records that state no end.
    """
    own = [record for record in records if record.kind is kind]
    done = [record for record in own if (record.done_on or date.min) <= on]
    failures = [record for record in done if record.result is ProofResult.FAIL]
    failed = max(failures, key=_day, default=None)
    passed = [
        record
        for record in done
        if record.result is not ProofResult.FAIL and (failed is None or _day(record) > _day(failed))
    ]
    if passed:

        def worth(one: ProofRecord) -> tuple[date, date]:
            return holds_until(one, interval_months) or date.min, _day(one)

        return _of_passed(max(passed, key=worth), on, interval_months)
    if failed is not None:
        return Proof(kind, ProofState.FAILED, failed.done_on, None, failed)
    if own:
        coming = min(own, key=_day)
        until = holds_until(coming, interval_months)
        return Proof(kind, ProofState.NOT_YET, coming.done_on, until, coming)
    return Proof(kind, ProofState.MISSING, None, None)


def merged(
    known: Sequence[ProofRecord], told: Iterable[ProofRecord], *, is_result_told: bool
) -> tuple[ProofRecord, ...]:
    """Records after somebody told some of them: a told one completes or corrects, or is new.

    The same kind on the same day is the same record, unless two certificate numbers say otherwise.
    What the told one leaves open stays; nothing goes away by not being told.

    Args:
        known: records so far.
        told: records as a file has them.
        is_result_told: whether the file says how they came out; else what is known stays.
    """
    after = list(known)
    for one in told:
        place = next((n for n, other in enumerate(after) if _is_same(other, one)), None)
        if place is None:
            after.append(one)
            continue
        other = after[place]
        after[place] = replace(
            other,
            valid_until=one.valid_until or other.valid_until,
            interval_months=one.interval_months or other.interval_months,
            result=one.result if is_result_told else other.result,
            certificate_no=one.certificate_no or other.certificate_no,
            issued_by=one.issued_by or other.issued_by,
            document_id=one.document_id or other.document_id,
        )
    return tuple(after)


def latest(records: Iterable[ProofRecord], kind: ProofKind) -> ProofRecord | None:
    """The one done last, which a register shows in its columns."""
    return max((one for one in records if one.kind is kind), key=_day, default=None)


def _of_passed(best: ProofRecord, on: date, interval_months: int | None) -> Proof:
    until = holds_until(best, interval_months)
    if until is None:
        return Proof(best.kind, ProofState.MISSING, best.done_on, None, best)
    state = ProofState.VALID if on <= until else ProofState.EXPIRED
    return Proof(best.kind, state, best.done_on, until, best)


def _day(record: ProofRecord) -> date:
    return record.done_on or date.min


def _is_same(one: ProofRecord, other: ProofRecord) -> bool:
    is_other_certificate = (
        one.certificate_no and other.certificate_no and one.certificate_no != other.certificate_no
    )
    return one.kind is other.kind and one.done_on == other.done_on and not is_other_certificate
