"""The booking's table; guards made by the migrations refuse two bookings of one moment."""

from sqlmodel import Field

from inventory.benches.schema import BenchCode
from inventory.bookings.schema import BookingFields
from inventory.database import Row
from inventory.organisations.schema import Code

NO_OVERLAP = "ex_booking_no_overlap"
"""What the database names when it refuses: a constraint on PostgreSQL, a trigger on SQLite."""


class Booking(BookingFields, Row, table=True):
    """A stored booking; a cancelled one stays as history."""

    __tablename__ = "booking"

    id: int | None = Field(default=None, primary_key=True)
    bench_code: BenchCode = Field(foreign_key="bench.code", index=True, max_length=32)
    organisation_code: Code = Field(foreign_key="organisation.code", index=True, max_length=32)
    station_code: Code | None = Field(default=None, foreign_key="station.code", max_length=32)
