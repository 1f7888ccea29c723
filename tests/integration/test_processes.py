import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from stationmaster.processes import House, Part, end_leftovers, running_house
from tests.rig import POSIX_ONLY

pytestmark = POSIX_ONLY
Wait = Callable[..., None]
SLEEPER = [sys.executable, "-c", "import threading; threading.Event().wait()"]
DEAF = """
import signal, threading
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("deaf", flush=True)
while True:
    threading.Event().wait(1)
"""


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path)
    yield house
    house.stop()


def test_a_part_that_dies_is_started_again(house: House, wait_until: Wait) -> None:
    house.start(Part("sleeper", SLEEPER))
    first, stop = house.pids()["sleeper"], threading.Event()
    watcher = threading.Thread(target=house.watch, args=(stop,))
    watcher.start()
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: house.restarts("sleeper") == 1)
    assert house.pids()["sleeper"] != first
    stop.set()
    watcher.join()


def test_even_a_deaf_part_is_gone_within_five_seconds(house: House, wait_until: Wait) -> None:
    house.start(Part("deaf", [sys.executable, "-c", DEAF]))
    house.start(Part("sleeper", SLEEPER))
    wait_until(lambda: "deaf" in house.log_tail("deaf"))
    pids, started_s = house.pids(), time.monotonic()
    house.stop()
    assert time.monotonic() - started_s < 5
    assert not any(psutil.pid_exists(pid) for pid in pids.values())


def test_a_killed_house_leaves_notes_by_which_its_parts_are_ended(tmp_path: Path) -> None:
    program = (
        "import sys, threading; from pathlib import Path\n"
        "from stationmaster.processes import House, Part\n"
        f"House(Path({str(tmp_path)!r})).start(Part('sleeper', {SLEEPER!r}))\n"
        "print('up', flush=True); threading.Event().wait()\n"
    )
    house = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
    assert house.stdout is not None
    assert house.stdout.readline() == b"up\n"
    assert running_house(tmp_path) == house.pid
    house.kill()
    house.wait()
    house.stdout.close()
    assert running_house(tmp_path) is None
    assert end_leftovers(tmp_path) == 1
    assert end_leftovers(tmp_path) == 0


def test_a_number_that_now_belongs_to_another_process_is_left_alone(tmp_path: Path) -> None:
    other = subprocess.Popen(SLEEPER)
    try:
        note = f'[{{"name": "sleeper", "pid": {other.pid}, "born": 1.0}}]'
        (tmp_path / "processes.json").write_text(note)
        assert end_leftovers(tmp_path) == 0
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_a_house_that_ended_and_was_never_waited_for_does_not_run(tmp_path: Path) -> None:
    ended = subprocess.Popen(SLEEPER)
    born = psutil.Process(ended.pid).create_time()
    note = {"name": "house", "pid": ended.pid, "born": born}
    (tmp_path / "processes.json").write_text(json.dumps([note]), "utf-8")
    assert running_house(tmp_path) == ended.pid
    ended.kill()
    os.waitid(os.P_PID, ended.pid, os.WEXITED | os.WNOWAIT)
    assert running_house(tmp_path) is None
    ended.wait()
