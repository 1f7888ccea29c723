from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from inventory.equipment.rules import EquipmentStatus, Repair
from inventory.proofs.rules import ProofKind, ProofRecord, ProofResult
from inventory.rig_truth.rules import (
    AHEAD,
    OpenFault,
    RigFacts,
    Signs,
    Trouble,
    TroubleKind,
    is_failed,
    is_told,
    troubles,
)

NOW = datetime(2026, 12, 1, 8, tzinfo=UTC)
DAY = date(2026, 12, 2)
MINUTE = timedelta(minutes=1)
FAULT = OpenFault("P0A80", "电池组性能", "battery pack", NOW - timedelta(hours=1))


def kinds(facts: RigFacts, on: date = DAY) -> list[TroubleKind]:
    return [one.kind for one in troubles(facts, on, NOW)]


def test_a_rig_nothing_is_known_of_is_in_order() -> None:
    assert kinds(RigFacts()) == []


def test_each_reason_is_told_with_its_figures() -> None:
    facts = RigFacts(
        (FAULT,),
        Repair(7, NOW),
        EquipmentStatus.LENT_OUT,
        [ProofRecord(ProofKind.SAFETY_TEST, date(2026, 1, 1), result=ProofResult.FAIL)],
        signs=Signs(NOW - timedelta(days=2), timedelta(days=1)),
    )
    found = troubles(facts, DAY, NOW)
    assert [one.kind for one in found] == [
        TroubleKind.FAULT,
        TroubleKind.REPAIR,
        TroubleKind.NOT_THERE,
        TroubleKind.PROOF,
        TroubleKind.SILENT,
    ]
    assert "P0A80" in found[0].said.zh
    assert "#7" in found[1].said.en
    assert "2026-11-29 16:00" in found[4].said.zh


def test_a_proof_counts_on_the_day_of_the_booking() -> None:
    record = ProofRecord(ProofKind.CALIBRATION, date(2026, 1, 1), DAY)
    assert kinds(RigFacts(proofs=[record])) == []
    assert kinds(RigFacts(proofs=[record]), DAY + timedelta(days=1)) == [TroubleKind.PROOF]


def test_a_record_without_end_ends_as_the_list_asks() -> None:
    record = ProofRecord(ProofKind.VERIFICATION, date(2025, 6, 1))
    assert kinds(RigFacts(proofs=[record])) == []
    asked = RigFacts(proofs=[record], intervals={ProofKind.VERIFICATION: 12})
    assert kinds(asked) == [TroubleKind.PROOF]


def test_a_bench_that_was_never_connected_has_not_failed() -> None:
    found = troubles(RigFacts(signs=Signs(None, timedelta(days=1))), DAY, NOW)
    assert [one.kind for one in found] == [TroubleKind.NEVER_HEARD]
    assert not is_failed(found)


def test_a_fault_of_a_lesson_is_told_to_nobody_before_it_has_lasted() -> None:
    (trouble,) = troubles(RigFacts((FAULT._replace(since_at=NOW),)), DAY, NOW)
    tomorrow = NOW + timedelta(days=1)
    assert not is_told([trouble], tomorrow, NOW + 14 * MINUTE)
    assert is_told([trouble], tomorrow, NOW + 15 * MINUTE)
    assert is_told([trouble], NOW + 30 * MINUTE, NOW)
    assert not is_told([trouble], NOW + 30 * MINUTE, NOW + 30 * MINUTE)


@given(
    since=st.integers(0, 20_000),
    start=st.integers(-600, 20_000),
    passed=st.lists(st.integers(0, 600), min_size=1, max_size=8),
)
def test_what_was_worth_telling_stays_so_until_the_booking_begins(
    since: int, start: int, passed: list[int]
) -> None:
    trouble = Trouble(TroubleKind.FAULT, FAULT_SAID, NOW - since * MINUTE)
    start_at, now, was_told = NOW + start * MINUTE, NOW, False
    for minutes in passed:
        now += minutes * MINUTE
        told = is_told([trouble], start_at, now)
        assert not told or now < start_at <= now + AHEAD
        assert told or not was_told or start_at <= now
        was_told = was_told or told


FAULT_SAID = troubles(RigFacts((FAULT,)), DAY, NOW)[0].said
