"""A simulated term: what is planned, what happens, and the simulator's own account of it."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from device_sims.fault_scenarios import BenchKind
from device_sims.term.account import Account, account_of, added
from device_sims.term.plan import (
    MINUTE,
    BenchDay,
    Chances,
    PlannedBooking,
    Purpose,
    School,
    TermSettings,
    plan_term,
    stretch,
)
from device_sims.term.stretches import Stretch, common, length, merged, minus

MONDAY = date(2026, 9, 7)
HOUR = 60 * MINUTE


def settings(seed: int = 7) -> TermSettings:
    days = [MONDAY + timedelta(days=n) for n in range(28) if n % 7 < 5]
    return TermSettings(
        schools=[School("AA01", {"battery-a": BenchKind.BATTERY, "motor-a": BenchKind.MOTOR})],
        kept_days={day: day.weekday() for day in days},
        seed=seed,
        chances=Chances(fault=0.1, off=0.2, offline=0.2),
    )


def day(
    *bookings: tuple[tuple[int, int], Purpose],
    active: list[tuple[int, int]],
    faulty: list[tuple[int, int]] | None = None,
    off: list[tuple[int, int]] | None = None,
) -> BenchDay:
    def of(spans: list[tuple[int, int]] | None) -> tuple[Stretch, ...]:
        return tuple(stretch(MONDAY, one) for one in spans or [])

    planned = tuple(PlannedBooking("b", stretch(MONDAY, one), why) for one, why in bookings)
    on = stretch(MONDAY, (450, 1290))
    return BenchDay("b", MONDAY, on, planned, of(active), of(faulty), of(off), ())


def test_a_term_follows_from_its_seed() -> None:
    assert plan_term(settings()) == plan_term(settings())
    assert plan_term(settings()) != plan_term(settings(8))


def test_a_term_has_every_kind_of_thing_in_it() -> None:
    days = plan_term(settings())
    assert len(days) == 2 * 20
    assert {one.purpose for day in days for one in day.bookings} == set(Purpose)
    whole = added(account_of(day, 15.0) for day in days)
    assert whole.unused_bookings
    assert whole.unbooked
    assert whole.outside
    assert any(day.faulty for day in days)
    assert any(day.off for day in days)
    assert any(day.offline for day in days)


def test_bookings_of_a_bench_never_overlap_and_no_one_uses_what_is_broken() -> None:
    for one in plan_term(settings()):
        spans = [booking.span for booking in one.bookings]
        assert length(spans) == sum(end - start for start, end in spans)
        assert not common(one.active, one.faulty)


def test_pauses_up_to_the_idle_limit_belong_to_the_use() -> None:
    spans = [(480, 490), (490.2, 500), (510, 520)]
    counted = account_of(day(active=spans), 15.0)  # type: ignore[arg-type] # fractions of minutes
    assert counted.used == 20 * MINUTE + 10 * MINUTE
    assert counted.sessions == 2


def test_the_account_tells_what_was_booked_used_and_not_seen() -> None:
    lesson, later = (480, 580), (600, 700)
    counted = account_of(
        day(
            (lesson, Purpose.CLASS),
            (later, Purpose.OPEN_SHARING),
            ((840, 940), Purpose.CLASS),
            ((960, 1060), Purpose.MAINTENANCE),
            active=[(490, 590), (600, 660)],
            faulty=[(720, 780)],
            off=[(640, 700)],
        ),
        15.0,
    )
    assert counted == Account(
        available=10 * HOUR + 20 * MINUTE,
        booked=300 * MINUTE,
        used=140 * MINUTE,
        used_available=140 * MINUTE,
        unbooked=10 * MINUTE,
        outside=40 * MINUTE,
        unseen=20 * MINUTE,
        heard=9 * HOUR + 20 * MINUTE,
        sessions=2,
        bookings=3,
        unused_bookings=1,
    )


pairs = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=6)


def moments(found: list[Stretch]) -> set[int]:
    return {at for start, end in found for at in range(start, end)}


@given(pairs, pairs)
def test_stretches_are_as_sets_of_moments(one: list[Stretch], other: list[Stretch]) -> None:
    assert moments(merged(one)) == moments(one)
    assert moments(minus(one, other)) == moments(one) - moments(other)
    assert moments(common(one, other)) == moments(one) & moments(other)
    assert length(one) == len(moments(one))
