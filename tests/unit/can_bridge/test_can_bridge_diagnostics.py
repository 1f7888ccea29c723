import pytest
from hypothesis import given
from hypothesis import strategies as st

from can_bridge.diagnostics.reading import READ_SERVICES, TransmitGate
from can_bridge.errors import TransmissionDenied
from can_bridge.profile_tables import DiagnosticsEntry

ALLOWED = DiagnosticsEntry(is_allowed=True, bus="hv", request_id=0x7E4, response_id=0x7EC)


class RecordingBus:
    """A bus that remembers what was sent."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []

    def send(self, arbitration_id: int, is_extended_id: bool, data: bytes) -> None:
        del arbitration_id, is_extended_id
        self.sent.append(data)


def offer(allowance: DiagnosticsEntry, arbitration_id: int, data: bytes) -> list[bytes]:
    bus = RecordingBus()
    try:
        TransmitGate(bus, allowance).send(arbitration_id, False, data)
    except TransmissionDenied:
        assert bus.sent == []
    return bus.sent


@given(st.integers(0, 0x7FF), st.binary(max_size=8))
def test_nothing_is_sent_without_an_allowance(arbitration_id: int, data: bytes) -> None:
    assert offer(DiagnosticsEntry(), arbitration_id, data) == []


@given(st.binary(max_size=8))
def test_forbidden_services_never_reach_the_bus(data: bytes) -> None:
    for sent in offer(ALLOWED, 0x7E4, data):
        is_flow_control = sent[0] >> 4 == 3
        assert is_flow_control or sent[1] in READ_SERVICES


@pytest.mark.parametrize("service", sorted(set(range(256)) - READ_SERVICES))
def test_every_other_service_is_refused(service: int) -> None:
    assert offer(ALLOWED, 0x7E4, bytes((2, service, 1))) == []


@pytest.mark.parametrize(
    "hexed",
    ["021002", "021003", "021081", "0110", "1014 22F190", "21 2E", "0822F190", "", "00"],
)
def test_other_sessions_and_longer_requests_are_refused(hexed: str) -> None:
    assert offer(ALLOWED, 0x7E4, bytes.fromhex(hexed)) == []


@pytest.mark.parametrize("hexed", ["0322F190", "031902FF", "023E00", "021001", "300000"])
def test_reads_go_to_the_configured_id_only(hexed: str) -> None:
    data = bytes.fromhex(hexed)
    assert offer(ALLOWED, 0x7E4, data) == [data]
    assert offer(ALLOWED, 0x7E5, data) == []
