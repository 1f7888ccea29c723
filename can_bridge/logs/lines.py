"""From lines of text to batches: a fast way for whole chunks, a careful one for what it leaves."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Protocol

import numpy as np
from numpy.typing import NDArray

from can_bridge.errors import UnreadableLog
from can_bridge.frames import CLASSIC_BYTES, FD_BYTES, IS_EXTENDED, IS_FD, FrameBatch
from can_bridge.logs.chunks import line_chunks
from can_bridge.logs.tokens import At, Flags, Tokens, Whole
from can_bridge.logs.values import (
    HIGHEST_EXTENDED_ID,
    HIGHEST_STANDARD_ID,
    Event,
    LogRow,
)

MOST_BAD_LINES_NAMED = 20
"""Chosen: enough to find the pattern."""


@dataclass
class LineCounts:
    """What became of a log's lines; grows while the log is read."""

    lines: int = 0
    event_lines: int = 0
    unparsable_lines: int = 0
    bad_line_numbers: list[int] = field(default_factory=list)

    def take(self, other: "LineCounts") -> None:
        """Become what another reader counted."""
        self.lines, self.event_lines = other.lines, other.event_lines
        self.unparsable_lines = other.unparsable_lines
        self.bad_line_numbers[:] = other.bad_line_numbers

    def note_bad_line(self, number: int) -> None:
        """Count a line that should hold a frame and does not."""
        self.unparsable_lines += 1
        if len(self.bad_line_numbers) < MOST_BAD_LINES_NAMED:
            self.bad_line_numbers.append(number)


class ChannelNames:
    """The channels of a log in the order they turned up, with their place in a batch."""

    def __init__(self) -> None:
        self._places: dict[int | str, int] = {}

    @property
    def names(self) -> tuple[int | str, ...]:
        """All channels up to now."""
        return tuple(self._places)

    def place(self, name: int | str) -> int:
        """The index of a channel."""
        return self._places.setdefault(name, len(self._places))

    def places(self, numbers: Whole, is_meant: Flags) -> NDArray[np.int16]:
        """The indices of numbered channels; rows that are not meant get any."""
        result = np.zeros(len(numbers), np.int16)
        for number in np.unique(numbers[is_meant]).tolist():
            result[numbers == number] = self.place(number)
        return result


@dataclass(slots=True)
class Found:
    """Frames found at once, one entry per row asked for; entries not `is_frame` mean nothing."""

    is_frame: Flags
    timestamp_s: NDArray[np.float64]
    channel: NDArray[np.int16]
    arbitration_id: Whole
    flags: NDArray[np.uint8]
    length: Whole
    data: NDArray[np.uint8]


class Rows:
    """One row per line, filled by the fast way and then by the careful one."""

    def __init__(self, lines: int) -> None:
        self.is_frame = np.zeros(lines, bool)
        self.has_time = np.zeros(lines, bool)
        self.timestamp_s = np.zeros(lines, np.float64)
        self.channel = np.zeros(lines, np.int16)
        self.arbitration_id = np.zeros(lines, np.uint32)
        self.flags = np.zeros(lines, np.uint8)
        self.length = np.zeros(lines, np.uint8)
        self.data = np.zeros((lines, CLASSIC_BYTES), np.uint8)

    def put(self, rows: At, found: Found) -> None:
        """Take over frames found at once; identifiers and lengths are checked here."""
        highest = np.where(found.flags & IS_EXTENDED, HIGHEST_EXTENDED_ID, HIGHEST_STANDARD_ID)
        is_right = found.is_frame & (found.arbitration_id <= highest)
        is_right &= (found.length >= 0) & (found.length <= FD_BYTES)
        kept = rows[is_right]
        length = found.length[is_right]
        is_long = np.where(length > CLASSIC_BYTES, IS_FD, np.uint8(0)).astype(np.uint8)
        self._make_room(int(length.max(initial=0)))
        self.is_frame[kept] = self.has_time[kept] = True
        self.timestamp_s[kept] = found.timestamp_s[is_right]
        self.channel[kept] = found.channel[is_right]
        self.arbitration_id[kept] = found.arbitration_id[is_right]
        self.flags[kept] = found.flags[is_right] | is_long
        self.length[kept] = length
        width = min(found.data.shape[1], self.data.shape[1])
        self.data[kept, :width] = found.data[is_right, :width]

    def put_one(self, row: int, frame: LogRow, channel: int) -> None:
        """Take over a frame found by the careful way."""
        self._make_room(len(frame.data))
        self.is_frame[row] = self.has_time[row] = True
        self.timestamp_s[row] = frame.timestamp_s
        self.channel[row] = channel
        self.arbitration_id[row] = frame.arbitration_id
        self.flags[row] = frame.flags
        self.length[row] = frame.length
        self.data[row, : len(frame.data)] = np.frombuffer(frame.data, np.uint8)

    def batch(self, channels: ChannelNames) -> FrameBatch:
        """The frames alone."""
        every = FrameBatch(
            self.timestamp_s,
            self.arbitration_id,
            self.flags,
            self.length,
            self.data,
            self.channel,
            channels.names,
        )
        return every if self.is_frame.all() else every.where(self.is_frame)

    def _make_room(self, longest: int) -> None:
        if longest > self.data.shape[1]:
            self.data = np.pad(self.data, ((0, 0), (0, FD_BYTES - self.data.shape[1])))


