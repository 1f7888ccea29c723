from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from inventory.consumables.reading import Counted, read_stock, write_stock
from inventory.consumables.rules import (
    Lot,
    Movement,
    MovementKind,
    StockState,
    change,
    lots,
    low_since,
    milli_of,
    shown,
    state_of,
)

KIND = MovementKind
DAY = date(2026, 12, 1)
steps = st.lists(st.tuples(st.sampled_from(KIND), st.integers(0, 10_000)), max_size=30)


@given(steps)
def test_a_stock_is_the_sum_of_its_movements_and_never_below_zero(
    asked: list[tuple[MovementKind, int]],
) -> None:
    stock, entered = 0, []
    for kind, amount in asked:
        milli = change(kind, amount, stock)
        if milli is None:
            assert kind in {KIND.USED, KIND.EXPIRED}
            assert amount > stock
            continue
        stock += milli
        assert stock >= 0
        if kind is KIND.CORRECTED:
            assert stock == amount
        entered.append(Movement(kind, milli, DAY))
    left = lots(entered)
    assert sum(one.milli for one in left) == sum(one.milli for one in entered) == stock
    assert all(one.milli > 0 for one in left)


def test_the_oldest_delivery_goes_out_first_and_expired_goods_by_their_date() -> None:
    late, soon = date(2027, 6, 1), date(2027, 1, 1)
    bought = [
        Movement(KIND.RECEIVED, 5, DAY, late),
        Movement(KIND.RECEIVED, 5, DAY, soon),
    ]
    assert lots([*bought, Movement(KIND.USED, -7, DAY)]) == [Lot(3, soon)]
    assert lots([*bought, Movement(KIND.EXPIRED, -5, DAY)]) == [Lot(5, late)]
    assert lots([*bought, Movement(KIND.CORRECTED, 2, DAY)])[-1] == Lot(2, None)


def test_a_stock_is_low_since_the_day_it_fell_below_its_minimum() -> None:
    first, later = date(2026, 11, 1), date(2026, 11, 20)
    bought = Movement(KIND.RECEIVED, 10, first)
    used = Movement(KIND.USED, -6, later)
    assert low_since([bought], 5) is None
    assert low_since([bought, used, Movement(KIND.USED, -1, DAY)], 5) == later
    assert low_since([bought, used, Movement(KIND.RECEIVED, 6, DAY)], 5) is None
    assert low_since([], 5) is None


def test_the_minimum_itself_is_enough() -> None:
    assert state_of(5, 5) is StockState.ENOUGH
    assert state_of(4, 5) is StockState.LOW
    assert state_of(0, 5) is StockState.EMPTY
    assert state_of(0, 0) is StockState.ENOUGH


@given(st.integers(0, 10**12))
def test_amounts_survive_being_shown(milli: int) -> None:
    assert milli_of(Decimal(shown(milli))) == milli


@given(st.integers(0, 10**12), st.integers(0, 10**12))
def test_what_is_written_is_read_back_as_it_was(stock: int, minimum: int) -> None:
    one = Counted("C-1", "=冷却液", "", "L", minimum, ("BJ01-T",), "库房 2", stock)
    reading = read_stock("c.csv", write_stock("c.csv", [one]))
    assert reading.problems == ()
    assert [row.counted for row in reading.rows] == [one]


def test_everything_wrong_with_a_file_is_told() -> None:
    text = (
        "耗材编号,耗材名称,单位,最低库存,实盘库存\n"
        "A,冷却液,L,20,-1\n"
        "B,,L,1.2345,\n"
        "C,手套,副,,\n"
        "C,手套,副,,\n"
    )
    reading = read_stock("c.csv", text.encode())
    assert [row.counted.code for row in reading.rows] == ["C"]
    assert reading.rows[0].counted.stock_milli is None
    assert [(one.row, one.column) for one in reading.problems] == [
        (2, "stock"),
        (3, "name_zh"),
        (3, "minimum"),
        (5, "code"),
    ]
