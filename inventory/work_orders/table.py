"""The tables of work orders: what they are now, and everything that happened to them."""

from typing import Any

from sqlalchemy import JSON, Column, Index, text
from sqlmodel import Field

from inventory.benches.schema import BenchCode
from inventory.database import Row
from inventory.organisations.schema import Code
from inventory.work_orders.schema import WorkOrderEntryFields, WorkOrderFields

ONE_PER_FAULT = "uq_work_order_fault"
_UNFINISHED = text("state IN ('reported', 'triaged', 'in_progress')")


class WorkOrder(WorkOrderFields, Row, table=True):
    """A stored work order; a fault of a bench has one unfinished at most.

    `asset_number` is no foreign key: the order outlives what the register says. `fault_ids` are
    the occurrences it has seen, the latest last.
    """

    __tablename__ = "work_order"
    __table_args__ = (
        Index(
            ONE_PER_FAULT,
            "bench_code",
            "fault_key",
            unique=True,
            sqlite_where=_UNFINISHED,
            postgresql_where=_UNFINISHED,
        ),
        Index("ix_work_order_state", "organisation_code", "state"),
    )

    id: int | None = Field(default=None, primary_key=True)
    organisation_code: Code = Field(foreign_key="organisation.code", max_length=32)
    station_code: Code | None = Field(default=None, foreign_key="station.code", max_length=32)
    bench_code: BenchCode | None = Field(default=None, foreign_key="bench.code", max_length=32)
    fault: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON))
    fault_ids: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))


class WorkOrderEntry(WorkOrderEntryFields, Row, table=True):
    """A stored step; only ever added."""

    __tablename__ = "work_order_entry"

    id: int | None = Field(default=None, primary_key=True)
    work_order_id: int = Field(foreign_key="work_order.id", index=True)
    document_ids: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
