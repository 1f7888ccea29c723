"""What the figures are made of, in one statement each for any number of rigs."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
from sqlalchemy import Select, and_, case, func, or_, select
from sqlmodel import Session, col

from inventory.benches.table import Bench
from inventory.bookings.rules import HOLDING, BookingPurpose, BookingState
from inventory.bookings.table import Booking, BookingPart
from inventory.faults.table import Fault
from inventory.intervals import Span
from inventory.moments import epoch_ms
from inventory.usage_sessions.table import UsageSession
from inventory.utilisation.in_service import in_service_from
from inventory.utilisation.instants import in_ms
from inventory.utilisation.looking import day_start
from inventory.utilisation.measuring import BookedSpans, RigRecord
from inventory.utilisation.table import HeardDay
from inventory.utilisation.timelines import (
    NOTHING,
    Moments,
    Timeline,
    cut,
    either,
    of_pairs,
    timeline,
)
from inventory.work_orders.past_repairs import past_repairs

_COUNTED = HOLDING | {BookingState.RELEASED}
"""What took its slot: given free by no-show counts until then, displaced and declined never did."""
_NONE: Moments = np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True)
class Looked:
    """What of which rigs is asked for; `span` ends with the present at the latest."""

    codes: Sequence[str]
    span: Span
    now: datetime


def records(
    db: Session, benches: Sequence[Bench], opening: Mapping[str, Timeline], looked: Looked
) -> list[RigRecord]:
    """All there is to know of the rigs, in the order of the benches.

    Args:
        db: inventory.
        benches: the rigs.
        opening: by bench when it could be booked if it were in order.
        looked: the time.
    """
    used, bookings = _sessions(db, looked), _bookings(db, looked)
    out, heard = _out_of_order(db, benches, looked), _heard(db, looked)
    begun = in_service_from(db, looked.codes)
    start, end = epoch_ms(looked.span.start_at), epoch_ms(looked.span.end_at)
    found = []
    for bench in benches:
        starts, ends = used.get(bench.code, (_NONE, _NONE))
        spans = bookings[bench.code]
        kept = timeline(spans.starts[spans.is_maintenance], spans.ends[spans.is_maintenance])
        since = epoch_ms(max(begun.get(bench.code, looked.span.start_at), looked.span.start_at))
        signs, looks = heard.get(bench.code, (NOTHING, NOTHING))
        found.append(
            RigRecord(
                code=bench.code,
                opening=cut(opening[bench.code], since, end),
                out=either(of_pairs(out.get(bench.code, ())), kept),
                used=cut(timeline(starts, ends), start, end),
                bookings=spans,
                session_starts=starts,
                heard=signs,
                looked=looks,
            )
        )
    return found


def _sessions(db: Session, looked: Looked) -> Mapping[str, tuple[Moments, Moments]]:
    until = func.coalesce(col(UsageSession.ended_at), col(UsageSession.observed_at))
    query = select(
        col(UsageSession.bench_code), in_ms(UsageSession.started_at), in_ms(until)
    ).where(
        col(UsageSession.bench_code).in_(looked.codes),
        col(UsageSession.started_at) < looked.span.end_at,
        until > looked.span.start_at,
    )
    return {code: (starts, ends) for code, (starts, ends) in _columns(db, query)}


def _bookings(db: Session, looked: Looked) -> Mapping[str, BookedSpans]:
    """Each bench's bookings; none twice, though a set may name the bench and its workstation."""
    is_over_hold = and_(
        col(Booking.state) == BookingState.HELD, col(Booking.hold_until) <= looked.now
    )
    left_at = case(
        (col(Booking.state) == BookingState.RELEASED, col(Booking.cancelled_at)),
        else_=col(Booking.ended_early_at),
    )
    # who comes after a slot was given back uses what is nobody's
    held_to = case(
        (
            and_(
                col(Booking.state) == BookingState.RELEASED,
                col(Booking.cancelled_at) < col(BookingPart.blocked_to),
            ),
            col(Booking.cancelled_at),
        ),
        else_=col(BookingPart.blocked_to),
    )
    ended_at = case((left_at < col(Booking.end_at), left_at), else_=col(Booking.end_at))
    query = (
        select(
            col(BookingPart.bench_code),
            col(Booking.id),
            in_ms(Booking.start_at),
            in_ms(ended_at),
            in_ms(BookingPart.blocked_from),
            in_ms(held_to),
            case((col(Booking.purpose) == BookingPurpose.MAINTENANCE, 1), else_=0),
            case((_is_outside(), 1), else_=0),
            case((col(Booking.state) == BookingState.RELEASED, 1), else_=0),
            func.coalesce(col(Booking.module), ""),
        )
        .join(Booking, col(Booking.id) == col(BookingPart.booking_id))
        .where(
            col(BookingPart.bench_code).in_(looked.codes),
            col(Booking.state).in_(_COUNTED),
            col(Booking.start_at) < looked.span.end_at,
            col(Booking.end_at) > looked.span.start_at,
            or_(col(Booking.hold_until).is_(None), ~is_over_hold),
        )
        .order_by(col(Booking.start_at), col(Booking.id))
    )
    nothing = _spans((*([_NONE] * 8), np.array([], np.str_)))
    found: dict[str, BookedSpans] = defaultdict(lambda: nothing)
    found.update((code, _spans(columns)) for code, columns in _columns(db, query))
    return found


