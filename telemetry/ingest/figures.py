"""What ingest counts for its metrics: plain numbers that another process can add up."""

import time
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field, fields

SECONDS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0, 600.0)
"""Chosen: the goal of 25 ms is a bound; a backlog after an outage shows in the long ones."""


@dataclass(slots=True)
class Durations:
    """How many durations were at most as long as each of `SECONDS`, one bound at a time.

    `counts[n]` are those above `SECONDS[n - 1]` and up to `SECONDS[n]`; the last are all longer.
    """

    counts: list[int] = field(default_factory=lambda: [0] * (len(SECONDS) + 1))
    total_s: float = 0.0

    def note(self, seconds: float) -> None:
        """Count one; a negative one (clocks that differ) counts as none."""
        self.counts[bisect_left(SECONDS, seconds)] += 1
        self.total_s += max(seconds, 0.0)

    def add(self, other: "Durations") -> None:
        """Count all of another's."""
        self.counts = [mine + more for mine, more in zip(self.counts, other.counts, strict=True)]
        self.total_s += other.total_s


@dataclass(slots=True)
class Figures:
    """Counts since the process started, and gauges; of several workers their sum.

    `messages` are all that were taken from the inbox and committed; `rows` and `points` (values of
    rows) those that were new; `duplicates` resends; `rejected` what nobody could read, of which
    `quarantined` were kept for the first time; `expired` rows older than the retention; `dropped`
    rows that benches had to give up. `delay` is from the observation of a row (bench clock,
    corrected by its offset) to its commit, `commit` the time the store took. `connected` counts
    workers with a connection; `last_commit_s` is on this machine's monotonic clock.
    """

    messages: int = 0
    rows: int = 0
    points: int = 0
    events: int = 0
    duplicates: int = 0
    rejected: int = 0
    quarantined: int = 0
    expired: int = 0
    dropped: int = 0
    commits: int = 0
    store_failures: int = 0
    reconnects: int = 0
    inbox_messages: int = 0
    inbox_capacity: int = 0
    workers: int = 1
    connected: int = 0
    last_commit_s: float | None = None
    commit: Durations = field(default_factory=Durations)
    delay: Durations = field(default_factory=Durations)

    def last_commit_age_s(self) -> float | None:
        """Seconds since the last commit; None before the first."""
        return None if self.last_commit_s is None else time.monotonic() - self.last_commit_s


def together(workers: Iterable[Figures]) -> Figures:
    """The sum of several workers; the last commit is the latest of any."""
    total = Figures(workers=0)
    for one in workers:
        for name in _COUNTS:
            setattr(total, name, getattr(total, name) + getattr(one, name))
        total.commit.add(one.commit)
        total.delay.add(one.delay)
        if one.last_commit_s is not None:
            total.last_commit_s = max(total.last_commit_s or 0.0, one.last_commit_s)
    return total


_COUNTS = [f.name for f in fields(Figures) if f.type is int]
