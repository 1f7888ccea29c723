"""Room on the disk: the file stops growing while there is still some left to work with.

On a disk that is really full SQLite can neither delete nor checkpoint, so that not even dropping
old rows would help; a file that may not grow refuses new rows and still gives up old ones.
"""

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

RESERVE_BYTES = 64 * 1024 * 1024
"""Chosen: the write-ahead log of sealing a bench-hour of 36,000 rows is below 32 MB."""
_LARGEST_SHARE = 4
_MOST_PAGES = 2**32 - 2


Room = Callable[[Path], int]
"""How many bytes a file may grow now."""


def room_on_disk(path: Path) -> int:
    """What is free but for the reserve: `RESERVE_BYTES`, on a small disk a quarter of it.

    Raises:
        OSError: the disk can't be asked.
    """
    disk = shutil.disk_usage(path.parent)
    return disk.free - min(RESERVE_BYTES, disk.total // _LARGEST_SHARE)


def keep_room(db: sqlite3.Connection, growth_bytes: int) -> None:
    """Let the file grow by so much and no more; what is free within it is used as well."""
    pages, size = (
        int(db.execute(f"PRAGMA {name}").fetchone()[0]) for name in ("page_count", "page_size")
    )
    db.execute(f"PRAGMA max_page_count = {pages + max(growth_bytes, 0) // size}")


def use_reserve(db: sqlite3.Connection) -> None:
    """Let the file grow until `keep_room` is called again: for what makes room in the end."""
    db.execute(f"PRAGMA max_page_count = {_MOST_PAGES}")
