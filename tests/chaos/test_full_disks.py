"""Disks that fill up under the spools and under the store."""

import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.chaos.audit import CLEAN
from tests.chaos.conftest import StartLine
from tests.chaos.line import Line, Load
from tests.chaos.reporting import report
from tests.rig import POSIX_ONLY, until

SECONDS = float(os.environ.get("STATIONMASTER_FULL_DISK_S", "2.5"))
LOAD = Load(1000, benches=2, processes=1)
SPOOL_BYTES = 512 * 1024
"""Chosen: some four seconds of rows, so that no spool is full before the disk is."""
SPOOLS_FILLED = 6000
"""Rows of all benches, more than their spools hold together."""


@contextmanager
def small_disk(path: Path, mebibytes: int) -> Iterator[None]:
    path.mkdir(parents=True, exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={mebibytes}m", "tmpfs", str(path)]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    if made.returncode:
        pytest.skip(f"no small disk: run as root, or allow mounting a tmpfs: {made.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(path)], check=True)


def fill(disk: Path) -> Path:
    """What else is on the disk takes all of it."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(64 * 1024))
        except OSError:
            pass
        try:
            while True:
                file.write(bytes(512))
        except OSError:
            return ballast


def accepted_rows(line: Line) -> int:
    return sum((line.folder / f"{code}.accepted").stat().st_size for code in line.codes)


@POSIX_ONLY
@pytest.mark.chaos
@pytest.mark.timeout(240 + 4 * SECONDS)
def test_a_full_disk_under_the_spools_gives_up_counted_rows_and_drains_when_there_is_room(
    start_line: StartLine, tmp_path: Path
) -> None:
    pause, disk = threading.Event(), tmp_path / "spool"
    with small_disk(disk, 16):
        line = start_line("mosquitto", replace(LOAD, spool_bytes=SPOOL_BYTES))
        line.start_benches()
        line.wait_until_all_deliver()
        line.broker.kill()
        # while the spools still grow: one at its cap needs no more room
        ballast = fill(disk)
        pause.wait(SECONDS)
        ballast.unlink()
        before = accepted_rows(line)
        until(lambda: accepted_rows(line) > before, "rows are accepted when there is room", 20)
        # on to the cap: what goes beyond is given up by the spools themselves
        pause.wait(2 * SECONDS)
        line.broker.restart()
        found = line.settle(60)
        line.stop()
    report(f"full disk under spools: {found}")
    assert found.verdict == CLEAN
    assert found.not_stored > 0, "the spools did not reach their cap"
    assert found.told_given_up > found.not_stored, "the full disk refused nothing"


@POSIX_ONLY
@pytest.mark.chaos
@pytest.mark.timeout(240 + 4 * SECONDS)
def test_a_full_disk_under_the_store_loses_nothing_and_needs_no_restart(
    start_line: StartLine, tmp_path: Path
) -> None:
    disk = tmp_path / "var"
    with small_disk(disk, 48):
        line = start_line("mosquitto", LOAD)
        line.start_benches()
        line.wait_until_all_deliver()
        ballast = fill(disk)
        full_rows = line.rows()
        threading.Event().wait(SECONDS)
        while_full = line.rows() - full_rows
        ballast.unlink()
        line.wait_until_all_deliver(60, since_ms=max(line.latest_made_ms(line.codes).values()))
        found = line.settle(60)
        line.stop()
    report(f"full disk under the store: {while_full} rows stored meanwhile; {found}")
    assert while_full < LOAD.rows_per_s * SECONDS / 2, "the disk was not full"
    assert found.verdict == CLEAN
    assert found.told_given_up == 0
