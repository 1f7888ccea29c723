"""What single words of a timetable's cell are: weeks, periods, people, places, classes (pure)."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from inventory.timetables.axes import plain, read_label
from inventory.timetables.rules import Lessons, read_weeks

_NUMBERS = r"(?<!\d)第?\d{1,2}(?!\d)(?:\s*-\s*第?\d{1,2}(?!\d))?"
_PARITY = r"(?:\s*[(|\[]?[单双]周?[)\]]?)?"
_PART = rf"{_NUMBERS}(?:\s*\(?周\)?)?{_PARITY}"
_WEEKS = re.compile(rf"(?:[单双]周?[\s:,]*)?{_PART}(?:\s*,\s*{_PART})*")
_ENGLISH_WEEKS = re.compile(
    rf"w(?:ee)?ks?\.?\s*{_NUMBERS}(?:\s*,\s*{_NUMBERS})*(?:\s*\(?(?:odd|even)\)?)?", re.IGNORECASE
)
_ONLY_PARITY = re.compile(r"[(\[]\s*([单双])周?\s*[)\]]|([单双])周:?|\((odd|even)(?: weeks)?\)")
_IN_ALL = re.compile(r"共\s*(\d{1,2})\s*周")
_EVERY = re.compile(r"[(\[]?(?:全周|每周|全学期|整学期)[)\]]?")
_PERIODS = re.compile(
    r"(?:(?:星期|周)([一二三四五六日天])\s*)?[\[(]?\s*第?"
    r"(\d{1,2}(?:\s*[-,]\s*\d{1,2})*|\d{4,8})\s*小?节\s*[\])]?"
)
_CLOCKS = re.compile(r"[\[(]?(\d{1,2}:\d{2}\s*-\s*\d{1,2}:\d{2})[\])]?")
_HEADCOUNT = re.compile(r"人数:?\s*(\d{1,4})|[\[(]?(?<!\d)(\d{1,3})\s*人[\])]?")
_LABEL = re.compile(
    r"(课程名称|课程|科目|任课教师|教师姓名|教师|老师|姓名|上课班级|班级|上课地点|地点|教室|实训室|场地|设备|台架"
    r"|备注)\s*:\s*(.+)"
)
_TEACHER = re.compile(r"[^\s\d]{1,8}(?:老师|教师|导师)|(?:Mr|Ms|Mrs|Dr|Prof)\.? ?\w+")
_CLASS = re.compile(r"\S{1,20}班|[\u4e00-\u9fff]{1,10}\d{2,6}(?:[-,]\d{1,6})*|\d{2,4}级\S{0,16}")
_CODE = re.compile(r"[A-Za-z]{0,4}[-#]?\d{1,4}(?:[-#]\d{1,4})*[A-Za-z]?|[A-Za-z]+[\w-]*\d[\w-]*")
_PLACE = re.compile(
    r"(?:[A-Za-z0-9#-]+\s*)?[^\s,]*(?:室|房|厅|楼|车间|场|馆|基地|中心|台架|工位\d*|区|机房)"
)
_NUMBERED_PLACE = re.compile(r"\S*(?:楼|室|栋|座|馆)[A-Za-z]?-?\d{1,4}\S*")
_LED_BY_CODE = re.compile(r"([A-Za-z0-9][A-Za-z0-9_#-]*)\s*(?=[\u4e00-\u9fff(])")
_NAME = re.compile(r"[\u4e00-\u9fff]{2,4}|[\u4e00-\u9fff]+·[\u4e00-\u9fff]+")
_NOTHING = re.compile(r"[-_/\\.×xX*无空休]*|空闲|休息")


class WordKind(StrEnum):
    """What a word of a cell says."""

    COURSE = "course"
    HOLDER = "holder"
    CLASS = "class"
    PLACE = "place"
    NOTE = "note"
    OTHER = "other"


_KIND_OF_LABEL = {
    **dict.fromkeys(("课程名称", "课程", "科目"), WordKind.COURSE),
    **dict.fromkeys(("任课教师", "教师姓名", "教师", "老师", "姓名"), WordKind.HOLDER),
    **dict.fromkeys(("上课班级", "班级"), WordKind.CLASS),
    **dict.fromkeys(("上课地点", "地点", "教室", "实训室", "场地", "设备", "台架"), WordKind.PLACE),
    "备注": WordKind.NOTE,
}


Known = Mapping[str, frozenset[str]]
"""Folded names, and the keys or user names each may mean; none: what a person says to leave out."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Names the school has given its things and people, folded as `variants` folds them."""

    things: Known = field(default_factory=dict)
    people: Known = field(default_factory=dict)

    def has_thing(self, word: str) -> bool:
        """Whether a thing is called so."""
        return self.thing(word) is not None

    def has_person(self, word: str) -> bool:
        """Whether somebody is called so, with a title or without."""
        return self.person(word) is not None

    def thing(self, word: str) -> frozenset[str] | None:
        """The keys of what a word may mean; None: nobody has called anything so."""
        return next((self.things[one] for one in variants(word) if one in self.things), None)

    def person(self, word: str) -> frozenset[str] | None:
        """The user names a word may mean; None: nobody is called so."""
        named = (self.people[one] for one in people_variants(word) if one in self.people)
        return next(named, None)


@dataclass(frozen=True, slots=True)
class WeeksSaid:
    """An expression of weeks in a text; no weeks: all of the term, or the odd or even of them."""

    start: int
    end: int
    weeks: tuple[int, ...] = ()
    parity: str = ""


