"""SocketCAN's `candump`: the log format of `-l`/`-L`, and carefully what it prints with `-ta`."""

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
from can_bridge.logs.tokens import DIGIT, At, Flags, Tokens
from can_bridge.logs.values import (
    HIGHEST_EXTENDED_ID,
    Event,
    LogRow,
    decimal_value,
    log_row,
    payload,
    whole,
)

_ERROR_BIT = 0x2000_0000
_FD_BITRATE_SWITCHED, _FD_SENDER_PASSIVE = 0x01, 0x02
_STANDARD_DIGITS, _EXTENDED_DIGITS = 3, 8
_LONGEST_NAME = 16
_HASH = ord("#")
_LOGGED = re.compile(
    r"\((?P<at>[^)]*)\)\s+(?P<channel>\S+)\s+(?P<id>[0-9A-Fa-f]+)#(?P<rest>\S*)"
    r"(?:\s+(?P<direction>[RTrt]))?"
)
_PRINTED = re.compile(
    r"\((?P<at>[^)]*)\)\s+(?P<channel>\S+)\s+(?:(?P<direction>RX|TX)\s+\S+\s+\S+\s+)?"
    r"(?P<id>[0-9A-Fa-f]+)\s+\[(?P<length>\d{1,2})\]\s*(?P<rest>.*)"
)


class Candump:
    """Channels are interface names; digits alone are a number."""

    name = "candump"
    separators = b" \t"

    def __init__(self) -> None:
        self._names: list[tuple[int | str, tuple[int, int]]] = []

    @classmethod
    def recognise(cls, head: list[str]) -> Self | None:
        """By a line of either kind among the first."""
        lines = [line.strip() for line in head[:20]]
        found = any(_LOGGED.fullmatch(line) or _PRINTED.fullmatch(line) for line in lines)
        return cls() if found else None

    def find(self, tokens: Tokens, rows: Rows, channels: ChannelNames) -> None:
        """Put all data frames of the log format; a frame's word is `ID#DATA` or `ID##FDATA`."""
        every = tokens.rows
        moment = tokens.at(every, 0)
        timestamp_s, is_frame = tokens.seconds(moment, trim=1, needs_point=True)
        is_frame &= (tokens.count == 3) | (tokens.count == 4)  # noqa: PLR2004 -- with direction
        is_frame &= tokens.buffer[tokens.starts[moment]] == ord("(")
        is_frame &= tokens.buffer[tokens.ends[moment] - 1] == ord(")")
        start, end = tokens.starts[tokens.at(every, 2)], tokens.ends[tokens.at(every, 2)]
        is_extended = tokens.buffer[start + _EXTENDED_DIGITS] == _HASH
        is_standard = tokens.buffer[start + _STANDARD_DIGITS] == _HASH
        hash_at = start + np.where(is_standard, _STANDARD_DIGITS, _EXTENDED_DIGITS)
        arbitration_id, is_id = tokens.number_between(start, hash_at, 16, _EXTENDED_DIGITS)
        is_frame &= is_id & (is_extended ^ is_standard) & (hash_at < end)
        flags, data_at = _fd_flags(tokens, hash_at)
        flags |= np.where(is_extended, IS_EXTENDED, np.uint8(0)).astype(np.uint8)
        length, odd = np.divmod(end - data_at, 2)
        is_frame &= (odd == 0) & (length >= 0) & (length <= 64)  # noqa: PLR2004 -- FD payload
        is_frame &= ((flags & IS_FD) != 0) | (length <= 8)  # noqa: PLR2004 -- classic payload
        flags |= _direction_flag(tokens, every, is_frame)
        length = np.where(is_frame, length, 0)
        data, is_data = tokens.hex_run(data_at, length)
        is_frame &= is_data
        channel = self._channel_places(tokens, tokens.at(every, 1), is_frame, channels)
        found = Found(is_frame, timestamp_s, channel, arbitration_id, flags, length, data)
        rows.put(every, found)

    def _channel_places(
        self, tokens: Tokens, at: At, is_frame: Flags, channels: ChannelNames
    ) -> NDArray[np.int16]:
        """Interface names compared as two machine words; more new names than rows are no log."""
        size = tokens.ends[at] - tokens.starts[at]
        is_frame &= size <= _LONGEST_NAME
        chars = tokens.buffer[tokens.starts[at][:, None] + np.arange(_LONGEST_NAME)]
        chars[np.arange(_LONGEST_NAME) >= size[:, None]] = 0
        words = np.ascontiguousarray(chars).view(np.uint64)
        places = np.full(len(at), -1, np.int16)
        for name, (left, right) in self._names:
            is_same = (words[:, 0] == left) & (words[:, 1] == right)
            places[is_same] = channels.place(name)
        while (unknown := np.flatnonzero((places < 0) & is_frame)).size:
            row = int(unknown[0])
            left, right = int(words[row, 0]), int(words[row, 1])
            name = _channel(bytes(chars[row, : size[row]]).decode("latin-1"))
            self._names.append((name, (left, right)))
            is_same = (words[:, 0] == left) & (words[:, 1] == right)
            places[is_same] = channels.place(name)
        return places

    def read_line(self, line: str) -> LogRow | Event:
        """One line."""
        logged = _LOGGED.fullmatch(line)
        if logged is not None:
            return _logged(logged)
        printed = _PRINTED.fullmatch(line)
        if printed is None:
            raise ValueError("neither `(time) channel id#data` nor `(time) channel id [n] data`")
        return _printed(printed)

    def settle(self, rows: Rows) -> None:
        """Times are as they are."""


