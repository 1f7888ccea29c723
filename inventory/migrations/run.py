"""The one door to migrations: bring a database to this version."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, text

from inventory.engines import DOOR, MIGRATING
from inventory.migrations.tables import METADATA

_FOLDER = Path(__file__).resolve().parent
_OTHER_ORDER = text(
    "SELECT c.table_name, c.column_name, c.character_maximum_length "
    "FROM information_schema.columns c "
    "WHERE c.table_schema = current_schema() AND c.table_name = ANY(:tables) "
    "AND c.data_type = 'character varying' AND c.collation_name IS DISTINCT FROM 'C' "
    "ORDER BY c.table_name, c.ordinal_position"
)


class NotUtf8(Exception):
    """A PostgreSQL database that can't hold every text; `encoding` is what it has instead."""

    def __init__(self, encoding: str) -> None:
        super().__init__(
            f"the PostgreSQL database stores {encoding}: expected one made with "
            "CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0"
        )
        self.encoding = encoding


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the database to this version in one transaction; nothing happens when it is there.

    Processes that start together wait for each other. `revision` stops at an older one, for tests.

    Raises:
        NotUtf8: a PostgreSQL database of another encoding.
    """
    with engine.execution_options(**{DOOR: MIGRATING}).begin() as connection:
        upgrade_on(connection, revision)


def upgrade_on(connection: Connection, revision: str = "head") -> None:
    """The same inside a write transaction of the caller's."""
    is_server = connection.dialect.name == "postgresql"
    if is_server:
        encoding = connection.execute(text("SHOW server_encoding")).scalar_one()
        if encoding != "UTF8":
            raise NotUtf8(encoding)
    config = configuration()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
    if is_server:
        _sort_by_code_point(connection)


def _sort_by_code_point(connection: Connection) -> None:
    """Let PostgreSQL order texts as SQLite does, whatever language the server was set up for."""
    named = connection.dialect.identifier_preparer.quote
    found = connection.execute(_OTHER_ORDER, {"tables": list(METADATA.tables)}).all()
    for table, column, length in found:
        kind = "varchar" if length is None else f"varchar({length})"
        connection.exec_driver_sql(
            f'ALTER TABLE {named(table)} ALTER COLUMN {named(column)} TYPE {kind} COLLATE "C"'
        )


def configuration() -> Config:
    """Alembic's configuration, without any file of its own."""
    config = Config()
    # a percent sign in the path would be taken for an interpolation
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    return config
