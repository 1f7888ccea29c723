"""What may stand in for a row's own equipment, read from the words of the list's column.

`substitute_allowed` says it in one direction: what is named may serve the row, not the other way
round. Understood are names (`整车`), several together (`整车 + 电池举升车`), one or the other
(`电子或纸质`), a level or use they are limited to (`示波器 (中级)`, `仿真软件 (培训 only)`), a kit
that counts as its parts (`kit counts as mat+barrier+sign`), `higher class only`, and any row of the
alternative group (`组内任一`). Words that narrow a name (`with the same CAT`, `not for 电池拆装`)
are conditions: they hold only where the register states the same words. Everything else stays as
written, for a person to settle; it lets nothing pass.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from inventory.requirements.units import normalised
from inventory.stations.rules import Level, StationUse

_NOTHING = frozenset({"", "-", "no", "无", "否", "不允许"})
_UNSAID = frozenset({"", "-"})
_ANY_OF_GROUP = frozenset({"any of the group", "组内任一", "组内任选其一"})
_HIGHER_CLASS = frozenset({"higher class only", "仅限更高等级", "仅限更高级别"})
_KIT = re.compile(r"(?:kit counts as|套装视同|套装计为)\s*(?P<parts>.+)", re.IGNORECASE)
_BRACKETED = re.compile(r"\(([^()]*)\)")
_CJK = re.compile(r"[一-鿿]")
_NAME_END = re.compile(r"\s")
_LEVELS = {"初级": Level.ELEMENTARY, "中级": Level.INTERMEDIATE, "高级": Level.ADVANCED}
_USES = {"培训": StationUse.TRAINING, "考核": StationUse.EXAM}


@dataclass(frozen=True, slots=True)
class Stand:
    """One named thing of an option; `conditions` must be stated of it word for word."""

    name: str
    conditions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SubstituteOption:
    """Things that serve the row together; one of each for one that is asked for."""

    text: str
    stands: tuple[Stand, ...]
    levels: frozenset[Level] = frozenset(Level)
    uses: frozenset[StationUse] = frozenset(StationUse)


@dataclass(frozen=True, slots=True)
class Alternatives:
    """What the column means; `kit_parts` are the words for the rows a kit counts for.

    `unparsed` is what nobody but a person can decide.
    """

    options: tuple[SubstituteOption, ...] = ()
    kit_parts: tuple[str, ...] = ()
    is_higher_class_enough: bool = False
    is_any_of_group: bool = False
    unparsed: str = ""


@lru_cache(maxsize=4096)
def parse_alternatives(text: str) -> Alternatives:
    """Read the column of one row."""
    plain = normalised(text).strip()
    folded = plain.casefold()
    if folded in _NOTHING:
        return Alternatives()
    if folded in _HIGHER_CLASS:
        return Alternatives(is_higher_class_enough=True)
    if folded in _ANY_OF_GROUP:
        return Alternatives(is_any_of_group=True)
    kit = _KIT.fullmatch(plain)
    if kit is not None:
        parts = tuple(part.strip() for part in kit["parts"].split("+"))
        return Alternatives(kit_parts=tuple(part for part in parts if part))
    options = [_option(part.strip()) for part in re.split(r"或|;|、", plain) if part.strip()]
    read = tuple(option for option in options if option is not None)
    return Alternatives(options=read if len(read) == len(options) else (), unparsed="" if
                        len(read) == len(options) else text.strip())  # fmt: skip


def asks_a_person(text: str) -> bool:
    """Whether the words leave it open what may stand in: unsaid, unread, or on a condition."""
    read = parse_alternatives(text)
    if read.unparsed or any(stand.conditions for one in read.options for stand in one.stands):
        return True
    return normalised(text).strip() in _UNSAID


@lru_cache(maxsize=8192)
def names_of(item_zh: str) -> frozenset[str]:
    """The names a thing goes by: `纯电动乘用车(整车)` is 纯电动乘用车 and 整车."""
    plain = folded_name(item_zh)
    bare = _BRACKETED.sub("", plain)
    return frozenset(name for name in (plain, bare, *_BRACKETED.findall(plain)) if name)


def is_called(item_names: Iterable[str], name: str) -> bool:
    """Whether a thing of these names is what a column calls `name`.

    A Chinese compound ends with what it is: 数字万用表 is a 万用表, 整车电气台架 is no 整车.
    """
    return folded_name(name) in endings(item_names)


def endings(item_names: Iterable[str]) -> frozenset[str]:
    """Everything that things of these names may be called, folded."""
    return frozenset(one[start:] for one in item_names for start in range(len(one)))


def is_part(word: str, item_zh: str, item_en: str) -> bool:
    """Whether a kit's word such as `gloves` or 手套 names a row's item."""
    wanted = normalised(word).casefold().strip()
    if _CJK.search(wanted):
        return is_called(names_of(item_zh), wanted)
    return wanted in re.split(r"[^a-z0-9]+", item_en.casefold())


@lru_cache(maxsize=8192)
def folded_name(name: str) -> str:
    """The form in which names of things are compared."""
    return "".join(normalised(name).casefold().split())


def _option(text: str) -> SubstituteOption | None:
    levels: set[Level] = set()
    uses: set[StationUse] = set()
    conditions = []
    for bracket in _BRACKETED.findall(text):
        word = bracket.removesuffix("only").strip()
        if word in _LEVELS:
            levels.add(_LEVELS[word])
        elif word in _USES:
            uses.add(_USES[word])
        else:
            conditions.append(bracket.strip())
    legs = [_stand(leg.strip(), conditions) for leg in _BRACKETED.sub("", text).split("+")]
    stands = tuple(leg for leg in legs if leg is not None)
    if len(stands) != len(legs):
        return None
    return SubstituteOption(text, stands, frozenset(levels or Level), frozenset(uses or StationUse))


def _stand(text: str, conditions: list[str]) -> Stand | None:
    name, _, rest = _NAME_END.sub(" ", text).partition(" ")
    if not _CJK.search(name):
        return None
    own = [rest.strip()] if rest.strip() else []
    return Stand(name, (*own, *conditions))
