from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from can_bridge.frames import FrameBatch
from can_bridge.judgement import KeptStates
from telemetry.contract.payloads import DurableMessage, FaultReport, FaultState
from telemetry.contract.topics import Stream
from tests.integration.bridge_desk import Desk


class FrameReporter:
    """Reports every tenth frame as a fault and remembers how many it has seen."""

    def __init__(self) -> None:
        self.seen = 0
        self.waiting: list[int] = []

    def take(self, bus: str, batch: FrameBatch, now_ms: int) -> None:
        assert bus == "hv"
        assert now_ms > 0
        for _ in range(len(batch)):
            self.seen += 1
            if self.seen % 10 == 0:
                self.waiting.append(self.seen)

    def due(self, now_ms: int) -> Sequence[DurableMessage]:
        waiting, self.waiting = self.waiting, []
        return [_report(number, now_ms) for number in waiting]

    def states(self) -> dict[str, bytes]:
        return {"reporter-seen": str(self.seen).encode()}

    def restore(self, kept: KeptStates) -> None:
        self.seen = int(kept.state("reporter-seen") or 0)

    def close(self, now_ms: int) -> Sequence[DurableMessage]:
        return [_report(-1, now_ms)]


def _report(number: int, now_ms: int) -> FaultReport:
    return FaultReport(
        observed_at_ms=now_ms,
        epoch=1,
        seq=1,
        fault_id=f"frame-{number}",
        dtc="U0100",
        status=0x09,
        severity=1,
        state=FaultState.CONFIRMED,
        first_at_ms=now_ms,
        text_zh="",
        text_en="",
    )


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path, observers=[FrameReporter()])
    yield made
    made.close()


def _told(desk: Desk) -> list[str]:
    reports = desk.sent(Stream.FAULTS)
    # nobody acknowledges at this desk: what was sent comes again
    return list(dict.fromkeys(one.fault_id for one in reports if isinstance(one, FaultReport)))


def test_what_an_observer_says_is_spooled_and_sent(desk: Desk) -> None:
    desk.uplink.connect()
    desk.run(1.25, 500)
    assert _told(desk) == ["frame-10", "frame-20"]


def test_an_observer_goes_on_after_a_restart_where_its_last_message_left_it(desk: Desk) -> None:
    desk.run(0.5, 500)
    desk.observers = [FrameReporter()]
    desk.restart()
    desk.uplink.connect()
    desk.run(0.5, 500)
    assert _told(desk) == ["frame-10", "frame-20"]
