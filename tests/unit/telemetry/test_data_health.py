import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.data_health import (
    ODD_DELAY_MS,
    SHORTEST_GAP_MS,
    Span,
    begun_at,
    ended_at,
    joined,
    percentile_s,
    quiet_ms,
    span_of,
)

QUIET = SHORTEST_GAP_MS


def look(
    at: list[int], epochs: list[int] | None = None, delay_ms: int = 30, offset_ms: int = 0
) -> Span:
    observed = np.array(at, np.int64) + offset_ms
    received = np.array(at, np.int64) + delay_ms
    epoch = np.array(epochs or [7] * len(at), np.int64)
    return span_of(epoch, observed, received, offset_ms=offset_ms, quiet=QUIET)


def test_a_pause_of_three_periods_is_none_yet() -> None:
    assert quiet_ms(100) == SHORTEST_GAP_MS
    assert quiet_ms(10_000) == 30_000


def test_rows_without_a_pause_have_no_gap() -> None:
    span = look([0, 1000, 3000])
    assert (span.rows, span.on_ms, span.gap_ms, span.off_ms) == (3, 3000, 0, 0)
    assert span.longest_gap_at_ms is None


def test_a_pause_while_the_bridge_ran_is_a_gap() -> None:
    span = look([0, 1000, 9000, 12000])
    assert (span.gap_ms, span.off_ms, span.on_ms) == (11_000, 0, 12_000)
    assert (span.longest_gap_ms, span.longest_gap_at_ms) == (8000, 1000)


def test_a_pause_in_which_the_bridge_was_started_anew_is_time_off() -> None:
    span = look([0, 1000, 9000], [7, 7, 8])
    assert (span.gap_ms, span.off_ms, span.on_ms) == (0, 8000, 1000)


def test_a_quick_restart_of_the_bridge_is_no_pause() -> None:
    assert look([0, 1000, 2500], [7, 7, 8]).off_ms == 0


def test_a_clock_that_is_ahead_is_corrected() -> None:
    span = look([0, 100], delay_ms=30, offset_ms=3_600_000)
    assert span.first_at_ms == 0
    assert percentile_s(span.delays, 0.5) == pytest.approx(0.03, rel=0.05)


def test_times_of_another_decade_are_counted_apart() -> None:
    received = np.array([0, 0, 0], np.int64)
    observed = np.array([-ODD_DELAY_MS, 0, 5000], np.int64)
    span = span_of(np.ones(3, np.int64), observed, received, offset_ms=0, quiet=QUIET)
    assert span.odd_rows == 2
    assert span.delays.sum() == 1


def test_the_gap_over_midnight_counts_from_midnight() -> None:
    yesterday, today = look([0, 1000]), look([61_000, 62_000])
    span = begun_at(today, 60_000, yesterday, QUIET)
    assert (span.gap_ms, span.longest_gap_at_ms, span.rows) == (1000, 60_000, 2)


def test_a_bench_that_was_off_over_night_has_no_gap() -> None:
    yesterday, today = look([0, 1000]), look([61_000, 62_000], [8, 8])
    assert begun_at(today, 30_000, yesterday, QUIET).gap_ms == 0
    assert begun_at(today, 30_000, yesterday, QUIET).off_ms == 31_000
    assert begun_at(today, 30_000, None, QUIET) == today


def test_the_time_since_the_last_row_is_a_gap_only_while_the_bench_lives() -> None:
    span = look([0, 1000])
    assert ended_at(span, 2000, QUIET, is_online=True).gap_ms == 0
    assert ended_at(span, 9000, QUIET, is_online=True).gap_ms == 8000
    assert ended_at(span, 9000, QUIET, is_online=False).off_ms == 8000


rows = st.lists(
    st.tuples(st.integers(0, 6000), st.booleans(), st.integers(0, 5000)), min_size=1, max_size=40
)


@given(rows, st.integers(1, 40))
def test_hours_added_up_say_the_same_as_the_rows_together(
    drawn: list[tuple[int, bool, int]], cut: int
) -> None:
    at = np.cumsum([pause for pause, _, _ in drawn]).astype(np.int64)
    epoch = np.cumsum([is_new for _, is_new, _ in drawn]).astype(np.int64)
    received = at + np.array([delay for _, _, delay in drawn], np.int64)

    def part(rows: slice) -> Span:
        return span_of(epoch[rows], at[rows], received[rows], offset_ms=0, quiet=QUIET)

    pieces = [part(slice(n, n + cut)) for n in range(0, len(at), cut)]
    whole, added = part(slice(None)), joined(pieces, QUIET)
    assert added is not None
    for name in ("rows", "gap_ms", "off_ms", "on_ms", "longest_gap_ms", "last_at_ms", "odd_rows"):
        assert getattr(added, name) == getattr(whole, name), name
    assert (added.delays == whole.delays).all()


@given(st.lists(st.integers(2, 80_000_000), min_size=1, max_size=60), st.floats(0.01, 1))
def test_a_percentile_is_right_within_five_percent(delays: list[int], share: float) -> None:
    at = np.zeros(len(delays), np.int64)
    span = span_of(at, at, np.array(delays, np.int64), offset_ms=0, quiet=QUIET)
    exact = np.percentile(delays, share * 100, method="inverted_cdf") / 1000
    assert percentile_s(span.delays, share) == pytest.approx(exact, rel=0.05)


def test_without_rows_there_is_no_percentile() -> None:
    assert percentile_s(np.zeros(5, np.int64), 0.99) is None
    assert joined([], QUIET) is None
