from dataclasses import astuple
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from inventory.income.rules import Earned, PartsDontAddUp, earned, parted, summed
from inventory.money import MOST_YUAN, amount_of, equal_parts, in_fen, in_yuan
from inventory.money_column import Yuan

FEN = st.integers(min_value=-(10**13), max_value=10**13)


@pytest.mark.parametrize(
    ("told", "amount"),
    [
        ("12800", "12800.00"),
        ("12,800.5", "12800.50"),
        ("￥12,800.00 元", "12800.00"),
        ("1.28万", "12800.00"),
        ("0", "0.00"),
        ("1000000000", "1000000000.00"),
    ],
)
def test_amounts_are_read_as_people_write_them(told: str, amount: str) -> None:
    assert str(amount_of(told)) == amount


@pytest.mark.parametrize("told", ["", "-5", "12.345", "1,28", "400 元/小时", "1000000000.01", "=1"])
def test_what_is_no_amount_is_refused(told: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        amount_of(told)


@given(FEN)
def test_fen_and_yuan_are_the_same_amount_to_the_last_cent(fen: int) -> None:
    assert in_fen(in_yuan(fen)) == fen
    assert in_yuan(fen) * 100 == fen


def test_an_amount_from_outside_has_two_decimals_and_is_never_rounded() -> None:
    read = TypeAdapter(Yuan).validate_python
    assert str(read("1200")) == "1200.00"
    assert str(read(12.5)) == "12.50"
    for odd in ("0.001", "-1", str(MOST_YUAN + 1), "NaN", "Infinity"):
        with pytest.raises(ValidationError):
            read(odd)


@given(FEN, st.integers(min_value=1, max_value=200))
def test_equal_parts_add_up_and_only_the_last_takes_the_rest(fen: int, parts: int) -> None:
    found = equal_parts(fen, parts)
    assert (len(found), sum(found)) == (parts, fen)
    assert len(set(found[:-1])) <= 1
    assert abs(found[-1]) - abs(found[0]) in range(parts)
    assert equal_parts(-fen, parts) == tuple(-one for one in found)


def test_a_hundred_yuan_over_three_rigs_leave_a_cent_to_the_last() -> None:
    assert parted(10_000, [None, None, None]) == (3333, 3333, 3334)
    assert parted(10_000, []) == ()


def test_parts_that_are_told_must_be_the_whole() -> None:
    assert parted(10_000, [9_999, 1]) == (9_999, 1)
    for told, sum_of_them in (([9_999, 2], 10_001), ([10_000, None], None)):
        with pytest.raises(PartsDontAddUp) as refused:
            parted(10_000, told)
        assert refused.value.parts_fen == sum_of_them


def test_what_others_pay_counts_one_and_a_half_times() -> None:
    assert earned(1000, 2000, 8000).return_rate == (1000 + 1.5 * 2000) / 8000


def test_a_rig_without_an_original_value_counts_on_neither_side() -> None:
    both = summed([earned(1000, 2000, 8000), earned(5000, 0, None), earned(0, 700, None)])
    assert both.return_rate == earned(1000, 2000, 8000).return_rate
    assert (both.rigs, both.valued, both.inside, both.outside) == (3, 1, 6000, 2700)


def test_without_any_value_there_is_no_rate() -> None:
    assert earned(1000, 0, None).return_rate is None
    assert earned(1000, 0, 0).return_rate is None
    assert summed([Earned()]).return_rate is None


@given(st.lists(st.tuples(FEN, FEN, st.none() | st.integers(0, 10**11)), min_size=1, max_size=8))
def test_the_rate_of_a_group_is_that_of_its_valued_rigs_together(
    rigs: list[tuple[int, int, int | None]],
) -> None:
    whole = summed(earned(*one) for one in rigs)
    valued = [one for one in rigs if one[2] is not None]
    value = sum(one[2] or 0 for one in valued)
    assert astuple(whole)[:2] == (len(rigs), len(valued))
    if value == 0:
        assert whole.return_rate is None
        return
    income = sum(Decimal(one[0]) + Decimal("1.5") * one[1] for one in valued)
    assert whole.return_rate == pytest.approx(float(income / value))
