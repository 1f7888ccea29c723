"""What is free when, and when the next set is free (pure): one rule for search and refusals."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from inventory.intervals import Span, minus

NextStart = Callable[[datetime], datetime | None]
"""The first moment from the given one on at which a slot may begin; None: there is no more."""
Passes = Callable[[str, Span], bool]
"""Whether the policies let the caller have the resource of a key then."""
Fits = Callable[[tuple[str, ...], Span], bool]
"""Whether the policies let the caller have resources together then."""
_ZERO = datetime(1970, 1, 1, tzinfo=UTC)
_INSTANT = timedelta(microseconds=1)
_NOTHING = timedelta(0)


@dataclass(frozen=True, slots=True)
class Buffers:
    """Time before and after a slot in which nobody else has the resource either."""

    set_up: timedelta = _NOTHING
    clear_up: timedelta = _NOTHING


@dataclass(frozen=True, slots=True)
class Need:
    """So many of some alternatives; `free` has the free spans by key, in the order of liking."""

    free: Mapping[str, Sequence[Span]]
    count: int = 1


@dataclass(frozen=True, slots=True)
class FreeSlot:
    """A span in which a whole set is free, and by key what would be taken, need by need."""

    span: Span
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Search:
    """How slots are looked for: `wanted` of a length within a window, none sharing a moment.

    `passes` judges each resource by itself, `fits` what was chosen as a whole.
    """

    length: timedelta
    window: Span
    next_start: NextStart
    wanted: int = 1
    passes: Passes | None = None
    fits: Fits | None = None


def free_spans(
    open_at: Iterable[Span], busy: Iterable[Span], buffers: Buffers = Buffers()
) -> tuple[Span, ...]:
    """Where a slot may lie: open all the time, and with its buffers clear of what is taken.

    `busy` are blocked spans, buffers of others included. Buffers of the slot itself may lie outside
    of the opening hours: rooms are made ready before the doors open.
    """
    if buffers.set_up or buffers.clear_up:
        busy = [Span(one.start_at - buffers.clear_up, one.end_at + buffers.set_up) for one in busy]
    return minus(open_at, busy)


def free_during(free: Mapping[str, Sequence[Span]], wanted: Span) -> tuple[str, ...]:
    """The keys of what is free all of a span, in the order given."""
    return tuple(key for key, spans in free.items() if _around(spans, wanted) is not None)


def free_until(spans: Sequence[Span], at: datetime) -> datetime | None:
    """Until when something is free at a moment; None: it is not."""
    found = _around(spans, Span(at, at + _INSTANT))
    return None if found is None else found.end_at


def every(step: timedelta) -> NextStart:
    """Slots begin at multiples of a step, which of a quarter of an hour are those of any clock."""

    def next_start(at: datetime) -> datetime:
        rest = (at - _ZERO) % step
        return at if not rest else at + (step - rest)

    return next_start


def among(starts: Iterable[datetime]) -> NextStart:
    """Slots begin at given moments only, such as those of lessons."""
    allowed = sorted(starts)

    def next_start(at: datetime) -> datetime | None:
        place = bisect_left(allowed, at)
        return allowed[place] if place < len(allowed) else None

    return next_start


def next_slots(needs: Sequence[Need], search: Search) -> tuple[FreeSlot, ...]:
    """The first slots in which every need is met at once, each by resources of its own.

    No slot is passed over: between two that are found, none begins at an allowed start. Only where
    a choice does not fit as a whole, no other choice of the same moment is tried.
    """
    found: list[FreeSlot] = []
    chances = _Chances(needs, search)
    at = search.next_start(search.window.start_at)
    while at is not None and len(found) < search.wanted:
        if at + search.length > search.window.end_at:
            break
        chances.move_to(at)
        span = Span(at, at + search.length)
        keys = chances.choose(span) if chances.are_enough() else None
        if keys is not None and (search.fits is None or search.fits(keys, span)):
            found.append(FreeSlot(span, keys))
            at = search.next_start(span.end_at)
        elif chances.are_enough():
            at = search.next_start(at + _INSTANT)
        else:
            later = chances.next_change()
            at = None if later is None else search.next_start(later)
    return tuple(found)


class _Chances:
    """What of each need may begin at the moment the search stands at."""

    def __init__(self, needs: Sequence[Need], search: Search) -> None:
        self._needs = needs
        self._passes = search.passes
        self._coming = sorted(_starts(needs, search))
        self._place = 0
        self._now: list[dict[str, datetime]] = [{} for _ in needs]

    def move_to(self, at: datetime) -> None:
        while self._place < len(self._coming) and self._coming[self._place][0] <= at:
            _, last, need, key = self._coming[self._place]
            if last >= at:
                self._now[need][key] = last
            self._place += 1
        for possible in self._now:
            for key in [key for key, last in possible.items() if last < at]:
                del possible[key]

    def are_enough(self) -> bool:
        return all(
            len(possible) >= need.count
            for need, possible in zip(self._needs, self._now, strict=True)
        )

    def next_change(self) -> datetime | None:
        return self._coming[self._place][0] if self._place < len(self._coming) else None

    def choose(self, span: Span) -> tuple[str, ...] | None:
        """One resource for each piece needed, all different; None where that can't be."""
        taken: dict[str, int] = {}
        pieces = [place for place, need in enumerate(self._needs) for _ in range(need.count)]
        liked = [
            [
                key
                for key in need.free
                if key in possible and (self._passes is None or self._passes(key, span))
            ]
            for need, possible in zip(self._needs, self._now, strict=True)
        ]
        for piece in range(len(pieces)):
            if not _give(piece, [liked[place] for place in pieces], taken, set()):
                return None
        # pieces of one need are alike, so they are told in the order of liking
        return tuple(
            key
            for place, keys in enumerate(liked)
            for key in keys
            if key in taken and pieces[taken[key]] == place
        )


def _give(
    piece: int, liked: Sequence[Sequence[str]], taken: dict[str, int], seen: set[str]
) -> bool:
    """Let a piece have a resource, if need be by moving others to other resources of theirs."""
    for key in liked[piece]:
        if key in seen:
            continue
        seen.add(key)
        if key not in taken or _give(taken[key], liked, taken, seen):
            taken[key] = piece
            return True
    return False


def _starts(needs: Sequence[Need], search: Search) -> Iterator[tuple[datetime, datetime, int, str]]:
    """First and last start of the length in each free span."""
    for place, need in enumerate(needs):
        for key, spans in need.free.items():
            for span in spans:
                first = max(span.start_at, search.window.start_at)
                last = min(span.end_at, search.window.end_at) - search.length
                if first <= last:
                    yield first, last, place, key


def _around(spans: Sequence[Span], wanted: Span) -> Span | None:
    place = bisect_right(spans, wanted.start_at, key=lambda one: one.start_at) - 1
    return spans[place] if place >= 0 and spans[place].covers(wanted) else None
