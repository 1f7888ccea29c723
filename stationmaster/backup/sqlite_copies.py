"""Copies of SQLite files that are in use, and what can be said of a copy."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

BUSY_S = 30.0
SPOOL_ATTEMPTS = 20
_WAL_HEADER_BYTES = 32


class Unsettled(Exception):
    """A spool was written so busily that no consistent copy could be made of it."""


def vacuum_into(source: Path, target: Path) -> None:
    """A consistent copy while others write: as of one moment, defragmented.

    The step-wise backup of SQLite begins again after each foreign write and never ends beside a
    busy ingest (measured); this one doesn't.

    Raises:
        sqlite3.Error: the source is no database, or there is no room.
    """
    with closing(sqlite3.connect(source, timeout=BUSY_S, isolation_level=None)) as db:
        db.execute("VACUUM INTO ?", (str(target),))


def copy_spool(source: Path, target: Path) -> None:
    """A consistent copy of a spool that its bridge has locked for itself.

    The file is copied before its log, and the log must not have begun anew meanwhile: then every
    page that changed under way is in the copied log, which SQLite plays back.

    Raises:
        Unsettled: the log began anew in each attempt.
        OSError: a file can't be read or written.
    """
    log, copied_log = _log_of(source), _log_of(target)
    for _ in range(SPOOL_ATTEMPTS):
        before = _header(log)
        shutil.copyfile(source, target)
        copied_log.unlink(missing_ok=True)
        if log.exists():
            shutil.copyfile(log, copied_log)
        if _header(log) == before and _header(copied_log) == before:
            with closing(sqlite3.connect(target, isolation_level=None)) as db:
                db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                db.execute("PRAGMA journal_mode = DELETE")
            copied_log.unlink(missing_ok=True)
            return
    target.unlink(missing_ok=True)
    copied_log.unlink(missing_ok=True)
    raise Unsettled(str(source))


def _log_of(path: Path) -> Path:
    return path.with_name(path.name + "-wal")


def _header(log: Path) -> bytes:
    try:
        with log.open("rb") as file:
            return file.read(_WAL_HEADER_BYTES)
    except FileNotFoundError:
        return b""


def table_counts(path: Path) -> dict[str, int]:
    """Rows of each table of a copy that nobody writes."""
    with closing(_still(path)) as db:
        names = [
            str(name)
            for (name,) in db.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table'"
                " AND name NOT LIKE 'sqlite_%' ORDER BY name"
            )
        ]
        return {
            name: int(db.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0])  # noqa: S608
            for name in names
        }


def damage(path: Path) -> str:
    """What SQLite's own check says of a copy; "" when it is sound."""
    try:
        with closing(_still(path)) as db:
            found = [str(line) for (line,) in db.execute("PRAGMA integrity_check(5)")]
    except sqlite3.Error as failed:
        return str(failed)
    return "" if found == ["ok"] else "; ".join(found)


def schema_version(path: Path) -> str:
    """The number a file carries for its tables."""
    with closing(_still(path)) as db:
        return str(db.execute("PRAGMA user_version").fetchone()[0])


def alembic_version(path: Path) -> str:
    """The migration an inventory's file is at; "" before the first."""
    with closing(_still(path)) as db:
        try:
            found = db.execute("SELECT version_num FROM alembic_version").fetchone()
        except sqlite3.OperationalError:
            return ""
        return "" if found is None else str(found[0])


def is_in_use(path: Path) -> bool:
    """Whether a process has the database open; on the way its log is written into the file."""
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as db:
        try:
            db.execute("PRAGMA locking_mode = EXCLUSIVE")
            db.execute("BEGIN IMMEDIATE")
            db.execute("ROLLBACK")
        except sqlite3.OperationalError:
            return True
        return False


def _still(path: Path) -> sqlite3.Connection:
    # immutable: a copy on a read-only medium has no room for SQLite's side files
    address = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
    return sqlite3.connect(address, uri=True, isolation_level=None)
