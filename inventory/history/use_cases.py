"""Answers on the past: from the time series what was measured, from the inventory what it means."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, select

from inventory.accounts.rules import Action, Principal
from inventory.benches.live import LiveBenches, WindowQuery
from inventory.benches.table import Bench
from inventory.benches.use_cases import bench, visible_benches
from inventory.errors import Invalid
from inventory.faults.rules import FaultState, is_blocking
from inventory.faults.table import Fault
from inventory.history.rules import (
    MAX_DAYS,
    SCHOOL_OFFSET,
    begun_per_day,
    comparable,
    day_span,
    days_between,
)
from inventory.history.schema import (
    ComparedSide,
    ComparisonOut,
    DayOfUse,
    DifferentUnit,
    FaultInterval,
    RollupSeries,
    RollupsOut,
    RollupStep,
    TimelineOut,
    UsageInterval,
    UtilisationOut,
)
from inventory.monitoring.use_cases import MAX_SPAN, signals, units_of
from inventory.usage_sessions.table import UsageSession

MAX_ROLLUP_SPAN = {RollupStep.MINUTE: timedelta(days=7), RollupStep.HOUR: timedelta(days=MAX_DAYS)}
"""Chosen: some ten thousand figures per signal at most."""
MAX_BENCH_DAYS = 20_000
"""Chosen: 40 benches for a year and a bit; more is asked for in parts."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two stretches of the same length, by bench and beginning; signals None: those both have."""

    one: tuple[str, datetime]
    other: tuple[str, datetime]
    length: timedelta
    points: int
    signals: Sequence[str] | None


def rollups(
    live: LiveBenches,
    found: Bench,
    span: tuple[datetime, datetime],
    step: RollupStep,
    names: Sequence[str],
) -> RollupsOut:
    """Figures per minute or hour.

    Raises:
        Invalid: the span is empty or too long for the step.
    """
    longest = MAX_ROLLUP_SPAN[step]
    if not timedelta(0) < span[1] - span[0] <= longest:
        raise Invalid("from", f"a moment before `to`, at most {longest.days} days earlier")
    units = units_of(live, found.code)
    width = timedelta(hours=1) if step is RollupStep.HOUR else timedelta(minutes=1)
    made = live.rollups(found.code, names, span, width)
    return RollupsOut(
        bench=found.code,
        start=span[0],
        end=span[1],
        step=step,
        series=[
            RollupSeries(
                name=name,
                unit=units.get(name, ""),
                start=[one.start for one in points],
                counted=[one.counted for one in points],
                minimum=[one.minimum for one in points],
                mean=[one.mean for one in points],
                maximum=[one.maximum for one in points],
                last=[one.last for one in points],
                active_s=[one.active_s for one in points],
            )
            for name, points in made.items()
        ],
    )


def utilisation(
    db: Session,
    live: LiveBenches,
    principal: Principal,
    codes: Sequence[str] | None,
    days: tuple[date, date],
) -> UtilisationOut:
    """Use per bench and day; `codes` None: all benches the caller may look into.

    Raises:
        UnknownBench: one of them is none, or not for the caller to know.
        Invalid: no day, or too many.
    """
    first, last = days
    if not 0 <= (last - first).days < MAX_DAYS:
        raise Invalid("from", f"a day not after `to`, at most {MAX_DAYS - 1} days earlier")
    if codes is None:
        chosen = sorted(db.exec(select(Bench.code).where(visible_benches(principal))).all())
    else:
        details = Action.READ_BENCH_DETAILS
        chosen = [bench(db, principal, code, details).code for code in dict.fromkeys(codes)]
    if len(chosen) * ((last - first).days + 1) > MAX_BENCH_DAYS:
        raise Invalid("from", f"at most {MAX_BENCH_DAYS} benches times days")
    span = day_span(first, last)
    used = live.used(chosen, span, SCHOOL_OFFSET)
    begun = {code: begun_per_day(_usage_starts(db, code, span)) for code in chosen}
    return UtilisationOut(
        first=first,
        last=last,
        days=[
            DayOfUse(
                bench=code,
                day=day,
                used_s=used.get((code, day), 0.0),
                usage_sessions=begun[code][day],
            )
            for code in chosen
            for day in days_between(first, last)
        ],
    )


def _usage_starts(db: Session, code: str, span: tuple[datetime, datetime]) -> Sequence[datetime]:
    started = col(UsageSession.started_at)
    query = select(UsageSession.started_at).where(
        UsageSession.bench_code == code, started >= span[0], started < span[1]
    )
    return db.exec(query).all()


