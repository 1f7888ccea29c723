"""What is written in a cell of a weekday grid becomes lessons (pure)."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from inventory.timetables.axes import plain
from inventory.timetables.cell_words import (
    Lexicon,
    WordKind,
    headcount_said,
    is_name,
    kind_of,
    periods_said,
    weeks_said,
)
from inventory.timetables.rules import Lessons, read_weekday

_LONGEST_TITLE = 100
_APART = re.compile(r"\n\s*\n|\n\s*[-=_*]{2,}\s*\n|;\s*\n?")
_BETWEEN = re.compile(r"[\n/|◇◆★☆@\t]|\s{2,}")
_INSIDE = re.compile(r"[\s,+&]+")
_TAIL = re.compile(r"(.+?)\s*[(\[]([^()\[\]]+)[)\]]")
_EMPTY_BRACKETS = re.compile(r"\(\s*\)|\[\s*\]|\{\s*\}|<\s*>")
_EDGES = " \t,;:|.()[]{}<>"


@dataclass(frozen=True, slots=True)
class Written:
    """A lesson as a cell has it; what it leaves out is said by its row, column or sheet.

    No weeks: none were named; `parity` then takes the odd or even ones of all.
    """

    title: str = ""
    classes: tuple[str, ...] = ()
    holder: str = ""
    things: tuple[str, ...] = ()
    weeks: tuple[int, ...] = ()
    parity: str = ""
    lessons: Lessons | None = None
    weekday: int | None = None
    headcount: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Unread:
    """Why a cell can't be read; the texts complete "expected …"."""

    zh: str
    en: str


@dataclass(slots=True)
class _Words:
    """Words of a cell by what they are."""

    by_kind: dict[WordKind, list[str]] = field(default_factory=dict)

    def add(self, kind: WordKind, word: str) -> None:
        known = self.by_kind.setdefault(kind, [])
        if word and word not in known:
            known.append(word)

    def of(self, kind: WordKind) -> list[str]:
        return self.by_kind.get(kind, [])


def lessons_written(text: str, lexicon: Lexicon) -> tuple[Written, ...] | Unread:
    """The lessons of a cell: one, or several apart by an empty line, dashes or a semicolon.

    Several in one piece are told apart where each has weeks of its own; else nobody could say
    whose a line is.
    """
    found: list[Written] = []
    for piece in filter(str.strip, _APART.split(plain(text))):
        for part in _parts_of(piece.strip()):
            one = _lesson(part, lexicon)
            if isinstance(one, Unread):
                return one
            found.append(one)
    return tuple(found)


def _parts_of(piece: str) -> Sequence[str]:
    """The lessons of a piece as texts; itself where it can't be parted."""
    wanted = len(weeks_said(piece))
    if wanted < 2:  # noqa: PLR2004 - one lesson has one expression of weeks
        return [piece]
    lines = [line for line in piece.split("\n") if line.strip()]
    size, rest = divmod(len(lines), wanted)
    evenly = [lines[at : at + size] for at in range(0, len(lines), size)] if not rest else []
    after, before = _cut(lines, is_after=True), _cut(lines, is_after=False)
    for parts in (evenly, after, before):
        texts = ["\n".join(one) for one in parts]
        if _is_parted(texts, wanted):
            return texts
    slashed = piece.split("/")
    return slashed if _is_parted(slashed, wanted) else [piece]


def _cut(lines: Iterable[str], *, is_after: bool) -> list[list[str]]:
    """Lines parted behind, or before, each line that names weeks."""
    parts: list[list[str]] = [[]]
    for line in lines:
        has_weeks = bool(weeks_said(line))
        if has_weeks and not is_after and parts[-1]:
            parts.append([])
        parts[-1].append(line)
        if has_weeks and is_after:
            parts.append([])
    return [one for one in parts if one]


def _is_parted(texts: Sequence[str], wanted: int) -> bool:
    return len(texts) == wanted and all(
        len(said := weeks_said(one)) == 1 and _without(one, said[0].start, said[0].end).strip()
        for one in texts
    )


def _without(text: str, start: int, end: int) -> str:
    return f"{text[:start]}\n{text[end:]}"


