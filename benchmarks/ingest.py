"""What durable ingest costs, from a real Mosquitto into the embedded store, beside its peers.

python benchmarks/ingest.py [--rows N] [--seconds S] [--mqtt2influxdb PROGRAM] [--profile]

40 benches with 60 signals of 3 decimals. First as fast as ingest takes them: every row is committed
with an fsync before it is acknowledged, and a bench has 200 rows under way. Then at 10 Hz, where
the share of a core counts and how long a row takes from its publishing to its commit. Peers, from
the same machine's broker into VictoriaMetrics, acknowledged on arrival, so that they lose what they
hold when they die: the textbook stack (paho with automatic acknowledgement, json, a Point a value,
the batching WriteApi) and mqtt2influxdb 2.0.6 where its program is named.
"""

import argparse
import cProfile
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import ingest_feed, ingest_peers
from telemetry.broker.access import HOUSE_USERS, INGEST_USER, read_or_make_passwords
from telemetry.broker.embedded import prepare
from telemetry.contract.broker_address import BrokerAddress
from telemetry.ingest.figures import Figures
from telemetry.ingest.service import run_ingest, wall_clock_ms
from telemetry.ingest.subscriber import Subscriber
from telemetry.ingest.writer import Writer
from telemetry.store.committed import Committed
from telemetry.store.port import Batch
from telemetry.store.retention import Retention
from telemetry.store.sqlite import SqliteStore
from telemetry.store.sqlite_reading import SqliteReader

BENCHES = [f"bench-{number:02d}" for number in range(40)]
LIVE_HZ = 10.0
WITHIN_S = 900.0


@dataclass(frozen=True, slots=True)
class Measured:
    """Points per second of wall clock and per second of processor, its share of a core."""

    points: int
    seconds: float
    cpu_s: float

    def told(self) -> str:
        """As cells of a table."""
        per_core = self.points / self.cpu_s if self.cpu_s else 0.0
        return (
            f"{self.points / self.seconds / 1000:,.0f}k | {per_core / 1000:,.0f}k |"
            f" {1e6 * self.cpu_s / self.points:.2f} | {100 * self.cpu_s / self.seconds:.1f} %"
        )


class Timed(SqliteStore):
    """Notes how long after its publishing each row was committed."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.delays_ms: list[float] = []

    def commit(self, batch: Batch) -> Committed:
        """As the store does."""
        committed = super().commit(batch)
        now_ms = time.time_ns() / 1e6
        self.delays_ms += [now_ms - row.message.observed_at_ms for row in batch.samples]
        return committed


@contextmanager
def broker(folder: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """A private Mosquitto: its port and passwords."""
    port = ingest_peers.free_port()
    passwords = read_or_make_passwords(folder / "credentials.json", [*HOUSE_USERS, *BENCHES])
    embedded = prepare(folder / "mosquitto", "127.0.0.1", port, passwords, "mosquitto")
    process = subprocess.Popen(embedded.command)  # noqa: S603
    try:
        ingest_peers.wait_for(port)
        yield port, passwords
    finally:
        process.terminate()
        process.wait()


def ingest_child(folder: Path, port: int, profile: str) -> None:
    """Ingest as a process of its own, until a signal."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    password = json.loads((folder / "credentials.json").read_text())[INGEST_USER]
    address = replace(
        BrokerAddress.of_user("127.0.0.1", port, INGEST_USER, password), is_embedded=True
    )
    store = Timed(folder / "telemetry.sqlite")
    if profile:
        _profiled(address, store, stop, profile)
    else:
        run_ingest(address, store, stop, retention=Retention())
    store.close()
    (folder / "delays.json").write_text(json.dumps(store.delays_ms))


def _profiled(
    address: BrokerAddress, store: SqliteStore, stop: threading.Event, profile: str
) -> None:
    """The writer under the profiler, beside paho's thread."""
    subscriber = Subscriber(address, wall_clock_ms)
    writer = Writer(subscriber, store, wall_clock_ms, figures=Figures())
    subscriber.start()
    profiler = cProfile.Profile(time.thread_time)
    profiler.runcall(writer.run, stop)
    profiler.dump_stats(profile)
    subscriber.stop()


