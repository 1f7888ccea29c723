"""Reading a bench profile (TOML) so that every mistake names file, table and key."""

import tomllib
from pathlib import Path
from typing import TypeVar

import msgspec

from can_bridge.conditions import Condition, compile_condition
from can_bridge.dtc import Dtc, NotADtc
from can_bridge.errors import BadCondition, BadProfile
from can_bridge.profile_tables import BusEntry, FaultEntry, Profile

_Kind = TypeVar("_Kind", bound=msgspec.Struct)


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
