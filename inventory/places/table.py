"""The tables of rooms and workstations; codes are unique within an organisation."""

from sqlalchemy import JSON, Column, UniqueConstraint
from sqlmodel import Field

from inventory.database import Row
from inventory.organisations.schema import Code
from inventory.places.schema import RoomFields, WorkstationFields


class RoomRow(RoomFields, Row, table=True):
    """A stored room."""

    __tablename__ = "room"
    __table_args__ = (UniqueConstraint("organisation_code", "code"),)

    id: int | None = Field(default=None, primary_key=True)
    organisation_code: Code = Field(foreign_key="organisation.code", max_length=32)
    station_codes: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))


class WorkstationRow(WorkstationFields, Row, table=True):
    """A stored workstation."""

    __tablename__ = "workstation"
    __table_args__ = (UniqueConstraint("organisation_code", "code"),)

    id: int | None = Field(default=None, primary_key=True)
    organisation_code: Code = Field(foreign_key="organisation.code", max_length=32)
    room_id: int = Field(foreign_key="room.id", index=True)
    exam_tasks: list[int] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
