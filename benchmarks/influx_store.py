"""What rows cost on their way to InfluxDB, and how fast what rests there is read.

python benchmarks/influx_store.py [URL]     an InfluxDB 1.x of its own when no URL is given

One bench with 60 signals of 3 decimals at 10 Hz for an hour: 2.16 million points. In the same run
the client library's own ways: a Point per value and a Point per row, synchronous, the same rows.
"""

import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from influxdb_client.client.write.point import Point
from influxdb_client.domain.write_precision import WritePrecision

from telemetry.contract.payloads import Samples, Value
from telemetry.store.influx.connection import Address, Influx
from telemetry.store.influx.forwarding import Limits
from telemetry.store.influx.preparing import Kept, prepare_server
from telemetry.store.influx.store import InfluxStore
from telemetry.store.port import Batch, Received
from tests.influx_servers import start_influxdb

SIGNALS = [f"signal_{number:02d}" for number in range(60)]
ROWS = 36_000
PEER_ROWS = 1000
HOUR_MS = 3_600_000
START_MS = 480_000 * HOUR_MS
ROUNDS = 7


def values_of(first: int, count: int) -> list[dict[str, Value]]:
    """Noise on slow waves, three decimals."""
    dice = np.random.default_rng(first)
    slow = 40 + 20 * np.sin(first / 18_000 + np.arange(len(SIGNALS)))
    cells = np.round(slow + dice.normal(0, 0.02, (count, len(SIGNALS))), 3).tolist()
    return [dict(zip(SIGNALS, row, strict=True)) for row in cells]


def told(what: str, points: int, wall_s: float, cpu_s: float) -> None:
    """One line of the table."""
    rate = points / wall_s
    print(f"{what:44} {rate:12,.0f} points/s {cpu_s / points * 1e6:6.2f} us CPU/point")  # noqa: T201


def timed(what: str, points: int, call: Callable[[], object]) -> None:
    """Run once and tell."""
    wall_s, cpu_s = time.perf_counter(), time.process_time()
    call()
    told(what, points, time.perf_counter() - wall_s, time.process_time() - cpu_s)


def fill(store: InfluxStore) -> None:
    """Commit the hour in groups of 500 rows."""
    for first in range(0, ROWS, 500):
        found = [
            Received(
                "bench-01",
                START_MS + n * 100,
                Samples(observed_at_ms=START_MS + n * 100, epoch=1, seq=n + 1, values=row),
            )
            for n, row in enumerate(values_of(first, 500), start=first)
        ]
        store.commit(Batch(samples=found))


def peers(address: Address) -> None:
    """The client library's own ways to lines, written by the same request."""
    rows = values_of(0, PEER_ROWS)
    points = PEER_ROWS * len(SIGNALS)
    with closing(Influx(address)) as influx:

        def per_value() -> None:
            lines = [
                Point("peer")  # type: ignore[no-untyped-call]
                .tag("signal", name)
                .field("value", value)
                .time(START_MS + n, WritePrecision.MS)
                for n, row in enumerate(rows)
                for name, value in row.items()
            ]
            influx.write("samples", [line.to_line_protocol("ns") for line in lines])

        def per_row() -> None:
            lines = []
            for n, row in enumerate(rows):
                point: Any = Point("peer_row")  # type: ignore[no-untyped-call]
                point.time(START_MS + n, WritePrecision.MS)
                for name, value in row.items():
                    point.field(name, value)
                lines.append(point.to_line_protocol("ns"))
            influx.write("samples", lines)

        timed("peer: a Point per value, synchronous", points, per_value)
        timed("peer: a Point per row, synchronous", points, per_row)


def reads(store: InfluxStore) -> None:
    """Median times of questions to rows that rest in InfluxDB."""
    span = (START_MS, START_MS + HOUR_MS)
    questions: dict[str, Callable[[], object]] = {
        "1 h to 300 points, 1 signal": lambda: store.window("bench-01", span, 300, SIGNALS[:1]),
        "1 h to 300 points, 4 signals": lambda: store.window("bench-01", span, 300, SIGNALS[:4]),
        "1 h of all 60 signals, every row": lambda: list(store.history("bench-01", span)),
        "1 h to 60 points (rollups of the file)": lambda: store.window("bench-01", span, 60),
        "last values (of the file)": lambda: store.last_row("bench-01"),
    }
    for what, ask in questions.items():
        times: list[float] = []
        for _ in range(ROUNDS):
            started_s = time.perf_counter()
            ask()
            times.append(time.perf_counter() - started_s)
        print(f"{what:44} {statistics.median(times) * 1000:10.2f} ms")  # noqa: T201


def measure(url: str, folder: Path) -> None:
    """Everything against one server."""
    address = Address(url, database=f"benchmark-{time.time_ns()}")
    with closing(Influx(address)) as influx:
        print(prepare_server(influx, Kept(0, 0, 0)).version)  # noqa: T201
    limits = Limits(behind_ms=2**62, ahead_ms=2**62, keep_ms=0)
    with closing(InfluxStore(folder / "t.sqlite", Influx(address), limits)) as store:
        points = ROWS * len(SIGNALS)
        timed("commit with fsync (the file)", points, lambda: fill(store))
        timed("sent, own lines (drains a queue)", points, store.send)
        timed("sealed, verified, let go", points, lambda: store.seal(START_MS + 9 * HOUR_MS, 0))
        peers(address)
        reads(store)


def main() -> None:
    """Against the URL, or a server of its own."""
    folder = Path(tempfile.mkdtemp())
    server = None if sys.argv[1:] else start_influxdb(folder / "influxdb")
    try:
        measure(server.url if server else sys.argv[1], folder)
    finally:
        if server:
            server.kill()
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
