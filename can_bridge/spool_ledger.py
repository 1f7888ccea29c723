"""What a spool knows of its rows without reading them: epochs, numbers, losses (pure).

A row has a position, which orders all rows of a spool, and under its epoch a number. Both grow by
one from row to row, so that within an epoch they differ by a constant, its `base`.
"""

from collections.abc import Iterator
from enum import Enum, auto
from typing import NamedTuple

import msgspec

from telemetry.contract.spooling import MOST_EARLIER_EPOCHS, EarlierEpoch

MOST_FINISHED_EPOCHS = 16
"""Chosen: a bench that is switched on twice a day names its last week to a restored store."""


class Stretch(NamedTuple):
    """Inclusive positions of rows of one epoch."""

    epoch: int
    first: int
    last: int


class EpochSpan(msgspec.Struct, frozen=True):
    """The rows of one opening; those up to `released` are ingest's."""

    epoch: int
    base: int
    last_seq: int = 0
    released: int = 0

    @property
    def waiting(self) -> Stretch | None:
        """Positions of the rows that wait."""
        if self.released >= self.last_seq:
            return None
        return Stretch(self.epoch, self.base + self.released + 1, self.base + self.last_seq)


class AckKind(Enum):
    """What an acknowledgement says."""

    FOREIGN = auto()
    """Of an epoch or of rows this spool knows nothing of."""
    LOWER = auto()
    """Less than ingest has acknowledged before."""
    REPEATED = auto()
    FURTHER = auto()


class Ledger(msgspec.Struct, frozen=True):
    """The epochs of a spool, oldest first and the present one last; totals of lost rows.

    `commits` tells this ledger from one of an earlier commit; `observed_at_ms` is the moment of
    the newest row.
    """

    bench: str
    version: int = 2
    spans: tuple[EpochSpan, ...] = ()
    commits: int = 0
    given_up: int = 0
    refused: int = 0
    damaged: int = 0
    observed_at_ms: int = 0

    @property
    def present(self) -> EpochSpan:
        """The epoch of rows to come."""
        return self.spans[-1]

    @property
    def last_position(self) -> int:
        """Position of the newest row; 0 when there never was one."""
        last = self.spans[-1] if self.spans else EpochSpan(0, 0)
        return last.base + last.last_seq

    @property
    def first_waiting(self) -> int:
        """Position of the oldest waiting row; that of the next one to come when none waits."""
        first = next(self.waiting(), None)
        return self.last_position + 1 if first is None else first.first

    def waiting(self) -> Iterator[Stretch]:
        """Positions of rows that wait, in order."""
        return (stretch for span in self.spans if (stretch := span.waiting) is not None)

    def waiting_after(self, position: int) -> int | None:
        """The first waiting position beyond one; None when there is none."""
        for stretch in self.waiting():
            if stretch.last > position:
                return max(stretch.first, position + 1)
        return None

    def earlier(self) -> list[EarlierEpoch]:
        """The epochs before the present one as the wire names them."""
        return [
            EarlierEpoch(epoch=span.epoch, last_seq=span.last_seq, acknowledged=span.released)
            for span in self.spans[:-1][-MOST_EARLIER_EPOCHS:]
        ]

    def begun(self, epoch: int) -> "Ledger":
        """With a new epoch; of the finished ones the newest are remembered."""
        used = [span for span in self.spans if span.last_seq]
        finished = [span.epoch for span in used if span.waiting is None]
        forgotten = frozenset(finished[:-MOST_FINISHED_EPOCHS])
        kept = tuple(span for span in used if span.epoch not in forgotten)
        return msgspec.structs.replace(self, spans=(*kept, EpochSpan(epoch, self.last_position)))

    def with_rows(self, count: int, observed_at_ms: int) -> "Ledger":
        """After a commit of new rows."""
        present = self.present
        return msgspec.structs.replace(
            self,
            spans=(
                *self.spans[:-1],
                msgspec.structs.replace(present, last_seq=present.last_seq + count),
            ),
            observed_at_ms=observed_at_ms,
        )

    def span_of(self, epoch: int) -> EpochSpan | None:
        """What is known of an epoch."""
        return next((span for span in self.spans if span.epoch == epoch), None)

    def after_ack(self, epoch: int, seq: int) -> tuple["Ledger", AckKind]:
        """Ingest has everything of `epoch` up to `seq`.

        For an earlier epoch that may be more than this spool knows of: it was restored from a
        copy. For the present one nobody can have what was never sent.
        """
        span = self.span_of(epoch)
        if span is None or (span is self.present and seq > span.last_seq):
            return self, AckKind.FOREIGN
        if seq < span.released:
            return self, AckKind.LOWER
        if seq == span.released or span.waiting is None:
            return self, AckKind.REPEATED
        released = msgspec.structs.replace(span, released=min(seq, span.last_seq))
        spans = tuple(released if one is span else one for one in self.spans)
        return msgspec.structs.replace(self, spans=spans), AckKind.FURTHER


def uncovered(stretch: Stretch, rows: Iterator[tuple[int, int]]) -> Iterator[Stretch]:
    """What of a stretch no row covers; `rows` are inclusive positions, ascending by their first."""
    expected = stretch.first
    for first, last in rows:
        if first > stretch.last:
            break
        if first > expected:
            yield Stretch(stretch.epoch, expected, first - 1)
        expected = max(expected, last + 1)
    if expected <= stretch.last:
        yield Stretch(stretch.epoch, expected, stretch.last)
