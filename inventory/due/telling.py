"""Reminders leave as one message a round, and are sent once somebody has them."""

from datetime import datetime

from sqlmodel import Session, col, select

from inventory.database import Database
from inventory.due.table import Reminder
from inventory.notifications.outbox import Everybody, Message, people_of, put
from inventory.notifications.rules import MessageKind

MOST_NAMED = 50
"""Chosen: the page has all of them; a message says what kind of things they are."""


def tell_of_reminders(database: Database, organisation_code: str, now: datetime) -> int:
    """Tell an organisation's managers of reminders nobody was told yet; how many those were.

    They stay open as long as the organisation has no manager who could be told.
    """
    with database.read() as db:
        if not _open(db, organisation_code):
            return 0
    with database.begin() as db:
        waiting = _open(db, organisation_code)
        message = Message(
            MessageKind.REMINDER_DUE,
            organisation_code,
            [Everybody(organisation_code)],
            {
                "count": len(waiting),
                "names": [f"{one.name_zh} {one.due_on}" for one in waiting[:MOST_NAMED]],
                "names_en": [f"{one.name_en} {one.due_on}" for one in waiting[:MOST_NAMED]],
                "due_on": min((one.due_on for one in waiting), default=None),
            },
            now,
        )
        if not waiting or not people_of(db, message):
            return 0
        put(db, message)
        for one in waiting:
            one.sent_at = now
            db.add(one)
    return len(waiting)


def _open(db: Session, organisation_code: str) -> list[Reminder]:
    query = (
        select(Reminder)
        .where(
            Reminder.organisation_code == organisation_code,
            col(Reminder.sent_at).is_(None),
            col(Reminder.settled_at).is_(None),
        )
        .order_by(col(Reminder.due_on), col(Reminder.id))
    )
    return list(db.exec(query).all())
