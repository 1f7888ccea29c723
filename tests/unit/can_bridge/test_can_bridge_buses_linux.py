import errno
import socket
import struct
import sys

import numpy as np
import pytest

from can_bridge.buses import linux_errors
from can_bridge.buses.adapter import AdapterGone, Controller, Wanted
from can_bridge.buses.can_frames import CLASSIC_SIZE, FD_SIZE, FrameReader, packed
from can_bridge.buses.can_links import LinkFacts, NoSuchLink, read_answer
from can_bridge.buses.datagrams import Datagrams
from can_bridge.buses.socketcan import SocketCanAdapter, doubt_of
from can_bridge.frames import IS_BITRATE_SWITCHED, IS_EXTENDED, IS_FD
from can_bridge.profile_tables import BusEntry

LINUX_ONLY = pytest.mark.skipif(sys.platform != "linux", reason="SocketCAN exists on Linux only")
ERROR, REMOTE, EXTENDED = 1 << 29, 1 << 30, 1 << 31


def arrived(*raw: bytes, dropped: int | None = None) -> Datagrams:
    rows = b"".join(one.ljust(FD_SIZE, b"\xee") for one in raw)
    return Datagrams(
        np.frombuffer(rows, np.uint8).reshape(len(raw), FD_SIZE),
        np.array([len(one) for one in raw], np.uint32),
        np.full(len(raw), np.nan),
        dropped,
    )


def classic(word: int, data: bytes, length: int | None = None) -> bytes:
    return struct.pack("=IB3x8s", word, len(data) if length is None else length, data)


def flexible(word: int, data: bytes, flags: int) -> bytes:
    return struct.pack("=IBB2x64s", word, len(data), flags, data)


