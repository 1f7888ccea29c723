"""Importing a school's consumables with a counted stock, and writing them to a file."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from inventory.accounts.access import demand_organisation
from inventory.accounts.rules import Action, Principal
from inventory.consumables.finding import Stock, stocks_of
from inventory.consumables.keeping import KEPT, enter, facts_of, keep
from inventory.consumables.reading import Counted, StockRow, read_stock, write_stock
from inventory.consumables.rules import MovementKind
from inventory.consumables.table import Consumable, StockMovement
from inventory.database import Database
from inventory.moments import today
from inventory.organisations.use_cases import organisation
from inventory.requirements.errors import RowsRefused
from inventory.requirements.tabular import PassedOver, RowProblem
from inventory.stations.use_cases import own_stations


@dataclass(frozen=True, slots=True)
class StockUpload:
    """A file of one organisation's consumables; `is_partial` imports the good rows of a bad one."""

    name: str
    content: bytes
    organisation_code: str
    is_partial: bool = False


@dataclass(frozen=True, slots=True)
class StockImport:
    """What an import did, counted in consumables."""

    created: int
    updated: int
    unchanged: int
    corrected: int
    problems: tuple[RowProblem, ...]
    ignored_columns: tuple[str, ...]
    passed_over: tuple[PassedOver, ...] = ()


def import_stock(
    database: Database, upload: StockUpload, *, who: str, now: datetime
) -> StockImport:
    """Add and update consumables by code in one transaction; a counted stock becomes a correction.

    Raises:
        UnreadableFile: the file as a whole can't be read.
        RowsRefused: rows are bad and the import is not partial.
        UnknownOrganisation: nobody has the code.
    """
    reading = read_stock(upload.name, upload.content)
    code = upload.organisation_code
    with database.begin() as db:
        organisation(db, code)
        rows = db.exec(select(Consumable).where(Consumable.organisation_code == code)).all()
        known = {row.code: row for row in rows}
        own = own_stations(db, code)
        foreign = [found for one in reading.rows for found in _foreign(one, own, known)]
        problems = tuple(sorted((*reading.problems, *foreign), key=lambda one: one.row))
        bad = {problem.row for problem in foreign}
        good = [one.counted for one in reading.rows if one.number not in bad]
        if problems and not (upload.is_partial and good):
            raise RowsRefused(problems)
        stocks = stocks_of(db, rows)
        done = [_put(db, code, known.get(one.code), one, who) for one in good]
        corrected = [
            _count(db, row, one, stocks.get(row.id or 0, Stock()).milli, (who, now))
            for (_, row), one in zip(done, good, strict=True)
        ]
    steps = [step for step, _ in done]
    counts = (steps.count("created"), steps.count("updated"), steps.count(""))
    return StockImport(
        *counts, sum(corrected), problems, reading.ignored_columns, reading.passed_over
    )


def export_stock(db: Session, principal: Principal, organisation_code: str, name: str) -> bytes:
    """An organisation's consumables as a file of the name's kind, which can be imported again.

    Raises:
        UnknownOrganisation: there is none, or the caller may not know of it.
        NotAllowed: the caller's role sees no register.
        UnreadableFile: the name ends in neither .csv nor .xlsx.
    """
    demand_organisation(db, principal, organisation_code, Action.READ_REGISTER)
    query = select(Consumable).where(Consumable.organisation_code == organisation_code)
    rows = db.exec(query.order_by(col(Consumable.code))).all()
    stocks = stocks_of(db, rows)
    found = [
        Counted(
            row.code,
            row.name_zh,
            row.name_en,
            row.unit,
            row.minimum_milli,
            tuple(row.station_codes),
            row.location,
            stocks[row.id or 0].milli,
        )
        for row in rows
    ]
    return write_stock(name, found)


def _put(
    db: Session, organisation_code: str, row: Consumable | None, one: Counted, who: str
) -> tuple[str, Consumable]:
    values = {name: getattr(one, name) for name in KEPT}
    values["station_codes"] = list(one.station_codes)
    old = None if row is None else facts_of(row)
    if row is None:
        row = Consumable.model_validate(values | {"organisation_code": organisation_code})
    else:
        row.sqlmodel_update(values)
    keep(db, row, old, who)
    if old is None:
        return "created", row
    return "updated" if facts_of(row) != old else "", row


def _count(
    db: Session, row: Consumable, one: Counted, stock_milli: int, by: tuple[str, datetime]
) -> bool:
    if one.stock_milli is None or one.stock_milli == stock_milli:
        return False
    who, now = by
    moved = StockMovement(
        consumable_id=row.id or 0,
        kind=MovementKind.CORRECTED,
        milli=one.stock_milli - stock_milli,
        happened_on=today(now),
        who=who,
        at=now,
    )
    enter(db, row, moved, stock_milli)
    return True


def _foreign(one: StockRow, own: set[str], known: Mapping[str, Consumable]) -> Iterator[RowProblem]:
    for code in one.counted.station_codes:
        if code not in own:
            told = sorted(own)
            expected = (f"本校站点代码：{'、'.join(told)}", f"a station: {', '.join(told)}")
            yield RowProblem(one.number, "station_codes", code, *expected)
    before = known.get(one.counted.code)
    if before is not None and before.unit != one.counted.unit:
        unit = before.unit or "-"
        expected = (f"原有单位 {unit}（已有出入库记录）", f"{unit}, in which its movements are")
        yield RowProblem(one.number, "unit", one.counted.unit, *expected)
