import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.labels.rules import ALPHABET, LENGTH, check_character, new_code, read_code, spelled
from inventory.labels.sheets import SHEETS, SheetKind, places

codes = st.text(ALPHABET, min_size=LENGTH - 1, max_size=LENGTH - 1).map(
    lambda body: body + check_character(body)
)


@given(codes)
def test_a_code_is_read_however_it_is_written(code: str) -> None:
    forms = [
        code,
        spelled(code),
        f" {spelled(code).lower()} ",
        f"{code[:2]} {code[2:5]}—{code[5:]}",
        f"https://station.example/t/{code}",
        f"http://10.0.0.7:8765/t/{code}/?x=1#y",
        "".join(chr(ord(one) + 0xFEE0) for one in code),
    ]
    assert {read_code(form).code for form in forms} == {code}


@given(codes, st.integers(0, LENGTH - 1), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_noticed(code: str, place: int, other: str) -> None:
    wrong = code[:place] + other + code[place + 1 :]
    read = read_code(wrong)
    assert (read.code is None, read.is_mistyped) == (wrong != code, wrong != code)


@given(codes, st.permutations(range(LENGTH)).map(lambda order: tuple(sorted(order[:2]))))
def test_two_characters_that_changed_places_are_noticed(code: str, pair: tuple[int, int]) -> None:
    first, second = pair
    swapped = list(code)
    swapped[first], swapped[second] = swapped[second], swapped[first]
    wrong = "".join(swapped)
    assert (read_code(wrong).code is None) == (wrong != code)


@given(st.text(max_size=40))
def test_any_text_is_read_without_harm(text: str) -> None:
    read = read_code(text)
    assert read.code is None or not read.is_mistyped


@pytest.mark.parametrize("text", ["BJ01-0001", "0O1I-UUUU", "", "https://x/", "ABCD-EFG"])
def test_what_is_no_code_is_left_as_it_is(text: str) -> None:
    read = read_code(text)
    assert (read.code, read.is_mistyped) == (None, False)


def test_codes_have_characters_that_nobody_mixes_up() -> None:
    chance = random.Random(7)  # noqa: S311 - repeatable, not secret
    made = {new_code(chance.choice) for _ in range(200)}
    assert len(made) == 200
    assert not set("01IOU") & set("".join(made))
    assert all(read_code(code).code == code for code in made)


@pytest.mark.parametrize("kind", list(SheetKind))
def test_labels_lie_on_the_page_and_never_on_each_other(kind: SheetKind) -> None:
    sheet = SHEETS[kind]
    found = list(places(sheet, sheet.places + 1))
    assert [one.page for one in found] == [0] * sheet.places + [1]
    width, height = sheet.label
    for one in found:
        assert 0 <= one.left <= one.left + width <= sheet.page[0] + 0.01
        assert 0 <= one.top <= one.top + height <= sheet.page[1] + 0.01
    for one, other in itertools.combinations(found[:-1], 2):
        is_beside = abs(one.left - other.left) >= width - 0.01
        assert is_beside or abs(one.top - other.top) >= height - 0.01


def test_a_used_sheet_is_gone_on_with() -> None:
    sheet = SHEETS[SheetKind.A4_3X8]
    assert [one.page for one in places(sheet, 3, used=23)] == [0, 1, 1]
    assert list(places(sheet, 1, used=23)) == list(places(sheet, 24))[23:]
