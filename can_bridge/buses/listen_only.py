"""How each interface of python-can is made listen-only, and how that is verified.

An adapter that listens only neither sends frames nor acknowledges those of others, so a bench
behaves as if it were not there. Interfaces of this package's own receive paths (slcan,
socketcan, socketcand) have it in their modules.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import can

Verify = Callable[[can.BusABC], str]
"""Asks an open bus; "" when it listens only, otherwise why that is in doubt."""

WITHOUT_WIRES = frozenset({"virtual", "udp_multicast"})
"""Nothing to acknowledge; what is sent there reaches no bench."""


@dataclass(frozen=True, slots=True)
class ListenOnly:
    """`options` for opening; `verify` is None where nobody can tell whether they worked."""

    options: Mapping[str, object]
    verify: Verify | None
    refusal: str = ""


def _by_driver(_bus: object) -> str:
    """The driver's own answer to the call that sets the mode: python-can raises on a refusal."""
    return ""


def _pcan(bus: can.BusABC) -> str:
    # `bus.state` only repeats what was asked for, so the driver itself is asked
    from can.interfaces.pcan.basic import PCAN_ERROR_OK, PCAN_LISTEN_ONLY  # noqa: PLC0415

    pcan: Any = bus
    status, value = pcan.m_objPCANBasic.GetValue(pcan.m_PcanHandle, PCAN_LISTEN_ONLY)
    if status != PCAN_ERROR_OK:
        return f"the driver does not say (status 0x{int(status):X})"
    return "" if value else "the driver says that listen-only is off"


def _vector(bus: can.BusABC) -> str:
    vector: Any = bus
    # without init access python-can logs a warning and leaves the channel active
    missing = vector.mask & ~vector.permission_mask
    return f"another program owns the channel (mask 0x{missing:X})" if missing else ""


def _nixnet(bus: can.BusABC) -> str:
    nixnet: Any = bus
    is_silent = bool(nixnet._interface.can_lstn_only)  # noqa: SLF001 -- the only way to the driver
    return "" if is_silent else "the driver says that listen-only is off"


_CANNOT_BE_SET = (
    "cannot be made listen-only from here; an adapter that may take part in the traffic needs "
    "accept_active = true in the profile"
)
_CANNOT_BE_VERIFIED = (
    "can be told to listen only, but never says whether it does; to use it all the same, say "
    "accept_active = true in the profile"
)
_UNKNOWN = ListenOnly({}, None, _CANNOT_BE_SET)
_TABLE: Mapping[str, ListenOnly] = {
    "pcan": ListenOnly({"state": can.BusState.PASSIVE}, _pcan),
    "vector": ListenOnly({"listen_only": True}, _vector),
    "kvaser": ListenOnly({"driver_mode": False}, _by_driver),
    "systec": ListenOnly({"state": can.BusState.PASSIVE}, _by_driver),
    "nixnet": ListenOnly({"listen_only": True}, _nixnet),
    "cantact": ListenOnly({"monitor": True}, None, _CANNOT_BE_VERIFIED),
    "seeedstudio": ListenOnly({"operation_mode": "silent"}, None, _CANNOT_BE_VERIFIED),
}


def listen_only_of(interface: str) -> ListenOnly:
    """The way for an interface; one that is not in the table cannot be made listen-only."""
    return _TABLE.get(interface, _UNKNOWN)
