"""A term from a seed: who books which bench when, and what then really happens (pure)."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from device_sims.fault_scenarios import BenchKind
from device_sims.term.stretches import Stretch, common, merged, minus

SECOND, MINUTE = 1000, 60_000
SCHOOL_OFFSET = timedelta(hours=8)
"""Time of all of China."""
OPENS_MIN, CLOSES_MIN = 8 * 60, 21 * 60
ON_MIN, OFF_MIN = 7 * 60 + 30, 21 * 60 + 30
"""A bench's bridge is switched on before the first lesson and off after the last."""
LESSONS_MIN = ((480, 580), (600, 700), (840, 940), (960, 1060))
"""Double lessons of a school day."""
EVENING_MIN, EXAM_MIN = (1140, 1260), (840, 1020)
FRIDAY = 4


class Purpose(StrEnum):
    """What a slot is booked for."""

    CLASS = "class"
    EXAM = "exam"
    MAINTENANCE = "maintenance"
    OPEN_SHARING = "open_sharing"


@dataclass(frozen=True, slots=True)
class School:
    """A school and its benches, by code."""

    code: str
    benches: Mapping[str, BenchKind]


@dataclass(frozen=True, slots=True)
class Chances:
    """How often what happens; each of a day, a slot or a booking."""

    lesson: float = 0.55
    evening: float = 0.15
    no_show: float = 0.08
    overrun: float = 0.10
    unbooked: float = 0.15
    fault: float = 0.02
    off: float = 0.04
    offline: float = 0.05


@dataclass(frozen=True, slots=True)
class TermSettings:
    """What a term is made of.

    `kept_days` are the days school is kept, each as the weekday (0 Monday) whose lessons are held.
    """

    schools: Sequence[School]
    kept_days: Mapping[date, int]
    seed: int = 0
    idle_s: float = 15.0
    chances: Chances = field(default_factory=Chances)


@dataclass(frozen=True, slots=True)
class PlannedBooking:
    """A slot somebody books; it may be that nobody comes."""

    bench: str
    span: Stretch
    purpose: Purpose


@dataclass(frozen=True, slots=True)
class BenchDay:
    """What happens at a bench on a day.

    `active` is when the bench is really in use, `faulty` when it has a blocking fault. While `off`
    nothing watches it; what it does while `offline` is told later.
    """

    bench: str
    day: date
    on: Stretch
    bookings: tuple[PlannedBooking, ...]
    active: tuple[Stretch, ...]
    faulty: tuple[Stretch, ...]
    off: tuple[Stretch, ...]
    offline: tuple[Stretch, ...]


def plan_term(settings: TermSettings) -> list[BenchDay]:
    """Every bench and day school is kept, by bench and day."""
    return [
        day
        for school in settings.schools
        for bench in school.benches
        for day in _bench_term(settings, bench)
    ]


def moment_ms(day: date, minutes: float) -> int:
    """The moment a clock at school shows so many minutes of a day."""
    midnight = datetime.combine(day, time(), UTC) - SCHOOL_OFFSET
    return int(midnight.timestamp() * 1000 + minutes * MINUTE)


def stretch(day: date, minutes: tuple[float, float]) -> Stretch:
    """From and to of a local day."""
    return moment_ms(day, minutes[0]), moment_ms(day, minutes[1])


