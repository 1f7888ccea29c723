"""Serial numbers of CAN adapters, as far as the system tells them without opening the adapter."""

import contextlib
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import can
from serial.tools import list_ports

from can_bridge.profile_tables import BusEntry

log = logging.getLogger(__name__)

_SERIAL_PORTS = frozenset({"slcan", "serial", "seeedstudio", "robotell"})
_DETECTED = frozenset({"vector", "pcan", "kvaser", "ixxat", "gs_usb", "neovi", "usb2can"})
"""Interfaces whose detection in python-can 4.6 asks the driver only."""
_SERIAL_KEYS = ("serial", "unique_hardware_id", "device_id")
_NETWORK_DEVICES = Path("/sys/class/net")


def adapter_serial(entry: BusEntry, channel: str) -> str:
    """The serial number of the bus's adapter; empty where it has none or nobody tells it."""
    if entry.interface in _SERIAL_PORTS:
        return _of_port(channel.partition("@")[0])
    if entry.interface == "socketcan":
        return _of_network_device(channel)
    if entry.interface in _DETECTED:
        return serial_among(_detected(entry.interface), channel)
    return ""


def serial_among(configurations: Sequence[Mapping[str, Any]], channel: str) -> str:
    """The serial number of the one configuration that has this channel, as python-can lists them.

    Where none or several have it, the only one there is; else empty.
    """
    fitting = [one for one in configurations if str(one.get("channel")) == channel]
    chosen = fitting if len(fitting) == 1 else configurations
    if len(chosen) != 1:
        return ""
    found = (chosen[0].get(key) for key in _SERIAL_KEYS)
    return next((str(serial) for serial in found if serial is not None), "")


def _of_port(device: str) -> str:
    with contextlib.suppress(OSError):
        device = str(Path(device).resolve()) if device.startswith("/") else device
        for port in list_ports.comports():
            if device in {port.device, port.name}:
                return port.serial_number or ""
    return ""


def _of_network_device(name: str, devices: Path = _NETWORK_DEVICES) -> str:
    # can0 → USB interface → USB device, which has the number
    with contextlib.suppress(OSError, UnicodeDecodeError):
        interface = (devices / name / "device").resolve()
        for folder in (interface, interface.parent):
            if (folder / "serial").is_file():
                return (folder / "serial").read_text("ascii").strip()
    return ""


def _detected(interface: str) -> Sequence[Mapping[str, Any]]:
    try:
        return can.detect_available_configs(interfaces=[interface])
    except (can.CanError, OSError, ImportError, ValueError, TypeError) as failed:
        log.info("adapters of %s could not be listed: %s", interface, failed)
        return []
