"""Each field of a station, spelled once."""

from typing import Annotated

from pydantic import StringConstraints
from sqlmodel import Field, SQLModel

from inventory.database import enum_as_text
from inventory.organisations.schema import Code, Name
from inventory.stations.rules import MODULES, Level, StationUse

ModuleCode = Annotated[str, StringConstraints(pattern=r"^\d-\d{1,2}$")]


class StationFacts(SQLModel):
    """What a station states of itself; quantities of a requirement list multiply by these.

    None means not stated, which is not zero. `exam_tasks` is per module.
    """

    workstations: int | None = Field(default=None, ge=0, le=1000)
    vehicle_workstations: int | None = Field(default=None, ge=0, le=1000)
    bench_workstations: int | None = Field(default=None, ge=0, le=1000)
    exam_rooms: int | None = Field(default=None, ge=0, le=1000)
    hv_areas: int | None = Field(default=None, ge=0, le=1000)
    vehicles: int | None = Field(default=None, ge=0, le=1000)
    examinees: int | None = Field(default=None, ge=0, le=100_000)
    exam_tasks: int | None = Field(default=4, ge=0, le=100)


class ExamSettings(SQLModel):
    """How a station holds exams; None means not stated.

    `opening_minutes` are those of a day. `daily_per_workstation` is how many examinees a
    workstation takes on a day at most. `modules_at_once` are groups of modules that are examined at
    the same time; all others have a time of their own.
    """

    exam_minutes: int | None = Field(default=None, ge=1, le=1440)
    opening_minutes: int | None = Field(default=None, ge=1, le=1440)
    daily_per_workstation: int | None = Field(default=None, ge=1, le=1000)
    modules_at_once: list[list[ModuleCode]] = Field(default_factory=list)


class StationPlace(SQLModel):
    """Where a station is; degrees of WGS 84 as a phone shows them, both or neither."""

    address: str = Field(default="", max_length=200)
    latitude: float | None = Field(default=None, ge=-90, le=90)
    longitude: float | None = Field(default=None, ge=-180, le=180)


class StationFields(StationFacts, ExamSettings, StationPlace):
    """What is said of a station; `modules` and `levels` are what it trains or examines."""

    code: Code
    organisation_code: Code
    use: StationUse = Field(sa_type=enum_as_text(StationUse))
    name_zh: Name
    name_en: str = Field(default="", max_length=120)
    is_shared: bool = False
    modules: list[ModuleCode] = Field(default_factory=lambda: list(MODULES))
    levels: list[Level] = Field(default_factory=lambda: list(Level))


class StationOut(SQLModel):
    """A station as the API shows it.

    `facts` and `exams` are null for those who only see that it is shared.
    """

    model_config = {
        "json_schema_extra": {
            "examples": [
                {
                    "code": "BJ01-T",
                    "organisation_code": "BJ01",
                    "organisation_name_zh": "北京示范职业学校",
                    "organisation_name_en": "Beijing Demonstration School",
                    "use": "training",
                    "name_zh": "培训站",
                    "name_en": "Training station",
                    "is_shared": True,
                    "modules": ["2-1", "2-2"],
                    "levels": ["elementary", "intermediate"],
                    "facts": {"workstations": 4, "exam_tasks": 4},
                    "exams": {"exam_minutes": 90, "modules_at_once": [["2-1", "2-2"]]},
                    "place": {"address": "北京市海淀区某路 1 号", "latitude": 39.96},
                }
            ]
        }
    }

    code: str
    organisation_code: str
    organisation_name_zh: str
    organisation_name_en: str
    use: StationUse
    name_zh: str
    name_en: str
    is_shared: bool
    modules: list[str]
    levels: list[Level]
    facts: StationFacts | None
    exams: ExamSettings | None
    place: StationPlace
