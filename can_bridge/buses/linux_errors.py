"""Error frames as Linux makes them (linux/can/error.h); some USB adapters follow it."""

from can_bridge.buses.adapter import Controller

_CONTROLLER_CLASS = 0x004
_BUS_OFF_CLASS = 0x040
_RESTARTED_CLASS = 0x100
_RX_OVERFLOW = 0x01
_PASSIVE = 0x10 | 0x20
_ACTIVE_AGAIN = 0x40
_STATUS_BYTE = 1
_WORDS = (
    (0x001, "transmit time-out"),
    (0x002, "lost arbitration"),
    (_CONTROLLER_CLASS, "controller"),
    (0x008, "protocol violation"),
    (0x010, "transceiver"),
    (0x020, "no acknowledgement"),
    (_BUS_OFF_CLASS, "bus off"),
    (0x080, "bus error"),
    (_RESTARTED_CLASS, "restarted"),
)


def controller_state(classes: int, data: bytes) -> Controller | None:
    """What an error frame says of the controller's state; None where it says nothing."""
    if classes & _BUS_OFF_CLASS:
        return Controller.OFF
    if classes & _RESTARTED_CLASS:
        return Controller.ACTIVE
    if classes & _CONTROLLER_CLASS and len(data) > _STATUS_BYTE:
        if data[_STATUS_BYTE] & _PASSIVE:
            return Controller.PASSIVE
        if data[_STATUS_BYTE] & _ACTIVE_AGAIN:
            return Controller.ACTIVE
    return None


def is_overflow(classes: int, data: bytes) -> bool:
    """Whether the controller says that it had to give up a received frame."""
    has_status = classes & _CONTROLLER_CLASS and len(data) > _STATUS_BYTE
    return bool(has_status and data[_STATUS_BYTE] & _RX_OVERFLOW)


def words(classes: int) -> str:
    """The error classes for a person."""
    named = [word for bit, word in _WORDS if classes & bit]
    return "error frame: " + (", ".join(named) or f"class 0x{classes:X}")
