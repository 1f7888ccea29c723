"""From the file to InfluxDB: rows in order of arrival, rollups when they are made.

The file remembers what was taken; what was taken and not remembered is sent again as the very same
points. So it may be killed at any moment, and two processes that send do no harm.
"""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import chain, groupby
from operator import itemgetter
from sqlite3 import Connection
from typing import NamedTuple, Protocol

import numpy as np
import structlog

from telemetry.store.influx import bookkeeping
from telemetry.store.influx.bookkeeping import Backlog, KeptRun
from telemetry.store.influx.connection import BadLines, Influx
from telemetry.store.influx.lines import HOURS, MINUTES, MS, ROWS, in_order, lines_of, rollup_lines
from telemetry.store.influx.unsent import unsent
from telemetry.store.port import Step, StoreUnavailable
from telemetry.store.retention import DAY_MS
from telemetry.store.rollups import HOUR_MS, points
from telemetry.store.row_tables import RowTable
from telemetry.store.sqlite_connections import View
from telemetry.store.sqlite_history import hour_records, minute_groups

log = structlog.get_logger()

REQUEST_ROWS = 2500
"""Chosen: 60 signals a row make 3 MB; a 1.x server takes at most 25 MB at once."""
_DUE_AT_ONCE = 50
_FURTHEST_MS = 9_223_372_000_000
"""InfluxDB counts nanoseconds from 1970 in 64 bits: years 1677 to 2262."""
WRONG_CLOCK = "clock of the bench too far from that of ingest"


@dataclass(frozen=True, slots=True)
class Limits:
    """What goes to InfluxDB and when.

    Rows observed more than `behind_ms` before or `ahead_ms` after they were received stay in the
    file: InfluxDB would drop them at once, or keep them for years. `queue_rows` may wait.
    `keep_ms` after the last row of an hour came its rows leave the file, if InfluxDB has them.
    """

    behind_ms: int = 14 * DAY_MS
    ahead_ms: int = DAY_MS
    queue_rows: int = 10_000_000
    keep_ms: int = 2 * HOUR_MS


class File(Protocol):
    """The file that rows are sent from."""

    def looking(self) -> AbstractContextManager[View]:
        """One state of it."""

    def noting(self) -> AbstractContextManager[Connection]:
        """A transaction."""


class Part(NamedTuple):
    """Rows of one bench in order of arrival."""

    of: Backlog
    table: RowTable


@dataclass(slots=True)
class _Plan:
    part: Part
    lines: list[str]
    places: list[int]
    kept: dict[int, str]
    highest: dict[int, int]


