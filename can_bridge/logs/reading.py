"""The only place that knows log formats: GVRET CSV by itself, the rest through python-can."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import can

from can_bridge.errors import UnreadableLog
from can_bridge.frames import Frame

KNOWN_SUFFIXES = (".asc", ".blf", ".csv", ".db", ".gz", ".log", ".mf4", ".trc")
_GVRET_HEADER = re.compile(r"^\s*time stamp\s*,\s*id\s*,\s*extended\s*,", re.IGNORECASE)
_ASC_CHANNEL = re.compile(r"^\s*\d+\.\d+\s+(?:CANFD\s+)?(\d+)\s", re.MULTILINE)


@dataclass
class CanLog:
    """A log that can be read once, frame by frame, in file order.

    Timestamps of real logs are neither positive nor monotonic; they are handed on as they are.
    Remote and error frames are counted, not returned.
    """

    path: Path
    unparsable_lines: int = 0
    remote_or_error_frames: int = 0
    bad_line_numbers: list[int] = field(default_factory=list)

    def __iter__(self) -> Iterator[Frame]:
        if _is_gvret(self.path):
            return self._gvret()
        return self._by_python_can()

    def _gvret(self) -> Iterator[Frame]:
        with self.path.open(encoding="utf-8", errors="replace") as lines:
            columns = [name.strip().lower() for name in next(lines).split(",")]
            try:
                layout = _GvretLayout(columns.index("bus"), columns.index("len"))
            except ValueError as missing:
                raise UnreadableLog(self.path, f"GVRET header without column {missing}") from None
            for number, line in enumerate(lines, start=2):
                if not line.strip():
                    continue
                frame = _gvret_frame(line, layout)
                if frame is None:
                    self._note_bad_line(number)
                else:
                    yield frame

    def _note_bad_line(self, number: int) -> None:
        self.unparsable_lines += 1
        if len(self.bad_line_numbers) < 20:  # noqa: PLR2004 -- enough to find the pattern
            self.bad_line_numbers.append(number)

    def _by_python_can(self) -> Iterator[Frame]:
        shift = 1 if _asc_counts_from_zero(self.path) else 0
        try:
            with can.LogReader(self.path) as reader:
                for message in reader:
                    if message.is_error_frame or message.is_remote_frame:
                        self.remote_or_error_frames += 1
                        continue
                    yield _frame(message, shift)
        except (OSError, ValueError, NotImplementedError, LookupError, can.CanError) as refused:
            raise UnreadableLog(self.path, str(refused) or type(refused).__name__) from refused


class _GvretLayout(NamedTuple):
    bus: int
    length: int


def open_log(path: Path) -> CanLog:
    """A log of any known format.

    GVRET CSV is recognised by its header; python-can chooses all others by their suffix
    (asc, blf, csv, db, log, mf4, trc; also with .gz).

    Raises:
        UnreadableLog: no such file; format errors are raised while reading.
    """
    if not path.is_file():
        raise UnreadableLog(path, "no such file")
    if path.suffix.lower() not in KNOWN_SUFFIXES:
        raise UnreadableLog(path, f"suffix {path.suffix!r}, known: {' '.join(KNOWN_SUFFIXES)}")
    return CanLog(path)


def is_channel(channel: int | str, wanted: str) -> bool:
    """Whether a frame's channel is the one asked for: `0`, `vcan0` and 0 are all channel 0."""
    text = str(channel)
    if text == wanted:
        return True
    digits = re.search(r"(\d+)$", text)
    return digits is not None and not text.startswith("-") and digits[1] == wanted


def _is_gvret(path: Path) -> bool:
    with path.open("rb") as start:
        return _GVRET_HEADER.match(start.readline(200).decode("latin-1")) is not None


def _gvret_frame(line: str, layout: _GvretLayout) -> Frame | None:
    cells = line.split(",")
    try:
        length = int(cells[layout.length])
        first = layout.length + 1
        payload = [int(cell, 16) for cell in cells[first : first + length]]
        if len(payload) != length:
            return None
        return Frame(
            int(cells[0]) / 1_000_000,
            int(cells[layout.bus]),
            int(cells[1], 16),
            cells[2].strip().lower() == "true",
            bytes(payload),
        )
    except (ValueError, IndexError):
        return None


def _asc_counts_from_zero(path: Path) -> bool:
    """Vector counts channels from 1, python-can takes 1 off: a file from 0 would begin at -1."""
    if path.suffix.lower() != ".asc":
        return False
    text = path.read_text(encoding="utf-8", errors="replace")
    return any(found[1] == "0" for found in _ASC_CHANNEL.finditer(text))


def _frame(message: can.Message, shift: int) -> Frame:
    channel = message.channel
    if isinstance(channel, int):
        channel += shift
    return Frame(
        message.timestamp,
        channel if isinstance(channel, int | str) else 0,
        message.arbitration_id,
        message.is_extended_id,
        bytes(message.data),
    )
