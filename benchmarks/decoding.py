"""Frames decoded per second: this project, cantools and asammdf side by side, on one core.

python benchmarks/decoding.py [FOLDER OF THE REFERENCE RECORDINGS]

Whole logs are repeated to at least 300,000 frames. Batches of 1,000 are what a bridge gets from
three saturated 500 kbit/s buses in 80 ms. Every figure is the median of 5 runs; the three decoders
take turns, so that a slow moment of the machine hits all of them. asammdf extracts from a file that
is open already and scales nothing before a signal is asked for; the other two scale all values.
"""

import contextlib
import logging
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import asammdf
import numpy as np
from cantools.database.can import Database
from cantools.database.errors import DecodeError

from can_bridge.dbc.loading import load_dbc
from can_bridge.decoding.frames import FrameDecoder
from can_bridge.frames import IS_EXTENDED, Frame, FrameBatch
from can_bridge.logs.facts import log_facts
from can_bridge.logs.reading import read_batches
from can_bridge.logs.writing import write_batches

RUNS = 5
LEAST_FRAMES = 300_000
LIVE = 1_000
LOGS = (
    ("Kona P-CAN", "kona2019_pcan_ccan_off_on_ready_off.gvret.csv", "0", "kona_pcan"),
    ("Kona C-CAN", "kona2019_pcan_ccan_off_on_ready_off.gvret.csv", "1", "hyundai_kia_generic"),
    ("J1939 truck", "css_j1939_truck_idle.mf4", "1", "css_sae_j1939_demo"),
)
PAGES, CELLS = 48, 4


@dataclass(frozen=True)
class Case:
    """A log with its DBC; `dbc_path` is what asammdf reads."""

    name: str
    batch: FrameBatch
    database: Database
    dbc_path: Path


def recorded(folder: Path) -> Iterator[Case]:
    """The recordings of the reference."""
    for name, log, channel, dbc in LOGS:
        batch = FrameBatch.joined(list(read_batches(folder / "logs" / log, channel)))
        repaired = folder / f"dbc/{dbc}.cantools-ok.dbc"
        path = repaired if repaired.exists() else folder / f"dbc/{dbc}.dbc"
        yield Case(name, repeated(batch), load_dbc(path).database, path)


def multiplexed(folder: Path) -> Case:
    """Made-up traffic of one pack: cell voltages by pages in 29-bit frames, and its status."""
    cells = "".join(
        f' SG_ U{page * CELLS + cell} m{page} : {8 + 14 * cell}|14@1+ (0.0005,0) [0|5] "V" A\n'
        for page in range(PAGES)
        for cell in range(CELLS)
    )
    text = (
        f'BU_: A\nBO_ 2566848789 Cells: 8 A\n SG_ Page M : 0|8@1+ (1,0) [0|47] "" A\n{cells}'
        'BO_ 2566848790 Status: 8 A\n SG_ Current : 7|16@0- (0.1,0) [-600|600] "A" A\n'
        ' SG_ Voltage : 23|16@0+ (0.1,0) [0|1000] "V" A\n SG_ Soc : 32|8@1+ (0.5,0) [0|100] "%" A\n'
    )
    path = folder / "pack.dbc"
    path.write_text(text, encoding="ascii")
    dice = random.Random(1)  # noqa: S311 -- repeatable figures
    frames = [
        Frame(place / 1000, 1, 0x18FF0115 + place % 2, True, bytes([place // 2 % PAGES]) + rest)
        for place in range(LEAST_FRAMES)
        for rest in [dice.randbytes(7)]
    ]
    return Case("cell pages (made up)", FrameBatch.of(frames), load_dbc(path).database, path)


def repeated(batch: FrameBatch) -> FrameBatch:
    """The recording again and again, later each time, as one channel."""
    times = -(-LEAST_FRAMES // len(batch))
    batch = replace(batch, channel=np.zeros(len(batch), np.int16), channels=(1,))
    span_s = float(np.ptp(batch.timestamp_s)) + 1
    shifted = (replace(batch, timestamp_s=batch.timestamp_s + n * span_s) for n in range(times))
    return FrameBatch.joined(list(shifted))


def cut(batch: FrameBatch, size: int) -> list[FrameBatch]:
    """The same frames in batches."""
    rows = np.arange(len(batch))
    return [batch.where(rows[start : start + size]) for start in range(0, len(batch), size)]


def by_cantools(case: Case) -> Callable[[], None]:
    """Frame by frame; frames that it refuses count too."""
    by_key: dict[tuple[int, bool], int] = {}
    decoder = FrameDecoder(case.database)
    for index, found in enumerate(decoder.match(case.batch).tolist()):
        if found < len(decoder.messages):
            key = int(case.batch.arbitration_id[index]), bool(case.batch.flags[index] & IS_EXTENDED)
            by_key[key] = decoder.messages[found].frame_id
    # cantools knows no parameter groups: it is given the id that its DBC has
    rows = [
        (by_key.get((frame.arbitration_id, frame.is_extended_id)), frame.data, frame.is_extended_id)
        for frame in case.batch
    ]
    decode = case.database.decode_message

    def run() -> None:
        for frame_id, data, is_extended in rows:
            if frame_id is not None:
                with contextlib.suppress(DecodeError):
                    decode(frame_id, data, decode_choices=False, force_extended_id=is_extended)

    return run


def by_asammdf(case: Case, folder: Path) -> Callable[[], None]:
    """From an MF4 file that is open already."""
    path = folder / f"{case.dbc_path.stem}.mf4"
    write_batches([case.batch], log_facts([case.batch]), path, "mf4")
    file = asammdf.MDF(path)

    def run() -> None:
        file.extract_bus_logging({"CAN": [(str(case.dbc_path), 0)]}).close()

    return run


def medians(runs: dict[str, Callable[[], None]], frames: int) -> dict[str, float]:
    """Frames per second."""
    figures: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(RUNS):
        for name, run in runs.items():
            start_s = time.perf_counter()
            run()
            figures[name].append(frames / (time.perf_counter() - start_s))
    return {name: statistics.median(values) for name, values in figures.items()}


def measure(case: Case, folder: Path) -> str:
    """A line of the table."""
    decoder = FrameDecoder(case.database)
    small = cut(case.batch, LIVE)
    found = decoder.decode(case.batch)

    def live() -> None:
        for batch in small:
            decoder.decode(batch)

    def whole() -> None:
        for _ in decoder.decode_in_parts(case.batch):
            pass

    figures = medians(
        {
            "cantools": by_cantools(case),
            "asammdf": by_asammdf(case, folder),
            "live": live,
            "whole": whole,
        },
        len(case.batch),
    )
    peer = figures["cantools"]
    cells = [case.name, f"{len(case.batch):,}", f"{len(found.signal) / len(case.batch):.1f}"]
    cells += [f"{peer:,.0f}"]
    cells += [f"{figures[n]:,.0f} ({figures[n] / peer:.1f}×)" for n in ("asammdf", "live", "whole")]
    return "| " + " | ".join(cells) + " |"


def main(folder: Path) -> None:
    """Print the table."""
    logging.disable()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    lines = [
        "| frames/s | frames | values/frame | cantools | asammdf | batches of 1,000 | whole log |",
        "|---|---|---|---|---|---|---|",
    ]
    with tempfile.TemporaryDirectory() as scratch:
        cases = (*recorded(folder), multiplexed(Path(scratch)))
        lines += [measure(case, Path(scratch)) for case in cases]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    reference = Path(__file__).resolve().parents[2] / "shared" / "can"
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else reference)