def _fd_flags(tokens: Tokens, hash_at: At) -> tuple[NDArray[np.uint8], At]:
    """Flags of `##` frames and where the data begin; a flag that is no digit spoils the data."""
    is_fd = tokens.buffer[hash_at + 1] == _HASH
    digit = DIGIT[tokens.buffer[hash_at + 2]]
    is_right = is_fd & (digit < 16)  # noqa: PLR2004 -- hex
    flags = np.where(is_right, IS_FD, np.uint8(0)).astype(np.uint8)
    flags[is_right & (digit & _FD_BITRATE_SWITCHED != 0)] |= IS_BITRATE_SWITCHED
    flags[is_right & (digit & _FD_SENDER_PASSIVE != 0)] |= IS_SENDER_PASSIVE
    return flags, hash_at + np.where(is_right, 3, 1)


def _direction_flag(tokens: Tokens, every: At, is_frame: Flags) -> NDArray[np.uint8]:
    has_direction = tokens.count > 3  # noqa: PLR2004 -- time, channel, frame
    flags = np.zeros(len(every), np.uint8)
    if has_direction.any():
        at = tokens.at(every, 3)
        is_sent = has_direction & tokens.is_text(at, b"t", ignoring_case=True)
        is_received = tokens.is_text(at, b"r", ignoring_case=True)
        is_frame &= ~has_direction | is_sent | is_received
        flags[is_sent] = IS_SENT
    return flags


def _channel(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdigit() else text


def _logged(line: re.Match[str]) -> LogRow:
    rest = line["rest"]
    flags = _id_flags(line["id"]) | (int(IS_SENT) if line["direction"] in {"T", "t"} else 0)
    asked: int | None = None
    if rest.startswith("#"):
        digit = whole(rest[1:2], 16)
        flags |= int(IS_FD)
        flags |= int(IS_BITRATE_SWITCHED) if digit & _FD_BITRATE_SWITCHED else 0
        flags |= int(IS_SENDER_PASSIVE) if digit & _FD_SENDER_PASSIVE else 0
        rest = rest[2:]
    elif rest[:1] in {"R", "r"}:
        flags |= int(IS_REMOTE)
        # a second digit after an underscore is the raw length code above 8
        asked, rest = whole(rest[1:2] or "0"), ""
    return _row(line, flags, bytes.fromhex(_packed(rest)), asked)


def _printed(line: re.Match[str]) -> LogRow:
    flags = _id_flags(line["id"]) | (int(IS_SENT) if line["direction"] == "TX" else 0)
    length = whole(line["length"])
    if line["rest"].strip() == "remote request":
        return _row(line, flags | int(IS_REMOTE), b"", length)
    cells = line["rest"].split()
    if len(cells) > length and all(len(cell) == 2 for cell in cells[:length]):  # noqa: PLR2004
        # `-a` and `-e` print text behind the data
        cells = cells[:length]
    if len(cells) != length:
        raise ValueError(f"{len(cells)} bytes, {length} said")
    if len(line["length"]) == 2:  # noqa: PLR2004 -- candump prints FD lengths as two digits
        flags |= int(IS_FD)
    return _row(line, flags, payload(cells, length), None)


def _row(line: re.Match[str], flags: int, data: bytes, asked: int | None) -> LogRow:
    if len(data) > 8 and not flags & IS_FD:  # noqa: PLR2004 -- classic payload
        raise ValueError(f"{len(data)} bytes in a classic frame")
    raw_id = whole(line["id"], 16)
    at = decimal_value(line["at"], needs_point=True)
    if flags & IS_ERROR:
        # its identifier and data are the controller's report, not the bench's
        return log_row(at, _channel(line["channel"]), 0, IS_ERROR, b"")
    return log_row(at, _channel(line["channel"]), raw_id & HIGHEST_EXTENDED_ID, flags, data, asked)


def _id_flags(text: str) -> int:
    if len(text) == _STANDARD_DIGITS:
        return 0
    if len(text) != _EXTENDED_DIGITS:
        raise ValueError(f"identifier {text!r}: 3 or 8 digits expected")
    return int(IS_ERROR) if int(text, 16) & _ERROR_BIT else int(IS_EXTENDED)


def _packed(text: str) -> str:
    packed = text.replace(".", "")
    if not packed.isascii() or " " in packed or "\t" in packed:
        raise ValueError(f"payload {text!r}")
    return packed
