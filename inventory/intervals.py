"""Spans of time and what becomes of several of them (pure); every span is half-open."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple


class Span(NamedTuple):
    """`[start_at, end_at)`, both aware; a search handles tens of thousands, so it is a tuple."""

    start_at: datetime
    end_at: datetime

    @property
    def length(self) -> timedelta:
        """How long it is."""
        return self.end_at - self.start_at

    def covers(self, other: "Span") -> bool:
        """Whether the other lies wholly inside."""
        return self.start_at <= other.start_at and other.end_at <= self.end_at

    def meets(self, other: "Span") -> bool:
        """Whether both share a moment."""
        return self.start_at < other.end_at and other.start_at < self.end_at


def union(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Each moment once, by time; what touches becomes one, what is empty is nothing."""
    merged: list[Span] = []
    for span in sorted(one for one in spans if one.start_at < one.end_at):
        if merged and span.start_at <= merged[-1].end_at:
            if span.end_at > merged[-1].end_at:
                merged[-1] = Span(merged[-1].start_at, span.end_at)
        else:
            merged.append(span)
    return tuple(merged)


def minus(spans: Iterable[Span], taken: Iterable[Span]) -> tuple[Span, ...]:
    """What is left of spans without those taken; both in any order."""
    return tuple(_left(union(spans), union(taken)))


def common(one: Iterable[Span], other: Iterable[Span]) -> tuple[Span, ...]:
    """The moments in both."""
    return tuple(_shared(union(one), union(other)))


def total(spans: Iterable[Span]) -> timedelta:
    """How long all of them last, each moment counted once."""
    return sum((span.length for span in union(spans)), timedelta(0))


def _left(spans: Sequence[Span], taken: Sequence[Span]) -> Iterator[Span]:
    at = 0
    for span in spans:
        start = span.start_at
        while at < len(taken) and taken[at].end_at <= start:
            at += 1
        ahead = at
        while ahead < len(taken) and taken[ahead].start_at < span.end_at:
            if start < taken[ahead].start_at:
                yield Span(start, taken[ahead].start_at)
            start = taken[ahead].end_at
            ahead += 1
        if start < span.end_at:
            yield Span(start, span.end_at)


def _shared(one: Sequence[Span], other: Sequence[Span]) -> Iterator[Span]:
    left = right = 0
    while left < len(one) and right < len(other):
        start = max(one[left].start_at, other[right].start_at)
        end = min(one[left].end_at, other[right].end_at)
        if start < end:
            yield Span(start, end)
        if one[left].end_at <= other[right].end_at:
            left += 1
        else:
            right += 1
