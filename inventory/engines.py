"""How the relational database is reached: SQLite in one file, or a PostgreSQL server."""

import json
import math
import selectors
import time
from typing import Any

import psycopg
from psycopg import pq
from sqlalchemy import Connection, Engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.engine.interfaces import ExceptionContext
from sqlalchemy.exc import ArgumentError, InvalidatePoolError, OperationalError
from sqlalchemy.pool import StaticPool
from sqlmodel import create_engine

from inventory.errors import UnstorableText

WRITER_WAITS_S = 30.0
"""Chosen: a writer waits this long for those ahead before it gives up.

So 16 who write at once get through where a transaction, disk included, takes 1.8 s; on a machine
that is not overloaded it takes some milliseconds.
"""
_WRITER_WAITS_MS = int(WRITER_WAITS_S * 1000)
CONNECT_WITHIN_S = 2
"""The shortest libpq keeps to; a page may not hang because the server is away."""
ANSWER_WITHIN_S = 1.5
"""Chosen: a connection that is silent for this long when it is greeted is taken for dead."""
KEPT_CONNECTIONS, MOST_CONNECTIONS = 5, 45
"""Chosen: a web server has 40 threads; by default PostgreSQL lends 100 to all its clients."""
ABANDONED_AFTER_S = 60
"""Chosen: a writer that does nothing for this long, as when its machine froze, loses its turn."""
MIGRATE_WITHIN_S = 600
"""Chosen: a process waits this long for another one that brings a large database up to date."""
WRITING, READING, MIGRATING = "writing", "reading", "migrating"
DOOR = "stationmaster_door"
"""Execution option that says by which door a transaction came in."""
WRITERS_LOCK = 0x53544D53
"""Key of the advisory lock of the one writer; the letters STMS."""


class BadDatabaseUrl(ValueError):
    """Not an address of a database we know; the text never repeats it, since it has a password."""

    def __init__(self) -> None:
        super().__init__(
            "not the address of a database: expected sqlite:///FILE or "
            "postgresql://USER:PASSWORD@HOST:PORT/NAME, after a ? only what libpq knows"
        )


def parsed_url(text: str) -> URL:
    """The address of a database; `postgres://` and `postgresql://` mean our driver.

    Raises:
        BadDatabaseUrl: it is none, or of a kind we don't speak.
    """
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise BadDatabaseUrl from None
    backend = url.drivername.partition("+")[0]
    if backend == "sqlite":
        return url
    if backend not in {"postgres", "postgresql"}:
        raise BadDatabaseUrl
    try:
        psycopg.conninfo.make_conninfo("", **dict.fromkeys(url.query, ""))
    except psycopg.Error:
        raise BadDatabaseUrl from None
    return url.set(drivername="postgresql+psycopg")


def is_in_memory(url: URL) -> bool:
    """Whether an address of SQLite names no file."""
    return url.database in {None, "", ":memory:"}


def sqlite_engine(url: URL) -> Engine:
    """Engine of a file, or of a database in memory that lives in one connection."""
    arguments: dict[str, Any] = {"connect_args": {"check_same_thread": False}}
    if is_in_memory(url):
        arguments["poolclass"] = StaticPool
    else:
        arguments |= {"pool_size": 20, "max_overflow": 40}
    engine = create_engine(url, hide_parameters=True, json_serializer=as_json, **arguments)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    event.listen(engine, "before_cursor_execute", _refuse_nul)
    return engine


def postgresql_engine(url: URL) -> Engine:
    """Engine of a server that may be away, restart, or fall silent at any moment.

    What the address itself says (`?sslmode=verify-full`) goes before our own choices.
    """
    own: dict[str, Any] = {
        "application_name": "stationmaster",
        "client_encoding": "utf8",
        "connect_timeout": CONNECT_WITHIN_S,
        "tcp_user_timeout": CONNECT_WITHIN_S * 1000,
        "keepalives_idle": 5,
        "keepalives_interval": 2,
        "keepalives_count": 3,
        # prepared ones break behind a pooler and when another process migrates the tables
        "prepare_threshold": None,
    }
    engine = create_engine(
        url,
        hide_parameters=True,
        json_serializer=as_json,
        isolation_level="READ COMMITTED",
        connect_args={name: value for name, value in own.items() if name not in url.query},
        pool_size=KEPT_CONNECTIONS,
        max_overflow=MOST_CONNECTIONS - KEPT_CONNECTIONS,
        pool_timeout=CONNECT_WITHIN_S,
        pool_use_lifo=True,
    )
    greeting = _Greeting()
    event.listen(engine, "connect", greeting.connected)
    event.listen(engine, "checkout", greeting.taken_out)
    event.listen(engine, "begin", _begin_postgresql)
    event.listen(engine, "handle_error", _tell_lost_line)
    event.listen(engine, "before_cursor_execute", _refuse_nul)
    return engine