class Forwarder:
    """Sends what waits; every method may raise StoreUnavailable and be called again."""

    def __init__(self, file: File, influx: Influx, limits: Limits) -> None:
        self._file = file
        self._influx = influx
        self._limits = limits
        self._told: set[tuple[str, str]] = set()

    def send_rows(self) -> int:
        """Send some of what waits, and return the number of rows that do not wait any more."""
        done = 0
        pending: list[Part] = []
        for part in self._parts():
            pending.append(part)
            if sum(len(one.table) for one in pending) >= REQUEST_ROWS:
                done += self._send(pending)
                pending = []
        return done + (self._send(pending) if pending else 0)

    def _parts(self) -> Iterator[Part]:
        with self._file.looking() as view:
            benches = bookkeeping.backlog(view.db)
        for of in benches:
            with self._file.looking() as view:
                table = unsent(view, of.bench_id, of.position)
            if table is None:
                with self._file.noting() as db:
                    bookkeeping.note_nothing_left(db, of.bench_id, of.row_count)
                continue
            for start in range(0, len(table), REQUEST_ROWS):
                stop = min(start + REQUEST_ROWS, len(table))
                yield Part(of, table.taken(np.arange(start, stop)))

    def _send(self, parts: Sequence[Part]) -> int:
        with self._file.looking() as view:
            plans = [self._plan(view.db, part) for part in parts]
        lines = list(chain.from_iterable(plan.lines for plan in plans))
        where = [(plan, place) for plan in plans for place in plan.places]
        for number, reason in self._refused(lines).items():
            plan, place = where[number]
            plan.kept[place] = f"InfluxDB: {reason}"
        with self._file.noting() as db:
            for plan in plans:
                self._note(db, plan)
        return sum(len(part.table) for part in parts)

    def _plan(self, db: Connection, part: Part) -> _Plan:
        table = part.table
        is_back, highest = back_in_time(db, part.of.bench_id, table)
        age = table.received - table.observed
        is_wrong = (age > self._limits.behind_ms) | (age < -self._limits.ahead_ms)
        is_wrong |= np.abs(table.observed) > _FURTHEST_MS
        places = np.flatnonzero(~is_wrong)
        lines = lines_of(part.of.bench, table.taken(places), [is_back[p] for p in places])
        kept = dict.fromkeys(np.flatnonzero(is_wrong).tolist(), WRONG_CLOCK)
        return _Plan(part, lines, places.tolist(), kept, highest)

    def _refused(self, lines: Sequence[str]) -> dict[int, str]:
        """Have lines stored and tell which of them the server does not want, and why."""
        if not lines:
            return {}
        try:
            self._influx.write(ROWS, lines)
        except BadLines as bad:
            self._probe()
            if len(lines) == 1:
                return {0: str(bad)}
            half = len(lines) // 2
            later = self._refused(lines[half:])
            return self._refused(lines[:half]) | {half + n: why for n, why in later.items()}
        return {}

    def _probe(self) -> None:
        # a server that refuses everything must not make all rows look bad
        try:
            self._influx.write(ROWS, ["probe ok=t"])
        except BadLines as bad:
            raise StoreUnavailable(f"InfluxDB takes no line at all: {bad}") from bad

    def _note(self, db: Connection, plan: _Plan) -> None:
        (of, table), kept = plan.part, plan.kept
        bookkeeping.note_highest(db, of.bench_id, plan.highest)
        if kept:
            bookkeeping.note_kept(db, of.bench_id, kept_runs(table, kept))
            self._tell(of.bench, {*kept.values()})
        bookkeeping.note_sent(db, of.bench_id, int(table.position[-1]), len(table))

    def _tell(self, bench: str, reasons: set[str]) -> None:
        # once: the table of kept rows counts them all
        for reason in reasons:
            if (bench, reason) not in self._told:
                self._told.add((bench, reason))
                log.warning("rows stay in the file", bench=bench, reason=reason)

    def send_again(self, bench: str, table: RowTable, stays: frozenset[int]) -> None:
        """Send all rows of an hour but those at some positions as the points they were before."""
        ordered = table.taken(np.argsort(table.position))
        order = in_order(ordered.observed, None)
        places = [n for n, at in enumerate(ordered.position.tolist()) if at not in stays]
        for start in range(0, len(places), REQUEST_ROWS):
            some = places[start : start + REQUEST_ROWS]
            is_back = [order.is_back[place] for place in some]
            try:
                self._influx.write(ROWS, lines_of(bench, ordered.taken(np.array(some)), is_back))
            except BadLines as bad:
                log.warning("rows refused that were taken", bench=bench, why=str(bad))

    def send_rollups(self) -> int:
        """Send rollups of some hours that were sealed, and return the number of hours."""
        with self._file.looking() as view:
            due = bookkeeping.rollups_due(view.db, _DUE_AT_ONCE)
        for number, bench_id, bench, hour in due:
            with self._file.looking() as view:
                minutes = list(_minute_lines(view, bench_id, bench, hour))
                hours = list(_hour_lines(view, bench_id, bench, hour))
            for policy, lines in ((MINUTES, minutes), (HOURS, hours)):
                self._send_rollups(policy, lines)
            with self._file.noting() as db:
                bookkeeping.note_rollups_sent(db, number)
        return len(due)

    def _send_rollups(self, policy: str, lines: list[str]) -> None:
        try:
            if lines:
                self._influx.write(policy, lines)
        except BadLines as bad:
            # the file has them, and the good ones among them were taken
            log.info("rollups refused", policy=policy, why=str(bad))


def back_in_time(
    db: Connection, bench_id: int, table: RowTable
) -> tuple[list[bool], dict[int, int]]:
    """Whether each row is one that `in_order` tells apart, and the latest moment by hour."""
    hours = np.floor_divide(table.observed, HOUR_MS)
    known = bookkeeping.highest(db, bench_id, set(hours.tolist()))
    is_back = np.zeros(len(table), bool)
    highest: dict[int, int] = {}
    for hour in np.unique(hours).tolist():
        places = np.flatnonzero(hours == hour)
        order = in_order(table.observed[places], known.get(hour))
        is_back[places] = order.is_back
        highest[hour] = order.highest_ms
    return is_back.tolist(), highest


def kept_runs(table: RowTable, kept: dict[int, str]) -> Iterator[KeptRun]:
    """Rows at some places, with a reason each, as runs of neighbours."""
    ordered = enumerate(sorted(kept.items()))
    numbered = [(place - n, reason, place) for n, (place, reason) in ordered]
    for (_, reason), run in groupby(numbered, key=itemgetter(0, 1)):
        places = [place for _, _, place in run]
        yield KeptRun(
            int(table.position[places[0]]),
            int(table.position[places[-1]]),
            len(places),
            int(table.received[places].max()),
            reason,
        )


def _minute_lines(view: View, bench_id: int, bench: str, hour: int) -> Iterator[str]:
    for signal, groups in minute_groups(view, bench_id, None, (hour, hour)):
        yield from rollup_lines(MINUTES, bench, signal, points(groups, Step.MINUTE))


def _hour_lines(view: View, bench_id: int, bench: str, hour: int) -> Iterator[str]:
    for signal, records in hour_records(view, bench_id, None, (hour, hour)).items():
        if abs(hour) * HOUR_MS * MS < 2**63 - 1:
            yield from rollup_lines(HOURS, bench, signal, records)
