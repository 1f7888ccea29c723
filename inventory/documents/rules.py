"""Which files are taken as documents and under which name they are handed out (pure)."""

import unicodedata
from enum import StrEnum
from pathlib import PurePosixPath

HEAD_BYTES = 16
"""How much of a file `media_type` needs to see."""
MAX_NAME = 120
"""Chosen: file systems take 255 bytes, and a Chinese character has three."""


class MediaType(StrEnum):
    """What a document can be; the values are those of HTTP."""

    PDF = "application/pdf"
    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"


IMAGES = frozenset({MediaType.JPEG, MediaType.PNG, MediaType.WEBP})
_ENDINGS = {
    MediaType.PDF: (".pdf",),
    MediaType.JPEG: (".jpg", ".jpeg"),
    MediaType.PNG: (".png",),
    MediaType.WEBP: (".webp",),
}
_BEGINNINGS = (
    (b"%PDF-", MediaType.PDF),
    (b"\xff\xd8\xff", MediaType.JPEG),
    (b"\x89PNG\r\n\x1a\n", MediaType.PNG),
)


def media_type(head: bytes) -> MediaType | None:
    """What a file is by its first `HEAD_BYTES`, whatever its name says; None: nothing we take."""
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return MediaType.WEBP
    return next((kind for start, kind in _BEGINNINGS if head.startswith(start)), None)


def shown_name(given: str, kind: MediaType) -> str:
    """A name that is safe to save under on any system, and whose ending tells the truth.

    Folders, control characters and characters that turn the direction of writing are dropped.
    """
    last = given.replace("\\", "/").rpartition("/")[2]
    kept = "".join(
        "_" if character in '<>:"|?*' else character
        for character in unicodedata.normalize("NFC", last)
        if not unicodedata.category(character).startswith("C")
    ).strip(" .")
    endings = _ENDINGS[kind]
    stem = kept or "document"
    ending = endings[0]
    for one in endings:
        if stem.lower().endswith(one):
            stem, ending = stem[: -len(one)], one
            break
    return f"{PurePosixPath(stem[: MAX_NAME - len(ending)]).name or 'document'}{ending}"