def variants(name: str) -> tuple[str, ...]:
    """How a thing may be meant by a name: as it is, without blanks, by the code in front of it.

    What is in brackets may be left out.
    """
    folded = plain(name).casefold()
    bare = re.sub(r"[(\[].*?[)\]]", "", folded).strip()
    led = _LED_BY_CODE.match(folded)
    # what follows a code describes the place; a name behind it is somebody's
    code = led[1] if led is not None and _PLACE.fullmatch(folded[led.end() :]) else ""
    found = (folded, "".join(folded.split()), bare, "".join(bare.split()), code)
    return tuple(dict.fromkeys(filter(None, found)))


def people_variants(name: str) -> tuple[str, ...]:
    """How somebody may be meant by a name: as it is, and without title."""
    folded = "".join(plain(name).casefold().split())
    return tuple(dict.fromkeys((folded, re.sub(r"(?:老师|教师|导师)$", "", folded))))


def weeks_said(text: str) -> list[WeeksSaid]:
    """Every expression of weeks, in order; those with only a blank between them are one."""
    found: list[WeeksSaid] = []
    for one in sorted(_weeks_in(text), key=lambda one: one.start):
        last = found[-1] if found else None
        if last is not None and one.start < last.end:
            continue
        if last is not None and last.weeks and not text[last.end : one.start].strip(" ,"):
            if one.weeks or one.parity:
                found[-1] = _both(last, one)
            continue
        found.append(one)
    return found


def weeks_of_parity(weeks: Collection[int], parity: str) -> tuple[int, ...]:
    """The odd or even ones of some weeks, or all of them."""
    wanted = {"odd": (1,), "even": (0,)}.get(parity, (0, 1))
    return tuple(sorted(week for week in weeks if week % 2 in wanted))


def periods_said(text: str) -> tuple[re.Match[str], Lessons, str] | None:
    """The periods or clock times a text names itself, and the weekday beside them."""
    found = _PERIODS.search(text)
    if found is not None and (lessons := read_label(found[2])) is not None:
        return found, lessons, found[1] or ""
    clocks = _CLOCKS.search(text)
    if clocks is not None and (lessons := read_label(clocks[1])) is not None:
        return clocks, lessons, ""
    return None


def headcount_said(text: str) -> tuple[re.Match[str], int] | None:
    """How many people a text says there are."""
    found = _HEADCOUNT.search(text)
    return None if found is None else (found, int(found[1] or found[2]))


def is_nothing(text: str) -> bool:
    """Whether a cell is a dash or another sign for no lesson."""
    return _NOTHING.fullmatch("".join(plain(text).split())) is not None


def kind_of(word: str, lexicon: Lexicon, *, is_first: bool = False) -> tuple[WordKind, str]:
    """What a word is, and the word without its label.

    What the school knows goes before what a word looks like. The first word of a cell is the
    course, whatever place it sounds like, unless a code is in front.
    """
    labelled = _LABEL.fullmatch(word)
    if labelled is not None:
        return _KIND_OF_LABEL[labelled[1]], labelled[2].strip()
    is_place = _PLACE.fullmatch(word) and (not is_first or _LED_BY_CODE.match(word))
    looks = (
        (WordKind.PLACE, lexicon.has_thing(word)),
        (WordKind.HOLDER, lexicon.has_person(word) or _TEACHER.fullmatch(word)),
        (WordKind.PLACE, _NUMBERED_PLACE.fullmatch(word)),
        (WordKind.CLASS, _CLASS.fullmatch(word)),
        (WordKind.PLACE, _CODE.fullmatch(word) or is_place),
    )
    return next((kind for kind, is_so in looks if is_so), WordKind.OTHER), word


def is_name(word: str) -> bool:
    """Whether a word may be somebody's name."""
    return _NAME.fullmatch(word) is not None


def _weeks_in(text: str) -> Iterator[WeeksSaid]:
    for found in _IN_ALL.finditer(text):
        yield WeeksSaid(*found.span(), tuple(range(1, int(found[1]) + 1)))
    for pattern in (_WEEKS, _ENGLISH_WEEKS):
        for found in pattern.finditer(text):
            is_meant = pattern is _ENGLISH_WEEKS or "周" in found[0]
            weeks = read_weeks(_bare(found[0])) if is_meant else ()
            if weeks:
                yield WeeksSaid(*found.span(), weeks)
    for found in _ONLY_PARITY.finditer(text):
        said = found[1] or found[2] or found[3]
        yield WeeksSaid(*found.span(), (), "odd" if said in {"单", "odd"} else "even")
    for found in _EVERY.finditer(text):
        yield WeeksSaid(*found.span())


def _bare(weeks: str) -> str:
    spaced = re.sub(r"w(?:ee)?ks?\.?", "", weeks, flags=re.IGNORECASE).replace("|", " ")
    spaced = re.sub(r"\s*-\s*第?", "-", spaced)
    # odd and even before the numbers mean the same as behind them
    led = re.match(r"\s*([单双])周?[\s:,]*(.+)", spaced)
    return f"{led[2]} {led[1]}" if led else spaced.strip()


def _both(one: WeeksSaid, other: WeeksSaid) -> WeeksSaid:
    if other.weeks:
        weeks = tuple(sorted({*one.weeks, *other.weeks}))
    else:
        weeks = weeks_of_parity(one.weeks, other.parity)
    return WeeksSaid(one.start, other.end, weeks)
