"""Each field of a stocktake, its pieces, scans and proposals, spelled once."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints
from sqlmodel import Field as Column
from sqlmodel import SQLModel

from inventory.database import enum_as_text
from inventory.documents.schema import DocumentId
from inventory.equipment.rules import EquipmentStatus
from inventory.organisations.schema import Code
from inventory.stocktakes.rules import PieceResult, ProposalKind, ProposalState, StocktakeState

MOST_SCANS = 100
"""Scans in one request. Chosen: about 50 kB, which goes through where little goes through."""
Key = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{8,64}$")]
Text = Annotated[str, StringConstraints(max_length=1000, strip_whitespace=True)]
Location = Annotated[str, StringConstraints(max_length=200, strip_whitespace=True)]
MOST_CODE = 300
Scanned = Annotated[
    str, StringConstraints(min_length=1, max_length=MOST_CODE, strip_whitespace=True)
]
_EXAMPLE: dict[str, Any] = {
    "id": 2,
    "station_code": "BJ01-E",
    "organisation_code": "BJ01",
    "title": "2026 年终盘点",
    "locations": ["实训楼 101"],
    "state": "open",
    "started_at": "2026-12-01T08:00:00Z",
    "started_by": "bj-master",
    "ended_at": None,
    "ended_by": None,
    "note": "",
    "sha256": None,
}


class StocktakeFields(SQLModel):
    """A stocktake of a station; `locations` are the rooms it is limited to, empty: all of it.

    `sha256` is that of the signed record.
    """

    station_code: Code
    organisation_code: Code
    title: str = Column(default="", max_length=200)
    locations: list[str] = Column(default_factory=list)
    state: StocktakeState = Column(
        default=StocktakeState.OPEN, sa_type=enum_as_text(StocktakeState)
    )
    started_at: datetime
    started_by: str = Column(max_length=80)
    ended_at: datetime | None = None
    ended_by: str | None = Column(default=None, max_length=80)
    note: str = Column(default="", max_length=1000)
    sha256: str | None = Column(default=None, max_length=64)


class PieceFields(SQLModel):
    """A piece as the register had it, see `rules.Piece`."""

    asset_number: str = Column(max_length=64)
    item_zh: str = Column(max_length=200)
    item_en: str = Column(default="", max_length=200)
    location: str = Column(default="", max_length=200)
    status: EquipmentStatus = Column(sa_type=enum_as_text(EquipmentStatus))
    quantity: float
    quantity_unit: str = Column(default="", max_length=20)
    is_expected: bool


class StocktakeOrder(BaseModel):
    """What is to be counted: a station, or some of its rooms as the register names them."""

    model_config = ConfigDict(extra="forbid")

    station: Code
    title: Annotated[str, StringConstraints(max_length=200, strip_whitespace=True)] = ""
    locations: list[Location] = Field(default=[], max_length=200)


class ScanOrder(BaseModel):
    """One scan; `client_id` is made where it is scanned and names it for ever.

    `code` is what was read or typed: address or code of a label, or an asset number. `location`
    is empty where it was not said.
    """

    model_config = ConfigDict(extra="forbid")

    client_id: Key
    scanned_at: AwareDatetime
    code: Scanned
    location: Location = ""
    counted: float | None = Field(default=None, gt=0, le=1_000_000)
    note: Text = ""
    document_ids: list[DocumentId] = Field(default=[], max_length=10)


class ScansOrder(BaseModel):
    """Scans of one phone, and how many more it still holds."""

    model_config = ConfigDict(extra="forbid")

    device_id: Key
    scans: list[ScanOrder] = Field(default=[], max_length=MOST_SCANS)
    unsent: int = Field(default=0, ge=0, le=1_000_000)


class EndOrder(BaseModel):
    """Words to the end of a stocktake; `despite_unsent` ends it although a phone holds scans."""

    model_config = ConfigDict(extra="forbid")

    note: Text = ""
    despite_unsent: bool = False


class ProposalKey(BaseModel):
    """Which proposal of a stocktake."""

    model_config = ConfigDict(extra="forbid")

    asset_number: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    kind: ProposalKind


class DecisionOrder(BaseModel):
    """What is decided on proposals, by default on all open ones."""

    model_config = ConfigDict(extra="forbid")

    is_applied: bool = True
    proposals: list[ProposalKey] | None = Field(default=None, max_length=20_000)


class StocktakeOut(StocktakeFields):
    """A stocktake as the API shows it."""

    model_config = {"json_schema_extra": {"examples": [_EXAMPLE]}}

    id: int


class DeviceOut(BaseModel):
    """A phone that took part; `unsent` is what it said last."""

    device_id: str
    who: str
    unsent: int
    seen_at: datetime


class StocktakePage(StocktakeOut):
    """A stocktake with its figures.

    `late` are scans that came after the end: kept, but not part of the record. `doubles` are scans
    of what had been scanned before, `withdrawn` those somebody took back.
    """

    model_config = {
        "json_schema_extra": {
            "examples": [
                _EXAMPLE
                | {
                    "counts": {"found": 40, "wrong_place": 1, "expected": 3, "unknown": 0},
                    "scans": 42,
                    "doubles": 1,
                    "withdrawn": 0,
                    "late": 0,
                    "devices": [],
                    "open_proposals": 0,
                    "may_scan": True,
                    "may_manage": False,
                }
            ]
        }
    }

    counts: dict[PieceResult, int]
    scans: int
    doubles: int
    withdrawn: int
    late: int
    devices: list[DeviceOut]
    open_proposals: int
    may_scan: bool
    may_manage: bool


class SeenOut(BaseModel):
    """The sighting that decides on a piece, or an unknown code."""

    client_id: str
    code: str
    who: str
    scanned_at: datetime
    location: str
    counted: float | None
    note: str
    document_ids: list[str]


class RowOut(PieceFields):
    """A piece, what became of it, and the code on its label if it has one."""

    result: PieceResult
    times: int
    seen: SeenOut | None
    label: str | None


class ScanOut(BaseModel):
    """What became of a sent scan.

    `recorded` now, `again`: had been recorded, `late`: kept, but the stocktake was over,
    `refused`: not kept, with the reason. `result` is what is known of the piece now.
    """

    client_id: str
    outcome: str = Field(pattern="^(recorded|again|late|refused)$")
    reason: str = ""
    asset_number: str | None = None
    item_zh: str = ""
    item_en: str = ""
    result: PieceResult | None = None


class ScansOut(BaseModel):
    """What became of each sent scan, in their order."""

    state: StocktakeState
    scans: list[ScanOut]


class SheetOut(BaseModel):
    """All that a phone needs to go on without a network."""

    stocktake: StocktakePage
    rooms: list[str] = Field(description="places of the school's register")
    rows: list[RowOut]
    unknown: list[SeenOut]


class ProposalOut(SQLModel):
    """A proposal as the API shows it; `old` and `new` are the field's values as texts."""

    asset_number: str
    item_zh: str
    kind: ProposalKind
    old: str
    new: str
    state: ProposalState
    decided_at: datetime | None
    decided_by: str | None


class RecordOut(BaseModel):
    """The signed record; `is_intact` says whether the text still has its hash."""

    sha256: str
    is_intact: bool
    text: str
