"""The columns of a timetable file, and what other schools call them."""

from collections.abc import Mapping

from inventory.requirements.writing import Column, write_sheets
from inventory.school_calendar.rules import Calendar, clock

TIMETABLE_COLUMNS = (
    Column("title", "课程", "课程或实训项目名称", "动力电池检测"),
    Column("class_name", "班级", "可选", "新能源 2301"),
    Column("holder", "教师", "用户名或姓名；空白为导入人", "zhang.wei"),
    Column("weekday", "星期", "周一 至 周日，或 1 至 7", "周二"),
    Column("periods", "节次", "如 1-2，或时刻 08:00-09:40", "1-2"),
    Column("weeks", "周次", "如 1-16周、1-16周 单周、1-8,10-16周", "1-16周 单周"),
    Column("resources", "设备", "台架代码、资产编号、工位或人员编号，用 ; 分隔", "battery-01"),
    Column("rooms", "教室", "房间代码或名称，用 ; 分隔", "101"),
    Column("headcount", "人数", "整数，可选", "24"),
    Column("module", "模块", "如 2-1，可选", "2-1"),
    Column("supervisor", "监护人", "人员编号，可选", "T-017"),
    Column("note", "备注", "可选", ""),
)
REQUIRED = ("title", "weekday", "periods", "weeks")
_OTHERS = {
    "title": ("课程名称", "课程名", "实训项目", "项目", "course"),
    "class_name": ("上课班级", "班级名称", "教学班", "class"),
    "holder": ("任课教师", "授课教师", "教师姓名", "主讲教师", "teacher"),
    "weekday": ("星期几", "上课星期", "周几", "day"),
    "periods": ("上课节次", "节", "时间", "period"),
    "weeks": ("上课周次", "起止周", "教学周", "week"),
    "resources": ("台架", "实训设备", "设备编号", "工位", "equipment"),
    "rooms": ("上课地点", "地点", "场地", "实训室", "room"),
    "headcount": ("学生人数", "选课人数", "students"),
    "module": ("模块代码",),
    "supervisor": ("安全监护人", "高压监护人"),
    "note": ("说明",),
}
_WEEKDAYS = ("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日")
_GRID_TITLE = "班级：　　　　实训室：　　　　教师：　　　　（填写其一即可，单元格内写明的优先）"
_TWO_LESSONS = "动力电池检测\n张老师\nB101 实训室\n1-16周"
_EXAMPLES: Mapping[tuple[int, int], str] = {
    (0, 0): _TWO_LESSONS,
    (1, 0): _TWO_LESSONS,
    (0, 1): "电机检修\n李老师\n电机台架\n1-8,10-16周(单周)",
    (2, 2): "高压安全(单周)\n王老师\n101\n\n整车诊断(双周)\n王老师\n整车实训区",
}
"""By row and weekday of the example."""
_GRID_HELP = (
    "说明：每格依次写课程、教师、实训室或台架、周次，各占一行；班级可写在格内或标题中。",
    "连上几节可合并单元格，或在每节写相同内容。一格有多门课时用空行分开，各写各的周次。",
    "未写周次的课默认为整个学期。每个班级、实训室或教师一张工作表。",
    "以 # 或“示例”开头的工作表不导入。",
)
MEANINGS: Mapping[str, str] = {
    **{column.zh: column.name for column in TIMETABLE_COLUMNS},
    **{word: name for name, words in _OTHERS.items() for word in words},
}
"""What a heading is taken for unless a person says otherwise."""


def grid_template(calendar: Calendar) -> bytes:
    """An empty weekday grid as xlsx with a school's periods, and an example beside it.

    The example is on a sheet of its own, which is passed over on import.
    """
    empty = [[_GRID_TITLE], ["节次", *_WEEKDAYS], *_periods(calendar, {})]
    shown = [
        ["班级：新能源2301　　实训室：101"],
        ["节次", *_WEEKDAYS],
        *_periods(calendar, _EXAMPLES),
        *([line] for line in _GRID_HELP),
    ]
    return write_sheets({"课表": empty, "示例（不导入）": shown})


def _periods(calendar: Calendar, examples: Mapping[tuple[int, int], str]) -> list[list[str]]:
    ordered = sorted(calendar.periods, key=lambda one: (one.starts_min, one.number))
    return [
        [
            f"第{one.number}节\n{clock(one.starts_min)}-{clock(one.ends_min)}",
            *(examples.get((at, day), "") for day in range(len(_WEEKDAYS))),
        ]
        for at, one in enumerate(ordered)
    ]
