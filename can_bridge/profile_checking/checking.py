"""Everything that can be said of a profile without opening an adapter or a connection."""

from collections.abc import Iterator
from pathlib import Path

from cantools.database.can import Database

from can_bridge.dbc.loading import Dbc, load_dbc
from can_bridge.decoding.belief import Belief
from can_bridge.decoding.frames import FrameDecoder
from can_bridge.decoding.layout import Kind, SignalPlan
from can_bridge.errors import UnreadableDbc
from can_bridge.profile_checking.adapters import adapter_remarks, listen_only_remarks
from can_bridge.profile_checking.document import Examination, examine
from can_bridge.profile_checking.findings import (
    Finding,
    Keys,
    Remark,
    Severity,
    Text,
    error,
    note,
    warning,
)
from can_bridge.profile_checking.ranges import Range
from can_bridge.profile_checking.signals import SignalFact, signal_remarks
from can_bridge.profile_tables import Profile

_FLOATS = frozenset({Kind.FLOAT_16, Kind.FLOAT_32, Kind.FLOAT_64})
MOST_LOSSES_TOLD = 10
MOST_OTHERS_TOLD = 3


def check_file(path: Path) -> list[Finding]:
    """All findings of a profile file and the DBCs it names, in the order of their lines."""
    return check_examination(examine(path))


def check_examination(examination: Examination) -> list[Finding]:
    """The same for a file that is examined already."""
    findings = list(examination.findings)
    profile = examination.profile
    if profile is None:
        return findings
    # a value that was replaced by a default is not judged
    wrong = {finding.place for finding in findings if finding.severity is Severity.ERROR}
    further = examination.placed(_further(profile, examination))
    findings += [finding for finding in further if finding.place not in wrong]
    return sorted(findings, key=lambda finding: finding.line)


def signal_facts(database: Database) -> list[SignalFact]:
    """What a DBC says of the signals that can be decoded, in its order."""
    return [
        SignalFact(signal.key, signal.unit.strip(), _stated(signal), _possible(signal))
        for message in FrameDecoder(database).messages
        for signal in message.signals
    ]


def _further(profile: Profile, examination: Examination) -> Iterator[Remark]:
    yield from listen_only_remarks(profile)
    yield from adapter_remarks(profile)
    buses: list[tuple[str, list[SignalFact]]] = []
    for position, bus in enumerate(profile.buses):
        keys: Keys = ("buses", position, "dbc")
        if not bus.dbc:
            yield error(keys, "没有写 DBC 文件", "names no DBC file")
            continue
        try:
            loaded = load_dbc((examination.path.parent / bus.dbc).resolve())
        except UnreadableDbc as wrong:
            yield error(keys, f"DBC 读不了：{wrong.reason}", f"{wrong.path}: {wrong.reason}")
            continue
        yield from _dbc_remarks(loaded, keys)
        buses.append((bus.name, signal_facts(loaded.database)))
    is_complete = examination.is_whole and len(buses) == len(profile.buses)
    if profile.buses:
        yield from signal_remarks(profile, buses, is_complete=is_complete)


def _dbc_remarks(loaded: Dbc, keys: Keys) -> Iterator[Remark]:
    """What the DBC lost as warnings; the first few of what was mended or is doubtful as notes."""
    name = loaded.path.name
    for one in loaded.lost[:MOST_LOSSES_TOLD]:
        told = f"{name}:{one.line}"
        yield warning(keys, f"{told}：{one.zh}", f"{told}: {one.en}")
    others = [*loaded.repairs, *loaded.warnings]
    for one in others[:MOST_OTHERS_TOLD]:
        told = f"{name}:{one.line}"
        yield note(keys, f"{told}：{one.zh}", f"{told}: {one.en}")
    more = max(0, len(others) - MOST_OTHERS_TOLD) + max(0, len(loaded.lost) - MOST_LOSSES_TOLD)
    if more > 0:
        hint = Text(f"全部：stationmaster dbc check {name}", f"all: stationmaster dbc check {name}")
        yield note(keys, f"{name} 另有 {more} 处", f"{name}: {more} more remarks", hint)


def _stated(signal: SignalPlan) -> Range | None:
    if signal.minimum is None and signal.maximum is None:
        return None
    belief = Belief.of(signal)
    return Range(belief.lowest, belief.highest)


def _possible(signal: SignalPlan) -> Range | None:
    if signal.kind in _FLOATS:
        return None
    half = 1 << signal.length - 1
    raw = (-half, half - 1) if signal.is_signed else (0, 2 * half - 1)
    ends = [float(end * signal.scale + signal.offset) for end in raw]
    return Range(min(ends), max(ends))
