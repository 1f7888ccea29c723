"""What the counters stood at when a day began."""

from datetime import date, datetime

from sqlalchemy import BigInteger
from sqlmodel import Field

from inventory.database import Row


class TransportDay(Row, table=True):
    """Counters of a bench at the first look of a local day; today's counts begin there."""

    __tablename__ = "transport_day"

    bench_code: str = Field(primary_key=True, max_length=32)
    day: date = Field(primary_key=True)
    taken_at: datetime
    resends: int = Field(default=0, sa_type=BigInteger)
    rejected: int = Field(default=0, sa_type=BigInteger)
    dropped: int = Field(default=0, sa_type=BigInteger)
    expired: int = Field(default=0, sa_type=BigInteger)
