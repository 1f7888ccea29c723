"""The tables of timetables' imports: how far each is, and which lesson became which series."""

from sqlalchemy import Index, text
from sqlmodel import Field

from inventory.database import Row
from inventory.organisations.schema import Code
from inventory.timetables.schema import ImportFields, LineFields

_CURRENT = text("is_current")


class TimetableImport(ImportFields, Row, table=True):
    """A stored import."""

    __tablename__ = "timetable_import"

    id: int | None = Field(default=None, primary_key=True)
    organisation_code: Code = Field(foreign_key="organisation.code", index=True, max_length=32)


class TimetableLine(LineFields, Row, table=True):
    """A stored lesson; one whose series was given back is no longer current."""

    __tablename__ = "timetable_line"
    __table_args__ = (
        Index(
            "uq_timetable_line_current",
            "organisation_code",
            "term_first_day",
            "fingerprint",
            unique=True,
            sqlite_where=_CURRENT,
            postgresql_where=_CURRENT,
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    import_id: int = Field(foreign_key="timetable_import.id", index=True)
    organisation_code: Code = Field(foreign_key="organisation.code", index=True, max_length=32)
    series_id: int = Field(foreign_key="booking_series.id", index=True)