def _lesson(text: str, lexicon: Lexicon) -> Written | Unread:
    said = weeks_said(text)
    if len(said) > 1:
        return Unread(
            "每门课各写各的周次；一格多门课请用空行分开",
            "weeks of its own for each lesson; an empty line between several lessons of a cell",
        )
    weeks, parity = (said[0].weeks, said[0].parity) if said else ((), "")
    rest = _without(text, said[0].start, said[0].end) if said else text
    periods = periods_said(rest)
    lessons, weekday = None, None
    if periods is not None:
        found, lessons, day = periods
        weekday = read_weekday(day) if day else None
        rest = _without(rest, *found.span())
    heads = headcount_said(rest)
    if heads is not None:
        rest = _without(rest, *heads[0].span())
    words = _words_of(rest, lexicon)
    title = _title(words)
    if not title or len(title) > _LONGEST_TITLE:
        return Unread(
            f"课程名称（1 至 {_LONGEST_TITLE} 个字符）",
            f"a course of 1 to {_LONGEST_TITLE} characters",
        )
    return Written(
        title,
        tuple(words.of(WordKind.CLASS)),
        _holder(words),
        tuple(words.of(WordKind.PLACE)),
        weeks,
        parity,
        lessons,
        weekday,
        heads[1] if heads else None,
        " ".join((*words.of(WordKind.NOTE), *words.of(WordKind.OTHER)))[:200],
    )


def _title(words: _Words) -> str:
    for kind in (WordKind.COURSE, WordKind.OTHER):
        if words.of(kind):
            return words.of(kind).pop(0)
    return ""


def _holder(words: _Words) -> str:
    """Who is named; behind the course a short word of its own is a name."""
    if words.of(WordKind.HOLDER):
        first, *more = words.of(WordKind.HOLDER)
        for one in more:
            words.add(WordKind.NOTE, one)
        return first
    named = next((one for one in words.of(WordKind.OTHER) if is_name(one)), "")
    if named:
        words.of(WordKind.OTHER).remove(named)
    return named


def _words_of(text: str, lexicon: Lexicon) -> _Words:
    words = _Words()
    tokens = [one for part in _BETWEEN.split(_cleaned(text)) if (one := _trimmed(part))]
    if len(tokens) == 1:
        tokens = list(_told_apart(tokens[0], lexicon))
    for at, token in enumerate(tokens):
        for word in _with_tail(token, lexicon):
            _sort_in(words, word, lexicon, is_first=at == 0)
    return words


def _sort_in(words: _Words, word: str, lexicon: Lexicon, *, is_first: bool) -> None:
    kind, bare = kind_of(word, lexicon, is_first=is_first)
    if kind in {WordKind.OTHER, WordKind.PLACE} and not lexicon.has_thing(bare):
        parts = [(kind_of(one, lexicon), one) for one in _told_apart(bare, lexicon)]
        is_all_known = all(each[0] is not WordKind.OTHER for each, _ in parts)
        if len(parts) > 1 and (is_all_known or not is_first):
            for each, _ in parts:
                words.add(*each)
            return
    words.add(kind, bare)


def _told_apart(text: str, lexicon: Lexicon) -> Iterator[str]:
    """Words between blanks and commas, the longest that mean something together."""
    parts = list(filter(None, _INSIDE.split(text)))
    at = 0
    while at < len(parts):
        ends = range(len(parts), at + 1, -1)
        joined = (
            (end, word)
            for end in ends
            if kind_of(word := " ".join(parts[at:end]), lexicon)[0] is not WordKind.OTHER
        )
        at, word = next(joined, (at + 1, parts[at]))
        yield word


def _with_tail(token: str, lexicon: Lexicon) -> Iterator[str]:
    """A word, and what stands in brackets behind it where that is a word of its own."""
    found = _TAIL.fullmatch(token)
    if found is None or lexicon.has_thing(token):
        yield token
        return
    inside = list(_told_apart(found[2], lexicon))
    if all(kind_of(one, lexicon)[0] is not WordKind.OTHER for one in inside):
        yield found[1]
        yield from inside
    else:
        yield token


def _cleaned(text: str) -> str:
    while (shorter := _EMPTY_BRACKETS.sub("\n", text)) != text:
        text = shorter
    return text


def _trimmed(text: str) -> str:
    """A text without signs around it; brackets stay where they are a pair."""
    bare = text.strip(" \t,;:|")
    pairs = (("(", ")"), ("[", "]"), ("{", "}"))
    if any(bare.count(one) != bare.count(other) for one, other in pairs):
        return bare.strip(_EDGES)
    return bare
