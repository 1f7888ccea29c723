"""PCAN trace files, versions 1.0 to 2.1."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
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
from can_bridge.logs.tokens import At, Flags, Tokens
from can_bridge.logs.values import (
    FD_LENGTHS,
    Event,
    LogRow,
    decimal_value,
    log_row,
    payload,
    whole,
)

_MILLI = 3
_ONLY_CHANNEL = 1
_STANDARD_DIGITS = 4
_VERSION = re.compile(r";\$FILEVERSION\s*=\s*(\S+)")
_START = re.compile(r";\$STARTTIME\s*=\s*(\d+(?:\.\d+)?)")
_COLUMNS = re.compile(r";\$COLUMNS\s*=\s*(\S+)")
_NUMBERED = re.compile(r"\d+\)\s+\d+(\.\d+)?\s")
_BUS_INFO_ID = "FFFFFFFF"
_DIRECTION = {"rx": 0, "tx": int(IS_SENT)}
_TYPE_FLAGS = {
    "DT": 0,
    "FD": int(IS_FD),
    "FB": int(IS_FD | IS_BITRATE_SWITCHED),
    "FE": int(IS_FD | IS_BITRATE_SWITCHED | IS_SENDER_PASSIVE),
    "BI": int(IS_FD | IS_SENDER_PASSIVE),
    "RR": int(IS_REMOTE),
    "ER": int(IS_ERROR),
}
_NO_FRAME_TYPES = frozenset({"ST", "EC", "EV"})
_EXCEL_DAY_ZERO = datetime(1899, 12, 30, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Layout:
    """Which word of a line is what; None where a version does not have it."""

    time: int
    identifier: int
    length: int
    data: int
    direction: int | None = None
    bus: int | None = None
    kind: int | None = None
    is_length_a_code: bool = True


_BY_VERSION = {
    "1.0": _Layout(time=1, identifier=2, length=3, data=4),
    "1.1": _Layout(time=1, direction=2, identifier=3, length=4, data=5),
    "1.2": _Layout(time=1, bus=2, direction=3, identifier=4, length=5, data=6),
    "1.3": _Layout(time=1, bus=2, direction=3, identifier=4, length=6, data=7),
}


class Trc:
    """Times of version 1.0 count from the start of the file, those of later ones are absolute."""

    name = "trc"
    separators = b" \t"

    def __init__(self, layout: _Layout, start_s: float) -> None:
        self._layout = layout
        self._start_s = start_s

    @classmethod
    def recognise(cls, head: list[str]) -> Self | None:
        """By its header; version 1.0 has none and begins with comments and numbered lines.

        Raises:
            ValueError: a version nobody knows, or version 2 without its columns.
        """
        lines = [line.strip().lstrip("\ufeff") for line in head]
        version = _first(_VERSION, lines)
        if version is None:
            is_old = bool(lines) and lines[0].startswith(";") and any(map(_NUMBERED.match, lines))
            return cls(_BY_VERSION["1.0"], 0.0) if is_old else None
        start = _first(_START, lines)
        start_s = 0.0
        if start is not None and version != "1.0":
            start_s = (_EXCEL_DAY_ZERO + timedelta(days=float(start))).timestamp()
        if version in _BY_VERSION:
            return cls(_BY_VERSION[version], start_s)
        if version not in {"2.0", "2.1"}:
            raise ValueError(f"PCAN trace version {version}, known: 1.0 to 1.3, 2.0, 2.1")
        columns = _first(_COLUMNS, lines)
        if columns is None:
            raise ValueError(f"PCAN trace version {version} without ;$COLUMNS")
        return cls(_layout_of(columns.split(",")), start_s)

    def find(self, tokens: Tokens, rows: Rows, channels: ChannelNames) -> None:
        """Put all data frames of the usual shape."""
        every, layout = tokens.rows, self._layout
        offset_s, is_frame = tokens.seconds(tokens.at(every, layout.time), _MILLI)
        identifier = tokens.at(every, layout.identifier)
        arbitration_id, is_id = tokens.number(identifier, 16, 8)
        is_frame &= is_id & (tokens.buffer[tokens.starts[tokens.at(every, 0)]] != ord(";"))
        digits = tokens.ends[identifier] - tokens.starts[identifier]
        flags = np.where(digits > _STANDARD_DIGITS, IS_EXTENDED, np.uint8(0)).astype(np.uint8)
        is_frame &= self._kinds(tokens, every, flags)
        bus = np.full(len(every), _ONLY_CHANNEL, np.int64)
        if layout.bus is not None:
            bus, is_bus = tokens.number(tokens.at(every, layout.bus))
            is_frame &= is_bus
        length, is_length = tokens.number(tokens.at(every, layout.length), most_digits=2)
        is_frame &= is_length & (length < len(FD_LENGTHS))
        if layout.is_length_a_code:
            length = np.array(FD_LENGTHS)[np.where(is_frame, length, 0)]
        is_frame &= (length <= 8) | ((flags & IS_FD) != 0)  # noqa: PLR2004 -- classic payload
        is_frame &= tokens.count == layout.data + length
        length = np.where(is_frame, length, 0)
        data, is_data = tokens.byte_cells(tokens.at(every, layout.data), length)
        is_frame &= is_data
        channel = channels.places(bus, is_frame)
        at_s = self._start_s + offset_s
        rows.put(every, Found(is_frame, at_s, channel, arbitration_id, flags, length, data))

    def _kinds(self, tokens: Tokens, every: At, flags: NDArray[np.uint8]) -> Flags:
        """Rows of a data frame's type and direction; sets their bits."""
        is_right = np.ones(len(every), bool)
        if self._layout.direction is not None:
            at = tokens.at(every, self._layout.direction)
            is_sent = tokens.is_text(at, b"tx", ignoring_case=True)
            is_right &= is_sent | tokens.is_text(at, b"rx", ignoring_case=True)
            flags[is_sent] |= IS_SENT
        if self._layout.kind is not None:
            at = tokens.at(every, self._layout.kind)
            is_known = tokens.is_text(at, b"DT")
            for kind in ("FD", "FB", "FE", "BI"):
                is_kind = tokens.is_text(at, kind.encode())
                flags[is_kind] |= np.uint8(_TYPE_FLAGS[kind])
                is_known |= is_kind
            is_right &= is_known
        return is_right

    def read_line(self, line: str) -> LogRow | Event:
        """One line."""
        if line.startswith(";"):
            return Event()
        cells = line.split()
        flags = self._flags(cells)
        if flags is None:
            return Event()
        layout = self._layout
        at_s = self._start_s + decimal_value(cells[layout.time], _MILLI)
        channel = _ONLY_CHANNEL if layout.bus is None else whole(cells[layout.bus])
        if flags & IS_ERROR:
            return log_row(at_s, channel, 0, flags, b"")
        identifier = cells[layout.identifier]
        flags |= int(IS_EXTENDED) if len(identifier) > _STANDARD_DIGITS else 0
        length = whole(cells[layout.length])
        if layout.is_length_a_code:
            length = FD_LENGTHS[length]
        if not flags & IS_FD:
            length = min(length, 8)
        if flags & IS_REMOTE or cells[layout.data : layout.data + 1] == ["RTR"]:
            flags |= int(IS_REMOTE)
            return log_row(at_s, channel, whole(identifier, 16), flags, b"", length)
        data = payload(cells[layout.data :], length)
        return log_row(at_s, channel, whole(identifier, 16), flags, data)

    def _flags(self, cells: list[str]) -> int | None:
        """Bits of a frame's kind and direction, None for a line that rightly is no frame."""
        layout = self._layout
        flags = 0
        if layout.kind is not None:
            if cells[layout.kind] in _NO_FRAME_TYPES:
                return None
            known = _TYPE_FLAGS.get(cells[layout.kind])
            if known is None:
                raise ValueError(f"type {cells[layout.kind]!r}")
            flags = known
        if layout.direction is not None:
            word = cells[layout.direction].lower()
            if layout.kind is None and word in {"warng", "error"}:
                return None
            flags |= 0 if flags & IS_ERROR else _direction(word)
        if layout.kind is None and cells[layout.identifier] == _BUS_INFO_ID:
            return None
        return flags

    def settle(self, rows: Rows) -> None:
        """Times are as they are."""


def _direction(word: str) -> int:
    if word not in _DIRECTION:
        raise ValueError(f"direction {word!r}")
    return _DIRECTION[word]


def _layout_of(columns: list[str]) -> _Layout:
    place = {name: number for number, name in enumerate(columns)}
    missing = [name for name in ("O", "T", "I", "d", "D") if name not in place]
    if missing or not place.keys() & {"l", "L"}:
        raise ValueError(f";$COLUMNS without {', '.join(missing) or 'l or L'}")
    return _Layout(
        time=place["O"],
        identifier=place["I"],
        length=place["l"] if "l" in place else place["L"],
        data=place["D"],
        direction=place["d"],
        bus=place.get("B"),
        kind=place["T"],
        is_length_a_code="l" not in place,
    )


def _first(pattern: re.Pattern[str], lines: list[str]) -> str | None:
    found = next((match for line in lines if (match := pattern.match(line))), None)
    return None if found is None else found[1]
