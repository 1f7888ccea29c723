"""The only place that knows how the relational database is opened and how transactions begin."""

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import BigInteger, Engine, Enum, Integer, MetaData
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoFreeConnection
from sqlmodel import Session, SQLModel

from inventory.engines import (
    DOOR,
    READING,
    WRITER_WAITS_S,
    WRITING,
    is_in_memory,
    parsed_url,
    postgresql_engine,
    sqlite_engine,
)
from inventory.turns import NoTurn, turns_of

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
        # PostgreSQL has a row of its own for who waits for a lock; memory has one writer
        is_file = engine.dialect.name == "sqlite" and not is_in_memory(engine.url)
        self._turns = turns_of(str(Path(str(engine.url.database)).resolve())) if is_file else None
        if engine.dialect.name == "postgresql":
            self._reading = self._reading.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """A write transaction: committed at the end of the block, rolled back on any exception.

        Writers queue up (BEGIN IMMEDIATE on SQLite, one lock on PostgreSQL), so what was read
        inside still holds when it is acted upon. Rows stay readable after the commit.

        Who has not got their turn after `WRITER_WAITS_S` gets one of `UNAVAILABLE`.
        """
        with self._turn(), Session(self._writing, expire_on_commit=False) as db, db.begin():
            yield db

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if self._turns is None:
            yield
            return
        with ExitStack() as stack:
            try:
                stack.enter_context(self._turns.turn(WRITER_WAITS_S))
            except NoTurn:
                waited = sqlite3.OperationalError(f"no turn to write within {WRITER_WAITS_S:g} s")
                raise OperationalError("BEGIN IMMEDIATE", None, waited) from None
            yield

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
