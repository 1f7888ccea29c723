"""Which profile fits a bare DBC: a shipped one that names its messages, else a plain one."""

from pathlib import Path

import msgspec

from can_bridge.dbc.loading import Dbc
from can_bridge.profile import CheckedProfile, check_profile, load_profile
from can_bridge.profile_checking.checking import signal_facts
from can_bridge.profile_tables import BusEntry, DiagnosticsEntry, Profile
from can_bridge.profile_template.proposals import headlines
from telemetry.contract.payloads import IdentityKind

PROFILE_FOLDER = Path(__file__).parent / "profiles"
REPLAY_BUS = "can"


def profile_for(dbc: Dbc) -> CheckedProfile:
    """The shipped profile whose `match` messages are all in the DBC, else a plain profile."""
    names = {message.name for message in dbc.database.messages}
    for path in sorted(PROFILE_FOLDER.glob("*.toml")):
        shipped = load_profile(path)
        if shipped.profile.match and names.issuperset(shipped.profile.match):
            return for_replay(shipped, dbc)
    signals = headlines(signal_facts(dbc.database))
    plain = Profile(name=f"dbc-{dbc.path.stem}"[:64], publish_period_ms=200, signals=signals)
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
