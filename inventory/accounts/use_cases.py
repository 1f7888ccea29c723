"""Making, changing and closing accounts."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Session, col, select

from inventory.accounts.passwords import Passwords
from inventory.accounts.rules import password_objection
from inventory.accounts.schema import UserFields
from inventory.accounts.table import LoginSession, User
from inventory.audit.use_cases import record
from inventory.database import Database
from inventory.errors import Invalid, Taken, UnknownUser
from inventory.organisations.use_cases import organisation


def user(db: Session, username: str) -> User:
    """The account of a user name.

    Raises:
        UnknownUser: there is none.
    """
    found = db.exec(select(User).where(User.username == username)).first()
    if found is None:
        raise UnknownUser(username)
    return found


def users(db: Session) -> list[User]:
    """All accounts by user name."""
    return list(db.exec(select(User).order_by(col(User.username))).all())


def create_user(
    database: Database,
    passwords: Passwords,
    fields: UserFields,
    password: str,
    *,
    who: str,
    now: datetime,
) -> None:
    """Add an account to an existing organisation.

    Raises:
        Invalid: the password is too weak.
        Taken: the user name is in use.
        UnknownOrganisation: nobody has `fields.organisation_code`.
    """
    password_hash = _checked_hash(passwords, fields.username, password)
    row = User.model_validate(fields, update={"password_hash": password_hash, "created_at": now})
    with database.begin() as db:
        if db.exec(select(User).where(User.username == row.username)).first() is not None:
            raise Taken("user", row.username)
        organisation(db, row.organisation_code)
        db.add(row)
        _note(db, row, who, "created", new=UserFields.model_validate(row).model_dump())


def set_password(
    database: Database, passwords: Passwords, username: str, password: str, *, who: str
) -> None:
    """Change a password and end all logins made with the old one.

    Raises:
        UnknownUser: there is no such account.
        Invalid: the password is too weak.
    """
    password_hash = _checked_hash(passwords, username, password)
    with database.begin() as db:
        found = user(db, username)
        found.password_hash = password_hash
        _end_logins(db, found)
        _note(db, found, who, "password_changed")


def disable_user(database: Database, username: str, *, who: str) -> None:
    """Close an account: its logins end at once and its API keys no longer work.

    Raises:
        UnknownUser: there is no such account.
    """
    with database.begin() as db:
        found = user(db, username)
        was_disabled = found.is_disabled
        found.is_disabled = True
        _end_logins(db, found)
        old, new = {"is_disabled": was_disabled}, {"is_disabled": True}
        _note(db, found, who, "disabled", old=old, new=new)


def _checked_hash(passwords: Passwords, username: str, password: str) -> str:
    objection = password_objection(username, password)
    if objection is not None:
        raise Invalid("password", objection)
    return passwords.hashed(password)


def _end_logins(db: Session, found: User) -> None:
    db.exec(delete(LoginSession).where(col(LoginSession.user_id) == found.id))


def _note(
    db: Session,
    found: User,
    who: str,
    action: str,
    *,
    old: Mapping[str, object] | None = None,
    new: Mapping[str, object] | None = None,
) -> None:
    record(
        db,
        who=who,
        action=action,
        entity="user",
        entity_id=found.username,
        organisation_code=found.organisation_code,
        old=old,
        new=new,
    )
