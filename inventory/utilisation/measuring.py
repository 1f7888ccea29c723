"""From stretches of time to figures: one rig, any periods, hours of the week, modules (pure)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from inventory.utilisation.rules import (
    HEARD_ENOUGH,
    BookingOutcome,
    Figures,
    HourGrid,
    outcome,
)
from inventory.utilisation.timelines import (
    NOTHING,
    Moments,
    Timeline,
    both,
    either,
    timeline,
    without,
)

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class BookedSpans:
    """Bookings of one rig as columns of one length, by their start.

    `[starts, ends)` is what people see, `[taken_from, taken_to)` includes set-up and clear-up.
    `is_released`: given free because nobody came. `is_outside`: for somebody of another house.
    """

    ids: Moments
    starts: Moments
    ends: Moments
    taken_from: Moments
    taken_to: Moments
    is_maintenance: Flags
    is_outside: Flags
    is_released: Flags
    modules: npt.NDArray[np.str_]

    def where(self, chosen: Flags) -> "BookedSpans":
        """Some of them."""
        return BookedSpans(*(getattr(self, one.name)[chosen] for one in fields(self)))


@dataclass(frozen=True, slots=True)
class RigRecord:
    """What is known of one rig in a span of time, all cut to it but the bookings.

    `out` is when it could not be used: maintenance, repair, a blocking fault. `used` are usage
    sessions, overlaps counted once. `looked` is the time in which telemetry was looked at for
    signs of life, `heard` that in which the rig gave them.
    """

    code: str
    opening: Timeline
    out: Timeline
    used: Timeline
    bookings: BookedSpans
    session_starts: Moments
    heard: Timeline = NOTHING
    looked: Timeline = NOTHING


@dataclass(frozen=True, slots=True)
class BookingUse:
    """Use within each booking, before and after it, and how much of it the rig was heard; ms.

    Before and after is what belongs to a stretch of use that reaches into the booking, without the
    time of other bookings.
    """

    within: Moments
    before: Moments
    after: Moments
    heard: Moments
    outcomes: list[BookingOutcome]


def booking_use(record: RigRecord, now: int) -> BookingUse:
    """Booked and used, booking by booking; `now` in milliseconds since 1970."""
    spans = record.bookings
    within = record.used.inside(spans.starts, spans.ends)
    nobodys = without(record.used, timeline(spans.starts, spans.ends))
    lead, _ = record.used.stretch_over(spans.starts)
    _, trail = record.used.stretch_over(spans.ends)
    heard = record.heard.inside(spans.starts, spans.ends)
    outcomes = [
        outcome(*facts)
        for facts in zip(
            (spans.ends <= now).tolist(),
            # what is used in the time of setting up is no no-show either
            record.used.inside(spans.taken_from, spans.taken_to).tolist(),
            (heard >= (spans.ends - spans.starts) * HEARD_ENOUGH).tolist(),
            spans.is_released.tolist(),
            strict=True,
        )
    ]
    return BookingUse(
        within=within,
        before=nobodys.inside(lead, spans.starts),
        after=nobodys.inside(spans.ends, _until_next(trail, spans)),
        heard=heard,
        outcomes=outcomes,
    )


def figures(record: RigRecord, starts: Moments, ends: Moments, now: int) -> list[Figures]:
    """The figures of each of the given periods `[start, end)`, which may overlap."""
    spans, lines = record.bookings, _Lines.of(record)
    use = booking_use(record, now)
    columns: dict[str, Moments] = {
        name: getattr(lines, name).inside(starts, ends) for name in _LINES
    }
    is_class = ~spans.is_maintenance
    is_no_show = np.array([one is BookingOutcome.NO_SHOW for one in use.outcomes], bool) & is_class
    is_unknown = np.array([one is BookingOutcome.UNMEASURED for one in use.outcomes], bool)
    columns["no_show"] = _per_period(spans, is_no_show, starts, ends, spans.ends - spans.starts)
    columns["overrun"] = _per_period(spans, is_class, starts, ends, use.after)
    one_each = np.ones(len(spans.starts), np.int64)
    for name, chosen in (
        ("bookings", is_class),
        ("no_shows", is_no_show),
        ("unmeasured", is_unknown & is_class),
    ):
        columns[name] = _per_period(spans, chosen, starts, ends, one_each)
    begun = np.sort(record.session_starts)
    columns["usage_sessions"] = np.searchsorted(begun, ends) - np.searchsorted(begun, starts)
    rows = np.stack([columns[name] for name in _NAMES], axis=1).tolist()
    return [Figures(*row) for row in rows]


def of_module(record: RigRecord, module: str) -> RigRecord:
    """The record as if only bookings of one module had been; use outside of them left out."""
    kept = record.bookings.where(record.bookings.modules == module)
    theirs = timeline(kept.taken_from, kept.taken_to)
    began = record.session_starts
    is_theirs = theirs.inside(began, began + 1) > 0
    return RigRecord(
        record.code,
        record.opening,
        record.out,
        both(record.used, theirs),
        kept,
        began[is_theirs],
        record.heard,
        record.looked,
    )


def used_modules(records: Iterable[tuple[RigRecord, Sequence[str]]]) -> tuple[int, int]:
    """How many rig-modules were really used, of how many there are: 功能利用率 is their quotient.

    Args:
        records: rigs, each with the modules it is there for.
    """
    used = offered = 0
    for record, modules in records:
        spans = record.bookings
        measured = record.used.inside(spans.starts, spans.ends) > 0
        seen = set(spans.modules[measured & ~spans.is_maintenance].tolist())
        used += len(seen & set(modules))
        offered += len(set(modules))
    return used, offered


def unbooked_use(record: RigRecord) -> Timeline:
    """Use in nobody's booking, buffers included."""
    spans = record.bookings
    taken = timeline(spans.taken_from, spans.taken_to)
    return without(record.used, either(taken, timeline(spans.starts, spans.ends)))


