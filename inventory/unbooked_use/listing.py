"""Listing use in nobody's booking, with what is behind each stretch and may explain it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlencode

from sqlmodel import Session

from inventory.accounts.rules import Principal
from inventory.intervals import Span
from inventory.paging import page
from inventory.unbooked_use.rules import SHORT, Cause, Neighbour, Order, causes
from inventory.unbooked_use.schema import (
    CauseOut,
    SessionBehind,
    UnbookedOut,
    UnbookedPage,
    UseNoteOut,
)
from inventory.unbooked_use.stretches import Stretch, notes_of, span_of_notes, stretches
from inventory.unbooked_use.surrounding import neighbours_in, orders_in, sessions_in
from inventory.unbooked_use.table import UseNote
from inventory.usage_sessions.table import UsageSession
from inventory.utilisation.fleet import Question, look


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which stretches: None are both settled and open ones; shorter ones are only counted."""

    question: Question
    is_settled: bool | None = None
    shortest: timedelta = SHORT


@dataclass(frozen=True)
class _Around:
    """What lies around the stretches of a page, by bench."""

    sessions: dict[str, list[tuple[UsageSession, Span]]] = field(default_factory=dict)
    neighbours: dict[str, list[Neighbour]] = field(default_factory=dict)
    orders: dict[str, list[Order]] = field(default_factory=dict)


def unbooked(
    db: Session, principal: Principal, wanted: Wanted, now: datetime, *, offset: int, limit: int
) -> UnbookedPage:
    """Stretches of use in nobody's booking on benches the caller may look into, the latest first.

    Raises:
        Invalid: no day, or too many.
        Unknown: a bench, station or organisation that is named is none, or not to be known.
    """
    fleet = look(db, principal, wanted.question, now)
    codes = [one.code for one in fleet.benches]
    notes = notes_of(db, codes, span_of_notes(wanted.question))
    every = stretches(fleet, notes)
    long = [one for one in every if one.span.length >= wanted.shortest]
    chosen = [one for one in long if wanted.is_settled in {None, one.is_settled}]
    shown = chosen[offset : offset + limit]
    around = _around(db, shown)
    items = [_shown(one, around, notes) for one in shown]
    cut = page(items, len(chosen), offset)
    all_s, long_s = _seconds(every), _seconds(long)
    return UnbookedPage(
        items=cut.items,
        total=cut.total,
        next=cut.next,
        seconds=all_s,
        explained_s=sum(one.explained.total_seconds() for one in every),
        short=len(every) - len(long),
        short_s=all_s - long_s,
    )


def _seconds(found: Sequence[Stretch]) -> float:
    return sum((one.span.length for one in found), timedelta()).total_seconds()


def _around(db: Session, shown: Sequence[Stretch]) -> _Around:
    if not shown:
        return _Around()
    codes = sorted({one.bench.code for one in shown})
    ends = [one.span.end_at for one in shown]
    span = Span(min(one.span.start_at for one in shown), max(ends))
    return _Around(
        sessions_in(db, codes, span), neighbours_in(db, codes, span), orders_in(db, codes, span)
    )


def _shown(one: Stretch, around: _Around, notes: Sequence[UseNote]) -> UnbookedOut:
    code, span = one.bench.code, one.span
    behind = [each for each in around.sessions.get(code, ()) if each[1].meets(span)]
    found = causes(span, around.neighbours.get(code, ()), around.orders.get(code, ()), one.closed)
    told = [
        each
        for each in notes
        if each.bench_code == code and Span(each.start_at, each.end_at).meets(span)
    ]
    days = urlencode({"from": span.start_at.isoformat(), "to": span.end_at.isoformat()})
    return UnbookedOut(
        bench=code,
        name_zh=one.bench.name_zh,
        name_en=one.bench.name_en,
        station_code=one.bench.station_code,
        start_at=span.start_at,
        end_at=span.end_at,
        seconds=span.length.total_seconds(),
        is_open=any(row.ended_at is None and known.end_at >= span.end_at for row, known in behind),
        explained_s=one.explained.total_seconds(),
        is_settled=one.is_settled,
        causes=[_cause(each) for each in found],
        usage_sessions=[_session(row, known) for row, known in behind],
        notes=[UseNoteOut.model_validate(each) for each in told],
        timeline=f"/api/v1/benches/{code}/timeline?{days}",
    )


def _session(row: UsageSession, known: Span) -> SessionBehind:
    return SessionBehind(
        usage_id=row.usage_id,
        start_at=known.start_at,
        end_at=known.end_at,
        is_open=row.ended_at is None,
    )


def _cause(one: Cause) -> CauseOut:
    booking = one.booking
    return CauseOut(
        kind=one.kind,
        booking_id=booking.booking_id if booking else None,
        title=booking.title if booking else "",
        holder=booking.holder if booking else "",
        work_order_id=one.order_number,
        seconds=one.time.total_seconds() if one.time else None,
    )
