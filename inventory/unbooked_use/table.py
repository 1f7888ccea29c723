"""The table of notes on unbooked use."""

from datetime import datetime

from sqlmodel import Field

from inventory.benches.schema import BenchCode
from inventory.database import Row
from inventory.organisations.schema import Code
from inventory.unbooked_use.schema import UseNoteFields


class UseNote(UseNoteFields, Row, table=True):
    """A stored note; one that was taken back, or that another one replaced, stays as history."""

    __tablename__ = "use_note"

    id: int | None = Field(default=None, primary_key=True)
    bench_code: BenchCode = Field(foreign_key="bench.code", index=True, max_length=32)
    organisation_code: Code = Field(foreign_key="organisation.code", index=True, max_length=32)
    withdrawn_at: datetime | None = None
    withdrawn_by: str | None = Field(default=None, max_length=80)
