from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.alerts.rules import (
    BOOKED_SILENCE,
    COUNTER_REST,
    INGEST_SILENCE,
    AlertEnd,
    AlertKind,
    Change,
    Closed,
    HouseSigns,
    KnownAlert,
    Opened,
    Renewed,
    Reopened,
    RunningSlot,
    WatchedBench,
    conditions,
    step,
)
from inventory.bookings.rules import HORIZON, MAX_LENGTH, objection, overlapping

NOW = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Slot:
    bench_code: str
    start_at: datetime
    end_at: datetime


def slot(start: int, end: int, bench: str = "battery-01") -> Slot:
    return Slot(bench, NOW + start * MINUTE, NOW + end * MINUTE)


def test_slots_that_touch_do_not_overlap() -> None:
    taken = [slot(0, 60), slot(60, 120)]
    assert overlapping(taken, NOW - 30 * MINUTE, NOW) is None
    assert overlapping(taken, NOW + 120 * MINUTE, NOW + 130 * MINUTE) is None
    assert overlapping(taken, NOW + 59 * MINUTE, NOW + 61 * MINUTE) == taken[0]


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(1, 20))), st.integers(0, 50))
def test_overlap_is_a_shared_minute(spans: list[tuple[int, int]], start: int) -> None:
    taken = [slot(begin, begin + length) for begin, length in spans]
    wanted = set(range(start, start + 10))
    shares = any(wanted & set(range(begin, begin + length)) for begin, length in spans)
    found = overlapping(taken, NOW + start * MINUTE, NOW + (start + 10) * MINUTE)
    assert (found is not None) == shares


@pytest.mark.parametrize(
    ("start", "end", "field"),
    [
        (timedelta(), timedelta(), "end_at"),
        (MINUTE, timedelta(), "end_at"),
        (-2 * MINUTE, -MINUTE, "end_at"),
        (timedelta(), MAX_LENGTH + MINUTE, "end_at"),
        (HORIZON + MINUTE, HORIZON + 2 * MINUTE, "start_at"),
    ],
)
def test_a_span_that_makes_no_slot_is_refused_by_its_field(
    start: timedelta, end: timedelta, field: str
) -> None:
    refused = objection(NOW + start, NOW + end, NOW)
    assert refused is not None
    assert refused[0] == field


def test_a_class_that_began_already_may_be_booked() -> None:
    assert objection(NOW - MINUTE, NOW + MINUTE, NOW) is None


BENCH = WatchedBench("battery-01", "BJ01", timedelta(days=1), last_seen_at=NOW)
BOOKED = RunningSlot(17, "battery-01", "BJ01", NOW - 30 * MINUTE, NOW + 60 * MINUTE)
SIGNS = HouseSigns(NOW, NOW - 60 * MINUTE, NOW, (BENCH,), (BOOKED,))


class Book:
    """Keeps alerts as the tables do, one latest per key."""

    def __init__(self) -> None:
        self.latest: dict[str, KnownAlert] = {}
        self.count = 0

    def look(self, signs: HouseSigns) -> Sequence[Change]:
        changes = step(signs, self.latest, conditions(signs, self.latest))
        for change in changes:
            self._take(change, signs)
        assert step(signs, self.latest, conditions(signs, self.latest)) == [], "settles at once"
        return changes

    def _take(self, change: Change, signs: HouseSigns) -> None:
        if isinstance(change, Opened):
            self.count += 1
            made = change.condition
            ends = {s.booking_id: s.end_at for s in signs.slots}.get(made.booking_id or 0)
            known = KnownAlert(self.count, made.kind, made.key, None, made.facts, ends)
            self.latest[made.key] = known
            return
        (known,) = (one for one in self.latest.values() if one.id == change.alert_id)
        if isinstance(change, Closed):
            known = replace(known, closed_at=signs.now)
        else:
            known = replace(known, closed_at=None, facts=change.facts)
        self.latest[known.key] = known


def seen(ago: timedelta, signs: HouseSigns = SIGNS, **facts: Any) -> HouseSigns:  # noqa: ANN401 - any field
    bench = replace(signs.benches[0], last_seen_at=signs.now - ago, **facts)
    return replace(signs, benches=(bench,))


def later(span: timedelta, signs: HouseSigns = SIGNS) -> HouseSigns:
    now = signs.now + span
    bench = replace(signs.benches[0], last_seen_at=now)
    return replace(signs, now=now, ingest_seen_at=now, benches=(bench,))


def kinds(changes: Sequence[Change]) -> list[object]:
    return [c.condition.kind if isinstance(c, Opened) else type(c) for c in changes]


def test_a_bench_that_falls_silent_in_a_booked_slot_opens_one_alert() -> None:
    book = Book()
    assert book.look(seen(BOOKED_SILENCE)) == []
    assert kinds(book.look(seen(BOOKED_SILENCE + MINUTE))) == [AlertKind.BENCH_SILENT]
    assert book.look(seen(BOOKED_SILENCE + MINUTE)) == []


def test_the_alert_closes_when_the_bench_is_back_and_opens_again_as_the_same_one() -> None:
    book = Book()
    book.look(seen(10 * MINUTE))
    assert book.look(seen(timedelta())) == [Closed(1, AlertEnd.RECOVERED)]
    (again,) = book.look(seen(10 * MINUTE, later(20 * MINUTE)))
    assert isinstance(again, Reopened)
    assert book.count == 1


