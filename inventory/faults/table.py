"""The fault's table."""

from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field

from inventory.database import Row
from inventory.faults.schema import FaultFields


class Fault(FaultFields, Row, table=True):
    """A stored fault.

    `bench_code` is no foreign key: a bench may report before it is registered, and what it
    reported is kept until it is. `orders` are those of the steps that count: `state`, `confirmed`,
    `severity` and `freeze`.
    """

    __tablename__ = "fault"

    bench_code: str = Field(primary_key=True)
    fault_id: str = Field(primary_key=True)
    signals: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    has_freeze: bool = False
    orders: dict[str, Any] = Field(
        default_factory=dict, sa_column=Column(JSON, nullable=False, server_default="{}")
    )


class FaultFreeze(Row, table=True):
    """A freeze as it came on the wire; apart from the fault, because lists leave it out."""

    __tablename__ = "fault_freeze"

    bench_code: str = Field(primary_key=True)
    fault_id: str = Field(primary_key=True)
    record: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
