"""What the rigs of an answer earned and cost."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func
from sqlmodel import Session, col, select

from inventory.accounts.rules import Action, Decision, Principal, authorize
from inventory.equipment.table import Equipment
from inventory.income.finding import IncomeQuery, conditions, in_fen_of
from inventory.income.rules import Earned, IncomeSource, earned
from inventory.income.table import IncomeEntry, IncomePart
from inventory.utilisation.fleet import Fleet, Question
from inventory.utilisation.periods import Period


@dataclass(frozen=True, slots=True)
class IncomeLine:
    """A bench's income by day: `sums` are those of inside and outside before each of the `days`."""

    days: Sequence[date]
    sums: Sequence[tuple[int, int]]

    def between(self, period: Period) -> tuple[int, int]:
        """Inside and outside of a period."""
        before = self.sums[bisect_left(self.days, period.first)]
        after = self.sums[bisect_right(self.days, period.last)]
        return after[0] - before[0], after[1] - before[1]


@dataclass(frozen=True, slots=True)
class Earnings:
    """Income and original values by bench, in fen.

    `elsewhere` is income of the same schools, station and days that no bench of the answer earned:
    that of vehicles, rooms and things that are no bench. Of benches named one by one it is 0.
    """

    income: Mapping[str, IncomeLine]
    values: Mapping[str, int]
    elsewhere: int

    def of(self, bench: str, period: Period) -> Earned:
        """What a bench earned in a period, and what it cost."""
        line = self.income.get(bench)
        inside, outside = (0, 0) if line is None else line.between(period)
        return earned(inside, outside, self.values.get(bench))


def earnings_of(
    db: Session, principal: Principal, fleet: Fleet, question: Question
) -> Earnings | None:
    """All there is to know, in three statements; None where the caller does not read income."""
    if authorize(principal, Action.READ_INCOME) is not Decision.ALLOWED:
        return None
    codes = [one.code for one in fleet.benches]
    return Earnings(
        _income(db, codes, question),
        _values(db, codes),
        _elsewhere(db, principal, codes, question),
    )


def _income(db: Session, codes: Sequence[str], question: Question) -> Mapping[str, IncomeLine]:
    query = (
        select(
            col(IncomePart.bench_code),
            col(IncomeEntry.received_on),
            col(IncomeEntry.source),
            in_fen_of(IncomePart.amount),
        )
        .join(IncomeEntry, col(IncomeEntry.id) == col(IncomePart.entry_id))
        .where(
            col(IncomePart.bench_code).in_(codes),
            col(IncomeEntry.received_on) >= question.first,
            col(IncomeEntry.received_on) <= question.last,
        )
    )
    found: dict[str, list[tuple[date, IncomeSource, int]]] = defaultdict(list)
    for code, day, source, fen in db.exec(query.order_by(col(IncomeEntry.received_on))).all():
        found[code or ""].append((day, source, fen))
    return {code: _line(taken) for code, taken in found.items()}


def _line(taken: Sequence[tuple[date, IncomeSource, int]]) -> IncomeLine:
    sums = [(0, 0)]
    for _, source, fen in taken:
        inside, outside = sums[-1]
        is_inside = source is IncomeSource.INSIDE
        sums.append((inside + fen, outside) if is_inside else (inside, outside + fen))
    return IncomeLine([day for day, _, _ in taken], sums)


def _values(db: Session, codes: Sequence[str]) -> Mapping[str, int]:
    """By bench, of the register row it is."""
    value = Equipment.original_value
    query = select(col(Equipment.bench_code), in_fen_of(value)).where(
        col(Equipment.bench_code).in_(codes), col(value).is_not(None)
    )
    return {code: fen for code, fen in db.exec(query).all() if code is not None}


def _elsewhere(db: Session, principal: Principal, codes: Sequence[str], question: Question) -> int:
    if question.benches is not None:
        return 0
    asked = IncomeQuery(question.first, question.last, question.organisation, question.station)
    wanted = conditions(principal, asked)
    whole = select(func.sum(in_fen_of(IncomeEntry.amount))).where(*wanted)
    of_rigs = (
        select(func.sum(in_fen_of(IncomePart.amount)))
        .join(IncomeEntry, col(IncomeEntry.id) == col(IncomePart.entry_id))
        .where(*wanted, col(IncomePart.bench_code).in_(codes))
    )
    sums = db.exec(select(whole.scalar_subquery(), of_rigs.scalar_subquery())).one()
    all_of_it, theirs = (int(one or 0) for one in sums)
    return all_of_it - theirs
