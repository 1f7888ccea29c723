import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from can_bridge.buses import can_links
from can_bridge.buses.adapter import AdapterGone, Wanted
from can_bridge.buses.can_frames import packed
from can_bridge.buses.can_links import NoSuchLink
from can_bridge.buses.load import BitRates
from can_bridge.buses.receiving import BusFacts, BusReceiver
from can_bridge.buses.slcan import open_slcan
from can_bridge.buses.socketcan import SocketCanAdapter, open_socketcan, widen
from can_bridge.buses.socketcand import open_socketcand
from can_bridge.errors import BusUnavailable
from can_bridge.frames import FrameBatch
from can_bridge.profile_tables import BusEntry
from telemetry.contract.payloads import BusHealth
from tests.pty_adapter import BEL, PtyAdapter
from tests.rig import POSIX_ONLY, until

LINUX_ONLY = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux's sockets")
FACTS = BusFacts("hv", "test", BitRates(500_000, 500_000))
Answers = dict[str, bytes]
Plugged = Callable[..., PtyAdapter]


@pytest.fixture
def plugged(tmp_path: Path) -> Iterator[Plugged]:
    made: list[PtyAdapter] = []

    def plug(answers: Answers | None = None, *, is_mute: bool = False) -> PtyAdapter:
        made.append(PtyAdapter(tmp_path / "adapter", answers=answers, is_mute=is_mute))
        made[-1].plug()
        return made[-1]

    yield plug
    for adapter in made:
        if adapter.path.is_symlink():
            adapter.unplug()


def slcan(
    adapter: PtyAdapter,
    *,
    accept_active: bool = False,
    may_transmit: bool = False,
    bitrate: int = 500_000,
    **options: str | float | bool,
) -> Wanted:
    entry = BusEntry(
        name="hv",
        interface="slcan",
        accept_active=accept_active,
        bitrate=bitrate,
        options={"sleep_after_open": 0.1, **options},
    )
    return Wanted(entry, f"{adapter.path}@115200", may_transmit)


@POSIX_ONLY
def test_a_serial_adapter_confirms_that_it_listens_only(plugged: Plugged) -> None:
    adapter = plugged()
    opened = open_slcan(slcan(adapter, bitrate=250_000))
    assert opened.is_listen_only
    assert adapter.mode == "L"
    assert adapter.commands[-2:] == ["S5", "L"]
    opened.close()
    until(lambda: adapter.mode == "", "its channel is closed behind us")


@POSIX_ONLY
@pytest.mark.parametrize(
    ("answers", "is_mute", "words"),
    [({"L": BEL}, False, "refuses to listen only"), ({}, True, "does not answer")],
)
def test_a_serial_adapter_that_does_not_confirm_is_refused_unless_accepted(
    plugged: Plugged, answers: Answers, is_mute: bool, words: str
) -> None:
    adapter = plugged(answers, is_mute=is_mute)
    with pytest.raises(BusUnavailable, match=words):
        open_slcan(slcan(adapter))
    opened = open_slcan(slcan(adapter, accept_active=True))
    assert not opened.is_listen_only
    adapter.wait_until_open()
    adapter.send(b"t1231AA\r")
    assert [frame.data for frame in opened.receive(1.0).frames] == [b"\xaa"]
    opened.close()


@POSIX_ONLY
def test_a_serial_adapter_for_diagnostics_is_opened_active_and_sends(plugged: Plugged) -> None:
    adapter = plugged()
    opened = open_slcan(slcan(adapter, may_transmit=True))
    assert not opened.is_listen_only
    assert adapter.mode == "O"
    opened.send(0x7E4, False, b"\x02\x3e\x00")
    opened.send(0x18DA10F1, True, b"")
    until(lambda: adapter.commands[-2:] == ["t7E43023E00", "T18DA10F10"], "both frames went out")
    opened.close()


@POSIX_ONLY
@pytest.mark.parametrize(
    ("answers", "options", "words"),
    [
        ({"S": BEL}, {}, "refuses the bit rate"),
        ({"s": BEL}, {"btr": "011C"}, "refuses the bit rate"),
        ({}, {"bitrate": 123_456}, "bit rate 123456 is none of"),
        ({}, {"data_bitrate": 3_000_000}, "data_bitrate 3000000 is none of"),
        ({"O": BEL}, {"may_transmit": True}, "refuses to open"),
    ],
)
def test_what_a_serial_adapter_cannot_do_is_said(
    plugged: Plugged, answers: Answers, options: dict[str, int], words: str
) -> None:
    with pytest.raises(BusUnavailable, match=words):
        open_slcan(slcan(plugged(answers), **options))  # type: ignore[arg-type]


@POSIX_ONLY
def test_can_fd_rates_are_set_where_the_profile_has_them(plugged: Plugged) -> None:
    adapter = plugged()
    open_slcan(slcan(adapter, data_bitrate=2_000_000, btr="011C")).close()
    assert [command for command in adapter.commands if command[:1] in "sYL"][-3:] == [
        "s011C",
        "Y2",
        "L",
    ]


