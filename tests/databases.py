"""Fresh relational databases of both kinds for tests, copied from ones that were filled once."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from inventory.database import open_database
from inventory.migrations.run import upgrade
from stationmaster import demo_data
from tests.postgres import PostgresServer, running_postgres
from tests.schools import furnish, quick_passwords

KINDS = ("sqlite", "postgresql")
DEMO_NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
DEMO_PASSWORDS = {
    name: f"long enough {number:03d}" for number, name in enumerate(demo_data.USERNAMES)
}


def _empty(_url: str) -> None:
    """A database nobody has used."""


def _migrated(url: str) -> None:
    with closing(open_database(url)) as database:
        upgrade(database.engine)


def _furnished(url: str) -> None:
    _migrated(url)
    with closing(open_database(url)) as database:
        furnish(database, quick_passwords())


def _demonstrated(url: str) -> None:
    _migrated(url)
    with closing(open_database(url)) as database:
        demo_data.fill(database, DEMO_PASSWORDS, now=DEMO_NOW, hashing=quick_passwords())


STAGES: dict[str, Callable[[str], None]] = {
    "empty": _empty,
    "migrated": _migrated,
    "furnished": _furnished,
    "demonstrated": _demonstrated,
}


def sqlite_url(path: Path) -> str:
    """SQLAlchemy URL of a file."""
    return f"sqlite:///{path.as_posix()}"


class Databases:
    """Hands out databases; the PostgreSQL server starts when it is first wanted."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._closing = ExitStack()
        self._server: PostgresServer | None = None

    @contextmanager
    def fresh(self, kind: str, stage: str, folder: Path) -> Iterator[str]:
        """URL of a database of a stage; a file lies below `folder`, which need not exist.

        The calling test is skipped where PostgreSQL is wanted but not installed.
        """
        if kind == "postgresql":
            with self.server.database(stage, STAGES[stage]) as url:
                yield url
            return
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "inventory.sqlite"
        if stage != "empty":
            shutil.copyfile(self._file(stage), path)
        yield sqlite_url(path)

    @property
    def server(self) -> PostgresServer:
        """The server all tests of this process share; nobody may stop it."""
        if self._server is None:
            self._server = self._closing.enter_context(running_postgres())
        return self._server

    def close(self) -> None:
        """Stop the server."""
        self._closing.close()

    def _file(self, stage: str) -> Path:
        path = self._folder / f"{stage}.sqlite"
        if not path.exists():
            STAGES[stage](sqlite_url(path))
        return path
