"""The bench's table."""

from sqlmodel import Field

from inventory.benches.schema import BenchCode, BenchFields
from inventory.database import Row
from inventory.organisations.schema import Code


class Bench(BenchFields, Row, table=True):
    """A stored bench."""

    __tablename__ = "bench"

    code: BenchCode = Field(primary_key=True, max_length=32)
    organisation_code: Code = Field(foreign_key="organisation.code", index=True, max_length=32)
    station_code: Code | None = Field(
        default=None, foreign_key="station.code", index=True, max_length=32
    )
