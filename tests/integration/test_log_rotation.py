import json
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from stationmaster.logs import KEPT_FILES
from stationmaster.processes import House, Part
from tests.rig import POSIX_ONLY

Wait = Callable[..., None]
LIMIT = 20_000
TALKER = """
import structlog, sys, threading
from stationmaster.logs import log_as
log_as("talker")
log = structlog.get_logger()
for n in range(600):
    log.info("line", number=n, filling="x" * 100)
print("raw words of a library", file=sys.stderr)
sys.stderr.flush()
threading.Event().wait()
"""
FOREIGN = """
import os, threading
for n in range(1000):
    os.write(1, b"y" * 99 + b"\\n")
threading.Event().wait()
"""


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path, LIMIT)
    yield house
    house.stop()


def test_a_part_begins_a_new_log_when_its_own_is_full_and_loses_no_line(
    house: House, tmp_path: Path, wait_until: Wait
) -> None:
    part = Part("talker", [sys.executable, "-c", TALKER], {"PYTHONPATH": str(Path.cwd())})
    house.start(part)
    wait_until(lambda: "raw words" in house.log_tail("talker"), what="the part has said it all")
    files = sorted(tmp_path.glob("logs/talker.log*"))
    assert len(files) == KEPT_FILES + 1
    assert all(path.stat().st_size < LIMIT + 500 for path in files)
    lines = [line for path in files for line in path.read_text().splitlines()]
    numbers = sorted(json.loads(line)["number"] for line in lines if line.startswith("{"))
    assert numbers == list(range(numbers[0], 600))


def test_a_full_log_makes_room_when_its_part_starts(house: House, tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    old = tmp_path / "logs" / "sleeper.log"
    old.write_text("z" * LIMIT)
    house.start(
        Part("sleeper", [sys.executable, "-c", "import threading; threading.Event().wait()"])
    )
    assert old.stat().st_size == 0
    assert (tmp_path / "logs" / "sleeper.log.1").read_text() == "z" * LIMIT


@POSIX_ONLY
def test_the_log_of_a_foreign_program_is_bounded_too(
    house: House, tmp_path: Path, wait_until: Wait
) -> None:
    path = tmp_path / "logs" / "foreign.log"
    house.start(Part("foreign", [sys.executable, "-c", FOREIGN]))
    wait_until(lambda: path.stat().st_size == 100_000)
    stop = threading.Event()
    watcher = threading.Thread(target=house.watch, args=(stop,))
    watcher.start()
    try:
        wait_until(lambda: path.stat().st_size == 0)
    finally:
        stop.set()
        watcher.join()
    assert path.with_name("foreign.log.1").stat().st_size == 100_000
