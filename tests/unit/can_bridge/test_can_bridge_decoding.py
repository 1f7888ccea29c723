import logging
from collections.abc import Sequence

import numpy as np
import pytest
from cantools.database.can import Database
from hypothesis import given
from hypothesis import strategies as st

from can_bridge.decoding.belief import Belief, Quality
from can_bridge.decoding.frames import OUTCOMES, DecodedBatch, FrameDecoder, Outcome
from can_bridge.frames import Frame, FrameBatch

DBC = """VERSION ""
BS_:
BU_: A
BO_ 1 Mixed: 8 A
 SG_ Little : 4|12@1- (0.5,-3) [0|0] "V" A
 SG_ Big : 23|10@0- (2,1) [0|0] "" A
 SG_ Flag : 63|1@1+ (1,0) [0|0] "" A
BO_ 2 Muxed: 8 A
 SG_ Page M : 0|8@1+ (1,0) [0|0] "" A
 SG_ First m0 : 8|16@1+ (1,0) [0|0] "" A
 SG_ Second m1 : 8|8@1+ (1,0) [0|0] "" A
BO_ 3 Broken: 2 A
 SG_ Good : 0|8@1+ (1,0) [0|100] "" A
 SG_ Beyond : 8|16@1+ (1,0) [0|0] "" A
BO_ 4 Floats: 8 A
 SG_ Real : 0|32@1- (1,0) [0|0] "" A
 SG_ Wide : 32|16@1- (1,0) [0|0] "" A
 SG_ Counter : 48|8@1+ (1,0) [0|0] "" A
 SG_ State : 56|8@1+ (1,0) [0|0] "" A
BO_ 5 Cascade: 8 A
 SG_ Outer M : 0|8@1+ (1,0) [0|0] "" A
 SG_ Inner m2M : 8|8@1+ (1,0) [0|0] "" A
 SG_ Plain m1 : 8|8@1+ (1,0) [0|0] "" A
 SG_ Leaf m0 : 16|8@1+ (1,0) [0|0] "" A
 SG_ Many m0 : 24|8@1+ (1,0) [0|0] "" A
 SG_ Other M : 32|8@1+ (1,0) [0|0] "" A
 SG_ Aside m3 : 40|8@1+ (1,0) [0|0] "" A
BO_ 6 Whole: 16 A
 SG_ Unsigned : 0|64@1+ (1,0) [0|0] "" A
 SG_ Scaled : 64|64@1- (3,1) [0|0] "" A
BO_ 7 Wide: 64 A
 SG_ AcrossLittle : 60|9@1- (1,0) [0|0] "" A
 SG_ AcrossBig : 129|63@0+ (1,0) [0|0] "" A
 SG_ Last : 504|8@1+ (1,0) [0|0] "" A
 SG_ Text : 256|100@1+ (1,0) [0|0] "" A
SIG_VALTYPE_ 4 Real : 1;
VAL_ 4 State 254 "Not available" 253 "invalid" 255 "on" ;
VAL_ 2 Page 7 "empty page" ;
SG_MUL_VAL_ 5 Inner Outer 2-2;
SG_MUL_VAL_ 5 Plain Outer 1-1;
SG_MUL_VAL_ 5 Leaf Inner 0-0;
SG_MUL_VAL_ 5 Many Outer 4-4, 10-200;
SG_MUL_VAL_ 5 Aside Other 3-3;
"""
DATABASE = Database(strict=False)
DATABASE.add_dbc_string(DBC)
DECODER = FrameDecoder(DATABASE)


def decode(
    frame_id: int, *payloads: bytes, decoder: FrameDecoder = DECODER
) -> list[tuple[Outcome, dict[str, float]]]:
    frames = [Frame(0.0, 0, frame_id, False, data) for data in payloads]
    decoded = decoder.decode(FrameBatch.of(frames))
    return [
        (OUTCOMES[decoded.outcome[row]], values(decoded, row, decoder))
        for row in range(len(frames))
    ]


def values(decoded: DecodedBatch, row: int, decoder: FrameDecoder = DECODER) -> dict[str, float]:
    return {
        decoder.signals[decoded.signal[place]].key.partition(".")[2]: float(decoded.value[place])
        for place in np.flatnonzero(decoded.frame == row)
    }


def by_cantools(frame_id: int, data: bytes) -> dict[str, object]:
    decoded = DATABASE.decode_message(frame_id, data, decode_choices=False)
    assert isinstance(decoded, dict)
    return dict(decoded)


