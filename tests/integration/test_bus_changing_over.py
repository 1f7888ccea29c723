"""An adapter listens only, and can send for as long as diagnostics are armed."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from can_bridge.buses.opening import open_receiver
from can_bridge.buses.receiving import BusReceiver
from can_bridge.diagnostics.arming import ArmingFolder
from can_bridge.errors import BusUnavailable
from can_bridge.profile_tables import BusEntry
from telemetry.contract.payloads import BusHealth
from tests.integration.armed_bridge import BENCH, Desk, adapter_at, bridge_on, frames_sent
from tests.pty_adapter import BEL, CR, PtyAdapter
from tests.rig import POSIX_ONLY, until

pytestmark = POSIX_ONLY


@contextmanager
def receiving(adapter: PtyAdapter) -> Iterator[BusReceiver]:
    options: dict[str, str | int | float | bool] = {"sleep_after_open": 0.1}
    entry = BusEntry(name="hv", interface="slcan", channel=str(adapter.path), options=options)
    receiver = open_receiver(entry, BENCH)
    receiver.start()
    try:
        yield receiver
    finally:
        receiver.stop()


def test_an_adapter_is_opened_to_send_only_while_it_may(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    with adapter_at(tmp_path / "adapter") as adapter, receiving(adapter) as receiver:
        assert (adapter.mode, receiver.status.is_listen_only) == ("L", True)
        with pytest.raises(BusUnavailable, match="listen only"):
            receiver.send(0x7E4, False, b"\x02\x3e\x00")
        may_send = threading.Event()
        receiver.may_send = may_send.is_set
        for times in range(1, 4):
            may_send.set()
            until(lambda: receiver.can_send, "open to send")
            assert (adapter.mode, receiver.status.is_listen_only) == ("O", False)
            receiver.send(0x7E4, False, b"\x02\x3e\x00")
            until(lambda: adapter.commands.count("t7E43023E00") == times, "sent")  # noqa: B023
            may_send.clear()
            until(lambda: adapter.mode == "L", "listening again")
            until(lambda: receiver.status.is_listen_only, "and it says so")
            adapter.send(b"t1231AA\r")
            until(lambda: receiver.status.frames == times, "receiving")  # noqa: B023
        status = receiver.status
        assert (status.reconnects, status.detail, status.health) == (0, "", BusHealth.ACTIVE)
        # two lines each time, and no more
        assert sum("opened anew" in line for line in caplog.messages) == 6
        assert len(caplog.messages) == 6


def test_an_adapter_that_cannot_be_opened_to_send_is_tried_again_and_told_of_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    answers = {"O": BEL}
    with adapter_at(tmp_path / "adapter", answers) as adapter, receiving(adapter) as receiver:
        may_send = threading.Event()
        may_send.set()
        receiver.may_send = may_send.is_set
        until(lambda: adapter.commands.count("O") >= 3, "tried again")
        assert receiver.status.health is BusHealth.DOWN
        assert "refuses to open its channel" in receiver.status.detail
        assert len(caplog.messages) == 1
        answers["O"] = CR
        until(lambda: receiver.can_send, "open to send")
        may_send.clear()
        until(lambda: receiver.status.is_listen_only, "listening again")


@pytest.mark.parametrize(("for_s", "budget"), [(1.5, 1200), (60.0, 2), (60.0, 1200)])
def test_arming_opens_only_the_bus_it_is_for_and_its_end_closes_it(
    tmp_path: Path, free_port: int, for_s: float, budget: int
) -> None:
    desk = Desk(folder=tmp_path, port=free_port, budget=budget)
    folder = ArmingFolder(tmp_path / "arming")
    with (
        adapter_at(desk.hv) as spoken_to,
        adapter_at(desk.body) as other,
        bridge_on(desk),
    ):
        assert (spoken_to.mode, other.mode) == ("L", "L")
        folder.request(BENCH, for_s)
        until(lambda: any(one.startswith("t7E4") for one in spoken_to.commands), "it asks")
        assert (spoken_to.mode, other.mode) == ("O", "L")
        if budget == 1200 and for_s == 60.0:
            folder.request(BENCH, 0.0)
        until(lambda: spoken_to.mode == "L", "the end of the arming")
        assert "O" not in other.commands
        asked = frames_sent(spoken_to)
        assert len(asked) <= budget
        assert {one[:4] for one in asked} == {"t7E4"}


def test_a_bridge_starts_without_its_adapters_but_not_with_an_impossible_one(
    tmp_path: Path, free_port: int
) -> None:
    desk = Desk(folder=tmp_path, port=free_port)
    with adapter_at(desk.body), bridge_on(desk):
        adapter = PtyAdapter(desk.hv)
        adapter.plug()
        until(lambda: adapter.mode == "L", "it is taken when it comes")
        adapter.unplug()
    with (
        adapter_at(desk.hv, {"L": BEL}) as refusing,
        pytest.raises(BusUnavailable, match="refuses to listen only"),
        bridge_on(desk),
    ):
        pytest.fail(f"not refused: {refusing.commands}")
