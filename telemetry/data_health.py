"""What the times of a bench's rows say of their way: gaps, time off, delays (pure).

A pause between two rows is a *gap* when the bench's bridge ran on, and *off* when it was started
anew in between: each start of a bridge has an epoch of its own. A gap in which nothing is missing
was quiet: the bus sent nothing.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]

GAP_PERIODS = 3
SHORTEST_GAP_MS = 2_000
"""Chosen: a heartbeat; shorter pauses are those of a busy PC and nothing a person would see."""
ODD_DELAY_MS = 24 * 3_600_000
AHEAD_MS = 2_000
"""A row seems to be received before it was observed where the clock was set since."""
_STEP = 1.05
"""Chosen: percentiles are right within 5 %, and hours can be added up without their rows."""
_BINS = math.ceil(math.log(ODD_DELAY_MS) / math.log(_STEP)) + 1


def quiet_ms(period_ms: int) -> int:
    """A longer pause between two rows is a gap, or time off."""
    return max(GAP_PERIODS * period_ms, SHORTEST_GAP_MS)


def _no_delays() -> Integers:
    return np.zeros(_BINS, np.int64)


@dataclass(frozen=True, slots=True)
class Span:
    """Rows of a bench over a time, by its corrected clock; `first_…` and `last_…` are its ends.

    `on_ms` is the time between rows of one run of the bridge, gaps included. `delays` counts rows
    by the logarithm of their delay; `odd_rows` have times that no delay can be told from.
    """

    rows: int
    first_at_ms: int
    first_epoch: int
    last_at_ms: int
    last_epoch: int
    on_ms: int = 0
    gap_ms: int = 0
    longest_gap_ms: int = 0
    longest_gap_at_ms: int | None = None
    off_ms: int = 0
    odd_rows: int = 0
    delays: Integers = field(default_factory=_no_delays)


def span_of(
    epoch: Integers,
    observed_at_ms: Integers,
    received_at_ms: Integers,
    *,
    offset_ms: int,
    quiet: int,
) -> Span:
    """Look at at least one row, in order of observation.

    Args:
        epoch: run of the bridge each row belongs to.
        observed_at_ms: by the bench's clock.
        received_at_ms: by ingest's clock.
        offset_ms: how far the bench's clock is ahead of ingest's.
        quiet: the longest pause that is none, from `quiet_ms`.
    """
    at = observed_at_ms - offset_ms
    pauses, is_same_run = np.diff(at), np.diff(epoch) == 0
    is_long = pauses > quiet
    gaps = np.where(is_long & is_same_run, pauses, 0)
    longest = int(gaps.argmax()) if len(gaps) else 0
    has_gap = bool(len(gaps)) and gaps[longest] > 0
    delay = received_at_ms - at
    is_odd = (delay < -AHEAD_MS) | (delay >= ODD_DELAY_MS)
    return Span(
        rows=len(at),
        first_at_ms=int(at[0]),
        first_epoch=int(epoch[0]),
        last_at_ms=int(at[-1]),
        last_epoch=int(epoch[-1]),
        on_ms=int(pauses[is_same_run | ~is_long].sum()),
        gap_ms=int(gaps.sum()),
        longest_gap_ms=int(gaps[longest]) if has_gap else 0,
        longest_gap_at_ms=int(at[longest]) if has_gap else None,
        off_ms=int(pauses[is_long & ~is_same_run].sum()),
        odd_rows=int(is_odd.sum()),
        delays=_counted(delay[~is_odd]),
    )


def joined(spans: Sequence[Span], quiet: int) -> Span | None:
    """Spans that follow each other as one, with the pauses between them; None of none."""
    if not spans:
        return None
    whole = spans[0]
    for later in spans[1:]:
        pause = max(later.first_at_ms - whole.last_at_ms, 0)
        is_same_run = later.first_epoch == whole.last_epoch
        whole = _followed(_paused(whole, pause, quiet, is_same_run=is_same_run), later)
    return whole


def begun_at(span: Span, start_ms: int, before: Span | None, quiet: int) -> Span:
    """Count the pause that the span begins with, if the bench had sent rows before.

    Only the part since `start_ms` counts: the rest is the day's before.
    """
    if before is None:
        return span
    pause = span.first_at_ms - before.last_at_ms
    counted = span.first_at_ms - max(start_ms, before.last_at_ms)
    if pause <= quiet or counted <= 0:
        return span
    is_same_run = before.last_epoch == span.first_epoch
    lead = Span(0, start_ms, span.first_epoch, max(start_ms, before.last_at_ms), span.first_epoch)
    return _followed(_paused(lead, counted, 0, is_same_run=is_same_run), span)


def ended_at(span: Span, now_ms: int, quiet: int, *, is_online: bool) -> Span:
    """Count the pause since the last row: a gap while the bench says that it lives, else off."""
    pause = max(now_ms - span.last_at_ms, 0)
    if pause <= quiet:
        return span
    return _paused(span, pause, quiet, is_same_run=is_online)


def percentile_s(delays: Integers, share: float) -> float | None:
    """The delay that `share` (0 to 1) of the rows do not exceed, within 5 %; None without rows."""
    total = int(delays.sum())
    if total == 0:
        return None
    wanted = max(math.ceil(total * share), 1)
    place = int(np.searchsorted(np.cumsum(delays), wanted))
    return 0.0 if place == 0 else _STEP ** (place - 0.5) / 1000


def _counted(delay_ms: Integers) -> Integers:
    places = np.ceil(np.log(np.maximum(delay_ms, 1)) / math.log(_STEP)).astype(np.int64)
    return np.bincount(np.minimum(places, _BINS - 1), minlength=_BINS).astype(np.int64)


def _paused(span: Span, pause: int, quiet: int, *, is_same_run: bool) -> Span:
    is_long = pause > quiet
    gap = pause if is_long and is_same_run else 0
    is_longest = gap > span.longest_gap_ms
    return replace(
        span,
        on_ms=span.on_ms + (pause if is_same_run or not is_long else 0),
        gap_ms=span.gap_ms + gap,
        longest_gap_ms=gap if is_longest else span.longest_gap_ms,
        longest_gap_at_ms=span.last_at_ms if is_longest else span.longest_gap_at_ms,
        off_ms=span.off_ms + (pause if is_long and not is_same_run else 0),
    )


def _followed(span: Span, later: Span) -> Span:
    is_longest = later.longest_gap_ms > span.longest_gap_ms
    return replace(
        span,
        rows=span.rows + later.rows,
        last_at_ms=max(span.last_at_ms, later.last_at_ms),
        last_epoch=later.last_epoch,
        on_ms=span.on_ms + later.on_ms,
        gap_ms=span.gap_ms + later.gap_ms,
        longest_gap_ms=later.longest_gap_ms if is_longest else span.longest_gap_ms,
        longest_gap_at_ms=later.longest_gap_at_ms if is_longest else span.longest_gap_at_ms,
        off_ms=span.off_ms + later.off_ms,
        odd_rows=span.odd_rows + later.odd_rows,
        delays=span.delays + later.delays,
    )
