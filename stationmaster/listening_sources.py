"""What `bench listen` listens to, from what was given on the command line."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
from cantools.database.can import Database

from can_bridge.dbc.loading import load_dbc
from can_bridge.errors import UnreadableDbc
from can_bridge.profile import CheckedProfile, check_profile, load_profile
from can_bridge.profile_checking.checking import signal_facts
from can_bridge.profile_tables import BusEntry, Profile
from can_bridge.profile_template.proposals import headlines


class NotListenable(ValueError):
    """What was given does not say what to listen to; the text says what is missing."""


@dataclass(frozen=True, slots=True)
class Given:
    """Options of the command; a profile, or an adapter, or a log with DBCs."""

    profile: Path | None = None
    bench: str = ""
    interface: str | None = None
    channel: str = ""
    bitrate: int = 500_000
    accept_active: bool = False
    dbcs: tuple[Path, ...] = ()
    log: Path | None = None
    try_dbcs: Path | None = None

    def profiles(self) -> list[CheckedProfile]:
        """What to decode by: one profile, or for a log one of each DBC.

        Raises:
            NotListenable: nothing, or too much was given.
            BridgeError: profile or DBC cannot be used.
        """
        if self.profile is not None:
            if self.dbcs or self.interface is not None:
                told = "配置已含总线，去掉 --dbc、--interface · "
                raise NotListenable(told + "the profile names the buses: no --dbc, --interface")
            return [self._with_bench(load_profile(self.profile))]
        if self.log is not None:
            return [_made(BusEntry(name=dbc.stem, dbc=_whole(dbc)), dbc) for dbc in self.dbcs]
        return [self._adapter()]

    def databases(
        self, profiles: Sequence[CheckedProfile]
    ) -> tuple[dict[str, Database], list[str]]:
        """The DBCs that may explain unknown identifiers, by file name: those in use, and the tried.

        With them why files of the folder were left out: nobody asked for these by name.

        Raises:
            NotListenable: the folder holds no DBC.
            BridgeError: a DBC in use cannot be read.
        """
        used = [one.dbc_path(bus) for one in profiles for bus in one.profile.buses if bus.dbc]
        found = {path.name: load_dbc(path).database for path in used}
        left_out: list[str] = []
        for path in self._tried():
            try:
                found[path.name] = load_dbc(path).database
            except UnreadableDbc as unreadable:
                left_out.append(str(unreadable))
        return found, left_out

    def _tried(self) -> list[Path]:
        if self.try_dbcs is None:
            return []
        try:
            files = sorted(self.try_dbcs.iterdir()) if self.try_dbcs.is_dir() else []
        except OSError as refused:
            raise NotListenable(f"{self.try_dbcs}: {refused.strerror}") from refused
        tried = [path for path in files if path.suffix.lower() == ".dbc"]
        if not tried:
            raise NotListenable(f"{self.try_dbcs}: 没有 .dbc 文件 · no .dbc files")
        return tried

    def title(self) -> str:
        """What is listened to, in a few words."""
        if self.log is not None:
            return self.log.name
        if self.profile is not None:
            return f"{self.bench} {self.profile.name}".strip()
        return f"{self.interface} {self.channel}"

    def _adapter(self) -> CheckedProfile:
        if self.interface is None or not self.channel:
            told = "请给出配置文件，或 --interface 和 --channel，或 --log · "
            told += "give a profile, or --interface and --channel, or --log"
            raise NotListenable(told)
        if len(self.dbcs) > 1:
            raise NotListenable("一条总线只能有一个 --dbc · one bus has one --dbc (try --try-dbc)")
        dbc = self.dbcs[0] if self.dbcs else None
        entry = {
            "name": "can",
            "dbc": _whole(dbc) if dbc else "",
            "interface": self.interface,
            "channel": self.channel,
            "bitrate": self.bitrate,
            "accept_active": self.accept_active,
        }
        try:
            return _made(msgspec.convert(entry, BusEntry), dbc)
        except msgspec.ValidationError as wrong:
            raise NotListenable(str(wrong)) from wrong

    def _with_bench(self, profile: CheckedProfile) -> CheckedProfile:
        needs = any("{bench}" in bus.channel for bus in profile.profile.buses)
        if needs and not self.bench and self.log is None:
            raise NotListenable(
                "通道含 {bench}：请给出 --bench · channels name {bench}: give --bench"
            )
        return profile


def _made(entry: BusEntry, dbc: Path | None) -> CheckedProfile:
    """A profile for one bus, with the likeliest signals first."""
    signals = {} if dbc is None else headlines(signal_facts(load_dbc(dbc).database))
    made = Profile(name="listen", buses=[entry], signals=signals)
    return check_profile(dbc or Path("listen"), made)


def _whole(dbc: Path) -> str:
    return str(dbc.resolve())
