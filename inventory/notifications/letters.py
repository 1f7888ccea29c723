"""How messages that travel together become one mail or one text of a group (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter

from inventory.calendar_texts import CalendarEvent, invitation
from inventory.notifications.bots import harmless
from inventory.notifications.rules import MessageKind
from inventory.notifications.texts_house import DIGEST_TITLE, FOOTER, MORE
from inventory.notifications.wording import Language, Worded, moment_words, picked, worded

EVENTS = TypeAdapter(CalendarEvent)
"""How an event lies in the outbox."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A message to be put into words; `number` is that of the message.

    `attach_ics` is an iCalendar file or an event as `EVENTS` writes it.
    """

    number: int
    kind: MessageKind
    facts: dict[str, Any]
    at: datetime
    attach_ics: str | None = None


@dataclass(frozen=True, slots=True)
class MailText:
    """Subject, plain text and calendar files of a mail."""

    subject: str
    body: str
    calendars: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: the language, whose clock, and the installation's address without a last slash."""

    language: Language
    zone: ZoneInfo
    base_url: str


def mail_text(letters: Sequence[Letter], reader: Reader) -> MailText:
    """One mail of one message or of several; each leads to its page."""
    said = [_worded(one, reader) for one in letters]
    subject = said[0].title
    if len(said) > 1:
        subject = picked(DIGEST_TITLE, reader.language).format(count=len(said))
    parts = [_paragraph(one, words, reader) for one, words in zip(letters, said, strict=True)]
    address = f"{reader.base_url}/inbox"
    footer = picked(FOOTER, reader.language).format(address=address)
    return MailText(
        subject,
        "\n\n".join([*parts, f"-- \n{footer}\n"]),
        tuple(_calendar(one.attach_ics) for one in letters if one.attach_ics),
    )


def group_text(letters: Sequence[Letter], reader: Reader, most_bytes: int) -> str:
    """One text for a group; of several messages their titles, as many as fit.

    The numbers of the messages are in it: services know no id by which they would notice that a
    text comes a second time, but people do.
    """
    marked = [
        (one, harmless(words.title), words)
        for one, words in ((one, _worded(one, reader)) for one in letters)
    ]
    if len(marked) == 1:
        one, title, words = marked[0]
        lines = [f"{title} (#{one.number})", *map(harmless, words.lines)]
        return _cut(lines, reader.base_url + words.path, most_bytes)
    titles = [
        f"{place}. {title} (#{one.number})" for place, (one, title, _) in enumerate(marked, 1)
    ]
    address = f"{reader.base_url}/inbox"
    kept = titles
    more = ""
    while len("\n".join([*kept, more or address]).encode()) > most_bytes and len(kept) > 1:
        kept = kept[:-1]
        count = len(titles) - len(kept)
        more = picked(MORE, reader.language).format(count=count, address=address)
    return "\n".join([*kept, more or address])


def _calendar(attached: str) -> str:
    """The file itself, or of an event as it was kept."""
    return invitation(EVENTS.validate_json(attached)) if attached.startswith("{") else attached


def _cut(lines: Sequence[str], address: str, most_bytes: int) -> str:
    kept = list(lines)
    while len("\n".join([*kept, address]).encode()) > most_bytes and len(kept) > 1:
        kept.pop()
    return "\n".join([*kept, address])


def _worded(letter: Letter, reader: Reader) -> Worded:
    return worded(letter.kind, letter.facts, reader.language, reader.zone)


def _paragraph(letter: Letter, words: Worded, reader: Reader) -> str:
    lines = [words.title, *words.lines]
    lines.append(moment_words(letter.at, reader.language, reader.zone))
    lines.append(reader.base_url + words.path)
    return "\n".join(lines)
