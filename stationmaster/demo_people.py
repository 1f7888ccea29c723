"""Who of the demo acts."""

from inventory.accounts.logins import principal_of
from inventory.accounts.rules import Principal
from inventory.accounts.use_cases import user
from inventory.database import Database


def principal_named(database: Database, username: str) -> Principal:
    """The person of a user name, with all rights of the account."""
    with database.read() as db:
        return principal_of(user(db, username))
