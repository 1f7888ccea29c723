"""When benches were in use, from their usage sessions: spans in a table, milliseconds per day."""

import sqlite3
from collections.abc import Iterable

from telemetry.contract.payloads import UsageEvent, UsageReport

DAY_MS = 86_400_000


def heard_span(report: UsageReport) -> tuple[int, int]:
    """From the start to the end, or to where the session is known to go on (pure)."""
    until = report.observed_at_ms if report.ended_at_ms is None else report.ended_at_ms
    return report.started_at_ms, max(until, report.started_at_ms)


def note_usage(db: sqlite3.Connection, bench_id: int, report: UsageReport) -> None:
    """Keep what a step says; an end is final, whatever comes late."""
    start, until = heard_span(report)
    db.execute(
        "INSERT INTO usage_span VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
        " started_at_ms = min(started_at_ms, excluded.started_at_ms),"
        " until_ms = CASE WHEN excluded.is_ended THEN excluded.until_ms"
        " ELSE max(until_ms, excluded.until_ms) END,"
        " is_ended = excluded.is_ended WHERE NOT is_ended",
        (bench_id, report.usage_id, start, until, report.event is UsageEvent.ENDED),
    )


def spans_in(
    db: sqlite3.Connection, bench_id: int, span_ms: tuple[int, int]
) -> list[tuple[int, int]]:
    """Spans that reach into `[start, end)`, by start."""
    found: list[tuple[int, int]] = db.execute(
        "SELECT started_at_ms, until_ms FROM usage_span"
        " WHERE bench_id = ? AND until_ms > ? AND started_at_ms < ? ORDER BY started_at_ms",
        (bench_id, *span_ms),
    ).fetchall()
    return found


def per_day(
    spans: Iterable[tuple[int, int]], span_ms: tuple[int, int], offset_ms: int
) -> dict[int, int]:
    """Milliseconds per local day that spans, sorted by start, cover of `[start, end)` (pure).

    Overlapping spans count once. Days are numbered from 1970-01-01 at `offset_ms` ahead of UTC.
    """
    covered: dict[int, int] = {}
    done_until, end = span_ms
    for first, last in spans:
        at, until = max(first, done_until), min(last, end)
        while at < until:
            day = (at + offset_ms) // DAY_MS
            step = min(until, (day + 1) * DAY_MS - offset_ms)
            covered[day] = covered.get(day, 0) + step - at
            at = step
        done_until = max(done_until, until)
    return covered
