"""Many datagrams of a socket with one call to the kernel (Linux's recvmmsg)."""

import ctypes
import errno
import os
import select
import socket
import sys
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

MOST_AT_ONCE = 256
"""Chosen: half a millisecond of work; a fuller socket is read again at once."""
_CONTROL_BYTES = 64
SO_TIMESTAMP, SO_RXQ_OVFL = 29, 40
"""Of asm-generic/socket.h: kernel time of arrival, and how many datagrams found no room."""
_STAMP = np.dtype([("length", "u8"), ("level", "i4"), ("type", "i4"), ("s", "i8"), ("us", "i8")])
_DROPS = np.dtype([("length", "u8"), ("level", "i4"), ("type", "i4"), ("count", "u4"), ("", "u4")])


class _Piece(ctypes.Structure):
    _fields_ = (("base", ctypes.c_void_p), ("length", ctypes.c_size_t))


class _Header(ctypes.Structure):
    _fields_ = (
        ("name", ctypes.c_void_p),
        ("name_length", ctypes.c_uint32),
        ("pieces", ctypes.POINTER(_Piece)),
        ("piece_count", ctypes.c_size_t),
        ("control", ctypes.c_void_p),
        ("control_length", ctypes.c_size_t),
        ("flags", ctypes.c_int),
    )


class _Message(ctypes.Structure):
    _fields_ = (("header", _Header), ("length", ctypes.c_uint))


@dataclass(frozen=True, slots=True)
class Datagrams:
    """Datagrams in the order they came.

    Attributes:
        data: uint8[n, size]; bytes after `length` are of earlier datagrams.
        length: uint32[n].
        at_s: float64[n], the kernel's time of arrival in seconds since 1970; NaN where it gave
            none.
        dropped: how many the socket had to drop since it was opened; None where nothing was said.
    """

    data: NDArray[np.uint8]
    length: NDArray[np.uint32]
    at_s: NDArray[np.float64]
    dropped: int | None


class DatagramReader:
    """Reads a socket whose datagrams have at most `size` bytes."""

    def __init__(self, sock: socket.socket, size: int) -> None:
        if sys.platform != "linux":
            raise OSError(errno.ENOSYS, "recvmmsg exists on Linux only")
        self._library = ctypes.CDLL(None, use_errno=True)
        self._socket = sock
        self._data = np.zeros((MOST_AT_ONCE, size), np.uint8)
        self._control = np.zeros((MOST_AT_ONCE, _CONTROL_BYTES), np.uint8)
        self._pieces = (_Piece * MOST_AT_ONCE)()
        self._messages = (_Message * MOST_AT_ONCE)()
        for row in range(MOST_AT_ONCE):
            self._pieces[row] = _Piece(self._data[row].ctypes.data, size)
            header = self._messages[row].header
            header.pieces = ctypes.pointer(self._pieces[row])
            header.piece_count = 1
            header.control = self._control[row].ctypes.data
        words = np.frombuffer(memoryview(self._messages).cast("B"), np.uint8).reshape(
            MOST_AT_ONCE, -1
        )
        self._lengths = _column(words, _Message.length.offset, np.uint32)
        self._control_lengths = _column(words, _Header.control_length.offset, np.uint64)
        self._poll = select.poll()
        self._poll.register(sock, select.POLLIN)

    def read(self, timeout_s: float) -> Datagrams | None:
        """Wait for datagrams and take up to `MOST_AT_ONCE`; None after the time.

        Raises:
            OSError: the socket is broken, or what it is bound to is gone.
        """
        if not self._poll.poll(timeout_s * 1000):
            return None
        self._control_lengths[:] = _CONTROL_BYTES
        count = self._library.recvmmsg(
            self._socket.fileno(), self._messages, MOST_AT_ONCE, socket.MSG_DONTWAIT, None
        )
        if count < 0:
            code = ctypes.get_errno()
            if code in (errno.EAGAIN, errno.EINTR):
                return None
            raise OSError(code, os.strerror(code))
        at_s, dropped = self._ancillary(count)
        return Datagrams(self._data[:count], self._lengths[:count].copy(), at_s, dropped)

    def _ancillary(self, count: int) -> tuple[NDArray[np.float64], int | None]:
        """The kernel writes the time first; the drops follow once there are any."""
        at_s = np.full(count, np.nan)
        stamps = self._control[:count, : _STAMP.itemsize].copy().view(_STAMP)[:, 0]
        has_time = (self._control_lengths[:count] >= _STAMP.itemsize) & (
            stamps["type"] == SO_TIMESTAMP
        )
        at_s[has_time] = stamps["s"][has_time] + stamps["us"][has_time] / 1e6
        start = _STAMP.itemsize if has_time[-1] else 0
        end = start + _DROPS.itemsize
        if self._control_lengths[count - 1] < end:
            return at_s, None
        drops = self._control[count - 1, start:end].copy().view(_DROPS)[0]
        return at_s, int(drops["count"]) if drops["type"] == SO_RXQ_OVFL else None


def _column(words: NDArray[np.uint8], offset: int, kind: type[np.generic]) -> NDArray[Any]:
    """One field of every message header, as an array that is written through."""
    size = np.dtype(kind).itemsize
    return words[:, offset : offset + size].view(kind)[:, 0]
