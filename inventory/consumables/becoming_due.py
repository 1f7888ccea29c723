"""What of a school's consumables runs out or goes off, for the due calendar."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date

from sqlmodel import Session, col, select

from inventory.consumables.finding import movements_by, stock_of
from inventory.consumables.rules import Movement, low_since, shown
from inventory.consumables.table import Consumable
from inventory.due_entries import DueEntry, DueKind


def due_entries(db: Session, organisations: Collection[str], on: date) -> Iterator[DueEntry]:
    """Stocks below their minimum since the day they fell below it, and goods by their last day.

    Stocks are those of a day; what will be used by a day to come nobody knows.
    """
    query = select(Consumable).where(col(Consumable.organisation_code).in_(organisations))
    rows = db.exec(query.order_by(col(Consumable.organisation_code), col(Consumable.code))).all()
    moved = movements_by(db, rows)
    for row in rows:
        yield from _of_one(row, [one for one in moved[row.id or 0] if one.happened_on <= on])


def _of_one(row: Consumable, moved: Sequence[Movement]) -> Iterator[DueEntry]:
    stock = stock_of(moved)
    if stock.milli < row.minimum_milli:
        detail = f"{shown(stock.milli)} / {shown(row.minimum_milli)} {row.unit}"
        yield _entry(row, low_since(moved, row.minimum_milli), detail)
    for day in sorted({lot.expires_on for lot in stock.lots if lot.expires_on is not None}):
        milli = sum(lot.milli for lot in stock.lots if lot.expires_on == day)
        yield _entry(row, day, f"{shown(milli)} {row.unit}")


def _entry(row: Consumable, day: date | None, detail: str) -> DueEntry:
    return DueEntry(
        DueKind.CONSUMABLE,
        row.organisation_code,
        "consumable",
        f"{row.organisation_code}/{row.code}",
        row.name_zh,
        row.name_en or row.name_zh,
        day,
        tuple(row.station_codes),
        detail.strip(),
    )
