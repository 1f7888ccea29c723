"""A private PostgreSQL server for tests: made when first wanted, gone when they end."""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from tests.ports import a_free_port

FIRST_WITH_ICU_DATABASES = 150_000
USER, PASSWORD = "house", "not-for-any-log"
_PLACES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/Program Files/PostgreSQL/*/bin",
)
# a test's data may be lost with the machine, so nothing waits for the disk
_QUICK = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": "200",
    "autovacuum": "off",
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
}


def find_program(name: str) -> Path | None:
    """A PostgreSQL program of this machine, of the newest version there is."""
    on_path = shutil.which(name)
    if on_path:
        return Path(on_path)
    found = [folder for place in _PLACES for folder in Path("/").glob(place.lstrip("/"))]
    for folder in sorted(found, key=_version, reverse=True):
        program = shutil.which(name, path=str(folder))
        if program:
            return Path(program)
    return None


def _version(folder: Path) -> int:
    digits = "".join(letter for letter in folder.parent.name if letter.isdigit())
    return int(digits or 0)


class PostgresServer:
    """One server with its own data folder on a free port; may be stopped and started again.

    It trusts every caller; the password in the URLs is there to be found where it must not be.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.port = a_free_port()
        self._numbers = iter(range(1, 1_000_000))
        self._templates: set[str] = set()
        self._run_as = _unprivileged()
        if self._run_as:
            shutil.chown(folder, self._run_as)
        self._initialise()
        self.process = self._started()

    def url(self, name: str) -> str:
        """SQLAlchemy URL of one of its databases."""
        return f"postgresql+psycopg://{USER}:{PASSWORD}@127.0.0.1:{self.port}/{name}"

    @contextmanager
    def database(
        self, template: str = "", fill: Callable[[str], None] | None = None
    ) -> Iterator[str]:
        """URL of a fresh database; one that `fill` has filled once is copied each time."""
        if fill is not None and template not in self._templates:
            # under its name only once it is whole, so that one failure is not each later test's
            half = f"{template}_{next(self._numbers)}"
            self._create(half)
            fill(self.url(half))
            both = sql.Identifier(half), sql.Identifier(template)
            self._order(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(*both))
            self._templates.add(template)
        name = f"t{next(self._numbers)}"
        self._create(name, template)
        try:
            yield self.url(name)
        finally:
            drop = sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
            self._order(drop)

    def stop(self) -> None:
        """End it as at a shutdown of its machine: clients are cut off, nothing is lost."""
        with contextlib.suppress(ProcessLookupError):
            _ask_to_end(self.process)
        self.process.wait(20)

    def start_again(self) -> None:
        """Start it on the same port and data."""
        self.process = self._started()

    def _initialise(self) -> None:
        program = _needed("initdb")
        words = ["-D", str(self.data), "-U", USER, "--auth=trust", "--encoding=UTF8", "--locale=C"]
        command = [str(program), *words, "--no-sync"]
        done = subprocess.run(
            command, capture_output=True, text=True, cwd=self.folder, user=self._run_as, check=False
        )
        assert done.returncode == 0, done.stderr

    def _started(self) -> subprocess.Popen[bytes]:
        options = [word for name, value in _QUICK.items() for word in ("-c", f"{name}={value}")]
        command = [str(_needed("postgres")), "-D", str(self.data), "-p", str(self.port), *options]
        with (self.folder / "server.log").open("ab") as log:
            process = subprocess.Popen(
                command, stdout=log, stderr=log, cwd=self.folder, user=self._run_as
            )
        pause = threading.Event()
        for _ in range(400):
            with contextlib.suppress(psycopg.OperationalError):
                self._connection().close()
                return process
            assert process.poll() is None, (self.folder / "server.log").read_text()
            pause.wait(0.05)
        raise AssertionError("PostgreSQL does not answer")

    def _create(self, name: str, template: str = "") -> None:
        order = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
            sql.Identifier(name), sql.Identifier(template or "template0")
        )
        with self._connection() as connection:
            # what a school's server may well sort by; ours must not depend on it
            if not template and connection.info.server_version >= FIRST_WITH_ICU_DATABASES:
                order += sql.SQL(" LOCALE_PROVIDER icu ICU_LOCALE 'zh'")
            connection.execute(order)

    def _order(self, order: sql.Composed) -> None:
        with self._connection() as connection:
            connection.execute(order)

    def _connection(self) -> psycopg.Connection:
        where = f"host=127.0.0.1 port={self.port} user={USER} dbname=postgres connect_timeout=2"
        return psycopg.connect(where, autocommit=True)


@contextmanager
def running_postgres() -> Iterator[PostgresServer]:
    """A server of the caller's own, for tests that stop it.

    The calling test is skipped where PostgreSQL is not installed.
    """
    for name in ("initdb", "postgres"):
        _needed(name)
    with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as folder:
        server = PostgresServer(Path(folder))
        try:
            yield server
        finally:
            server.stop()


def _needed(name: str) -> Path:
    program = find_program(name)
    if program is None:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    return program


def _unprivileged() -> str | None:
    """Whom the server runs as where we are root, which it refuses to run as."""
    if sys.platform == "win32" or os.geteuid() != 0:
        return None
    import pwd

    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def _ask_to_end(process: subprocess.Popen[bytes]) -> None:
    if sys.platform == "win32":
        process.terminate()
    else:
        import signal

        process.send_signal(signal.SIGINT)
