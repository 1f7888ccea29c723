"""Loaded benches as a process of their own: real bridges, spools and connections, no buses.

Run as `python -m tests.chaos.bench_load PLAN`, PLAN being a file with a `LoadPlan` as JSON.
"""

import json
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import msgspec

from can_bridge.bridge import Bridge, BridgeParts
from can_bridge.clock import Clock, SystemClock
from can_bridge.frames import FrameBatch
from can_bridge.judgement import KeptStates
from can_bridge.profile import CheckedProfile, check_profile
from can_bridge.profile_tables import Profile
from can_bridge.publisher import Publisher
from can_bridge.spool import Spool, SpoolLimits
from stationmaster.stopping import stop_on_signals
from telemetry.contract.broker_address import BrokerAddress
from telemetry.contract.payloads import (
    BenchState,
    DurableMessage,
    Identity,
    IdentityKind,
    Samples,
    UsageEvent,
    UsageReport,
    Value,
)

LONGEST_CATCH_UP_S = 1.0
"""A process that was held up makes no more than this of what it missed, as a bench would not."""
ROWS_PER_USAGE_STEP = 200


class LoadPlan(msgspec.Struct, frozen=True, kw_only=True):
    """Which benches send how much to where; `rows_per_s` is of each bench."""

    benches: list[str]
    rows_per_s: float
    signals: int
    port: int
    credentials: str
    folder: str
    spool_bytes: int = 256 * 1024 * 1024


def values_of(number: int, signals: int) -> dict[str, Value]:
    """The values of a bench's row by its number; `is_whole` knows them again."""
    values: dict[str, Value] = {f"s{place:02d}": number * 0.5 + place for place in range(signals)}
    return values | {"number": float(number), "is_even": number % 2 == 0}


class SteadyRows:
    """Gives its bridge rows and usage steps at a rate, whatever the length of a tick."""

    def __init__(self, rows_per_s: float, signals: int, clock: Clock) -> None:
        self._rows_per_s = rows_per_s
        self._signals = signals
        self._clock = clock
        self._before_s = clock.monotonic_s()
        self._owed = 0.0
        self._number = 0
        self._usage: UsageReport | None = None

    def take(self, bus: str, batch: FrameBatch, now_ms: int) -> None:
        """There are no frames."""

    def due(self, now_ms: int) -> Sequence[DurableMessage]:
        """The rows of the time that went by, at moments spread over it."""
        now_s = self._clock.monotonic_s()
        passed_s = min(now_s - self._before_s, LONGEST_CATCH_UP_S)
        self._before_s = now_s
        self._owed += passed_s * self._rows_per_s
        count = int(self._owed)
        self._owed -= count
        drafts: list[DurableMessage] = []
        for place in range(count):
            self._number += 1
            at_ms = now_ms - round(passed_s * 1000 * (count - 1 - place) / max(count, 1))
            values = values_of(self._number, self._signals)
            drafts.append(Samples(observed_at_ms=at_ms, epoch=1, seq=1, values=values))
            if self._number % ROWS_PER_USAGE_STEP == 0:
                drafts.append(self._usage_step(now_ms))
        return drafts

    def _usage_step(self, now_ms: int) -> UsageReport:
        before = self._usage
        if before is None or before.event is UsageEvent.ENDED:
            self._usage = UsageReport(
                observed_at_ms=now_ms,
                epoch=1,
                seq=1,
                usage_id=f"{now_ms}-{self._number}",
                event=UsageEvent.STARTED,
                started_at_ms=now_ms,
            )
        else:
            self._usage = msgspec.structs.replace(
                before, observed_at_ms=now_ms, event=UsageEvent.ENDED, ended_at_ms=now_ms
            )
        return self._usage

    def states(self) -> dict[str, bytes]:
        """Nothing has to survive."""
        return {}

    def restore(self, kept: KeptStates) -> None:
        """Nothing was kept; rows the spool refused are not made again."""

    def close(self, now_ms: int) -> Sequence[DurableMessage]:
        """Nothing is held back."""
        del now_ms
        return ()


def _profile() -> CheckedProfile:
    return check_profile(Path("load.toml"), Profile(name="load", identity=IdentityKind.SIMULATOR))


def bridge_under_load(bench: str, plan: LoadPlan, password: str, clock: Clock) -> Bridge:
    """A bridge whose rows come from nowhere and go the whole way."""
    address = BrokerAddress.of_user("127.0.0.1", plan.port, bench, password)
    folder = Path(plan.folder)
    spool = Spool(
        folder / "spool" / f"{bench}.sqlite",
        bench,
        SpoolLimits(plan.spool_bytes),
        folder / f"{bench}.accepted",
    )
    return Bridge(
        BridgeParts(
            bench=bench,
            profile=_profile(),
            receivers=(),
            decoders=(),
            identity=Identity(kind=IdentityKind.SIMULATOR, vin=f"SIM-{bench}"),
            spool=spool,
            publisher=Publisher(
                bench, address, BenchState(observed_at_ms=clock.now_ms(), online=False)
            ),
            clock=clock,
            observers=(SteadyRows(plan.rows_per_s, plan.signals, clock),),
        )
    )


def main(plan_path: Path) -> None:
    """Run all benches of the plan, each with a thread, until told to stop."""
    stop = stop_on_signals()
    plan = msgspec.json.decode(plan_path.read_bytes(), type=LoadPlan)
    passwords = json.loads(Path(plan.credentials).read_text("utf-8"))
    bridges = [
        bridge_under_load(bench, plan, passwords[bench], SystemClock()) for bench in plan.benches
    ]
    threads = [_started(bridge, stop, place) for place, bridge in enumerate(bridges)]
    for thread in threads:
        thread.join()


def _started(bridge: Bridge, stop: threading.Event, place: int) -> threading.Thread:
    def run() -> None:
        try:
            bridge.run(stop)
        finally:
            stop.set()  # a bridge that ends by itself has failed

    thread = threading.Thread(target=run, name=f"bench-{place}")
    thread.start()
    return thread


if __name__ == "__main__":
    main(Path(sys.argv[1]))
