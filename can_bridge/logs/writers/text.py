"""Text formats: each line as the format's own tools write it."""

import base64
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from can_bridge.frames import (
    IS_BITRATE_SWITCHED,
    IS_ERROR,
    IS_EXTENDED,
    IS_FD,
    IS_REMOTE,
    IS_SENDER_PASSIVE,
    IS_SENT,
    FrameBatch,
)
from can_bridge.logs.python_can_csv import HEADER as PYTHON_CAN_HEADER
from can_bridge.logs.values import FD_LENGTHS, LogRow
from can_bridge.logs.writers.plan import Losses, WritingPlan

EXTENDED, FD, SWITCHED = int(IS_EXTENDED), int(IS_FD), int(IS_BITRATE_SWITCHED)
ERROR, REMOTE, SENT, PASSIVE = int(IS_ERROR), int(IS_REMOTE), int(IS_SENT), int(IS_SENDER_PASSIVE)
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ERROR_ID = 0x2000_0080
"""SocketCAN's error bit and its class bus error."""
_CODES = {length: code for code, length in enumerate(FD_LENGTHS)}
_EXCEL_DAY_ZERO = datetime(1899, 12, 30, tzinfo=UTC)
_TRC_TYPES = {0: "FD", SWITCHED: "FB", SWITCHED | PASSIVE: "FE", PASSIVE: "BI"}


class TextWriter:
    """A header, a line for each frame that the format can hold, an end."""

    def __init__(self, path: Path, plan: WritingPlan) -> None:
        self.losses = Losses()
        self.plan = plan
        self._file = path.open("w", encoding="utf-8", newline="")
        self._file.writelines(line + self.line_end for line in self.header())

    line_end = "\n"

    def header(self) -> Iterable[str]:
        """Lines before the first frame."""
        return ()

    def line(self, row: LogRow) -> str | None:
        """A frame's line; None for one the format cannot hold, which is counted."""
        raise NotImplementedError

    def footer(self) -> Iterable[str]:
        """Lines after the last frame."""
        return ()

    def write(self, batch: FrameBatch) -> None:
        """Append frames."""
        end = self.line_end
        lines = (self.line(row) for row in rows_of(batch))
        self._file.writelines(line + end for line in lines if line is not None)

    def close(self) -> None:
        """Finish the file."""
        with self._file:
            self._file.writelines(line + self.line_end for line in self.footer())

    def number(self, row: LogRow) -> int:
        """The number of a frame's channel."""
        return self.plan.channel_numbers[row.channel]

    def reduce(self, row: LogRow, flags: int, reason: str) -> None:
        """Count a frame that loses one of these properties."""
        if row.flags & flags:
            self.losses.reduced[reason] += 1


class CandumpWriter(TextWriter):
    """As `candump -L -x` writes; microseconds."""

    def line(self, row: LogRow) -> str:
        """A frame's line."""
        channel = row.channel
        name = f"can{self.number(row)}" if isinstance(channel, int) else "_".join(channel.split())
        if row.flags & ERROR:
            return f"({row.timestamp_s:.6f}) {name} {_ERROR_ID:08X}#"
        width = 8 if row.flags & EXTENDED else 3
        mark = ""
        if row.flags & FD:
            mark = f"#{bool(row.flags & SWITCHED) | bool(row.flags & PASSIVE) << 1:X}"
        data = f"R{row.length or ''}" if row.flags & REMOTE else row.data.hex().upper()
        direction = "T" if row.flags & SENT else "R"
        at = f"({row.timestamp_s:.6f}) {name}"
        return f"{at} {row.arbitration_id:0{width}X}#{mark}{data} {direction}"


class AscWriter(TextWriter):
    """Microseconds since the file's date; channels from 1, as Vector counts."""

    def header(self) -> Iterable[str]:
        """Date, base, start."""
        date = _asc_date(self.plan.start_s)
        yield f"date {date}"
        yield "base hex  timestamps absolute"
        yield "internal events logged"
        yield f"Begin Triggerblock {date}"
        yield f"{0:9.6f} Start of measurement"

    def line(self, row: LogRow) -> str:
        """A frame's line."""
        at, channel = row.timestamp_s - self.plan.start_s, self.number(row) + 1
        if row.flags & ERROR:
            return f"{at:9.6f} {channel}  ErrorFrame"
        name = f"{row.arbitration_id:X}{'x' if row.flags & EXTENDED else ''}"
        direction = "Tx" if row.flags & SENT else "Rx"
        data = row.data.hex(" ").upper()
        if row.flags & FD:
            return f"{at:9.6f} {self._fd(row, f'{channel:>3} {direction:<4} {name:>8}', data)}"
        kind = "r" if row.flags & REMOTE else "d"
        return f"{at:9.6f} {channel}  {name:<15} {direction:<4} {kind} {row.length:x} {data}"

    def _fd(self, row: LogRow, start: str, data: str) -> str:
        is_switched, is_passive = bool(row.flags & SWITCHED), bool(row.flags & PASSIVE)
        flags = 0x1000 | is_switched << 13 | is_passive << 14
        code, shown = _code(row.length), f"{row.length:>2}"
        return (
            f"CANFD {start}  {'':>32} {is_switched:d} {is_passive:d} {code:x} {shown} {data} "
            f"{0:>8} {0:>4} {flags:>8X} {0:>8} {0:>8} {0:>8} {0:>8} {0:>8}"
        )

    def footer(self) -> Iterable[str]:
        """The end Vector's tools look for."""
        yield "End TriggerBlock"


