import queue
import threading
import time

import can
import pytest

from can_bridge.buses.adapter import Adapter, AdapterGone, Received
from can_bridge.buses.load import BitRates
from can_bridge.buses.opening import open_receiver
from can_bridge.buses.receiving import BusFacts, BusReceiver
from can_bridge.errors import BusUnavailable
from can_bridge.frames import Frame, FrameBatch
from can_bridge.profile_tables import BusEntry
from telemetry.contract.payloads import BusHealth
from tests.rig import until

FACTS = BusFacts("hv", "test", BitRates(500_000, 500_000))


class HandAdapter:
    """Gives what the test puts in; an exception put in is raised."""

    is_listen_only = True
    can_send = True

    def __init__(self) -> None:
        self.coming: queue.Queue[Received | AdapterGone] = queue.Queue()
        self.is_closed = False

    def receive(self, timeout_s: float) -> Received:
        try:
            one = self.coming.get(timeout=timeout_s)
        except queue.Empty:
            return Received()
        if isinstance(one, AdapterGone):
            raise one
        return one

    def send(self, arbitration_id: int, is_extended_id: bool, data: bytes) -> None:
        raise OSError(f"no room for {arbitration_id:X} {is_extended_id} {data!r}")

    def close(self) -> None:
        self.is_closed = True


def frames(count: int) -> Received:
    return Received(FrameBatch.of(Frame(0.0, "hv", 1, False, b"\1") for _ in range(count)))


def test_a_bridge_that_is_held_up_counts_what_it_had_to_give_up() -> None:
    adapter = HandAdapter()
    receiver = BusReceiver(FACTS, lambda _: adapter, backlog_limit=100)
    receiver.start()
    for _ in range(15):
        adapter.coming.put(frames(10))
    until(lambda: receiver.status.frames == 150, "all came")
    assert receiver.status.lost_frames == 50
    assert len(receiver.drain()) == 100
    receiver.stop()
    assert adapter.is_closed


def test_hooks_see_frames_as_they_come_and_the_bridge_sees_them_too() -> None:
    adapter = HandAdapter()
    receiver = BusReceiver(FACTS, lambda _: adapter)
    seen: queue.Queue[Frame] = queue.Queue()
    receiver.hooks.append(seen.put)
    receiver.start()
    adapter.coming.put(frames(2))
    assert [seen.get(timeout=5).data for _ in range(2)] == [b"\1", b"\1"]
    receiver.hooks.remove(seen.put)
    adapter.coming.put(frames(1))
    until(lambda: receiver.status.frames == 3, "all came")
    assert len(receiver.drain()) == 3
    assert seen.empty()
    receiver.stop()


def test_an_adapter_that_stays_away_is_tried_again_with_its_reason_shown() -> None:
    adapters: list[Adapter] = [HandAdapter(), HandAdapter()]
    attempts: list[int] = []
    back = threading.Event()

    def opener(_may_send: bool) -> Adapter:
        if len(adapters) == 2:
            return adapters.pop(0)
        attempts.append(1)
        if not back.is_set():
            raise BusUnavailable("test", "channel", "nothing is plugged in")
        return adapters.pop(0)

    first, second = adapters
    assert isinstance(first, HandAdapter)
    receiver = BusReceiver(FACTS, opener, pause_s=lambda _failures, _chance: 0.002)
    receiver.start()
    first.coming.put(AdapterGone("unplugged", lost_frames=1))
    until(lambda: len(attempts) > 3, "tried again")
    status = receiver.status
    assert (status.health, status.is_listen_only, status.lost_frames) == (BusHealth.DOWN, False, 1)
    assert "nothing is plugged in" in status.detail
    assert first.is_closed
    with pytest.raises(BusUnavailable, match="gone"):
        receiver.send(1, False, b"")
    back.set()
    until(lambda: receiver.status.reconnects == 1, "back")
    assert receiver.status.health is BusHealth.SILENT
    assert isinstance(second, HandAdapter)
    second.coming.put(frames(1))
    until(lambda: receiver.status.health is BusHealth.ACTIVE, "active")
    with pytest.raises(BusUnavailable, match="no room for 7E4"):
        receiver.send(0x7E4, False, b"")
    receiver.stop()


def test_a_receiver_that_waits_for_its_adapter_ends_at_once() -> None:
    adapter = HandAdapter()
    opened = [adapter]

    def opener(_may_send: bool) -> Adapter:
        if not opened:
            raise BusUnavailable("test", "channel", "nothing is plugged in")
        return opened.pop()

    receiver = BusReceiver(FACTS, opener, pause_s=lambda _failures, _chance: 60.0)
    receiver.start()
    adapter.coming.put(AdapterGone("unplugged"))
    until(lambda: receiver.status.health is BusHealth.DOWN, "down")
    started_s = time.monotonic()
    receiver.stop()
    assert time.monotonic() - started_s < 1.0


def test_multicast_over_python_can_arrives_whole_in_bursts() -> None:
    channel, port = "239.74.163.77", 43117
    entry = BusEntry(name="hv", interface="udp_multicast", channel=channel, options={"port": port})
    try:
        receiver = open_receiver(entry, "battery-01")
    except BusUnavailable as refused:
        pytest.skip(f"this network has no multicast: {refused}")
    receiver.start()
    message = can.Message(arbitration_id=0x123, is_extended_id=False, data=bytes(8))
    with can.Bus(interface="udp_multicast", channel=channel, port=port) as sender:
        for burst in range(1, 21):
            for _ in range(100):
                sender.send(message)
            until(lambda: receiver.status.frames == burst * 100, "a burst")  # noqa: B023
    assert receiver.status.is_listen_only
    assert len(receiver.drain()) == 2000
    receiver.stop()


def test_an_adapter_that_comes_back_too_late_is_let_go_again() -> None:
    adapters = [HandAdapter(), HandAdapter()]
    first, late = adapters
    asked, may_open = threading.Event(), threading.Event()

    def opener(_may_send: bool) -> Adapter:
        if len(adapters) == 1:
            asked.set()
            may_open.wait(10)
        return adapters.pop(0)

    receiver = BusReceiver(FACTS, opener, pause_s=lambda _failures, _chance: 0.002)
    receiver.start()
    first.coming.put(AdapterGone("unplugged"))
    assert asked.wait(5)
    receiver.ask_to_stop()
    may_open.set()
    until(lambda: late.is_closed, "nobody wants it any more")
    receiver.stop()
