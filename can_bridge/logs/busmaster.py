"""BusMaster logs: `hours:minutes:seconds:fraction Rx channel id type length bytes`."""

import re
from typing import Self

import numpy as np
from numpy.typing import NDArray

from can_bridge.frames import IS_EXTENDED, IS_REMOTE, IS_SENT
from can_bridge.logs.lines import ChannelNames, Found, Rows
from can_bridge.logs.tokens import At, Flags, Tokens, Whole
from can_bridge.logs.values import Event, LogRow, id_flags, log_row, payload, whole

_BEGINS = "***busmaster"
_STARTED = re.compile(r"\*+START DATE AND TIME \S+ (\d+):(\d+):(\d+):(\d+)\*+", re.IGNORECASE)
_MOMENT = re.compile(r"(\d+):(\d+):(\d+):(\d{1,6})", re.ASCII)
_FIXED = 6
_MILLI = 3
"""BusMaster writes four places; SavvyCAN writes milliseconds without leading zeros."""
_COLON = ord(":")
_DAY_S = 86_400.0
_DIRECTION = {"rx": False, "tx": True}
_TYPE = {"s": (False, False), "x": (True, False), "sr": (False, True), "xr": (True, True)}


class BusMaster:
    """Times are seconds since the log began.

    In system mode the file has the time of day: the start's is taken off, midnights are counted.
    In relative mode it has the time since the frame before: they are added up.
    """

    name = "busmaster"
    separators = b" \t"

    def __init__(self, base: int, mode: str, started_s: float) -> None:
        self._base = base
        self._mode = mode
        self._started_s = started_s if mode == "system" else 0.0
        self._latest_s: float | None = None
        self._days = 0

    @classmethod
    def recognise(cls, head: list[str]) -> Self | None:
        """By its header, which also says number base, time mode and start."""
        if not head or not head[0].lower().lstrip("\ufeff").startswith(_BEGINS):
            return None
        header = [line.strip() for line in head if line.startswith("***")]
        words = {line.strip("* ").lower() for line in header}
        mode = next(
            (m for m in ("system", "absolute", "relative") if f"{m} mode" in words), "system"
        )
        started = next((found for line in header if (found := _STARTED.match(line))), None)
        started_s = 0.0 if started is None else _of_day(*started.groups())
        return cls(10 if "dec" in words else 16, mode, started_s)

    def find(self, tokens: Tokens, rows: Rows, channels: ChannelNames) -> None:
        """Put all data frames of the usual shape."""
        every = tokens.rows
        timestamp_s, is_frame = _moments(tokens, every)
        direction, kind = tokens.at(every, 1), tokens.at(every, 4)
        is_sent = tokens.is_text(direction, b"tx", ignoring_case=True)
        is_extended = tokens.is_text(kind, b"x", ignoring_case=True)
        is_frame &= is_sent | tokens.is_text(direction, b"rx", ignoring_case=True)
        is_frame &= is_extended | tokens.is_text(kind, b"s", ignoring_case=True)
        bus, is_bus = tokens.number(tokens.at(every, 2))
        arbitration_id, is_id = self._ids(tokens, tokens.at(every, 3))
        length, is_length = tokens.number(tokens.at(every, 5), most_digits=1)
        is_frame &= is_bus & is_id & is_length & (length <= 8)  # noqa: PLR2004 -- classic
        is_frame &= tokens.count == _FIXED + length
        length = np.where(is_frame, length, 0)
        data, is_data = tokens.byte_cells(tokens.at(every, _FIXED), length, self._base)
        is_frame &= is_data
        flags = np.where(is_extended, IS_EXTENDED, np.uint8(0)).astype(np.uint8)
        flags |= np.where(is_sent, IS_SENT, np.uint8(0)).astype(np.uint8)
        channel = channels.places(bus, is_frame)
        found = Found(is_frame, timestamp_s, channel, arbitration_id, flags, length, data)
        rows.put(every, found)

    def _ids(self, tokens: Tokens, at: At) -> tuple[Whole, Flags]:
        start, end = tokens.starts[at], tokens.ends[at]
        has_prefix = (tokens.buffer[start] == ord("0")) & (
            tokens.buffer[start + 1] | 0x20 == ord("x")
        )
        most = 8 if self._base == 16 else 9  # noqa: PLR2004 -- hex
        return tokens.number_between(start + 2 * has_prefix, end, self._base, most)

    def read_line(self, line: str) -> LogRow | Event:
        """One line."""
        if line.startswith("***"):
            return Event()
        cells = line.split()
        moment = _MOMENT.fullmatch(cells[0])
        if moment is None:
            raise ValueError(f"{cells[0]!r} is no time")
        is_sent = _DIRECTION.get(cells[1].lower())
        kind = _TYPE.get(cells[4].lower())
        length = whole(cells[5])
        if is_sent is None or kind is None or length > 8:  # noqa: PLR2004 -- classic
            raise ValueError("not a classic frame")
        is_extended, is_remote = kind
        if not is_remote and len(cells) != _FIXED + length:
            raise ValueError(f"{len(cells) - _FIXED} bytes, {length} said")
        prefix = cells[3][:2].lower() == "0x"
        return log_row(
            _of_day(*moment.groups()),
            whole(cells[2]),
            whole(cells[3][2:] if prefix else cells[3], self._base),
            id_flags(is_extended=is_extended, is_sent=is_sent) | is_remote * int(IS_REMOTE),
            b"" if is_remote else payload(cells[_FIXED:], length, self._base),
            length,
        )

    def settle(self, rows: Rows) -> None:
        """Make the clock's readings seconds since the log began."""
        frames = np.flatnonzero(rows.is_frame)
        if not len(frames) or self._mode == "absolute":
            return
        read = rows.timestamp_s[frames]
        if self._mode == "relative":
            passed = np.round(np.cumsum(read) + (self._latest_s or 0.0), 6)
            self._latest_s = float(passed[-1])
        else:
            before_s = self._started_s if self._latest_s is None else self._latest_s
            steps = np.diff(read, prepend=before_s)
            # frames a little out of order are no midnight
            midnights = self._days + np.cumsum(steps < -_DAY_S / 2) - np.cumsum(steps > _DAY_S / 2)
            passed = np.round(read + midnights * _DAY_S - self._started_s, 6)
            self._latest_s, self._days = float(read[-1]), int(midnights[-1])
        rows.timestamp_s[frames] = passed


