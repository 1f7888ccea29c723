"""The one place that decides which receive path an interface uses."""

from collections.abc import Callable, Mapping

from can_bridge.buses.adapter import Adapter, Wanted
from can_bridge.buses.load import BitRates
from can_bridge.buses.python_can import open_python_can
from can_bridge.buses.receiving import BusFacts, BusReceiver
from can_bridge.buses.slcan import open_slcan
from can_bridge.buses.socketcan import open_socketcan
from can_bridge.buses.socketcand import open_socketcand
from can_bridge.clock import Clock
from can_bridge.profile_tables import BusEntry

_OWN_PATHS: Mapping[str, Callable[[Wanted], Adapter]] = {
    "slcan": open_slcan,
    "socketcan": open_socketcan,
    "socketcand": open_socketcand,
}
"""Interfaces where python-can's receiving is the bottleneck; it opens all the others."""


def channel_of(entry: BusEntry, bench: str) -> str:
    """The adapter's channel for this bench."""
    return entry.channel.replace("{bench}", bench)


def open_receiver(entry: BusEntry, bench: str, *, clock: Clock | None = None) -> BusReceiver:
    """Open a bus of a profile, listen-only; an adapter that is not there yet is waited for.

    Raises:
        BusUnavailable: no such interface or driver, or an adapter whose listen-only mode cannot be
            set and verified and that the profile does not accept.
    """
    channel = channel_of(entry, bench)
    open_path = _OWN_PATHS.get(entry.interface, open_python_can)
    facts = BusFacts(entry.name, entry.interface, _bit_rates(entry))
    return BusReceiver(
        facts, lambda may_send: open_path(Wanted(entry, channel, may_send)), clock=clock
    )


def _bit_rates(entry: BusEntry) -> BitRates:
    data = entry.options.get("data_bitrate")
    return BitRates(entry.bitrate, int(data) if isinstance(data, int | float) else entry.bitrate)
