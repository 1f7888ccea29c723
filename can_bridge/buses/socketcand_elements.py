"""Elements of the socketcand protocol (`< frame 123 1700000000.000001 1122 >`) as frames (pure)."""

from binascii import Error as NotHex
from binascii import unhexlify

import numpy as np

from can_bridge.buses import linux_errors
from can_bridge.buses.adapter import NOTHING, Controller, Received
from can_bridge.buses.columns import batch_of
from can_bridge.frames import (
    CLASSIC_BYTES,
    FD_BYTES,
    IS_BITRATE_SWITCHED,
    IS_EXTENDED,
    IS_FD,
    FrameBatch,
)

LONGEST_ELEMENT = 300
"""A CAN FD frame with spaces between its bytes has 230 characters."""
_STANDARD_DIGITS = 3
_LARGEST_ID = 0x1FFF_FFFF
_END_OF_TIME_S = 2.0**33
"""The year 2242: also refuses what is no number."""
_EXTENDED, _FD, _SWITCHED = int(IS_EXTENDED), int(IS_FD), int(IS_BITRATE_SWITCHED)
_SWITCHED_FLAG = 0x01
_ID, _TIME, _DATA, _FD_FLAGS, _FD_TIME, _FD_DATA = 2, 3, 4, 3, 4, 5
_WITHOUT_NEWS = frozenset({b"rtr", b"ok", b"hi", b"echo", b"stat"})


class ElementReader:
    """Turns what was read, in whatever pieces, into frames of one channel."""

    def __init__(self, channel: str) -> None:
        self._channel = channel
        self._rest = b""

    @property
    def is_amid_a_frame(self) -> bool:
        """Whether a frame has begun whose end has not come."""
        return self._rest.lstrip().startswith(b"< f")

    def feed(self, piece: bytes) -> Received:
        """The frames of a piece; their times are those of the server."""
        elements = (self._rest + piece).split(b">")
        self._rest = elements.pop()
        lost = 0
        if len(self._rest) > LONGEST_ELEMENT:
            self._rest, lost = b"", 1
        rows = _Rows(elements)
        lost += rows.unreadable
        if not rows.others and not lost:
            return Received(rows.columns(self._channel)) if rows.ids else NOTHING
        return self._with_others(rows, lost)

    def _with_others(self, rows: "_Rows", lost: int) -> Received:
        errors, detail = 0, ""
        controller: Controller | None = None
        for words in rows.others:
            if words[1:2] == [b"error"]:
                errors += 1
                classes = _hex_number(words[2]) if len(words) > _ID else None
                if classes is None:
                    detail = b" ".join(words).decode("ascii", "replace")
                    continue
                controller = linux_errors.controller_state(classes, b"") or controller
                detail = linux_errors.words(classes)
            elif not words[1:] or words[1] not in _WITHOUT_NEWS:
                lost += 1
                detail = f"unreadable {b' '.join(words)[:40]!r}"
        return Received(rows.columns(self._channel), errors, lost, controller, detail)


class _Rows:
    """Elements taken apart; `others` are those that are no frames, as words."""

    def __init__(self, elements: list[bytes]) -> None:
        self.ids: list[int] = []
        self.others: list[list[bytes]] = []
        self.unreadable = 0
        self._times: list[float] = []
        self._flags: list[int] = []
        self._payloads: list[bytes] = []
        for element in elements:
            words = element.split()
            kind = words[1] if len(words) > 1 else b""
            try:
                if kind == b"frame":
                    self._take(words[_ID], 0, words[_TIME], words[_DATA:])
                elif kind == b"fdframe":
                    flags = _FD | (_SWITCHED if int(words[_FD_FLAGS], 16) & _SWITCHED_FLAG else 0)
                    self._take(words[_ID], flags, words[_FD_TIME], words[_FD_DATA:])
                else:
                    self.others.append(words)
            except (ValueError, IndexError, NotHex):
                self.unreadable += 1

    def _take(self, digits: bytes, flags: int, moment: bytes, data: list[bytes]) -> None:
        number = int(digits, 16)
        payload = unhexlify(data[0] if len(data) == 1 else b"".join(data))
        at_s = float(moment)
        longest = FD_BYTES if flags else CLASSIC_BYTES
        if number > _LARGEST_ID or len(payload) > longest or not 0 <= at_s < _END_OF_TIME_S:
            raise ValueError(digits)
        self.ids.append(number)
        self._times.append(at_s)
        self._flags.append(flags | (_EXTENDED if len(digits) > _STANDARD_DIGITS else 0))
        self._payloads.append(payload)

    def columns(self, channel: str) -> FrameBatch:
        """The frames."""
        if not self.ids:
            return NOTHING.frames
        return batch_of(
            channel,
            np.array(self._times, np.float64),
            np.array(self.ids, np.uint32),
            np.array(self._flags, np.uint8),
            self._payloads,
        )


def _hex_number(word: bytes) -> int | None:
    try:
        return int(word, 16)
    except ValueError:
        return None
