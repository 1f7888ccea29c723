"""What a bench profile may say (TOML), checked so that every mistake names file, table and key."""

import tomllib
from pathlib import Path
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta

from can_bridge.conditions import Condition, compile_condition
from can_bridge.dtc import Dtc, NotADtc
from can_bridge.errors import BadCondition, BadProfile
from telemetry.contract.payloads import IdentityKind

_Kind = TypeVar("_Kind", bound=msgspec.Struct)
SignalKey = Annotated[str, Meta(min_length=1, max_length=128)]
Seconds = Annotated[float, Meta(ge=0, le=86_400)]
CanId = Annotated[int, Meta(ge=0, lt=1 << 29)]
Did = Annotated[int, Meta(ge=0, le=0xFFFF)]


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of the profile; a misspelt key is an error."""


class BusEntry(Record, frozen=True, kw_only=True):
    """A bus of the bench: adapter as python-can names it, and the DBC of its messages.

    `channel` may hold `{bench}`. `options` goes to python-can as it is. `is_listen_only_outside`
    states that the person at the bench made the adapter listen-only (SocketCAN:
    `ip link set can0 type can … listen-only on`), for interfaces where the bridge cannot.
    """

    name: str = "can"
    dbc: str = ""
    interface: str = "virtual"
    channel: str = "{bench}"
    bitrate: Annotated[int, Meta(gt=0, le=1_000_000)] = 500_000
    is_listen_only_outside: bool = False
    options: dict[str, str | int | float | bool] = {}


class UsageEntry(Record, frozen=True, kw_only=True):
    """When the bench is in use: `in_use` for `start_s`; ended after `idle_s` without."""

    in_use: str
    start_s: Seconds = 3.0
    idle_s: Seconds = 60.0


class FaultEntry(Record, frozen=True, kw_only=True):
    """A fault test; `severity` 1-3 as GB/T 32960 alarm levels.

    `freeze` names signals kept with the fault besides those of the condition.
    """

    condition: str
    dtc: str
    failure_type: Annotated[int, Meta(ge=0, le=255)] = 0
    severity: Annotated[int, Meta(ge=1, le=3)]
    confirm_s: Seconds = 1.0
    clear_s: Seconds = 2.0
    text_zh: str
    text_en: str
    remedy_zh: str = ""
    remedy_en: str = ""
    freeze: list[str] = []


class DiagnosticsEntry(Record, frozen=True, kw_only=True):
    """Allowance to transmit; without it the bridge only listens.

    With `is_allowed` the bridge may send read requests (0x22, 0x19, 0x3E, 0x10 01) to
    `request_id` on bus `bus`, nothing else. DIDs as ISO 14229-1 annex C.
    """

    is_allowed: bool = False
    bus: str = ""
    request_id: CanId = 0x7E4
    response_id: CanId = 0x7EC
    ecu: str = "ECU"
    vin_did: Did = 0xF190
    serial_did: Did = 0xF18C
    software_did: Did = 0xF195


class SignalEntry(Record, frozen=True, kw_only=True):
    """A signal by its name on the wire.

    `source` is `Message.Signal` (or `bus/Message.Signal`), the name itself by default.
    `plot_minimum` and `plot_maximum` replace the DBC's range for plots, never for plausibility.
    `not_available` replaces the raw values taken as "no value"; empty list: every value counts.
    """

    source: str = ""
    unit: str | None = None
    label_zh: str = ""
    label_en: str = ""
    headline: bool = False
    plot_minimum: float | None = None
    plot_maximum: float | None = None
    not_available: list[int] | None = None
    minimum: float | None = None
    maximum: float | None = None


class Profile(Record, frozen=True, kw_only=True):
    """A bench profile as written; `match` lists the messages that make it apply to a DBC."""

    name: str
    identity: IdentityKind = IdentityKind.HARDWARE
    publish_period_ms: Annotated[int, Meta(ge=10, le=60_000)] = 1000
    stale_after_s: Annotated[float, Meta(gt=0, le=3600)] = 5.0
    buses: list[BusEntry] = []
    usage: UsageEntry | None = None
    faults: list[FaultEntry] = []
    diagnostics: DiagnosticsEntry = DiagnosticsEntry()
    signals: dict[SignalKey, SignalEntry] = {}
    match: list[str] = []


class CheckedFault(msgspec.Struct, frozen=True):
    """A fault test with its compiled condition."""

    entry: FaultEntry
    condition: Condition


class CheckedProfile(msgspec.Struct, frozen=True):
    """A profile whose conditions compile and whose codes are codes."""

    path: Path
    profile: Profile
    in_use: Condition | None
    faults: tuple[CheckedFault, ...]

    def dbc_path(self, bus: BusEntry) -> Path:
        """The bus's DBC file; relative paths start at the profile's folder."""
        return (self.path.parent / bus.dbc).resolve()

    def condition_names(self) -> frozenset[str]:
        """Every signal a condition or a freeze list reads, by its name on the wire."""
        names: set[str] = set(self.in_use.names) if self.in_use else set()
        for fault in self.faults:
            names |= fault.condition.names | set(fault.entry.freeze)
        return frozenset(names)


def load_profile(path: Path) -> CheckedProfile:
    """Read and check a profile file.

    Raises:
        BadProfile: unreadable, not TOML, or an entry that is wrong, unknown or missing.
    """
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as missing:
        raise BadProfile(path, "", missing.strerror or str(missing)) from missing
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        raise BadProfile(path, "", f"not TOML: {wrong}") from wrong
    for table, kind in (("buses", BusEntry), ("faults", FaultEntry)):
        entries = raw.get(table)
        for position, entry in enumerate(entries if isinstance(entries, list) else []):
            _typed(path, entry, kind, f"{table}[{position}]")
    return check_profile(path, _typed(path, raw, Profile, ""))


def _typed(path: Path, raw: object, kind: type[_Kind], table: str) -> _Kind:
    try:
        return msgspec.convert(raw, kind)
    except msgspec.ValidationError as wrong:
        reason, _, place = str(wrong).partition(" - at `$")
        raise BadProfile(path, (table + place).strip(".`"), reason) from wrong


def check_profile(path: Path, profile: Profile) -> CheckedProfile:
    """Compile the conditions and check codes and references between tables.

    Raises:
        BadProfile: an entry contradicts another or cannot be understood.
    """
    names = [bus.name for bus in profile.buses]
    for position, name in enumerate(names):
        if name in names[:position]:
            raise BadProfile(path, f"buses[{position}].name", f"{name!r} is used twice")
    allowance = profile.diagnostics
    if allowance.is_allowed and allowance.bus not in names:
        known = ", ".join(names) or "none"
        raise BadProfile(path, "diagnostics.bus", f"{allowance.bus!r} is no bus; known: {known}")
    in_use = None
    if profile.usage is not None:
        in_use = _condition(path, "usage.in_use", profile.usage.in_use)
    return CheckedProfile(path, profile, in_use, _checked_faults(path, profile))


def _checked_faults(path: Path, profile: Profile) -> tuple[CheckedFault, ...]:
    checked = []
    codes: set[Dtc] = set()
    for position, entry in enumerate(profile.faults):
        place = f"faults[{position}]"
        try:
            code = Dtc.parse(entry.dtc)._replace(failure_type=entry.failure_type)
        except NotADtc as wrong:
            raise BadProfile(path, f"{place}.dtc", str(wrong)) from wrong
        if code in codes:
            raise BadProfile(path, f"{place}.dtc", f"{code} is tested twice")
        codes.add(code)
        condition = _condition(path, f"{place}.condition", entry.condition)
        checked.append(CheckedFault(entry, condition))
    return tuple(checked)


def _condition(path: Path, place: str, text: str) -> Condition:
    try:
        return compile_condition(text)
    except BadCondition as wrong:
        raise BadProfile(path, place, str(wrong)) from wrong
