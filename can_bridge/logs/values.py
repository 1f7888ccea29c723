"""Single values of a log line, read strictly: what is not exactly a value is refused."""

import re
from decimal import Decimal
from typing import NamedTuple

import numpy as np

from can_bridge.frames import (
    CLASSIC_BYTES,
    FD_BYTES,
    IS_ERROR,
    IS_EXTENDED,
    IS_FD,
    IS_REMOTE,
    IS_SENT,
)

HIGHEST_STANDARD_ID = 0x7FF
HIGHEST_EXTENDED_ID = 0x1FFF_FFFF
FD_LENGTHS = (0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 20, 24, 32, 48, 64)
"""Payload bytes of each data length code of CAN FD."""

_DECIMAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_POINTED = re.compile(r"-?\d+\.\d+", re.ASCII)
_HEX = re.compile(r"[0-9A-Fa-f]{1,8}", re.ASCII)
_WHOLE = re.compile(r"\d{1,9}", re.ASCII)


class LogRow(NamedTuple):
    """One frame of a log; `flags` are the bits of `can_bridge.frames`.

    `length` is the payload's, for remote frames the length asked for.
    """

    timestamp_s: float
    channel: int | str
    arbitration_id: int
    flags: int
    length: int
    data: bytes


class Event(NamedTuple):
    """A line that rightly holds no frame: header, comment, status; with its time if it has one."""

    timestamp_s: float | None = None


def decimal_value(text: str, unit_places: int = 0, *, needs_point: bool = False) -> float:
    """A decimal number divided by 10^`unit_places`, rounded once.

    `needs_point` asks for a point between digits, where a format always writes one: a time that
    lost its point would be far in the future.

    Raises:
        ValueError: not a decimal number.
    """
    if (_POINTED if needs_point else _DECIMAL).fullmatch(text) is None:
        raise ValueError(f"{text!r} is no decimal number")
    return float(Decimal(text).scaleb(-unit_places))


def whole(text: str, base: int = 10) -> int:
    """A whole number without sign, prefix or separators.

    Raises:
        ValueError: not such a number.
    """
    if (_HEX if base == 16 else _WHOLE).fullmatch(text) is None:  # noqa: PLR2004 -- hex
        raise ValueError(f"{text!r} is no number of base {base}")
    return int(text, base)


def payload(cells: list[str], length: int, base: int = 16) -> bytes:
    """The first `length` cells as bytes.

    Raises:
        ValueError: too few, or one that is no byte.
    """
    if len(cells) < length:
        raise ValueError(f"{len(cells)} bytes, {length} said")
    return bytes(whole(cell, base) for cell in cells[:length])


def log_row(
    timestamp_s: float,
    channel: int | str,
    arbitration_id: int,
    flags: int | np.uint8,
    data: bytes,
    asked_length: int | None = None,
) -> LogRow:
    """A frame, checked: the identifier must fit its kind, the payload its protocol.

    Raises:
        ValueError: it does not.
    """
    flags = int(flags)
    highest = HIGHEST_EXTENDED_ID if flags & IS_EXTENDED else HIGHEST_STANDARD_ID
    if arbitration_id > highest and not flags & IS_ERROR:
        raise ValueError(f"identifier {arbitration_id:#x} above {highest:#x}")
    length = len(data) if asked_length is None else asked_length
    if length > CLASSIC_BYTES:
        flags |= int(IS_FD)
    if length > FD_BYTES or (flags & IS_REMOTE and length > CLASSIC_BYTES):
        raise ValueError(f"{length} bytes")
    return LogRow(timestamp_s, channel, arbitration_id, flags, length, data)


def id_flags(*, is_extended: bool, is_sent: bool = False) -> int:
    """The bits of a data frame."""
    return (int(IS_EXTENDED) if is_extended else 0) | (int(IS_SENT) if is_sent else 0)
