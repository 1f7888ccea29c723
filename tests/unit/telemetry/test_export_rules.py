import numpy as np
import pytest

from telemetry.export.mf4 import clipped
from telemetry.export.surveying import ColumnType, fits, surveyed
from telemetry.export.tables import as_text, harmless
from telemetry.store.cells import ABSENT, Cell, Column
from telemetry.store.port import RowColumns


def rows(**cells: list[Cell]) -> RowColumns:
    count = len(next(iter(cells.values())))
    number = np.arange(count)
    columns = {name: Column.of(of_name) for name, of_name in cells.items()}
    return RowColumns(number, number, number, number, columns)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ([1.5, None, ABSENT], ColumnType.FLOAT),
        ([None, None], ColumnType.FLOAT),
        ([1, 2**60], ColumnType.INTEGER),
        ([1, 1.5], ColumnType.FLOAT),
        ([2**53 + 1, 1.5], ColumnType.TEXT),
        ([True, None], ColumnType.BOOLEAN),
        ([True, 1], ColumnType.TEXT),
        (["on", None], ColumnType.TEXT),
        (["on", 1.5], ColumnType.TEXT),
    ],
)
def test_a_signal_is_written_as_what_all_of_its_rows_are(
    cells: list[Cell], expected: ColumnType
) -> None:
    whole = surveyed([rows(u=cells)])
    apart = surveyed([rows(u=[cell]) for cell in cells])
    assert whole.types() == apart.types() == {"u": expected}
    assert (whole.rows, apart.rows) == (len(cells), len(cells))


def test_the_longest_text_is_measured_in_bytes() -> None:
    assert surveyed([rows(u=["驾驶", "abc"]), rows(u=["x"])]).text_bytes == {"u": 6}


@pytest.mark.parametrize(
    ("late", "is_fitting"),
    [
        (rows(u=[2.5]), True),
        (rows(u=[None]), True),
        (rows(mode=[1.5]), True),
        (rows(u=["text"]), False),
        (rows(u=[7]), False),
        (rows(fresh=[1.0]), False),
    ],
)
def test_rows_that_come_late_fit_the_head_or_do_not(late: RowColumns, is_fitting: bool) -> None:
    head = {"u": ColumnType.FLOAT, "mode": ColumnType.TEXT}
    assert fits(late, head) is is_fitting


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "  =1", "\r=1"])
def test_no_spreadsheet_takes_a_text_for_a_formula(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "drive", "a=b", "驾驶", "1-2"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert harmless(text) == text


def test_values_of_any_kind_have_words() -> None:
    cells = [True, False, 1.5, 1e-7, 7, "on", None, ABSENT]
    assert [as_text(cell) for cell in cells] == [
        *("true", "false", "1.5", "1e-07", "7", "on"),
        *(None, None),
    ]


def test_a_text_is_cut_between_characters() -> None:
    assert clipped("驾驶", 6) == "驾驶".encode()
    assert clipped("驾驶", 5) == "驾".encode()
