"""The one door to recorded traffic: any known format, in batches or frame by frame."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from can_bridge.errors import NoSuchChannel, UnreadableLog
from can_bridge.frames import IS_ERROR, IS_REMOTE, Frame, FrameBatch
from can_bridge.logs.detection import Recognised, recognise
from can_bridge.logs.lines import LineCounts


@dataclass
class CanLog:
    """A log that can be read from its beginning any number of times, in file order.

    Timestamps of real logs are neither positive nor monotonic; they are handed on as they are.
    The counts are of the latest reading and complete when it is.
    """

    path: Path
    recognised: Recognised
    counts: LineCounts
    remote_or_error_frames: int = 0

    @property
    def format(self) -> str:
        """The format's short name, such as `gvret` or `blf`."""
        return self.recognised.name

    @property
    def unparsable_lines(self) -> int:
        """Lines (in BLF and MF4: objects) that should hold a frame and could not be read."""
        return self.counts.unparsable_lines

    @property
    def bad_line_numbers(self) -> list[int]:
        """The first of them, counted from 1."""
        return self.counts.bad_line_numbers

    def __iter__(self) -> Iterator[Frame]:
        """Data frames one by one; remote and error frames are counted, not returned."""
        for batch in self.batches():
            yield from batch

    def batches(self, channel: str | None = None) -> Iterator[FrameBatch]:
        """Data frames, some 40,000 at a time; only those of a channel if one is named.

        Remote and error frames are counted, not returned.

        Raises:
            UnreadableLog: the content is not what the format says.
        """
        for batch in self.all_batches():
            data = batch.data_frames()
            chosen = data if channel is None else of_channel(data, channel)
            if len(chosen):
                yield chosen

    def all_batches(self) -> Iterator[FrameBatch]:
        """All frames: error and remote frames too.

        Raises:
            UnreadableLog: the content is not what the format says.
        """
        reader = self.recognised.open()
        self.counts, self.remote_or_error_frames = reader.counts, 0
        for batch in reader:
            other = np.count_nonzero(batch.flags & (IS_ERROR | IS_REMOTE))
            self.remote_or_error_frames += int(other)
            yield batch

    def demand_channel(self, wanted: str) -> None:
        """Read the log to see that a channel has frames.

        Raises:
            NoSuchChannel: it has none; says which channels the log has.
        """
        seen = dict.fromkeys(
            batch.channels[place]
            for batch in self.all_batches()
            for place in np.unique(batch.channel).tolist()
        )
        if not any(is_channel(channel, wanted) for channel in seen):
            raise NoSuchChannel(self.path, wanted, seen)


def open_log(path: Path) -> CanLog:
    """A log of any known format, recognised by its content, also gzip-compressed.

    Raises:
        UnreadableLog: no such file, empty, or no known format; damage further on is raised while
            reading.
    """
    try:
        is_folder = path.is_dir()
    except OSError as refused:  # in a folder that may not be looked into
        raise UnreadableLog(path, refused.strerror or str(refused)) from refused
    if is_folder:
        raise UnreadableLog(path, "a folder, not a file")
    return CanLog(path, recognise(path), LineCounts())


def read_batches(path: Path, channel: str | None = None) -> Iterator[FrameBatch]:
    """The data frames of a log, for those who need no counts.

    Raises:
        UnreadableLog: see `open_log`.
    """
    return open_log(path).batches(channel)


def of_channel(batch: FrameBatch, wanted: str) -> FrameBatch:
    """The frames of one channel, named as `is_channel` does."""
    places = [place for place, name in enumerate(batch.channels) if is_channel(name, wanted)]
    return batch.where(np.isin(batch.channel, places))


def is_channel(channel: int | str, wanted: str) -> bool:
    """Whether a frame's channel is the one asked for: `0`, `vcan0` and 0 are all channel 0."""
    text = str(channel)
    if text == wanted:
        return True
    digits = re.search(r"(\d+)$", text)
    return digits is not None and not text.startswith("-") and digits[1] == wanted
