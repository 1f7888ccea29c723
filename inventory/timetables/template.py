"""The columns of a timetable file, and what other schools call them."""

from collections.abc import Mapping

from inventory.requirements.writing import Column

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
MEANINGS: Mapping[str, str] = {
    **{column.zh: column.name for column in TIMETABLE_COLUMNS},
    **{word: name for name, words in _OTHERS.items() for word in words},
}
"""What a heading is taken for unless a person says otherwise."""
