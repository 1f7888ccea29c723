"""Words of many lines at once: numbers, times and payloads parsed by numpy, never guessed.

Every method says for each line whether the word is exactly what it was asked for. A line that is
not goes to the format's careful parser: a shortcut here can cost speed but never correctness.
"""

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from can_bridge.logs.values import decimal_value

Flags = NDArray[np.bool_]
Whole = NDArray[np.int64]
At = NDArray[np.intp]

_PAD = 80
"""Chosen: longest look to the left or right of a word."""
_NEWLINE, _RETURN, _MINUS, _DOT, _ZERO = b"\n\r-.0"
_MOST_DIGITS = 18
_EXACT = 1 << 53
"""Quotients of integers below this and powers of ten up to 10^22 are rounded correctly."""
_TENS = 10 ** np.arange(_MOST_DIGITS + 1, dtype=np.int64)
_NOT_A_DIGIT = 255


def _digit_values() -> NDArray[np.uint8]:
    values = np.full(256, _NOT_A_DIGIT, np.uint8)
    for digit in range(16):
        for char in f"{digit:x}{digit:X}":
            values[ord(char)] = digit
    return values


DIGIT = _digit_values()
"""Value of each character as a hex digit, 255 for others."""


_OF_A_WORD, _BETWEEN, _ODD = 0, 1, 2


def _kinds(separators: bytes) -> NDArray[np.uint8]:
    kinds = np.full(256, _ODD, np.uint8)
    kinds[0x20:0x7F] = _OF_A_WORD
    kinds[list(separators + b"\n")] = _BETWEEN
    return kinds


