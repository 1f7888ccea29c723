"""Timetables drawn as grids: whole sheets in the shapes schools use, and any grid at all."""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.school_calendar.defaults import HOURS, PERIODS
from inventory.school_calendar.rules import Calendar
from inventory.timetables.cell_words import Lexicon
from inventory.timetables.grid_lessons import lessons_of, once, place_of
from inventory.timetables.grids import grids_in
from inventory.timetables.rules import (
    Lessons,
    TimetableRow,
    lessons_shown,
    numbers_shown,
    periods_before,
    read_weeks,
)

OFFSETS = periods_before(Calendar(HOURS, {}, (), PERIODS))
DAYS = ("星期一", "星期二", "星期三", "星期四", "星期五")
LEXICON = Lexicon({"b101": frozenset({"room:BJ01/B101"})}, {"张伟": frozenset({"zhang.wei"})})


def read(rows: Sequence[Sequence[str]], sheet: str = "", **settled: str) -> list[TimetableRow]:
    grids = grids_in(rows, OFFSETS)
    assert grids is not None
    found = lessons_of(sheet, grids, LEXICON, settled)
    assert found.unread == ()
    return list(found.rows)


def told(rows: Sequence[TimetableRow]) -> list[tuple[str, str, int, str]]:
    return [(one.place, one.title, one.weekday, lessons_shown(one.lessons)) for one in rows]


def test_a_class_has_its_week_with_merged_lessons_a_break_and_a_note() -> None:
    battery = "电池检测\n张伟\nB101\n1-16周"
    rows = [
        ["新能源2301班课程表"] * 7,
        ["", "节次", *DAYS],
        ["上午", "1", battery, "", "电机", "", ""],
        ["上午", "2", battery, "", "整车", "", ""],
        ["午休"] * 7,
        ["下午", "5", "", battery, "", "", ""],
        ["备注：节假日另行通知"] * 7,
    ]
    found = read(rows, "23-1")
    assert told(found) == [
        ("23-1!C3", "电池检测", 0, "1-2"),
        ("23-1!E3", "电机", 2, "1"),
        ("23-1!E4", "整车", 2, "2"),
        ("23-1!D6", "电池检测", 1, "5"),
    ]
    assert {one.classes for one in found} == {("新能源2301班",)}
    assert (found[0].holder, found[0].things, len(found[0].weeks)) == ("张伟", ("B101",), 16)
    passed = grids_in(rows, OFFSETS)
    assert passed is not None
    assert [one.text for one in passed.passed] == ["午休", "备注：节假日另行通知"]


def test_periods_that_begin_anew_after_noon_are_counted_through_the_day() -> None:
    rows = [["", "节次", "周一", "周二"]]
    rows += [["上午" if at == 0 else "", str(at + 1), "早课", ""] for at in range(4)]
    rows += [["下午" if at == 0 else "", str(at + 1), "午课", ""] for at in range(2)]
    rows += [["晚上", "1", "", "晚课"]]
    assert told(read(rows)) == [
        ("C2", "早课", 0, "1-4"),
        ("C6", "午课", 0, "5-6"),
        ("D8", "晚课", 1, "9"),
    ]


def test_what_is_merged_over_noon_is_two_lessons() -> None:
    rows = [["节次", "周一", "周二"], *([str(at), "实训", ""] for at in range(3, 7))]
    assert told(read(rows)) == [("B2", "实训", 0, "3-4"), ("B4", "实训", 0, "5-6")]


def test_a_school_s_table_has_a_row_for_each_class_and_periods_below_the_days() -> None:
    rows = [
        ["班级", *(day for day in DAYS[:2] for _ in range(2))],
        ["班级", "1-2", "3-4", "1-2", "3-4"],
        ["新能源2301", "电池\nB101", "电池\nB101", "", "电机"],
        ["新能源2302", "", "", "整车", ""],
    ]
    found = read(rows)
    assert told(found) == [
        ("B3", "电池", 0, "1-4"),
        ("E3", "电机", 1, "3-4"),
        ("D4", "整车", 1, "1-2"),
    ]
    assert [one.classes for one in found] == [("新能源2301",), ("新能源2301",), ("新能源2302",)]


