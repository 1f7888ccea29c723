import math
import struct
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.contract.payloads import Value
from telemetry.store.cells import ABSENT, Cell, Column
from telemetry.store.columns import (
    decode_floats,
    decode_integers,
    encode_floats,
    encode_integers,
)
from telemetry.store.hot_rows import Layout, Layouts, columns_of, values_of
from telemetry.store.retention import CLOCK_TOLERANCE_MS, DAY_MS, believed_now, is_start_believed
from telemetry.store.stored_runs import added
from telemetry.store.usage_spans import DAY_MS as USE_DAY_MS
from telemetry.store.usage_spans import per_day

floats = st.one_of(
    st.floats(),
    st.integers(-(10**6), 10**6).map(lambda n: n / 1000),
    st.integers(-(10**6), 10**6).map(lambda n: n * 0.1),
    st.integers(0, 255).map(lambda n: n * 0.1 - 40),
)
cells: st.SearchStrategy[Cell] = st.one_of(
    floats,
    st.integers(-(2**63), 2**63 - 1),
    st.booleans(),
    st.none(),
    st.just(ABSENT),
    st.text(max_size=3),
)


def bits(values: Sequence[Cell]) -> list[object]:
    """Told apart to the last bit; NaN too."""
    return [
        struct.pack("d", value) if isinstance(value, float) else (type(value), value)
        for value in values
    ]


@given(st.lists(st.integers(-(2**63), 2**63 - 1), max_size=40))
def test_whole_numbers_come_back_over_the_whole_range(numbers: list[int]) -> None:
    packed = encode_integers(np.array(numbers, np.int64))
    assert decode_integers(packed).tolist() == numbers


@given(st.lists(floats, max_size=40))
def test_floats_come_back_to_the_last_bit(numbers: list[float]) -> None:
    found = decode_floats(encode_floats(np.array(numbers, np.float64)))
    assert bits(found.tolist()) == bits([*numbers])


@given(st.lists(cells, max_size=30), st.lists(cells, max_size=5))
def test_cells_of_any_kind_come_back_with_their_type(first: list[Cell], second: list[Cell]) -> None:
    whole = Column.joined([Column.of(first), Column.of(second)])
    back = Column.decoded(whole.encoded())
    assert bits(back.cells()) == bits([*first, *second])


values: st.SearchStrategy[Value] = st.one_of(
    floats, st.booleans(), st.none(), st.text(max_size=3), st.integers(-(2**63), 2**63 - 1)
)


@given(st.lists(st.dictionaries(st.sampled_from("abcd"), values), min_size=1, max_size=12))
def test_rows_come_back_as_written_alone_and_as_columns(rows: list[dict[str, Value]]) -> None:
    layouts = Layouts()
    encoded = layouts.encode(rows)
    known = {layout.id: Layout.decoded(layout.id, layout.encoded()) for layout in layouts.fresh}
    for row, (layout_id, content) in zip(rows, encoded, strict=True):
        alone = values_of(known.get(layout_id), layout_id, content)
        columns = columns_of(known.get(layout_id), layout_id, [content], None)
        assert list(alone) == list(row)
        assert bits([*alone.values()]) == bits([*row.values()])
        assert bits([column.cell(0) for column in columns.values()]) == bits([*row.values()])


def test_a_number_beyond_64_bits_is_refused() -> None:
    with pytest.raises(OverflowError, match="64 bits"):
        Layouts().encode([{"n": 2**63}])


def test_noise_of_three_decimals_takes_about_a_byte_and_a_constant_nothing() -> None:
    noise = np.round(40 + np.random.default_rng(1).normal(0, 0.02, 3600), 3)
    assert len(encode_floats(noise)) < 1.05 * 3600
    assert len(encode_floats(np.full(3600, 12.5))) < 60
    steps = (np.arange(3600) % 16).astype(np.float64) * 0.1
    assert len(encode_floats(steps)) < 0.1 * 3600


def test_scaled_values_take_few_bytes_when_hot_and_layouts_settle() -> None:
    dice = np.random.default_rng(2)
    layouts, size = Layouts(), 0
    for _ in range(50):
        raw = dice.integers(0, 4000, (4, 20))
        rows: list[dict[str, Value]] = [
            {f"s{n}": float(cell) for n, cell in enumerate(row)} for row in raw * 0.1 - 40
        ]
        size += sum(len(content) for _, content in layouts.encode(rows))
    assert size / (50 * 4 * 20) < 5
    assert len(layouts.fresh) < 10


def test_names_that_never_repeat_end_as_rows_of_their_own() -> None:
    layouts = Layouts([Layout(2000, ("x",), (0,))])
    rows: list[dict[str, Value]] = [{f"name{n}": 1.5} for n in range(3)]
    encoded = layouts.encode(rows)
    assert not layouts.fresh
    assert [values_of(None, layout_id, content) for layout_id, content in encoded] == rows


@given(st.lists(st.lists(st.integers(1, 30), max_size=8), max_size=6))
def test_a_number_is_new_exactly_once(batches: list[list[int]]) -> None:
    runs: list[tuple[int, int]] = []
    seen: set[int] = set()
    for batch in batches:
        is_new, runs = added(runs, batch)
        for seq, fresh in zip(batch, is_new, strict=True):
            assert fresh is (seq not in seen)
            seen.add(seq)
    assert {n for first, last in runs for n in range(first, last + 1)} == seen
    assert all(after[0] > before[1] + 1 for before, after in pairwise(runs))


@given(
    st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 900)), max_size=6),
    st.integers(-2000, 2000),
)
def test_use_per_day_is_what_a_count_of_moments_says(
    starts: list[tuple[int, int]], offset: int
) -> None:
    unit = USE_DAY_MS // 1000
    spans = sorted((start * unit, (start + length) * unit) for start, length in starts)
    found = per_day(spans, (1000 * unit, 4000 * unit), offset * unit)
    covered = {n for start, length in starts for n in range(start, start + length)}
    expected: dict[int, int] = {}
    for moment in covered & set(range(1000, 4000)):
        day = (moment + offset) // 1000
        expected[day] = expected.get(day, 0) + unit
    assert found == expected


def test_retention_does_not_follow_a_clock_that_runs_ahead() -> None:
    ten_years_ms = 3650 * DAY_MS
    assert believed_now(1000 + ten_years_ms, 1000, 60_000) == 61_000
    assert believed_now(1000 - ten_years_ms, 1000, 60_000) == 1000 - ten_years_ms
    corrected = 61_000 + CLOCK_TOLERANCE_MS
    assert believed_now(corrected, 1000, 60_000) == corrected
    assert is_start_believed(ten_years_ms, None)
    assert not is_start_believed(ten_years_ms, 0)
    assert is_start_believed(0, ten_years_ms)


def test_an_empty_column_of_text_and_an_infinite_value_survive() -> None:
    back = Column.decoded(Column.of(["", math.inf, None]).encoded())
    assert back.cells() == ["", math.inf, None]
