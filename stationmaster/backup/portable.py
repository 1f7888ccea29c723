"""The inventory from one kind of database into another, as a backup or a restore needs it."""

from pathlib import Path

from inventory.copying import copy_database
from inventory.database import open_database
from inventory.migrations.run import upgrade


def copied_to_file(url: str, target: Path) -> None:
    """Copy a server's database into a new SQLite file."""
    _copied(url, file_url(target))


def copied_to_server(source: Path, url: str) -> None:
    """Copy a SQLite file, of any version up to this one, into an empty database of a server."""
    database = open_database(file_url(source))
    try:
        upgrade(database.engine)
    finally:
        database.close()
    _copied(file_url(source), url)


def file_url(path: Path) -> str:
    """The address of a SQLite file."""
    return f"sqlite:///{path.as_posix()}"


def _copied(here: str, there: str) -> None:
    source = open_database(here)
    target = open_database(there)
    try:
        copy_database(source, target, lambda _table, _done, _total: None)
    finally:
        target.close()
        source.close()
