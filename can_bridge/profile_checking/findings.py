"""How a remark on a profile is kept: how bad, where, what was expected, what was meant."""

from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

Keys = tuple[str | int, ...]
"""The way to a value of a TOML document, such as `("faults", 0, "dtc")`."""

_CLOSE = 0.6


class Text(NamedTuple):
    """A sentence for people, in both languages."""

    zh: str
    en: str


class Severity(StrEnum):
    """Whether a bridge refuses the profile, likely does not do what was meant, or just so."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Remark:
    """What a rule has to say about the value at `keys`, before anybody knows the line.

    `column` counts from 1 within `excerpt`, the text the remark is about.
    """

    severity: Severity
    keys: Keys
    text: Text
    hint: Text | None = None
    excerpt: str | None = None
    column: int | None = None

    def told_en(self) -> str:
        """Text and hint as one English sentence, for errors."""
        return self.text.en if self.hint is None else f"{self.text.en}; {self.hint.en}"


@dataclass(frozen=True, slots=True)
class Finding:
    """A remark with its place: `line` counts from 1, 0 where the whole file is meant."""

    severity: Severity
    path: Path
    line: int
    place: str
    text: Text
    hint: Text | None = None
    excerpt: str | None = None
    column: int | None = None


def error(keys: Keys, zh: str, en: str, hint: Text | None = None) -> Remark:
    """The profile cannot be used like this."""
    return Remark(Severity.ERROR, keys, Text(zh, en), hint)


def warning(keys: Keys, zh: str, en: str, hint: Text | None = None) -> Remark:
    """The profile can be used, but hardly does what was meant."""
    return Remark(Severity.WARNING, keys, Text(zh, en), hint)


def note(keys: Keys, zh: str, en: str, hint: Text | None = None) -> Remark:
    """Worth knowing; nothing needs to be done."""
    return Remark(Severity.NOTE, keys, Text(zh, en), hint)


def did_you_mean(wrong: str, known: list[str]) -> Text | None:
    """The closest known names, None where nothing is close."""
    by_lower = {name.lower(): name for name in known}
    close = get_close_matches(wrong.lower(), by_lower, n=3, cutoff=_CLOSE)
    if not close:
        return None
    names = ", ".join(by_lower[name] for name in close)
    return Text(f"是否想写：{names}", f"did you mean: {names}")


def one_of(known: list[str]) -> Text:
    """What could have been written instead."""
    names = ", ".join(known)
    return Text(f"可以写：{names}", f"known: {names}")


def place_of(keys: Keys) -> str:
    """The way to a value as people write it: `faults[0].dtc`."""
    text = ""
    for key in keys:
        if isinstance(key, int):
            text += f"[{key}]"
        else:
            spelled = key if key.replace("-", "_").isidentifier() else f'"{key}"'
            text += f".{spelled}" if text else spelled
    return text