def _is_outside() -> Any:  # noqa: ANN401 - SQLAlchemy's condition
    return or_(
        col(Booking.purpose) == BookingPurpose.OPEN_SHARING,
        col(Booking.requester_organisation_code) != col(Booking.organisation_code),
    )


def _spans(columns: Sequence[Any]) -> BookedSpans:
    _, first = np.unique(columns[0], return_index=True)
    kept = [column[np.sort(first)] for column in columns]
    ids, starts, ends, taken_from, taken_to, maintenance, outside, released, modules = kept
    return BookedSpans(
        ids=ids,
        starts=starts,
        ends=np.maximum(ends, starts),
        taken_from=taken_from,
        taken_to=taken_to,
        is_maintenance=maintenance.astype(bool),
        is_outside=outside.astype(bool),
        is_released=released.astype(bool),
        modules=modules,
    )


def _out_of_order(
    db: Session, benches: Sequence[Bench], looked: Looked
) -> Mapping[str, Sequence[tuple[int, int]]]:
    """Repairs, and blocking faults of which no order was made."""
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    owners = {bench.organisation_code for bench in benches}
    for code, spans in past_repairs(db, owners, looked.span).items():
        found[code] += ((epoch_ms(one.start_at), epoch_ms(one.end_at)) for one in spans)
    query = (
        select(col(Fault.bench_code), col(Fault.confirmed_at), col(Fault.cleared_at))
        .join(Bench, col(Bench.code) == col(Fault.bench_code))
        .where(
            col(Fault.bench_code).in_(looked.codes),
            col(Fault.confirmed_at) < looked.span.end_at,
            or_(col(Fault.cleared_at).is_(None), col(Fault.cleared_at) > looked.span.start_at),
            col(Fault.severity) >= col(Bench.blocking_severity),
        )
    )
    for code, confirmed_at, cleared_at in db.execute(query).all():
        if confirmed_at is not None:
            found[code].append((epoch_ms(confirmed_at), epoch_ms(cleared_at or looked.now)))
    return found


def _heard(db: Session, looked: Looked) -> Mapping[str, tuple[Timeline, Timeline]]:
    query = select(
        col(HeardDay.bench_code), col(HeardDay.day), col(HeardDay.until_s), col(HeardDay.heard)
    ).where(
        col(HeardDay.bench_code).in_(looked.codes),
        col(HeardDay.day) >= looked.span.start_at.date(),
        col(HeardDay.day) <= looked.span.end_at.date(),
    )
    heard: dict[str, list[tuple[int, int]]] = defaultdict(list)
    looks: dict[str, list[tuple[int, int]]] = defaultdict(list)
    starts: dict[date, int] = {}
    for code, day, until_s, spans in db.connection().execute(query).all():
        start = starts.setdefault(day, epoch_ms(day_start(day)))
        looks[code].append((start, start + until_s * 1000))
        heard[code] += ((start + one * 1000, start + other * 1000) for one, other in spans)
    return {code: (of_pairs(heard[code]), of_pairs(looks[code])) for code in looks}


def _columns(db: Session, query: Select[*tuple[Any, ...]]) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Rows that begin with a bench's code, as columns by bench, in the order they came."""
    # past the ORM, whose part would be half of the time
    rows: Iterable[Sequence[Any]] = db.connection().execute(query).all()
    by_code: Collection[Any] = list(zip(*rows, strict=True))
    if not by_code:
        return
    codes, *columns = by_code
    number = {code: place for place, code in enumerate(dict.fromkeys(codes))}
    places = np.array([number[code] for code in codes])
    order = np.argsort(places, kind="stable")
    sorted_columns = [np.array(column)[order] for column in columns]
    edges = np.searchsorted(places[order], np.arange(len(number) + 1))
    for code, place in number.items():
        chosen = slice(edges[place], edges[place + 1])
        yield code, tuple(column[chosen] for column in sorted_columns)
