"""Connections for reading: one per thread, each question answered from one consistent state."""

import sqlite3
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from telemetry.store.elsewhere import Elsewhere
from telemetry.store.hot_rows import Layout
from telemetry.store.port import StoreUnavailable


def file_identity(path: Path) -> tuple[int, int] | None:
    """Which file lies there now; a store that was deleted and made again is another one."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


class View:
    """A connection with what never changes in a store: names by id, once they are known."""

    def __init__(self, db: sqlite3.Connection, elsewhere: Elsewhere | None = None) -> None:
        self.db = db
        self.elsewhere = elsewhere
        self._bench_ids: dict[str, int] = {}
        self._layouts: dict[int, Layout] = {}
        self._signal_ids: dict[str, int] = {}
        self._signal_names: dict[int, str] = {}

    def bench_id(self, bench: str) -> int | None:
        """None when it never sent anything."""
        if bench not in self._bench_ids:
            found = self.db.execute("SELECT id FROM bench WHERE code = ?", (bench,)).fetchone()
            if found is None:
                return None
            self._bench_ids[bench] = int(found[0])
        return self._bench_ids[bench]

    def layout(self, layout_id: int) -> Layout | None:
        """None for the two layouts without names."""
        if layout_id <= 0:
            return None
        known = self._layouts.get(layout_id)
        if known is None:
            found = self.db.execute("SELECT content FROM layout WHERE id = ?", (layout_id,))
            known = self._layouts[layout_id] = Layout.decoded(layout_id, found.fetchone()[0])
        return known

    def signal_ids(self, names: Collection[str] | None) -> list[int]:
        """Of those of which anything was ever sealed; None: of all."""
        if names is None or any(name not in self._signal_ids for name in names):
            self._look_up_signals()
        if names is None:
            return list(self._signal_names)
        return [self._signal_ids[name] for name in names if name in self._signal_ids]

    def signal_id(self, name: str) -> int | None:
        """None for a signal of which nothing was ever sealed."""
        return next(iter(self.signal_ids([name])), None)

    def signal_name(self, signal_id: int) -> str:
        """Of an id found in a directory."""
        if signal_id not in self._signal_names:
            self._look_up_signals()
        return self._signal_names[signal_id]

    def _look_up_signals(self) -> None:
        self._signal_names = dict(self.db.execute("SELECT id, name FROM signal").fetchall())
        self._signal_ids = {name: number for number, name in self._signal_names.items()}


class Connections:
    """Opened on first use by each thread; closed together."""

    def __init__(self, path: Path, elsewhere: Elsewhere | None = None) -> None:
        self._path = path
        self._elsewhere = elsewhere
        self._local = threading.local()
        self._opened: list[sqlite3.Connection] = []
        self._lock = threading.Lock()

    def _view(self) -> View:
        identity = file_identity(self._path)
        if identity is None:
            raise StoreUnavailable(f"{self._path}: not there yet; ingest makes it")
        view: View | None = getattr(self._local, "view", None)
        if view is None or self._local.identity != identity:
            # opened for reading only: closing it can't take away another file's write-ahead log
            connection = sqlite3.connect(
                f"{self._path.resolve().as_uri()}?mode=ro",
                uri=True,
                isolation_level=None,
                timeout=5.0,
                check_same_thread=False,
            )
            view = View(connection, self._elsewhere)
            self._local.view, self._local.identity = view, identity
            with self._lock:
                self._opened.append(connection)
        return view

    @contextmanager
    def snapshot(self) -> Iterator[View]:
        """One state of the store for everything that is asked within.

        Raises:
            StoreUnavailable: it can't be read now.
        """
        try:
            view = self._view()
            view.db.execute("BEGIN")
            try:
                yield view
            finally:
                view.db.execute("COMMIT")
        except sqlite3.Error as failed:
            raise StoreUnavailable(f"{self._path}: {failed}") from failed

    def close(self) -> None:
        """Close the connections of all threads."""
        with self._lock:
            for connection in self._opened:
                connection.close()
            self._opened.clear()
        self._local = threading.local()