def test_the_alert_closes_with_the_slot_though_the_bench_stays_silent() -> None:
    book = Book()
    book.look(seen(10 * MINUTE))
    after = replace(seen(80 * MINUTE, later(70 * MINUTE)), slots=())
    assert book.look(after) == [Closed(1, AlertEnd.SLOT_OVER)]


def test_silence_outside_of_a_slot_alarms_nobody() -> None:
    assert Book().look(replace(seen(600 * MINUTE), slots=())) == []


def test_silence_before_the_slot_does_not_count() -> None:
    signs = replace(SIGNS, slots=(replace(BOOKED, start_at=NOW - MINUTE),))
    assert Book().look(seen(600 * MINUTE, signs)) == []
    assert kinds(Book().look(seen(600 * MINUTE, later(6 * MINUTE, signs)))) == [
        AlertKind.BENCH_SILENT
    ]


def test_a_bench_that_never_came_is_silent_too() -> None:
    bench = replace(BENCH, last_seen_at=None)
    assert kinds(Book().look(replace(SIGNS, benches=(bench,)))) == [AlertKind.BENCH_SILENT]


def test_a_shorter_limit_of_the_bench_goes_before_ours() -> None:
    assert kinds(Book().look(seen(MINUTE, silence_limit=timedelta(seconds=10)))) == [
        AlertKind.BENCH_SILENT
    ]


def test_a_silent_ingest_is_one_alert_and_not_one_per_bench() -> None:
    book = Book()
    quiet = replace(seen(10 * MINUTE), ingest_seen_at=NOW - INGEST_SILENCE - MINUTE)
    assert kinds(book.look(quiet)) == [AlertKind.INGEST_SILENT]


def test_a_silent_ingest_closes_no_alert_of_a_bench() -> None:
    book = Book()
    book.look(seen(10 * MINUTE))
    quiet = replace(seen(timedelta()), ingest_seen_at=NOW - 2 * INGEST_SILENCE)
    assert kinds(book.look(quiet)) == [AlertKind.INGEST_SILENT]
    assert book.latest["bench_silent:battery-01:17"].is_open


def test_a_house_that_has_just_started_waits_for_its_ingest() -> None:
    started = replace(SIGNS, watched_since=NOW, ingest_seen_at=NOW - 600 * MINUTE)
    assert Book().look(replace(started, slots=())) == []
    assert kinds(Book().look(replace(started, now=NOW + MINUTE, slots=()))) == [
        AlertKind.INGEST_SILENT
    ]


def test_a_house_that_was_started_anew_does_not_forget_a_silence() -> None:
    book = Book()
    book.look(seen(10 * MINUTE))
    assert book.look(replace(seen(10 * MINUTE), watched_since=NOW)) == []


def test_a_filling_spool_does_not_flicker() -> None:
    book = Book()
    assert book.look(seen(timedelta(), spool_share=0.49)) == []
    assert kinds(book.look(seen(timedelta(), spool_share=0.5))) == [AlertKind.SPOOL_FILLING]
    assert kinds(book.look(seen(timedelta(), spool_share=0.45))) == [Renewed]
    assert kinds(book.look(seen(timedelta(), spool_share=0.39))) == [Closed]


def test_a_clock_that_is_off_opens_and_closes() -> None:
    book = Book()
    assert book.look(seen(timedelta(), clock_offset_s=-59.0)) == []
    assert kinds(book.look(seen(timedelta(), clock_offset_s=-3600.0))) == [AlertKind.CLOCK_OFF]
    assert kinds(book.look(seen(timedelta(), clock_offset_s=1.0))) == [Closed]


def test_dropped_rows_alarm_once_and_again_only_when_more_are_dropped() -> None:
    book = Book()
    of_yesterday: dict[str, Any] = {"dropped": 5, "dropped_floor": 5}
    assert book.look(seen(timedelta(), **of_yesterday)) == []
    lost: dict[str, Any] = {"dropped": 8, "dropped_floor": 5}
    assert kinds(book.look(seen(timedelta(), **lost))) == [AlertKind.ROWS_DROPPED]
    resting = seen(timedelta(), later(COUNTER_REST + MINUTE), **lost)
    assert kinds(book.look(resting)) == [Closed]
    assert book.look(seen(timedelta(), later(COUNTER_REST + 2 * MINUTE), **lost)) == []
    more = seen(timedelta(), later(2 * COUNTER_REST), dropped=9, dropped_floor=5)
    assert kinds(book.look(more)) == [AlertKind.ROWS_DROPPED]
    assert book.count == 2


def test_a_growing_quarantine_keeps_its_alert_open() -> None:
    book = Book()
    assert kinds(book.look(seen(timedelta(), rejected=1))) == [AlertKind.QUARANTINE_GROWING]
    grown = seen(timedelta(), later(COUNTER_REST - MINUTE), rejected=2)
    assert kinds(book.look(grown)) == [Renewed]
    still = seen(timedelta(), later(COUNTER_REST + MINUTE), rejected=2)
    assert book.look(still) == []


@given(st.lists(st.tuples(st.integers(0, 700), st.booleans(), st.floats(0, 1)), max_size=20))
def test_whatever_happens_a_key_has_one_alert_and_every_look_settles(
    history: list[tuple[int, bool, float]],
) -> None:
    book, signs = Book(), SIGNS
    for seconds, is_ingest_silent, share in history:
        signs = later(timedelta(seconds=seconds), signs)
        heard = seen(timedelta(seconds=seconds), signs, spool_share=share)
        if is_ingest_silent:
            heard = replace(heard, ingest_seen_at=NOW - 60 * MINUTE)
        book.look(heard)
    assert book.count <= 3 * (len(history) + 1)