def _moments(tokens: Tokens, every: At) -> tuple[NDArray[np.float64], Flags]:
    """Clock readings in seconds; a line's three colons are all in its first word."""
    colons = np.flatnonzero(tokens.buffer == _COLON)
    first = np.searchsorted(colons, tokens.line_starts)
    count = np.diff(first, append=len(colons))
    clock = tokens.at(every, 0)
    start, end = tokens.starts[clock], tokens.ends[clock]
    colons = np.append(colons, [0, 0, 0])
    parts = [start - 1, *(colons[first + place] for place in range(3)), end]
    is_right = (count == 3) & (parts[3] < end)  # noqa: PLR2004 -- four numbers
    whole_s = np.zeros(len(every), np.int64)
    for place, weight in enumerate((3600, 60, 1)):
        value, is_number = tokens.number_between(parts[place] + 1, parts[place + 1], 10, 9)
        whole_s += value * weight
        is_right &= is_number
    value, is_number = tokens.number_between(parts[3] + 1, end, 10, 6)
    unit = 10 ** np.clip(end - parts[3] - 1, _MILLI, 6)
    return (whole_s * unit + value) / unit, is_right & is_number


def _of_day(hours: str, minutes: str, seconds: str, fraction: str) -> float:
    unit = 10 ** max(len(fraction), _MILLI)
    whole_s = whole(hours) * 3600 + whole(minutes) * 60 + whole(seconds)
    return float((whole_s * unit + int(fraction)) / unit)
