"""Moving a school to another database: every row, verified, all of it or nothing."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

from sqlalchemy import Column, Connection, Table, bindparam, func, insert, inspect, select, update
from sqlalchemy.exc import DataError, IntegrityError

from inventory.database import Database
from inventory.engines import DOOR, MIGRATING, WRITING
from inventory.errors import InventoryError
from inventory.migrations.run import upgrade_on
from inventory.migrations.tables import METADATA

BATCH = 1_000
VERSIONS = "alembic_version"
NO_NUL = "\N{REPLACEMENT CHARACTER}"
"""Stands where an old SQLite file has the character NUL, which PostgreSQL can't store."""
Progress = Callable[[str, int, int], None]
"""Told now and then: table, rows of it copied, rows it has."""
Cells = dict[str, Any]


class TargetNotEmpty(InventoryError):
    """The database to copy to holds something already; `tables` says where."""

    def __init__(self, tables: Sequence[str]) -> None:
        super().__init__(
            f"expected an empty database; these tables are in use: {', '.join(tables)}"
        )
        self.tables = tuple(tables)


class NotCopied(InventoryError):
    """A table did not arrive as it was; nothing is kept of the copy."""

    def __init__(self, table: str, reason: str) -> None:
        super().__init__(f"table {table}: {reason}; nothing was copied")
        self.table = table


@dataclass(frozen=True, slots=True)
class Copied:
    """Rows by table, and how many texts had a NUL replaced by `NO_NUL`."""

    rows: Mapping[str, int]
    cleaned: int


def copy_database(source: Database, target: Database, progress: Progress) -> Copied:
    """Copy everything into an empty database and read it back; one transaction on either side.

    Writers of the source wait meanwhile. The source must be of this version.

    Raises:
        TargetNotEmpty: the target is in use.
        NotCopied: what arrived differs, or does not fit.
    """
    taking = source.engine.execution_options(**{DOOR: WRITING})
    putting = target.engine.execution_options(**{DOOR: MIGRATING})
    with putting.begin() as there:
        _refuse_used(there)
        upgrade_on(there)
        with taking.connect() as here:
            done = [_copy_table(here, there, table, progress) for table in METADATA.sorted_tables]
        return Copied(
            {
                table.name: rows
                for table, (rows, _) in zip(METADATA.sorted_tables, done, strict=True)
            },
            sum(cleaned for _, cleaned in done),
        )


def _refuse_used(there: Connection) -> None:
    present = set(inspect(there).get_table_names())
    ours = sorted(present & set(METADATA.tables))
    if VERSIONS in present:
        tables = [METADATA.tables[name] for name in ours]
        ours = [t.name for t in tables if there.execute(select(t).limit(1)).first() is not None]
    # tables of our names that no migration of ours has made are somebody else's
    if ours:
        raise TargetNotEmpty(ours)


def _copy_table(
    here: Connection, there: Connection, table: Table, progress: Progress
) -> tuple[int, int]:
    total = here.execute(select(func.count()).select_from(table)).scalar_one()
    own = [column for column in table.columns if _points_into(table, column)]
    taken, done, cleaned = hashlib.sha256(), 0, 0
    links: list[Cells] = []
    progress(table.name, 0, total)
    try:
        for rows in _batches(here, table):
            cleaned += sum(_clean(row) for row in rows)
            for row in rows:
                taken.update(_canonical(row))
            links += [row for row in rows if any(row[c.name] is not None for c in own)]
            there.execute(insert(table), [row | {c.name: None for c in own} for row in rows])
            done += len(rows)
            progress(table.name, done, total)
        _link(there, table, own, links)
    except (DataError, IntegrityError) as misfit:
        raise NotCopied(table.name, str(misfit.orig).splitlines()[0]) from misfit
    _move_counter(there, table)
    _verify(there, table, (done, taken.hexdigest()))
    return done, cleaned


def _batches(connection: Connection, table: Table) -> Iterator[list[Cells]]:
    query = select(table).order_by(*table.primary_key.columns)
    result = connection.execute(query.execution_options(yield_per=BATCH))
    for rows in result.mappings().partitions(BATCH):
        yield [dict(row) for row in rows]


def _points_into(table: Table, column: Column[Any]) -> bool:
    return any(key.column.table is table for key in column.foreign_keys)


def _link(there: Connection, table: Table, own: Sequence[Column[Any]], rows: list[Cells]) -> None:
    """Rows that name others of their own table are told so when all of them are there."""
    if not rows:
        return
    keys = list(table.primary_key.columns)
    order = update(table).values({c.name: bindparam(f"new_{c.name}") for c in own})
    for key in keys:
        order = order.where(key == bindparam(f"key_{key.name}"))
    there.execute(
        order,
        [
            {f"key_{key.name}": row[key.name] for key in keys}
            | {f"new_{c.name}": row[c.name] for c in own}
            for row in rows
        ],
    )


def _move_counter(there: Connection, table: Table) -> None:
    """Let numbers that PostgreSQL hands out go on behind those that were copied."""
    counted = table.autoincrement_column
    if there.dialect.name != "postgresql" or counted is None:
        return
    highest = there.execute(select(func.max(counted))).scalar_one()
    if highest is not None:
        counter = func.pg_get_serial_sequence(table.name, counted.name)
        there.execute(select(func.setval(counter, highest)))


def _verify(there: Connection, table: Table, expected: tuple[int, str]) -> None:
    arrived, found = hashlib.sha256(), 0
    for rows in _batches(there, table):
        for row in rows:
            arrived.update(_canonical(row))
        found += len(rows)
    if (found, arrived.hexdigest()) != expected:
        raise NotCopied(table.name, f"{found} rows arrived that are not the {expected[0]} sent")


def _clean(row: Cells) -> int:
    dirty = [name for name, value in row.items() if isinstance(value, str) and "\0" in value]
    for name in dirty:
        row[name] = row[name].replace("\0", NO_NUL)
    return len(dirty)


def _canonical(row: Cells) -> bytes:
    return json.dumps(list(row.values()), default=_spelled, sort_keys=True).encode() + b"\n"


def _spelled(value: object) -> str:
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"no column of ours holds {type(value).__name__}")
