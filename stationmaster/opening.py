"""How commands and services open the relational database, and what they say when they can't."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from sqlalchemy.exc import DBAPIError

from inventory.database import UNAVAILABLE, Database, open_database
from inventory.engines import BadDatabaseUrl
from inventory.migrations.run import NotUtf8, upgrade
from stationmaster.refusing import give_up
from stationmaster.settings import Settings

log = structlog.get_logger(__name__)
RETRY_EVERY_S = 2.0


@contextmanager
def house_database(settings: Settings) -> Iterator[Database]:
    """The installation's database, brought to this version; a command ends when there is none."""
    settings.make_var()
    with told_plainly(), _opened(settings.inventory_url) as database:
        upgrade(database.engine)
        yield database


@contextmanager
def service_database(settings: Settings) -> Iterator[Database]:
    """The same for a service: it starts although the server is away, and tries until it is there.

    What benches send does not wait for a database that only usage and faults go into.
    """
    settings.make_var()
    stopping = threading.Event()
    with told_plainly(), _opened(settings.inventory_url) as database:
        waiting = None
        if not _is_upgraded(database):
            waiting = threading.Thread(
                target=_upgrade_later, args=(database, stopping), name="upgrade", daemon=True
            )
            waiting.start()
        try:
            yield database
        finally:
            stopping.set()
            if waiting is not None:
                waiting.join()


@contextmanager
def told_plainly() -> Iterator[None]:
    """A database that is away or none of ours ends a command with a line, not a trace."""
    try:
        yield
    except (BadDatabaseUrl, NotUtf8) as refused:
        give_up(refused)
    except UNAVAILABLE as away:
        give_up(f"数据库没有应答 The database gives no answer: {reason_of(away)}")


def reason_of(error: Exception) -> str:
    """What the driver said, in one line."""
    said = error.orig if isinstance(error, DBAPIError) else error
    return next(iter(str(said).splitlines()), type(error).__name__)


@contextmanager
def _opened(url: str) -> Iterator[Database]:
    database = open_database(url)
    try:
        yield database
    finally:
        database.close()


def _is_upgraded(database: Database) -> bool:
    try:
        upgrade(database.engine)
    except UNAVAILABLE as away:
        log.warning("database_unavailable", reason=reason_of(away))
        return False
    return True


def _upgrade_later(database: Database, stopping: threading.Event) -> None:
    while not stopping.wait(RETRY_EVERY_S):
        if _is_upgraded(database):
            log.info("database_ready")
            return
