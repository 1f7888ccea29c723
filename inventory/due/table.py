"""The table of reminders, which whoever sends messages empties later."""

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from inventory.database import Row
from inventory.due.schema import ReminderFields
from inventory.organisations.schema import Code


class Reminder(ReminderFields, Row, table=True):
    """A stored reminder."""

    __tablename__ = "reminder"
    __table_args__ = (
        UniqueConstraint("organisation_code", "kind", "entity", "entity_id", "due_on", "lead_days"),
    )

    id: int | None = Field(default=None, primary_key=True)
    organisation_code: Code = Field(foreign_key="organisation.code", max_length=32)