@contextmanager
def ingest(folder: Path, port: int, profile: str = "") -> Iterator[psutil.Process]:
    """Running and connected."""
    command = [sys.executable, __file__, "--child", str(folder), str(port), profile]
    child = subprocess.Popen(command, env={**os.environ, "PYTHONUNBUFFERED": "1"})  # noqa: S603
    try:
        ingest_peers.until(lambda: _is_connected(folder))
        yield psutil.Process(child.pid)
    finally:
        child.terminate()
        child.wait()


def _is_connected(folder: Path) -> bool:
    if not (folder / "telemetry.sqlite").exists():
        return False
    reader = SqliteReader(folder / "telemetry.sqlite")
    try:
        status = reader.ingest_status()
    except Exception:  # noqa: BLE001 - not made yet
        return False
    finally:
        reader.close()
    return status is not None and status.is_connected


def feed(port: int, passwords: dict[str, str], rows: int) -> list[ingest_feed.Bench]:
    """The benches, connected, with their rows encoded."""
    return [
        ingest_feed.Bench.connected(
            port, code, passwords[code], list(ingest_feed.payloads(rows, number))
        )
        for number, code in enumerate(BENCHES)
    ]


def measured(
    rows: int, hz: float | None, profile: str = ""
) -> tuple[Measured, tuple[float, float]]:
    """One run: throughput and cost, and median and p99 of publish to committed."""
    with tempfile.TemporaryDirectory() as folder_name:
        folder = Path(folder_name)
        with broker(folder) as (port, passwords):
            benches = feed(port, passwords, rows)
            with ingest(folder, port, profile) as process:
                before = process.cpu_times()
                seconds = ingest_feed.run(benches, hz, WITHIN_S)
                after = process.cpu_times()
            delays: list[float] = json.loads((folder / "delays.json").read_text())
            reader = SqliteReader(folder / "telemetry.sqlite")
            stored = sum(snapshot.rows for snapshot in reader.snapshots().values())
            reader.close()
    if stored != rows * len(BENCHES):
        raise SystemExit(f"stored {stored} of {rows * len(BENCHES)} rows")
    cpu_s = after.user + after.system - before.user - before.system
    points = stored * len(ingest_feed.SIGNALS)
    p99 = sorted(delays)[int(len(delays) * 0.99)]
    return Measured(points, seconds, cpu_s), (statistics.median(delays), p99)


HEAD = (
    "| | points/s | points per second of processor | µs a point | share of a core |\n"
    "|---|---|---|---|---|"
)


def main() -> None:
    """Print the tables."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rows", type=int, default=2000, help="of each bench, at full speed")
    arguments.add_argument("--seconds", type=float, default=20.0, help="at 10 Hz")
    arguments.add_argument("--mqtt2influxdb", default="", help="its program, to compare with")
    arguments.add_argument("--profile", default="", help="file for the profile of the writer")
    arguments.add_argument("--no-peers", action="store_true")
    arguments.add_argument("--child", nargs=3, help=argparse.SUPPRESS)
    chosen = arguments.parse_args()
    if chosen.child:
        ingest_child(Path(chosen.child[0]), int(chosen.child[1]), chosen.child[2])
        return
    print(HEAD)  # noqa: T201 - the answer
    full, _ = measured(chosen.rows, None, chosen.profile)
    print(f"| Stationmaster, fsync before acknowledgement | {full.told()} |")  # noqa: T201
    live, (median, p99) = measured(int(chosen.seconds * LIVE_HZ), LIVE_HZ)
    print(f"| Stationmaster, 40 × 60 × 10 Hz | {live.told()} |")  # noqa: T201
    if not chosen.no_peers:
        for name, peer in ingest_peers.all_of(chosen.mqtt2influxdb, chosen.rows):
            print(f"| {name} | {peer.told()} |")  # noqa: T201
    print(  # noqa: T201
        f"\npublish → committed at 24k points/s: median {median:.1f} ms, p99 {p99:.1f} ms"
    )


if __name__ == "__main__":
    main()