def _bench_term(settings: TermSettings, bench: str) -> Iterator[BenchDay]:
    chance = random.Random(f"{settings.seed}/{bench}")  # noqa: S311 - the seed makes the term
    timetable = {
        (weekday, lesson)
        for weekday in range(7)
        for lesson in LESSONS_MIN
        if chance.random() < settings.chances.lesson
    }
    days = sorted(settings.kept_days)
    maintained = set(days[len(days) // 3 :: max(len(days) // 3, 1)])
    examined = set(days[-4:-2])
    for day in days:
        weekday = settings.kept_days[day]
        slots = [
            (lesson, Purpose.CLASS) for lesson in LESSONS_MIN if (weekday, lesson) in timetable
        ]
        if day in examined:
            slots = [one for one in slots if one[0][1] <= EXAM_MIN[0]] + [(EXAM_MIN, Purpose.EXAM)]
        elif day in maintained:
            slots = [one for one in slots if one[0] != LESSONS_MIN[-1]]
            slots.append((LESSONS_MIN[-1], Purpose.MAINTENANCE))
        if chance.random() < settings.chances.evening:
            slots.append((EVENING_MIN, Purpose.OPEN_SHARING))
        bookings = [PlannedBooking(bench, stretch(day, slot), why) for slot, why in slots]
        yield _bench_day(settings, day, bench, bookings, chance)


def _bench_day(
    settings: TermSettings,
    day: date,
    bench: str,
    bookings: Sequence[PlannedBooking],
    chance: random.Random,
) -> BenchDay:
    chances, on = settings.chances, stretch(day, (ON_MIN, OFF_MIN))
    faulty = _some(chance, chances.fault, day, (60, 300))
    # it is mended before the bench is switched off, or nobody would see that it is
    faulty = common(faulty, [(on[0], on[1] - 5 * MINUTE)])
    off = minus(_some(chance, chances.off, day, (60, 600)), _widened(faulty))
    # a fault that is told late would open its work order late
    offline = [] if faulty else _some(chance, chances.offline, day, (30, 180))
    active: list[Stretch] = []
    for place, booking in enumerate(bookings):
        if chance.random() >= chances.no_show:
            following = bookings[place + 1].span[0] if place + 1 < len(bookings) else on[1]
            active += _lesson(chance, booking.span, following, settings)
    if chance.random() < chances.unbooked:
        free = minus([stretch(day, (OPENS_MIN, CLOSES_MIN))], (one.span for one in bookings))
        active += _visit(chance, [one for one in free if one[1] - one[0] > 75 * MINUTE])
    # a bench with a blocking fault is left alone until it is mended
    used = minus(common(merged(active), [on]), _widened(faulty))
    # a blink between two times of darkness is nobody's measurement
    seen = minus(used, off)
    used = minus(used, (one for one in seen if one[1] - one[0] < MINUTE))
    return BenchDay(
        *(bench, day, on, tuple(bookings), tuple(used)),
        *(tuple(faulty), tuple(common(off, [on])), tuple(common(offline, [on]))),
    )


def _lesson(
    chance: random.Random, span: Stretch, following: int, settings: TermSettings
) -> list[Stretch]:
    """Use in a booking: people come late and leave early, stay longer, and pause in between."""
    start = span[0] + _between(chance, 0, 600)
    end = span[1] - _between(chance, 0, 900)
    if chance.random() < settings.chances.overrun:
        end = min(span[1] + _between(chance, 300, 1500), following - 2 * MINUTE)
    pauses = []
    for _ in range(chance.randint(0, 3)):
        at = chance.randint(start, end)
        # well below or above the limit: what lies at it would be told either way
        times_idle = chance.choice((0.2, 0.35, 0.5, 8.0, 12.0, 20.0))
        pauses.append((at, at + int(times_idle * settings.idle_s * SECOND)))
    pieces = minus([(start, end)], merged(pauses, 2 * MINUTE))
    return [one for one in pieces if one[1] - one[0] >= MINUTE]


def _visit(chance: random.Random, free: Sequence[Stretch]) -> list[Stretch]:
    if not free:
        return []
    start, end = free[chance.randrange(len(free))]
    begins = chance.randint(start + 5 * MINUTE, end - 65 * MINUTE)
    return [(begins, begins + _between(chance, 1200, 3600))]


def _some(
    chance: random.Random, share: float, day: date, lasts_min: tuple[int, int]
) -> list[Stretch]:
    if chance.random() >= share:
        return []
    begins = moment_ms(day, chance.uniform(OPENS_MIN, CLOSES_MIN - 2 * lasts_min[0]))
    return [(begins, begins + _between(chance, 60 * lasts_min[0], 60 * lasts_min[1]))]


def _widened(stretches: Sequence[Stretch]) -> list[Stretch]:
    return [(start - MINUTE, end + MINUTE) for start, end in stretches]


def _between(chance: random.Random, least_s: int, most_s: int) -> int:
    return chance.randint(least_s * SECOND, most_s * SECOND)
