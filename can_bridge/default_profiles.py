"""Which profile fits a bare DBC: a shipped one that names its messages, else a plain one."""

import re
from pathlib import Path

import msgspec

from can_bridge.dbc.loading import Dbc
from can_bridge.decoding.frames import FrameDecoder
from can_bridge.profile import CheckedProfile, check_profile, load_profile
from can_bridge.profile_tables import BusEntry, DiagnosticsEntry, Profile, SignalEntry
from telemetry.contract.payloads import IdentityKind

PROFILE_FOLDER = Path(__file__).parent / "profiles"
REPLAY_BUS = "can"
MOST_HEADLINES = 8
_TELLING_UNITS = frozenset({"v", "a", "rpm", "r/min", "km/h", "nm", "kw", "°c", "degc", "deg c"})
_TELLING_NAME = re.compile(
    r"volt|curr|soc|speed|torque|temp|power|contactor|relay|isolat", re.IGNORECASE
)
_DULL_NAME = re.compile(r"unk|new_signal|maybe|reserved|counter|checksum|crc|alive", re.IGNORECASE)


def profile_for(dbc: Dbc) -> CheckedProfile:
    """The shipped profile whose `match` messages are all in the DBC, else a plain profile."""
    names = {message.name for message in dbc.database.messages}
    for path in sorted(PROFILE_FOLDER.glob("*.toml")):
        shipped = load_profile(path)
        if shipped.profile.match and names.issuperset(shipped.profile.match):
            return for_replay(shipped, dbc)
    plain = Profile(
        name=f"dbc-{dbc.path.stem}"[:64], publish_period_ms=200, signals=_headlines(dbc)
    )
    return for_replay(CheckedProfile(dbc.path, plain, None, ()), dbc)


def for_replay(profile: CheckedProfile, dbc: Dbc) -> CheckedProfile:
    """The same profile with one bus of this DBC; it says replay and transmits nothing."""
    replayed = msgspec.structs.replace(
        profile.profile,
        identity=IdentityKind.REPLAY,
        buses=[BusEntry(name=REPLAY_BUS, dbc=str(dbc.path.resolve()))],
        diagnostics=DiagnosticsEntry(
            overhear=profile.profile.diagnostics.overhear,
            j1939_buses=[REPLAY_BUS] if profile.profile.diagnostics.j1939_buses else [],
            vin_signals=profile.profile.diagnostics.vin_signals,
        ),
    )
    return check_profile(profile.path, replayed)


def _headlines(dbc: Dbc) -> dict[str, SignalEntry]:
    """The likeliest signals to look at first, by unit and name, of those that can be decoded."""
    ranked: list[tuple[int, str]] = []
    for message in FrameDecoder(dbc.database).messages:
        for signal in message.signals:
            if _DULL_NAME.search(signal.key):
                continue
            points = 2 * (signal.unit.strip().lower() in _TELLING_UNITS)
            points += bool(_TELLING_NAME.search(signal.key.removeprefix(f"{message.name}.")))
            if points:
                ranked.append((-points, signal.key))
    # sorting is stable: within equal points the order of the DBC stays
    ranked.sort(key=lambda entry: entry[0])
    return {key: SignalEntry(headline=True) for _, key in ranked[:MOST_HEADLINES]}
