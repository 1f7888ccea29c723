"""When rigs can be used by their schools' calendars."""

from collections.abc import Collection, Mapping, Sequence

from sqlmodel import Session

from inventory.benches.table import Bench
from inventory.bookable import Resource, ResourceKind
from inventory.intervals import Span
from inventory.moments import epoch_ms
from inventory.school_calendar.keeping import calendars
from inventory.school_calendar.rules import Calendar, OpeningHours, Place, hours_of, open_spans
from inventory.utilisation.timelines import Timeline, of_pairs


def calendars_of(db: Session, organisation_codes: Collection[str]) -> Mapping[str, Calendar]:
    """By school, in the order of their codes."""
    found = calendars(db, organisation_codes)
    return {code: found[code] for code in sorted(organisation_codes)}


def opening_of(
    benches: Sequence[Bench], by_owner: Mapping[str, Calendar], span: Span
) -> Mapping[str, Timeline]:
    """By bench when it could be used if it were in order; equal hours are worked out once."""
    known: dict[tuple[str, tuple[OpeningHours, ...]], Timeline] = {}
    found: dict[str, Timeline] = {}
    for bench in benches:
        owner = bench.organisation_code
        key = Resource(ResourceKind.BENCH, owner, bench.code).key
        place = Place(bench.station_code or "", key)
        hours = hours_of(by_owner[owner], place)
        if (owner, hours) not in known:
            spans = open_spans(by_owner[owner], span, place)
            pairs = ((epoch_ms(one.start_at), epoch_ms(one.end_at)) for one in spans)
            known[owner, hours] = of_pairs(pairs)
        found[bench.code] = known[owner, hours]
    return found
