"""The tables of bookings; guards made by the migrations refuse two holders of one moment."""

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlalchemy import Column as SqlColumn
from sqlmodel import Field

from inventory.benches.schema import BenchCode
from inventory.bookings.schema import BookingFields, PartFields, SeriesFields, SwapFields
from inventory.database import Row
from inventory.organisations.schema import Code

NO_OVERLAP = "ex_booking_part_no_overlap"
"""What the database names when it refuses: a constraint on PostgreSQL, a trigger on SQLite."""


class BookingSeries(SeriesFields, Row, table=True):
    """A stored series; its members are bookings of their own."""

    __tablename__ = "booking_series"

    id: int | None = Field(default=None, primary_key=True)
    organisation_code: Code = Field(foreign_key="organisation.code", index=True, max_length=32)
    split_from_id: int | None = Field(default=None, foreign_key="booking_series.id")
    resources: list[str] = Field(default_factory=list, sa_column=SqlColumn(JSON, nullable=False))
    exceptions: list[str] = Field(default_factory=list, sa_column=SqlColumn(JSON, nullable=False))


class Booking(BookingFields, Row, table=True):
    """A stored booking; one that ended stays as history."""

    __tablename__ = "booking"

    id: int | None = Field(default=None, primary_key=True)
    organisation_code: Code = Field(foreign_key="organisation.code", index=True, max_length=32)
    requester_organisation_code: Code = Field(
        foreign_key="organisation.code", index=True, max_length=32
    )
    station_code: Code | None = Field(default=None, foreign_key="station.code", max_length=32)
    series_id: int | None = Field(default=None, foreign_key="booking_series.id", index=True)
    displaced_by_id: int | None = Field(default=None, foreign_key="booking.id")


class BookingPart(PartFields, Row, table=True):
    """One thing a stored booking takes; history keeps what it took."""

    __tablename__ = "booking_part"
    __table_args__ = (
        UniqueConstraint("booking_id", "resource_key"),
        Index("ix_booking_part_taken", "resource_key", "blocked_to"),
        Index("ix_booking_part_bench", "bench_code", "blocked_to"),
    )

    id: int | None = Field(default=None, primary_key=True)
    booking_id: int = Field(foreign_key="booking.id", index=True)
    organisation_code: Code = Field(foreign_key="organisation.code", index=True, max_length=32)
    bench_code: BenchCode | None = Field(default=None, foreign_key="bench.code", max_length=32)


class BookingSwap(SwapFields, Row, table=True):
    """A stored offer to exchange slots."""

    __tablename__ = "booking_swap"

    id: int | None = Field(default=None, primary_key=True)
    offered_id: int = Field(foreign_key="booking.id", index=True)
    wanted_id: int = Field(foreign_key="booking.id", index=True)
