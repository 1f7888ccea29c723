"""What utilisation wants to know of telemetry; the root answers it from the store."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from inventory.intervals import Span, common


class SignsOfLife(Protocol):
    """When benches reported; every method may raise `SourceUnavailable`."""

    def known(self) -> frozenset[str]:
        """Benches that ever sent anything."""

    def heard(self, bench: str, span: Span) -> Sequence[Span]:
        """The parts of a span the bench sent rows in, late ones included, by its own clock.

        Each row stands for the period until the next is due; a longer pause is silence.
        """


class MemorySigns:
    """Signs of life in memory, for tests; `asked` counts the questions."""

    def __init__(self, spans: Mapping[str, Sequence[Span]]) -> None:
        self.spans = dict(spans)
        self.asked: list[tuple[str, datetime, datetime]] = []

    def known(self) -> frozenset[str]:
        """See `SignsOfLife`."""
        return frozenset(self.spans)

    def heard(self, bench: str, span: Span) -> Sequence[Span]:
        """See `SignsOfLife`."""
        self.asked.append((bench, span.start_at, span.end_at))
        return common(self.spans.get(bench, ()), [span])
