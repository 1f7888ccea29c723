"""What was available, booked and used; minutes of one day stand for milliseconds."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from inventory.utilisation.measuring import (
    BookedSpans,
    RigRecord,
    booking_use,
    figures,
    hour_grid,
    of_module,
    used_modules,
)
from inventory.utilisation.rules import BookingOutcome, Figures, summed
from inventory.utilisation.timelines import of_pairs

Pair = tuple[int, int]
DAY = (np.array([0]), np.array([1000]))
NOW = 1000
MAINTENANCE, OUTSIDE, RELEASED = "maintenance", "outside", "released"


def booked(*spans: Pair, marks: dict[int, str] | None = None, modules: str = "2-1") -> BookedSpans:
    ordered, said = sorted(spans), marks or {}
    starts = np.array([start for start, _ in ordered], np.int64)
    ends = np.array([end for _, end in ordered], np.int64)

    def are(mark: str) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        return np.array([said.get(start) == mark for start, _ in ordered], bool)

    return BookedSpans(
        ids=np.arange(len(ordered)),
        starts=starts,
        ends=ends,
        taken_from=starts - 10,
        taken_to=ends + 10,
        is_maintenance=are(MAINTENANCE),
        is_outside=are(OUTSIDE),
        is_released=are(RELEASED),
        modules=np.array([modules] * len(ordered), np.str_),
    )


def rig(
    bookings: BookedSpans,
    used: list[Pair],
    *,
    out: list[Pair] | None = None,
    heard: list[Pair] | None = None,
) -> RigRecord:
    return RigRecord(
        "battery-01",
        opening=of_pairs([(0, 800)]),
        out=of_pairs(out or []),
        used=of_pairs(used),
        bookings=bookings,
        session_starts=np.array([start for start, _ in used], np.int64),
        heard=of_pairs(heard if heard is not None else [(0, 1000)]),
        looked=of_pairs([(0, 1000)]),
    )


def day(record: RigRecord) -> Figures:
    (found,) = figures(record, *DAY, NOW)
    return found


def test_occupancy_and_utilisation_are_shares_of_the_available_time() -> None:
    found = day(rig(booked((100, 300), (700, 900)), [(150, 250), (750, 850)], out=[(0, 50)]))
    assert found.available == 750
    assert (found.booked, found.booked_available) == (400, 300)
    assert (found.used, found.used_available) == (200, 150)
    assert found.occupancy == 300 / 750
    assert found.utilisation == 150 / 750
    assert found.usage_sessions == 2


def test_overlapping_sessions_are_counted_once() -> None:
    assert day(rig(booked(), [(100, 200), (150, 250), (150, 180)])).used == 150


def test_use_without_a_booking_is_told_but_not_that_of_setting_up() -> None:
    found = day(rig(booked((100, 200)), [(92, 205), (400, 450)]))
    assert found.booked_used == 100
    assert found.unbooked_used == 50


def test_a_booking_nobody_came_to_is_a_no_show_if_the_rig_was_heard() -> None:
    bookings = booked((100, 200), (300, 400), (500, 600), marks={500: RELEASED})
    record = rig(bookings, [], heard=[(0, 250)])
    assert booking_use(record, NOW).outcomes == [
        BookingOutcome.NO_SHOW,
        BookingOutcome.UNMEASURED,
        BookingOutcome.NO_SHOW,
    ]
    found = day(record)
    assert (found.bookings, found.no_shows, found.unmeasured) == (3, 2, 1)
    assert found.no_show == 200


def test_a_booking_that_is_not_over_is_no_no_show() -> None:
    record = rig(booked((100, 200), (300, 400)), [])
    assert booking_use(record, 350).outcomes == [BookingOutcome.NO_SHOW, BookingOutcome.AHEAD]


def test_use_before_and_after_a_booking_belongs_to_the_stretch_that_reaches_into_it() -> None:
    record = rig(booked((100, 200), (240, 300)), [(90, 220), (230, 310), (500, 600)])
    use = booking_use(record, NOW)
    assert use.within.tolist() == [100, 60]
    assert use.before.tolist() == [10, 10]
    assert use.after.tolist() == [20, 10]
    assert day(record).overrun == 30


def test_what_runs_on_into_the_next_booking_is_no_overrun_of_the_first() -> None:
    use = booking_use(rig(booked((100, 200), (200, 300)), [(120, 310)]), NOW)
    assert use.within.tolist() == [80, 100]
    assert use.after.tolist() == [0, 10]


def test_maintenance_is_neither_available_time_nor_machine_hours() -> None:
    bookings = booked((100, 200), (300, 400), marks={100: MAINTENANCE})
    found = day(rig(bookings, [(120, 170), (300, 400)], out=[(100, 200)]))
    assert found.available == 700
    assert (found.booked, found.bookings) == (100, 1)
    assert (found.used, found.maintenance_used, found.effective) == (150, 50, 100)
    assert found.unbooked_used == 0


def test_the_shared_rate_is_that_of_outsiders_in_the_machine_hours() -> None:
    bookings = booked((100, 200), (300, 400), marks={300: OUTSIDE})
    found = day(rig(bookings, [(100, 200), (350, 400)]))
    assert (found.outside_used, found.effective) == (50, 150)
    assert found.shared == 50 / 150


def test_the_coverage_is_how_much_of_the_available_time_the_rig_was_heard() -> None:
    found = day(rig(booked(), [], heard=[(0, 200), (700, 1000)]))
    assert found.coverage == 300 / 800


def test_there_are_no_shares_of_nothing() -> None:
    found = Figures()
    assert (found.occupancy, found.utilisation, found.shared, found.coverage) == (None,) * 4


def test_the_figures_of_a_module_are_those_of_its_bookings_alone() -> None:
    record = rig(booked((100, 200)), [(90, 150), (400, 500)])
    assert day(of_module(record, "2-1")).used == 60
    assert day(of_module(record, "2-1")).usage_sessions == 1
    assert day(of_module(record, "2-2")).used == 0
    assert day(of_module(record, "2-2")).available == 800


def test_a_module_of_a_rig_counts_as_used_when_a_booking_for_it_was_measured() -> None:
    record = rig(booked((100, 200)), [(150, 160)])
    idle = rig(booked((100, 200)), [])
    assert used_modules([(record, ["2-1", "2-2"]), (idle, ["2-1"])]) == (1, 3)


def test_the_grid_of_the_week_adds_up_hours_of_a_weekday() -> None:
    hours, cells = np.arange(0, 1001, 100), np.array([8, 9, 10, 11, 12, 24 + 8, 13, 14, 15, 8])
    grid = hour_grid([(rig(booked((150, 250)), [(0, 120), (900, 950)]), hours, cells)])
    assert grid.used[0][8] == 100
    assert grid.used[0][9] == 20
    assert grid.booked[0][9] == grid.booked[0][10] == 50
    assert grid.available[1][8] == 100
    assert sum(map(sum, grid.available)) == 800


spans = st.lists(
    st.tuples(st.integers(0, 90), st.integers(1, 12)).map(
        lambda one: (10 * one[0], 10 * (one[0] + one[1]))
    ),
    max_size=6,
)


@given(spans, spans, spans, spans)
def test_figures_of_days_add_up_and_shares_stay_shares(
    bookings: list[Pair], used: list[Pair], out: list[Pair], heard: list[Pair]
) -> None:
    record = rig(booked(*bookings), used, out=out, heard=heard)
    edges = np.array([-100, 100, 350, 351, 700, 2000])
    parts = figures(record, edges[:-1], edges[1:], NOW)
    whole = figures(record, edges[:1], edges[-1:], NOW)[0]
    assert summed(parts) == whole
    assert whole.used == whole.booked_used + whole.unbooked_used + _set_up_use(record, whole)
    for share in (whole.occupancy, whole.utilisation, whole.shared, whole.coverage):
        assert share is None or 0 <= share <= 1


def _set_up_use(record: RigRecord, whole: Figures) -> int:
    taken = of_pairs(
        zip(record.bookings.taken_from.tolist(), record.bookings.taken_to.tolist(), strict=True)
    )
    in_taken = int(record.used.inside(taken.starts, taken.ends).sum())
    return in_taken - whole.booked_used
