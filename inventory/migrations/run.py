"""The one door to migrations: bring a database to this version."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine

_FOLDER = Path(__file__).resolve().parent


def upgrade(engine: Engine) -> None:
    """Bring the database to this version in one transaction; nothing happens when it is there.

    Processes that start together wait for each other.
    """
    with engine.begin() as connection:
        config = configuration()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def configuration() -> Config:
    """Alembic's configuration, without any file of its own."""
    config = Config()
    # a percent sign in the path would be taken for an interpolation
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    return config
