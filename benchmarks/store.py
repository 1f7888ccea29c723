"""What the embedded store costs and how fast it answers, at a million points and more.

python benchmarks/store.py [POINTS ...]     1e6 1e7 when none are given; 1e8 takes some minutes

40 benches with 60 signals of 3 decimals (noise of 0.02 on slow waves) at 1 Hz, committed in groups
of 500 rows with an fsync each and sealed hour by hour. 1e6 points are 7 minutes, 1e7 1.2 hours, 1e8
12 hours; then come 30 days of one signal and of usage sessions for the questions over a month.
Questions are asked while another process ingests and seals rows of all benches at 10 Hz.
"""

import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from telemetry.contract.payloads import FaultReport, Samples, UsageEvent, UsageReport, Value
from telemetry.store.port import Batch, Received, Step
from telemetry.store.sqlite import SqliteStore
from telemetry.store.sqlite_reading import SqliteReader

BENCHES = [f"bench-{number:02d}" for number in range(40)]
SIGNALS = [f"signal_{number:02d}" for number in range(59)] + ["running"]
HOUR_MS, DAY_MS = 3_600_000, 86_400_000
START_MS = 19_700 * DAY_MS
GROUP_ROWS = 500
LATE_MS = 600_000
ROUNDS = 40
LIVE_HZ = 10
RUNNING_S = 200
"""Of every 600 s."""
Row = Received[Samples]


def rows(first_s: int, last_s: int) -> Iterator[Row]:
    """One row per bench and second."""
    dice = np.random.default_rng(first_s)
    waves = np.arange(len(SIGNALS) - 1)
    for second in range(first_s, last_s):
        slow = 40 + 20 * np.sin(second / 1800 + waves)
        values = np.round(slow + dice.normal(0, 0.02, (len(BENCHES), len(waves))), 3).tolist()
        running = float(second % 600 < RUNNING_S)
        at_ms = START_MS + second * 1000
        for bench, cells in zip(BENCHES, values, strict=True):
            named = dict(zip(SIGNALS, [*cells, running], strict=True))
            message = Samples(observed_at_ms=at_ms, epoch=1, seq=second + 1, values=named)
            yield Received(bench, at_ms + 3, message)