@given(st.lists(st.binary(min_size=8, max_size=8), min_size=1, max_size=20))
def test_values_equal_cantools(payloads: list[bytes]) -> None:
    assert decode(1, *payloads) == [(Outcome.FULL, by_cantools(1, data)) for data in payloads]


@given(st.lists(st.binary(max_size=7), min_size=1, max_size=9))
def test_a_short_frame_gives_exactly_the_signals_that_fit(payloads: list[bytes]) -> None:
    needed = {"Little": 2, "Big": 4, "Flag": 8}
    for data, (outcome, found) in zip(payloads, decode(1, *payloads), strict=True):
        whole = by_cantools(1, data.ljust(8, b"\0"))
        assert outcome is Outcome.SHORT
        assert found == {name: whole[name] for name, size in needed.items() if size <= len(data)}


def test_a_multiplexer_selects_its_page() -> None:
    frame = bytes([1, 7]).ljust(8, b"\0")
    assert decode(2, frame) == [(Outcome.FULL, {"Page": 1, "Second": 7})]


def test_a_multiplexer_of_a_short_frame_selects_what_fits() -> None:
    assert decode(2, b"\x00\x05", b"\x00\x05\x01", b"") == [
        (Outcome.SHORT, {"Page": 0}),
        (Outcome.SHORT, {"Page": 0, "First": 0x105}),
        (Outcome.SHORT, {}),
    ]


def test_an_unknown_multiplexer_value_still_gives_the_rest() -> None:
    assert decode(2, bytes([9]).ljust(8, b"\0")) == [(Outcome.UNKNOWN_MUX, {"Page": 9})]


def test_a_page_that_only_has_a_label_is_known() -> None:
    assert decode(2, bytes([7]).ljust(8, b"\0")) == [(Outcome.FULL, {"Page": 7})]


@pytest.mark.parametrize(
    ("data", "outcome", "names"),
    [
        ([1, 5, 0, 0, 3], Outcome.FULL, {"Outer", "Other", "Aside", "Plain"}),
        ([2, 0, 9, 0, 3], Outcome.FULL, {"Outer", "Other", "Aside", "Inner", "Leaf"}),
        ([2, 1, 9, 0, 3], Outcome.UNKNOWN_MUX, {"Outer", "Other", "Aside", "Inner"}),
        ([4, 0, 0, 8, 3], Outcome.FULL, {"Outer", "Other", "Aside", "Many"}),
        ([10, 0, 0, 8, 3], Outcome.FULL, {"Outer", "Other", "Aside", "Many"}),
        ([200, 0, 0, 8, 3], Outcome.FULL, {"Outer", "Other", "Aside", "Many"}),
        ([201, 0, 0, 8, 3], Outcome.UNKNOWN_MUX, {"Outer", "Other", "Aside"}),
        ([1, 5, 0, 0, 4], Outcome.UNKNOWN_MUX, {"Outer", "Other", "Plain"}),
    ],
)
def test_multiplexers_cascade_take_ranges_and_stand_side_by_side(
    data: list[int], outcome: Outcome, names: set[str]
) -> None:
    [(found, signals)] = decode(5, bytes(data).ljust(8, b"\0"))
    assert (found, set(signals)) == (outcome, names)


def test_a_signal_beyond_its_message_does_not_take_its_neighbour_along() -> None:
    assert decode(3, b"\x05\x06") == [(Outcome.BROKEN, {"Good": 5})]


def test_signals_behind_an_unreadable_multiplexer_are_not_guessed() -> None:
    database = Database(strict=False)
    database.add_dbc_string(
        'BU_: A\nBO_ 1 M: 2 A\n SG_ Mux M : 12|8@1+ (1,0) [0|0] "" A\n'
        ' SG_ Page m0 : 0|8@1+ (1,0) [0|0] "" A\n SG_ Own : 0|4@1+ (1,0) [0|0] "" A\n'
    )
    decoder = FrameDecoder(database)
    assert decode(1, b"\x03\x00", decoder=decoder) == [(Outcome.BROKEN, {"Own": 3})]


def test_an_id_outside_the_dbc_is_an_outcome() -> None:
    assert decode(0x7FF, b"\1")[0] == (Outcome.UNKNOWN_ID, {})
    # an id beyond 11 bits without the flag must not reach another message's place
    assert decode(0x801, b"\1", b"\2") == [(Outcome.UNKNOWN_ID, {})] * 2


