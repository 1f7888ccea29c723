"""The booking's table, in which the database itself refuses two bookings of one moment."""

from sqlalchemy import DDL, event
from sqlmodel import Field

from inventory.benches.schema import BenchCode
from inventory.bookings.schema import BookingFields
from inventory.database import Row
from inventory.organisations.schema import Code

NO_OVERLAP = "ex_booking_no_overlap"


class Booking(BookingFields, Row, table=True):
    """A stored booking; a cancelled one stays as history."""

    __tablename__ = "booking"

    id: int | None = Field(default=None, primary_key=True)
    bench_code: BenchCode = Field(foreign_key="bench.code", index=True, max_length=32)
    organisation_code: Code = Field(foreign_key="organisation.code", index=True, max_length=32)
    station_code: Code | None = Field(default=None, foreign_key="station.code", max_length=32)


_TAKEN = (
    "SELECT 1 FROM booking WHERE bench_code = NEW.bench_code AND state = 'booked' "
    "AND id <> NEW.id AND start_at < NEW.end_at AND NEW.start_at < end_at"
)
SQLITE_GUARDS = [
    f"CREATE TRIGGER booking_refuses_overlap_{verb.lower()} AFTER {verb} ON booking "
    f"WHEN NEW.state = 'booked' AND EXISTS ({_TAKEN}) "
    f"BEGIN SELECT RAISE(ABORT, '{NO_OVERLAP}'); END"
    for verb in ("INSERT", "UPDATE")
]
POSTGRESQL_GUARDS = [
    "CREATE EXTENSION IF NOT EXISTS btree_gist",
    (
        f"ALTER TABLE booking ADD CONSTRAINT {NO_OVERLAP} EXCLUDE USING gist "
        "(bench_code WITH =, tstzrange(start_at, end_at) WITH &&) WHERE (state = 'booked')"
    ),
]

_table = Booking.metadata.tables["booking"]
for _statement in SQLITE_GUARDS:
    event.listen(_table, "after_create", DDL(_statement).execute_if(dialect="sqlite"))  # type: ignore[no-untyped-call] # SQLAlchemy
for _statement in POSTGRESQL_GUARDS:
    event.listen(_table, "after_create", DDL(_statement).execute_if(dialect="postgresql"))  # type: ignore[no-untyped-call]
