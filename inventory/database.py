"""The only place that knows how the relational database is opened and how transactions begin."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Engine, Enum, Integer, MetaData
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoFreeConnection
from sqlmodel import Session, SQLModel

from inventory.engines import (
    DOOR,
    READING,
    WRITING,
    parsed_url,
    postgresql_engine,
    sqlite_engine,
)

UNAVAILABLE = (OperationalError, InterfaceError, NoFreeConnection)
"""What a transaction raises when the database gives no answer now; it may be tried again later."""
WIDE = BigInteger().with_variant(Integer(), "sqlite")
"""Column type of numbers that never stop growing: `Field(sa_type=WIDE)`; 64 bits on both."""
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
        self._writing = engine.execution_options(**{DOOR: WRITING})
        self._reading = engine.execution_options(**{DOOR: READING})
        if engine.dialect.name == "postgresql":
            self._reading = self._reading.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """A write transaction: committed at the end of the block, rolled back on any exception.

        Writers queue up (BEGIN IMMEDIATE on SQLite, one lock on PostgreSQL), so what was read
        inside still holds when it is acted upon. Rows stay readable after the commit.
        """
        with Session(self._writing, expire_on_commit=False) as db, db.begin():
            yield db

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A consistent view that never waits for a writer; whatever is changed in it is lost."""
        with Session(self._reading, expire_on_commit=False, autoflush=False) as db:
            yield db

    def close(self) -> None:
        """Close all pooled connections."""
        self.engine.dispose()


def open_database(url: str) -> Database:
    """Open the database of an address: `sqlite:///file`, `sqlite://` (memory) or `postgresql://…`.

    A database in memory lives in one connection and serves one thread at a time. A server is not
    called before it is needed.

    Raises:
        BadDatabaseUrl: it is no address of a database we know.
    """
    parsed = parsed_url(url)
    is_file = parsed.get_backend_name() == "sqlite"
    return Database(sqlite_engine(parsed) if is_file else postgresql_engine(parsed))
