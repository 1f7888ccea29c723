from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from can_bridge.diagnostics.arming import FRESH_S, ArmingFolder
from can_bridge.diagnostics.permission import (
    LONGEST_ARMING_S,
    READ_SERVICES,
    Allowance,
    GateState,
    Outgoing,
    Refusal,
    armed,
    disarmed,
    is_armed,
    permission,
)

ALLOWED = Allowance(True, frozenset({("hv", 0x7E4), ("hv", 0x18DA10F1)}))
ARMED = armed(GateState(), 0.0, 600.0)


def frame(hexed: str, request_id: int = 0x7E4, *, bus: str = "hv") -> Outgoing:
    return Outgoing(bus, request_id, request_id > 0x7FF, bytes.fromhex(hexed))


def refusal(outgoing: Outgoing, state: GateState = ARMED, now_s: float = 1.0) -> Refusal | None:
    return permission(ALLOWED, state, outgoing, now_s)[1]


READS = ["0322F190", "031902FF", "023E00", "023E80", "021001", "300000", "021001AAAAAAAAAA"]


@pytest.mark.parametrize("hexed", READS)
def test_reads_go_to_configured_control_units_only(hexed: str) -> None:
    assert refusal(frame(hexed)) is None
    assert refusal(frame(hexed, 0x18DA10F1)) is None
    assert refusal(frame(hexed, 0x7E5)) is Refusal.OTHER_ID
    assert refusal(frame(hexed, bus="body")) is Refusal.OTHER_ID
    as_long_id = replace(frame(hexed), is_extended_id=True)
    assert refusal(as_long_id) is Refusal.OTHER_ID


@pytest.mark.parametrize("hexed", READS)
def test_nothing_is_sent_unless_allowed_and_armed(hexed: str) -> None:
    assert permission(Allowance(), ARMED, frame(hexed), 1.0)[1] is Refusal.NOT_ALLOWED
    assert refusal(frame(hexed), GateState()) is Refusal.NOT_ARMED
    assert refusal(frame(hexed), disarmed(ARMED)) is Refusal.NOT_ARMED
    for late_s in (600.0, 1e9, -1.0, float("nan")):
        assert refusal(frame(hexed), now_s=late_s) is Refusal.ARMING_EXPIRED


def test_every_other_service_is_refused() -> None:
    others = set(range(256)) - READ_SERVICES
    said = {service: refusal(frame(f"02{service:02X}01")) for service in others}
    assert said == dict.fromkeys(others, Refusal.SERVICE)


@pytest.mark.parametrize(
    ("hexed", "reason"),
    [
        ("021002", Refusal.SESSION),
        ("021003", Refusal.SESSION),
        ("021081", Refusal.SESSION),
        ("0110", Refusal.SESSION),
        ("101422F190AAAAAA", Refusal.NOT_A_REQUEST),
        ("212E0102", Refusal.NOT_A_REQUEST),
        ("0822F190", Refusal.NOT_A_REQUEST),
        ("0022F190", Refusal.NOT_A_REQUEST),
        ("0722F1", Refusal.NOT_A_REQUEST),
        ("33000000", Refusal.NOT_A_REQUEST),
        ("3000", Refusal.NOT_A_REQUEST),
        ("0322F1902E010203", Refusal.PADDING),
        ("3000002E0102", Refusal.PADDING),
        ("0322F1900055", Refusal.PADDING),
        ("0222F1", Refusal.REQUEST),
        ("0122", Refusal.REQUEST),
        ("041902FFFF", Refusal.REQUEST),
        ("021982", Refusal.REQUEST),
        ("033E0000", Refusal.REQUEST),
        ("", Refusal.NOT_CLASSIC),
        ("0322F190" + "00" * 5, Refusal.NOT_CLASSIC),
    ],
)
def test_anything_but_a_plain_read_is_refused_with_its_reason(hexed: str, reason: Refusal) -> None:
    assert refusal(frame(hexed)) is reason


def test_fd_frames_are_refused_whatever_they_hold() -> None:
    assert refusal(replace(frame("0322F190"), is_fd=True)) is Refusal.NOT_CLASSIC


def test_the_budget_holds_per_minute_and_per_arming() -> None:
    allowance = replace(ALLOWED, frames_per_minute=3, frames_per_arming=5)
    state, said = ARMED, []
    for now_s in (1, 2, 3, 4, 62, 63, 64, 130):
        state, reason = permission(allowance, state, frame("023E00"), float(now_s))
        said.append(reason)
    minute, arming = Refusal.MINUTE_BUDGET, Refusal.ARMING_BUDGET
    assert said == [None, None, None, minute, None, None, arming, arming]
    assert state.refused == {minute: 1, arming: 2}


def test_arming_again_and_again_sends_no_faster() -> None:
    allowance = replace(ALLOWED, frames_per_minute=3, frames_per_arming=100)
    state, sent = ARMED, 0
    for _ in range(50):
        state, reason = permission(allowance, armed(state, 1.0, 60.0), frame("023E00"), 1.0)
        sent += reason is None
    assert sent == 3


def test_an_arming_lasts_a_lesson_at_most() -> None:
    state = armed(GateState(), 100.0, 1e9)
    assert is_armed(state, 100.0 + LONGEST_ARMING_S - 1)
    assert not is_armed(state, 100.0 + LONGEST_ARMING_S)
    for nonsense in (0.0, -1.0, float("nan")):
        with pytest.raises(ValueError, match="above 0"):
            armed(GateState(), 0.0, nonsense)


@given(st.integers(0, 1 << 29), st.booleans(), st.binary(max_size=9), st.floats(allow_nan=True))
def test_a_gate_that_nobody_armed_never_sends(
    request_id: int, is_extended: bool, data: bytes, now_s: float
) -> None:
    outgoing = Outgoing("hv", request_id, is_extended, data)
    assert permission(ALLOWED, GateState(), outgoing, now_s)[1] is not None


def test_a_local_request_is_taken_once_and_only_fresh(tmp_path: Path) -> None:
    clock = [1000.0]
    folder = ArmingFolder(tmp_path, lambda: clock[0])
    assert folder.take("battery-01") is None
    folder.request("battery-01", 60.0)
    assert folder.take("battery-02") is None
    assert folder.take("battery-01") == 60.0
    assert folder.take("battery-01") is None
    folder.request("battery-01", 60.0)
    clock[0] += FRESH_S + 1
    assert folder.take("battery-01") is None
    assert not folder.is_waiting("battery-01")
    (tmp_path / "battery-01.json").write_text("{}")
    assert folder.take("battery-01") is None
    with pytest.raises(ValueError, match="bench code"):
        folder.request("../motor", 1.0)
