"""Which CAN adapters this computer has; they are asked for by name, never opened."""

import logging
from dataclasses import dataclass

import can
from serial.tools import list_ports

_NO_ADAPTERS = frozenset({"virtual", "udp_multicast", "serial"})
"""Interfaces that python-can always offers; serial ports are listed as slcan adapters instead."""
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
        configurations = can.detect_available_configs(timeout=SEARCH_S)
    finally:
        drivers.setLevel(level)
    found = [
        FoundAdapter(str(one["interface"]), str(one["channel"]))
        for one in configurations
        if one["interface"] not in _NO_ADAPTERS
    ]
    ports = [
        FoundAdapter("slcan", port.device, port.description or "")
        for port in list_ports.comports()
        # a port without a USB device behind it is on the main board
        if port.vid is not None
    ]
    return found + ports
