"""What the figures of one bench are made of: its bookings and its usage sessions."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import numpy as np
from sqlmodel import Session, col, select

from inventory.accounts.rules import Principal
from inventory.bookings.table import Booking
from inventory.income.finding import IncomeQuery, income
from inventory.income.rules import Earned
from inventory.intervals import Span
from inventory.moments import epoch_ms, moment
from inventory.usage_sessions.table import UsageSession
from inventory.utilisation.earning import earnings_of
from inventory.utilisation.fleet import Fleet, Question, look
from inventory.utilisation.measuring import BookedSpans, RigRecord, booking_use, figures
from inventory.utilisation.periods import Period, bounds, span_of
from inventory.utilisation.schema import (
    BenchUtilisationOut,
    BookingUsed,
    MeasuredSession,
    figures_out,
    money_out,
)

LATEST = 500
"""Chosen: a bench's month has 100 bookings; the figures themselves always count all."""


def bench_utilisation(
    db: Session, principal: Principal, question: Question, now: datetime
) -> BenchUtilisationOut:
    """A bench's figures with the bookings and usage sessions behind them, the latest of each.

    Args:
        db: inventory.
        principal: who asks.
        question: days, and the one bench.
        now: the moment.

    Raises:
        UnknownBench: there is none, or the caller may not know of it.
        Invalid: no day, or too many.
    """
    fleet = look(db, principal, question, now)
    (bench,), (record,) = fleet.benches, fleet.records
    zone = fleet.calendars[bench.organisation_code].zone
    whole = Period(question.first, question.last)
    (found,) = figures(record, *bounds((whole,), zone), epoch_ms(now))
    sessions = _sessions(
        db, bench.code, Span(span_of(whole.first, whole.last, zone)[0], fleet.until)
    )
    earnings = earnings_of(db, principal, fleet, question)
    told = (
        {} if earnings is None else _earned(db, principal, question, earnings.of(bench.code, whole))
    )
    return BenchUtilisationOut(
        bench=bench.code,
        first=question.first,
        last=question.last,
        until=fleet.until,
        figures=figures_out(found),
        bookings=_bookings(db, record, sessions, epoch_ms(now)),
        booking_total=len(record.bookings.ids),
        usage_sessions=_measured(fleet, record.bookings, sessions[:LATEST]),
        usage_session_total=len(sessions),
        **told,
    )


def _earned(
    db: Session, principal: Principal, question: Question, found: Earned
) -> Mapping[str, Any]:
    (code,) = question.benches or ("",)
    asked = IncomeQuery(question.first, question.last, bench=code)
    page = income(db, principal, asked, limit=LATEST)
    return {"money": money_out(found), "income": page.items, "income_total": page.total}


def _sessions(db: Session, code: str, span: Span) -> Sequence[UsageSession]:
    """The latest first."""
    query = select(UsageSession).where(
        UsageSession.bench_code == code,
        UsageSession.started_at < span.end_at,
        UsageSession.observed_at >= span.start_at,
    )
    rows = db.exec(query.order_by(col(UsageSession.started_at).desc())).all()
    return [row for row in rows if _end(row) > span.start_at]


def _bookings(
    db: Session, record: RigRecord, sessions: Sequence[UsageSession], now: int
) -> list[BookingUsed]:
    use, ids = booking_use(record, now), record.bookings.ids.tolist()
    latest = range(len(ids))[::-1][:LATEST]
    rows = _rows(db, [ids[place] for place in latest])
    began = np.array([epoch_ms(one.started_at) for one in sessions], np.int64)
    ended = np.array([epoch_ms(_end(one)) for one in sessions], np.int64)
    spans = record.bookings
    met: dict[int, list[int]] = {
        place: np.flatnonzero((began < spans.ends[place]) & (spans.starts[place] < ended)).tolist()
        for place in latest
    }
    return [
        BookingUsed(
            booking_id=ids[place],
            start_at=moment(int(spans.starts[place])),
            end_at=moment(int(spans.ends[place])),
            outcome=use.outcomes[place],
            used_s=int(use.within[place]) / 1000,
            before_s=int(use.before[place]) / 1000,
            after_s=int(use.after[place]) / 1000,
            heard_s=int(use.heard[place]) / 1000,
            usage_ids=[sessions[one].usage_id for one in met[place]],
            **rows[ids[place]],
        )
        for place in latest
    ]


def _rows(db: Session, ids: Sequence[int]) -> Mapping[int, dict[str, Any]]:
    names = {"purpose", "title", "holder", "requester_organisation_code", "module"}
    query = select(Booking).where(col(Booking.id).in_(ids))
    return {row.id or 0: row.model_dump(include=names) for row in db.exec(query).all()}


def _measured(
    fleet: Fleet, spans: BookedSpans, sessions: Sequence[UsageSession]
) -> list[MeasuredSession]:
    (bench,) = fleet.benches
    found = []
    for one in sessions:
        start, end = epoch_ms(one.started_at), epoch_ms(_end(one))
        theirs = spans.ids[np.flatnonzero((spans.starts < end) & (start < spans.ends))]
        days = urlencode({"from": one.started_at.isoformat(), "to": _end(one).isoformat()})
        found.append(
            MeasuredSession(
                usage_id=one.usage_id,
                start_at=one.started_at,
                end_at=_end(one),
                is_open=one.ended_at is None,
                booking_ids=theirs.tolist(),
                timeline=f"/api/v1/benches/{bench.code}/timeline?{days}",
            )
        )
    return found


def _end(row: UsageSession) -> datetime:
    """One that goes on counts to the last that was heard of it."""
    return row.ended_at or row.observed_at
