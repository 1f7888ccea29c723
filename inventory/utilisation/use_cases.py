"""Telling what benches were used for, by any group and period, and what each figure is made of."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime

from sqlmodel import Session, col, select

from inventory.accounts.rules import Principal
from inventory.income.rules import Earned
from inventory.income.rules import summed as summed_money
from inventory.moments import epoch_ms
from inventory.money import in_yuan
from inventory.organisations.table import Organisation
from inventory.stations.table import Station
from inventory.utilisation.earning import Earnings, earnings_of
from inventory.utilisation.fleet import Fleet, Question, look
from inventory.utilisation.measuring import figures, hour_grid, of_module, used_modules
from inventory.utilisation.periods import Every, Period, bounds, hours_of_the_week, periods
from inventory.utilisation.rules import Figures, summed
from inventory.utilisation.schema import (
    GroupBy,
    GroupOut,
    HoursOut,
    MoneyOut,
    RankBy,
    UtilisationReportOut,
    figures_out,
    money_out,
)

_UNNAMED = ("", "")


def report(
    db: Session, principal: Principal, question: Question, now: datetime
) -> UtilisationReportOut:
    """Figures of the benches the caller may look into, by group and period.

    Raises:
        Invalid: no day, or too many.
    """
    fleet = look(db, principal, question, now)
    earnings = earnings_of(db, principal, fleet, question)
    cells = _cells(fleet, question)
    money = {} if earnings is None else _money_cells(fleet, question, earnings)
    names = _names(db, fleet, question.by)
    rows = [
        _row(key, parts, names, money.get(key))
        for key, parts in sorted(cells.items(), key=_by_group)
    ]
    if question.rank is not None:
        rows.sort(key=_rank(question.rank), reverse=True)
    offered = [(one, fleet.modules_of(place)) for place, one in enumerate(fleet.records)]
    used, there = used_modules(offered)
    return UtilisationReportOut(
        first=question.first,
        last=question.last,
        until=fleet.until,
        benches=len(fleet.benches),
        rows=rows,
        total=figures_out(_total(fleet, question, cells)),
        modules_used=used,
        modules_offered=there,
        functional=used / there if there else None,
        money=None if earnings is None else _money_of_all(fleet, question, earnings),
        income_elsewhere=None if earnings is None else in_yuan(earnings.elsewhere),
    )


def hours(db: Session, principal: Principal, question: Question, now: datetime) -> HoursOut:
    """Available, booked and used time by the hour of the week.

    Raises:
        Invalid: no day, or too many.
    """
    fleet = look(db, principal, question, now)
    grids = {
        owner: hours_of_the_week(question.first, question.last, calendar.zone)
        for owner, calendar in fleet.calendars.items()
    }
    owners = [bench.organisation_code for bench in fleet.benches]
    grid = hour_grid(
        (record, *grids[owner]) for record, owner in zip(fleet.records, owners, strict=True)
    )
    return HoursOut(
        first=question.first,
        last=question.last,
        benches=len(fleet.benches),
        available_s=_seconds(grid.available),
        booked_s=_seconds(grid.booked),
        used_s=_seconds(grid.used),
    )


def _total(
    fleet: Fleet, question: Question, cells: Mapping[tuple[str, Period], Sequence[Figures]]
) -> Figures:
    if question.every is Every.WHOLE and question.by is not GroupBy.MODULE:
        return summed(one for parts in cells.values() for one in parts)
    # rows of modules tell a rig's time more than once, and terms leave holidays out
    whole = (Period(question.first, question.last),)
    return summed(one for place in range(len(fleet.records)) for one in _of(fleet, place, whole))


def _cells(fleet: Fleet, question: Question) -> Mapping[tuple[str, Period], list[Figures]]:
    found: dict[tuple[str, Period], list[Figures]] = defaultdict(list)
    by_owner = _periods(fleet, question)
    for place, rig in enumerate(fleet.benches):
        wanted = by_owner[rig.organisation_code]
        for group, module in _groups(fleet, place, question.by):
            for period, one in zip(wanted, _of(fleet, place, wanted, module), strict=True):
                found[group, period].append(one)
    return found


def _periods(fleet: Fleet, question: Question) -> Mapping[str, Sequence[Period]]:
    return {
        owner: periods(question.every, question.first, question.last, calendar.terms)
        for owner, calendar in fleet.calendars.items()
    }


def _money_cells(
    fleet: Fleet, question: Question, earnings: Earnings
) -> Mapping[tuple[str, Period], MoneyOut]:
    found: dict[tuple[str, Period], list[Earned]] = defaultdict(list)
    by_owner = _periods(fleet, question)
    for place, rig in enumerate(fleet.benches):
        for group, module in _groups(fleet, place, question.by):
            for period in by_owner[rig.organisation_code] if module is None else ():
                found[group, period].append(earnings.of(rig.code, period))
    return {key: money_out(summed_money(parts)) for key, parts in found.items()}


def _money_of_all(fleet: Fleet, question: Question, earnings: Earnings) -> MoneyOut:
    # a rig that is in several rows cost its value once
    whole = Period(question.first, question.last)
    return money_out(summed_money(earnings.of(one.code, whole) for one in fleet.benches))


def _groups(fleet: Fleet, place: int, by: GroupBy) -> list[tuple[str, str | None]]:
    """The groups a rig belongs to, each with the module that is looked at alone, if any."""
    bench = fleet.benches[place]
    match by:
        case GroupBy.ALL:
            return [("", None)]
        case GroupBy.BENCH:
            return [(bench.code, None)]
        case GroupBy.STATION:
            return [(bench.station_code or "", None)]
        case GroupBy.ORGANISATION:
            return [(bench.organisation_code, None)]
        case GroupBy.MODULE:
            booked = fleet.records[place].bookings.modules.tolist()
            modules = dict.fromkeys([*fleet.modules_of(place), *sorted(set(booked))])
            return [(module, module) for module in modules]


def _of(
    fleet: Fleet, place: int, wanted: Sequence[Period], module: str | None = None
) -> list[Figures]:
    record = fleet.records[place]
    if module is not None:
        record = of_module(record, module)
    zone = fleet.calendars[fleet.benches[place].organisation_code].zone
    return figures(record, *bounds(wanted, zone), epoch_ms(fleet.now))


def _names(db: Session, fleet: Fleet, by: GroupBy) -> Mapping[str, tuple[str, str]]:
    match by:
        case GroupBy.BENCH:
            return {bench.code: (bench.name_zh, bench.name_en) for bench in fleet.benches}
        case GroupBy.STATION:
            codes = {bench.station_code for bench in fleet.benches}
            stations = select(Station.code, Station.name_zh, Station.name_en)
            rows = db.exec(stations.where(col(Station.code).in_(codes))).all()
        case GroupBy.ORGANISATION:
            owners = select(Organisation.code, Organisation.name_zh, Organisation.name_en)
            rows = db.exec(owners.where(col(Organisation.code).in_(fleet.calendars))).all()
        case _:
            return {}
    return {code: (name_zh, name_en) for code, name_zh, name_en in rows}


def _row(
    key: tuple[str, Period],
    parts: Sequence[Figures],
    names: Mapping[str, tuple[str, str]],
    money: MoneyOut | None,
) -> GroupOut:
    group, period = key
    name_zh, name_en = names.get(group, _UNNAMED)
    return GroupOut(
        group=group,
        name_zh=name_zh,
        name_en=name_en,
        first=period.first,
        last=period.last,
        period=period.name,
        figures=figures_out(summed(parts)),
        money=money,
    )


def _by_group(cell: tuple[tuple[str, Period], Sequence[Figures]]) -> tuple[str, date]:
    (group, period), _ = cell
    return group, period.first


def _rank(by: RankBy) -> Callable[[GroupOut], tuple[float, float]]:
    field = "used_s" if by is RankBy.USED else by.value

    def place(row: GroupOut) -> tuple[float, float]:
        figure = getattr(row.money if by is RankBy.RETURN_RATE else row.figures, field, None)
        # where there is no share, the row comes last
        return (-1.0 if figure is None else float(figure), row.figures.used_s)

    return place


def _seconds(grid: list[list[int]]) -> list[list[float]]:
    return [[one / 1000 for one in day] for day in grid]
