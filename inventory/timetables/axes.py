"""How headings of a weekday grid are read: weekdays, periods, parts of the day (pure)."""

import re
import unicodedata
from collections.abc import Mapping, Sequence

from inventory.timetables.rules import DayPart, Lessons, read_lessons

_DIGITS = dict(zip("一二三四五六七八九十", range(1, 11), strict=True))
_DAY = re.compile(
    r"(?:(?:星期|礼拜|周)([一二三四五六日天])"
    r"|(mon|tue|wed|thu|fri|sat|sun)[a-z]*)\.?(.*)",
    re.IGNORECASE | re.DOTALL,
)
_ENGLISH = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_BARE = "一二三四五六日"
_LEAST_BARE = 5
"""Chosen: fewer single numerals in a row are more likely numbers of periods."""
_BESIDE_DAY = re.compile(r"[\s(（]*(?:\d{1,4}[./月-]\d{1,2}日?)?[\sA-Za-z.]*[)）]*")
_AXIS_NAME = re.compile(r"节次|课节|节数|时间|时段|星期|课时|periods?|time|lessons?", re.IGNORECASE)
_CLOCKS = re.compile(r"(\d{1,2}:\d{2})\s*-\s*(\d{1,2}:\d{2})")
_PARTS = re.compile(r"上午|早上|早自习|中午|下午|晚上|晚间|晚自习|晚")
_PAIRED = re.compile(r"(?:0\d|1[0-2]){2,}")
_NUMBERS = re.compile(r"[\d,-]+")
_FIELD_NAMES: Mapping[str, str] = {
    "课程": "课程",
    "课程名称": "课程",
    "科目": "课程",
    "教师": "教师",
    "任课教师": "教师",
    "老师": "教师",
    "地点": "地点",
    "上课地点": "地点",
    "教室": "地点",
    "实训室": "地点",
    "场地": "地点",
    "设备": "地点",
    "台架": "地点",
    "班级": "班级",
    "上课班级": "班级",
    "周次": "周次",
    "人数": "人数",
}


def plain(text: str) -> str:
    """The text with full-width signs, long dashes and brackets as ASCII has them."""
    folded = unicodedata.normalize("NFKC", text)
    return folded.translate(_SAME).strip()


_SAME = str.maketrans(
    dict.fromkeys("－–—―~～至", "-")
    | dict.fromkeys("【［〔", "[")
    | dict.fromkeys("】］〕", "]")
    | {"、": ",", "。": ".", "\u3000": " ", "\xa0": " "}
)


def read_day(text: str) -> int | None:
    """The weekday of a heading, 0 is Monday, with a date beside it or not; None: it is none."""
    found = _DAY.fullmatch(plain(text).replace(" ", ""))
    if found is None or not _BESIDE_DAY.fullmatch(found[3]):
        return None
    if found[1]:
        return _BARE.index("日" if found[1] == "天" else found[1])
    return _ENGLISH.index(found[2].casefold())


def days_of(cells: Sequence[str]) -> dict[int, int]:
    """Weekdays by column of a row that is a heading of days; nothing where it is none.

    One day alone is a heading only beside a cell that names the axis, such as 节次.
    """
    found = {at: day for at, text in enumerate(cells) if (day := read_day(text)) is not None}
    if len(set(found.values())) > 1:
        return found
    if found:
        named = [text for text in cells[: min(found)] if _AXIS_NAME.search(text)]
        return found if named else {}
    bare = {at: _BARE.index(text) for at, text in enumerate(cells) if text and text in _BARE}
    days = list(bare.values())
    is_week = len(set(days)) >= _LEAST_BARE and days == sorted(days)
    return bare if is_week else {}


def read_part(text: str) -> DayPart | None:
    """The part of the day a heading names."""
    found = _PARTS.search(plain(text))
    if found is None:
        return None
    if found[0].startswith("晚"):
        return DayPart.EVENING
    return DayPart.AFTERNOON if found[0] == "下午" else DayPart.MORNING


def read_label(text: str) -> Lessons | None:
    """The periods of a heading such as 第1节, 一、二, 第一大节, 0102节 or 08:00-08:45.

    Where it has both numbers and clock times the numbers count: the calendar knows its own times.
    """
    told = "".join(_PARTS.sub("", plain(text)).split())
    clocks = _CLOCKS.search(told)
    told = re.sub(r"[()\[\]]", "", _CLOCKS.sub("", told))
    is_double = "大节" in told
    told = re.sub(r"第|大节|小节|节课?|periods?|lessons?", "", told, flags=re.IGNORECASE)
    numbered = _numbered(told)
    if numbered is None:
        return read_lessons(clocks[0]) if clocks is not None and not told else None
    if is_double:
        # a double period 大节 is two lessons everywhere it is counted
        return Lessons(2 * numbered.first - 1, 2 * numbered.last)
    return numbered


def field_name(text: str) -> str | None:
    """What a column below a weekday holds, where a table gives each day several columns."""
    return _FIELD_NAMES.get("".join(plain(text).split()))


def _numbered(text: str) -> Lessons | None:
    paired = _PAIRED.fullmatch(text)
    if paired is not None:
        text = ",".join(str(int(text[at : at + 2])) for at in range(0, len(text), 2))
    text = re.sub(r"十([一二])", lambda ten: f",{10 + _DIGITS[ten[1]]},", text)
    text = re.sub(r"[一二三四五六七八九十]", lambda one: f",{_DIGITS[one[0]]},", text)
    text = re.sub(r",*-,*", "-", text.replace(".", ",").replace("/", ","))
    text = re.sub(r",+", ",", text).strip(",")
    return read_lessons(text) if _NUMBERS.fullmatch(text) else None
