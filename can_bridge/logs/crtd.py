"""CRTD, the log format of OVMS: `seconds [bus]R11 id bytes`."""

import re
from typing import Self

import numpy as np

from can_bridge.frames import IS_EXTENDED, IS_SENT
from can_bridge.logs.lines import ChannelNames, Found, Rows
from can_bridge.logs.tokens import Tokens
from can_bridge.logs.values import Event, LogRow, decimal_value, id_flags, log_row, payload, whole

_FIRST_BUS = 1
_RECORD = re.compile(r"-?\d+\.\d+ (?:\d?[RT](?:11|29) [0-9A-Fa-f]+|\d?C[A-Z]{2})(?: .*)?")
_TYPE = re.compile(r"(\d?)([RT])(11|29)", re.ASCII)
_FIXED = 3
_SIZES = (3, 4)


class Crtd:
    """Frames without bus number are of bus 1.

    CRTD has no header: every line is a record. Records that are no frames (comments, events) count
    as lines without a frame, so that none disappears.
    """

    name = "crtd"
    separators = b" \t"

    @classmethod
    def recognise(cls, head: list[str]) -> Self | None:
        """By a record among the first lines."""
        return cls() if any(_RECORD.fullmatch(line.strip()) for line in head[:20]) else None

    def find(self, tokens: Tokens, rows: Rows, channels: ChannelNames) -> None:
        """Put all rows that have the usual shape."""
        every = tokens.rows
        timestamp_s, is_frame = tokens.seconds(tokens.at(every, 0), needs_point=True)
        kind = tokens.at(every, 1)
        end = tokens.ends[kind]
        size = end - tokens.starts[kind]
        direction, tens, ones = (tokens.buffer[end - back] for back in (3, 2, 1))
        is_extended = (tens == ord("2")) & (ones == ord("9"))
        is_sent = direction == ord("T")
        bus = np.where(size == _SIZES[1], tokens.buffer[end - _SIZES[1]].astype(np.int64) - 48, 1)
        is_frame &= np.isin(size, _SIZES) & (is_sent | (direction == ord("R")))
        is_frame &= is_extended | ((tens == ord("1")) & (ones == ord("1")))
        is_frame &= (bus >= 0) & (bus <= 9)  # noqa: PLR2004 -- one digit
        arbitration_id, is_id = tokens.number(tokens.at(every, 2), 16, 8)
        length = np.where(is_frame & is_id, tokens.count - _FIXED, -1)
        is_frame &= is_id & (length >= 0) & (length <= 8)  # noqa: PLR2004 -- classic
        length = np.where(is_frame, length, 0)
        data, is_data = tokens.byte_cells(tokens.at(every, _FIXED), length)
        is_frame &= is_data
        flags = np.where(is_extended, IS_EXTENDED, np.uint8(0)).astype(np.uint8)
        flags |= np.where(is_sent, IS_SENT, np.uint8(0)).astype(np.uint8)
        channel = channels.places(bus, is_frame)
        found = Found(is_frame, timestamp_s, channel, arbitration_id, flags, length, data)
        rows.put(every, found)

    def read_line(self, line: str) -> LogRow | Event:
        """One line."""
        cells = line.split()
        kind = _TYPE.fullmatch(cells[1])
        if kind is None:
            raise ValueError(f"record {cells[1]!r} holds no frame")
        return log_row(
            decimal_value(cells[0], needs_point=True),
            int(kind[1] or _FIRST_BUS),
            whole(cells[2], 16),
            id_flags(is_extended=kind[3] == "29", is_sent=kind[2] == "T"),
            payload(cells[_FIXED:], _classic(len(cells) - _FIXED)),
        )

    def settle(self, rows: Rows) -> None:
        """Times are as they are."""


def _classic(length: int) -> int:
    if length > 8:  # noqa: PLR2004 -- CRTD knows classic frames only
        raise ValueError(f"{length} bytes")
    return length
