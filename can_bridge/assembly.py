"""How a bridge is put together from a profile: buses, decoders, identity, spool, connection."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from can_bridge.bridge import Bridge, BridgeParts
from can_bridge.buses.opening import channel_of, open_receiver
from can_bridge.buses.receiving import BusReceiver
from can_bridge.catalogue import BusDecoder
from can_bridge.clock import SystemClock
from can_bridge.dbc.loading import load_dbc
from can_bridge.decoding.frames import FrameDecoder
from can_bridge.diagnostics.reading import EcuIdentity, ReadOnlyDiagnostics
from can_bridge.errors import BadProfile
from can_bridge.profile import CheckedProfile
from can_bridge.publisher import BrokerAddress, Publisher
from can_bridge.spool import Spool
from telemetry.contract.payloads import BenchState, Identity, IdentityKind
from telemetry.contract.topics import check_bench_code


@dataclass(frozen=True, slots=True)
class BridgeSite:
    """Where a bridge runs; `accepted_log` records committed rows for crash tests."""

    bench: str
    broker: BrokerAddress
    spool_folder: Path
    accepted_log: Path | None = None
    version: str = ""


def assemble(profile: CheckedProfile, site: BridgeSite) -> Bridge:
    """Open the buses, read the identity where the profile allows it, and build the bridge.

    The buses receive from here on; `Bridge.run` closes them.

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
    allowance = profile.profile.diagnostics
    spool = Spool(site.spool_folder / f"{bench}.sqlite", bench, accepted_log=site.accepted_log)
    receivers: list[BusReceiver] = []
    try:
        for bus in profile.profile.buses:
            may_transmit = allowance.is_allowed and allowance.bus == bus.name
            receivers.append(open_receiver(bus, bench, may_transmit=may_transmit))
            receivers[-1].start()
        clock = SystemClock()
        will = BenchState(observed_at_ms=clock.now_ms(), online=False)
        return Bridge(
            BridgeParts(
                bench=bench,
                profile=profile,
                receivers=receivers,
                decoders=decoders,
                identity=_identity(bench, profile, receivers),
                spool=spool,
                publisher=Publisher(bench, site.broker, will),
                clock=clock,
                version=site.version,
            )
        )
    except BaseException:
        for receiver in receivers:
            receiver.stop()
        spool.close()
        raise


def _identity(bench: str, profile: CheckedProfile, receivers: Sequence[BusReceiver]) -> Identity:
    allowance = profile.profile.diagnostics
    ecu = EcuIdentity()
    if allowance.is_allowed:
        carrier = next(one for one in receivers if one.name == allowance.bus)
        ecu = ReadOnlyDiagnostics(carrier, allowance).read_identity()
    kind = profile.profile.identity
    interfaces = {bus.interface for bus in profile.profile.buses}
    if kind is IdentityKind.HARDWARE and interfaces == {"virtual"}:
        # a bus without wires can't be hardware, whatever the profile says
        kind = IdentityKind.SIMULATOR
    return Identity(
        kind=kind,
        adapter=", ".join(
            f"{bus.interface}:{channel_of(bus, bench)}" for bus in profile.profile.buses
        ),
        vin=ecu.vin,
        ecu_serials={allowance.ecu: ecu.serial} if ecu.serial else {},
        software=ecu.software,
    )