@POSIX_ONLY
def test_a_port_that_is_not_there_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(BusUnavailable, match="absent"):
        open_slcan(Wanted(BusEntry(interface="slcan"), str(tmp_path / "absent")))


@POSIX_ONLY
@pytest.mark.parametrize(
    ("flags", "health"),
    [(b"FA0\r", BusHealth.WRONG_BITRATE), (b"F20\r", BusHealth.ERROR_PASSIVE)],
)
def test_status_flags_of_a_serial_adapter_become_the_buss_health(
    plugged: Plugged, flags: bytes, health: BusHealth
) -> None:
    adapter = plugged({"F": flags})
    wanted = slcan(adapter)
    receiver = BusReceiver(FACTS, lambda _: open_slcan(wanted))
    receiver.start()
    until(lambda: receiver.status.health is health, f"{health}: {receiver.status}")
    receiver.stop()


@POSIX_ONLY
def test_an_adapter_that_knows_no_status_is_asked_once(plugged: Plugged) -> None:
    adapter = plugged({"F": BEL})
    wanted = slcan(adapter)
    opened = open_slcan(wanted)
    ends_s = time.monotonic() + 1.2
    while time.monotonic() < ends_s:
        opened.receive(0.0)
    assert adapter.commands.count("F") == 1
    opened.close()


def socketcand(port: int) -> Wanted:
    options: dict[str, str | int | float | bool] = {"host": "127.0.0.1", "port": port}
    entry = BusEntry(name="hv", interface="socketcand", accept_active=True, options=options)
    return Wanted(entry, "can0")


def test_frames_sent_right_behind_the_greeting_are_not_lost(free_port: int) -> None:
    def serve(listener: socket.socket) -> None:
        client, _ = listener.accept()
        client.sendall(b"< hi >")
        assert client.recv(100) == b"< open can0 >"
        client.sendall(b"< ok >")
        assert client.recv(100) == b"< rawmode >"
        client.sendall(b"< ok >< frame 123 1.5 0102 >< frame 124 1.5 03")
        assert client.recv(100) == b"< send 7E4 3 02 3E 00 >"
        client.sendall(b"04 >")
        client.close()

    with socket.create_server(("127.0.0.1", free_port)) as listener:
        serving = threading.Thread(target=serve, args=(listener,))
        serving.start()
        adapter = open_socketcand(socketcand(free_port))
        assert [frame.data for frame in adapter.receive(1.0).frames] == [b"\1\2"]
        adapter.send(0x7E4, False, b"\x02\x3e\x00")
        assert [frame.data for frame in adapter.receive(1.0).frames] == [b"\3\4"]
        with pytest.raises(AdapterGone, match="closed the connection"):
            adapter.receive(1.0)
        serving.join()
        adapter.close()


@pytest.mark.parametrize("answer", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"< error no bus >", b""])
def test_something_else_behind_the_port_is_said(free_port: int, answer: bytes) -> None:
    def serve(listener: socket.socket) -> None:
        client, _ = listener.accept()
        client.sendall(answer)
        client.shutdown(socket.SHUT_WR)
        client.recv(100)
        client.close()

    with socket.create_server(("127.0.0.1", free_port)) as listener:
        serving = threading.Thread(target=serve, args=(listener,))
        serving.start()
        with pytest.raises(BusUnavailable, match="socketcand"):
            open_socketcand(socketcand(free_port))
        serving.join()


def test_nobody_behind_the_port_is_said(free_port: int) -> None:
    with pytest.raises(BusUnavailable, match=f"127.0.0.1:{free_port}"):
        open_socketcand(socketcand(free_port))


@LINUX_ONLY
def test_the_kernels_time_and_its_count_of_drops_arrive_with_the_frames() -> None:
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ours,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as bench,
    ):
        ours.bind(("127.0.0.1", 0))
        bench.connect(ours.getsockname())
        adapter = SocketCanAdapter("hv", ours, is_listen_only=True, can_send=True)
        widen(ours)
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        before_s = time.time()
        for number in range(500):
            bench.send(packed(number, False, b""))
        answers = [adapter.receive(0.1)]
        while len(answers[-1].frames):
            answers.append(adapter.receive(0.05))
        # the count comes with the first datagram after the drops
        bench.send(packed(500, False, b""))
        answers.append(adapter.receive(1.0))
    frames = FrameBatch.joined([answer.frames for answer in answers])
    lost = sum(answer.lost for answer in answers)
    assert lost > 0
    assert len(frames) + lost == 501
    assert np.all((frames.timestamp_s >= before_s) & (frames.timestamp_s <= time.time()))


@LINUX_ONLY
def test_a_link_that_is_no_can_interface_is_known_as_such() -> None:
    assert not can_links.ask("lo").is_can
    with pytest.raises(NoSuchLink):
        can_links.ask("no-such-link")


def test_an_interface_of_linux_that_is_not_there_is_a_clear_error() -> None:
    wanted = Wanted(BusEntry(interface="socketcan"), "no-such-can")
    with pytest.raises(BusUnavailable, match=r"no SocketCAN|no such network interface"):
        open_socketcan(wanted)
