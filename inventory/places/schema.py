"""Each field of a room and of a workstation, spelled once."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlmodel import Field as Column
from sqlmodel import SQLModel

from inventory.database import enum_as_text
from inventory.organisations.schema import Code, Name
from inventory.places.rules import RoomKind, WorkstationKind
from inventory.requirements.tabular import PassedOver, RowProblem

PlaceCode = Annotated[
    str, StringConstraints(pattern=r"^[^\s;|'\"=+@#-][^\s;|'\"]{0,31}$", max_length=32)
]
"""Number or short name of a room or workstation of the school's own."""
Task = Annotated[int, Field(ge=1, le=99)]
Tasks = Annotated[list[Task], Field(max_length=99)]
Metres = Annotated[float, Field(ge=0, le=10_000, allow_inf_nan=False)]
Area = Annotated[float, Field(gt=0, le=1_000_000, allow_inf_nan=False)]
Position = Annotated[str, StringConstraints(max_length=40, strip_whitespace=True)]
Asset = Annotated[str, StringConstraints(max_length=64, strip_whitespace=True)]
Stations = Annotated[list[Code], Field(max_length=200)]
NameEn = Annotated[str, StringConstraints(max_length=120, strip_whitespace=True)]
_ROOM: dict[str, Any] = {
    "id": 3,
    "organisation_code": "BJ01",
    "code": "101",
    "name_zh": "实训楼 101",
    "name_en": "Hall 101",
    "kind": "exam_room",
    "station_codes": ["BJ01-E"],
    "area_m2": 180.0,
    "workstations": [],
}


class RoomFields(SQLModel):
    """A room; the fields are those of `rules.Room`, see there."""

    code: PlaceCode = Column(max_length=32)
    name_zh: Name = Column(max_length=120)
    name_en: NameEn = Column(default="", max_length=120)
    kind: RoomKind = Column(default=RoomKind.OTHER, sa_type=enum_as_text(RoomKind))
    station_codes: Stations = Column(default_factory=list)
    area_m2: Area | None = None


class WorkstationFields(SQLModel):
    """A workstation; the fields are those of `rules.Workstation`, see there."""

    code: PlaceCode = Column(max_length=32)
    kind: WorkstationKind = Column(sa_type=enum_as_text(WorkstationKind))
    position: Position = Column(default="", max_length=40)
    x_m: Metres | None = None
    y_m: Metres | None = None
    exam_tasks: Tasks = Column(default_factory=list)
    asset_number: Asset = Column(default="", max_length=64)


class RoomOrder(RoomFields):
    """A room to add; without an organisation: to the caller's own."""

    model_config = {"extra": "forbid"}

    organisation: Code | None = None


class WorkstationOrder(WorkstationFields):
    """A workstation to add."""

    model_config = {"extra": "forbid"}


class RoomChange(BaseModel):
    """What changes of a room; what is not named stays."""

    model_config = ConfigDict(extra="forbid")

    name_zh: Name | None = None
    name_en: NameEn | None = None
    kind: RoomKind | None = None
    station_codes: Stations | None = None
    area_m2: Area | None = None


class WorkstationChange(BaseModel):
    """What changes of a workstation; what is not named stays."""

    model_config = ConfigDict(extra="forbid")

    kind: WorkstationKind | None = None
    position: Position | None = None
    x_m: Metres | None = None
    y_m: Metres | None = None
    exam_tasks: Tasks | None = None
    asset_number: Asset | None = None


class WorkstationOut(WorkstationFields):
    """A workstation as the API shows it."""

    id: int


class RoomOut(RoomFields):
    """A room with its workstations as the API shows it."""

    model_config = {"json_schema_extra": {"examples": [_ROOM]}}

    id: int
    organisation_code: str
    workstations: list[WorkstationOut]


class PlacesImported(BaseModel):
    """What an import did, in rooms with their workstations."""

    created: int
    updated: int
    unchanged: int
    problems: list[RowProblem]
    ignored_columns: list[str]
    passed_over: list[PassedOver] = Field(description="rows that are comments")


class FactOut(BaseModel):
    """A fact of the station; what is stated goes before what its rooms say."""

    name: str
    stated: int | None
    derived: int | None
    applied: int | None
    differs: bool


class PlacedItem(BaseModel):
    """A piece of equipment and the room its location text means; null: none of the rooms."""

    asset_number: str
    item_zh: str
    location: str
    room_code: str | None


class StationPlaces(BaseModel):
    """Rooms of a station, what follows from them, and equipment whose place is not a room."""

    station: str
    rooms: list[RoomOut]
    facts: list[FactOut]
    placed: int = Field(description="pieces of equipment whose location is a room")
    unplaced: list[PlacedItem] = Field(description="the first 200 of the others with a location")
    unplaced_count: int
