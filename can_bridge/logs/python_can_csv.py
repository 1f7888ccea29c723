"""python-can's own CSV: one header, payloads in base64, no channel."""

import base64
import re
from typing import Self

import numpy as np
from numpy.typing import NDArray

from can_bridge.frames import IS_ERROR, IS_EXTENDED, IS_REMOTE
from can_bridge.logs.lines import ChannelNames, Found, Rows
from can_bridge.logs.tokens import At, Flags, Tokens, Whole
from can_bridge.logs.values import Event, LogRow, decimal_value, log_row, whole

HEADER = "timestamp,arbitration_id,extended,remote,error,dlc,data"
_COLUMNS = 7
_LINE_ENDS = tuple(b"\r\n")
_NOT_SIX_BITS = 255
_FLAG_COLUMNS = ((2, IS_EXTENDED), (3, IS_REMOTE), (4, IS_ERROR))
_BASE64 = re.compile(r"[A-Za-z0-9+/]*={0,2}", re.ASCII)
_LONGEST = 12
"""Characters of 8 bytes; longer payloads are read one by one."""


def _six_bits() -> NDArray[np.uint8]:
    values = np.full(256, _NOT_SIX_BITS, np.uint8)
    alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    values[list(alphabet)] = np.arange(64)
    return values


_SIX_BITS = _six_bits()


class PythonCanCsv:
    """The format does not name channels: all frames are on channel 0."""

    name = "csv"
    separators = b","

    @classmethod
    def recognise(cls, head: list[str]) -> Self | None:
        """By the header line."""
        first = head[0].strip().lstrip("\ufeff").replace(" ", "").lower() if head else ""
        return cls() if first == HEADER else None

    def find(self, tokens: Tokens, rows: Rows, channels: ChannelNames) -> None:
        """Put all data frames with a payload of 1 to 8 bytes."""
        every = tokens.rows
        timestamp_s, is_frame = tokens.seconds(tokens.at(every, 0))
        identifier = tokens.starts[tokens.at(every, 1)]
        arbitration_id, is_id = tokens.number(tokens.at(every, 1), 16, 8, skip=2)
        is_frame &= is_id & (tokens.buffer[identifier] == ord("0"))
        is_frame &= tokens.buffer[identifier + 1] == ord("x")
        is_frame &= tokens.is_evenly_separated & (tokens.count == _COLUMNS)
        is_frame &= np.isin(tokens.buffer[tokens.ends[tokens.at(every, 6)]], _LINE_ENDS)
        flags = np.zeros(len(every), np.uint8)
        for column, bit in _FLAG_COLUMNS:
            value, is_flag = tokens.number(tokens.at(every, column), most_digits=1)
            is_frame &= is_flag & (value <= (1 if column == _FLAG_COLUMNS[0][0] else 0))
            flags[value == 1] |= bit
        length, is_length = tokens.number(tokens.at(every, 5), most_digits=1)
        is_frame &= is_length & (length > 0) & (length <= 8)  # noqa: PLR2004 -- classic
        length = np.where(is_frame, length, 0)
        data, is_data = _decoded(tokens, tokens.at(every, 6), length)
        is_frame &= is_data
        channel = channels.places(np.zeros(len(every), np.int64), is_frame)
        found = Found(is_frame, timestamp_s, channel, arbitration_id, flags, length, data)
        rows.put(every, found)

    def read_line(self, line: str) -> LogRow | Event:
        """One line."""
        if line.lstrip("\ufeff").lower().startswith("timestamp,"):
            return Event()
        cells = [cell.strip() for cell in line.split(",")]
        if len(cells) != _COLUMNS or _BASE64.fullmatch(cells[6]) is None:
            raise ValueError(f"{len(cells)} cells, {_COLUMNS} expected")
        flags = 0
        for column, bit in _FLAG_COLUMNS:
            if cells[column] not in {"0", "1"}:
                raise ValueError(f"{cells[column]!r} is neither 0 nor 1")
            flags |= int(bit) if cells[column] == "1" else 0
        length = whole(cells[5])
        data = base64.b64decode(cells[6], validate=True)
        is_data = not flags & (IS_REMOTE | IS_ERROR)
        if is_data and len(data) != length:
            raise ValueError(f"{len(data)} bytes, {length} said")
        identifier = whole(cells[1].removeprefix("0x"), 16)
        at_s = decimal_value(cells[0])
        return log_row(at_s, 0, identifier, flags, data, None if is_data else min(length, 8))

    def settle(self, rows: Rows) -> None:
        """Times are as they are."""


def _decoded(tokens: Tokens, at: At, length: Whole) -> tuple[NDArray[np.uint8], Flags]:
    """Payloads of up to 8 bytes; the padding must be as long as it should and no bit be left."""
    start = tokens.starts[at]
    size = tokens.ends[at] - start
    places = np.arange(_LONGEST)
    chars = tokens.buffer[start[:, None] + places]
    filled = (length * 4 + 2) // 3
    is_digit = places < filled[:, None]
    is_padding = (places < size[:, None]) & ~is_digit
    six = np.where(is_digit, _SIX_BITS[chars], 0)
    is_right = (size == (length + 2) // 3 * 4) & (six != _NOT_SIX_BITS).all(axis=1)
    is_right &= ((chars == ord("=")) | ~is_padding).all(axis=1)
    groups = six.reshape(len(at), _LONGEST // 4, 4).astype(np.uint32)
    joined = groups[:, :, 0] << 18 | groups[:, :, 1] << 12 | groups[:, :, 2] << 6 | groups[:, :, 3]
    decoded = np.stack([joined >> 16, joined >> 8, joined], axis=2).astype(np.uint8)
    data = decoded.reshape(len(at), 9)
    is_inside = np.arange(9) < length[:, None]
    is_right &= ((data == 0) | is_inside).all(axis=1)
    return data[:, :8] * is_inside[:, :8], is_right
