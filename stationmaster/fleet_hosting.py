"""Many simulated benches for load tests: real bridges, spools and connections, few processes.

Each bench is simulated and bridged by the same code as a single one. Two things are lighter: its
frames go to the bridge in memory instead of over a virtual CAN bus, and all bridges of a process
take turns in one thread instead of having one each.
"""

import contextlib
import multiprocessing
import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Event as EventType
from typing import NamedTuple

import msgspec

from can_bridge.assembly import BridgeSite
from can_bridge.bridge import Bridge, BridgeParts
from can_bridge.buses.port import BusStatus
from can_bridge.catalogue import BusDecoder
from can_bridge.clock import SystemClock
from can_bridge.dbc.loading import load_dbc
from can_bridge.decoding.frames import FrameDecoder
from can_bridge.frames import Frame, FrameBatch
from can_bridge.profile import CheckedProfile, check_profile, load_profile
from can_bridge.publisher import Publisher
from can_bridge.spool import Spool
from device_sims.bench import SimulatedBench, bus_names, profile_path
from device_sims.fault_scenarios import BenchKind
from device_sims.frames import SimFrame
from device_sims.uds_server import SimulatedEcu
from stationmaster.bench_hosting import SimulatorRequest
from stationmaster.stopping import stop_on_signals
from telemetry.contract.payloads import BenchState, Identity, IdentityKind

ADAPTER = "in-process"
TELL_EACH_S = 5.0
SHORTEST_TURN_S = 0.1
CLOSING_AT_ONCE = 16
LONGEST_CATCH_UP_S = 5.0
END_WITHIN_S = 30.0


class FleetBroken(RuntimeError):
    """A process of the fleet ended by itself."""

    def __init__(self, name: str, exit_code: int | None) -> None:
        super().__init__(f"{name} ended with exit code {exit_code}; see its last lines above")


class FleetPart(NamedTuple):
    """The benches of one process; a row goes out every `period_ms`."""

    requests: Sequence[SimulatorRequest]
    sites: Mapping[str, BridgeSite]
    period_ms: int


class FleetReport(NamedTuple):
    """How a part is doing since the last report.

    `share` is bench time over clock time: less than 1 says that the process can't keep up.
    """

    part: int
    benches: int
    connected: int
    frames_per_s: float
    rows_waiting: int
    share: float
    cpu_share: float


def run_fleet(
    parts: Sequence[FleetPart], stop: threading.Event, tell: Callable[[FleetReport], None]
) -> None:
    """Run each part in a process of its own until told to stop.

    Raises:
        FleetBroken: a process ended by itself; the others are ended too.
    """
    context = multiprocessing.get_context("spawn")
    reports: Queue[FleetReport] = context.Queue()
    asked = context.Event()
    workers = [
        context.Process(target=_work, args=(number, part, reports, asked), name=f"fleet-{number}")
        for number, part in enumerate(parts)
    ]
    for worker in workers:
        worker.start()
    try:
        while not stop.is_set():
            with contextlib.suppress(queue.Empty):
                tell(reports.get(timeout=0.2))
            ended = [worker for worker in workers if not worker.is_alive()]
            if ended and not stop.is_set():
                raise FleetBroken(ended[0].name, ended[0].exitcode)
    finally:
        asked.set()
        for worker in workers:
            worker.join(END_WITHIN_S)
            # what hangs is ended the hard way; its spools survive that
            worker.kill()


def _work(number: int, part: FleetPart, reports: "Queue[FleetReport]", asked: EventType) -> None:
    stop, parent = stop_on_signals(), multiprocessing.parent_process()
    with _Fleet(part) as fleet:
        next_tell_s = time.monotonic() + TELL_EACH_S
        while not (stop.is_set() or asked.is_set()) and (parent is None or parent.is_alive()):
            fleet.turn(stop)
            if time.monotonic() >= next_tell_s:
                next_tell_s = time.monotonic() + TELL_EACH_S
                reports.put(fleet.report(number))
    # what nobody reads any more must not keep the process
    reports.cancel_join_thread()


class _MemoryBus:
    """A bus whose frames the simulated bench hands over itself."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.frames = 0
        self._pending: list[Frame] = []

    @property
    def status(self) -> BusStatus:
        return BusStatus(frames=self.frames, interface=ADAPTER, is_listen_only=True)

    def put(self, at_s: float, frame: SimFrame) -> None:
        self.frames += 1
        self._pending.append(Frame(at_s, self.name, *frame))

    def drain(self) -> FrameBatch:
        pending, self._pending = self._pending, []
        return FrameBatch.of(pending)

    def start(self) -> None:
        """Nothing runs."""

    def ask_to_stop(self) -> None:
        """Nothing runs."""

    def stop(self) -> None:
        """Nothing runs."""


class _StartedPublisher(Publisher):
    """A connection that is up before its bridge's own loop, which only ends things here."""

    def __init__(self, site: BridgeSite, will: BenchState) -> None:
        super().__init__(site.bench, site.broker, will)
        super().start()

    def start(self) -> None:
        """Runs already."""