def attribute(kind: int, value: bytes) -> bytes:
    raw = struct.pack("=HH", 4 + len(value), kind) + value
    return raw.ljust(-(-len(raw) // 4) * 4, b"\0")


def kernel_says(mode: int, bitrate: int, *, flags: int = 1, kind: bytes = b"can") -> bytes:
    """An answer as a kernel gives it for a CAN link (taken apart from a real one by hand)."""
    can = attribute(1, struct.pack("=8I", bitrate, 875, 125, 6, 7, 2, 1, 5))
    can += attribute(5, struct.pack("=II", 0, mode)) + attribute(4, struct.pack("=I", 0))
    info = attribute(1, kind + b"\0") + attribute(2 | 0x8000, can)
    body = struct.pack("=BxHiII", 0, 280, 7, flags, 0) + attribute(3, b"can0\0")
    body += attribute(18, info)
    return struct.pack("=IHHII", 16 + len(body), 16, 0, 1, 0) + body


def test_frames_of_all_kinds_come_out_of_the_kernels_memory_layout() -> None:
    frames = (
        FrameReader("hv")
        .read(
            arrived(
                classic(0x123, b"\1\2\3"),
                classic(EXTENDED | 0x18FF_50E5, bytes(8)),
                flexible(0x321, b"\xab" * 12, 0x05),
                flexible(EXTENDED | 1, b"", 0x04),
            ),
            now_s=5.0,
        )
        .frames
    )
    assert frames.arbitration_id.tolist() == [0x123, 0x18FF50E5, 0x321, 1]
    switched = IS_FD | IS_BITRATE_SWITCHED
    assert frames.flags.tolist() == [0, IS_EXTENDED, switched, IS_FD | IS_EXTENDED]
    assert [frame.data for frame in frames] == [b"\1\2\3", bytes(8), b"\xab" * 12, b""]
    assert not frames.data[0, 3:].any()
    assert frames.timestamp_s.tolist() == [5.0] * 4


def test_remote_frames_are_left_out_and_wrong_sizes_counted() -> None:
    answer = FrameReader("hv").read(
        arrived(classic(REMOTE | 1, b""), b"short", classic(2, b"\1")), 0.0
    )
    assert answer.frames.arbitration_id.tolist() == [2]
    assert answer.lost == 1


def test_a_length_beyond_eight_is_no_longer_frame() -> None:
    frames = FrameReader("hv").read(arrived(classic(1, bytes(8), length=15)), 0.0).frames
    assert frames.length.tolist() == [8]


def test_drops_are_told_once_even_when_the_counter_runs_round() -> None:
    reader = FrameReader("hv")
    frame = classic(1, b"")
    told = [reader.read(arrived(frame, dropped=n), 0.0).lost for n in (0, 5, 5, 2**32 - 1, 3)]
    assert told == [0, 5, 0, 2**32 - 6, 4]
    assert reader.read(arrived(frame), 0.0).lost == 0


@pytest.mark.parametrize(
    ("classes", "data", "controller", "is_overflow"),
    [
        (0x040, bytes(8), Controller.OFF, False),
        (0x100, bytes(8), Controller.ACTIVE, False),
        (0x004, b"\0\x10", Controller.PASSIVE, False),
        (0x004, b"\0\x20", Controller.PASSIVE, False),
        (0x004, b"\0\x40", Controller.ACTIVE, False),
        (0x004, b"\0\x01", None, True),
        (0x004, b"\0\x04", None, False),
        (0x008, b"\0\0\x02", None, False),
        (0x004, b"", None, False),
    ],
)
def test_error_frames_tell_the_controllers_state(
    classes: int, data: bytes, controller: Controller | None, is_overflow: bool
) -> None:
    assert linux_errors.controller_state(classes, data) is controller
    assert linux_errors.is_overflow(classes, data) is is_overflow
    answer = FrameReader("hv").read(arrived(classic(ERROR | classes, data)), 0.0)
    assert (len(answer.frames), answer.errors, answer.lost) == (0, 1, int(is_overflow))
    assert answer.controller is controller
    assert answer.detail.startswith("error frame: ")


def test_the_last_word_on_the_controller_counts() -> None:
    raw = [classic(ERROR | 0x40, bytes(8)), classic(ERROR | 0x100, bytes(8))]
    assert FrameReader("hv").read(arrived(*raw), 0.0).controller is Controller.ACTIVE
    assert FrameReader("hv").read(arrived(*raw[::-1]), 0.0).controller is Controller.OFF


def test_a_packed_frame_reads_as_itself() -> None:
    raw = packed(0x18DA_10F1, True, b"\x02\x3e\x00")
    assert len(raw) == CLASSIC_SIZE
    (frame,) = FrameReader("hv").read(arrived(raw), 1.0).frames
    assert frame == (1.0, "hv", 0x18DA10F1, True, b"\x02\x3e\x00")


@pytest.mark.parametrize(("mode", "is_silent"), [(0x02, True), (0x22, True), (0x20, False)])
def test_the_kernels_answer_tells_listen_only_and_bit_rate(mode: int, is_silent: bool) -> None:
    facts = read_answer("can0", kernel_says(mode, 250_000))
    assert facts == LinkFacts("can0", True, True, "can", is_silent, 250_000)
    assert not read_answer("can0", kernel_says(mode, 0, flags=0)).is_up


def test_a_refusing_kernel_says_why() -> None:
    def refusal(code: int) -> bytes:
        return struct.pack("=IHHIIi", 20, 2, 0, 1, 0, -code)

    with pytest.raises(NoSuchLink):
        read_answer("can7", refusal(errno.ENODEV))
    with pytest.raises(PermissionError):
        read_answer("can7", refusal(errno.EPERM))


GOOD = LinkFacts("can0", True, True, "can", True, 500_000)


@pytest.mark.parametrize(
    ("facts", "is_accepted", "words"),
    [
        (GOOD, False, ""),
        (LinkFacts("lo", False, True, "", False, 0), False, "no CAN interface"),
        (LinkFacts("can0", True, False, "can", True, 500_000), False, "is down"),
        (LinkFacts("can0", True, True, "can", False, 500_000), False, "listen-only on"),
        (LinkFacts("can0", True, True, "can", False, 500_000), True, ""),
        (LinkFacts("can0", True, True, "can", True, 250_000), False, "runs at 250000"),
        (LinkFacts("can0", True, True, "can", True, 0), False, ""),
        (LinkFacts("vcan0", True, True, "vcan", False, 0), False, ""),
        (LinkFacts("vcan0", True, False, "vcan", False, 0), False, "ip link set vcan0 up"),
    ],
)
def test_an_interface_is_compared_with_the_profile(
    facts: LinkFacts, is_accepted: bool, words: str
) -> None:
    entry = BusEntry(interface="socketcan", accept_active=is_accepted)
    doubt = doubt_of(facts, Wanted(entry, facts.name))
    assert (words in doubt) if words else doubt == ""


def test_arming_accepts_no_active_interface_that_the_profile_does_not() -> None:
    active = LinkFacts("can0", True, True, "can", False, 500_000)
    entry = BusEntry(interface="socketcan")
    assert "listen-only on" in doubt_of(active, Wanted(entry, "can0", may_transmit=True))
    assert doubt_of(GOOD, Wanted(entry, "can0", may_transmit=True)) == ""
    accepted = BusEntry(interface="socketcan", accept_active=True)
    assert doubt_of(active, Wanted(accepted, "can0", may_transmit=True)) == ""


@LINUX_ONLY
def test_datagrams_are_read_many_at_a_time_and_a_closed_end_is_gone() -> None:
    bench, ours = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    adapter = SocketCanAdapter("hv", ours, is_listen_only=True, can_send=True)
    for number in range(100):
        bench.send(packed(number, False, bytes([number])))
    frames = adapter.receive(1.0).frames
    assert frames.arbitration_id.tolist() == list(range(100))
    assert [frame.data[0] for frame in frames] == list(range(100))
    adapter.send(0x7E4, False, b"\x02\x3e\x00")
    assert bench.recv(100) == packed(0x7E4, False, b"\x02\x3e\x00")
    assert len(adapter.receive(0.0).frames) == 0
    bench.close()
    with pytest.raises(AdapterGone):
        adapter.receive(1.0)
    adapter.close()
