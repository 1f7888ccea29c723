import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.papers.rules import ALPHABET, code_of, printed, typed
from inventory.papers.wording import clean, number, places
from inventory.stations.rules import Level
from inventory.typesetting.tables import broken

SHA256 = st.binary(max_size=8).map(lambda seed: hashlib.sha256(seed).hexdigest())


def test_a_code_is_found_however_it_is_typed() -> None:
    code = code_of("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")
    assert printed(code) == f"{code[:4]}-{code[4:8]}-{code[8:12]}-{code[12:]}"
    for written in (code, printed(code), f" {printed(code).lower()} ", " ".join(code)):
        assert typed(written) == code


def test_letters_that_look_like_digits_are_taken_for_them() -> None:
    code = code_of("0" * 63 + "1")
    assert typed(code.replace("0", "O")) == code


@given(SHA256, st.integers(0, 12), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_noticed(sha256: str, place: int, wrong: str) -> None:
    code = code_of(sha256)
    mistyped = code[:place] + wrong + code[place + 1 :]
    assert typed(mistyped) == (code if mistyped == code else None)


@given(SHA256, st.integers(0, 10))
def test_swapped_neighbours_are_noticed(sha256: str, place: int) -> None:
    code = code_of(sha256)
    one, other = code[place], code[place + 1]
    swapped = code[:place] + other + one + code[place + 2 :]
    is_blind_spot = one == other or {one, other} == {"0", "Z"}
    assert typed(swapped) == (swapped if is_blind_spot else None)


@pytest.mark.parametrize("text", ["", "7H2K", "7H2K-9QXM-41TB-8-9", "验证码", "U" * 13, "\0" * 13])
def test_what_can_be_no_code_is_none(text: str) -> None:
    assert typed(text) is None


@given(st.text(alphabet="a b,站、（）\n-", max_size=60), st.integers(1, 12))
def test_lines_fit_and_lose_nothing_but_blanks(text: str, width: int) -> None:
    lines = broken(text, width, lambda one: 1 if one.isascii() else 2)
    for line in lines:
        assert len(line) == 1 or sum(1 if one.isascii() else 2 for one in line) <= width
    assert "".join(lines).replace(" ", "") == text.replace(" ", "").replace("\n", "")


def test_a_line_ends_after_a_mark_and_not_inside_a_number() -> None:
    assert broken("BJ01-0001、BJ01-0002", 12, lambda _: 1) == ["BJ01-0001、", "BJ01-0002"]


def test_paper_shows_no_characters_that_hide_or_turn_text() -> None:
    assert clean("a\x00b\u202ec\u200bd\te\r\nf\ufffe\uffff") == "abcd e\nf"


def test_numbers_have_no_needless_zeros() -> None:
    assert [number(one) for one in (2.0, 0.5, 1234567.0, None)] == ["2", "0.5", "1234567", ""]


def test_levels_of_a_module_stand_together() -> None:
    asked = [("2-1", Level.ADVANCED), ("2-2", Level.ELEMENTARY), ("2-1", Level.ELEMENTARY)]
    assert places(asked) == "2-1 初高；2-2 初"
