"""Between this package and python-can: its database reader here, our readers there."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import can
import numpy as np
from numpy.typing import NDArray

from can_bridge.errors import UnreadableLog
from can_bridge.frames import (
    CLASSIC_BYTES,
    FD_BYTES,
    IS_BITRATE_SWITCHED,
    IS_ERROR,
    IS_EXTENDED,
    IS_FD,
    IS_REMOTE,
    IS_SENDER_PASSIVE,
    IS_SENT,
    FrameBatch,
)
from can_bridge.logs.lines import ChannelNames, LineCounts

SQLITE_MAGIC = b"SQLite format 3\x00"
_BATCH = 10_000


class SqliteBatches:
    """Reads a python-can database once."""

    def __init__(self, path: Path) -> None:
        self.counts = LineCounts()
        self._path = path

    def __iter__(self) -> Iterator[FrameBatch]:
        """All frames, error and remote frames too.

        Raises:
            UnreadableLog: a database without python-can's table, or damaged.
        """
        channels = ChannelNames()
        waiting: list[can.Message] = []
        try:
            with can.SqliteReader(self._path) as reader:
                for message in reader:
                    waiting.append(message)
                    if len(waiting) >= _BATCH:
                        yield batch_of(waiting, channels)
                        waiting.clear()
        except (sqlite3.Error, ValueError, TypeError) as refused:
            raise UnreadableLog(self._path, f"SQLite database: {refused}") from refused
        if waiting:
            yield batch_of(waiting, channels)


def batch_of(messages: list[can.Message], channels: ChannelNames) -> FrameBatch:
    """python-can messages as columns."""
    longest = max(len(message.data) for message in messages)
    width = CLASSIC_BYTES if longest <= CLASSIC_BYTES else FD_BYTES
    data = b"".join(bytes(message.data).ljust(width, b"\0") for message in messages)
    places = [channels.place(_channel(message.channel)) for message in messages]
    return FrameBatch(
        np.array([message.timestamp for message in messages], np.float64),
        np.array([message.arbitration_id for message in messages], np.uint32),
        np.array([_flags(message) for message in messages], np.uint8),
        np.array([_length(message) for message in messages], np.uint8),
        np.frombuffer(data, np.uint8).reshape(len(messages), width),
        np.array(places, np.int16),
        channels.names,
    )


def messages_of(batch: FrameBatch) -> Iterator[can.Message]:
    """Columns as python-can messages."""
    payloads: NDArray[np.uint8] = batch.data
    for row, at_s in enumerate(batch.timestamp_s.tolist()):
        flags, length = int(batch.flags[row]), int(batch.length[row])
        is_remote = bool(flags & IS_REMOTE)
        yield can.Message(
            timestamp=at_s,
            arbitration_id=int(batch.arbitration_id[row]),
            is_extended_id=bool(flags & IS_EXTENDED),
            is_remote_frame=is_remote,
            is_error_frame=bool(flags & IS_ERROR),
            channel=batch.channels[batch.channel[row]],
            dlc=length,
            data=None if is_remote else payloads[row, :length].tobytes(),
            is_fd=bool(flags & IS_FD),
            is_rx=not flags & IS_SENT,
            bitrate_switch=bool(flags & IS_BITRATE_SWITCHED),
            error_state_indicator=bool(flags & IS_SENDER_PASSIVE),
        )


def _channel(channel: object) -> int | str:
    return channel if isinstance(channel, int | str) else 0


def _length(message: can.Message) -> int:
    return min(message.dlc, CLASSIC_BYTES) if message.is_remote_frame else len(message.data)


def _flags(message: can.Message) -> int:
    return (
        message.is_extended_id * int(IS_EXTENDED)
        | message.is_fd * int(IS_FD)
        | message.bitrate_switch * int(IS_BITRATE_SWITCHED)
        | message.is_error_frame * int(IS_ERROR)
        | message.is_remote_frame * int(IS_REMOTE)
        | (not message.is_rx) * int(IS_SENT)
        | message.error_state_indicator * int(IS_SENDER_PASSIVE)
    )
