"""Broker and store away, then back: nothing lost, and caught up with much faster than live."""

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

import pytest

from tests.chaos.audit import CLEAN
from tests.chaos.conftest import StartLine
from tests.chaos.line import Line, Load
from tests.chaos.reporting import report
from tests.rig import POSIX_ONLY, until

SECONDS = float(os.environ.get("STATIONMASTER_OUTAGE_S", "0"))
"""0: the short form, which is too short to measure how fast a backlog goes."""
SHORT_S = {"broker": 3.0, "store": 12.0}
"""The store is away for longer than one attempt to write waits."""
DRAIN_GOAL = 10.0
LOAD = Load(400, benches=8, processes=1)
"""Rows of 40 benches at 10 Hz."""


@dataclass(frozen=True, slots=True)
class Drain:
    """How a backlog went; `per_s` while the middle 80 % of it were stored, live rows included."""

    rows: int
    took_s: float
    per_s: float


@contextmanager
def without_broker(line: Line) -> Iterator[None]:
    line.broker.kill()
    yield
    line.broker.restart()


@contextmanager
def without_store(line: Line) -> Iterator[None]:
    """Another process keeps the file to itself, as a backup program or a virus scanner may."""
    with closing(sqlite3.connect(line.store, isolation_level=None, timeout=30)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def drained(line: Line, backlog: int) -> Drain:
    """Wait until as many rows as waited are stored."""
    before, started_s = line.rows(), time.monotonic()
    reached: dict[float, float] = {}

    def note() -> bool:
        share = (line.rows() - before) / backlog
        for wanted in (0.1, 0.9, 1.0):
            if share >= wanted:
                reached.setdefault(wanted, time.monotonic())
        return share >= 1

    until(note, f"{backlog} rows that waited are stored", 120 + backlog / 1000)
    middle_s = max(reached[0.9] - reached[0.1], 0.02)
    return Drain(backlog, reached[1.0] - started_s, 0.8 * backlog / middle_s)


@POSIX_ONLY
@pytest.mark.chaos
@pytest.mark.timeout(300 + 4 * SECONDS)
def test_broker_and_store_stay_away_and_come_back_without_a_loss(start_line: StartLine) -> None:
    line = start_line("mosquitto", LOAD)
    line.start_benches()
    line.wait_until_all_deliver()
    drains: dict[str, Drain] = {}
    for who, away in (("broker", without_broker), ("store", without_store)):
        seconds = SECONDS or SHORT_S[who]
        with away(line):
            threading.Event().wait(seconds)
        drains[who] = drained(line, int(LOAD.rows_per_s * seconds))
    found = line.settle(120)
    for who, drain in drains.items():
        report(
            f"{who} away {SECONDS or SHORT_S[who]:g} s: {drain.rows} rows waited, stored "
            f"{drain.took_s:.1f} s after, {drain.per_s:.0f} rows/s = "
            f"{drain.per_s / LOAD.rows_per_s:.1f} x live"
        )
    report(f"outages: accepted {found.accepted}, stored {found.stored}, lost {found.lost}")
    assert found.verdict == CLEAN
    assert found.told_given_up == 0
    if SECONDS:
        assert min(drain.per_s for drain in drains.values()) >= DRAIN_GOAL * LOAD.rows_per_s
