"""The rigs an answer is about, with everything known of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from inventory.accounts.access import demand_organisation
from inventory.accounts.rules import Action, Principal
from inventory.benches.table import Bench
from inventory.benches.use_cases import bench, visible_benches
from inventory.errors import Invalid
from inventory.intervals import Span
from inventory.school_calendar.rules import Calendar
from inventory.stations.table import Station
from inventory.stations.use_cases import station
from inventory.utilisation.measuring import RigRecord
from inventory.utilisation.opening import calendars_of, opening_of
from inventory.utilisation.periods import Every, span_of
from inventory.utilisation.reading import Looked, records
from inventory.utilisation.schema import GroupBy, RankBy

MAX_DAYS = 731
"""Chosen: two school years, so that a year can be held against the one before."""
MAX_CELLS = 40_000
"""Chosen: 100 benches day by day for a year; more rows are nobody's table."""


@dataclass(frozen=True, slots=True)
class Question:
    """Which rigs and local days, both included; None leaves a choice open."""

    first: date
    last: date
    benches: Sequence[str] | None = None
    station: str | None = None
    organisation: str | None = None
    by: GroupBy = GroupBy.BENCH
    every: Every = Every.WHOLE
    rank: RankBy | None = None


@dataclass(frozen=True, slots=True)
class Fleet:
    """The rigs of an answer with everything known of them, in one order; `modules` by station.

    What is known reaches to `until`, the end of the span asked for or the present.
    """

    benches: Sequence[Bench]
    records: Sequence[RigRecord]
    calendars: Mapping[str, Calendar]
    modules: Mapping[str, Sequence[str]]
    now: datetime
    until: datetime

    def modules_of(self, place: int) -> Sequence[str]:
        """What a rig is there for: its station's modules."""
        return self.modules.get(self.benches[place].station_code or "", ())


def look(db: Session, principal: Principal, question: Question, now: datetime) -> Fleet:
    """Everything known of the rigs a question is about, as far as the caller may see them.

    Raises:
        Invalid: no day, or too many.
        Unknown: a bench, station or organisation that is named is none, or not to be known.
    """
    if not 0 <= (question.last - question.first).days < MAX_DAYS:
        raise Invalid("from", f"a day not after `to`, at most {MAX_DAYS - 1} days earlier")
    benches = _benches(db, principal, question)
    is_fine = question.every in {Every.DAY, Every.WEEK}
    days = (question.last - question.first).days + 1
    if is_fine and len(benches) * days > MAX_CELLS and question.by is GroupBy.BENCH:
        raise Invalid("from", f"at most {MAX_CELLS} benches times days")
    return fleet_of(db, benches, question, now)


def _benches(db: Session, principal: Principal, question: Question) -> Sequence[Bench]:
    details = Action.READ_BENCH_DETAILS
    query = select(Bench).where(visible_benches(principal))
    if question.benches is not None:
        named = [bench(db, principal, code, details).code for code in question.benches]
        query = query.where(col(Bench.code).in_(named))
    if question.station is not None:
        where = station(db, principal, question.station, details)
        query = query.where(Bench.station_code == where.code)
    if question.organisation is not None:
        demand_organisation(db, principal, question.organisation, details)
        query = query.where(Bench.organisation_code == question.organisation)
    return db.exec(query.order_by(col(Bench.code))).all()


def fleet_of(db: Session, benches: Sequence[Bench], question: Question, now: datetime) -> Fleet:
    """Everything known of some rigs in the question's days; whose they are was asked before."""
    calendars = calendars_of(db, {one.organisation_code for one in benches})
    wholes = [span_of(question.first, question.last, one.zone) for one in calendars.values()]
    start = min((one.start_at for one in wholes), default=now)
    # what lies ahead was neither available nor used yet
    end = min(max((one.end_at for one in wholes), default=now), now)
    span = Span(start, max(start, end))
    looked = Looked([one.code for one in benches], span, now)
    found = records(db, benches, opening_of(benches, calendars, span), looked)
    stations = {one.station_code for one in benches if one.station_code is not None}
    modules = select(Station.code, Station.modules).where(col(Station.code).in_(stations))
    return Fleet(benches, found, calendars, dict(db.exec(modules).all()), now, span.end_at)
