"""Stretches of unbooked use out of what is known of rigs, with what notes say of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import Session, col, select

from inventory.benches.table import Bench
from inventory.intervals import Span
from inventory.moments import SCHOOL_ZONE, epoch_ms, moment
from inventory.unbooked_use.rules import is_settled
from inventory.unbooked_use.table import UseNote
from inventory.utilisation.fleet import Fleet, Question
from inventory.utilisation.measuring import unbooked_use
from inventory.utilisation.periods import span_of
from inventory.utilisation.timelines import NOTHING, of_pairs

_MS, _DAY = timedelta(milliseconds=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Use of a bench in nobody's booking, and how much of it is explained or out of hours."""

    bench: Bench
    span: Span
    explained: timedelta
    closed: timedelta

    @property
    def is_settled(self) -> bool:
        """Whether notes tell of all of it."""
        return is_settled(self.span.length, self.explained)


def stretches(fleet: Fleet, notes: Sequence[UseNote]) -> list[Stretch]:
    """All there are in the days of the fleet, the latest first."""
    found = list(_stretches(fleet, _by_bench(notes)))
    return sorted(found, key=lambda one: (one.span.start_at, one.bench.code), reverse=True)


def notes_of(db: Session, codes: Sequence[str], span: Span) -> Sequence[UseNote]:
    """Notes that stand, on benches in a span, the earliest first."""
    query = select(UseNote).where(
        col(UseNote.bench_code).in_(codes),
        UseNote.start_at < span.end_at,
        UseNote.end_at > span.start_at,
        col(UseNote.withdrawn_at).is_(None),
    )
    return db.exec(query.order_by(col(UseNote.start_at), col(UseNote.id))).all()


def span_of_notes(question: Question) -> Span:
    """A span that holds the days of a question in any zone."""
    days = span_of(question.first, question.last, SCHOOL_ZONE)
    return Span(days.start_at - _DAY, days.end_at + _DAY)


def _by_bench(notes: Sequence[UseNote]) -> Mapping[str, list[tuple[int, int]]]:
    found: dict[str, list[tuple[int, int]]] = {}
    for one in notes:
        found.setdefault(one.bench_code, []).append((epoch_ms(one.start_at), epoch_ms(one.end_at)))
    return found


def _stretches(fleet: Fleet, notes: Mapping[str, list[tuple[int, int]]]) -> Iterator[Stretch]:
    for bench, record in zip(fleet.benches, fleet.records, strict=True):
        line = unbooked_use(record)
        told = of_pairs(notes[bench.code]) if bench.code in notes else NOTHING
        explained = told.inside(line.starts, line.ends).tolist()
        opened = record.opening.inside(line.starts, line.ends).tolist()
        spans = zip(line.starts.tolist(), line.ends.tolist(), strict=True)
        for (start, end), known, within in zip(spans, explained, opened, strict=True):
            span = Span(moment(start), moment(end))
            yield Stretch(bench, span, known * _MS, (end - start - within) * _MS)
