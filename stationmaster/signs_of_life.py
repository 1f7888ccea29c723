"""When benches reported, read from the store and kept by the watcher hour by hour."""

import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

import numpy as np

from inventory.database import Database
from inventory.errors import SourceUnavailable
from inventory.intervals import Span, common
from inventory.moments import epoch_ms, moment
from inventory.utilisation.evidence import SignsOfLife
from inventory.utilisation.keeping import Look, looks_due, take_looks
from telemetry.data_health import quiet_ms
from telemetry.store.port import StoreUnavailable, TimeSeriesReader

USUAL_PERIOD_MS = 200
LIST_EVERY = timedelta(minutes=5)
"""Chosen: an hour settles for as long; listing reads a row per bench and day."""
AT_ONCE_S = 0.25
"""Chosen: a twentieth of the watcher's time; an hour of a bench takes some 20 ms."""
T = TypeVar("T")


class StoredSigns:
    """`SignsOfLife` from a time-series store that another process writes."""

    def __init__(self, reader: TimeSeriesReader) -> None:
        self._reader = reader

    def known(self) -> frozenset[str]:
        """See `SignsOfLife`."""
        return frozenset(_answered(self._reader.snapshots))

    def heard(self, bench: str, span: Span) -> Sequence[Span]:
        """See `SignsOfLife`."""
        snapshot = _answered(lambda: self._reader.snapshot(bench))
        birth = snapshot.birth if snapshot else None
        period = birth.publish_period_ms if birth else USUAL_PERIOD_MS
        quiet = quiet_ms(period)
        # what comes just before the span may hold on into it
        asked = epoch_ms(span.start_at) - quiet, epoch_ms(span.end_at) + quiet
        found: list[Span] = []
        for rows in _answered(lambda: list(self._reader.history(bench, asked, signals=()))):
            at = rows.observed_at_ms
            breaks = np.flatnonzero(np.diff(at) > quiet)
            firsts = np.concatenate((at[:1], at[breaks + 1])).tolist()
            lasts = np.concatenate((at[breaks], at[-1:])).tolist()
            found += (
                Span(moment(first), moment(last + period))
                for first, last in zip(firsts, lasts, strict=True)
            )
        return common(_bridged(found, timedelta(milliseconds=quiet)), [span])


class HeardHours:
    """A chore of the watcher: looks at hours that are over, a few at a time."""

    def __init__(self, database: Database, signs: SignsOfLife) -> None:
        self._database = database
        self._signs = signs
        self._due: list[Look] = []
        self._list_at: datetime | None = None

    def __call__(self, now: datetime) -> None:
        """Look at what is due, as far as time allows."""
        if not self._due and (self._list_at is None or now >= self._list_at):
            self._due = looks_due(self._database, self._signs, now)
            self._list_at = now + LIST_EVERY
        if not self._due:
            return
        until_s = time.monotonic() + AT_ONCE_S
        taken = take_looks(
            self._database, self._signs, self._due, now, lambda: time.monotonic() < until_s
        )
        del self._due[:taken]


def _bridged(spans: Sequence[Span], quiet: timedelta) -> list[Span]:
    """Spans of neighbouring stretches of the store as one where the pause is none."""
    found: list[Span] = []
    for span in spans:
        if found and span.start_at - found[-1].end_at <= quiet:
            found[-1] = Span(found[-1].start_at, max(span.end_at, found[-1].end_at))
        else:
            found.append(span)
    return found


def _answered(question: Callable[[], T]) -> T:
    try:
        return question()
    except StoreUnavailable as unavailable:
        raise SourceUnavailable("the telemetry store") from unavailable