@pytest.mark.parametrize(
    "data", [b"\xff" * 16, bytes(range(1, 17)), b"\1" + bytes(14) + b"\x80", bytes(16)]
)
def test_64_bits_stay_exact_up_to_the_last_rounding(data: bytes) -> None:
    [(_, found)] = decode(6, data)
    expected = by_cantools(6, data)
    assert found == {name: float(str(value)) for name, value in expected.items()}
    raw = DECODER.decode(FrameBatch.of([Frame(0.0, 0, 6, False, data)])).raw
    assert sorted(raw.view(np.uint64).tolist()) == sorted(
        int.from_bytes(data[start : start + 8], "little") for start in (0, 8)
    )


@given(st.binary(min_size=64, max_size=64))
def test_signals_across_the_words_of_long_frames_equal_cantools(data: bytes) -> None:
    [(outcome, found)] = decode(7, data)
    expected = by_cantools(7, data)
    del expected["Text"]
    assert (outcome, found) == (Outcome.FULL, {name: float(str(v)) for name, v in expected.items()})


def test_blocks_of_more_than_64_bits_are_no_numbers() -> None:
    wide = next(message for message in DECODER.messages if message.name == "Wide")
    assert wide.opaque == ("Wide.Text",)


def test_a_payload_of_any_length_is_decoded() -> None:
    decoded = DECODER.decode_payload(7, False, bytes(63) + b"\x2a" + bytes(900))
    assert values(decoded, 0)["Last"] == 42
    assert len(DECODER.decode_payload(7, False, b"").signal) == 0


@pytest.mark.parametrize(
    ("signal", "raw", "quality"),
    [
        ("Good", 100, Quality.GOOD),
        ("Good", 101, Quality.IMPLAUSIBLE),
        ("Good", 255, Quality.NOT_AVAILABLE),
        ("Wide", 0x7FFF, Quality.NOT_AVAILABLE),
        ("Wide", -1, Quality.GOOD),
        ("Counter", 255, Quality.GOOD),
        ("State", 253, Quality.NOT_AVAILABLE),
        ("State", 254, Quality.NOT_AVAILABLE),
        ("State", 255, Quality.GOOD),
        ("Real", 0x7F800000, Quality.IMPLAUSIBLE),
        ("Real", 0x7FC00000, Quality.IMPLAUSIBLE),
        ("Real", 0x3F800000, Quality.GOOD),
    ],
)
def test_not_available_and_out_of_range_values_are_not_believed(
    signal: str, raw: int, quality: Quality
) -> None:
    plan = next(one for one in DECODER.signals if one.key.endswith(f".{signal}"))
    bits = (raw & ((1 << plan.length) - 1)) << plan.first_bit
    frame_id = 3 if signal == "Good" else 4
    data = bits.to_bytes(8, "little")[: 2 if frame_id == 3 else 8]
    decoded = DECODER.decode(FrameBatch.of([Frame(0.0, 0, frame_id, False, data)]))
    row = np.flatnonzero(decoded.signal == plan.index)[0]
    assert decoded.quality[row] == quality
    assert np.isnan(decoded.believed()[row]) == (quality != Quality.GOOD)


def test_beliefs_can_be_replaced_without_touching_the_decoder() -> None:
    index = next(one.index for one in DECODER.signals if one.key == "Broken.Good")
    other = DECODER.believing({index: Belief(frozenset({5, 6}), 2.0, 7.0)})
    batch = FrameBatch.of([Frame(0.0, 0, 3, False, bytes([raw, 0])) for raw in (1, 2, 5, 6, 7, 8)])
    expected = [2, 0, 1, 1, 0, 2]
    assert other.decode(batch).quality.tolist() == expected
    assert set(DECODER.decode(batch).quality.tolist()) == {Quality.GOOD}


def _j1939(*frame_ids: int) -> FrameDecoder:
    blocks = [
        f'BO_ {(1 << 31) + frame_id} M{place}: 8 A\n SG_ S{place} : 0|8@1+ (1,0) [0|0] "" A\n'
        for place, frame_id in enumerate(frame_ids)
    ]
    database = Database(strict=False)
    database.add_dbc_string(
        "BU_: A\n" + "".join(blocks) + 'BA_DEF_ BO_ "VFrameFormat" ENUM "StandardCAN",'
        '"ExtendedCAN","reserved","J1939PG";\nBA_DEF_DEF_ "VFrameFormat" "J1939PG";\n'
    )
    return FrameDecoder(database)


def _matched(decoder: FrameDecoder, *ids: int, is_extended: bool = True) -> list[str | None]:
    batch = FrameBatch.of([Frame(0.0, 0, one, is_extended, bytes(8)) for one in ids])
    names = [*(one.name for one in decoder.messages), None]
    return [names[index] for index in decoder.match(batch)]