class Filling:
    """Commits rows, seals every simulated hour, and keeps both times."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.store = SqliteStore(path)
        self.commit_s = self.seal_s = 0.0
        self.points = 0
        self.hot_bytes_per_point = 0.0

    def commit(self, group: list[Row]) -> None:
        """One group with its fsync."""
        started_s = time.perf_counter()
        self.store.commit(Batch(samples=group))
        self.commit_s += time.perf_counter() - started_s
        self.points += len(group) * len(SIGNALS)

    def seal(self, now_ms: int) -> None:
        """What is over by then."""
        started_s = time.perf_counter()
        self.store.seal(now_ms, LATE_MS)
        self.seal_s += time.perf_counter() - started_s

    def fill(self, seconds: int) -> None:
        """Simulated time from the start; sealing as ingest would."""
        for first_s in range(0, seconds, 600):
            group: list[Row] = []
            for row in rows(first_s, min(first_s + 600, seconds)):
                group.append(row)
                if len(group) == GROUP_ROWS:
                    self.commit(group)
                    group = []
            if group:
                self.commit(group)
            if first_s == 0:
                self.hot_bytes_per_point = used_bytes(self.path) / self.points
            self.seal(START_MS + first_s * 1000)

    def add_month(self) -> None:
        """30 days before the start: a row per bench and 10 minutes, ten usage sessions a day."""
        first_seq = 10**9
        for day in range(30):
            start_ms = START_MS - (30 - day) * DAY_MS
            batch = Batch()
            for bench in BENCHES:
                seq = first_seq + day * 1000
                for place in range(144):
                    at_ms = start_ms + place * 600_000
                    values: dict[str, Value] = {"running": float(place % 3)}
                    seq += 1
                    sample = Samples(observed_at_ms=at_ms, epoch=1, seq=seq, values=values)
                    batch.samples.append(Received(bench, at_ms, sample))
                batch.events += [session(bench, seq + n, start_ms + n * 7_200_000) for n in _TEN]
            self.store.commit(batch)
        self.store.seal(START_MS + DAY_MS, LATE_MS)


_TEN = range(1, 11)


def session(bench: str, seq: int, at_ms: int) -> Received[UsageReport | FaultReport]:
    """A usage session of 40 minutes."""
    end_ms = at_ms + 2_400_000
    report = UsageReport(
        observed_at_ms=end_ms,
        epoch=1,
        seq=seq,
        usage_id=f"{seq}",
        event=UsageEvent.ENDED,
        started_at_ms=at_ms,
        ended_at_ms=end_ms,
    )
    return Received(bench, end_ms, report)


def used_bytes(path: Path) -> int:
    """Bytes of the pages in use."""
    with closing(sqlite3.connect(path)) as db:
        asked = ("page_count", "freelist_count", "page_size")
        pages, free, size = (int(db.execute(f"PRAGMA {n}").fetchone()[0]) for n in asked)
    return (pages - free) * size


def ingest(path: Path, first_s: int) -> None:
    """What the other process does until it is ended.

    An hour that stays open, then rows of every bench at 10 Hz, and sealing.
    """
    store, pause = SqliteStore(path), threading.Event()
    start_ms = START_MS + first_s * 1000
    for from_s in range(first_s, first_s + 3600, 100):
        store.commit(Batch(samples=list(rows(from_s, from_s + 100))))
        store.seal(start_ms, LATE_MS)
    start_ms += HOUR_MS
    period_s = 1 / LIVE_HZ
    threading.Thread(target=lambda: _keep_sealing(store, start_ms), daemon=True).start()
    started_s = time.monotonic()
    for tick, number in enumerate(range(10**6)):
        group = list(rows(number, number + 1))
        at_ms = start_ms + int(tick * period_s * 1000)
        batch = Batch(
            samples=[
                Received(row.bench, at_ms, _again(row.message, at_ms, 2 * 10**9 + number))
                for row in group
            ]
        )
        store.commit(batch)
        if tick == LIVE_HZ:
            sys.stdout.write("here\n")
            sys.stdout.flush()
        pause.wait(max(0.0, started_s + tick * period_s - time.monotonic()))


def _again(message: Samples, at_ms: int, seq: int) -> Samples:
    return Samples(observed_at_ms=at_ms, epoch=1, seq=seq, values=message.values)


def _keep_sealing(store: SqliteStore, now_ms: int) -> None:
    pause = threading.Event()
    while True:
        pause.wait(10)
        store.seal(now_ms, LATE_MS)


def timed(question: Callable[[int], object]) -> str:
    """p50 and p95 in milliseconds."""
    question(0)
    taken: list[float] = []
    for number in range(ROUNDS):
        started_s = time.perf_counter()
        question(number)
        taken.append((time.perf_counter() - started_s) * 1000)
    ordered = sorted(taken)
    return f"{statistics.median(ordered):.2f} / {ordered[int(len(ordered) * 0.95)]:.2f}"


def answers(path: Path, seconds: int) -> list[str]:
    """The questions, while the other process ingests."""
    end_ms = START_MS + seconds * 1000
    sealed = (START_MS, START_MS + min(HOUR_MS, seconds * 1000))
    still_open = (end_ms, end_ms + HOUR_MS)
    month = (START_MS - 30 * DAY_MS, START_MS)
    command = [sys.executable, __file__, "--ingest", str(path), str(seconds)]
    other = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 - this file
    try:
        if other.stdout is None or not other.stdout.readline():
            raise RuntimeError("the ingesting process did not start")
        with closing(SqliteReader(path)) as reader:
            return [
                timed(lambda n: reader.last_row(BENCHES[n])),
                timed(lambda n: reader.window(BENCHES[n], sealed, 300, [SIGNALS[n]])),
                timed(lambda n: reader.window(BENCHES[n], still_open, 300, [SIGNALS[n]])),
                timed(lambda _: reader.utilisation(BENCHES, month, 8 * HOUR_MS)),
                timed(lambda _: reader.activity(BENCHES, "running", month, 8 * HOUR_MS)),
                timed(lambda _: reader.rollups(BENCHES, ["running"], month, Step.HOUR)),
            ]
    finally:
        other.kill()
        other.wait()
        if other.stdout is not None:
            other.stdout.close()


def column(points: int) -> list[str]:
    """All figures at one size."""
    seconds = max(points // (len(BENCHES) * len(SIGNALS)), 60)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "telemetry.sqlite"
        filling = Filling(path)
        filling.fill(seconds)
        commit_rate = filling.points / filling.commit_s
        filling.seal(START_MS + seconds * 1000 + 2 * HOUR_MS)
        sealed_bytes = used_bytes(path) / filling.points
        filling.add_month()
        filling.store.close()
        return [
            f"{filling.points:.1e}",
            f"{commit_rate / 1e6:.2f} M/s",
            f"{filling.points / filling.seal_s / 1e6:.2f} M/s",
            f"{filling.hot_bytes_per_point:.2f}",
            f"{sealed_bytes:.2f}",
            *answers(path, seconds),
        ]


NAMES = (
    "points",
    "commit, fsync per 500 rows",
    "seal (pack, merge, rollups)",
    "bytes per point, hot",
    "bytes per point, sealed with rollups",
    "last values of a bench, ms p50 / p95",
    "1 h → 300 points, sealed, ms",
    "1 h → 300 points, not sealed yet, ms",
    "30 d × 40 benches use per day (sessions), ms",
    "30 d × 40 benches activity per day (a signal), ms",
    "30 d × 40 benches hourly rollups (28,800 records), ms",
)


def main(sizes: list[int]) -> None:
    """Print the table."""
    columns = [column(size) for size in sizes]
    lines = [f"| {' | '.join(cells)} |" for cells in zip(NAMES, *columns, strict=True)]
    lines.insert(1, "|---" * (len(sizes) + 1) + "|")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--ingest"]:
        ingest(Path(sys.argv[2]), int(sys.argv[3]))
    else:
        main([int(float(size)) for size in sys.argv[1:]] or [10**6, 10**7])
