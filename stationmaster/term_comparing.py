"""What a simulated term measured against what its simulator says of itself (pure)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from device_sims.term.account import Account
from inventory.utilisation.schema import FiguresOut
from stationmaster.term_feed import ROW_MS
from stationmaster.term_running import BenchDayCompared

SECOND = 1000


@dataclass(frozen=True, slots=True)
class Compared:
    """One figure over the term: both sides in all, and the bench-day that differs most.

    `beyond` counts bench-days that differ by more than sampling explains. Times are seconds.
    """

    name: str
    told: float
    measured: float
    largest: float
    beyond: int


@dataclass(frozen=True, slots=True)
class _Figure:
    """`allowed`: seconds sampling may make of a day, given those between two looks."""

    name: str
    told: Callable[[Account], float]
    measured: Callable[[FiguresOut], float]
    allowed: Callable[[BenchDayCompared, float], float]


def _of_use(day: BenchDayCompared, look_s: float) -> float:
    # each beginning and each end of use by one look
    return 2 * day.account.sessions * look_s


def _exactly(_day: BenchDayCompared, _look_s: float) -> float:
    return 0.0


def _of_faults(day: BenchDayCompared, look_s: float) -> float:
    # a fault is confirmed and cleared after its own time, then at the next look: some looks each
    return 4 * day.faults * look_s


def _of_rows(day: BenchDayCompared, look_s: float) -> float:
    # a row stands for the minute until the next: when a bench was heard is told by the row
    return 2 * (1 + day.offs) * ROW_MS / SECOND + _of_faults(day, look_s)


FIGURES = (
    _Figure("used", lambda one: one.used / SECOND, lambda one: one.used_s, _of_use),
    _Figure(
        "used, available",
        lambda one: one.used_available / SECOND,
        lambda one: one.used_available_s,
        _of_use,
    ),
    _Figure(
        "used, unbooked",
        lambda one: one.unbooked / SECOND,
        lambda one: one.unbooked_used_s,
        _of_use,
    ),
    _Figure(
        "used, outsiders", lambda one: one.outside / SECOND, lambda one: one.outside_used_s, _of_use
    ),
    _Figure("usage sessions", lambda one: one.sessions, lambda one: one.usage_sessions, _exactly),
    _Figure("booked", lambda one: one.booked / SECOND, lambda one: one.booked_s, _exactly),
    _Figure("bookings", lambda one: one.bookings, lambda one: one.bookings, _exactly),
    _Figure(
        "bookings without use",
        lambda one: one.unused_bookings,
        lambda one: one.no_shows + one.unmeasured,
        _exactly,
    ),
    _Figure(
        "available", lambda one: one.available / SECOND, lambda one: one.available_s, _of_faults
    ),
    _Figure("heard", lambda one: one.heard / SECOND, lambda one: one.observed_s, _of_rows),
)


def compared(days: Sequence[BenchDayCompared], look_s: float) -> list[Compared]:
    """Every figure, both sides and where they differ."""
    found = []
    for figure in FIGURES:
        told = [figure.told(one.account) for one in days]
        measured = [figure.measured(one.measured) for one in days]
        apart = [abs(one - other) for one, other in zip(told, measured, strict=True)]
        beyond = sum(
            gap > figure.allowed(day, look_s) + 0.001 for gap, day in zip(apart, days, strict=True)
        )
        found.append(
            Compared(figure.name, sum(told), sum(measured), max(apart, default=0.0), beyond)
        )
    return found


def utilisation_of(days: Sequence[BenchDayCompared]) -> tuple[float, float]:
    """Utilisation over all days, as told and as measured."""
    told = sum(one.account.used_available for one in days) / SECOND
    there = sum(one.account.available for one in days) / SECOND
    measured = sum(one.measured.used_available_s for one in days)
    available = sum(one.measured.available_s for one in days)
    return told / max(there, 1.0), measured / max(available, 1.0)
