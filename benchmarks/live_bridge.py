"""Three saturated 500 kbit/s buses through a whole bridge, beside python-can with cantools.

python benchmarks/live_bridge.py [--minutes 10] [--peer-minutes 1]
                                 [--path socketcand|slcan|udp_multicast]
                                 [--recordings ../shared/can]

A process of its own sends 4,170 recorded frames a second on each of three buses: over TCP as
socketcand does, over pseudo-terminals as slcan adapters do, or by python-can's multicast. No kernel
with CAN is needed, so SocketCAN itself is not measured. The bridge is the installed command with a
spool on disk, a real broker and ingest behind it; the peer only receives and decodes. They run one
after the other. Lost is what was sent and neither decoded nor otherwise counted.
"""

import argparse
import contextlib
import json
import logging
import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import can
import psutil
from cantools.database.can import Database
from cantools.database.errors import DecodeError

from benchmarks.full_buses import BUSES, FRAMES_PER_S, Task, places, send
from telemetry.broker.access import INGEST_USER, read_or_make_passwords
from telemetry.broker.embedded import prepare
from telemetry.contract.payloads import BenchState
from telemetry.store.sqlite_reading import SqliteReader
from tests.rig import RunningBroker

ROOT = Path(__file__).resolve().parent.parent
DBC = "dbc/kona_pcan.cantools-ok.dbc"
WARM_UP_S, COOL_DOWN_S = 3.0, 3.0
BENCH = "battery-01"
BROKER_PORT = 43200


@dataclass(frozen=True)
class Outcome:
    """Frames sent and dealt with, and the receiving process's share of a core."""

    sent: int
    received: int
    told_lost: int
    share: float


@contextlib.contextmanager
def house(folder: Path) -> Iterator[dict[str, str]]:
    """A broker and ingest; the environment of what belongs to them."""
    environment = {
        **os.environ,
        "STATIONMASTER_VAR": str(folder / "var"),
        "STATIONMASTER_BROKER_PORT": str(BROKER_PORT),
    }
    (folder / "var/broker").mkdir(parents=True)
    passwords = read_or_make_passwords(folder / "var/broker/credentials.json", [INGEST_USER, BENCH])
    broker = RunningBroker(
        prepare(folder / "var/broker", "127.0.0.1", BROKER_PORT, passwords, ""), passwords
    )
    ingest = command(["ingest"], environment)
    try:
        yield environment
    finally:
        ingest.terminate()
        ingest.wait()
        broker.stop()


def command(words: list[str], environment: dict[str, str]) -> "subprocess.Popen[bytes]":
    """One of the project's own commands, as a process."""
    whole = [sys.executable, "-m", "stationmaster", *words]
    return subprocess.Popen(whole, cwd=ROOT, env=environment)  # noqa: S603


def profile(path: str, folder: Path, recordings: Path) -> Path:
    """The profile of a bench with three buses."""
    text = 'name = "three full buses"\nidentity = "simulator"\n'
    for name, place in zip(BUSES, places(path, str(folder)), strict=True):
        options = {key: value for key, value in place.items() if key != "channel"}
        text += (
            f'[[buses]]\nname = "{name}"\ninterface = "{path}"\naccept_active = true\n'
            f"channel = {json.dumps(place['channel'])}\n"
            f"dbc = {json.dumps(str((recordings / DBC).resolve()))}\n[buses.options]\n"
        )
        text += "".join(f"{key} = {json.dumps(value)}\n" for key, value in options.items())
    written = folder / "profile.toml"
    written.write_text(text, encoding="utf-8")
    return written


def farewell(store: Path) -> BenchState:
    """What the bench said last of itself, when it left."""
    reader, pause = SqliteReader(store), threading.Event()
    for _ in range(100):
        found = reader.snapshot(BENCH)
        if found and found.state and not found.state.online:
            return found.state
        pause.wait(0.1)
    raise RuntimeError("the bridge said no farewell")


def ours(path: str, seconds: float, recordings: Path) -> Outcome:
    """The whole bridge."""
    with tempfile.TemporaryDirectory() as text:
        folder = Path(text)
        with house(folder) as environment:
            written = profile(path, folder, recordings)
            words = ["bridge", "run", "--profile", str(written), "--bench", BENCH]
            sent, share = measured(
                path, folder, seconds, recordings, lambda: command(words, environment)
            )
            counts = farewell(folder / "var/telemetry.sqlite").frames
    outcomes = (
        counts.decoded,
        counts.short,
        counts.diagnostic,
        counts.unknown_id,
        counts.unknown_mux,
    )
    return Outcome(sent, sum(outcomes) + counts.undecodable, counts.lost, share)


