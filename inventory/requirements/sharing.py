"""How a piece may be shared between modules, read from the words of the list's column (pure).

The draft list says it in three ways; other lists say it in Chinese. What is not read is never
shared between modules, which may ask for too much but lets nothing pass that should not.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from inventory.requirements.alternatives import folded_name

_NOTHING = frozenset({"", "-", "/"})


class Sharing(StrEnum):
    """Who else may use the pieces that serve a row.

    `within_session`: nobody during one session of an exam, other modules at other times.
    `between_sessions`: modules whose sessions do not overlap.
    `whole_station`: all modules, also at the same time.
    `dedicated`: no other module at all.
    """

    WITHIN_SESSION = "within_session"
    BETWEEN_SESSIONS = "between_sessions"
    WHOLE_STATION = "whole_station"
    DEDICATED = "dedicated"


@dataclass(frozen=True, slots=True)
class SharingRule:
    """What a cell means; `unread` are its words where nobody but a person can tell."""

    sharing: Sharing
    unread: str = ""


_SHARED = r"(共用|共享)"
_MAY_NOT = r"(不得|不可|不能|不允许|不)"
_APART = r"(((场次|时段|时间|批次)(不(重叠|冲突|同)|错开)(时|的)?)|错峰|分时)"
_PIECE = r"(一|1)?(套|台|件|个|份|处)?"
_WORDS = (
    (Sharing.WHOLE_STATION, r"one(set)?forthewholestation|sharedbythewholestation"),
    (Sharing.WHOLE_STATION, rf"(全站|整站|全校|站内){_SHARED}?{_PIECE}{_SHARED}?"),
    (Sharing.WITHIN_SESSION, r"not(shareable|shared)(inside|within|in)(one|a)session"),
    (Sharing.WITHIN_SESSION, rf"同一?(场次?|时段|批次)(内|中)?{_MAY_NOT}{_SHARED}"),
    (Sharing.BETWEEN_SESSIONS, r"mayserveseveralmoduleswhentheirsessionsdonotoverlap"),
    (Sharing.BETWEEN_SESSIONS, r"shareablebetweensessions"),
    (Sharing.BETWEEN_SESSIONS, rf"{_APART}?(各?模块(间|之间)?)?(可以?|允许)?{_APART}?{_SHARED}"),
    (Sharing.DEDICATED, rf"(各?模块(间|之间)?)?{_MAY_NOT}{_SHARED}"),
    (Sharing.DEDICATED, r"专用|独占|单独配置|各模块(单独|独立)(配置|配备)"),
    (Sharing.DEDICATED, r"dedicated|not(shared|shareable)"),
)
_READ = tuple((sharing, re.compile(words)) for sharing, words in _WORDS)


@lru_cache(maxsize=4096)
def parse_sharing(cell: str) -> SharingRule:
    """Read the column of one row.

    A list that says nothing is taken as most rows of the draft: not inside one session.
    """
    folded = folded_name(cell).rstrip("。.;")
    if folded in _NOTHING:
        return SharingRule(Sharing.WITHIN_SESSION)
    for sharing, words in _READ:
        if words.fullmatch(folded):
            return SharingRule(sharing)
    return SharingRule(Sharing.DEDICATED, cell.strip())
