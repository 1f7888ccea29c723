"""How fast each log format is read, beside python-can where it has a reader, in one run.

python benchmarks/log_import.py [ROUNDS]

The frames are the whole car of the reference recordings, repeated with later timestamps to about
200,000; files are written to a temporary folder and read from the page cache. MF4 is read by a
process of its own, whose start is part of its figure.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import can

from can_bridge.frames import FrameBatch
from can_bridge.logs.facts import log_facts
from can_bridge.logs.reading import open_log
from can_bridge.logs.values import LogRow
from can_bridge.logs.writers.text import rows_of
from can_bridge.logs.writing import write_batches

LOG = "can/logs/kona2019_pcan_ccan_off_on_ready_off.gvret.csv"
REPEATS = 5
GOAL = 250_000
DATE_S = 1_673_520_000.0
_WRITTEN = {"gvret": "gvret.csv", "candump": "log", "csv": "csv"} | {
    name: name for name in ("asc", "trc", "blf", "mf4")
}
_BINARY = {"blf", "mf4"}
_BUSMASTER = (
    "***BUSMASTER Ver 3.2.2***\n***HEX***\n***ABSOLUTE MODE***\n"
    "***<Time><Tx/Rx><Channel><CAN ID><Type><DLC><DataBytes>***\n"
)
_MICROCHIP = "//---\nMicrochip Technology Inc.\nCAN BUS Analyzer\n//---\n"


def sample(shared: Path) -> list[FrameBatch]:
    """The recording, several times one behind the other, at a date python-can's formats can say."""
    once = FrameBatch.joined(list(open_log(shared / LOG).batches()))
    start_s, length_s = once.timestamp_s.min(), float(log_facts([once]).duration_s) + 0.001
    return [
        once.at_times(once.timestamp_s - start_s + DATE_S + repeat * length_s)
        for repeat in range(REPEATS)
    ]


def crtd(row: LogRow) -> str:
    """A line as OVMS writes it."""
    number = 1 + int(row.channel)
    return f"{row.timestamp_s:.6f} {number}R11 {row.arbitration_id:03X} {row.data.hex(' ')}\n"


def busmaster(row: LogRow) -> str:
    """A line as BusMaster writes it."""
    at = datetime.fromtimestamp(row.timestamp_s, UTC)
    clock = f"{at.hour}:{at:%M:%S}:{at.microsecond // 100:04}"
    name = f"0x{row.arbitration_id:03X} s {row.length}"
    return f"{clock} Rx {1 + int(row.channel)} {name} {row.data.hex(' ').upper()} \n"


def microchip(row: LogRow) -> str:
    """A line as the CAN BUS Analyzer writes it."""
    data = "".join(f"0x{byte:02X};" for byte in row.data)
    at_ms = round((row.timestamp_s - DATE_S) * 1000)
    return f"{at_ms};RX;0x{row.arbitration_id:08X};{row.length};{data}\n"


def files(folder: Path, batches: list[FrameBatch]) -> Iterator[tuple[str, Path]]:
    """Each format's name and a file of it."""
    facts = log_facts(batches)
    for form, suffix in _WRITTEN.items():
        path = folder / f"log.{suffix}"
        write_batches(batches, facts, path, form)
        yield form, path
    for form, head, line in (
        ("crtd", "", crtd),
        ("busmaster", _BUSMASTER, busmaster),
        ("microchip", _MICROCHIP, microchip),
    ):
        path = folder / f"{form}.txt"
        with path.open("w", encoding="utf-8") as file:
            file.write(head)
            for batch in batches:
                file.writelines(map(line, rows_of(batch)))
        yield form, path


def ours(path: Path) -> int:
    """Frames read into batches."""
    return sum(len(batch) for batch in open_log(path).all_batches())


def theirs(path: Path) -> int:
    """Messages python-can makes."""
    with can.LogReader(path) as reader:
        return sum(1 for _ in reader)


def frames_per_s(read: Callable[[Path], int], path: Path, expected: int) -> float:
    """One reading's speed; a reading that loses frames is no reading."""
    begun_s = time.perf_counter()
    count = read(path)
    if count != expected:
        raise ValueError(f"{path.name}: {count} frames read, {expected} written")
    return expected / (time.perf_counter() - begun_s)


def line(form: str, path: Path, expected: int, rounds: int) -> str:
    """A format's line of the table."""
    has_peer = form not in {"gvret", "crtd", "busmaster", "microchip"}
    own: list[float] = []
    peer: list[float] = []
    for _ in range(rounds):
        own.append(frames_per_s(ours, path, expected))
        if has_peer:
            peer.append(frames_per_s(theirs, path, expected))
    median = statistics.median(own)
    told = f"{median:,.0f} ({min(own):,.0f}-{max(own):,.0f})"
    met = "yes" if median >= GOAL else "**no**"
    if form in _BINARY:
        met = "(no text)"
    if not peer:
        return f"| {form} | {told} | no reader | - | {met} |"
    other = statistics.median(peer)
    return f"| {form} | {told} | {other:,.0f} | {median / other:.1f} | {met} |"


def main(rounds: int) -> None:
    """Print the table."""
    shared = Path(__file__).resolve().parent.parent.parent / "shared"
    if not (shared / LOG).is_file():
        sys.exit(f"the reference recording is absent: {LOG} in ../shared beside the checkout")
    batches = sample(shared)
    expected = sum(map(len, batches))
    with tempfile.TemporaryDirectory() as folder:
        print(f"{expected} frames, {rounds} rounds, frames/s, medians (min-max)\n")  # noqa: T201
        print(f"| format | ours | python-can {can.__version__} | ratio | ≥ {GOAL:,} |")  # noqa: T201
        print("|---|---|---|---|---|")  # noqa: T201
        for form, path in files(Path(folder), batches):
            print(line(form, path, expected, rounds), flush=True)  # noqa: T201


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
