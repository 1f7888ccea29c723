import pytest
from cantools.database.can import Database
from hypothesis import given
from hypothesis import strategies as st

from can_bridge.decoding.frames import FrameDecoder, Outcome
from can_bridge.frames import Frame

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
SIG_VALTYPE_ 4 Real : 1;
VAL_ 4 State 254 "Not available" 255 "on" ;
"""
DATABASE = Database(strict=False)
DATABASE.add_dbc_string(DBC)
DECODER = FrameDecoder(DATABASE)


def decode(frame_id: int, data: bytes) -> tuple[Outcome, dict[str, float]]:
    outcome, _, signals = DECODER.decode(Frame(0.0, 0, frame_id, False, data))
    return outcome, {plan.signal.name: value for plan, _, value in signals}


def by_cantools(data: bytes) -> dict[str, object]:
    values = DATABASE.decode_message(1, data, decode_choices=False)
    assert isinstance(values, dict)
    return dict(values)


@given(st.binary(min_size=8, max_size=8))
def test_values_equal_cantools(data: bytes) -> None:
    outcome, values = decode(1, data)
    assert outcome is Outcome.FULL
    assert values == by_cantools(data)


@given(st.binary(max_size=7))
def test_a_short_frame_gives_exactly_the_signals_that_fit(data: bytes) -> None:
    outcome, values = decode(1, data)
    whole = by_cantools(data.ljust(8, b"\0"))
    needed = {"Little": 2, "Big": 4, "Flag": 8}
    assert outcome is Outcome.SHORT
    assert values == {name: whole[name] for name, size in needed.items() if size <= len(data)}


def test_a_multiplexer_selects_its_page() -> None:
    assert decode(2, bytes([1, 7]).ljust(8, b"\0")) == (Outcome.FULL, {"Page": 1, "Second": 7})


def test_an_unknown_multiplexer_value_still_gives_the_rest() -> None:
    assert decode(2, bytes([9]).ljust(8, b"\0")) == (Outcome.UNKNOWN_MUX, {"Page": 9})


def test_a_signal_beyond_its_message_does_not_take_its_neighbour_along() -> None:
    assert decode(3, b"\x05\x06") == (Outcome.BROKEN, {"Good": 5})


def test_an_id_outside_the_dbc_is_an_outcome() -> None:
    assert decode(0x7FF, b"")[0] is Outcome.UNKNOWN_ID


@pytest.mark.parametrize(
    ("signal", "raw", "plausible"),
    [
        ("Good", 100, True),
        ("Good", 101, False),
        ("Good", 255, False),
        ("Wide", 0x7FFF, False),
        ("Wide", -1, True),
        ("Counter", 255, True),
        ("State", 254, False),
        ("State", 255, True),
    ],
)
def test_not_available_and_out_of_range_values_are_not_believed(
    signal: str, raw: int, plausible: bool
) -> None:
    plans = {plan.signal.name: plan for message in DECODER.messages for plan in message.signals}
    plan = plans[signal]
    assert plan.is_plausible(raw, plan.scaled(raw)) is plausible
