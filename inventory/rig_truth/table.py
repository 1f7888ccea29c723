"""The table of notices: what makes sure that nobody is told the same thing twice."""

from sqlalchemy import Index, text
from sqlmodel import Field

from inventory.database import Row
from inventory.organisations.schema import Code
from inventory.rig_truth.schema import NoticeFields

_OPEN = text("state = 'open'")


class RigNotice(NoticeFields, Row, table=True):
    """A stored notice; a rig of a booking has one open at most."""

    __tablename__ = "rig_notice"
    __table_args__ = (
        Index(
            "uq_rig_notice_open",
            "booking_id",
            "resource_key",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    booking_id: int = Field(foreign_key="booking.id", index=True)
    organisation_code: Code = Field(foreign_key="organisation.code", index=True, max_length=32)
