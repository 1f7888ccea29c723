"""Contents in memory, for tests and for documents of the API."""

import io
from typing import BinaryIO

from inventory.documents.files import STORE, StoredFile, copied
from inventory.errors import SourceUnavailable


class MemoryFiles:
    """Keeps contents as long as the process lives."""

    def __init__(self, most_bytes: int = 1_000_000) -> None:
        self._most_bytes = most_bytes
        self._contents: dict[str, bytes] = {}

    def put(self, content: BinaryIO) -> StoredFile:
        """See `DocumentFiles`."""
        target = io.BytesIO()
        stored = copied(content, target, self._most_bytes)
        self._contents[stored.sha256] = target.getvalue()
        return stored

    def get(self, sha256: str) -> bytes:
        """See `DocumentFiles`."""
        if sha256 not in self._contents:
            raise SourceUnavailable(STORE)
        return self._contents[sha256]
