"""Frames as Linux has them in memory (`can_frame`, `canfd_frame` of linux/can.h) as columns."""

import struct

import numpy as np
from numpy.typing import NDArray

from can_bridge.buses import linux_errors
from can_bridge.buses.adapter import Controller, Received
from can_bridge.buses.datagrams import Datagrams
from can_bridge.frames import (
    CLASSIC_BYTES,
    FD_BYTES,
    IS_BITRATE_SWITCHED,
    IS_EXTENDED,
    IS_FD,
    FrameBatch,
)

CLASSIC_SIZE, FD_SIZE = 16, 72
_EXTENDED_BIT, _REMOTE_BIT, _ERROR_BIT = (np.uint32(1 << bit) for bit in (31, 30, 29))
_EXTENDED_MASK, _STANDARD_MASK = np.uint32(0x1FFF_FFFF), np.uint32(0x7FF)
_LENGTH_AT, _FLAGS_AT, _DATA_AT = 4, 5, 8
_FLAG_SWITCHED = 0x01
_CLASSIC = struct.Struct("=IB3x8s")


def packed(arbitration_id: int, is_extended_id: bool, data: bytes) -> bytes:
    """A classic data frame for sending."""
    extended = int(_EXTENDED_BIT) if is_extended_id else 0
    return _CLASSIC.pack(arbitration_id | extended, len(data), data)


class FrameReader:
    """Turns datagrams into frames of one channel."""

    def __init__(self, channel: str) -> None:
        self._channel = channel
        self._dropped = 0

    def read(self, datagrams: Datagrams, now_s: float) -> Received:
        """Data frames as columns; error frames are judged, remote frames left out.

        `now_s` (seconds since 1970) stands in where the kernel gave no time of arrival.
        """
        word = datagrams.data[:, :_LENGTH_AT].copy().view(np.uint32)[:, 0]
        has_size = (datagrams.length == CLASSIC_SIZE) | (datagrams.length == FD_SIZE)
        is_error = has_size & ((word & _ERROR_BIT) != 0)
        is_data = has_size & ((word & (_ERROR_BIT | _REMOTE_BIT)) == 0)
        frames = self._columns(datagrams, word, is_data)
        frames.timestamp_s[np.isnan(frames.timestamp_s)] = now_s
        lost = self._newly_dropped(datagrams.dropped) + int(np.count_nonzero(~has_size))
        errors = int(np.count_nonzero(is_error))
        if not errors:
            return Received(frames, lost=lost)
        controller: Controller | None = None
        classes = 0
        for row in np.flatnonzero(is_error).tolist():
            classes = int(word[row] & _EXTENDED_MASK)
            data = datagrams.data[row, _DATA_AT : _DATA_AT + CLASSIC_BYTES].tobytes()
            controller = linux_errors.controller_state(classes, data) or controller
            lost += linux_errors.is_overflow(classes, data)
        return Received(frames, errors, lost, controller, linux_errors.words(classes))

    def _columns(
        self, datagrams: Datagrams, word: NDArray[np.uint32], is_data: NDArray[np.bool_]
    ) -> FrameBatch:
        if not is_data.all():
            word = word[is_data]
        data = datagrams.data[is_data]
        is_fd = datagrams.length[is_data] == FD_SIZE
        width = FD_BYTES if is_fd.any() else CLASSIC_BYTES
        is_extended = (word & _EXTENDED_BIT) != 0
        is_switched = is_fd & ((data[:, _FLAGS_AT] & _FLAG_SWITCHED) != 0)
        length = np.minimum(data[:, _LENGTH_AT], np.where(is_fd, FD_BYTES, CLASSIC_BYTES))
        payload = data[:, _DATA_AT : _DATA_AT + width].copy()
        payload[np.arange(width) >= length[:, None]] = 0
        return FrameBatch(
            datagrams.at_s[is_data],
            word & np.where(is_extended, _EXTENDED_MASK, _STANDARD_MASK),
            (is_extended * IS_EXTENDED + is_fd * IS_FD + is_switched * IS_BITRATE_SWITCHED).astype(
                np.uint8
            ),
            length.astype(np.uint8),
            payload,
            np.zeros(len(word), np.int16),
            (self._channel,),
        )

    def _newly_dropped(self, dropped: int | None) -> int:
        if dropped is None:
            return 0
        # the kernel's counter runs round at 32 bits
        newly = (dropped - self._dropped) & 0xFFFF_FFFF
        self._dropped = dropped
        return newly
