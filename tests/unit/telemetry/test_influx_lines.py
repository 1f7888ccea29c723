from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.contract.payloads import Value
from telemetry.store.cells import ABSENT, Cell, Column, Kind
from telemetry.store.influx.digests import Difference, HourDigest, checksum, differences
from telemetry.store.influx.forwarding import kept_runs
from telemetry.store.influx.lines import (
    MS,
    field_of,
    fields_of,
    in_order,
    lines_of,
    rollup_lines,
    signal_of,
    table_of,
)
from telemetry.store.influx.pausing import LONGEST_S, pause_s
from telemetry.store.port import RollupPoint, RowColumns
from telemetry.store.row_tables import RowTable


def table(positions: Sequence[int], observed: Sequence[int], **cells: Sequence[Cell]) -> RowTable:
    at = np.array(positions, np.int64)
    return RowTable(
        np.array(observed, np.int64),
        at,
        np.full(len(at), 7, np.int64),
        at,
        np.array(observed, np.int64) + 5,
        {name: Column.of(list(values)) for name, values in cells.items()},
    )


@given(st.text(min_size=1, max_size=20), st.sampled_from(list(Kind)[1:]))
def test_any_name_of_a_signal_comes_back_from_its_field(name: str, kind: Kind) -> None:
    field = field_of(name, kind)
    assert signal_of(field)[0] == name
    assert not set(field) & set('"\\\n\r')
    assert field != "time"
    assert not field.startswith("_"), "InfluxDB 2.x keeps these names for itself"


def test_fields_of_different_types_have_different_names() -> None:
    fields = fields_of(table([1, 2, 3, 4, 5, 6], [1] * 6, u=[1.0, 2, True, "on", None, -0.0]))
    assert sorted(fields) == ["u", "u:flag", "u:minus_zero", "u:none", "u:text", "u:whole"]


def test_a_line_holds_what_influxdb_needs() -> None:
    cells: dict[str, Sequence[Cell]] = {"a b": ['say "hi"\\'], "u": [1.5], "x": [ABSENT]}
    rows = table([5], [1700000000123], **cells)
    assert lines_of("battery-01", rows, [False]) == [
        (
            "samples,bench=battery-01 epoch:row=7i,seq:row=5i,position:row=5i,"
            'received:row=1700000000128i,a\\ b:text="say \\"hi\\"\\\\",u=1.5 1700000000123000005'
        )
    ]


moments = st.lists(st.integers(0, 4), min_size=1, max_size=30)


@given(moments, st.lists(st.integers(0, 30), max_size=4), st.integers(0, 3))
def test_no_two_rows_are_one_point_however_the_requests_were_cut(
    observed: list[int], cuts: list[int], far: int
) -> None:
    # a million positions apart two rows of a moment have the same nanosecond
    positions = [n * (MS if far else 1) + 1 for n in range(len(observed))]
    whole = in_order(np.array(observed), None)
    lines = lines_of("b", table(positions, observed), whole.is_back)
    keys = [(line.split(" ")[0], line.split(" ")[-1]) for line in lines]
    assert len(set(keys)) == len(keys)
    in_parts: list[bool] = []
    highest = None
    bounds = sorted({0, *(cut for cut in cuts if cut < len(observed)), len(observed)})
    for start, stop in pairwise(bounds):
        part = in_order(np.array(observed[start:stop]), highest)
        in_parts += part.is_back
        highest = part.highest_ms
    assert in_parts == list(whole.is_back), "a repeated request must hit the same points"


def test_an_answer_becomes_rows_in_order_with_every_type() -> None:
    fields = ["n:whole", "u", "u:minus_zero", "u:none", "on:flag", "mode:text"]
    values: list[list[Value | int]] = [
        [2_000_002, 7, 12, 2, 20, 2**53 + 1, None, None, True, False, "关"],
        [-1_000_000 + 1, 7, 11, 1, 10, None, 0, True, None, None, None],
    ]
    found = table_of(fields, values)
    assert found.observed.tolist() == [-1, 2]
    assert found.seq.tolist() == [11, 12]
    cells = {
        name: [repr(cell) for cell in column.cells()] for name, column in found.columns.items()
    }
    absent = repr(ABSENT)
    assert cells == {
        "n": [absent, str(2**53 + 1)],
        "u": ["-0.0", "None"],
        "on": [absent, "False"],
        "mode": [absent, "'关'"],
    }


def test_a_rollup_of_text_has_no_numbers() -> None:
    record = RollupPoint(60_000, 0, float("inf"), float("-inf"), 0.0, "on", 61_000, 0)
    (line,) = rollup_lines("minutes", "b", "mode", [record])
    assert line == (
        "minutes,bench=b,signal=mode count=0i,active_ms=0i,last_at_ms=61000i,"
        'last:text="on" 60000000000'
    )


def test_neighbours_that_stay_for_one_reason_are_one_run() -> None:
    rows = table([3, 4, 8, 9, 12], [1, 2, 3, 4, 5])
    runs = list(kept_runs(rows, {0: "a", 1: "a", 2: "b", 4: "b"}))
    assert [(run.first_position, run.last_position, run.row_count) for run in runs] == [
        (3, 4, 2),
        (8, 8, 1),
        (12, 12, 1),
    ]


def test_pauses_grow_to_a_limit_and_never_beyond() -> None:
    assert pause_s(1, 0.0) < pause_s(3, 0.0) < pause_s(6, 0.0)
    assert all(0.05 <= pause_s(n, 0.99) <= LONGEST_S for n in range(1, 2000))


def columns(**cells: Sequence[Cell]) -> RowColumns:
    count = len(next(iter(cells.values())))
    ids = np.arange(count, dtype=np.int64)
    return RowColumns(ids, ids, ids, ids, {n: Column.of(list(c)) for n, c in cells.items()})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([0.0], [-0.0]),
        ([1.0], [1]),
        ([1], [True]),
        ([None], [ABSENT]),
        (["a", "b"], ["b", "a"]),
        (["ab", ""], ["a", "b"]),
        ([1.0], [1.0000000000000002]),
    ],
)
def test_a_checksum_tells_every_difference(one: list[Cell], other: list[Cell]) -> None:
    assert checksum(columns(u=one)) != checksum(columns(u=other))
    assert checksum(columns(u=one)) == checksum(columns(u=list(one)))
    assert checksum(columns(u=one)) != checksum(columns(v=one))


def test_hours_that_lack_on_either_side_are_different() -> None:
    ours = [HourDigest(1, 5, "a"), HourDigest(2, 5, "b"), HourDigest(4, 1, "c")]
    theirs = [HourDigest(1, 5, "a"), HourDigest(3, 2, "x"), HourDigest(4, 1, "other")]
    assert list(differences("b", ours, theirs)) == [
        HourDigest(1, 5, "a"),
        Difference("b", 2, 5, 0),
        Difference("b", 3, 0, 2),
        Difference("b", 4, 1, 1),
    ]
