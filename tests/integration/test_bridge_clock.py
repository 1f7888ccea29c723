"""The clock of a bench's PC is set by years in mid-run: order and rules go on as if it was not."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from telemetry.contract import encoding
from telemetry.contract.payloads import (
    BenchState,
    FaultReport,
    FaultState,
    Samples,
    UsageEvent,
    UsageReport,
)
from telemetry.contract.topics import DURABLE_STREAMS, Stream
from tests.integration.bridge_desk import PROFILE, Desk
from tests.spool_machine import PlainStore

TEN_YEARS_S = 10 * 365.25 * 86_400
USED = f"""{PROFILE}
[usage]
in_use = "isolation_kohm > 0"
start_s = 1.0
idle_s = 5.0
"""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path, profile=USED)
    made.uplink.connect()
    yield made
    made.close()


class Ingest:
    """Takes what the desk sends and answers at once."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.store = PlainStore()
        self.taken: list[Samples | UsageReport | FaultReport] = []
        self.states = 0

    def run(self, seconds: float, value: int) -> None:
        for _ in range(round(seconds / 0.2)):
            self.desk.run(0.2, value)
            published = self.desk.uplink.published[:]
            self.desk.uplink.published.clear()
            self.states += sum(stream is Stream.STATE for stream, _ in published)
            for stream, payload in published:
                if stream in DURABLE_STREAMS:
                    message = encoding.decode(stream, payload)
                    assert isinstance(message, Samples | UsageReport | FaultReport)
                    self.taken.append(message)
                    self.desk.uplink.incoming.put(self.store.take(message))

    def finish(self) -> None:
        """One tick for the last answer."""
        self.desk.bridge.step()


@pytest.mark.parametrize("years_s", [TEN_YEARS_S, -TEN_YEARS_S])
def test_a_clock_set_by_ten_years_changes_neither_order_nor_rules(
    desk: Desk, years_s: float
) -> None:
    ingest = Ingest(desk)
    ingest.run(4.0, 500)
    desk.clock.set_by(years_s)
    ingest.run(4.0, 500)
    ingest.run(0.4, 20)
    desk.clock.set_by(-years_s)
    ingest.run(1.0, 20)
    ingest.run(0.6, 500)
    desk.clock.set_by(years_s)
    ingest.run(2.0, 500)
    seqs = [message.seq for message in ingest.taken]
    assert seqs == list(range(1, len(seqs) + 1)), "sent once each, in order"
    rows = [message for message in ingest.taken if isinstance(message, Samples)]
    assert len(rows) == pytest.approx(12.0 / 0.2, abs=3), "one a period, whatever the clock says"
    faults = [message for message in ingest.taken if isinstance(message, FaultReport)]
    assert [fault.state for fault in faults] == [
        FaultState.PENDING,
        FaultState.CONFIRMED,
        FaultState.CLEARED,
    ]
    assert len({fault.fault_id for fault in faults}) == 1
    usage = [message for message in ingest.taken if isinstance(message, UsageReport)]
    assert {step.event for step in usage} <= {UsageEvent.STARTED, UsageEvent.EXTENDED}
    assert len({step.usage_id for step in usage}) == 1
    assert usage[-1].evidence["active_s"] < 13
    ingest.finish()
    assert desk.bridge.unacknowledged == 0
    assert ingest.states >= 6
    assert desk.bridge.figures().oldest_waiting_s == 0.0


@pytest.mark.parametrize("years_s", [TEN_YEARS_S, -TEN_YEARS_S])
def test_a_clock_set_while_the_bridge_was_off_ends_use_at_its_last_moment(
    desk: Desk, years_s: float
) -> None:
    ingest = Ingest(desk)
    ingest.run(4.0, 500)
    before_ms = desk.clock.now_ms()
    desk.clock.set_by(years_s)
    desk.restart()
    desk.uplink.connect()
    ingest.run(4.0, 500)
    usage = [message for message in ingest.taken if isinstance(message, UsageReport)]
    events = [step.event for step in usage]
    assert events == [UsageEvent.STARTED, UsageEvent.ENDED, UsageEvent.STARTED]
    assert usage[1].ended_at_ms == pytest.approx(before_ms, abs=400)
    assert usage[0].usage_id == usage[1].usage_id != usage[2].usage_id
    assert max(step.evidence["active_s"] for step in usage) < 5
    assert len({message.epoch for message in ingest.taken}) == 2
    ingest.finish()
    assert desk.bridge.unacknowledged == 0


def test_the_age_of_what_waits_follows_no_clock(desk: Desk) -> None:
    desk.run(3.0, 500)
    desk.clock.set_by(TEN_YEARS_S)
    desk.run(2.0, 500)
    state = desk.bridge.figures()
    assert state.oldest_waiting_s == pytest.approx(5.0, abs=1.1)
    told = desk.sent(Stream.STATE)[-1]
    assert isinstance(told, BenchState)
    assert told.spool.oldest_waiting_ms == pytest.approx(5000, abs=3000)
