"""A simulated term from the first day to the last, and measurement held against the account."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from operator import attrgetter

from device_sims.term.account import Account, account_of
from device_sims.term.plan import BenchDay, School, TermSettings, moment_ms, plan_term
from inventory.moments import moment
from inventory.utilisation.fleet import Question
from inventory.utilisation.keeping import looks_due, take_looks
from inventory.utilisation.periods import Every
from inventory.utilisation.schema import FiguresOut
from inventory.utilisation.use_cases import report
from stationmaster.signs_of_life import StoredSigns
from stationmaster.term_feed import BenchFeed, Delivery
from stationmaster.term_house import TermHouse, book_all, enrol, kept_days, master_of
from telemetry.ingest.decoding import add
from telemetry.store.port import Batch

_WEEK, _DAY = timedelta(days=7), timedelta(days=1)
BATCH = 500
SEAL_EVERY = 4
"""Chosen: in weeks; sealing costs a fifth of the time, and short terms need none."""
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class BenchDayCompared:
    """A bench and day: what the simulator says and what was measured."""

    bench: str
    day: date
    account: Account
    measured: FiguresOut
    faults: int
    offs: int


@dataclass(frozen=True, slots=True)
class TermResult:
    """A term that is over; `refused` are bookings the engine did not take."""

    days: Sequence[BenchDayCompared]
    bookings: int
    messages: int
    refused: Sequence[str]


@dataclass(frozen=True, slots=True)
class TermOrder:
    """Which term: weeks from a Monday, by which seed, looked at how often."""

    schools: Sequence[School]
    first: date
    weeks: int
    settings: Callable[[Mapping[date, int], float], TermSettings]
    look_ms: int = 5000

    @property
    def last(self) -> date:
        """The last day, a Sunday."""
        return self.first + self.weeks * _WEEK - _DAY


def run_term(house: TermHouse, order: TermOrder, tell: Tell = lambda _: None) -> TermResult:
    """Simulate a term week by week: book, use, report, take in; then compare day by day."""
    enrol(house, order.schools, order.first, order.last)
    feeds = {
        bench: BenchFeed(bench, kind, order.look_ms)
        for school in order.schools
        for bench, kind in school.benches.items()
    }
    idle_s = next(iter(feeds.values())).idle_s
    kept = kept_days(house, order.schools[0].code, order.first, order.last)
    plan = plan_term(order.settings(kept, idle_s))
    _deliver(house, [feed.birth(moment_ms(order.first, 0)) for feed in feeds.values()])
    messages, refused = len(feeds), list[str]()
    for week in range(order.weeks):
        monday = order.first + week * _WEEK
        week_days = [one for one in plan if monday <= one.day < monday + _WEEK]
        # the bookings of a week are made at noon of the Sunday before
        house.clock.move_to(moment(moment_ms(monday, -720)))
        refused += _book(house, order.schools, week_days)
        for _, at_day in sorted(_by_day(week_days).items()):
            made = [delivery for one in at_day for delivery in feeds[one.bench].day(one)]
            _deliver(house, made)
            messages += len(made)
        if week % SEAL_EVERY == SEAL_EVERY - 1:
            house.store.seal(moment_ms(monday + _WEEK, 0), 0)
        tell(f"week {week + 1}/{order.weeks}: {messages} messages, {len(refused)} refused")
    _listen(house, order.last)
    booked = sum(len(one.bookings) for one in plan)
    days = list(_compared(house, order, plan, idle_s))
    return TermResult(days, booked, messages, refused)


def _book(house: TermHouse, schools: Sequence[School], days: Sequence[BenchDay]) -> Iterator[str]:
    for school in schools:
        planned = [one for day in days if day.bench in school.benches for one in day.bookings]
        yield from book_all(house, school.code, planned)


def _by_day(days: Iterable[BenchDay]) -> Mapping[date, list[BenchDay]]:
    found: dict[date, list[BenchDay]] = defaultdict(list)
    for one in days:
        found[one.day].append(one)
    return found


def _deliver(house: TermHouse, made: Iterable[Delivery]) -> None:
    """Messages as ingest takes them in, in the order they come; events on to the inventory."""
    batch, at_ms = Batch(), 0
    for one in sorted(made, key=attrgetter("at_ms")):
        at_ms = one.at_ms
        poison = add(batch, one.topic, one.payload, at_ms, is_retained=False)
        if poison is not None:
            raise ValueError(f"{one.topic}: {poison.reason}")
        # work orders begin and end with faults: the inventory hears of each at its time
        if one.is_fault or len(batch) >= BATCH:
            batch = _committed(house, batch, at_ms)
    if len(batch):
        _committed(house, batch, at_ms)


def _committed(house: TermHouse, batch: Batch, at_ms: int) -> Batch:
    house.store.commit(batch)
    house.clock.move_to(moment(at_ms))
    while house.projection.carry_over():
        continue
    return Batch()


def _listen(house: TermHouse, last: date) -> None:
    """What the watcher does hour by hour, once all rows are there."""
    now = moment(moment_ms(last + 2 * _DAY, 0))
    house.clock.move_to(now)
    signs = StoredSigns(house.store)
    take_looks(house.database, signs, looks_due(house.database, signs, now), now)


def _compared(
    house: TermHouse, order: TermOrder, plan: Sequence[BenchDay], idle_s: float
) -> Iterator[BenchDayCompared]:
    measured: dict[tuple[str, date], FiguresOut] = {}
    question = Question(order.first, order.last, every=Every.DAY)
    for school in order.schools:
        with house.database.read() as db:
            found = report(db, master_of(school.code), question, house.clock())
        measured |= {(row.group, row.first): row.figures for row in found.rows}
    for one in plan:
        account = account_of(one, idle_s)
        figures = measured[one.bench, one.day]
        yield BenchDayCompared(
            one.bench, one.day, account, figures, faults=len(one.faulty), offs=len(one.off)
        )
