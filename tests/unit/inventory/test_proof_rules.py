from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.proofs.rules import (
    Proof,
    ProofKind,
    ProofRecord,
    ProofResult,
    ProofState,
    latest,
    merged,
    months_after,
    proof,
)

DAY = date(2026, 12, 1)
CALIBRATION = ProofKind.CALIBRATION
FAIL, LIMITED = ProofResult.FAIL, ProofResult.LIMITED


def done(on: date | None, until: date | None = None, **facts: object) -> ProofRecord:
    return replace(ProofRecord(CALIBRATION, on, until), **facts)  # type: ignore[arg-type]


def asked(*records: ProofRecord, months: int | None = 12) -> Proof:
    return proof(records, CALIBRATION, DAY, months)


@pytest.mark.parametrize(
    ("done_on", "until", "state"),
    [
        (None, DAY, ProofState.VALID),
        (None, date(2026, 11, 30), ProofState.EXPIRED),
        (date(2025, 12, 1), None, ProofState.VALID),
        (date(2025, 11, 30), None, ProofState.EXPIRED),
        (date(2020, 1, 1), date(2027, 1, 1), ProofState.VALID),
        (date(2026, 12, 2), date(2027, 12, 1), ProofState.NOT_YET),
    ],
)
def test_a_proof_is_worth_what_its_last_day_says(
    done_on: date | None, until: date | None, state: ProofState
) -> None:
    assert asked(done(done_on, until)).state is state


def test_without_interval_and_last_day_nothing_is_proven() -> None:
    assert asked().state is ProofState.MISSING
    assert asked(done(date(2026, 11, 1)), months=None).state is ProofState.MISSING
    assert asked(done(date(2026, 11, 1), interval_months=1), months=None).state is ProofState.VALID


def test_a_thing_s_own_interval_goes_before_the_list_s() -> None:
    half_a_year = done(date(2026, 1, 1), interval_months=6)
    assert asked(half_a_year) == Proof(
        CALIBRATION, ProofState.EXPIRED, date(2026, 1, 1), date(2026, 7, 1), half_a_year
    )


def test_a_failure_ends_an_older_proof_that_still_held() -> None:
    good = done(date(2026, 1, 1), date(2027, 1, 1))
    bad = done(date(2026, 10, 1), date(2027, 10, 1), result=FAIL)
    assert asked(bad, good) == Proof(CALIBRATION, ProofState.FAILED, bad.done_on, None, bad)
    repeated = done(date(2026, 10, 2), date(2027, 10, 1))
    assert asked(bad, good, repeated).record == repeated
    same_day = done(bad.done_on, date(2027, 10, 1))
    assert asked(same_day, bad).state is ProofState.FAILED
    later = replace(bad, done_on=date(2026, 12, 2))
    assert asked(good, later).state is ProofState.VALID


def test_a_newer_one_that_holds_shorter_takes_nothing_away() -> None:
    long = done(date(2026, 1, 1), date(2027, 6, 1))
    short = done(date(2026, 6, 1), date(2026, 9, 1))
    unknown = done(date(2026, 7, 1))
    assert asked(long, short, unknown, months=None).record == long


def test_what_passed_with_limits_counts_and_says_so() -> None:
    limited = done(date(2026, 6, 1), date(2027, 6, 1), result=LIMITED)
    assert (asked(limited).state, asked(limited).record) == (ProofState.VALID, limited)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 6, 30), 24, date(2028, 6, 30)),
        (date(9999, 12, 31), 1, date.max),
        (date(9990, 1, 1), 600, date.max),
    ],
)
def test_months_end_where_the_calendar_says(day: date, months: int, later: date) -> None:
    assert months_after(day, months) == later


def test_a_file_completes_corrects_and_adds_but_never_takes_away() -> None:
    old = done(date(2025, 3, 1), date(2026, 2, 28), certificate_no="C-1", issued_by="计量院")
    failed = done(date(2026, 3, 1), result=FAIL, certificate_no="C-2")
    told = [done(date(2025, 3, 1), date(2026, 3, 1)), done(date(2026, 3, 1), date(2027, 3, 1))]
    kept = merged([old, failed], told, is_result_told=False)
    assert kept == (
        replace(old, valid_until=date(2026, 3, 1)),
        replace(failed, valid_until=date(2027, 3, 1)),
    )
    (_, corrected) = merged([old, failed], told, is_result_told=True)
    assert corrected.result is ProofResult.PASS
    other_certificate = replace(old, certificate_no="C-9")
    assert merged([old], [other_certificate], is_result_told=True) == (old, other_certificate)
    assert merged([old], [], is_result_told=True) == (old,)


DAYS = st.integers(-30, 30).map(lambda n: DAY + timedelta(days=n))
RECORDS = st.builds(
    ProofRecord,
    kind=st.sampled_from([CALIBRATION, ProofKind.VERIFICATION]),
    done_on=st.none() | DAYS,
    valid_until=st.none() | DAYS,
    interval_months=st.sampled_from([None, 1]),
    result=st.sampled_from(ProofResult),
)
SOME = st.lists(RECORDS, max_size=6)


def holds(records: Sequence[ProofRecord]) -> bool:
    return proof(records, CALIBRATION, DAY, 1).state is ProofState.VALID


@given(records=SOME, more=RECORDS)
def test_another_pass_never_hurts_and_another_failure_never_helps(
    records: list[ProofRecord], more: ProofRecord
) -> None:
    passed, failed = replace(more, result=ProofResult.PASS), replace(more, result=FAIL)
    assert holds([*records, passed]) >= holds(records) >= holds([*records, failed])


@given(records=SOME, order=st.randoms(use_true_random=False))
def test_it_does_not_matter_in_which_order_they_were_told(
    records: list[ProofRecord], order: object
) -> None:
    shuffled = list(records)
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    before, after = (proof(of, CALIBRATION, DAY, 1) for of in (records, shuffled))
    assert (before.state, before.until) == (after.state, after.until)


@given(records=SOME)
def test_a_proof_holds_exactly_when_one_did_after_the_last_failure(
    records: list[ProofRecord],
) -> None:
    def day(one: ProofRecord) -> date:
        return one.done_on or date.min

    def end(one: ProofRecord) -> date:
        until = one.valid_until
        return until or (months_after(one.done_on, 1) if one.done_on else date.min)

    own = [one for one in records if one.kind is CALIBRATION and day(one) <= DAY]
    expected = any(
        one.result is not FAIL
        and not any(other.result is FAIL and day(other) >= day(one) for other in own)
        and end(one) >= DAY
        for one in own
    )
    assert holds(records) == expected


@given(records=SOME)
def test_telling_the_same_again_changes_nothing(records: list[ProofRecord]) -> None:
    once = merged([], records, is_result_told=True)
    assert merged(once, once, is_result_told=True) == once
    shown = latest(once, CALIBRATION)
    assert shown is None or shown in once
