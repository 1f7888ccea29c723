import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from can_bridge.diagnostics.overhearing import MARK, MARK_ID, Fact, Overhearing
from can_bridge.diagnostics.uds import (
    CodeList,
    CodesCleared,
    DidText,
    ListKind,
    Refused,
    decoded,
    question,
)
from can_bridge.frames import Frame, FrameBatch
from can_bridge.reported_codes import Heard
from tests.examples import EXAMPLES


def texts(hexed: str) -> list[tuple[str, int, int]]:
    answer = decoded(bytes.fromhex(hexed))
    assert isinstance(answer, CodeList)
    return [(dtc.text, dtc.failure_type, status) for dtc, status in answer.codes]


def test_lists_of_trouble_codes_are_read_in_three_protocols() -> None:
    assert texts("5902FF58128728") == [("C1812", 0x87, 0x28)]
    assert texts("5902FF") == []
    assert texts("58020AA6E0C11160") == [("P0AA6", 0, 0xE0), ("U0111", 0, 0x60)]
    assert texts("43010AA6") == [("P0AA6", 0, 0x08)]
    assert texts("47010AA6") == [("P0AA6", 0, 0x04)]


@pytest.mark.parametrize(
    "hexed", ["5902", "5902FF581287", "59010102FF", "5801", "43010A", "4302", "6201", "7F19", "49"]
)
def test_what_contradicts_its_own_length_says_nothing(hexed: str) -> None:
    assert decoded(bytes.fromhex(hexed)) is None


def test_refusals_clearings_and_identities_are_told_apart() -> None:
    assert decoded(bytes.fromhex("7F1978")) == Refused(0x19, 0x78)
    assert decoded(b"\x54") == CodesCleared()
    vin = b"KMHK381GXMU123456"
    assert decoded(b"\x62\xf1\x90" + vin) == DidText(0xF190, vin.decode())
    assert decoded(b"\x49\x02\x01" + vin) == DidText(0xF190, vin.decode())
    assert decoded(b"\x62\xf1\x90" + b"\xff" * 17) is None
    assert decoded(b"\x62\xf1\x8c\x01\x02\x03") == DidText(0xF18C, "010203")


def test_questions_name_what_they_ask() -> None:
    asked = question(bytes.fromhex("1902AC"))
    assert asked is not None
    assert (asked.kind, asked.mask) == (ListKind.UDS, 0xAC)
    kwp = question(bytes.fromhex("1800FF00"))
    assert kwp is not None
    assert (kwp.kind, kwp.group.hex()) == (ListKind.KWP, "00ff00")
    assert question(b"\x03") is not None
    assert question(b"\x03\x01") is None
    assert question(b"\x43\x00") is None


@settings(max_examples=5 * EXAMPLES)
@given(st.binary(min_size=1, max_size=40))
def test_no_message_is_too_strange(payload: bytes) -> None:
    decoded(payload)
    question(payload)


def hear(*frames: tuple[int, str] | tuple[int, str, float], **options: bool) -> Overhearing:
    overhearing = Overhearing({("hv", 0x7EC): "BMS"}, frozenset({"truck"}), **options)
    rows = [
        Frame(rest[0] if rest else 0.0, "hv", can_id, can_id > 0x7FF, bytes.fromhex(hexed))
        for can_id, hexed, *rest in frames
    ]
    overhearing.take("hv", FrameBatch.of(rows))
    return overhearing


def test_an_answer_counts_with_its_question_and_has_its_mask() -> None:
    heard = hear((0x7E4, "031902AC"), (0x7EC, "075902FF0AA60009")).heard
    assert [(one.ecu, one.mask, one.codes[0].dtc) for one in heard] == [("BMS", 0xAC, "P0AA6")]


def test_the_question_to_the_same_control_unit_goes_before_a_later_one() -> None:
    frames = ((0x7E4, "03190208"), (0x7E2, "031902FF"), (0x7EC, "035902FF"))
    assert [one.mask for one in hear(*frames).heard] == [0x08]
    to_all = ((0x7DF, "03190208"), (0x72D, "035902FF"))
    assert [(one.ecu, one.mask) for one in hear(*to_all).heard] == [("0x72D", 0x08)]


@pytest.mark.parametrize(
    "frames",
    [
        ((0x7EC, "075902FF0AA60009"),),
        ((0x7E4, "031902AC", 0.0), (0x7EC, "075902FF0AA60009", 6.0)),
        ((0x7E4, "0322F190"), (0x7EC, "075902FF0AA60009")),
        ((0x7EC, "0154"),),
    ],
)
def test_an_answer_nobody_asked_for_is_counted_and_told_to_nobody(
    frames: tuple[tuple[int, str], ...],
) -> None:
    overhearing = hear(*frames)
    assert overhearing.heard == []
    assert overhearing.counts.unasked == 1


def test_a_clearing_is_heard_of_with_its_question() -> None:
    assert hear((0x7E4, "0414FFFFFF"), (0x7EC, "0154")).heard == [
        Heard("overheard", "BMS", "clear", is_all_cleared=True)
    ]


def test_29_bit_control_units_are_heard_too() -> None:
    frames = ((0x18DA10F1, "031902FF"), (0x18DAF110, "075902FF0AA60009"))
    assert [one.ecu for one in hear(*frames).heard] == ["0x18DAF110"]


def test_who_does_not_want_to_hear_testers_hears_none() -> None:
    frames = ((0x7E4, "031902AC"), (0x7EC, "075902FF0AA60009"))
    assert hear(*frames, hears_testers=False).heard == []


def test_a_simulators_mark_is_counted_and_nothing_like_it() -> None:
    overhearing = hear((MARK_ID, MARK.hex()), (MARK_ID, MARK.hex()[:-2]), (MARK_ID - 1, MARK.hex()))
    assert overhearing.marks == 1


def test_overheard_identities_become_facts() -> None:
    frames = ((0x7EC, "101462F190" + b"KMH".hex()), (0x7EC, "21" + b"K381GXM".hex()))
    overhearing = hear(*frames, (0x7EC, "22" + b"U123456".hex()))
    assert overhearing.facts == [Fact("BMS", 0xF190, "KMHK381GXMU123456")]
