"""How long what is kept, and what time it is for that purpose (pure)."""

from dataclasses import dataclass

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
CLOCK_TOLERANCE_MS = HOUR_MS
"""Chosen: wider than any correction of a clock that is kept by NTP, far below any retention."""
LONGEST_ABSENCE_MS = 60 * DAY_MS
"""Chosen: longer than school holidays; a start after more looks like a wrong clock."""


@dataclass(frozen=True, slots=True)
class Retention:
    """Ages by the moment ingest received a row.

    `late_ms`: a closed hour that got no row for so long is sealed. `rows_ms`: rows go, hot or
    sealed. `minutes_ms` and `hours_ms`: rollups go.
    """

    late_ms: int = 10 * 60_000
    rows_ms: int = 30 * DAY_MS
    minutes_ms: int = 400 * DAY_MS
    hours_ms: int = 1100 * DAY_MS


def believed_now(now_ms: int, started_at_ms: int, ran_ms: int) -> int:
    """The wall clock, unless it ran ahead of the time this process has run.

    A clock that jumps ten years must not make everything ten years old; one that goes back only
    keeps rows longer.
    """
    expected = started_at_ms + ran_ms
    return expected if now_ms > expected + CLOCK_TOLERANCE_MS else now_ms


def is_start_believed(started_at_ms: int, last_sign_ms: int | None) -> bool:
    """Whether ingest started within `LONGEST_ABSENCE_MS` of its last sign of life."""
    return last_sign_ms is None or started_at_ms - last_sign_ms <= LONGEST_ABSENCE_MS
