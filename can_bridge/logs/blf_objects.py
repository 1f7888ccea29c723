"""The objects of a BLF that are frames, as the layouts Vector's tools and python-can share."""

import struct

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
from can_bridge.logs.tokens import At, Flags, Whole

OBJECT_HEADER = struct.Struct("<4sHHLL")
CAN_MESSAGE, CAN_ERROR, CAN_ERROR_EXT, CAN_MESSAGE2 = 1, 2, 73, 86
CAN_FD_MESSAGE, CAN_FD_MESSAGE_64, CAN_FD_ERROR_64 = 100, 101, 104

OBJECT = np.dtype(
    [
        ("magic", "S4"),
        ("header_size", "<u2"),
        ("header_version", "<u2"),
        ("size", "<u4"),
        ("kind", "<u4"),
        ("time_unit", "<u4"),
        ("client", "<u2"),
        ("version", "<u2"),
        ("time", "<u8"),
    ]
)
CLASSIC = np.dtype(
    [("channel", "<u2"), ("flags", "u1"), ("dlc", "u1"), ("id", "<u4"), ("data", "u1", 8)]
)
FD = np.dtype(
    [
        ("channel", "<u2"),
        ("flags", "u1"),
        ("dlc", "u1"),
        ("id", "<u4"),
        ("frame_length", "<u4"),
        ("bits", "u1"),
        ("fd_flags", "u1"),
        ("valid_bytes", "u1"),
        ("reserved", "u1", 5),
        ("data", "u1", 64),
    ]
)
_FD_64 = np.dtype(
    {
        "names": ["channel", "dlc", "valid_bytes", "id", "flags", "direction", "data_ends"],
        "formats": ["u1", "u1", "u1", "<u4", "<u4", "u1", "u1"],
        "offsets": [0, 1, 2, 4, 12, 34, 35],
        "itemsize": 40,
    }
)
_CHANNEL = np.dtype([("channel", "<u2")])
IN_TEN_MICROSECONDS, IN_NANOSECONDS = 1, 2
EXTENDED_ID = 0x8000_0000
SENT, REMOTE = 0x01, 0x80
FD_EDL, FD_BRS, FD_ESI = 0x1, 0x2, 0x4
_64_REMOTE, _64_EDL, _64_BRS, _64_ESI = 0x0010, 0x1000, 0x2000, 0x4000


class _Piece:
    """Unpacked objects as bytes that can be looked at in many places at once."""

    def __init__(self, piece: bytes, places: At, start_s: float) -> None:
        # room behind the last object, so that no look leaves the buffer
        self.buffer = np.frombuffer(piece + bytes(FD.itemsize + OBJECT.itemsize), np.uint8)
        self.header = self.view(places, OBJECT)
        self.body = places + self.header["header_size"].astype(np.intp)
        self.body_size = np.maximum(
            self.header["size"].astype(np.int64) - self.header["header_size"], 0
        )
        self.body[self.body_size == 0] = 0
        unit = np.where(self.header["time_unit"] == IN_TEN_MICROSECONDS, 1e5, 1e9)
        self.timestamp_s = self.header["time"].astype(np.int64) / unit + start_s

    def view(self, places: At, layout: np.dtype[np.void]) -> NDArray[np.void]:
        """The same record at several places."""
        taken = self.buffer[places[:, None] + np.arange(layout.itemsize)]
        return np.ascontiguousarray(taken).view(layout)[:, 0]


def find_frames(
    piece: bytes,
    places: At,
    kinds: Whole,
    rows: Rows,
    channels: ChannelNames,
    start_s: float,
) -> Flags:
    """Put the objects that are frames; returns which objects should have been."""
    is_known = np.zeros(len(places), bool)
    if not len(places):
        return is_known
    unpacked = _Piece(piece, places, start_s)
    for kind, read in (
        ((CAN_MESSAGE, CAN_MESSAGE2), _classic),
        ((CAN_FD_MESSAGE,), _fd),
        ((CAN_FD_MESSAGE_64,), _fd_64),
        ((CAN_ERROR, CAN_ERROR_EXT, CAN_FD_ERROR_64), _error),
    ):
        is_kind = np.isin(kinds, kind)
        is_known |= is_kind
        chosen = np.flatnonzero(is_kind)
        if len(chosen):
            rows.put(chosen, read(unpacked, chosen, channels))
    return is_known


