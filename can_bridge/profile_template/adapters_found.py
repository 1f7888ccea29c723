"""Which CAN adapters this computer has; they are asked for by name, never opened."""

import logging
from dataclasses import dataclass

import can
from serial.tools import list_ports

_NOT_SEARCHED = frozenset({"virtual", "udp_multicast", "serial", "socketcand"})
"""Buses without an adapter; serial ports, which are listed as slcan adapters instead; and servers
elsewhere, for which python-can listens to the network for four seconds."""
SEARCH_S = 5.0


@dataclass(frozen=True, slots=True)
class FoundAdapter:
    """An adapter, as a profile names it; `description` is what the system calls it."""

    interface: str
    channel: str
    description: str = ""


def find_adapters() -> list[FoundAdapter]:
    """The adapters of this computer: what python-can's drivers list, and USB serial ports.

    Takes up to `SEARCH_S` seconds.
    """
    drivers = logging.getLogger("can")
    level = drivers.level
    # each driver that is not installed says so, and nobody asked for it
    drivers.setLevel(logging.CRITICAL)
    try:
        searched = can.VALID_INTERFACES - _NOT_SEARCHED
        configurations = can.detect_available_configs(searched, timeout=SEARCH_S)
    finally:
        drivers.setLevel(level)
    found = [FoundAdapter(str(one["interface"]), str(one["channel"])) for one in configurations]
    ports = [
        FoundAdapter("slcan", port.device, port.description or "")
        for port in list_ports.comports()
        # a port without a USB device behind it is on the main board
        if port.vid is not None
    ]
    return found + ports
