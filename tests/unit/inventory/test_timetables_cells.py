"""What is written in cells of weekday grids, as schools and their programs write it."""

import pytest

from inventory.timetables.axes import days_of, read_day, read_label
from inventory.timetables.cell_words import Lexicon, variants
from inventory.timetables.cells_written import Unread, Written, lessons_written
from inventory.timetables.rules import Lessons
from inventory.timetables.sheet_titles import Surroundings, surroundings

LEXICON = Lexicon(
    {"b101": frozenset({"room:BJ01/B101"}), "battery-01": frozenset({"bench:BJ01/battery-01"})},
    {"张伟": frozenset({"zhang.wei"}), "李四": frozenset({"li.si"})},
)
TO_16 = tuple(range(1, 17))


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        *[("第1节", 1, 1), ("1", 1, 1), ("一", 1, 1), ("第一、二节", 1, 2), ("第十一节", 11, 11)],
        *[("第一大节", 1, 2), ("第二大节", 3, 4), ("0102节", 1, 2), ("三至四节", 3, 4)],
        *[("第1节\n08:00-08:45", 1, 1), ("上午第2节", 2, 2), ("1-2\n(8:00～9:40)", 1, 2)],
    ],
)
def test_headings_of_periods_are_read_as_schools_write_them(
    text: str, first: int, last: int
) -> None:
    assert read_label(text) == Lessons(first, last)


@pytest.mark.parametrize("text", ["午休", "课间操", "备注", "2301", "9月", "", "上午"])
def test_what_is_no_period_is_none(text: str) -> None:
    assert read_label(text) is None


def test_weekdays_of_headings_may_have_dates_and_english_beside_them() -> None:
    told = ("星期一", "周二(9.8)", "周三 9/9", "星期四 Thursday", "Fri", "礼拜六", "周天")
    assert [read_day(one) for one in told] == list(range(7))
    assert [read_day(one) for one in ("周次", "周一第1,2节", "一", "课程")] == [None] * 4
    assert days_of(["节次", "一", "二", "三", "四", "五"]) == {1: 0, 2: 1, 3: 2, 4: 3, 5: 4}
    assert days_of(["节次", "周六"]) == {1: 5}
    assert days_of(["电机", "周六"]) == {}, "a row of a list has one weekday too"


@pytest.mark.parametrize(
    ("text", "lesson"),
    [
        (
            "动力电池检测\n张老师\nB101 实训室\n1-16周",
            Written("动力电池检测", (), "张老师", ("B101 实训室",), TO_16),
        ),
        ("电池 1-16周 B101 张伟", Written("电池", (), "张伟", ("B101",), TO_16)),
        (
            "电池◇(1-2节)1-16周/B101实训室/张伟/新能源2301",
            Written("电池", ("新能源2301",), "张伟", ("B101实训室",), TO_16, "", Lessons(1, 2)),
        ),
        (
            "电池\n周一第3,4节{第1-16周|单周}\n张伟\nB101",
            Written("电池", (), "张伟", ("B101",), TO_16[::2], "", Lessons(3, 4), 0),
        ),
        (
            "电池\n张伟(1-16(周)[01-02节])\nB101",
            Written("电池", (), "张伟", ("B101",), TO_16, "", Lessons(1, 2)),
        ),
        (
            "电池(张伟)\n新能源2301班 48人\nbattery-01",
            Written("电池", ("新能源2301班",), "张伟", ("battery-01",), headcount=48),
        ),
        (
            "课程：电池\n教师：王五\n地点：B101、B102\n班级：23级新能源1班",
            Written("电池", ("23级新能源1班",), "王五", ("B101", "B102")),
        ),
        ("电池\n1-8,10-16周\nB101", Written("电池", (), "", ("B101",), (*TO_16[:8], *TO_16[9:]))),
        ("电池\n1-4周 6-8周\nB101", Written("电池", (), "", ("B101",), (1, 2, 3, 4, 6, 7, 8))),
        ("电池(双周)\nB101", Written("电池", (), "", ("B101",), (), "even")),
        ("电池 共16周 张伟", Written("电池", (), "张伟", (), TO_16)),
        ("语文\n教学楼302\n王小明", Written("语文", (), "王小明", ("教学楼302",))),
        ("机械加工中心\n王五\nB101", Written("机械加工中心", (), "王五", ("B101",))),
        ("动力电池检测(纯电)", Written("动力电池检测(纯电)")),
        ("Battery\nB101\nweeks 1-5 (odd)", Written("Battery", (), "", ("B101",), (1, 3, 5))),
        ("电池\n张伟、李四\nB101", Written("电池", (), "张伟", ("B101",), note="李四")),
    ],
)
def test_a_cell_is_read_whatever_program_wrote_it(text: str, lesson: Written) -> None:
    assert lessons_written(text, LEXICON) == (lesson,)


@pytest.mark.parametrize(
    "text",
    [
        "电机 1-8周 B101\n电池 9-16周 B102",
        "电机\n1-8周\nB101\n电池\n9-16周\nB102",
        "电机\nB101\n1-8周\n\n电池\nB102\n9-16周",
        "电机\nB101\n1-8周\n----\n电池\nB102\n9-16周",
        "电机 1-8周 B101；电池 9-16周 B102",
        "电机1-8周B101/电池9-16周B102",
    ],
)
def test_several_lessons_of_a_cell_are_told_apart(text: str) -> None:
    first = Written("电机", (), "", ("B101",), tuple(range(1, 9)))
    second = Written("电池", (), "", ("B102",), tuple(range(9, 17)))
    assert lessons_written(text, LEXICON) == (first, second)


def test_odd_and_even_weeks_of_a_cell_are_two_lessons() -> None:
    odd, even = Written("电机", parity="odd"), Written("电池", parity="even")
    assert lessons_written("电机(单周)/电池(双周)", LEXICON) == (odd, even)
    assert lessons_written("单周：电机\n双周：电池", LEXICON) == (odd, even)


@pytest.mark.parametrize("text", ["电机 1-4周 B101, 9-12周 B102", "1-16周", "课" * 101])
def test_what_only_a_person_can_tell_is_left_to_one(text: str) -> None:
    assert isinstance(lessons_written(text, LEXICON), Unread)


def test_a_thing_goes_by_its_code_but_not_by_a_code_before_a_name() -> None:
    assert "b101" in variants("B101 动力电池实训室")
    assert "b101" not in variants("B101 张伟")
    assert LEXICON.thing("B101（一楼）") == frozenset({"room:BJ01/B101"})
    assert LEXICON.person("张伟老师") == frozenset({"zhang.wei"})


@pytest.mark.parametrize(
    ("title", "meant"),
    [
        ("新能源2301班课程表", Surroundings(classes=("新能源2301班",))),
        ("2026-2027学年第一学期 B101实训室 课程表", Surroundings(things=("B101实训室",))),
        ("动力电池实训室课程表", Surroundings(things=("动力电池实训室",))),
        ("教师：张伟  学期：第一", Surroundings(holder="张伟")),
        ("张伟老师课表", Surroundings(holder="张伟老师")),
        ("班级：新能源2301 人数：48", Surroundings(classes=("新能源2301",), headcount=48)),
        ("班级：新能源2301   实训室：B101", Surroundings(("新能源2301",), "", ("B101",))),
        ("（第1-16周）", Surroundings(weeks=TO_16)),
        ("某某职业技术学院", Surroundings()),
        ("Sheet1", Surroundings()),
    ],
)
def test_titles_say_whose_timetable_it_is(title: str, meant: Surroundings) -> None:
    assert surroundings([title], LEXICON) == meant
