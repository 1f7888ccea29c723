"""Comma-separated frames of other tools, where the column names leave no doubt."""

import csv
import re
from typing import Self

from can_bridge.logs.lines import ChannelNames, Rows
from can_bridge.logs.tokens import Tokens
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

_TIME = {
    "timestamp": 0,
    "time": 0,
    "time_s": 0,
    "timestamp_s": 0,
    "timestamp_ms": 3,
    "time_ms": 3,
    "timestamp_us": 6,
    "time_us": 6,
}
"""Names of the column of time, with the decimal places of its unit."""
_ID = ("id", "can_id", "canid", "arbitration_id", "frame_id", "message_id")
_DATA = ("data", "data_bytes", "databytes", "payload")
_LENGTH = ("dlc", "len", "length", "data_length", "datalength")
_CHANNEL = ("channel", "bus", "bus_channel", "buschannel")
_EXTENDED = ("extended", "ide", "is_extended", "is_extended_id")
_TRUTH = {"1": True, "true": True, "x": True, "0": False, "false": False, "": False}
_CELL = re.compile(r"(?:d|b|byte|data)_?(\d{1,2})")
_UNIT = re.compile(r"[\[(](s|ms|us|hex)[\])]")


class GenericCsv:
    """Time, identifier (hexadecimal) and payload by name; read line by line, not fast."""

    name = "generic csv"

    def __init__(self, columns: list[str], separator: str) -> None:
        self._separator = separator
        self.separators = separator.encode()
        self._header = columns
        place = {name: number for number, name in enumerate(columns)}
        time = next(name for name in _TIME if name in place)
        self._time, self._places = place[time], _TIME[time]
        self._id = _first(place, _ID)
        self._data = _first(place, _DATA)
        self._length = _first(place, _LENGTH)
        self._channel = _first(place, _CHANNEL)
        self._extended = _first(place, _EXTENDED)
        cells = [(int(found[1]), place[name]) for name in place if (found := _CELL.fullmatch(name))]
        self._cells = [where for _, where in sorted(cells)]

    @classmethod
    def recognise(cls, head: list[str]) -> Self | None:
        """By a header that names time, identifier and payload."""
        if not head:
            return None
        separator = max(",;\t", key=head[0].count)
        columns = _names(head[0], separator)
        has_time = any(name in columns for name in _TIME)
        has_id = any(name in columns for name in _ID)
        has_data = any(name in columns for name in _DATA)
        has_cells = any(_CELL.fullmatch(name) for name in columns)
        if not (has_time and has_id and (has_data or has_cells)):
            return None
        return cls(columns, separator)

    def find(self, tokens: Tokens, rows: Rows, channels: ChannelNames) -> None:
        """All lines are read carefully: there is no usual shape."""

    def read_line(self, line: str) -> LogRow | Event:
        """One line."""
        if _names(line, self._separator) == self._header:
            return Event()
        cells = [cell.strip() for cell in next(csv.reader([line], delimiter=self._separator))]
        assert self._id is not None  # noqa: S101 -- recognise made sure
        arbitration_id = whole(cells[self._id].lower().removeprefix("0x"), 16)
        if self._extended is None:
            is_extended = arbitration_id > HIGHEST_STANDARD_ID
        else:
            is_extended = _truth(cells[self._extended])
        channel: int | str = 0
        if self._channel is not None:
            text = cells[self._channel]
            channel = int(text) if text.isascii() and text.isdigit() else text
        at_s = decimal_value(cells[self._time], self._places)
        flags = id_flags(is_extended=is_extended)
        return log_row(at_s, channel, arbitration_id, flags, self._payload(cells))

    def settle(self, rows: Rows) -> None:
        """Times are as they are."""

    def _payload(self, cells: list[str]) -> bytes:
        length = None if self._length is None else whole(cells[self._length])
        if self._data is None:
            filled = [cells[place] for place in self._cells if place < len(cells)]
            filled = [cell.lower().removeprefix("0x") for cell in filled if cell]
            return payload(filled, len(filled) if length is None else length)
        text = re.sub(r"0[xX]|[\s.:-]", "", cells[self._data])
        if not text.isascii():
            raise ValueError(f"payload {cells[self._data]!r}")
        data = bytes.fromhex(text)
        if length is not None and length != len(data):
            raise ValueError(f"{len(data)} bytes, {length} said")
        return data


def _names(line: str, separator: str) -> list[str]:
    def plain(name: str) -> str:
        name = name.strip().strip('"').lower().lstrip("\ufeff")
        return re.sub(r"[\s_]+", "_", _UNIT.sub(r"_\1", name)).strip("_").removesuffix("_hex")

    return [plain(name) for name in line.split(separator)]


def _truth(text: str) -> bool:
    if text.lower() not in _TRUTH:
        raise ValueError(f"{text!r} is neither true nor false")
    return _TRUTH[text.lower()]


def _first(place: dict[str, int], names: tuple[str, ...]) -> int | None:
    return next((place[name] for name in names if name in place), None)
