"""Lines of serial-line CAN adapters (LAWICEL protocol and its later additions) as frames (pure).

A frame is `t` + 3 digits of id + length + data + CR; `T` has 8 digits of id, `r` and `R` request
remotely, `d`/`D` are CAN FD, `b`/`B` CAN FD with the faster data phase. Two bytes of milliseconds
follow when the adapter stamps. `F` answers with status flags, BEL refuses, `s` and `e` are what
newer adapters say of errors by themselves.
"""

from binascii import Error as NotHex
from binascii import unhexlify
from collections.abc import Sequence

import numpy as np

from can_bridge.buses.adapter import NOTHING, Controller, Received
from can_bridge.buses.columns import batch_of
from can_bridge.frames import IS_BITRATE_SWITCHED, IS_EXTENDED, IS_FD, FrameBatch

CR, BEL = b"\r", b"\a"
LONGEST_LINE = 160
"""`B`, 8 digits, length, 64 bytes and a stamp are 142 characters; more is no such adapter."""
_STAMP_DIGITS = 4
_STAMP_MODULUS_MS = 60_000
_FD_BYTES = (*range(9), 12, 16, 20, 24, 32, 48, 64)
_LARGEST_ID = {0: 0x7FF, int(IS_EXTENDED): 0x1FFF_FFFF}

_Kind = tuple[bytes, int, int, dict[bytes, int]]
"""Zeros before the id, where the id ends, flags, and the line's length by its length digit."""


def _kind(id_digits: int, flags: int, sizes: Sequence[int]) -> _Kind:
    start = 1 + id_digits
    lengths = {b"%X" % code: start + 1 + 2 * size for code, size in enumerate(sizes)}
    lengths |= {digit.lower(): length for digit, length in lengths.items()}
    return b"0" * (8 - id_digits), start, flags, lengths


_EXTENDED, _FD = int(IS_EXTENDED), int(IS_FD)
_FAST = _FD | int(IS_BITRATE_SWITCHED)
_KINDS: dict[bytes, _Kind] = {
    b"t": _kind(3, 0, range(9)),
    b"T": _kind(8, _EXTENDED, range(9)),
    b"d": _kind(3, _FD, _FD_BYTES),
    b"D": _kind(8, _FD | _EXTENDED, _FD_BYTES),
    b"b": _kind(3, _FAST, _FD_BYTES),
    b"B": _kind(8, _FAST | _EXTENDED, _FD_BYTES),
}
_WITHOUT_NEWS = frozenset({b"", b"z", b"Z"})
"""Answers to commands: done, sent."""
_REMOTE, _INFORMATION = b"rR", b"VvN"
_STATES = {b"sa": Controller.ACTIVE, b"sp": Controller.PASSIVE, b"sb": Controller.OFF}
_FLAG_LOST, _FLAG_PASSIVE, _FLAG_BUS_ERROR = 0x01 | 0x08, 0x20, 0x80


class LineReader:
    """Turns what was read, in whatever pieces, into frames of one channel."""

    def __init__(self, channel: str) -> None:
        self._channel = channel
        self._rest = b""
        self.refusals = 0
        """How often the adapter refused a command (BEL)."""

    @property
    def is_amid_a_line(self) -> bool:
        """Whether a line has begun whose end has not come."""
        return bool(self._rest)

    def feed(self, piece: bytes, at_s: float) -> Received:
        """The frames of a piece that came at `at_s` (seconds since 1970)."""
        if BEL in piece:
            self.refusals += piece.count(BEL)
            piece = piece.replace(BEL, b"")
        lines = (self._rest + piece).split(CR)
        self._rest = lines.pop()
        lost = 0
        if len(self._rest) > LONGEST_LINE:
            self._rest, lost = b"", 1
        rows = _Rows(lines)
        try:
            frames = rows.columns(self._channel, at_s)
        except NotHex:
            rows = _Rows([line for line in lines if _is_hex(line)])
            lost += len(lines) - len(rows.lines)
            frames = rows.columns(self._channel, at_s)
        lost += rows.rejected
        if not rows.others and not lost:
            return Received(frames) if len(frames) else NOTHING
        return _with_others(frames, rows.others, lost)