@pytest.mark.parametrize(
    ("in_dbc", "on_the_bus", "expected"),
    [
        # broadcast: any priority and sender
        ([0x0CF004FE], [0x0CF00400, 0x18F00417, 0x0CF00500], ["M0", "M0", None]),
        # addressed: any destination too; data page and format count
        ([0x18EF00FE], [0x18EF1234, 0x1CEFFF01, 0x19EF0001], ["M0", "M0", None]),
        # an exact id before the group, the any-sender message before the first
        ([0x18FEF101, 0x18FEF1FE, 0x18FEF102], [0x18FEF102, 0x18FEF133], ["M2", "M1"]),
    ],
)
def test_j1939_frames_are_matched_by_their_group(
    in_dbc: Sequence[int], on_the_bus: Sequence[int], expected: list[str | None]
) -> None:
    assert _matched(_j1939(*in_dbc), *on_the_bus) == expected


def test_a_dbc_that_says_j1939_only_as_a_whole_is_matched_by_group_too() -> None:
    text = 'BU_: A\nBO_ 2364540158 EEC1: 8 A\n SG_ Speed : 24|16@1+ (0.125,0) [0|0] "" A\n'
    for more, expected in (
        ('BA_DEF_ "ProtocolType" STRING ;\nBA_ "ProtocolType" "J1939";\n', "EEC1"),
        ('BA_DEF_ "ProtocolType" STRING ;\nBA_DEF_DEF_ "ProtocolType" "J1939";\n', "EEC1"),
        ("", None),
    ):
        database = Database(strict=False)
        database.add_dbc_string(text + more)
        assert _matched(FrameDecoder(database), 0x0CF00417) == [expected]


def test_in_j1939_two_ones_are_no_value() -> None:
    database = Database(strict=False)
    database.add_dbc_string(
        'BU_: A\nBO_ 2364540158 M: 1 A\n SG_ Switch : 0|2@1+ (1,0) [0|3] "" A\n'
        ' SG_ Bit : 7|1@1+ (1,0) [0|1] "" A\nBA_DEF_ "ProtocolType" STRING ;\n'
        'BA_ "ProtocolType" "J1939";\n'
    )
    batch = FrameBatch.of([Frame(0.0, 0, 0x0CF00417, True, bytes([raw])) for raw in (0x82, 0x83)])
    decoded = FrameDecoder(database).decode(batch)
    assert decoded.quality.tolist() == [0, 0, Quality.NOT_AVAILABLE, 0]


def test_other_extended_frames_are_matched_exactly_and_apart_from_standard_ones() -> None:
    database = Database(strict=False)
    database.add_dbc_string(
        'BU_: A\nBO_ 2147483649 Long: 1 A\n SG_ L : 0|8@1+ (1,0) [0|0] "" A\n'
        'BO_ 1 Brief: 1 A\n SG_ B : 0|8@1+ (1,0) [0|0] "" A\n'
    )
    decoder = FrameDecoder(database)
    assert _matched(decoder, 1, 0x101) == ["Long", None]
    assert _matched(decoder, 1, is_extended=False) == ["Brief"]
    batch = FrameBatch.of([Frame(0.0, 0, 1, flag, b"\7") for flag in (True, False, True)])
    assert decoder.match(batch).tolist() == [0, 1, 0]


def test_of_two_messages_with_one_id_the_later_counts(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR)
    database = Database(strict=False)
    database.add_dbc_string(
        'BU_: A\nBO_ 1 Old: 1 A\n SG_ O : 0|8@1+ (1,0) [0|0] "" A\n'
        'BO_ 1 New: 1 A\n SG_ N : 0|8@1+ (1,0) [0|0] "" A\n'
    )
    assert _matched(FrameDecoder(database), 1, is_extended=False) == ["New"]


def test_a_dbc_without_messages_knows_no_frame() -> None:
    database = Database(strict=False)
    assert decode(1, b"\1", decoder=FrameDecoder(database)) == [(Outcome.UNKNOWN_ID, {})]
    assert len(DECODER.decode(FrameBatch.empty()).outcome) == 0


def test_long_batches_are_the_same_as_their_parts() -> None:
    frames = [
        Frame(0.0, 0, 1 + place % 7, False, bytes([place % 251] * 8)) for place in range(9000)
    ]
    whole = DECODER.decode(FrameBatch.of(frames))
    assert len(whole.outcome) == 9000
    assert whole.frame.max() == 8999
    last = DECODER.decode(FrameBatch.of(frames[-1:]))
    assert values(whole, 8999) == values(last, 0)
