"""Finding entries of income, and what they add up to; only what the caller may see."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import BigInteger, ColumnElement, func, type_coerce
from sqlmodel import Session, col, select

from inventory.accounts.access import demand, demand_organisation, visible_organisations
from inventory.accounts.rules import Action, Principal, Resource
from inventory.income.errors import UnknownIncome
from inventory.income.rules import IncomeSource
from inventory.income.schema import IncomeOut, IncomePage, IncomePartOut
from inventory.income.table import IncomeEntry, IncomePart
from inventory.money import in_yuan
from inventory.organisations.use_cases import organisation


@dataclass(frozen=True, slots=True)
class IncomeQuery:
    """Which entries: of these days, both included; None leaves a side open."""

    first: date | None = None
    last: date | None = None
    organisation: str | None = None
    station: str | None = None
    bench: str | None = None
    source: IncomeSource | None = None
    booking: int | None = None
    sharing_request: int | None = None


def income_entry(db: Session, principal: Principal, entry_id: int, action: Action) -> IncomeEntry:
    """The entry of a number, if the caller may do this with it.

    Raises:
        UnknownIncome: there is none, or the caller may not know of it.
        NotAllowed: the caller's role does not include the action.
    """
    unknown = UnknownIncome(str(entry_id))
    row = db.get(IncomeEntry, entry_id)
    if row is None:
        demand(principal, action, Resource(None), unknown)
        raise unknown
    owner = organisation(db, row.organisation_code)
    demand(principal, action, Resource(owner.code, owner.evaluated_by), unknown)
    return row


def income(
    db: Session,
    principal: Principal,
    query: IncomeQuery,
    *,
    offset: int = 0,
    limit: int | None = None,
) -> IncomePage:
    """Entries the caller may see, the latest day first; limit None: all of them.

    Raises:
        UnknownOrganisation: the one that is asked for is none, or not to be known.
    """
    if query.organisation is not None:
        demand_organisation(db, principal, query.organisation, Action.READ_INCOME)
    wanted = conditions(principal, query)
    ordered = select(IncomeEntry).where(*wanted)
    rows = db.exec(
        ordered.order_by(col(IncomeEntry.received_on).desc(), col(IncomeEntry.id).desc())
        .offset(offset)
        .limit(limit)
    ).all()
    total = db.exec(select(func.count()).select_from(IncomeEntry).where(*wanted)).one()
    end = offset + len(rows)
    sums = _sums(db, wanted, query.bench)
    return IncomePage(
        items=shown(db, rows),
        total=total,
        next=end if rows and end < total else None,
        inside=in_yuan(sums.get(IncomeSource.INSIDE, 0)),
        outside=in_yuan(sums.get(IncomeSource.OUTSIDE, 0)),
    )


def conditions(principal: Principal, query: IncomeQuery) -> list[ColumnElement[bool]]:
    """What an entry must be like, to be seen and to be meant."""
    visible = col(IncomeEntry.organisation_code).in_(visible_organisations(principal))
    equals = (
        (IncomeEntry.organisation_code, query.organisation),
        (IncomeEntry.station_code, query.station),
        (IncomeEntry.source, query.source),
        (IncomeEntry.booking_id, query.booking),
        (IncomeEntry.sharing_request_id, query.sharing_request),
    )
    found = [visible, *(col(field) == value for field, value in equals if value is not None)]
    if query.first is not None:
        found.append(col(IncomeEntry.received_on) >= query.first)
    if query.last is not None:
        found.append(col(IncomeEntry.received_on) <= query.last)
    if query.bench is not None:
        theirs = select(IncomePart.entry_id).where(IncomePart.bench_code == query.bench)
        found.append(col(IncomeEntry.id).in_(theirs))
    return found


def shown(db: Session, rows: Sequence[IncomeEntry]) -> list[IncomeOut]:
    """Entries as the API shows them, with their parts; two statements for any number."""
    numbers = [row.id or 0 for row in rows]
    parts: Mapping[int, list[IncomePartOut]] = defaultdict(list)
    query = select(IncomePart).where(col(IncomePart.entry_id).in_(numbers))
    for part in db.exec(query.order_by(col(IncomePart.id))).all():
        parts[part.entry_id].append(IncomePartOut.model_validate(part.model_dump()))
    pairs = select(IncomeEntry.corrects_id, IncomeEntry.id)
    corrected = dict(db.exec(pairs.where(col(IncomeEntry.corrects_id).in_(numbers))).all())
    return [
        IncomeOut(
            **row.model_dump(),
            corrected_by_id=corrected.get(row.id),
            parts=parts.get(row.id or 0, []),
        )
        for row in rows
    ]


def in_fen_of(amount: object) -> ColumnElement[int]:
    """A column of amounts as the whole numbers that are stored, to be added up."""
    return type_coerce(col(amount), BigInteger)


def _sums(
    db: Session, wanted: Sequence[ColumnElement[bool]], bench: str | None
) -> Mapping[IncomeSource, int]:
    amount = in_fen_of(IncomeEntry.amount if bench is None else IncomePart.amount)
    query = select(col(IncomeEntry.source), func.sum(amount)).where(*wanted)
    if bench is not None:
        query = query.join(IncomePart, col(IncomePart.entry_id) == col(IncomeEntry.id))
        query = query.where(IncomePart.bench_code == bench)
    return {
        source: int(fen) for source, fen in db.exec(query.group_by(col(IncomeEntry.source))).all()
    }