def _classic(piece: _Piece, chosen: At, channels: ChannelNames) -> Found:
    record = piece.view(piece.body[chosen], CLASSIC)
    is_remote = (record["flags"] & REMOTE) != 0
    length = np.minimum(record["dlc"], 8).astype(np.int64)
    flags = _id_bits(record["id"]) | np.where(is_remote, IS_REMOTE, np.uint8(0))
    flags |= np.where((record["flags"] & SENT) != 0, IS_SENT, np.uint8(0))
    data = _trimmed(record["data"], np.where(is_remote, 0, length))
    is_frame = piece.body_size[chosen] >= CLASSIC.itemsize
    return _found(piece, chosen, channels, record, (is_frame, flags.astype(np.uint8), length, data))


def _fd(piece: _Piece, chosen: At, channels: ChannelNames) -> Found:
    record = piece.view(piece.body[chosen], FD)
    is_remote = (record["flags"] & REMOTE) != 0
    length = record["valid_bytes"].astype(np.int64)
    flags = _id_bits(record["id"]) | np.where(is_remote, IS_REMOTE, np.uint8(0))
    flags |= np.where((record["flags"] & SENT) != 0, IS_SENT, np.uint8(0))
    for bit, meaning in (
        (FD_EDL, IS_FD),
        (FD_BRS, IS_BITRATE_SWITCHED),
        (FD_ESI, IS_SENDER_PASSIVE),
    ):
        flags |= np.where((record["fd_flags"] & bit) != 0, meaning, np.uint8(0))
    data = _trimmed(record["data"], np.where(is_remote, 0, length))
    # Vector's tools may leave out what lies behind the payload
    is_frame = piece.body_size[chosen] >= 20 + length
    return _found(piece, chosen, channels, record, (is_frame, flags.astype(np.uint8), length, data))


def _fd_64(piece: _Piece, chosen: At, channels: ChannelNames) -> Found:
    body = piece.body[chosen]
    record = piece.view(body, _FD_64)
    length = record["valid_bytes"].astype(np.int64)
    # valid_bytes can be more than there is: the rest is zero
    ends = np.where(
        record["data_ends"] != 0,
        record["data_ends"].astype(np.int64) - piece.header["header_size"][chosen],
        piece.body_size[chosen],
    )
    there = np.clip(np.minimum(length, ends - _FD_64.itemsize), 0, 64)
    at = np.minimum(body[:, None] + _FD_64.itemsize + np.arange(64), len(piece.buffer) - 1)
    flags = _id_bits(record["id"]) | np.where(record["direction"] != 0, IS_SENT, np.uint8(0))
    for bit, meaning in (
        (_64_REMOTE, IS_REMOTE),
        (_64_EDL, IS_FD),
        (_64_BRS, IS_BITRATE_SWITCHED),
        (_64_ESI, IS_SENDER_PASSIVE),
    ):
        flags |= np.where((record["flags"] & bit) != 0, meaning, np.uint8(0))
    is_frame = piece.body_size[chosen] >= _FD_64.itemsize
    data = _trimmed(piece.buffer[at], there)
    return _found(piece, chosen, channels, record, (is_frame, flags.astype(np.uint8), length, data))


def _error(piece: _Piece, chosen: At, channels: ChannelNames) -> Found:
    record = piece.view(piece.body[chosen], _CHANNEL)
    number = record["channel"].astype(np.int64)
    is_narrow = piece.header["kind"][chosen] == CAN_FD_ERROR_64
    number = np.where(is_narrow, number & 0xFF, number) - 1
    nothing = np.zeros(len(chosen), np.int64)
    is_frame = piece.body_size[chosen] >= _CHANNEL.itemsize
    return Found(
        is_frame,
        piece.timestamp_s[chosen],
        channels.places(number, is_frame),
        nothing,
        np.full(len(chosen), IS_ERROR, np.uint8),
        nothing,
        np.zeros((len(chosen), 8), np.uint8),
    )


def _found(
    piece: _Piece,
    chosen: At,
    channels: ChannelNames,
    record: NDArray[np.void],
    parts: tuple[Flags, NDArray[np.uint8], Whole, NDArray[np.uint8]],
) -> Found:
    is_frame, flags, length, data = parts
    channel = channels.places(record["channel"].astype(np.int64) - 1, is_frame)
    arbitration_id = (record["id"] & np.uint32(0x1FFF_FFFF)).astype(np.int64)
    at_s = piece.timestamp_s[chosen]
    return Found(is_frame, at_s, channel, arbitration_id, flags, length, data)


def _id_bits(identifier: NDArray[np.uint32]) -> NDArray[np.uint8]:
    is_extended = (identifier & np.uint32(EXTENDED_ID)) != 0
    return np.where(is_extended, IS_EXTENDED, np.uint8(0)).astype(np.uint8)


def _trimmed(data: NDArray[np.uint8], length: Whole) -> NDArray[np.uint8]:
    return np.where(np.arange(data.shape[1]) < length[:, None], data, 0).astype(np.uint8)
