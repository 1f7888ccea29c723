"""Text logs in pieces of whole lines, plain or gzip-compressed, in bounded memory."""

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from can_bridge.errors import UnreadableLog

CHUNK_BYTES = 1 << 21
"""Chosen: some 40,000 frames a piece; larger ones leave the processor's cache and get slower."""
LONGEST_LINE = 1 << 20
"""Chosen: no format has lines of more than a few hundred characters; longer is no text."""
GZIP_MAGIC = b"\x1f\x8b"


def open_bytes(path: Path) -> BinaryIO:
    """The content of a file, decompressed where it is gzip by content.

    Raises:
        UnreadableLog: no such file, or not readable for this user.
    """
    try:
        with path.open("rb") as start:
            is_compressed = start.read(2) == GZIP_MAGIC
        return cast("BinaryIO", gzip.open(path)) if is_compressed else path.open("rb")
    except OSError as refused:
        raise UnreadableLog(path, _plainly(refused)) from refused


def line_chunks(stream: BinaryIO, path: Path) -> Iterator[tuple[int, bytes]]:
    r"""Pieces that end in ``\n``, each with the number of its first line, counted from 1.

    Raises:
        UnreadableLog: damaged compression, or a line too long to be text; names the line.
    """
    line_number = 1
    rest = b""
    while read := _read(stream, path, line_number):
        rest += read
        cut = rest.rfind(b"\n") + 1
        if cut == 0 and len(rest) > LONGEST_LINE:
            reason = f"line {line_number}: longer than {LONGEST_LINE} bytes, not a text log"
            raise UnreadableLog(path, reason)
        if cut:
            yield line_number, rest[:cut]
            line_number += rest.count(b"\n", 0, cut)
            rest = rest[cut:]
    if rest:
        yield line_number, rest + b"\n"


def start_of(stream: BinaryIO, path: Path, size: int) -> bytes:
    """The first bytes of a log.

    Raises:
        UnreadableLog: damaged compression.
    """
    try:
        return stream.read(size)
    except (OSError, EOFError, zlib.error) as broken:
        raise UnreadableLog(path, f"line 1 or later: {_plainly(broken)}") from broken


def _read(stream: BinaryIO, path: Path, line_number: int) -> bytes:
    try:
        return stream.read(CHUNK_BYTES)
    except (OSError, EOFError, zlib.error) as broken:
        raise UnreadableLog(path, f"line {line_number} or later: {_plainly(broken)}") from broken


def _plainly(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return "no such file"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__
