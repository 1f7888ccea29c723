"""What a person decides of a file, as it is sent: JSON texts, checked before anything is read."""

import json

from inventory.errors import Invalid
from inventory.timetables.naming import WordsDecided
from inventory.timetables.reading import Decisions
from inventory.timetables.rules import read_weeks
from inventory.timetables.template import TIMETABLE_COLUMNS

MOST_CHARACTERS = 200_000
_SETTLED = ("things", "people", "cells")


def decisions_of(columns: str, settled: str) -> tuple[Decisions, WordsDecided]:
    """What is meant by headings, by words and by cells.

    `columns` is a JSON object from headings to our columns; `settled` one of `things`, `people` and
    `cells`, each an object from texts to texts.

    Raises:
        Invalid: one of them is something else.
    """
    found = _settled(settled)
    decided = Decisions(_meanings(columns), found["cells"])
    return decided, WordsDecided(found["things"], found["people"])


def weeks_of(text: str) -> tuple[int, ...]:
    """The weeks of lessons that name none; nothing is all of the term.

    Raises:
        Invalid: the text is none of weeks.
    """
    if not text.strip():
        return ()
    weeks = read_weeks(text)
    if not weeks:
        raise Invalid("weeks", "weeks such as 1-16, 1-16 单周 or 1-8,10-16")
    return weeks


def _meanings(text: str) -> dict[str, str]:
    known = {column.name for column in TIMETABLE_COLUMNS} | {""}
    expected = f"a JSON object from headings to one of: {', '.join(sorted(known - {''}))}"
    found = _texts(_json(text, "columns", expected), "columns", expected)
    if not known.issuperset(found.values()):
        raise Invalid("columns", expected)
    return found


def _settled(text: str) -> dict[str, dict[str, str]]:
    expected = f"a JSON object of {', '.join(_SETTLED)}, each an object from texts to texts"
    found = _json(text, "settled", expected)
    if not isinstance(found, dict) or not set(_SETTLED).issuperset(found):
        raise Invalid("settled", expected)
    return {name: _texts(found.get(name, {}), "settled", expected) for name in _SETTLED}


def _json(text: str, field: str, expected: str) -> object:
    if len(text) > MOST_CHARACTERS:
        raise Invalid(field, f"at most {MOST_CHARACTERS} characters")
    try:
        return json.loads(text or "{}")
    except (ValueError, RecursionError):
        raise Invalid(field, expected) from None


def _texts(found: object, field: str, expected: str) -> dict[str, str]:
    is_texts = isinstance(found, dict) and all(isinstance(one, str) for one in found.values())
    if not isinstance(found, dict) or not is_texts:
        raise Invalid(field, expected)
    return found