class _Decoders:
    """Profile and decoders of each kind, compiled once for all benches of a process."""

    def __init__(self, period_ms: int) -> None:
        self._period_ms = period_ms
        self._known: dict[BenchKind, tuple[CheckedProfile, list[BusDecoder]]] = {}

    def of(self, kind: BenchKind) -> tuple[CheckedProfile, list[BusDecoder]]:
        if kind not in self._known:
            shipped = load_profile(profile_path(kind))
            slower = msgspec.structs.replace(shipped.profile, publish_period_ms=self._period_ms)
            profile = check_profile(shipped.path, slower)
            decoders = [
                BusDecoder(bus.name, FrameDecoder(load_dbc(profile.dbc_path(bus)).database))
                for bus in slower.buses
            ]
            self._known[kind] = profile, decoders
        return self._known[kind]


@dataclass(slots=True)
class _FleetBench:
    bench: SimulatedBench
    buses: Sequence[_MemoryBus]
    bridge: Bridge
    publisher: Publisher
    before_s: float
    done_s: float = 0.0

    def turn(self, now_s: float) -> None:
        passed_s = min(now_s - self.before_s, LONGEST_CATCH_UP_S)
        self.before_s = now_s
        self.done_s += passed_s
        self.bench.advance(passed_s)
        self.bridge.step()


def _bench(
    request: SimulatorRequest, site: BridgeSite, decoders: _Decoders, now_s: float
) -> _FleetBench:
    profile, bus_decoders = decoders.of(request.kind)
    buses = [_MemoryBus(name) for name in bus_names(request.kind)]
    clock = SystemClock()
    ecu = SimulatedEcu.of_bench(request.bench)
    publisher = _StartedPublisher(site, BenchState(observed_at_ms=clock.now_ms(), online=False))
    bridge = Bridge(
        BridgeParts(
            bench=request.bench,
            profile=profile,
            receivers=buses,
            decoders=bus_decoders,
            identity=Identity(
                kind=IdentityKind.SIMULATOR,
                adapter=ADAPTER,
                vin=ecu.vin,
                ecu_serials={profile.profile.diagnostics.ecu: ecu.serial},
                software=ecu.software,
            ),
            spool=Spool(site.spool_folder / f"{request.bench}.sqlite", request.bench),
            publisher=publisher,
            clock=clock,
            version=site.version,
        )
    )

    def onto(bus: _MemoryBus) -> Callable[[SimFrame], None]:
        return lambda frame: bus.put(bench.now_s, frame)

    sends = {bus.name: onto(bus) for bus in buses}
    bench = SimulatedBench(request.bench, request.kind, request.seed, sends, request.duty)
    return _FleetBench(bench, buses, bridge, publisher, now_s)


@dataclass(slots=True)
class _Since:
    at_s: float = field(default_factory=time.monotonic)
    cpu_s: float = field(default_factory=time.process_time)
    frames: int = 0
    done_s: float = 0.0


class _Fleet:
    """The benches of one process, each with a turn per row and a share of it in between."""

    def __init__(self, part: FleetPart) -> None:
        self._turn_s = max(SHORTEST_TURN_S, part.period_ms / 1000 / 2)
        decoders = _Decoders(part.period_ms)
        now_s = time.monotonic()
        self._benches = [
            _bench(request, part.sites[request.bench], decoders, now_s) for request in part.requests
        ]
        self._since = _Since()

    def __enter__(self) -> "_Fleet":
        return self

    def __exit__(self, *_: object) -> None:
        ended = threading.Event()
        ended.set()
        with ThreadPoolExecutor(CLOSING_AT_ONCE) as closing:
            list(closing.map(lambda one: one.bridge.run(ended), self._benches))

    def turn(self, stop: threading.Event) -> None:
        """Give every bench its turn, spread over the time of a turn."""
        started_s = time.monotonic()
        for place, due in enumerate(self._spread(started_s)):
            if stop.wait(max(0.0, due - time.monotonic())):
                return
            self._benches[place].turn(time.monotonic())
        stop.wait(max(0.0, started_s + self._turn_s - time.monotonic()))

    def _spread(self, started_s: float) -> Iterator[float]:
        # groups of ten: a wait per bench would cost more than its turn
        for place in range(len(self._benches)):
            yield started_s + self._turn_s * (place // 10 * 10) / len(self._benches)

    def report(self, part: int) -> FleetReport:
        """How it went since the last report."""
        since, benches = self._since, self._benches
        frames = sum(bus.frames for one in benches for bus in one.buses)
        now = _Since(frames=frames, done_s=sum(one.done_s for one in benches))
        passed_s = now.at_s - since.at_s
        self._since = now
        return FleetReport(
            part=part,
            benches=len(benches),
            connected=sum(one.publisher.is_connected for one in benches),
            frames_per_s=(now.frames - since.frames) / passed_s,
            rows_waiting=sum(one.bridge.unacknowledged for one in benches),
            share=(now.done_s - since.done_s) / passed_s / len(benches),
            cpu_share=(now.cpu_s - since.cpu_s) / passed_s,
        )
