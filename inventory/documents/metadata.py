"""Photos without what a camera says beside the picture: place, device, owner, moment (pure).

Nothing is decoded or compressed anew: parts that are no picture are left out, so the picture stays
as it is, and a hostile file meets no decoder. What is kept is what a picture looks wrong without:
its colours, and that it lies on its side.
"""

import re
import struct
from collections.abc import Iterator

from inventory.documents.rules import MediaType

_JPEG_NEXT = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
"""A marker inside or behind compressed data, where FF 00 is data and FF D0 to FF D7 restart it."""
_STANDALONE = frozenset({0x01, *range(0xD0, 0xD9)})
_SOS, _EOI, _COM = 0xDA, 0xD9, 0xFE
_ORIENTATION, _SHORT, _UPRIGHT, _MOST_TURNED = 0x0112, 3, 1, 8
_PNG_HEAD = 8
_PNG_KEPT = frozenset(
    {b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"cICP", b"pHYs", b"bKGD", b"hIST"}
)
_WEBP_DROPPED = frozenset({b"EXIF", b"XMP "})
_WEBP_SAYS_METADATA = 0x0C
"""The two bits of a VP8X chunk that announce the dropped ones."""


class NoPicture(Exception):
    """The file begins as a picture and does not go on as one."""


def without_metadata(content: bytes, kind: MediaType) -> bytes:
    """The same picture and nothing beside it.

    Raises:
        NoPicture: its parts don't follow one another as they must.
    """
    strip = {MediaType.JPEG: _jpeg, MediaType.PNG: _png, MediaType.WEBP: _webp}[kind]
    try:
        return b"".join(strip(content))
    except (struct.error, IndexError) as broken:
        raise NoPicture(str(broken)) from broken


def _jpeg(content: bytes) -> Iterator[bytes]:
    yield content[:2]
    place = 2
    # cut off at its end, as cameras leave it when they run out of power, it is still a picture
    while place < len(content):
        start, marker = _jpeg_marker(content, place)
        if marker == _EOI:
            # behind it phones put more pictures, which have places of their own
            yield content[start : start + 2]
            return
        if marker in _STANDALONE:
            yield content[start : start + 2]
            place = start + 2
            continue
        place = _jpeg_end(content, start, marker)
        part = content[start:place]
        if _is_picture(marker, part[4:]):
            yield part
        elif part[4:10] == b"Exif\0\0":
            yield _turned(part[10:])


def _jpeg_end(content: bytes, start: int, marker: int) -> int:
    (length,) = struct.unpack_from(">H", content, start + 2)
    end = start + 2 + int(length)
    if length < 2 or end > len(content):  # noqa: PLR2004 - the length counts itself
        raise NoPicture("a part longer than the file")
    if marker != _SOS:
        return end
    found = _JPEG_NEXT.search(content, end)
    return len(content) if found is None else found.start()


def _jpeg_marker(content: bytes, place: int) -> tuple[int, int]:
    if content[place] != 0xFF:  # noqa: PLR2004 - what each marker begins with
        raise NoPicture("no marker where one must be")
    while content[place + 1] == 0xFF:  # noqa: PLR2004
        place += 1
    return place, content[place + 1]


def _is_picture(marker: int, data: bytes) -> bool:
    if marker == _COM:
        return False
    if not 0xE0 <= marker <= 0xEF:  # noqa: PLR2004 - the applications' own parts
        return True
    return data.startswith((b"JFIF\0", b"ICC_PROFILE\0", b"Adobe"))


def _turned(tiff: bytes) -> bytes:
    """A part that says nothing but how the picture lies; empty where it lies as it is stored."""
    value = _orientation(tiff)
    if value == _UPRIGHT:
        return b""
    entry = struct.pack(">HHIHH", _ORIENTATION, _SHORT, 1, value, 0)
    data = b"Exif\0\0" + struct.pack(">2sHIH", b"MM", 42, 8, 1) + entry + bytes(4)
    return b"\xff\xe1" + struct.pack(">H", len(data) + 2) + data


def _orientation(tiff: bytes) -> int:
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return _UPRIGHT
    try:
        (first,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, first)
        for n in range(count):
            tag, kind, _, value = struct.unpack_from(f"{order}HHIH", tiff, first + 2 + 12 * n)
            if (tag, kind) == (_ORIENTATION, _SHORT) and _UPRIGHT < value <= _MOST_TURNED:
                return int(value)
    except struct.error:
        # told wrongly is not told
        return _UPRIGHT
    return _UPRIGHT


def _png(content: bytes) -> Iterator[bytes]:
    yield content[:_PNG_HEAD]
    place = _PNG_HEAD
    while True:
        length, name = struct.unpack_from(">I4s", content, place)
        end = place + 12 + length
        if end > len(content):
            raise NoPicture("a part longer than the file")
        is_needed = name[:1].isupper() or name in _PNG_KEPT
        if is_needed:
            yield content[place:end]
        if name == b"IEND":
            return
        place = end


def _webp(content: bytes) -> Iterator[bytes]:
    kept = b"".join(_webp_parts(content))
    yield b"RIFF" + struct.pack("<I", len(kept) + 4) + b"WEBP" + kept


def _webp_parts(content: bytes) -> Iterator[bytes]:
    (size,) = struct.unpack_from("<I", content, 4)
    place, last = 12, min(len(content), size + 8)
    while place < last:
        name, length = struct.unpack_from("<4sI", content, place)
        end = place + 8 + length + length % 2
        if place + 8 + length > len(content):
            raise NoPicture("a part longer than the file")
        part = content[place:end]
        if name == b"VP8X":
            part = part[:8] + bytes([part[8] & ~_WEBP_SAYS_METADATA]) + part[9:]
        if name not in _WEBP_DROPPED:
            yield part
        place = end
