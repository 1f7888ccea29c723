"""What titles, names of sheets and headings beside a row say of every lesson below them (pure)."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from inventory.timetables.axes import plain
from inventory.timetables.cell_words import Lexicon, WordKind, headcount_said, kind_of, weeks_said

_LABELLED = re.compile(
    r"(班级|教师|任课教师|老师|姓名|实训室|教室|地点|场地|设备|台架)\s*:\s*([^:;,\n]*?)"
    r"(?=\s*(?:[^\s:;,]{2,6}:|[;,\n]|\s{2,}|$))"
)
_NO_NAME = re.compile(
    r"20\d\d\s*-\s*20\d\d\s*学年度?|第?[一二12]学期|20\d\d年?|[春秋](?:季|学期)|学年度?|学期"
    r"|(?:上课|授课|教学|个人|学生|总)?(?:课程表|课表|排课表|安排表|日程表)"
)
_KINDS = {
    "班级": WordKind.CLASS,
    **dict.fromkeys(("教师", "任课教师", "老师", "姓名"), WordKind.HOLDER),
    **dict.fromkeys(("实训室", "教室", "地点", "场地", "设备", "台架"), WordKind.PLACE),
}
_SCHOOL = re.compile(r".*(?:学校|学院|大学|职校|技校|中心|系|部)")
_ROOM = re.compile(r"(?:[^\s教]室|教室|车间|机房)$|[楼室]\d+$")
_LEAST_CLASS = 3


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What holds for a lesson whose cell does not say otherwise."""

    classes: tuple[str, ...] = ()
    holder: str = ""
    things: tuple[str, ...] = ()
    weeks: tuple[int, ...] = ()
    headcount: int | None = None

    def over(self, wider: "Surroundings") -> "Surroundings":
        """These, and of what they leave out what is said further away."""
        return Surroundings(
            self.classes or wider.classes,
            self.holder or wider.holder,
            self.things or wider.things,
            self.weeks or wider.weeks,
            self.headcount or wider.headcount,
        )


def surroundings(texts: Iterable[str], lexicon: Lexicon) -> Surroundings:
    """Whose timetable it is by its titles: a class's, a teacher's, a room's; and its weeks."""
    words: dict[WordKind, list[str]] = {}
    weeks: tuple[int, ...] = ()
    headcount = None
    for text in map(plain, texts):
        said = weeks_said(text)
        weeks = weeks or (said[0].weeks if said else ())
        counted = headcount_said(text)
        headcount = headcount or (counted[1] if counted else None)
        for kind, word in _named(text, lexicon):
            if word not in words.setdefault(kind, []):
                words[kind].append(word)
    return Surroundings(
        tuple(words.get(WordKind.CLASS, ())),
        next(iter(words.get(WordKind.HOLDER, ())), ""),
        tuple(words.get(WordKind.PLACE, ())),
        weeks,
        headcount,
    )


def _named(text: str, lexicon: Lexicon) -> Iterator[tuple[WordKind, str]]:
    labelled = [found for found in _LABELLED.finditer(text) if found[2].strip()]
    if labelled:
        for found in labelled:
            yield _KINDS[found[1]], found[2].strip()
        return
    rest = _NO_NAME.sub(" ", text)
    for said in reversed(weeks_said(rest)):
        rest = f"{rest[: said.start]} {rest[said.end :]}"
    whole = rest.strip(" ()[],;:")
    words = [whole] if lexicon.has_thing(whole) else rest.split()
    for word in (one.strip("()[],;:") for one in words):
        kind, _ = kind_of(word, lexicon)
        if word and kind is not WordKind.OTHER and _is_name_of_one(word, kind, lexicon):
            yield kind, word


def _is_name_of_one(word: str, kind: WordKind, lexicon: Lexicon) -> bool:
    """Whether a word of a title names a thing or class, and not a number or the school."""
    if kind is WordKind.PLACE:
        return lexicon.has_thing(word) or bool(_ROOM.search(word))
    is_long = len(word) >= _LEAST_CLASS
    return kind is not WordKind.CLASS or (is_long and not _SCHOOL.fullmatch(word))
