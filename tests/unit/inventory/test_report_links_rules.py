from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from inventory.report_links.page_texts import STATES, TEXTS
from inventory.report_links.rules import (
    ALPHABET,
    NUMBER_LENGTH,
    WINDOW,
    pause,
    read_number,
    shown_number,
)
from inventory.work_orders.rules import WorkOrderState

NOW = datetime(2026, 12, 1, 8, tzinfo=UTC)
numbers = st.text(st.sampled_from(ALPHABET), min_size=NUMBER_LENGTH, max_size=NUMBER_LENGTH)


@given(st.lists(st.integers(0, 7200), max_size=40), st.integers(1, 10))
def test_no_window_ever_has_more_than_it_may(ages_s: list[int], most: int) -> None:
    kept: list[datetime] = []
    for at in sorted(NOW - timedelta(seconds=age) for age in ages_s):
        if pause(kept, most, at) == timedelta(0):
            kept.append(at)
    for start in kept:
        assert sum(start <= at < start + WINDOW for at in kept) <= most


@given(st.lists(st.integers(0, 3599), min_size=1, max_size=20))
def test_after_the_pause_one_more_is_taken_and_not_before(ages_s: list[int]) -> None:
    attempts = [NOW - timedelta(seconds=age) for age in ages_s]
    wait = pause(attempts, len(attempts), NOW)
    assert timedelta(0) < wait <= WINDOW
    assert pause(attempts, len(attempts), NOW + wait) == timedelta(0)
    assert pause(attempts, len(attempts), NOW + wait - timedelta(microseconds=1)) > timedelta(0)


@given(numbers)
def test_a_number_is_read_as_people_type_it(number: str) -> None:
    assert read_number(shown_number(number)) == number
    assert read_number(f" {number.lower()} ") == number
    assert read_number(number.replace("0", "o").replace("1", "l")) == number


def test_what_is_no_number_is_not_read() -> None:
    for typed in ("", "K7Q2", "K7Q2-M9XDD", "K7Q2-M9X!", "U" * NUMBER_LENGTH, "站" * 8):
        assert read_number(typed) is None


def test_the_pages_have_words_for_everything_in_both_languages() -> None:
    assert set(STATES) == set(WorkOrderState)
    assert all(zh and en for zh, en in [*TEXTS.values(), *STATES.values()])
