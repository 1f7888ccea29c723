from collections.abc import Iterator
from pathlib import Path

import pytest

from telemetry.contract.payloads import (
    Ack,
    BenchState,
    BusState,
    FaultReport,
    FaultState,
    Samples,
)
from telemetry.contract.topics import Stream
from tests.integration.bridge_desk import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    made.close()


def test_one_samples_message_per_period_and_none_from_a_silent_bus(desk: Desk) -> None:
    desk.uplink.connect()
    desk.run(2.0, 500)
    assert desk.spool.last_seq == pytest.approx(10, abs=1)
    before = desk.spool.last_seq
    desk.run(10.0)
    # values go stale after 1 s, which is before the bus counts as silent
    assert desk.spool.last_seq - before <= 6
    last = desk.sent(Stream.STATE)[-1]
    assert isinstance(last, BenchState)
    assert last.bus is BusState.SILENT


def test_a_signal_that_stays_away_is_not_repeated_for_ever(desk: Desk) -> None:
    desk.uplink.connect()
    desk.run(1.0, 500)
    desk.run(1.5)
    last = desk.sent(Stream.SAMPLES)[-1]
    assert isinstance(last, Samples)
    assert last.observed_at_ms < desk.clock.now_ms() - 300


def test_a_restart_neither_repeats_nor_forgets_a_fault(desk: Desk) -> None:
    desk.uplink.connect()
    desk.run(1.0, 500)
    desk.run(1.0, 20)
    assert desk.faults() == [FaultState.PENDING, FaultState.CONFIRMED]
    desk.bridge.step()
    desk.restart()
    desk.uplink.published.clear()
    desk.uplink.connect()
    desk.uplink.incoming.put(Ack(epoch=desk.spool.epoch, seq=desk.spool.last_seq))
    desk.run(2.0, 20)
    told_again = [
        one for one in desk.sent(Stream.FAULTS) if isinstance(one, FaultReport) and one.seq > 14
    ]
    assert told_again == []
    state = desk.sent(Stream.STATE)[-1]
    assert isinstance(state, BenchState)
    assert state.fault_codes == ["P0AA6"]
    desk.run(2.0, 500)
    assert desk.faults()[-1] is FaultState.CLEARED


def test_unacknowledged_rows_are_sent_again_on_a_new_connection(desk: Desk) -> None:
    desk.uplink.connect()
    desk.run(1.0, 500)
    first = [row.seq for row in desk.sent(Stream.SAMPLES) if isinstance(row, Samples)]
    desk.uplink.incoming.put(Ack(epoch=desk.spool.epoch, seq=2))
    desk.run(0.1, 500)
    desk.uplink.published.clear()
    desk.uplink.connect()
    desk.run(0.1, 500)
    again = [row.seq for row in desk.sent(Stream.SAMPLES) if isinstance(row, Samples)]
    assert again[: len(first) - 2] == first[2:]
    assert desk.uplink.published[0][0] is Stream.BIRTH


def test_rows_a_restored_store_no_longer_has_are_declared_gone(desk: Desk) -> None:
    desk.uplink.connect()
    desk.run(2.0, 500)
    desk.uplink.incoming.put(Ack(epoch=desk.spool.epoch, seq=9))
    desk.run(0.2, 500)
    for _ in range(60):
        desk.uplink.incoming.put(Ack(epoch=desk.spool.epoch, seq=3))
        desk.run(0.2, 500)
    records = [
        (row.seq, row.last_seq, row.dropped)
        for row in desk.sent(Stream.SAMPLES)
        if isinstance(row, Samples) and row.dropped
    ]
    assert records[0] == (4, 9, 6)
