"""How far reported events were taken in, and which benches report without being registered."""

from datetime import datetime

from sqlmodel import Field

from inventory.database import WIDE, Row


class ProjectionCursor(Row, table=True):
    """The position of the last event whose effects are committed here."""

    __tablename__ = "projection_cursor"

    name: str = Field(primary_key=True, max_length=40)
    position: int = Field(sa_type=WIDE)
    moved_at: datetime


class UnknownBench(Row, table=True):
    """A bench that reports but is not registered; its reports are kept for when it is."""

    __tablename__ = "unknown_bench"

    code: str = Field(primary_key=True)
    events: int = Field(sa_type=WIDE)
    first_at: datetime
    last_at: datetime