class TextFormat(Protocol):
    """One text format: how its frames look, quickly and carefully.

    Both ways must read a line alike; a line the quick way is not sure of is left to the other.
    """

    name: str
    separators: bytes

    def find(self, tokens: Tokens, rows: Rows, channels: ChannelNames) -> None:
        """Put all rows that have the usual shape."""

    def read_line(self, line: str) -> LogRow | Event:
        """One line, without its line end.

        Raises:
            ValueError: or LookupError: the line should hold a frame and does not.
        """

    def settle(self, rows: Rows) -> None:
        """Make the times of a chunk what they mean, for formats that write differences."""


class TextBatches:
    """Reads a text log once, in batches, and closes it; `counts` is complete when they are."""

    def __init__(
        self, stream: BinaryIO, path: Path, text_format: TextFormat, *, only_carefully: bool = False
    ) -> None:
        self.counts = LineCounts()
        self._stream = stream
        self._path = path
        self._format = text_format
        self._only_carefully = only_carefully
        self._channels = ChannelNames()

    def __iter__(self) -> Iterator[FrameBatch]:
        """All frames, error and remote frames too.

        Raises:
            UnreadableLog: the content is not text, or not one line is a frame and some should be.
        """
        has_frames = False
        with self._stream:
            for first_line, chunk in line_chunks(self._stream, self._path):
                batch = self._batch(first_line, chunk)
                if len(batch):
                    has_frames = True
                    yield batch
        if self.counts.unparsable_lines and not has_frames:
            line = self.counts.bad_line_numbers[0]
            reason = f"line {line}: not a {self._format.name} frame, nor is any other line"
            raise UnreadableLog(self._path, reason)

    def _batch(self, first_line: int, chunk: bytes) -> FrameBatch:
        tokens = Tokens(chunk, self._format.separators)
        rows = Rows(len(tokens))
        self.counts.lines += len(tokens)
        if not self._only_carefully:
            self._format.find(tokens, rows, self._channels)
            rows.is_frame[tokens.odd_rows] = rows.has_time[tokens.odd_rows] = False
        for row in np.flatnonzero(~rows.is_frame).tolist():
            self._read_line(tokens.line(row), row, rows, first_line)
        self._format.settle(rows)
        return rows.batch(self._channels)

    def _read_line(self, text: str, row: int, rows: Rows, first_line: int) -> None:
        line = text.strip()
        if not line:
            return
        try:
            read = self._format.read_line(line)
        except (ValueError, LookupError):
            self.counts.note_bad_line(first_line + row)
            return
        if isinstance(read, LogRow):
            rows.put_one(row, read, self._channels.place(read.channel))
            return
        self.counts.event_lines += 1
        if read.timestamp_s is not None:
            rows.has_time[row] = True
            rows.timestamp_s[row] = read.timestamp_s
