"""The inventory on PostgreSQL: dumped and restored by the server's own programs."""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL, make_url

from stationmaster.backup.manifest import BackupRefused

PLACES = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/Program Files/PostgreSQL/*/bin")
CONNECT_S = 5
_MAJOR = 10_000
_ASIDE = "replaced_"


def is_postgresql(url: str) -> bool:
    """Whether the relational database is a server."""
    return make_url(url).get_backend_name() == "postgresql"


def find_program(name: str, major: int) -> Path | None:
    """`pg_dump` or `pg_restore` that is not older than the server, the nearest version first."""
    on_path = shutil.which(name)
    found = [Path(on_path)] if on_path else []
    for place in PLACES:
        anchor = Path(Path.cwd().anchor)
        found += [
            Path(program)
            for folder in anchor.glob(place.lstrip("/"))
            if (program := shutil.which(name, path=str(folder)))
        ]
    versions = [(version, path) for path in found if (version := _version(path)) >= major]
    return min(versions, default=(0, None))[1]


def _version(program: Path) -> int:
    said = subprocess.run(  # noqa: S603 -- a program of PostgreSQL, found by its name
        [str(program), "--version"], capture_output=True, text=True, check=False
    )
    digits = re.search(r"(\d+)(?:\.\d+)*", said.stdout)
    return int(digits[1]) if digits else 0


class Server:
    """One database of a PostgreSQL server; passwords go by the environment, never as words."""

    def __init__(self, url: str) -> None:
        self._url = make_url(url)

    def _connected(self) -> psycopg.Connection:
        plain = self._url.set(drivername="postgresql").render_as_string(hide_password=False)
        return psycopg.connect(plain, connect_timeout=CONNECT_S)

    def major(self) -> int:
        """The server's version.

        Raises:
            psycopg.Error: it gives no answer.
        """
        with closing(self._connected()) as connection:
            return connection.info.server_version // _MAJOR

    def dump(self, program: Path, target: Path) -> tuple[Mapping[str, int], str]:
        """Write a dump; returns rows by table and the migration, of the very same moment.

        Raises:
            BackupRefused: `pg_dump` failed.
            psycopg.Error: the server gives no answer.
        """
        with closing(self._connected()) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            snapshot = _one(connection, sql.SQL("SELECT pg_export_snapshot()"))
            self._run(
                program,
                *("--format=custom", "--no-owner", "--no-privileges"),
                f"--exclude-schema={_ASIDE}*",
                *(f"--snapshot={snapshot}", f"--file={target}"),
            )
            counts = {
                table: int(_one(connection, _count_of(table))) for table in _tables(connection)
            }
            versions = sql.SQL("SELECT version_num FROM alembic_version")
            version = _one(connection, versions) if "alembic_version" in counts else ""
        return counts, version

    def tables(self) -> list[str]:
        """What is in it already."""
        with closing(self._connected()) as connection:
            return _tables(connection)

    def counts(self) -> dict[str, int]:
        """Rows by table."""
        with closing(self._connected()) as connection:
            return {table: int(_one(connection, _count_of(table))) for table in _tables(connection)}

    def move_aside(self, now: datetime) -> str:
        """Rename what is there, and make room for a restore; returns the new name."""
        aside = f"{_ASIDE}{now.astimezone(UTC):%Y%m%dt%H%M%S}"
        with closing(self._connected()) as connection, connection.transaction():
            connection.execute(
                sql.SQL("ALTER SCHEMA public RENAME TO {}").format(sql.Identifier(aside))
            )
            connection.execute("CREATE SCHEMA public")
        return aside

    def move_back(self, aside: str) -> None:
        """Drop what is there, and give what was moved aside its name again."""
        with closing(self._connected()) as connection, connection.transaction():
            connection.execute("DROP SCHEMA public CASCADE")
            connection.execute(
                sql.SQL("ALTER SCHEMA {} RENAME TO public").format(sql.Identifier(aside))
            )

    def restore(self, program: Path, dump: Path) -> None:
        """Put a dump back, all of it or nothing.

        Raises:
            BackupRefused: `pg_restore` failed.
        """
        self._run(
            program,
            *("--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"),
            str(dump),
        )

    def _run(self, program: Path, *words: str) -> None:
        url = self._url
        environment = dict(os.environ, PGCONNECT_TIMEOUT=str(CONNECT_S))
        if url.password:
            environment["PGPASSWORD"] = str(url.password)
        done = subprocess.run(  # noqa: S603 -- a program of PostgreSQL, found by its name
            [str(program), f"--dbname={_without_password(url)}", "--no-password", *words],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            reason = " ".join(done.stderr.split())[:500]
            raise BackupRefused(
                f"{program.name} 失败：{reason}", f"{program.name} failed: {reason}"
            )


def contents(program: Path, dump: Path) -> int:
    """How many tables' rows a dump holds, as `pg_restore` reads its list.

    Raises:
        BackupRefused: it can't be read.
    """
    done = subprocess.run(  # noqa: S603 -- a program of PostgreSQL, found by its name
        [str(program), "--list", str(dump)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        reason = " ".join(done.stderr.split())[:300]
        raise BackupRefused(f"{dump.name}：{reason}", f"{dump.name}: {reason}")
    return sum(" TABLE DATA " in line for line in done.stdout.splitlines())


def _without_password(url: URL) -> str:
    plain = url.set(drivername="postgresql")
    return URL.create(
        plain.drivername, plain.username, None, plain.host, plain.port, plain.database, plain.query
    ).render_as_string(hide_password=False)


def _tables(connection: psycopg.Connection) -> list[str]:
    found = connection.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
    )
    return [str(name) for (name,) in found.fetchall()]


def _count_of(table: str) -> sql.Composed:
    return sql.SQL("SELECT count(*) FROM public.{}").format(sql.Identifier(table))


def _one(connection: psycopg.Connection, query: sql.SQL | sql.Composed) -> str:
    found = connection.execute(query).fetchone()
    return "" if found is None else str(found[0])