def timeline(db: Session, found: Bench, span: tuple[datetime, datetime], limit: int) -> TimelineOut:
    """Faults and usage sessions that reach into the span.

    Raises:
        Invalid: the span is empty or longer than `MAX_DAYS`.
    """
    if not timedelta(0) < span[1] - span[0] <= timedelta(days=MAX_DAYS):
        raise Invalid("from", f"a moment before `to`, at most {MAX_DAYS} days earlier")
    faults, fault_total = _faults_in(db, found, span, limit)
    sessions, session_total = _sessions_in(db, found, span, limit)
    return TimelineOut(
        bench=found.code,
        start=span[0],
        end=span[1],
        faults=faults,
        fault_total=fault_total,
        usage_sessions=sessions,
        usage_session_total=session_total,
    )


def _faults_in(
    db: Session, found: Bench, span: tuple[datetime, datetime], limit: int
) -> tuple[list[FaultInterval], int]:
    cleared, first = col(Fault.cleared_at), col(Fault.first_at)
    conditions = (
        Fault.bench_code == found.code,
        first < span[1],
        cleared.is_(None) | (cleared > span[0]) | (first >= span[0]),
    )
    newest = col(Fault.first_at).desc(), col(Fault.fault_id)
    rows = db.exec(select(Fault).where(*conditions).order_by(*newest).limit(limit)).all()
    total = db.exec(select(func.count()).select_from(Fault).where(*conditions)).one()
    return [_fault_interval(row, found.blocking_severity) for row in reversed(rows)], total


def _fault_interval(row: Fault, blocking_severity: int) -> FaultInterval:
    was_confirmed = row.confirmed_at is not None
    weight = FaultState.CONFIRMED if was_confirmed else row.state
    return FaultInterval(
        fault_id=row.fault_id,
        dtc=row.dtc,
        severity=row.severity,
        state=row.state,
        start=row.first_at,
        confirmed_at=row.confirmed_at,
        end=row.cleared_at,
        is_blocking=is_blocking(weight, row.severity, blocking_severity),
        text_zh=row.text_zh,
        text_en=row.text_en,
    )


def _sessions_in(
    db: Session, found: Bench, span: tuple[datetime, datetime], limit: int
) -> tuple[list[UsageInterval], int]:
    ended, started = col(UsageSession.ended_at), col(UsageSession.started_at)
    conditions = (
        UsageSession.bench_code == found.code,
        started < span[1],
        ended.is_(None) | (ended > span[0]) | (started >= span[0]),
    )
    newest = col(UsageSession.started_at).desc(), col(UsageSession.usage_id)
    rows = db.exec(select(UsageSession).where(*conditions).order_by(*newest).limit(limit)).all()
    total = db.exec(select(func.count()).select_from(UsageSession).where(*conditions)).one()
    found_ones = [
        UsageInterval(
            usage_id=row.usage_id,
            start=row.started_at,
            seen_until=row.observed_at,
            end=row.ended_at,
        )
        for row in reversed(rows)
    ]
    return found_ones, total


def compare(live: LiveBenches, one: Bench, other: Bench, asked: Comparison) -> ComparisonOut:
    """Two benches, or one at two times, each from its own beginning.

    Raises:
        Invalid: the length is not within `MAX_SPAN`.
    """
    if not timedelta(0) < asked.length <= MAX_SPAN:
        raise Invalid("length_s", f"more than 0, at most {MAX_SPAN.days} days")
    units, other_units = units_of(live, one.code), units_of(live, other.code)
    wanted = [name for name in units if name in other_units]
    sorted_out = comparable(asked.signals or wanted, units, other_units)
    sides = [
        ComparedSide(bench=found.code, start=start, series=answer.series)
        for found, (_, start) in ((one, asked.one), (other, asked.other))
        for answer in (
            signals(
                live,
                found,
                WindowQuery(start, start + asked.length, asked.points, sorted_out.names),
            ),
        )
    ]
    return ComparisonOut(
        length_s=asked.length.total_seconds(),
        points=asked.points,
        one=sides[0],
        other=sides[1],
        different_units=[
            DifferentUnit(name=name, unit=unit, other_unit=other_unit)
            for name, (unit, other_unit) in sorted_out.different_units.items()
        ],
        missing=sorted_out.missing,
    )
