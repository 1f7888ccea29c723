"""What may be put on a bus: a pure decision over who asks, what for, and how often (ISO 14229-1).

A permitted frame is complete in itself: every allowed request fits one classic CAN frame, so first
and consecutive frames are refused and nothing can be smuggled in behind a harmless first byte.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType

LONGEST_ARMING_S = 3600.0
"""Chosen: a lesson. Longer than that nobody remembers that the bridge may speak."""
MINUTE_S = 60.0

READ_SERVICES = frozenset({0x10, 0x19, 0x22, 0x3E})
"""DiagnosticSessionControl (default session only), ReadDTCInformation, ReadDataByIdentifier,
TesterPresent. No profile can allow more."""
_DTC_LISTS: Mapping[int, int] = MappingProxyType({0x01: 3, 0x02: 3, 0x04: 6, 0x06: 6, 0x0A: 2})
"""Sub-functions of 0x19 that only read, with the length of the request."""
_PADDING = frozenset({0x00, 0x55, 0xAA, 0xCC, 0xFF})
_CLASSIC_BYTES = 8
_LONGEST_SINGLE_FRAME = 7
_SINGLE_FRAME, _FLOW_CONTROL = 0x0, 0x3
_FLOW_CONTROL_BYTES = 3
_LAST_FLOW_STATUS = 2
_LARGEST_11_BIT_ID = 0x7FF


class Refusal(StrEnum):
    """Why a frame is not sent."""

    NOT_ALLOWED = "the profile allows no diagnostics"
    NOT_ARMED = "not armed"
    ARMING_EXPIRED = "the arming has expired"
    OTHER_ID = "bus and id are not configured"
    NOT_CLASSIC = "not a classic CAN frame of 1 to 8 bytes"
    NOT_A_REQUEST = "not a single-frame request"
    PADDING = "something follows the request"
    SERVICE = "not a read service"
    SESSION = "only the default session (10 01) is allowed"
    REQUEST = "not a well-formed read request"
    MINUTE_BUDGET = "the budget of this minute is used up"
    ARMING_BUDGET = "the budget of this arming is used up"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A frame that somebody wants to send on the bus `bus` of the profile."""

    bus: str
    arbitration_id: int
    is_extended_id: bool
    data: bytes
    is_fd: bool = False


@dataclass(frozen=True, slots=True)
class Allowance:
    """What the profile allows at most: request ids by bus, and how many frames."""

    is_allowed: bool = False
    requests: frozenset[tuple[str, int]] = frozenset()
    frames_per_minute: int = 120
    frames_per_arming: int = 1200


@dataclass(frozen=True, slots=True)
class GateState:
    """Arming and budget; moments are seconds of the monotonic clock."""

    armed_from_s: float | None = None
    armed_until_s: float | None = None
    sent: int = 0
    minute_from_s: float = 0.0
    sent_this_minute: int = 0
    refused: Mapping[Refusal, int] = field(default_factory=dict)


def armed(state: GateState, now_s: float, for_s: float) -> GateState:
    """Armed from now, for at most `LONGEST_ARMING_S`; the budget of the arming begins anew.

    The budget of the minute does not: arming again and again sends no faster.

    Raises:
        ValueError: a time that is not above 0.
    """
    if not for_s > 0:
        raise ValueError(f"{for_s} s: expected a time above 0")
    until_s = now_s + min(for_s, LONGEST_ARMING_S)
    return replace(state, armed_from_s=now_s, armed_until_s=until_s, sent=0)


def disarmed(state: GateState) -> GateState:
    """No longer armed; counts stay."""
    return replace(state, armed_from_s=None, armed_until_s=None)


def is_armed(state: GateState, now_s: float) -> bool:
    """Whether the arming holds; half-open, and a clock that makes no sense ends it."""
    if state.armed_from_s is None or state.armed_until_s is None:
        return False
    return state.armed_from_s <= now_s < state.armed_until_s


def is_spent(allowance: Allowance, state: GateState) -> bool:
    """Whether the budget of the arming is used up, so that it allows nothing more."""
    return state.sent >= allowance.frames_per_arming


def permission(
    allowance: Allowance, state: GateState, frame: Outgoing, now_s: float
) -> tuple[GateState, Refusal | None]:
    """Decide on one frame; the state counts it, sent or refused.

    `now_s` is the monotonic clock.
    """
    if not 0 <= now_s - state.minute_from_s < MINUTE_S:
        state = replace(state, minute_from_s=now_s, sent_this_minute=0)
    refusal = (
        _standing(allowance, state, now_s)
        or _addressing(allowance, frame)
        or content_refusal(frame.data)
        or _budget(allowance, state)
    )
    if refusal is not None:
        counted = {**state.refused, refusal: state.refused.get(refusal, 0) + 1}
        return replace(state, refused=counted), refusal
    return replace(state, sent=state.sent + 1, sent_this_minute=state.sent_this_minute + 1), None


def _standing(allowance: Allowance, state: GateState, now_s: float) -> Refusal | None:
    if not allowance.is_allowed:
        return Refusal.NOT_ALLOWED
    if state.armed_until_s is None:
        return Refusal.NOT_ARMED
    return None if is_armed(state, now_s) else Refusal.ARMING_EXPIRED


def _addressing(allowance: Allowance, frame: Outgoing) -> Refusal | None:
    if (frame.bus, frame.arbitration_id) not in allowance.requests:
        return Refusal.OTHER_ID
    if frame.is_extended_id != (frame.arbitration_id > _LARGEST_11_BIT_ID):
        return Refusal.OTHER_ID
    if frame.is_fd or not 1 <= len(frame.data) <= _CLASSIC_BYTES:
        return Refusal.NOT_CLASSIC
    return None


def _budget(allowance: Allowance, state: GateState) -> Refusal | None:
    if is_spent(allowance, state):
        return Refusal.ARMING_BUDGET
    if state.sent_this_minute >= allowance.frames_per_minute:
        return Refusal.MINUTE_BUDGET
    return None


def content_refusal(data: bytes) -> Refusal | None:
    """Whether a classic frame's bytes are a read request or flow control, and nothing else."""
    kind, length = data[0] >> 4, data[0] & 0x0F
    if kind == _FLOW_CONTROL:
        if length > _LAST_FLOW_STATUS or len(data) < _FLOW_CONTROL_BYTES:
            return Refusal.NOT_A_REQUEST
        return _padding_refusal(data[_FLOW_CONTROL_BYTES:])
    if kind != _SINGLE_FRAME or not 1 <= length <= min(_LONGEST_SINGLE_FRAME, len(data) - 1):
        return Refusal.NOT_A_REQUEST
    return _padding_refusal(data[1 + length :]) or _service_refusal(data[1 : 1 + length])


def _padding_refusal(rest: bytes) -> Refusal | None:
    values = set(rest)
    return None if len(values) <= 1 and values <= _PADDING else Refusal.PADDING


def _service_refusal(request: bytes) -> Refusal | None:
    service, rest = request[0], request[1:]
    if service not in READ_SERVICES:
        return Refusal.SERVICE
    if service == 0x10:  # noqa: PLR2004 -- DiagnosticSessionControl
        return None if rest == b"\x01" else Refusal.SESSION
    if service == 0x22:  # noqa: PLR2004 -- ReadDataByIdentifier, one to three identifiers
        is_right = len(rest) in {2, 4, 6}
    elif service == 0x3E:  # noqa: PLR2004 -- TesterPresent, answered or not
        is_right = rest in {b"\x00", b"\x80"}
    else:
        is_right = bool(rest) and _DTC_LISTS.get(rest[0]) == len(request)
    return None if is_right else Refusal.REQUEST
