"""How a message becomes words: facts cleaned and cut, in a language, at the school's clock (pure).

What people wrote is never a template and comes without line breaks and signs that turn text
around, so it can neither forge a line of a message nor a header of a mail.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from string import Formatter
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from inventory.notifications.rules import MessageKind
from inventory.notifications.texts import Pair
from inventory.notifications.texts_house import (
    AND_MORE,
    COMMA,
    MISSING,
    TEXTS,
    WEEKDAYS,
    WORDS,
)

MOST_SIGNS, MOST_LISTED = 160, 8
"""Chosen: a value fits two lines of a phone; longer ones are on the page the message leads to."""
_FORMATTER = Formatter()
_EN = "_en"


class Language(StrEnum):
    """The languages of messages."""

    ZH = "zh"
    EN = "en"


@dataclass(frozen=True, slots=True)
class Worded:
    """A message in words; `path` is the page about it, below the installation's address."""

    title: str
    lines: tuple[str, ...]
    path: str


def worded(
    kind: MessageKind, facts: Mapping[str, Any], language: Language, zone: ZoneInfo
) -> Worded:
    """The words of a message.

    Args:
        kind: what happened.
        facts: as JSON holds them.
        language: of the reader.
        zone: whose clock moments are shown by.
    """
    text = TEXTS[kind]
    said = _said(facts, language, zone)
    lines = [picked(line, language) for line in text.lines]
    query = {
        name: _clean(str(facts[fact])) for name, fact in text.ask if facts.get(fact) is not None
    }
    path = f"/{text.page}" + (f"?{urlencode(query)}" if query else "")
    return Worded(
        " ".join(_filled(picked(text.title, language), said).split()),
        tuple(_filled(line, said) for line in lines if names_in(line) <= said.keys()),
        path,
    )


def picked(pair: Pair, language: Language) -> str:
    """The text in a language."""
    return pair[0] if language is Language.ZH else pair[1]


def names_in(template: str) -> set[str]:
    """Names of the facts a template shows."""
    return {name for _, name, _, _ in _FORMATTER.parse(template) if name}


def _filled(template: str, said: Mapping[str, str]) -> str:
    return template.format_map({name: said.get(name, MISSING) for name in names_in(template)})


def _said(facts: Mapping[str, Any], language: Language, zone: ZoneInfo) -> dict[str, str]:
    found = {name: _one(name, value, language, zone) for name, value in facts.items()}
    if language is Language.EN:
        own = {name.removesuffix(_EN): said for name, said in found.items() if name.endswith(_EN)}
        found |= {name: said for name, said in own.items() if said}
    begin, end = _moment(facts.get("start_at")), _moment(facts.get("end_at"))
    if begin is not None and end is not None:
        found["when"] = span_words(begin, end, language, zone)
    return {name: value for name, value in found.items() if value}


def _one(name: str, value: object, language: Language, zone: ZoneInfo) -> str:
    if value is None:
        return ""
    if isinstance(value, Sequence) and not isinstance(value, str):
        return _listed([_one(name, one, language, zone) for one in value], language)
    known = WORDS.get(name, {}).get(str(value))
    if known is not None:
        return picked(known, language)
    at = _moment(value) if name.endswith(("_at", "_until")) else None
    if at is not None:
        return moment_words(at, language, zone)
    return _clean(str(value))


def _listed(values: Sequence[str], language: Language) -> str:
    shown = picked(COMMA, language).join(values[:MOST_LISTED])
    if len(values) <= MOST_LISTED:
        return shown
    return shown + picked(AND_MORE, language).format(count=len(values))


def moment_words(at: datetime, language: Language, zone: ZoneInfo) -> str:
    """A moment by the clock of a zone, with its weekday."""
    local = at.astimezone(zone)
    return f"{day_words(local.date(), language)} {local:%H:%M}"


def span_words(begin: datetime, end: datetime, language: Language, zone: ZoneInfo) -> str:
    """From when until when; the day is said once where it is one."""
    first, last = begin.astimezone(zone), end.astimezone(zone)
    until = f"{last:%H:%M}" if first.date() == last.date() else moment_words(end, language, zone)
    return f"{moment_words(begin, language, zone)}–{until}"


def day_words(day: date, language: Language) -> str:
    """A day with its weekday."""
    return f"{day.isoformat()} {picked(WEEKDAYS[day.weekday()], language)}"


def _moment(value: object) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


def _clean(text: str) -> str:
    # Cc, Cf: line breaks, NUL, and what turns the direction of text; Zl, Zp: other line breaks
    kept = "".join(
        " " if unicodedata.category(sign) in {"Cc", "Zl", "Zp"} else sign
        for sign in text[: MOST_SIGNS * 4]
        if unicodedata.category(sign) not in {"Cf", "Cs"}
    )
    flat = " ".join(kept.split())
    return flat if len(flat) <= MOST_SIGNS else flat[: MOST_SIGNS - 1] + "…"