def as_json(value: object) -> str:
    """JSON that both databases take: what is no number in JSON (NaN, infinite) becomes null."""
    try:
        return json.dumps(value, allow_nan=False)
    except ValueError:
        return json.dumps(_finite(value), allow_nan=False)


def _finite(value: object) -> object:
    if isinstance(value, dict):
        return {name: _finite(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _prepare_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 - DBAPI object
    # None hands BEGIN to us: the driver's own starts a deferred transaction at the first write
    connection.isolation_level = None
    for pragma in (
        # the first one, or the others would not wait for who has the file just now
        f"busy_timeout = {_WRITER_WAITS_MS}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    is_reading = connection.get_execution_options().get(DOOR) == READING
    connection.exec_driver_sql("BEGIN DEFERRED" if is_reading else "BEGIN IMMEDIATE")


def _begin_postgresql(connection: Connection) -> None:
    door = connection.get_execution_options().get(DOOR)
    if door == READING:
        return
    if door == MIGRATING:
        wait = str(MIGRATE_WITHIN_S * 1000)
        connection.exec_driver_sql("SELECT set_config('lock_timeout', %s, true)", (wait,))
    # writers take turns as they do in SQLite, so what one has read holds until it commits
    connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (WRITERS_LOCK,))


def _tell_lost_line(context: ExceptionContext) -> None:
    """The driver names a line cut in mid-transaction in several ways; ours is one."""
    known = context.sqlalchemy_exception
    if context.is_disconnect and known is not None and not isinstance(known, OperationalError):
        raise OperationalError(
            context.statement, None, known, hide_parameters=True, connection_invalidated=True
        ) from known


def _refuse_nul(
    _connection: Connection, _cursor: object, _statement: str, parameters: object, *_: object
) -> None:
    if _has_nul(parameters):
        raise UnstorableText


def _has_nul(value: object) -> bool:
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any(_has_nul(item) for item in value.values())
    return isinstance(value, list | tuple) and any(_has_nul(item) for item in value)


class _Greeting:
    """Sees to it that only connections that answer are handed out.

    The pool's own check waits for ever for a server that holds the line but is silent.
    """

    def __init__(self) -> None:
        self._distrusted_before_s = 0.0

    def connected(self, connection: psycopg.Connection, record: Any) -> None:  # noqa: ANN401 - of the pool
        """Give a new connection the settings our promises rest on."""
        record.info["opened_s"] = time.monotonic()
        settings = {
            "TimeZone": "UTC",
            "lock_timeout": str(_WRITER_WAITS_MS),
            "idle_in_transaction_session_timeout": str(ABANDONED_AFTER_S * 1000),
        }
        try:
            for name, value in settings.items():
                connection.execute("SELECT set_config(%s, %s, false)", (name, value))
            connection.commit()
        except psycopg.Error:
            connection.close()
            raise

    def taken_out(self, connection: psycopg.Connection, record: Any, _proxy: object) -> None:  # noqa: ANN401
        """Greet a connection before it is used.

        Raises:
            InvalidatePoolError: it is dead, and others opened then surely too: take a new one.
            OperationalError: the server holds the line and says nothing.
        """
        if record.info["opened_s"] < self._distrusted_before_s:
            raise InvalidatePoolError("opened before the server fell silent")
        try:
            is_answered = _answers(connection.pgconn)
        except psycopg.OperationalError as gone:
            raise InvalidatePoolError(str(gone)) from gone
        if not is_answered:
            self._distrusted_before_s = time.monotonic()
            raise psycopg.OperationalError(f"the server is silent for {ANSWER_WITHIN_S} s")


def _answers(line: pq.abc.PGconn) -> bool:
    """Whether the server answers an empty order in time.

    Raises:
        OperationalError: the line is cut.
    """
    line.send_query(b"")
    deadline_s = time.monotonic() + ANSWER_WITHIN_S
    with selectors.DefaultSelector() as selector:
        selector.register(line.socket, selectors.EVENT_READ)
        while line.is_busy():
            if not selector.select(max(deadline_s - time.monotonic(), 0)):
                return False
            line.consume_input()
    found = []
    while (result := line.get_result()) is not None:
        found.append(result.status)
    if found != [pq.ExecStatus.EMPTY_QUERY]:
        # a server that shuts down leaves its farewell in the line
        raise psycopg.OperationalError("the server has closed the connection")
    return True
