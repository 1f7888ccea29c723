"""Vector ASC: classic and CAN FD frames, hexadecimal or decimal, absolute or relative times."""

import re
from typing import Self

import numpy as np
from numpy.typing import NDArray

from can_bridge.frames import (
    IS_BITRATE_SWITCHED,
    IS_ERROR,
    IS_EXTENDED,
    IS_FD,
    IS_REMOTE,
    IS_SENDER_PASSIVE,
    IS_SENT,
)
from can_bridge.logs.lines import ChannelNames, Found, Rows
from can_bridge.logs.tokens import At, Flags, Tokens, Whole
from can_bridge.logs.values import (
    FD_LENGTHS,
    Event,
    LogRow,
    decimal_value,
    id_flags,
    log_row,
    payload,
    whole,
)

_BASE = re.compile(r"base\s+(hex|dec)(?:\s+timestamps\s+(absolute|relative))?", re.IGNORECASE)
_BEGINS_WITH_TIME = re.compile(r"-?\d+\.\d+\s")
_NO_FRAME = re.compile(
    r"date\b|base\b|//|begin\b|end\b|(no\s+)?internal\b|previous\b|version\b|measurement\b",
    re.IGNORECASE,
)
_FRAME_LINE = re.compile(
    r"-?\d+\.\d+\s+(\d+\s+(\S+\s+(tx|rx)\b|errorframe\b|[0-9a-f]+x?\s*$)|canfd\b)", re.IGNORECASE
)
_DIRECTION = {"rx": False, "tx": True}
_EDL, _RTR = 0x1000, 0x10
_CLASSIC = (0, 1, 2, 3, 4, 5, 6, 7, 8)
_CLASSIC_FIXED, _FD_FIXED = 6, 9