def test_days_may_go_down_and_periods_across() -> None:
    rows = [
        ["B101实训室课程表"] * 4,
        ["星期", "第1节", "第2节", "第3节"],
        ["周一", "电池", "电池", ""],
        ["周二", "", "电机", "电机"],
    ]
    found = read(rows)
    assert told(found) == [("B3", "电池", 0, "1-2"), ("C4", "电机", 1, "2-3")]
    assert found[0].things == ("B101实训室",)


def test_a_day_may_have_columns_for_course_teacher_and_place() -> None:
    rows = [
        ["节次", *(day for day in DAYS[:2] for _ in range(3))],
        ["节次", *("课程", "教师", "地点") * 2],
        ["1-2", "电池", "张伟", "B101", "", "", ""],
        ["3-4", "", "", "", "电机", "王五", "B102"],
    ]
    found = read(rows)
    assert told(found) == [("B3", "电池", 0, "1-2"), ("E4", "电机", 1, "3-4")]
    assert [(one.holder, one.things) for one in found] == [("张伟", ("B101",)), ("王五", ("B102",))]


def test_a_day_may_have_a_column_for_each_class() -> None:
    rows = [
        ["节次", "周一", "周一", "周二", "周二"],
        ["节次", "新能源2301", "新能源2302", "新能源2301", "新能源2302"],
        ["1", "电池", "电机", "", "整车"],
    ]
    found = [(one.title, one.weekday, one.classes) for one in read(rows)]
    assert found == [
        ("电池", 0, ("新能源2301",)),
        ("电机", 0, ("新能源2302",)),
        ("整车", 1, ("新能源2302",)),
    ]


def test_several_tables_below_each_other_have_titles_of_their_own() -> None:
    rows = [
        ["新能源2301班", "", ""],
        ["时间", "周一", "周二"],
        ["08:00-08:45", "电池", ""],
        ["08:55-09:40", "电池", ""],
        ["14:00-14:45", "电池", ""],
        ["新能源2302班", "", ""],
        ["时间", "周一", "周二"],
        ["08:00-08:45", "", "电机"],
    ]
    found = read(rows)
    assert [(one.classes[0], lessons_shown(one.lessons)) for one in found] == [
        ("新能源2301班", "08:00-09:40"),
        ("新能源2301班", "14:00-14:45"),
        ("新能源2302班", "08:00-08:45"),
    ]


def test_lines_of_a_lesson_may_stand_in_rows_of_their_own() -> None:
    rows = [
        ["节次", "周一", "周二"],
        ["1-2", "电池", "电机"],
        ["1-2", "张伟", ""],
        ["1-2", "B101", ""],
        ["3-4", "", ""],
        ["", "整车", ""],
    ]
    found = read(rows)
    assert [(one.title, one.holder, one.things) for one in found] == [
        ("电池", "张伟", ("B101",)),
        ("电机", "", ()),
        ("整车", "", ()),
    ]


def test_a_cell_nobody_can_read_is_named_and_settled_by_a_person() -> None:
    rows = [["节次", "周一", "周二"], ["1", "电机 1-4周 B101, 9-12周 B102", "周三第1节 电池"]]
    grids = grids_in(rows, OFFSETS)
    assert grids is not None
    found = lessons_of("表", grids, LEXICON, {})
    assert [(one.place, one.row) for one in found.unread] == [("表!B2", 2), ("表!C2", 2)]
    settled = {"表!B2": "电机 1-4周 B101\n电机 9-12周 B102", "表!C2": ""}
    again = lessons_of("表", grids, LEXICON, settled)
    assert again.unread == ()
    assert [(one.title, one.weeks) for one in again.rows] == [
        ("电机", (1, 2, 3, 4)),
        ("电机", (9, 10, 11, 12)),
    ]


