"""What was heard of a bench on a day."""

from datetime import date, datetime

from sqlalchemy import JSON, Column
from sqlmodel import Field

from inventory.benches.schema import BenchCode
from inventory.database import Row


class HeardDay(Row, table=True):
    """Signs of life of a bench on a day (UTC).

    `heard` are pairs of seconds since the day began, `[from, to)`; known up to `until_s`, as of
    `looked_at`.
    """

    __tablename__ = "heard_day"

    bench_code: BenchCode = Field(primary_key=True, foreign_key="bench.code", max_length=32)
    day: date = Field(primary_key=True)
    until_s: int
    looked_at: datetime
    heard: list[list[int]] = Field(
        default_factory=list, sa_column=Column(JSON, nullable=False, server_default="[]")
    )
