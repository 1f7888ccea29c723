"""The tables of stocktakes: what was expected, every scan, the signed record and its proposals."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, Text, text
from sqlmodel import Field

from inventory.database import Row, enum_as_text
from inventory.organisations.schema import Code
from inventory.stocktakes.rules import ProposalKind, ProposalState
from inventory.stocktakes.schema import PieceFields, StocktakeFields

_GOES_ON = text("state = 'open'")


def _of_stocktake() -> Any:  # noqa: ANN401 - SQLModel's fields are of any type
    return Field(primary_key=True, foreign_key="stocktake.id")


class Stocktake(StocktakeFields, Row, table=True):
    """A stored stocktake; a station has one that is open at most."""

    __tablename__ = "stocktake"
    __table_args__ = (
        Index(
            "uq_stocktake_open",
            "station_code",
            unique=True,
            sqlite_where=_GOES_ON,
            postgresql_where=_GOES_ON,
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    station_code: Code = Field(foreign_key="station.code", max_length=32)
    organisation_code: Code = Field(foreign_key="organisation.code", index=True, max_length=32)
    locations: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))


class StocktakePiece(PieceFields, Row, table=True):
    """A piece as the register had it; never changed.

    No foreign key leads into the register: the picture outlives what it shows.
    """

    __tablename__ = "stocktake_piece"

    stocktake_id: int = _of_stocktake()
    asset_number: str = Field(primary_key=True, max_length=64)


class StocktakeScan(Row, table=True):
    """A stored scan; only ever added, and withdrawn at most. `is_late`: came after the end."""

    __tablename__ = "stocktake_scan"

    stocktake_id: int = _of_stocktake()
    client_id: str = Field(primary_key=True, max_length=64)
    device_id: str = Field(max_length=64)
    who: str = Field(max_length=80)
    scanned_at: datetime
    received_at: datetime
    code: str = Field(max_length=300)
    asset_number: str | None = Field(default=None, max_length=64)
    location: str = Field(default="", max_length=200)
    counted: float | None = None
    note: str = Field(default="", max_length=1000)
    document_ids: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    is_late: bool = False
    withdrawn_at: datetime | None = None
    withdrawn_by: str | None = Field(default=None, max_length=80)


class StocktakeDevice(Row, table=True):
    """A phone that takes part, and how many scans it said it still holds."""

    __tablename__ = "stocktake_device"

    stocktake_id: int = _of_stocktake()
    device_id: str = Field(primary_key=True, max_length=64)
    who: str = Field(max_length=80)
    unsent: int
    seen_at: datetime


class StocktakeRecord(Row, table=True):
    """The signed record's canonical text; never changed."""

    __tablename__ = "stocktake_record"

    stocktake_id: int = _of_stocktake()
    sha256: str = Field(max_length=64)
    text: str = Field(sa_column=Column(Text, nullable=False))


class StocktakeProposal(Row, table=True):
    """A change of the register that a signed stocktake proposes."""

    __tablename__ = "stocktake_proposal"

    stocktake_id: int = _of_stocktake()
    asset_number: str = Field(primary_key=True, max_length=64)
    kind: ProposalKind = Field(primary_key=True, sa_type=enum_as_text(ProposalKind))
    item_zh: str = Field(default="", max_length=200)
    old: str = Field(max_length=200)
    new: str = Field(max_length=200)
    state: ProposalState = Field(default=ProposalState.OPEN, sa_type=enum_as_text(ProposalState))
    decided_at: datetime | None = None
    decided_by: str | None = Field(default=None, max_length=80)
