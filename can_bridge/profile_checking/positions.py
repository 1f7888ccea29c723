"""The only place that knows where in a TOML text a key and its value stand.

`tomllib` says what a document holds, not where. Libraries that keep positions bring a parser of
their own that would have to agree with `tomllib`; so the text is only measured here, after
`tomllib` has accepted it, and a property test holds both together.
"""

import contextlib
import re
import tomllib
from bisect import bisect_right
from dataclasses import dataclass

from can_bridge.profile_checking.findings import Keys

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BLANK_OR_COMMA = re.compile(r"(?:[ \t\r\n,]|#[^\n]*)*")
_KEY_PART = re.compile(r'"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|[A-Za-z0-9_-]+')
_DOTTED_KEY = re.compile(rf"(?:{_KEY_PART.pattern})(?:[ \t]*\.[ \t]*(?:{_KEY_PART.pattern}))*")
_LONG_STRINGS = (
    # three quotes end a string, up to two more still belong to it
    re.compile(r'"""(?:\\.|[^\\])*?"{3,5}', re.DOTALL),
    re.compile(r"'''.*?'{3,5}", re.DOTALL),
)
_STRINGS = (
    re.compile(r'"(?:\\.|[^"\\\n])*"'),
    re.compile(r"'[^'\n]*'"),
)
_OPENING = re.compile(r"[\[ \t]*")
_CLOSING = re.compile(r"[ \t]*\]{0,2}")
_EQUALS = re.compile(r"[ \t]*=[ \t]*")
_SCALAR = re.compile(r"[^,\]}#\n]*")


@dataclass(frozen=True, slots=True)
class Position:
    """Line and column of a key, both from 1."""

    line: int
    column: int


class Positions:
    """Where the keys of a document stand.

    Args:
        text: a document that `tomllib.loads` accepts; of any other the answers are only near.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = [0, *(found.end() for found in re.finditer("\n", text))]
        self._offsets: dict[Keys, int] = {}
        self._array_lengths: dict[Keys, int] = {}
        with contextlib.suppress(RecursionError):
            self._measure()

    def written(self) -> set[Keys]:
        """Every table, key and array element of the document."""
        return set(self._offsets)

    def last(self) -> Position:
        """Where the last key or header begins."""
        return self._position(max(self._offsets.values(), default=0))

    def of(self, keys: Keys) -> Position:
        """Where `keys` is written, else the nearest table above it; line 1 for the whole."""
        for length in range(len(keys), 0, -1):
            offset = self._offsets.get(keys[:length])
            if offset is not None:
                return self._position(offset)
        return Position(1, 1)

    def _position(self, offset: int) -> Position:
        line = bisect_right(self._starts, offset)
        return Position(line, offset - self._starts[line - 1] + 1)

    def _measure(self) -> None:
        table: Keys = ()
        at = self._skip(_BLANK, 0)
        while at < len(self._text):
            if self._text[at] == "[":
                table, after = self._header(at)
            else:
                after = self._pair(at, table)
            # a text that is no TOML must not hold us up
            at = self._skip(_BLANK, max(after, at + 1))

    def _skip(self, pattern: re.Pattern[str], at: int) -> int:
        found = pattern.match(self._text, at)
        return found.end() if found else at

    def _note(self, keys: Keys, at: int) -> None:
        for length in range(1, len(keys) + 1):
            self._offsets.setdefault(keys[:length], at)

    def _dotted(self, at: int) -> tuple[list[str], int]:
        found = _DOTTED_KEY.match(self._text, at)
        if found is None:
            return [], at
        return [_key(part) for part in _KEY_PART.findall(found[0])], found.end()

    def _header(self, at: int) -> tuple[Keys, int]:
        is_array = self._text.startswith("[[", at)
        names, after = self._dotted(self._skip(_OPENING, at))
        keys: Keys = ()
        for position, name in enumerate(names):
            keys = (*keys, name)
            if is_array and position == len(names) - 1:
                self._array_lengths[keys] = self._array_lengths.get(keys, 0) + 1
            if keys in self._array_lengths:
                # what follows belongs to the newest element
                keys = (*keys, self._array_lengths[keys] - 1)
        self._note(keys, at)
        return keys, self._skip(_CLOSING, after)

    def _pair(self, at: int, table: Keys) -> int:
        names, after = self._dotted(at)
        if not names:
            return at
        keys = (*table, *names)
        self._note(keys, at)
        return self._value(self._skip(_EQUALS, after), keys)

    def _value(self, at: int, keys: Keys) -> int:
        opening = self._text[at : at + 1]
        if opening == "[":
            return self._array(at + 1, keys)
        if opening == "{":
            return self._inline_table(at + 1, keys)
        is_long = self._text.startswith(('"""', "'''"), at)
        for pattern in _LONG_STRINGS if is_long else _STRINGS:
            found = pattern.match(self._text, at)
            if found is not None:
                return found.end()
        if is_long:
            return len(self._text)
        return self._skip(_SCALAR, at)

    def _array(self, at: int, keys: Keys) -> int:
        at = self._skip(_BLANK_OR_COMMA, at)
        element = 0
        while at < len(self._text) and self._text[at] != "]":
            self._note((*keys, element), at)
            after = self._value(at, (*keys, element))
            at = self._skip(_BLANK_OR_COMMA, max(after, at + 1))
            element += 1
        return at + 1

    def _inline_table(self, at: int, keys: Keys) -> int:
        at = self._skip(_BLANK_OR_COMMA, at)
        while at < len(self._text) and self._text[at] != "}":
            after = self._pair(at, keys)
            at = self._skip(_BLANK_OR_COMMA, max(after, at + 1))
        return at + 1


def _key(spelled: str) -> str:
    if spelled[0] == '"':
        with contextlib.suppress(tomllib.TOMLDecodeError):
            return str(tomllib.loads(f"k = {spelled}")["k"])
    return spelled[1:-1] if spelled[0] == "'" else spelled
