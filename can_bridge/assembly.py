"""How a bridge is put together from a profile: buses, decoders, identity, spool, connection."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from can_bridge.bridge import Bridge, BridgeParts
from can_bridge.buses.opening import channel_of, open_receiver
from can_bridge.buses.receiving import BusReceiver
from can_bridge.catalogue import BusDecoder
from can_bridge.clock import Clock, SystemClock
from can_bridge.dbc.loading import load_dbc
from can_bridge.decoding.frames import FrameDecoder
from can_bridge.diagnostics.adapter_serials import adapter_serial
from can_bridge.diagnostics.arming import ArmingFolder
from can_bridge.diagnostics.asking import Asking, Questions
from can_bridge.diagnostics.bench import BenchDiagnostics, is_without_wires
from can_bridge.diagnostics.gate import TransmitGate
from can_bridge.diagnostics.identity import Known, introduced
from can_bridge.diagnostics.permission import Allowance
from can_bridge.errors import BadProfile
from can_bridge.profile import CheckedProfile
from can_bridge.publisher import Publisher
from can_bridge.recording.recorder import FrameRecorder, recording_folder
from can_bridge.recording.segments import SegmentWriter
from can_bridge.spool import Spool
from telemetry.contract.broker_address import BrokerAddress
from telemetry.contract.payloads import BenchState, Identity
from telemetry.contract.topics import check_bench_code


@dataclass(frozen=True, slots=True)
class BridgeSite:
    """Where a bridge runs; `accepted_log` records committed rows for crash tests.

    Diagnostics the profile allows are armed for `armed_for_s` from the start, and whenever a
    request lies in `arming_folder`; both are acts of somebody at this computer.
    """

    bench: str
    broker: BrokerAddress
    spool_folder: Path
    accepted_log: Path | None = None
    version: str = ""
    armed_for_s: float | None = None
    arming_folder: Path | None = None


def assemble(profile: CheckedProfile, site: BridgeSite) -> Bridge:
    """Open the buses and build the bridge with its diagnostics.

    The buses receive from here on; `Bridge.run` closes them. One whose adapter is not there yet is
    down until it comes.

    Raises:
        BridgeError: profile, DBC, adapter or spool cannot be used.
    """
    bench = check_bench_code(site.bench)
    decoders = [
        BusDecoder(bus.name, FrameDecoder(load_dbc(profile.dbc_path(bus)).database))
        for bus in profile.profile.buses
    ]
    if not decoders:
        raise BadProfile(profile.path, "buses", "names no bus")
    spool = Spool(site.spool_folder / f"{bench}.sqlite", bench, accepted_log=site.accepted_log)
    receivers: list[BusReceiver] = []
    try:
        for bus in profile.profile.buses:
            receivers.append(open_receiver(bus, bench))
            receivers[-1].start()
        clock = SystemClock()
        will = BenchState(observed_at_ms=clock.now_ms(), online=False)
        stated = _stated_identity(bench, profile)
        diagnostics = BenchDiagnostics(
            profile.profile, stated, _asking(profile, site, receivers, clock)
        )
        return Bridge(
            BridgeParts(
                bench=bench,
                profile=profile,
                receivers=receivers,
                decoders=decoders,
                identity=stated,
                spool=spool,
                publisher=Publisher(bench, site.broker, will),
                clock=clock,
                version=site.version,
                observers=(diagnostics, *_recorders(profile, site)),
                informant=diagnostics,
            )
        )
    except BaseException:
        for receiver in receivers:
            receiver.stop()
        spool.close()
        raise


def _recorders(profile: CheckedProfile, site: BridgeSite) -> Sequence[FrameRecorder]:
    entry = profile.profile.recording
    if not entry.is_on:
        return ()
    folder = recording_folder(site.spool_folder, site.bench)
    return (FrameRecorder(SegmentWriter(folder, entry.keep_mib << 20, entry.segment_s)),)


def _asking(
    profile: CheckedProfile, site: BridgeSite, receivers: Sequence[BusReceiver], clock: Clock
) -> Asking | None:
    """The part that can make the bench's buses carry a frame of ours; None where none may."""
    entry = profile.profile.diagnostics
    ecus = entry.all_ecus()
    if not ecus:
        return None
    buses = {receiver.name: receiver for receiver in receivers}
    allowance = Allowance(
        is_allowed=entry.is_allowed,
        requests=frozenset((ecu.bus, ecu.request_id) for ecu in ecus),
        frames_per_minute=entry.frames_per_minute,
        frames_per_arming=entry.frames_per_arming,
    )
    gate = TransmitGate(buses, allowance, clock.monotonic_s)
    for name in {ecu.bus for ecu in ecus}:
        buses[name].may_send = lambda: gate.is_armed
    if site.armed_for_s is not None:
        gate.arm(site.armed_for_s)
    folder = None if site.arming_folder is None else ArmingFolder(site.arming_folder)
    return Asking(
        Questions(ecus, entry.read_period_s),
        buses,
        gate,
        (lambda: None) if folder is None else (lambda: folder.take(site.bench)),
        clock.monotonic_s,
    )


def _stated_identity(bench: str, profile: CheckedProfile) -> Identity:
    buses = [(bus, channel_of(bus, bench)) for bus in profile.profile.buses]
    serials = (adapter_serial(bus, channel) for bus, channel in buses)
    stated = Identity(
        kind=profile.profile.identity,
        adapter=", ".join(f"{bus.interface}:{channel}" for bus, channel in buses),
        adapter_serial=", ".join(dict.fromkeys(serial for serial in serials if serial)),
    )
    return introduced(stated, Known(), is_without_wires=is_without_wires(profile.profile))