@dataclass(frozen=True, slots=True)
class _Lines:
    opening: Timeline
    available: Timeline
    booked: Timeline
    booked_available: Timeline
    used: Timeline
    used_available: Timeline
    booked_used: Timeline
    unbooked_used: Timeline
    maintenance_used: Timeline
    outside_used: Timeline
    observable: Timeline
    observed: Timeline

    @staticmethod
    def of(record: RigRecord) -> "_Lines":
        spans, used = record.bookings, record.used
        available = without(record.opening, record.out)
        maintenance = _where(spans, spans.is_maintenance)
        booked = _where(spans, ~spans.is_maintenance)
        outsiders = _where(spans, spans.is_outside & ~spans.is_maintenance)
        in_maintenance = without(both(used, maintenance), booked)
        observable = both(available, record.looked)
        return _Lines(
            opening=record.opening,
            available=available,
            booked=booked,
            booked_available=both(booked, available),
            used=used,
            used_available=both(used, available),
            booked_used=both(used, booked),
            unbooked_used=unbooked_use(record),
            maintenance_used=in_maintenance,
            outside_used=both(used, outsiders),
            observable=observable,
            observed=both(observable, record.heard),
        )


_NAMES = tuple(one.name for one in fields(Figures))
_LINES = tuple(one.name for one in fields(_Lines))


def hour_grid(rigs: Iterable[tuple[RigRecord, Moments, Moments]]) -> HourGrid:
    """Available, booked and used time by the hour of the week.

    Args:
        rigs: each with the beginning of every hour and the end of the last, and for each hour
            24 × weekday + hour of the day where it stands.
    """
    sums = {name: np.zeros(7 * 24, np.int64) for name in ("available", "booked", "used")}
    for record, hours, cells in rigs:
        lines = _Lines.of(record)
        # within the available time, as the rates are
        for name, line in (
            ("available", lines.available),
            ("booked", lines.booked_available),
            ("used", lines.used_available),
        ):
            amounts = np.bincount(cells, np.diff(line.before(hours)), minlength=7 * 24)
            sums[name] += amounts.astype(np.int64)
    return HourGrid(*(sums[name].reshape(7, 24).tolist() for name in sums))


def _where(spans: BookedSpans, chosen: Flags) -> Timeline:
    return timeline(spans.starts[chosen], spans.ends[chosen])


def _until_next(trail: Moments, spans: BookedSpans) -> Moments:
    """Where use after a booking stops being its overrun: the next one begins."""
    begins = np.sort(spans.starts)
    place = np.searchsorted(begins, spans.ends)
    never = np.iinfo(np.int64).max
    following = np.concatenate((begins, [never]))[place]
    until: Moments = np.minimum(trail, following)
    return until


def _per_period(
    spans: BookedSpans, chosen: Flags, starts: Moments, ends: Moments, amounts: Moments
) -> Moments:
    """Sum of the amounts of bookings that begin in each period; bookings are by their start."""
    sums = np.concatenate((np.zeros(1, np.int64), np.cumsum(np.where(chosen, amounts, 0))))
    first = np.searchsorted(spans.starts, starts)
    found: Moments = sums[np.maximum(np.searchsorted(spans.starts, ends), first)] - sums[first]
    return found