class TrcWriter(TextWriter):
    """PCAN trace 2.1; microseconds since the start; channels from 1."""

    line_end = "\r\n"

    def __init__(self, path: Path, plan: WritingPlan) -> None:
        super().__init__(path, plan)
        self._number = 0
        numbers = plan.channel_numbers.values()
        self._shift = 1 if 0 in numbers else 0

    def header(self) -> Iterable[str]:
        """Version, start and columns, as PCAN-View writes them."""
        begun_at = datetime.fromtimestamp(self.plan.start_s, UTC)
        yield ";$FILEVERSION=2.1"
        yield f";$STARTTIME={(begun_at - _EXCEL_DAY_ZERO) / timedelta(days=1)!r}"
        yield ";$COLUMNS=N,O,T,B,I,d,R,L,D"
        yield ";"
        yield f";   Start time: {begun_at:%d.%m.%Y %H:%M:%S}.000.0"
        yield ";   Message   Time    Type    ID     Rx/Tx"
        yield ";   Number    Offset  |  Bus  [hex]  |  Reserved"
        yield ";   |         [ms]    |  |    |      |  |  Data Length Code"
        yield ";   |         |       |  |    |      |  |  |    Data [hex] ..."
        yield ";   |         |       |  |    |      |  |  |    |"
        yield ";---+-- ------+------ +- +- --+----- +- +- +--- +- -- -- -- -- -- -- --"

    def line(self, row: LogRow) -> str:
        """A frame's line."""
        self._number += 1
        at_ms = (row.timestamp_s - self.plan.start_s) * 1000
        start = f"{self._number:>7} {at_ms:13.3f}"
        bus = f"{self.number(row) + self._shift:>2}"
        direction = "Tx" if row.flags & SENT else "Rx"
        if row.flags & ERROR:
            return f"{start} ER {bus} {'-':>8} {direction} -  0    "
        kind = "DT"
        if row.flags & FD:
            kind = _TRC_TYPES[row.flags & (SWITCHED | PASSIVE)]
        elif row.flags & REMOTE:
            kind = "RR"
        name = f"{row.arbitration_id:0{8 if row.flags & EXTENDED else 4}X}"
        code, data = _code(row.length), row.data.hex(" ").upper()
        return f"{start} {kind} {bus} {name:>8} {direction} -  {code:<4} {data}"


class GvretWriter(TextWriter):
    """GVRET CSV with direction, as SavvyCAN reads it; whole microseconds."""

    def header(self) -> Iterable[str]:
        """The columns."""
        yield "Time Stamp,ID,Extended,Dir,Bus,LEN,D1,D2,D3,D4,D5,D6,D7,D8"

    def line(self, row: LogRow) -> str | None:
        """A frame's line."""
        if row.flags & (ERROR | REMOTE):
            self.losses.dropped["error or remote frame"] += 1
            return None
        self.reduce(row, SWITCHED | PASSIVE, "flags of an FD frame")
        if row.flags & FD and row.length <= 8:  # noqa: PLR2004 -- longer ones can only be FD
            self.reduce(row, FD, "short FD frame became a classic one")
        is_extended = "true" if row.flags & EXTENDED else "false"
        direction = "Tx" if row.flags & SENT else "Rx"
        at_us = round(row.timestamp_s * 1e6)
        start = f"{at_us},{row.arbitration_id:08X},{is_extended},{direction},{self.number(row)}"
        return f"{start},{row.length},{row.data.hex(',').upper()},"


class PythonCanCsvWriter(TextWriter):
    """python-can's CSV: times in full precision, but neither channel nor direction."""

    def header(self) -> Iterable[str]:
        """The columns."""
        yield PYTHON_CAN_HEADER

    def line(self, row: LogRow) -> str:
        """A frame's line."""
        self.reduce(row, SENT, "direction")
        self.reduce(row, SWITCHED | PASSIVE, "flags of an FD frame")
        if row.flags & FD and row.length <= 8:  # noqa: PLR2004 -- longer ones can only be FD
            self.reduce(row, FD, "short FD frame became a classic one")
        if len(self.plan.channel_numbers) > 1 or row.channel != 0:
            self.losses.reduced["channel"] += 1
        bits = ",".join("1" if row.flags & bit else "0" for bit in (EXTENDED, REMOTE, ERROR))
        data = base64.b64encode(row.data).decode()
        return f"{row.timestamp_s!r},{row.arbitration_id:#x},{bits},{row.length},{data}"


def rows_of(batch: FrameBatch) -> Iterator[LogRow]:
    """Frames one by one; remote and error frames without data."""
    has_data = (batch.flags & (IS_ERROR | IS_REMOTE)) == 0
    ends = np.where(has_data, batch.length, 0).tolist()
    payloads, width = batch.data.tobytes(), batch.data.shape[1]
    columns = zip(
        batch.timestamp_s.tolist(),
        batch.channel.tolist(),
        batch.arbitration_id.tolist(),
        batch.flags.tolist(),
        batch.length.tolist(),
        strict=True,
    )
    for place, (at_s, channel, arbitration_id, flags, length) in enumerate(columns):
        data = payloads[place * width : place * width + ends[place]]
        yield LogRow(at_s, batch.channels[channel], arbitration_id, flags, length, data)


def _code(length: int) -> int:
    """The length code of a payload; lengths between codes are written as they are sent, padded."""
    return (
        _CODES[length]
        if length in _CODES
        else next(code for code, most in enumerate(FD_LENGTHS) if most >= length)
    )


def _asc_date(at_s: float) -> str:
    local = datetime.fromtimestamp(at_s, UTC).astimezone()
    clock = f"{local:%H:%M:%S}.{local.microsecond // 1000:03}"
    return f"{_DAYS[local.weekday()]} {_MONTHS[local.month - 1]} {local.day} {clock} {local.year}"
