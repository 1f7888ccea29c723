from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from can_bridge import reported_codes
from can_bridge.fault_wording import CodeBook
from can_bridge.faults import FaultStep
from can_bridge.profile_tables import TroubleCodeEntry
from can_bridge.reported_codes import (
    FORGOTTEN_AFTER_MS,
    MOST_CODES,
    Codes,
    Heard,
    HeardCode,
    Tracked,
)

ISOLATION = HeardCode("P0AA6", 0, 0x09)
STORED = HeardCode("B1603", 0, 0x08)
PENDING = HeardCode("U0111", 0x87, 0x04)
KNOWN_TEST = HeardCode("P0A1F", 0, 0x50)


def heard(
    *codes: HeardCode, ecu: str = "BMS", question: str = "uds", mask: int | None = 0xFF
) -> Heard:
    return Heard("overheard", ecu, question, codes, mask)


def live(
    *happenings: Heard | int, codes: Codes | None = None
) -> tuple[list[tuple[str, FaultStep]], Codes]:
    """Answers and pauses (ms) in their order; a tick of 50 ms after each answer."""
    known: Codes = codes or {}
    at_ms, told = 1_000_000, []
    for happening in happenings:
        pause = 50
        if isinstance(happening, Heard):
            known, _ = reported_codes.take(known, happening)
        else:
            pause = happening
        at_ms += pause
        known, outcomes = reported_codes.step(known, at_ms, pause, {})
        told += [(one.code.dtc, one.outcome.step) for one in outcomes]
    return told, known


def test_a_confirmed_code_is_a_fault_at_once_and_cleared_when_the_list_lacks_it() -> None:
    told, known = live(heard(ISOLATION, STORED), heard(ISOLATION, STORED), heard(STORED))
    assert told == [
        ("P0AA6", FaultStep.CONFIRMED),
        ("B1603", FaultStep.CONFIRMED),
        ("P0AA6", FaultStep.CLEARED),
    ]
    assert [code.dtc for code in known.values() if code.listed] == ["B1603"]


def test_a_pending_code_is_pending_until_the_control_unit_confirms_it() -> None:
    confirmed = PENDING._replace(status=0x0F)
    told, _ = live(heard(PENDING), 600_000, heard(confirmed), heard())
    assert [step for _, step in told] == [
        FaultStep.PENDING,
        FaultStep.CONFIRMED,
        FaultStep.CLEARED,
    ]


def test_a_list_of_tests_that_did_not_fail_is_no_fault() -> None:
    assert live(heard(KNOWN_TEST)) == ([], {})


@pytest.mark.parametrize(
    "later",
    [
        heard(mask=0x01),
        heard(mask=None),
        heard(ecu="VCU"),
        heard(question="kwp 00ff00"),
    ],
    ids=["another mask", "no question heard", "another control unit", "another question"],
)
def test_only_the_same_question_to_the_same_control_unit_clears(later: Heard) -> None:
    told, _ = live(heard(STORED), later, 60_000)
    assert told == [("B1603", FaultStep.CONFIRMED)]


def test_a_mask_clears_the_codes_it_covers() -> None:
    told, _ = live(heard(STORED), heard(mask=0x08))
    assert told[-1] == ("B1603", FaultStep.CLEARED)


def test_a_confirmed_clearing_clears_all_codes_of_that_control_unit() -> None:
    cleared = Heard("overheard", "BMS", "clear", is_all_cleared=True)
    told, _ = live(heard(ISOLATION), heard(STORED, ecu="VCU"), cleared)
    assert told[2:] == [("P0AA6", FaultStep.CLEARED)]


def test_a_code_in_two_lists_is_one_fault_until_both_lack_it() -> None:
    obd = heard(ISOLATION, question="obd-stored")
    told, _ = live(heard(ISOLATION), obd, heard(), 1000, heard(question="obd-stored"))
    assert [step for _, step in told] == [FaultStep.CONFIRMED, FaultStep.CLEARED]


def test_what_nobody_hears_of_for_a_day_is_forgotten() -> None:
    hours = [3_600_000] * 23
    told, _ = live(heard(STORED), *hours)
    assert len(told) == 1
    told, known = live(heard(STORED), *hours, 3_600_000)
    assert told[-1] == ("B1603", FaultStep.CLEARED)
    assert FORGOTTEN_AFTER_MS == 24 * 3_600_000
    assert all(not code.listed for code in known.values())


