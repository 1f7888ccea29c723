"""GVRET CSV as SavvyCAN and GVRET write it, in all its dialects."""

import re
from typing import Self

import numpy as np

from can_bridge.frames import IS_EXTENDED, IS_SENT
from can_bridge.logs.lines import ChannelNames, Found, Rows
from can_bridge.logs.tokens import Tokens
from can_bridge.logs.values import Event, LogRow, decimal_value, id_flags, log_row, payload, whole

_HEADER = re.compile(r"^\W*time stamp\s*,\s*id\s*,\s*extended\s*,", re.IGNORECASE)
_MICRO = 6
_TRUTH = {"true": True, "false": False, "1": True, "0": False}


class Gvret:
    """Times in whole microseconds, possibly negative; with or without direction column."""

    name = "gvret"
    separators = b","

    def __init__(self, bus: int, length: int, direction: int | None) -> None:
        self._bus = bus
        self._length = length
        self._direction = direction

    @classmethod
    def recognise(cls, head: list[str]) -> Self | None:
        """By the header line.

        Raises:
            ValueError: a GVRET header without a column that frames need.
        """
        header = next((line for line in head[:5] if _HEADER.match(line)), None)
        if header is None:
            return None
        columns = [name.strip().lower() for name in header.split(",")]
        missing = [name for name in ("bus", "len") if name not in columns]
        if missing:
            raise ValueError(f"GVRET header without column {missing[0]!r}")
        direction = columns.index("dir") if "dir" in columns else None
        return cls(columns.index("bus"), columns.index("len"), direction)

    def find(self, tokens: Tokens, rows: Rows, channels: ChannelNames) -> None:
        """Put all rows that have the usual shape."""
        every = tokens.rows
        timestamp_s, is_frame = tokens.seconds(tokens.at(every, 0), _MICRO)
        arbitration_id, is_id = tokens.number(tokens.at(every, 1), 16, 8)
        extended = tokens.at(every, 2)
        is_extended = tokens.is_text(extended, b"true", ignoring_case=True)
        is_plain = tokens.is_text(extended, b"false", ignoring_case=True)
        bus, is_bus = tokens.number(tokens.at(every, self._bus))
        length, is_length = tokens.number(tokens.at(every, self._length), most_digits=2)
        is_frame &= is_id & (is_extended | is_plain) & is_bus & is_length & (bus < 2**15)
        is_frame &= tokens.is_evenly_separated & (tokens.count > self._length + length)
        flags = np.where(is_extended, IS_EXTENDED, np.uint8(0)).astype(np.uint8)
        if self._direction is not None:
            at = tokens.at(every, self._direction)
            is_sent = tokens.is_text(at, b"tx", ignoring_case=True)
            is_frame &= is_sent | tokens.is_text(at, b"rx", ignoring_case=True)
            flags |= np.where(is_sent, IS_SENT, np.uint8(0)).astype(np.uint8)
        length = np.where(is_frame, length, 0)
        data, is_data = tokens.byte_cells(tokens.at(every, self._length + 1), length)
        is_frame &= is_data
        channel = channels.places(bus, is_frame)
        found = Found(is_frame, timestamp_s, channel, arbitration_id, flags, length, data)
        rows.put(every, found)

    def read_line(self, line: str) -> LogRow | Event:
        """One line."""
        if _HEADER.match(line):
            return Event()
        cells = [cell.strip() for cell in line.split(",")]
        is_sent = False
        if self._direction is not None:
            is_sent = {"rx": False, "tx": True}.get(cells[self._direction].lower(), False)
        is_extended = _TRUTH.get(cells[2].lower())
        if is_extended is None:
            raise ValueError(cells[2])
        return log_row(
            decimal_value(cells[0], _MICRO),
            whole(cells[self._bus]),
            whole(cells[1].removeprefix("0x"), 16),
            id_flags(is_extended=is_extended, is_sent=is_sent),
            payload(cells[self._length + 1 :], whole(cells[self._length])),
        )

    def settle(self, rows: Rows) -> None:
        """Times are as they are."""
