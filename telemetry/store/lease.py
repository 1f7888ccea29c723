"""Who keeps the house of a store: one process at a time, until it ends in whatever way.

The operating system takes a lock away with its holder, which no note in a table could tell; that
lock is SQLite's, on a file of its own, because it works alike everywhere SQLite does.
"""

import contextlib
import sqlite3
import threading
from pathlib import Path


class Lease:
    """A claim on `<store>-keeper`; nothing is in that file."""

    def __init__(self, store: Path) -> None:
        self._path = store.with_name(store.name + "-keeper")
        self._lock = threading.Lock()
        self._held: sqlite3.Connection | None = None

    def is_held(self) -> bool:
        """Whether this process has it, taking it when it is free."""
        with self._lock:
            if self._held is None:
                self._held = self._claimed()
            return self._held is not None

    def _claimed(self) -> sqlite3.Connection | None:
        with contextlib.suppress(sqlite3.Error):
            claim = sqlite3.connect(
                self._path, isolation_level=None, timeout=0, check_same_thread=False
            )
            try:
                claim.execute("BEGIN EXCLUSIVE")
            except sqlite3.Error:
                claim.close()
                raise
            return claim
        return None

    def give_up(self) -> None:
        """Let another process have it."""
        with self._lock:
            if self._held is not None:
                self._held.close()
                self._held = None