def test_a_broadcast_code_outlives_one_message_without_it() -> None:
    def dm1(*codes: HeardCode) -> Heard:
        return Heard("dm1", "SA00", "dm1", codes, 0xFF, is_broadcast=True)

    engine = HeardCode("SPN 84 FMI 3", 0, 0x89, severity=2)
    told, _ = live(dm1(engine), 1000, dm1(), 1000, dm1(engine), 1000, dm1(), 1000, dm1(), 2000)
    assert told == [("SPN 84 FMI 3", FaultStep.CONFIRMED), ("SPN 84 FMI 3", FaultStep.CLEARED)]


def test_a_code_that_flaps_does_not_flood() -> None:
    told, _ = live(*(one for _ in range(200) for one in (heard(ISOLATION), 500, heard(), 500)))
    confirmed = [step for _, step in told].count(FaultStep.CONFIRMED)
    assert confirmed <= 12 * 4 + 1


def test_codes_beyond_what_a_bench_can_have_are_counted() -> None:
    many = [HeardCode("P0AA6", n % 256, 0x09) for n in range(256)]
    many += [HeardCode("P0AA7", n % 256, 0x09) for n in range(256)]
    known, refused = reported_codes.take({}, heard(*many))
    assert len(known) == MOST_CODES
    assert refused == 12


statuses = st.sampled_from([0x00, 0x04, 0x08, 0x09, 0x0F, 0x28, 0x50])
listed = st.lists(st.tuples(st.sampled_from(["P0AA6", "B1603"]), statuses), max_size=2)
answers = st.builds(
    lambda codes, ecu, question, mask: heard(
        *(HeardCode(dtc, 0, status) for dtc, status in dict(codes).items()),
        ecu=ecu,
        question=question,
        mask=mask,
    ),
    listed,
    st.sampled_from(["BMS", "VCU"]),
    st.sampled_from(["uds", "obd-stored"]),
    st.sampled_from([None, 0x08, 0xFF]),
)


@given(st.lists(st.one_of(answers, st.integers(50, 30_000)), max_size=60))
def test_whatever_is_heard_the_life_of_a_fault_is_in_order(
    happenings: Sequence[Heard | int],
) -> None:
    known: Codes = {}
    at_ms = 0
    lives: dict[str, list[FaultStep]] = {}
    for happening in happenings:
        at_ms += 50
        if isinstance(happening, Heard):
            known, _ = reported_codes.take(known, happening)
        else:
            at_ms += happening
        known, outcomes = reported_codes.step(known, at_ms, 50, {})
        for _, outcome in outcomes:
            lives.setdefault(outcome.fault_id, []).append(outcome.step)
    orders = (
        [FaultStep.PENDING, FaultStep.CONFIRMED, FaultStep.CLEARED],
        [FaultStep.CONFIRMED, FaultStep.CLEARED],
        [FaultStep.PENDING, FaultStep.CLEARED],
    )
    assert all(any(life == order[: len(life)] for order in orders) for life in lives.values())


def test_the_profile_rates_codes_and_a_stored_one_blocks_nothing() -> None:
    book = CodeBook(
        [
            TroubleCodeEntry(dtc="P0AA6", severity=3, text_zh="绝缘", text_en="isolation"),
            TroubleCodeEntry(dtc="P0AA6-13", severity=4),
        ]
    )

    def severity(dtc: str, failure_type: int, status: int, own: int = 0) -> int:
        return book.severity(Tracked("read", "BMS", dtc, failure_type, own, listed={"uds": status}))

    assert severity("P0AA6", 0x00, 0x09) == 3
    assert severity("P0AA6", 0x13, 0x09) == 4
    assert severity("B1603", 0x00, 0x08) == 1
    assert severity("B1603", 0x00, 0x89) == 2
    assert severity("SPN 84 FMI 3", 0, 0x89, own=3) == 3
    told = book.wording(Tracked("read", "BMS", "P0AA6", 0))
    assert (told.zh, told.en) == ("绝缘", "isolation")
    truck = book.wording(Tracked("dm1", "SA00", "SPN 84 FMI 3", 0))
    assert "shorted high" in truck.en
