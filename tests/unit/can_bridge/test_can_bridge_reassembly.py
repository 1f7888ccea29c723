from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from can_bridge.diagnostics.reassembly import MOST_CONVERSATIONS, Pdu, Reassembly
from can_bridge.frames import Frame
from tests.examples import EXAMPLES


def framed(payload: bytes, at_s: float = 0.0, can_id: int = 0x7EC, pad: bool = True) -> list[Frame]:
    """The frames a sender makes of a message (ISO 15765-2, classic CAN)."""
    if len(payload) <= 7:
        pieces = [bytes((len(payload),)) + payload]
    else:
        head = bytes((0x10 | len(payload) >> 8, len(payload) & 0xFF))
        pieces = [head + payload[:6]]
        rest = payload[6:]
        for number, start in enumerate(range(0, len(rest), 7), start=1):
            pieces.append(bytes((0x20 | number & 15,)) + rest[start : start + 7])
    return [
        Frame(at_s + n / 1000, "hv", can_id, False, piece.ljust(8, b"\xaa") if pad else piece)
        for n, piece in enumerate(pieces)
    ]


def read(frames: Sequence[Frame]) -> tuple[list[Pdu], Reassembly]:
    reassembly = Reassembly()
    found = [pdu for frame in frames if (pdu := reassembly.take("hv", frame)) is not None]
    return found, reassembly


@given(st.lists(st.binary(min_size=1, max_size=300), max_size=6), st.booleans())
def test_what_was_cut_into_frames_is_whole_again(payloads: list[bytes], pad: bool) -> None:
    frames = [f for n, one in enumerate(payloads) for f in framed(one, float(n), pad=pad)]
    found, reassembly = read(frames)
    assert [pdu.payload for pdu in found] == payloads
    assert (reassembly.counts.broken, reassembly.counts.stray) == (0, 0)


@given(st.randoms(), st.lists(st.binary(min_size=1, max_size=60), min_size=2, max_size=4))
def test_conversations_on_other_ids_do_not_disturb(chance: object, payloads: list[bytes]) -> None:
    queues = [framed(one, can_id=0x7E8 + n) for n, one in enumerate(payloads)]
    mixed = []
    while any(queues):
        chosen = chance.choice([q for q in queues if q])  # type: ignore[attr-defined]
        mixed.append(chosen.pop(0))
    found, _ = read(mixed)
    assert sorted((p.arbitration_id, p.payload) for p in found) == [
        (0x7E8 + n, one) for n, one in enumerate(payloads)
    ]


@pytest.mark.parametrize("length", [1, 7, 8, 6 + 7 * 15, 7 + 7 * 15, 4095])
def test_messages_of_every_size_come_through(length: int) -> None:
    payload = bytes(n % 251 + 1 for n in range(length))
    assert [pdu.payload for pdu in read(framed(payload))[0]] == [payload]


def test_a_lost_frame_breaks_one_message_and_is_counted() -> None:
    frames = framed(bytes(40)) + framed(b"\x3e\x00", 1.0)
    del frames[3]
    found, reassembly = read(frames)
    assert [pdu.payload for pdu in found] == [b"\x3e\x00"]
    assert reassembly.counts.broken == 1
    assert reassembly.counts.stray == 1


def test_a_message_begun_anew_is_abandoned_not_broken() -> None:
    found, reassembly = read(framed(bytes(40))[:2] + framed(b"\x3e\x00", 1.0))
    assert [pdu.payload for pdu in found] == [b"\x3e\x00"]
    assert (reassembly.counts.abandoned, reassembly.counts.broken) == (1, 0)


def test_a_frame_long_after_the_last_one_is_no_continuation() -> None:
    frames = framed(bytes(40))
    late = [*frames[:3], *(frame._replace(timestamp=60.0) for frame in frames[3:])]
    found, reassembly = read(late)
    assert found == []
    assert reassembly.counts.broken == 1


@settings(max_examples=5 * EXAMPLES)
@given(st.lists(st.tuples(st.integers(0x700, 0x703), st.binary(max_size=12)), max_size=60))
def test_any_frames_are_read_or_counted(frames: list[tuple[int, bytes]]) -> None:
    found, reassembly = read([Frame(0.0, "hv", can_id, False, data) for can_id, data in frames])
    counts = reassembly.counts
    assert counts.complete == len(found)
    assert all(pdu.payload for pdu in found)
    assert reassembly.unfinished <= 4


def test_unfinished_conversations_are_bounded() -> None:
    reassembly = Reassembly()
    for can_id in range(3 * MOST_CONVERSATIONS):
        reassembly.take("hv", framed(bytes(40), can_id=can_id)[0])
    assert reassembly.unfinished == MOST_CONVERSATIONS
    assert reassembly.counts.abandoned == 2 * MOST_CONVERSATIONS
