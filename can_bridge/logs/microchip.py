"""Microchip CAN BUS Analyzer logs: `milliseconds;RX;0xID;length;0x..;…`."""

from typing import Self

import numpy as np

from can_bridge.frames import IS_EXTENDED, IS_SENT
from can_bridge.logs.lines import ChannelNames, Found, Rows
from can_bridge.logs.tokens import At, Flags, Tokens
from can_bridge.logs.values import (
    HIGHEST_STANDARD_ID,
    Event,
    LogRow,
    decimal_value,
    id_flags,
    log_row,
    payload,
    whole,
)

_MILLI = 3
_FIXED = 4
_HEADER_WORDS = ("microchip technology", "can bus analyzer")
_DIRECTION = {"rx": False, "tx": True}


class Microchip:
    """One bus, called 0. The format does not mark 29-bit identifiers: those above 0x7FF are."""

    name = "microchip"
    separators = b";"

    @classmethod
    def recognise(cls, head: list[str]) -> Self | None:
        """By the header."""
        start = "\n".join(head[:12]).lower()
        return cls() if all(words in start for words in _HEADER_WORDS) else None

    def find(self, tokens: Tokens, rows: Rows, channels: ChannelNames) -> None:
        """Put all rows that have the usual shape."""
        every = tokens.rows
        timestamp_s, is_frame = tokens.seconds(tokens.at(every, 0), _MILLI)
        direction = tokens.at(every, 1)
        is_sent = tokens.is_text(direction, b"tx", ignoring_case=True)
        is_frame &= is_sent | tokens.is_text(direction, b"rx", ignoring_case=True)
        arbitration_id, is_id = tokens.number(tokens.at(every, 2), 16, 8, skip=2)
        length, is_length = tokens.number(tokens.at(every, 3), most_digits=1)
        is_frame &= is_id & is_length & _has_prefix(tokens, tokens.at(every, 2))
        is_frame &= tokens.is_evenly_separated & (tokens.count >= _FIXED + length) & (length <= 8)  # noqa: PLR2004
        length = np.where(is_frame, length, 0)
        first = tokens.at(every, _FIXED)
        data, is_data = tokens.byte_cells(first, length, skip=2)
        is_frame &= is_data
        for place in range(int(length.max(initial=0))):
            is_frame &= (place >= length) | _has_prefix(tokens, tokens.at(every, _FIXED + place))
        is_extended = arbitration_id > HIGHEST_STANDARD_ID
        flags = np.where(is_extended, IS_EXTENDED, np.uint8(0)).astype(np.uint8)
        flags |= np.where(is_sent, IS_SENT, np.uint8(0)).astype(np.uint8)
        channel = channels.places(np.zeros(len(every), np.int64), is_frame)
        found = Found(is_frame, timestamp_s, channel, arbitration_id, flags, length, data)
        rows.put(every, found)

    def read_line(self, line: str) -> LogRow | Event:
        """One line; what has no semicolon belongs to a header."""
        if ";" not in line:
            if _is_header(line):
                return Event()
            raise ValueError("neither a frame nor a header line")
        cells = [cell.strip() for cell in line.split(";")]
        is_sent = _DIRECTION.get(cells[1].lower())
        if is_sent is None:
            raise ValueError(f"direction {cells[1]!r}")
        arbitration_id = whole(_bare(cells[2]), 16)
        is_extended = arbitration_id > HIGHEST_STANDARD_ID
        length = whole(cells[3])
        if length > 8:  # noqa: PLR2004 -- the analyzer knows classic frames only
            raise ValueError(f"{length} bytes")
        return log_row(
            decimal_value(cells[0], _MILLI),
            0,
            arbitration_id,
            id_flags(is_extended=is_extended, is_sent=is_sent),
            payload([_bare(cell) for cell in cells[_FIXED : _FIXED + length]], length),
        )

    def settle(self, rows: Rows) -> None:
        """Times are as they are."""


def _has_prefix(tokens: Tokens, at: At) -> Flags:
    start = tokens.starts[at]
    is_prefixed: Flags = tokens.buffer[start] == ord("0")
    is_prefixed &= tokens.buffer[start + 1] | 0x20 == ord("x")
    return is_prefixed


def _bare(cell: str) -> str:
    return cell[2:] if cell[:2] in {"0x", "0X"} else cell


def _is_header(line: str) -> bool:
    text = line.lower()
    starts = ("//", "can bus analyzer", "microchip", "logging st", "savvycan")
    return text.startswith(starts)
