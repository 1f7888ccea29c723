"""Where the bytes of documents lie: a folder in which every file is named by its own SHA-256."""

import contextlib
import hashlib
import os
import re
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from inventory.documents.rules import HEAD_BYTES
from inventory.errors import Invalid, SourceUnavailable

_CHUNK_BYTES = 256 * 1024
_INCOMING = ".incoming-"
_LEFT_BEHIND_S = 3600.0
"""Chosen: no upload takes an hour, so a draft that old is of a process that died."""
_SHA256 = re.compile(r"[0-9a-f]{64}")
STORE = "the document store"


@dataclass(frozen=True, slots=True)
class StoredFile:
    """Content that is on the disk; `head` is its beginning."""

    sha256: str
    size_bytes: int
    head: bytes


class DocumentFiles(Protocol):
    """Keeps contents by what they are; the same content is kept once."""

    def put(self, content: BinaryIO) -> StoredFile:
        """Keep a content, all of it or nothing; when this returns it survives a power cut.

        Raises:
            Invalid: it is empty or larger than this store takes.
            SourceUnavailable: there is no room, or the disk gives no answer.
        """
        ...

    def get(self, sha256: str) -> bytes:
        """The content, which is sure to be the one that was put.

        Raises:
            SourceUnavailable: it is gone, damaged or can't be read.
        """
        ...


class FolderFiles:
    """Document files below a folder that is made when it is first needed.

    Args:
        folder: two characters of the hash are a folder below it, the whole hash the file.
        most_bytes: the largest content that is taken.
    """

    def __init__(self, folder: Path, most_bytes: int) -> None:
        self._folder = folder
        self._most_bytes = most_bytes

    def put(self, content: BinaryIO) -> StoredFile:
        """See `DocumentFiles`."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._sweep()
            descriptor, name = tempfile.mkstemp(prefix=_INCOMING, dir=self._folder)
            draft = Path(name)
            try:
                with os.fdopen(descriptor, "wb") as file:
                    stored = copied(content, file, self._most_bytes)
                    file.flush()
                    os.fsync(file.fileno())
                self._name(draft, stored.sha256)
            finally:
                draft.unlink(missing_ok=True)
        except OSError as failed:
            raise SourceUnavailable(STORE) from failed
        return stored

    def get(self, sha256: str) -> bytes:
        """See `DocumentFiles`."""
        try:
            content = self.path_of(sha256).read_bytes()
        except OSError as failed:
            raise SourceUnavailable(STORE) from failed
        if hashlib.sha256(content).hexdigest() != sha256:
            raise SourceUnavailable(STORE)
        return content

    def kept(self) -> Iterator[str]:
        """SHA-256 of every content there is."""
        for path in sorted(self._folder.glob("??/*")):
            if _SHA256.fullmatch(path.name):
                yield path.name

    def path_of(self, sha256: str) -> Path:
        """Where a content lies or would lie."""
        return self._folder / sha256[:2] / sha256

    def _name(self, draft: Path, sha256: str) -> None:
        target = self.path_of(sha256)
        with contextlib.suppress(SourceUnavailable):
            # Windows replaces no file that somebody reads; one that is damaged must be replaced
            self.get(sha256)
            return
        target.parent.mkdir(mode=0o700, exist_ok=True)
        draft.replace(target)
        for folder in (target.parent, self._folder):
            _settle(folder)

    def _sweep(self) -> None:
        for left in self._folder.glob(f"{_INCOMING}*"):
            with contextlib.suppress(OSError):
                if time.time() - left.stat().st_mtime > _LEFT_BEHIND_S:
                    left.unlink()


def copied(content: BinaryIO, target: BinaryIO, most_bytes: int) -> StoredFile:
    """Copy a content and say what it was.

    Raises:
        Invalid: it is empty or has more than `most_bytes`.
    """
    digest, size, head = hashlib.sha256(), 0, b""
    while chunk := content.read(_CHUNK_BYTES):
        head = head if size else chunk[:HEAD_BYTES]
        size += len(chunk)
        if size > most_bytes:
            raise Invalid("file", f"{most_bytes} bytes at most")
        digest.update(chunk)
        target.write(chunk)
    if not size:
        raise Invalid("file", "a file that is not empty")
    return StoredFile(digest.hexdigest(), size, head)


def _settle(folder: Path) -> None:
    """Have the names in a folder on the disk; Windows has no such call and needs none."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