def measured(
    path: str,
    folder: Path,
    seconds: float,
    recordings: Path,
    start: "Callable[[], subprocess.Popen[bytes]]",
) -> tuple[int, float]:
    """Send to a process from beginning to end; frames sent and its share of a core meanwhile."""
    context = multiprocessing.get_context("spawn")
    go, told = context.Event(), context.Queue()
    task = Task(path, str(folder), str(recordings), seconds)
    sender = context.Process(target=send, args=(task, go, told))
    sender.start()
    told.get(timeout=60)
    receiver = start()
    told.get(timeout=60)
    pause = threading.Event()
    pause.wait(WARM_UP_S)
    watched = psutil.Process(receiver.pid)
    before, begun_s = watched.cpu_times(), time.monotonic()
    go.set()
    sent = int(told.get(timeout=seconds + 60))
    after, took_s = watched.cpu_times(), time.monotonic() - begun_s
    pause.wait(COOL_DOWN_S)
    receiver.send_signal(signal.SIGTERM)
    receiver.wait(20)
    go.set()
    sender.join()
    used_s = after.user + after.system - before.user - before.system
    return sent, used_s / took_s


def theirs(path: str, seconds: float, recordings: Path) -> Outcome:
    """python-can and cantools."""
    with tempfile.TemporaryDirectory() as text:
        folder = Path(text)
        result = folder / "counts.json"
        words = ["--peer", str(result), "--path", path, "--recordings", str(recordings)]
        environment = {**os.environ, "PEER_FOLDER": str(folder)}
        sent, share = measured(
            path,
            folder,
            seconds,
            recordings,
            lambda: subprocess.Popen([sys.executable, __file__, *words], env=environment),  # noqa: S603
        )
        received = sum(json.loads(result.read_text("utf-8")))
    return Outcome(sent, received, 0, share)


def peer(path: str, recordings: Path, result: Path) -> None:
    """The peer's process: a thread per bus receives and decodes."""
    logging.getLogger("can").setLevel(logging.CRITICAL)
    database = Database()
    database.add_dbc_file(recordings / DBC)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda _number, _frame: stop.set())
    counts = [0] * len(BUSES)

    def receive(bus: can.BusABC, place: int) -> None:
        while not stop.is_set():
            message = bus.recv(0.5)
            if message is None:
                continue
            with contextlib.suppress(KeyError, DecodeError, ValueError):
                database.decode_message(message.arbitration_id, bytes(message.data))
            counts[place] += 1

    options: dict[str, Any] = {"interface": path}
    if path == "slcan":
        options |= {"bitrate": 500_000, "listen_only": True, "sleep_after_open": 0}
    threads = []
    for number, place in enumerate(places(path, os.environ["PEER_FOLDER"])):
        bus = can.Bus(**place, **options)
        threads.append(threading.Thread(target=receive, args=(bus, number)))
        threads[-1].start()
    stop.wait()
    for thread in threads:
        thread.join()
    result.write_text(json.dumps(counts), encoding="utf-8")
    # a bus whose other end is gone may take its time to close
    os._exit(0)


def main() -> None:
    """Print the table."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--minutes", type=float, default=10.0)
    arguments.add_argument("--peer-minutes", type=float, help="as long as the bridge by default")
    arguments.add_argument(
        "--path", choices=["socketcand", "slcan", "udp_multicast"], default="socketcand"
    )
    arguments.add_argument("--recordings", type=Path, default=ROOT.parent / "shared/can")
    arguments.add_argument("--peer", type=Path)
    asked = arguments.parse_args()
    if asked.peer:
        peer(asked.path, asked.recordings, asked.peer)
        return
    minutes = {ours: asked.minutes, theirs: asked.peer_minutes or asked.minutes}
    rate = FRAMES_PER_S * len(BUSES)
    print(f"{rate:,} frames/s over {asked.path} for {asked.minutes:g} min\n")  # noqa: T201
    print("| receiver | frames sent | lost | of it told | % of a core |")  # noqa: T201
    print("|---|---|---|---|---|")  # noqa: T201
    for name, run in (("bridge", ours), ("python-can + cantools", theirs)):
        one = run(asked.path, minutes[run] * 60, asked.recordings)
        lost = one.sent - one.received
        print(  # noqa: T201
            f"| {name} | {one.sent:,} | {lost:,} | {one.told_lost:,} | {one.share:.1%} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
