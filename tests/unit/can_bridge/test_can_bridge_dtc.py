import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from can_bridge.dtc import Dtc, NotADtc


@pytest.mark.parametrize(("failure_type", "step"), [(0x00, 1), (0x13, 7), (0x87, 7), (0xFF, 7)])
def test_all_two_byte_codes_go_to_text_and_back(failure_type: int, step: int) -> None:
    texts = set()
    for number in range(0, 1 << 16, step):
        raw = number.to_bytes(2, "big") + bytes((failure_type,))
        dtc = Dtc.from_bytes(raw)
        texts.add(dtc.text)
        assert dtc.to_bytes() == raw
    assert len(texts) == len(range(0, 1 << 16, step))


def test_every_text_of_the_notation_has_its_own_bytes() -> None:
    chance = random.Random(1)  # noqa: S311 -- a test that repeats itself
    for system in "PCBU":
        for kind in "0123":
            for _ in range(50):
                text = f"{system}{kind}{chance.randrange(0x1000):03X}"
                assert Dtc.from_bytes(Dtc.parse(text).to_bytes()).text == text


@pytest.mark.parametrize(
    ("text", "raw"),
    [
        ("P0AA6", "0AA600"),
        ("U0111-87", "C11187"),
        ("B1603", "960300"),
        ("C1812-87", "581287"),
        ("P1A78", "1A7800"),
        ("U3FFF-FF", "FFFFFF"),
        ("P0000", "000000"),
    ],
)
def test_known_codes_have_their_known_bytes(text: str, raw: str) -> None:
    assert Dtc.parse(text).to_bytes() == bytes.fromhex(raw)
    assert str(Dtc.from_bytes(bytes.fromhex(raw))) == (text if "-" in text else f"{text}-00")


@given(st.text(max_size=8))
def test_a_text_is_a_code_or_an_error(text: str) -> None:
    try:
        dtc = Dtc.parse(text)
    except NotADtc:
        return
    assert Dtc.parse(str(dtc)) == dtc