class _Rows:
    """The lines of frames, taken apart; `others` are the lines that are none."""

    def __init__(self, lines: list[bytes]) -> None:
        self.lines = lines
        self.others: list[bytes] = []
        self.rejected = 0
        self._ids: list[bytes] = []
        self._flags: list[int] = []
        self._payloads: list[bytes] = []
        self._stamps: list[bytes] = []
        ids, flags = self._ids.append, self._flags.append
        payloads, stamps, kinds = self._payloads.append, self._stamps.append, _KINDS
        for line in lines:
            kind = kinds.get(line[:1])
            if kind is None:
                self.others.append(line)
                continue
            zeros, start, flag, lengths = kind
            end = lengths.get(line[start : start + 1], -LONGEST_LINE)
            if len(line) not in (end, end + _STAMP_DIGITS):
                self.others.append(line)
                continue
            ids(zeros + line[1:start])
            flags(flag)
            payloads(line[start + 1 : end])
            stamps(line[end:])

    def columns(self, channel: str, at_s: float) -> FrameBatch:
        """The frames; those with an impossible id are `rejected`.

        Raises:
            binascii.Error: a line holds something else than hexadecimal digits.
        """
        if not self._ids:
            return NOTHING.frames
        ids = np.frombuffer(unhexlify(b"".join(self._ids)), ">u4").astype(np.uint32)
        flags = np.array(self._flags, np.uint8)
        frames = batch_of(
            channel, self._moments(at_s), ids, flags, [unhexlify(text) for text in self._payloads]
        )
        limit = np.where(flags & IS_EXTENDED, *(_LARGEST_ID[key] for key in (_EXTENDED, 0)))
        is_possible = ids <= limit
        if is_possible.all():
            return frames
        self.rejected = int(np.count_nonzero(~is_possible))
        return frames.where(is_possible)

    def _moments(self, at_s: float) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
        """The adapter's milliseconds run round every minute: the last frame came just now."""
        moments = np.full(len(self._stamps), at_s)
        if any(self._stamps):
            stamps = [int(stamp, 16) if stamp else None for stamp in self._stamps]
            last = next(stamp for stamp in reversed(stamps) if stamp is not None)
            ages = [0 if stamp is None else (last - stamp) % _STAMP_MODULUS_MS for stamp in stamps]
            moments -= np.array(ages, np.float64) / 1000
        return moments


def _is_hex(line: bytes) -> bool:
    if line[:1] not in _KINDS:
        return True
    try:
        unhexlify(line[1:].rjust(len(line) + len(line) % 2, b"0"))
    except NotHex:
        return False
    return True


def _with_others(frames: FrameBatch, others: list[bytes], lost: int) -> Received:
    errors = 0
    controller: Controller | None = None
    detail = ""
    for line in others:
        word = line[:1]
        if line in _WITHOUT_NEWS or word in _REMOTE or word in _INFORMATION:
            continue
        if line[:2] in _STATES:
            controller = _STATES[line[:2]]
        elif word == b"e":
            errors += 1
            lost += line.count(b"o")
        elif (flags := _status_flags(line)) is not None:
            errors += bool(flags & _FLAG_BUS_ERROR)
            lost += bool(flags & _FLAG_LOST)
            controller = Controller.PASSIVE if flags & _FLAG_PASSIVE else controller
        else:
            lost += 1
            detail = f"unreadable line {line[:40]!r}"
    return Received(frames, errors, lost, controller, detail)


def _status_flags(line: bytes) -> int | None:
    try:
        return int(line[1:3], 16) if line[:1] == b"F" and len(line) == len(b"F00") else None
    except ValueError:
        return None
