"""What can be said of a bus's adapter without opening it."""

from collections.abc import Iterator
from importlib.util import find_spec

import can

from can_bridge.buses.listen_only import WITHOUT_WIRES, listen_only_of
from can_bridge.profile_checking.findings import Keys, Remark, did_you_mean, error, note, warning
from can_bridge.profile_tables import BusEntry, Profile

USUAL_BITRATES = (
    10_000,
    20_000,
    33_333,
    50_000,
    83_333,
    95_238,
    100_000,
    125_000,
    250_000,
    500_000,
    800_000,
    1_000_000,
)
"""CiA 301 and 102, SAE J2411, J1939 and what car makers use beside them."""
_NEEDED_PACKAGES = {
    "slcan": ("serial", "pyserial"),
    "serial": ("serial", "pyserial"),
    "robotell": ("serial", "pyserial"),
    "seeedstudio": ("serial", "pyserial"),
    "gs_usb": ("gs_usb", "gs-usb"),
    "udp_multicast": ("msgpack", "msgpack"),
    "neovi": ("ics", "python-ics"),
    "cantact": ("cantact", "cantact"),
    "nixnet": ("nixnet", "nixnet"),
    "canalystii": ("canalystii", "canalystii"),
}
_ASKED_WHEN_OPENED = frozenset({"slcan", "socketcan"})
"""Listen-only mode is set or verified by receive paths of their own, which only the adapter and
the computer can tell."""


def adapter_remarks(profile: Profile) -> Iterator[Remark]:
    """Everything about interfaces, packages, listen-only mode and bit rates."""
    for position, bus in enumerate(profile.buses):
        keys: Keys = ("buses", position)
        yield from _interface(bus, keys)
        yield from _bitrate(bus, keys)


def listen_only_remarks(profile: Profile) -> Iterator[Remark]:
    """Buses the bridge will refuse because nobody can tell whether they only listen.

    Allowed diagnostics make no difference: only while they are armed may the adapter speak.
    """
    spoken_to = {ecu.bus for ecu in profile.diagnostics.all_ecus()}
    for position, bus in enumerate(profile.buses):
        if bus.interface == "socketcan" and bus.name in spoken_to and not bus.accept_active:
            yield warning(
                ("buses", position, "interface"),
                "SocketCAN 接口的只听模式由管理员设定，授权诊断也改不了；要发送读取请求，"
                "须设 listen-only off 并写 accept_active = true",
                "whether a SocketCAN interface listens only is set outside, and arming does not "
                "change it: requests need listen-only off and accept_active = true",
            )
        is_settled = bus.interface in WITHOUT_WIRES | _ASKED_WHEN_OPENED
        if is_settled or bus.interface not in can.VALID_INTERFACES:
            continue
        way = listen_only_of(bus.interface)
        if way.verify is None and not bus.accept_active:
            yield error(
                ("buses", position, "interface"),
                f"{bus.interface} 不能设为只听，或无法核实；确认可以参与总线应答后写 "
                "accept_active = true",
                f"{bus.interface}: {way.refusal}",
            )


def _interface(bus: BusEntry, keys: Keys) -> Iterator[Remark]:
    keys = (*keys, "interface")
    known = sorted(can.VALID_INTERFACES)
    if bus.interface not in known:
        yield warning(
            keys,
            f"本机的 python-can 没有接口 {bus.interface!r}",
            f"python-can on this computer has no interface {bus.interface!r}",
            did_you_mean(bus.interface, known),
        )
        return
    module, package = _NEEDED_PACKAGES.get(bus.interface, ("", ""))
    if module and find_spec(module) is None:
        yield note(
            keys,
            f"{bus.interface} 需要软件包 {package}，本机没有安装",
            f"{bus.interface} needs the package {package}, which is not installed here",
        )


def _bitrate(bus: BusEntry, keys: Keys) -> Iterator[Remark]:
    if bus.interface in WITHOUT_WIRES or bus.bitrate in USUAL_BITRATES:
        return
    nearest = min(USUAL_BITRATES, key=lambda usual: abs(usual - bus.bitrate))
    yield warning(
        (*keys, "bitrate"),
        f"波特率 {bus.bitrate} 不常见，最接近的常用值是 {nearest}",
        f"bit rate {bus.bitrate} is unusual; the nearest usual one is {nearest}",
    )
