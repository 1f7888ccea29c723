"""Keeping what was heard of benches, day by day."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlmodel import col

from inventory.benches.table import Bench
from inventory.database import Database
from inventory.intervals import Span
from inventory.utilisation.evidence import SignsOfLife
from inventory.utilisation.in_service import in_service_from
from inventory.utilisation.looking import DAY_S, Looked, day_start, due
from inventory.utilisation.table import HeardDay

LOOK_BACK = timedelta(days=400)
"""Chosen: a school year and its holidays; earlier days were looked at when they were new."""
Look = tuple[str, date, int, int]
"""A bench, a day and the seconds `[from, to)` of it."""
_SECOND = timedelta(seconds=1)


def looks_due(database: Database, signs: SignsOfLife, now: datetime) -> list[Look]:
    """What is to be looked at now, the latest days first.

    Raises:
        SourceUnavailable: the telemetry store gives no answer.
    """
    known = signs.known()
    oldest = (now - LOOK_BACK).date()
    with database.read() as db:
        codes = sorted(known & set(db.scalars(select(col(Bench.code)))))
        begun = in_service_from(db, codes)
        facts = (HeardDay.bench_code, HeardDay.day, HeardDay.until_s, HeardDay.looked_at)
        query = select(*map(col, facts))
        kept = {
            (code, day): Looked(until_s, at)
            for code, day, until_s, at in db.execute(query.where(col(HeardDay.day) >= oldest))
        }
    found: list[Look] = []
    for code in codes:
        day = max(oldest, begun.get(code, now).date())
        while day <= now.date():
            wanted = due(kept.get((code, day)), day, now)
            if wanted is not None:
                found.append((code, day, *wanted))
            day += timedelta(days=1)
    return sorted(found, key=lambda look: look[1], reverse=True)


def take_looks(
    database: Database,
    signs: SignsOfLife,
    looks: Sequence[Look],
    now: datetime,
    has_time: Callable[[], bool] = lambda: True,
) -> int:
    """Look, as far as there is time, keep what was heard, and return how many were taken.

    Raises:
        SourceUnavailable: the telemetry store gives no answer; nothing was kept.
    """
    heard: dict[Look, list[list[int]]] = {}
    for look in looks:
        if heard and not has_time():
            break
        code, day, from_s, until_s = look
        start = day_start(day)
        span = Span(start + from_s * _SECOND, start + until_s * _SECOND)
        heard[look] = [_seconds(one, start) for one in signs.heard(code, span)]
    if heard:
        _keep(database, heard, now)
    return len(heard)


def _keep(database: Database, heard: Mapping[Look, list[list[int]]], now: datetime) -> None:
    with database.begin() as db:
        for (code, day, from_s, until_s), spans in heard.items():
            row = db.get(HeardDay, (code, day))
            before = [] if row is None else [one for one in row.heard if one[1] <= from_s]
            row = row or HeardDay(bench_code=code, day=day, until_s=until_s, looked_at=now)
            row.heard = [*before, *spans]
            row.until_s, row.looked_at = max(until_s, row.until_s), now
            db.add(row)


def _seconds(span: Span, start: datetime) -> list[int]:
    first = (span.start_at - start) // _SECOND
    # what began within a second was heard in it
    last = -((start - span.end_at) // _SECOND)
    return [first, min(last, DAY_S)]