class Asc:
    """Channels count from 1 in the file and from 0 here, except in files that count from 0."""

    name = "asc"
    separators = b" \t"

    def __init__(self, base: int, *, is_relative: bool, counts_from_zero: bool) -> None:
        self._base = base
        self._is_relative = is_relative
        self._shift = 0 if counts_from_zero else -1
        self._latest_s = 0.0

    @classmethod
    def recognise(cls, head: list[str], *, counts_from_zero: bool = False) -> Self | None:
        """By its header; a file without one must begin with frames."""
        lines = [line.strip() for line in head[:30]]
        base = next((found for line in lines if (found := _BASE.match(line))), None)
        is_dated = any(line.lower().startswith("date ") for line in lines[:3])
        if base is None and not is_dated and not any(_is_classic(line) for line in lines):
            return None
        is_hex = base is None or base[1].lower() == "hex"
        is_relative = base is not None and (base[2] or "").lower() == "relative"
        return cls(16 if is_hex else 10, is_relative=is_relative, counts_from_zero=counts_from_zero)

    def find(self, tokens: Tokens, rows: Rows, channels: ChannelNames) -> None:
        """Put all data frames of the usual shapes."""
        is_fd = tokens.is_text(tokens.at(tokens.rows, 1), b"canfd", ignoring_case=True)
        is_fd &= tokens.count > 1
        classic = np.flatnonzero(~is_fd)
        if len(classic):
            rows.put(classic, self._find_classic(tokens, classic, channels))
        if len(classic) < len(tokens):
            fd = np.flatnonzero(is_fd)
            rows.put(fd, self._find_fd(tokens, fd, channels))

    def _find_classic(self, tokens: Tokens, rows: At, channels: ChannelNames) -> Found:
        timestamp_s, is_frame = tokens.seconds(tokens.at(rows, 0), needs_point=True)
        bus, is_bus = tokens.number(tokens.at(rows, 1))
        arbitration_id, flags, is_id = self._ids(tokens, tokens.at(rows, 2))
        is_frame &= is_bus & is_id & _directed(tokens, tokens.at(rows, 3), flags)
        is_frame &= tokens.is_text(tokens.at(rows, 4), b"d")
        length, is_length = tokens.number(tokens.at(rows, 5), self._base, 1)
        is_frame &= is_length & (length <= 8)  # noqa: PLR2004 -- codes above 8 need care
        is_frame &= tokens.count[rows] >= _CLASSIC_FIXED + length
        length = np.where(is_frame, length, 0)
        data, is_data = tokens.byte_cells(tokens.at(rows, _CLASSIC_FIXED), length, self._base)
        is_frame &= is_data
        channel = channels.places(bus + self._shift, is_frame)
        return Found(is_frame, timestamp_s, channel, arbitration_id, flags, length, data)

    def _find_fd(self, tokens: Tokens, rows: At, channels: ChannelNames) -> Found:
        """`time CANFD channel dir id brs esi dlc length data … flags …`, without a name."""
        timestamp_s, is_frame = tokens.seconds(tokens.at(rows, 0), needs_point=True)
        bus, is_bus = tokens.number(tokens.at(rows, 2))
        arbitration_id, flags, is_id = self._ids(tokens, tokens.at(rows, 4))
        is_frame &= is_bus & is_id & _directed(tokens, tokens.at(rows, 3), flags)
        is_switched, is_brs = tokens.number(tokens.at(rows, 5), most_digits=1)
        is_passive, is_esi = tokens.number(tokens.at(rows, 6), most_digits=1)
        code, is_code = tokens.number(tokens.at(rows, 7), self._base, 2)
        length, is_length = tokens.number(tokens.at(rows, 8), most_digits=2)
        is_frame &= is_brs & is_esi & is_code & is_length & (code < len(FD_LENGTHS))
        is_frame &= (is_switched <= 1) & (is_passive <= 1)
        said = np.array(FD_LENGTHS)[np.minimum(code, len(FD_LENGTHS) - 1)]
        is_frame &= (said == length) & (length > 0)
        flags_at = _FD_FIXED + length + 2
        is_frame &= tokens.count[rows] > flags_at
        length = np.where(is_frame, length, 0)
        data, is_data = tokens.byte_cells(tokens.at(rows, _FD_FIXED), length, self._base)
        said_flags, is_flags = tokens.number(tokens.at(rows, flags_at), 16, 8)
        is_frame &= is_data & is_flags & ((said_flags & _EDL) != 0) & ((said_flags & _RTR) == 0)
        flags |= IS_FD
        flags[is_switched == 1] |= IS_BITRATE_SWITCHED
        flags[is_passive == 1] |= IS_SENDER_PASSIVE
        channel = channels.places(bus + self._shift, is_frame)
        return Found(is_frame, timestamp_s, channel, arbitration_id, flags, length, data)

    def _ids(self, tokens: Tokens, at: At) -> tuple[Whole, NDArray[np.uint8], Flags]:
        end = tokens.ends[at]
        is_extended = tokens.buffer[end - 1] | 0x20 == ord("x")
        most = 8 if self._base == 16 else 9  # noqa: PLR2004 -- hex
        value, is_right = tokens.number_between(
            tokens.starts[at], end - is_extended, self._base, most
        )
        flags = np.where(is_extended, IS_EXTENDED, np.uint8(0)).astype(np.uint8)
        return value, flags, is_right

    def read_line(self, line: str) -> LogRow | Event:
        """One line."""
        if _FRAME_LINE.match(line):
            cells = line.split()
            return self._fd(cells) if cells[1].lower() == "canfd" else self._classic(cells)
        if _BEGINS_WITH_TIME.match(line):
            return Event(decimal_value(line.split(None, 1)[0]))
        if _NO_FRAME.match(line):
            return Event()
        raise ValueError("neither a time nor a header word")

    def _classic(self, cells: list[str]) -> LogRow:
        at, channel = decimal_value(cells[0], needs_point=True), whole(cells[1]) + self._shift
        if cells[2].lower() == "errorframe":
            return log_row(at, channel, 0, IS_ERROR, b"")
        is_sent = _DIRECTION[cells[3].lower()]
        arbitration_id, is_extended = self._id(cells[2])
        flags = id_flags(is_extended=is_extended, is_sent=is_sent)
        kind = cells[4].lower()
        code = whole(cells[5], self._base) if len(cells) > 5 else 0  # noqa: PLR2004
        if code >= len(FD_LENGTHS):
            raise ValueError(f"length code {code}")
        length = min(code, 8)
        if kind == "r":
            return log_row(at, channel, arbitration_id, flags | int(IS_REMOTE), b"", length)
        if kind != "d" or len(cells) < _CLASSIC_FIXED:
            raise ValueError(f"{kind!r} is neither d nor r")
        data = payload(cells[_CLASSIC_FIXED:], length, self._base)
        return log_row(at, channel, arbitration_id, flags, data)

    def _fd(self, cells: list[str]) -> LogRow:
        at, channel = decimal_value(cells[0], needs_point=True), whole(cells[2]) + self._shift
        is_sent = _DIRECTION[cells[3].lower()]
        if cells[4].lower() == "errorframe":
            return log_row(at, channel, 0, IS_ERROR, b"")
        arbitration_id, is_extended = self._id(cells[4])
        flags = id_flags(is_extended=is_extended, is_sent=is_sent)
        # a symbolic name may stand between identifier and the two flags
        rest = cells[5:] if cells[5] in {"0", "1"} and cells[6] in {"0", "1"} else cells[6:]
        length = whole(rest[3])
        said = whole(rest[4 + length + 2], 16) if len(rest) > 4 + length + 2 else _EDL
        if said & _RTR or (length == 0 and not said & _EDL):
            return log_row(at, channel, arbitration_id, flags | int(IS_REMOTE), b"", length)
        if said & _EDL or length > 8:  # noqa: PLR2004 -- classic payload
            flags |= int(IS_FD)
            flags |= _flag(rest[0], int(IS_BITRATE_SWITCHED)) | _flag(
                rest[1], int(IS_SENDER_PASSIVE)
            )
        data = payload(rest[4:], length, self._base)
        return log_row(at, channel, arbitration_id, flags, data)

    def _id(self, text: str) -> tuple[int, bool]:
        is_extended = text[-1:] in {"x", "X"}
        return whole(text[:-1] if is_extended else text, self._base), is_extended

    def settle(self, rows: Rows) -> None:
        """Relative times count from the line before, whatever it holds."""
        if not self._is_relative or not rows.has_time.any():
            return
        steps = np.where(rows.has_time, rows.timestamp_s, 0.0)
        # rounded to what the format can write, so that sums don't drift
        rows.timestamp_s = np.round(np.cumsum(steps) + self._latest_s, 9)
        self._latest_s = float(rows.timestamp_s[-1])


def _directed(tokens: Tokens, at: At, flags: NDArray[np.uint8]) -> Flags:
    """Whether the words say a direction; sets the bit of frames sent."""
    is_sent = tokens.is_text(at, b"tx", ignoring_case=True)
    flags[is_sent] |= IS_SENT
    return is_sent | tokens.is_text(at, b"rx", ignoring_case=True)


def _flag(text: str, bit: int) -> int:
    if text not in {"0", "1"}:
        raise ValueError(f"flag {text!r}")
    return bit if text == "1" else 0


def _is_classic(line: str) -> bool:
    return re.match(r"\d+\.\d+\s+\d+\s+[0-9A-Fa-f]+x?\s+(Rx|Tx)\s+[dr]\s", line) is not None
