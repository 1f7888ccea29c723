"""Reading a bench profile (TOML) so that every mistake names file, line, table and key."""

from pathlib import Path

import msgspec

from can_bridge.conditions import Condition, compile_condition
from can_bridge.errors import BadProfile
from can_bridge.profile_checking.document import Examination, examine, profile_remarks
from can_bridge.profile_checking.findings import Finding, Severity, place_of
from can_bridge.profile_tables import BusEntry, FaultEntry, Profile


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
        """Every signal a rule or a freeze list reads, by its name on the wire."""
        names: set[str] = set(self.in_use.names) if self.in_use else set()
        for fault in self.faults:
            names |= fault.condition.names | set(fault.entry.freeze)
        for flags in self.profile.alarm_flags:
            names |= {flags.signal, flags.level_signal} - {""}
        names |= set(self.profile.diagnostics.vin_signals)
        return frozenset(names)


def load_profile(path: Path) -> CheckedProfile:
    """Read and check a profile file.

    Raises:
        BadProfile: unreadable, not TOML, or an entry that is wrong, unknown, missing or
            contradicts another; it names the first one, `bench check` all of them.
    """
    return checked(examine(path))


def checked(examination: Examination) -> CheckedProfile:
    """The profile of an examined file.

    Raises:
        BadProfile: the first error that was found.
    """
    wrong = examination.first_error()
    if wrong is not None or examination.profile is None:
        place, reason, line = ("", "empty", 0) if wrong is None else _told(wrong)
        raise BadProfile(examination.path, place, reason, line)
    return _compiled(examination.path, examination.profile)


def _told(wrong: Finding) -> tuple[str, str, int]:
    reason = wrong.text.en if wrong.hint is None else f"{wrong.text.en}; {wrong.hint.en}"
    return wrong.place, reason, wrong.line


def check_profile(path: Path, profile: Profile) -> CheckedProfile:
    """The same checks for a profile that was made instead of read; `path` is where it counts from.

    Raises:
        BadProfile: an entry contradicts another or cannot be understood.
    """
    for remark in profile_remarks(profile):
        if remark.severity is Severity.ERROR:
            raise BadProfile(path, place_of(remark.keys), remark.told_en())
    return _compiled(path, profile)


def _compiled(path: Path, profile: Profile) -> CheckedProfile:
    in_use = None if profile.usage is None else compile_condition(profile.usage.in_use)
    faults = tuple(
        CheckedFault(entry, compile_condition(entry.condition)) for entry in profile.faults
    )
    return CheckedProfile(path, profile, in_use, faults)
