"""What the tables around diagnostics say against the rest of a profile."""

import re
from collections.abc import Iterator

from can_bridge.dtc import Dtc, NotADtc
from can_bridge.profile_checking.findings import Keys, Remark, did_you_mean, error, one_of
from can_bridge.profile_tables import Profile

_J1939_CODE = re.compile(r"SPN [0-9]{1,6} FMI [0-9]{1,2}")


def diagnostic_remarks(profile: Profile) -> Iterator[Remark]:
    """Buses, ids and codes that cannot be right."""
    allowance = profile.diagnostics
    names = [bus.name for bus in profile.buses]
    for position, bus in enumerate(allowance.j1939_buses):
        # a profile without buses is for replay, whose one bus gets its name later
        if names and bus not in names:
            yield _no_bus(("diagnostics", "j1939_buses", position), bus, names)
    if allowance.is_allowed:
        yield from _ecus(profile, names)
    seen: dict[str, int] = {}
    for position, entry in enumerate(profile.trouble_codes):
        yield from _trouble_code(entry.dtc, ("trouble_codes", position, "dtc"), position, seen)
    for position, flags in enumerate(profile.alarm_flags):
        if flags.signal in [other.signal for other in profile.alarm_flags[:position]]:
            yield error(
                ("alarm_flags", position, "signal"),
                f"信号 {flags.signal!r} 用了两次",
                f"signal {flags.signal!r} is used twice",
            )


def _no_bus(keys: Keys, bus: str, names: list[str]) -> Remark:
    return error(
        keys,
        f"没有总线 {bus!r}",
        f"{bus!r} is no bus",
        did_you_mean(bus, names) or one_of(names or ["—"]),
    )


def _ecus(profile: Profile, names: list[str]) -> Iterator[Remark]:
    allowance = profile.diagnostics
    if not allowance.ecus:
        if allowance.bus not in names:
            yield _no_bus(("diagnostics", "bus"), allowance.bus, names)
        if allowance.request_id == allowance.response_id:
            yield _same_id(("diagnostics", "response_id"), allowance.request_id)
        return
    for position, ecu in enumerate(allowance.all_ecus()):
        keys: Keys = ("diagnostics", "ecus", position)
        if ecu.bus not in names:
            yield _no_bus((*keys, "bus"), ecu.bus, names)
        if ecu.request_id == ecu.response_id:
            yield _same_id((*keys, "response_id"), ecu.request_id)
        if ecu.name in [other.name for other in allowance.ecus[:position]]:
            yield error((*keys, "name"), f"{ecu.name!r} 用了两次", f"{ecu.name!r} is used twice")


def _same_id(keys: Keys, request_id: int) -> Remark:
    return error(
        keys,
        f"请求与应答用了同一个标识符 0x{request_id:X}",
        f"request and response have the same id 0x{request_id:X}",
    )


def _trouble_code(text: str, keys: Keys, position: int, seen: dict[str, int]) -> Iterator[Remark]:
    if _J1939_CODE.fullmatch(text) is None:
        try:
            Dtc.parse(text)
        except NotADtc as wrong:
            yield error(keys, f"{text!r} 不是故障码：应像 P0AA6 或 SPN 84 FMI 3", str(wrong))
            return
    first = seen.setdefault(text.upper(), position)
    if first != position:
        yield error(
            keys,
            f"{text} 已在 trouble_codes[{first}] 中",
            f"{text} is listed twice, see trouble_codes[{first}]",
        )
