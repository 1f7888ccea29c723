"""Bridges at work in one process: simulated benches with theirs, a real one, or a replay."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from can_bridge.assembly import BridgeSite, assemble
from can_bridge.bridge import Bridge
from can_bridge.dbc.loading import load_dbc
from can_bridge.decoding.frames import FrameDecoder
from can_bridge.default_profiles import for_replay, profile_for
from can_bridge.logs.reading import open_log
from can_bridge.profile import CheckedProfile, load_profile
from can_bridge.replay import Replay, ReplayCount, best_channel
from device_sims.bench import BenchHost, kind_of, profile_path
from device_sims.duty_cycles import Duty
from device_sims.fault_scenarios import BenchKind
from device_sims.injections import InjectionFolder

SIMULATORS_ARMED_S = 600.0
"""Who starts a simulator arms its diagnostics too: there is nothing that a frame could move."""
HAND_OVER_S = 10.0
"""How long a replay waits at its end for the acknowledgement of its last row."""


class UnknownKind(ValueError):
    """A bench code from which no kind of simulator can be told."""

    def __init__(self, bench: str) -> None:
        kinds = ", ".join(kind.value for kind in BenchKind)
        super().__init__(f"{bench!r}: write BENCH:KIND, KIND one of {kinds}")
        self.bench = bench


@dataclass(frozen=True, slots=True)
class SimulatorRequest:
    """A bench to simulate; its plant's days follow from its code and its duty."""

    bench: str
    kind: BenchKind
    duty: Duty = Duty.FREE

    @classmethod
    def parse(cls, text: str, duty: Duty = Duty.FREE) -> "SimulatorRequest":
        """Read `battery-01` or `rig-7:battery`.

        Raises:
            UnknownKind: no or a wrong kind.
        """
        bench, _, named = text.partition(":")
        kind = next((kind for kind in BenchKind if kind.value == named), None)
        if not named:
            kind = kind_of(bench)
        if kind is None:
            raise UnknownKind(bench)
        return cls(bench, kind, duty)

    @property
    def seed(self) -> int:
        """The same code gives the same day on every machine."""
        return int.from_bytes(self.bench.encode(), "big") % 2**31


def fleet_requests(benches: int, prefix: str = "sim-") -> list[SimulatorRequest]:
    """`sim-001` and so on, the kinds of bench in turn.

    Raises:
        ValueError: not 1 to 999 benches.
    """
    if not 1 <= benches <= 999:  # noqa: PLR2004 -- three digits
        raise ValueError(f"{benches} benches: expected 1 to 999")
    kinds = list(BenchKind)
    return [
        SimulatorRequest(f"{prefix}{place + 1:03d}", kinds[place % len(kinds)])
        for place in range(benches)
    ]


def run_simulators(
    requests: Sequence[SimulatorRequest],
    sites: Mapping[str, BridgeSite],
    injections: InjectionFolder,
    stop: threading.Event,
    on_running: Callable[[Sequence[Bridge]], None],
    speed: float = 1.0,
) -> float:
    """Host the simulators and their bridges until told to stop; returns the speed reached.

    At more than real time the benches live faster, not the bridges: confirm times, publish
    periods and moments stay those of the clock, so that nothing downstream hears of a future.

    Raises:
        ValueError: no such speed.
        BridgeError: a spool or profile cannot be used.
    """
    host = BenchHost(injections, speed)
    for request in requests:
        host.add(request.bench, request.kind, request.seed, request.duty)
    stop_host = threading.Event()
    hosting = threading.Thread(target=host.run, args=(stop_host, time.monotonic), name="sims")
    hosting.start()
    try:
        bridges = [
            assemble(
                load_profile(profile_path(request.kind)),
                replace(sites[request.bench], armed_for_s=SIMULATORS_ARMED_S),
            )
            for request in requests
        ]
        workers = [
            threading.Thread(target=_run, args=(bridge, stop), name=f"bridge-{request.bench}")
            for request, bridge in zip(requests, bridges, strict=True)
        ]
        for worker in workers:
            worker.start()
        on_running(bridges)
        stop.wait()
        for worker in workers:
            worker.join()
    finally:
        stop_host.set()
        hosting.join()
    return host.reached_speed


def _run(bridge: Bridge, stop: threading.Event) -> None:
    try:
        bridge.run(stop)
    finally:
        # a bridge that ends by itself has failed: better no process than half of one
        stop.set()


@dataclass(frozen=True, slots=True)
class ReplayRequest:
    """A log to replay; without a channel the one that fits the DBC best is taken."""

    log: Path
    dbc: Path
    speed: float = 1.0
    channel: str | None = None
    profile: Path | None = None


@dataclass(frozen=True, slots=True)
class ReplayResult:
    """What a replay did; `unacknowledged` rows stay in the spool for the next run."""

    sent: ReplayCount
    channel: str | None
    profile: str
    unacknowledged: int


def run_replay(request: ReplayRequest, site: BridgeSite, stop: threading.Event) -> ReplayResult:
    """Send a log through a bridge, then wait for ingest to have it.

    Raises:
        BridgeError: log, DBC, profile or spool cannot be used.
    """
    dbc = load_dbc(request.dbc)
    decoder = FrameDecoder(dbc.database)
    if request.channel is not None:
        open_log(request.log).demand_channel(request.channel)
    channel = request.channel or best_channel(request.log, decoder)
    profile = _replay_profile(request)
    replay = Replay(request.log, channel, request.speed)
    bridge = assemble(profile, site)
    stop_bridge = threading.Event()
    worker = threading.Thread(target=bridge.run, args=(stop_bridge,), name="bridge")
    worker.start()
    try:
        sent = replay.run(site.bench, stop, time.monotonic)
        _hand_over(bridge, stop)
    finally:
        stop_bridge.set()
        worker.join()
    return ReplayResult(sent, channel, profile.profile.name, bridge.unacknowledged)


def _replay_profile(request: ReplayRequest) -> CheckedProfile:
    dbc = load_dbc(request.dbc)
    if request.profile is None:
        return profile_for(dbc)
    return for_replay(load_profile(request.profile), dbc)


def _hand_over(bridge: Bridge, stop: threading.Event) -> None:
    deadline_s = time.monotonic() + HAND_OVER_S
    # a publish period and a tick for the last frames to become a row
    stop.wait(bridge.birth.publish_period_ms / 1000 + 0.1)
    while bridge.unacknowledged and time.monotonic() < deadline_s:
        if stop.wait(0.05):
            return