def test_a_lesson_on_the_sheets_of_class_room_and_teacher_is_one() -> None:
    time = (0, Lessons(1, 2), (1, 2, 3))
    of_class = TimetableRow(3, "电池", "", *time, ("B101",), classes=("2301",), place="a!B3")
    of_other = TimetableRow(3, "电池", "", *time, ("B101 实训室",), classes=("2302",))
    of_teacher = TimetableRow(4, "电池", "张伟", *time, (), classes=("2302",))
    elsewhere = TimetableRow(4, "电池", "", *time, ("B102",), classes=("2303",))
    found = once([of_class, of_other, of_teacher, elsewhere], LEXICON)
    assert [(one.classes, one.holder, one.things) for one in found] == [
        (("2301", "2302"), "张伟", ("B101",)),
        (("2303",), "", ("B102",)),
    ]


@pytest.mark.parametrize(
    "rows", [[["课程", "星期", "节次"], ["电池", "周二", "1-2"]], [["a"], []], [[]], []]
)
def test_what_is_no_grid_is_none(rows: list[list[str]]) -> None:
    assert grids_in(rows, OFFSETS) is None


def test_cells_are_named_as_spreadsheet_programs_name_them() -> None:
    assert [place_of("", 1, at) for at in (1, 26, 27, 703)] == ["A1", "Z1", "AA1", "AAA1"]


@dataclass(frozen=True)
class Drawn:
    """A lesson to be drawn: half of the day, place in it, how many periods, and its words."""

    title: str
    weeks: tuple[int, ...]
    teacher: str
    room: str

    @property
    def text(self) -> str:
        lines = (self.title, f"{self.teacher}老师", f"{self.room}实训室")
        return "\n".join((*lines, f"{numbers_shown(self.weeks)}周"))


LESSON = st.builds(
    Drawn,
    st.text("检测电池机整车控制诊断维护", min_size=2, max_size=12),
    st.sets(st.integers(1, 20), min_size=1).map(sorted).map(tuple),
    st.text("赵钱孙李周吴郑王", min_size=1, max_size=2),
    st.from_regex(r"[A-D][1-5]0[1-9]", fullmatch=True),
)
BLOCKS = [(1, 2), (3, 4), (5, 6), (7, 8), (9, 10)]


@given(
    st.dictionaries(
        st.tuples(st.integers(0, 4), st.sampled_from(BLOCKS)), LESSON, min_size=1, max_size=12
    ),
    st.booleans(),
)
def test_a_grid_of_any_lessons_reads_back_as_these_lessons(
    lessons: dict[tuple[int, tuple[int, int]], Drawn], is_turned: bool
) -> None:
    def text(weekday: int, period: int) -> str:
        block = next(one for one in BLOCKS if period in one)
        drawn = lessons.get((weekday, block))
        return "" if drawn is None else drawn.text

    periods = range(1, 11)
    rows = [["节次", *DAYS], *([f"第{n}节", *(text(d, n) for d in range(5))] for n in periods)]
    if is_turned:
        rows = [list(column) for column in zip(*rows, strict=True)]
    found = {
        (one.weekday, one.title, one.holder, one.things, one.weeks, one.lessons)
        for one in read(rows)
    }
    wanted: dict[tuple[int, Drawn], list[tuple[int, int]]] = {}
    for (weekday, block), drawn in lessons.items():
        wanted.setdefault((weekday, drawn), []).append(block)
    assert found == {
        (day, one.title, f"{one.teacher}老师", (f"{one.room}实训室",), one.weeks, Lessons(*block))
        for (day, one), blocks in wanted.items()
        for block in _in_halves(blocks)
    }


def _in_halves(blocks: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Blocks that follow each other within half a day are one lesson."""
    found: list[tuple[int, int]] = []
    for first, last in sorted(blocks):
        if found and found[-1][1] + 1 == first and first not in {5, 9}:
            found[-1] = (found[-1][0], last)
        else:
            found.append((first, last))
    return found


@given(st.sets(st.integers(1, 60), min_size=1))
def test_numbers_are_shown_as_they_are_read(weeks: set[int]) -> None:
    assert read_weeks(numbers_shown(sorted(weeks))) == tuple(sorted(weeks))
