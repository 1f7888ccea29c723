"""Which format a log has, by what it holds: suffixes are shared by several and often wrong."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from can_bridge.errors import UnreadableLog
from can_bridge.frames import FrameBatch
from can_bridge.logs.asc import Asc
from can_bridge.logs.blf import MAGIC as BLF_MAGIC
from can_bridge.logs.blf import BlfBatches
from can_bridge.logs.busmaster import BusMaster
from can_bridge.logs.candump import Candump
from can_bridge.logs.chunks import GZIP_MAGIC, line_chunks, open_bytes, start_of
from can_bridge.logs.crtd import Crtd
from can_bridge.logs.generic_csv import GenericCsv
from can_bridge.logs.gvret import Gvret
from can_bridge.logs.lines import LineCounts, TextBatches, TextFormat
from can_bridge.logs.mf4 import MAGICS as MF4_MAGICS
from can_bridge.logs.mf4_process import Mf4Batches
from can_bridge.logs.microchip import Microchip
from can_bridge.logs.python_can_csv import PythonCanCsv
from can_bridge.logs.through_python_can import SQLITE_MAGIC, SqliteBatches
from can_bridge.logs.trc import Trc

HEAD_BYTES = 1 << 16
TEXT_FORMATS = (Gvret, PythonCanCsv, BusMaster, Microchip, Trc, Asc, Crtd, Candump, GenericCsv)
"""In this order: those with unmistakable headers first."""
KNOWN_FORMATS = (*(each.name for each in TEXT_FORMATS), "blf", "mf4", "db")
_ASC_CHANNEL_ZERO = re.compile(rb"\n[ \t]*-?[0-9.]+[ \t]+(?:[Cc][Aa][Nn][Ff][Dd][ \t]+)?0[ \t]")
"""A fixed first character and no flags: four times as fast as the beginning of a line."""


class Batches(Protocol):
    """A log that can be read once, in batches, and is closed then; the counts are complete then."""

    counts: LineCounts

    def __iter__(self) -> Iterator[FrameBatch]:
        """All frames, error and remote frames too."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """A format found, and how to read the file from its beginning."""

    name: str
    is_compressed: bool
    open: Callable[[], Batches]


def recognise(path: Path) -> Recognised:
    """What a file is.

    Raises:
        UnreadableLog: no such file, empty, cut off compression, or no known format.
    """
    with _opened(path) as plain:
        is_compressed = plain.read(2) == GZIP_MAGIC
    with open_bytes(path) as stream:
        head = start_of(stream, path, HEAD_BYTES)
    if not head.strip():
        raise UnreadableLog(path, "empty file")
    if not is_compressed and (known := _binary(path, head)) is not None:
        return known
    if head.startswith(BLF_MAGIC):
        return Recognised("blf", is_compressed, lambda: BlfBatches(open_bytes(path), path))
    text_format = recognise_text(path, head, lambda: open_bytes(path))
    name = text_format().name
    return Recognised(
        name, is_compressed, lambda: TextBatches(open_bytes(path), path, text_format())
    )


def recognise_text(
    path: Path, head: bytes, reopened: Callable[[], BinaryIO]
) -> Callable[[], TextFormat]:
    """What makes the reader of a text log that begins with `head`; each reads one log once.

    Raises:
        UnreadableLog: none of the known formats.
    """
    lines = head.decode("utf-8", errors="replace").splitlines()
    for each in TEXT_FORMATS:
        try:
            found = each.recognise(lines)
        except ValueError as incomplete:
            raise UnreadableLog(path, str(incomplete)) from incomplete
        if isinstance(found, Asc):
            from_zero = _counts_from_zero(reopened(), path)
            return lambda: _certain(Asc.recognise(lines, counts_from_zero=from_zero))
        if found is not None:
            maker: Callable[[list[str]], TextFormat | None] = each.recognise
            return lambda: _certain(maker(lines))
    known = ", ".join(KNOWN_FORMATS)
    raise UnreadableLog(path, f"line 1: no known format ({known}); begins with {_shown(head)}")


def _shown(head: bytes) -> str:
    """The beginning of a file for a sentence: its first line as text, else its bytes in hex."""
    first = head.lstrip().split(b"\n", 1)[0].decode("utf-8", errors="replace").strip()[:40]
    is_text = first.isprintable() and "\ufffd" not in first
    return f'"{first}"' if is_text else f"the bytes {head[:8].hex(' ')}"


def _certain(found: TextFormat | None) -> TextFormat:
    assert found is not None  # noqa: S101 -- the same head was recognised before
    return found


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as refused:
        reason = "no such file" if isinstance(refused, FileNotFoundError) else refused.strerror
        raise UnreadableLog(path, reason or str(refused)) from refused


def _binary(path: Path, head: bytes) -> Recognised | None:
    if head.startswith(MF4_MAGICS):
        return Recognised("mf4", False, lambda: Mf4Batches(path))
    if head.startswith(SQLITE_MAGIC):
        return Recognised("db", False, lambda: SqliteBatches(path))
    return None


def _counts_from_zero(stream: BinaryIO, path: Path) -> bool:
    """Whether any frame of an ASC is on channel 0: Vector's own files count from 1."""
    with stream:
        chunks = line_chunks(stream, path)
        return any(_ASC_CHANNEL_ZERO.search(b"\n" + chunk) for _, chunk in chunks)