class Tokens:
    r"""The words of a chunk of whole lines; `separators` and line ends part them."""

    def __init__(self, chunk: bytes, separators: bytes) -> None:
        self._text = b"\n" * _PAD + chunk + b"\n" * _PAD
        self.buffer = np.frombuffer(self._text, np.uint8)
        kind = _kinds(separators)[self.buffer]
        is_between = kind != _OF_A_WORD
        edges = np.flatnonzero(is_between[1:] != is_between[:-1]) + 1
        self.starts, self.ends = edges[0::2], edges[1::2]
        newlines = np.flatnonzero(self.buffer[_PAD - 1 : _PAD + len(chunk)] == _NEWLINE) + _PAD - 1
        self.line_starts, self.line_ends = newlines[:-1] + 1, newlines[1:]
        first = np.searchsorted(self.starts, self.line_starts)
        self.count = np.diff(first, append=len(self.starts))
        self._first = first
        self._kind = kind

    def __len__(self) -> int:
        return len(self.line_starts)

    @property
    def rows(self) -> At:
        """All lines."""
        return np.arange(len(self), dtype=np.intp)

    @cached_property
    def odd_rows(self) -> At:
        """Lines with bytes that no tool writes: control and non-ASCII ones, CR inside a line."""
        odd = np.flatnonzero(self._kind == _ODD)
        odd = odd[(self.buffer[odd] != _RETURN) | (self.buffer[odd + 1] != _NEWLINE)]
        return np.unique(np.searchsorted(self.line_starts, odd, side="right") - 1)

    def line(self, row: int) -> str:
        """One line as text; bytes that are no ASCII can't be part of a frame."""
        return self._text[self.line_starts[row] : self.line_ends[row]].decode("latin-1")

    def at(self, rows: At, column: int | Whole) -> At:
        """Where the words of a column are, any word where a line has fewer.

        `column` is one for all or one for each of `rows`.
        """
        if not len(self.starts):
            # only separators: one word of no length, which is no number
            self.starts = self.ends = np.array([_PAD - 1])
        at: At = np.minimum(self._first[rows] + column, len(self.starts) - 1)
        return at

    @cached_property
    def is_evenly_separated(self) -> Flags:
        """Lines that begin with a word and have exactly one separator between any two."""
        if not len(self.starts):
            return np.zeros(len(self), bool)
        is_wide = np.zeros(len(self.starts) + 1, np.intp)
        is_wide[1:-1] = self.starts[1:] - self.ends[:-1] != 1
        wide_before = np.cumsum(is_wide)
        first = np.minimum(self._first, len(self.starts) - 1)
        last = np.maximum(self._first + self.count - 1, first)
        is_even: Flags = wide_before[last] == wide_before[first]
        is_even &= (self.count > 0) & (self.starts[first] == self.line_starts)
        return is_even

    def number(
        self, at: At, base: int = 10, most_digits: int = 9, skip: int = 0
    ) -> tuple[Whole, Flags]:
        """Whole numbers without sign; the first `skip` characters are passed over."""
        return self.number_between(self.starts[at] + skip, self.ends[at], base, most_digits)

    def number_between(
        self, start: At, end: At, base: int, most_digits: int
    ) -> tuple[Whole, Flags]:
        """Whole numbers without sign between two places of the text."""
        size = end - start
        value = np.zeros(len(start), np.int64)
        is_right = (size > 0) & (size <= most_digits)
        longest = min(int(size.max(initial=0)), most_digits)
        for back in range(longest):
            is_inside = back < size
            digit = DIGIT[self.buffer[end - 1 - back]]
            is_right &= ~is_inside | (digit < base)
            value += np.where(is_inside, digit, 0).astype(np.int64) * base**back
        return value, is_right

    def seconds(
        self, at: At, unit_places: int = 0, *, trim: int = 0, needs_point: bool = False
    ) -> tuple[NDArray[np.float64], Flags]:
        """Decimal numbers with optional sign and point, divided by 10^`unit_places`.

        Rounded correctly, as Python's `float` would. `trim` characters are passed over on each
        side; `needs_point` asks for a point between digits.
        """
        start, end = self.starts[at] + trim, self.ends[at] - trim
        is_negative = self.buffer[start] == _MINUS
        size = end - start - is_negative
        mantissa, places, is_right = self._digits(end, size)
        if needs_point:
            is_right &= (places > 0) & (places + 1 < size)
        value = mantissa / 10.0 ** (places + unit_places)
        for row in np.flatnonzero(is_right & (mantissa >= _EXACT)).tolist():
            digits = self._text[end[row] - size[row] : end[row]]
            exact = decimal_value(digits.decode(), unit_places) if unit_places else float(digits)
            value[row] = exact
        return np.where(is_negative, -value, value), is_right

    def _digits(self, end: At, size: At) -> tuple[Whole, Whole, Flags]:
        mantissa = np.zeros(len(end), np.int64)
        places = np.zeros(len(end), np.int64)
        points = np.zeros(len(end), np.int64)
        is_right = np.ones(len(end), bool)
        for back in range(min(int(size.max(initial=0)), _MOST_DIGITS + 1)):
            is_inside = back < size
            char = self.buffer[end - 1 - back]
            is_point = is_inside & (char == _DOT)
            digit = char - np.uint8(_ZERO)
            is_digit = is_inside & (digit < 10)  # noqa: PLR2004 -- decimal
            is_right &= ~is_inside | is_point | is_digit
            mantissa += np.where(is_digit, digit, 0) * _TENS[back - np.minimum(points, back)]
            places[is_point] = back
            points += is_point
        digits = size - points
        is_right &= (points <= 1) & (digits > 0) & (digits <= _MOST_DIGITS)
        return mantissa, places, is_right

    def is_text(self, at: At, wanted: bytes, *, ignoring_case: bool = False) -> Flags:
        """Words that are exactly `wanted` (given in lower case when the case does not matter)."""
        start = self.starts[at]
        is_same: Flags = self.ends[at] - start == len(wanted)
        for place, char in enumerate(wanted):
            read = self.buffer[start + place]
            is_same &= (read | 0x20 if ignoring_case and chr(char).isalpha() else read) == char
        return is_same

    def byte_cells(
        self, at: At, length: Whole, base: int = 16, skip: int = 0
    ) -> tuple[NDArray[np.uint8], Flags]:
        """`length` words from `at` on as bytes, zero after them; width 8, or 64 if longer.

        The caller makes sure that the line has so many words.
        """
        width = _width(length)
        cells = np.minimum(at[:, None] + np.arange(width), len(self.starts) - 1)
        is_inside = np.arange(width) < length[:, None]
        end = self.ends[cells]
        size = np.where(is_inside, end - self.starts[cells] - skip, 1)
        value = np.zeros(cells.shape, np.int64)
        most = 2 if base == 16 else 3  # noqa: PLR2004 -- hex or decimal
        is_right = (size > 0) & (size <= most)
        for back in range(most):
            digit = DIGIT[self.buffer[end - 1 - back]]
            is_digit = back < size
            is_right &= ~is_digit | (digit < base) | ~is_inside
            value += np.where(is_digit, digit, 0).astype(np.int64) * base**back
        is_right &= (value < 256) | ~is_inside  # noqa: PLR2004 -- one byte
        is_all_right: Flags = np.all(is_right, axis=1)
        return np.where(is_inside, value, 0).astype(np.uint8), is_all_right

    def hex_run(self, start: At, length: Whole) -> tuple[NDArray[np.uint8], Flags]:
        """`length` bytes written as hex digits without gaps from `start` on."""
        width = _width(length)
        is_inside = np.arange(width) < length[:, None]
        place = np.minimum(start[:, None] + 2 * np.arange(width), len(self.buffer) - 2)
        high, low = DIGIT[self.buffer[place]], DIGIT[self.buffer[place + 1]]
        is_right: Flags = np.all(((high | low) != _NOT_A_DIGIT) | ~is_inside, axis=1)
        value = np.where(is_inside, (high << 4) | (low & 0x0F), 0).astype(np.uint8)
        return value, is_right


def _width(length: Whole) -> int:
    return 8 if int(length.max(initial=0)) <= 8 else 64  # noqa: PLR2004 -- classic or FD
