"""The only place that knows how the relational database is opened and how transactions begin."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Engine, Enum, MetaData, event
from sqlalchemy.engine import make_url
from sqlalchemy.pool import StaticPool
from sqlmodel import Session, SQLModel, create_engine

BUSY_TIMEOUT_MS = 10_000
"""Chosen: a writer waits this long for another one before "database is locked"."""

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Row(SQLModel):
    """Ground of every table: `class Bench(BenchFields, Row, table=True)`.

    It carries the metadata whose constraints have names, without which SQLite tables can't be
    migrated.
    """

    metadata = METADATA


def enum_as_text(kind: type[StrEnum]) -> Any:  # noqa: ANN401 - SQLModel wants a class here
    """Column type that stores an enum by its value: `Field(sa_type=enum_as_text(Role))`."""
    return Enum(
        kind,
        native_enum=False,
        create_constraint=False,
        length=40,
        values_callable=lambda members: [member.value for member in members],
    )


class Database:
    """Two doors to the database: `begin()` to write, `read()` to look.

    Use cases open them; nobody else commits.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._writing = engine.execution_options(stationmaster_begin="IMMEDIATE")
        self._reading = engine.execution_options(stationmaster_begin="DEFERRED")

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """A write transaction: committed at the end of the block, rolled back on any exception.

        On SQLite writers queue up (BEGIN IMMEDIATE), so what was read inside still holds when
        it is acted upon. Rows stay readable after the commit.
        """
        with Session(self._writing, expire_on_commit=False) as db, db.begin():
            yield db

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A consistent view that never waits for a writer; whatever is changed in it is lost."""
        with Session(self._reading, expire_on_commit=False, autoflush=False) as db:
            yield db

    def create_tables(self) -> None:
        """Make every table that is imported so far, without migrations: for tests."""
        METADATA.create_all(self.engine)

    def close(self) -> None:
        """Close all pooled connections."""
        self.engine.dispose()


def open_database(url: str) -> Database:
    """Open the database of a SQLAlchemy URL: `sqlite:///file`, `sqlite://` (memory) or PostgreSQL.

    A database in memory lives in one connection and serves one thread at a time.
    """
    if make_url(url).get_backend_name() != "sqlite":
        return Database(create_engine(url, pool_pre_ping=True))
    arguments: dict[str, Any] = {"connect_args": {"check_same_thread": False}}
    if make_url(url).database in {None, "", ":memory:"}:
        arguments["poolclass"] = StaticPool
    else:
        arguments |= {"pool_size": 20, "max_overflow": 40}
    engine = create_engine(url, **arguments)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return Database(engine)


def _prepare_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 - DBAPI object
    # None hands BEGIN to us: the driver's own starts a deferred transaction at the first write
    connection.isolation_level = None
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        f"busy_timeout = {BUSY_TIMEOUT_MS}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    mode = connection.get_execution_options().get("stationmaster_begin", "IMMEDIATE")
    connection.exec_driver_sql(f"BEGIN {mode}")
