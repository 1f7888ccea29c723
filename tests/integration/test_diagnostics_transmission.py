import ast
import itertools
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from can_bridge.diagnostics.gate import TransmitGate
from can_bridge.diagnostics.permission import Allowance, Outgoing, Refusal
from can_bridge.errors import TransmissionDenied

ALLOWED = Allowance(True, frozenset({("hv", 0x7E4), ("hv", 0x18DA10F1)}))
READS = ("0322F190", "031902FF", "023E00", "023E80", "021001", "300000", "021001AAAAAAAAAA")
HOSTILE_SERVICES = (0x2E, 0x2F, 0x31, 0x34, 0x35, 0x36, 0x37, 0x11, 0x14, 0x27, 0x28, 0x85, 0x3D)


class RecordingBus:
    """A bus that remembers what was sent."""

    def __init__(self) -> None:
        self.sent: list[tuple[int, bool, bytes]] = []

    def send(self, arbitration_id: int, is_extended_id: bool, data: bytes) -> None:
        self.sent.append((arbitration_id, is_extended_id, data))


class HandClock:
    """A monotonic clock set by hand."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def hostile_frames(number: int, seed: int = 4) -> Iterator[Outgoing]:
    """Random frames, and ones that come as close to a permitted one as can be."""
    chance = random.Random(seed)  # noqa: S311 -- a test that repeats itself
    ids = (0x7E4, 0x18DA10F1, 0x7E5, 0x7DF, 0x18DB33F1, 0x000, 0x7FF)
    starts = [bytes((length, service)) for service in HOSTILE_SERVICES for length in range(1, 8)]
    starts += [bytes((kind << 4 | low, 0x22)) for kind in range(16) for low in range(16)]
    starts += [bytes.fromhex(text) for text in (*READS, "021003", "021002", "101422F190")]
    for turn in range(number):
        if turn % 64 == 0:
            # harmless alone; it is their number that is hostile
            yield Outgoing("hv", 0x7E4, False, bytes.fromhex(READS[turn // 64 % len(READS)]))
            continue
        data = chance.randbytes(chance.choice((0, 1, 3, 4, 8, 8, 8, 9, 12, 64)))
        if turn % 4:
            data = (starts[turn % len(starts)] + data)[: chance.choice((3, 4, 8, 64))]
        yield Outgoing(
            chance.choice(("hv", "hv", "hv", "body")),
            chance.choice(ids) if turn % 8 else chance.getrandbits(29),
            chance.random() < 0.3,
            data,
            chance.random() < 0.1,
        )


def is_a_read(data: bytes) -> bool:
    """The promise in other words than the gate's: what a control unit takes from these bytes."""
    if data[0] in {0x30, 0x31, 0x32}:
        return len(data) <= 8
    length = data[0]
    request = data[1 : 1 + length]
    if not 1 <= length <= 7 or len(request) != length or len(data) > 8:
        return False
    return (
        request == b"\x10\x01"
        or request[:1] in {b"\x22", b"\x19"}
        or request in {b"\x3e\x00", b"\x3e\x80"}
    )


def test_a_million_hostile_frames_leave_the_bus_silent_but_for_reads() -> None:
    bus, clock = RecordingBus(), HandClock()
    gate = TransmitGate(
        {"hv": bus, "body": bus},
        replace(ALLOWED, frames_per_minute=20, frames_per_arming=30),
        clock,
    )
    refused, offered, most_sent = 0, 1_000_000, 0
    for turn, outgoing in enumerate(hostile_frames(offered)):
        # armed again every 100 s, for 70 s: budgets run out, armings expire
        if turn % 10_000 == 5_000:
            gate.arm(70.0)
            most_sent += 30
        clock.now_s += 0.01
        was_armed, before = gate.is_armed, len(bus.sent)
        try:
            gate.send(outgoing)
        except TransmissionDenied:
            refused += 1
        assert len(bus.sent) == before or was_armed
    assert len(bus.sent) + refused == offered == len(bus.sent) + sum(gate.refused.values())
    assert 0 < len(bus.sent) <= most_sent
    assert {(sent[0], sent[1]) for sent in bus.sent} == {(0x7E4, False), (0x18DA10F1, True)}
    assert all(is_a_read(sent[2]) for sent in bus.sent)
    assert set(gate.refused) >= set(Refusal) - {Refusal.NOT_ALLOWED, Refusal.NOT_ARMED}


def sends_in(source: str) -> Iterator[tuple[str, str]]:
    """Functions that call something named like a bus's sending, with what they call it on."""
    for function in ast.walk(ast.parse(source)):
        if not isinstance(function, ast.FunctionDef):
            continue
        for node in ast.walk(function):
            if isinstance(node, ast.Attribute) and node.attr in {
                "send",
                "send_periodic",
                "write",
                "_write",
                "sendto",
                "sendall",
                "sendmsg",
                "flush_tx_buffer",
            }:
                yield function.name, ast.unparse(node)


WHO_MAY_SEND = {
    ("diagnostics/gate.py", "send"): "the gate",
    ("diagnostics/asking.py", "_send"): "the way to the gate",
    ("replay.py", "_send_on"): "a virtual bus of this process",
}


BEHIND_THE_GATE = {
    ("buses/can_links.py", "ask"): "asks the kernel about an interface",
    ("buses/python_can.py", "send"): "an adapter",
    ("buses/receiving.py", "send"): "the adapter that is open now",
    ("buses/slcan.py", "send"): "an adapter",
    ("buses/slcan.py", "_write"): "every byte to the adapter",
    ("buses/slcan.py", "ask"): "opens the channel",
    ("buses/slcan.py", "wake_up"): "closes the channel before it is set up",
    ("buses/slcan.py", "_ask_status"): "asks the adapter for its error flags",
    ("buses/slcan.py", "close"): "closes the channel",
    ("buses/socketcan.py", "send"): "an adapter",
    ("buses/socketcand.py", "send"): "an adapter",
    ("buses/socketcand.py", "_greet"): "opens the channel",
}


def test_in_the_whole_bridge_only_the_gate_and_what_is_behind_it_send(root: Path) -> None:
    bridge = root / "can_bridge"
    found = {
        (path.relative_to(bridge).as_posix(), function)
        for path in bridge.rglob("*.py")
        for function, called in sends_in(path.read_text("utf-8"))
        # elsewhere files are written
        if "write" not in called or path.parent.name == "buses"
    }
    behind = {place for place in found if place[0].startswith("buses/")}
    assert found - behind == set(WHO_MAY_SEND)
    assert behind == set(BEHIND_THE_GATE)
    in_gate = sends_in((bridge / "diagnostics/gate.py").read_text("utf-8"))
    assert [called for _, called in in_gate] == ["self._buses[frame.bus].send"]
    in_asking = sends_in((bridge / "diagnostics/asking.py").read_text("utf-8"))
    assert [called for _, called in in_asking] == ["self._gate.send"]
    in_replay = (bridge / "replay.py").read_text("utf-8")
    assert 'can.Bus(channel=virtual_channel, interface="virtual")' in in_replay


def test_a_hidden_send_would_be_found() -> None:
    hidden = "def innocent(bus):\n    fire = bus.send\n    fire(1)\n"
    assert list(sends_in(hidden)) == [("innocent", "bus.send")]
    assert list(itertools.chain(sends_in("x = 1"), sends_in("def f(): pass"))) == []
