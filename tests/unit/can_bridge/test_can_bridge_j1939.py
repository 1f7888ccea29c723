import pytest
from hypothesis import given
from hypothesis import strategies as st

from can_bridge.diagnostics import j1939
from can_bridge.diagnostics.j1939 import GroupReader, J1939Code
from can_bridge.diagnostics.overhearing import Fact, Overhearing
from can_bridge.frames import Frame, FrameBatch

BROADCAST = 0xFF


def dm1(*codes: J1939Code, lamps: int = 0x04) -> bytes:
    body = b""
    for spn, fmi, occurrences, _ in codes:
        body += bytes((spn & 0xFF, spn >> 8 & 0xFF, spn >> 16 << 5 | fmi, occurrences))
    payload = bytes((lamps, 0xFF)) + (body or bytes(4))
    return payload.ljust(8, b"\xff")


def transfer(payload: bytes, number: int = j1939.DM1, to: int = BROADCAST) -> list[Frame]:
    packets = -(-len(payload) // 7)
    control = 32 if to == BROADCAST else 16
    head = bytes((control, len(payload) & 255, len(payload) >> 8, packets, 0xFF))
    frames = [Frame(0.0, "truck", 0x1CEC0000 | to << 8, True, head + number.to_bytes(3, "little"))]
    for place in range(packets):
        piece = payload[place * 7 : place * 7 + 7].ljust(7, b"\xff")
        frames.append(Frame(0.01, "truck", 0x1CEB0000 | to << 8, True, bytes((place + 1,)) + piece))
    return frames


codes = st.builds(
    J1939Code, st.integers(1, 0x7FFFE), st.integers(0, 31), st.integers(0, 127), st.just(False)
)


@given(st.lists(codes, max_size=30), st.sampled_from([BROADCAST, 0x21]))
def test_active_codes_come_through_frames_and_transfers(sent: list[J1939Code], to: int) -> None:
    payload = dm1(*sent)
    reader = GroupReader()
    if len(payload) == 8:
        frames = [Frame(0.0, "truck", 0x18FECA00, True, payload)]
    else:
        frames = transfer(payload, to=to)
    groups = [group for frame in frames if (group := reader.take("truck", frame))]
    assert [group.number for group in groups] == [j1939.DM1]
    active = j1939.active_codes(groups[0].payload)
    assert active is not None
    assert list(active.codes) == sent
    assert active.lamps.severity == 2


def test_packets_may_come_twice_and_out_of_order() -> None:
    payload = dm1(*(J1939Code(100 + n, 3, 1) for n in range(6)))
    head, *packets = transfer(payload, to=0x21)
    reader = GroupReader()
    shuffled = [head, packets[2], packets[2], *packets]
    groups = [group for frame in shuffled if (group := reader.take("truck", frame))]
    assert [group.payload for group in groups] == [payload]


def test_a_transfer_that_stays_behind_is_counted() -> None:
    payload = dm1(*(J1939Code(100 + n, 3, 1) for n in range(6)))
    reader = GroupReader()
    for frame in transfer(payload)[:-1] + transfer(payload):
        reader.take("truck", frame)
    assert (reader.counts.complete, reader.counts.broken) == (1, 1)
    reader.take("truck", Frame(0.0, "truck", 0x1CEBFF55, True, bytes(8)))
    assert reader.counts.passed_over == 1


@pytest.mark.parametrize(("lamps", "severity"), [(0x10, 3), (0x04, 2), (0x40, 2), (1, 1), (0, 1)])
def test_lamps_say_how_severe_it_is(lamps: int, severity: int) -> None:
    active = j1939.active_codes(dm1(J1939Code(84, 3, 1), lamps=lamps))
    assert active is not None
    assert active.lamps.severity == severity
    assert str(active.codes[0]) == "SPN 84 FMI 3"


def test_no_trouble_and_nonsense_are_not_codes() -> None:
    for payload in (bytes(8), b"\xff" * 8):
        active = j1939.active_codes(payload)
        assert active is not None
        assert active.codes == ()
    assert j1939.active_codes(bytes(5)) is None
    old = j1939.active_codes(bytes.fromhex("04FF540003810000"))
    assert old is not None
    assert old.codes[0].is_old_layout


def test_identity_is_heard_by_broadcast_on_j1939_buses_only() -> None:
    vin = b"1XKAD49X0XJ123456*"
    frames = FrameBatch.of(transfer(vin, j1939.VEHICLE_ID))
    listening = Overhearing(j1939_buses=frozenset({"truck"}))
    listening.take("truck", frames)
    listening.take("hv", frames)
    assert listening.facts == [Fact("SA00", 0xF190, "1XKAD49X0XJ123456")]
    assert j1939.component_serial(b"MAKE*MODEL*S123*U1*") == "S123"
    assert j1939.software_id(b"\x02V1.2*CAL7*") == "V1.2 CAL7"
