"""A spool on a small disk of its own that fills up: by the spool itself, and by others."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from can_bridge.errors import SpoolRefused
from can_bridge.spool import Spool
from telemetry.contract import encoding
from telemetry.contract.payloads import Ack, BenchState, Samples
from telemetry.contract.topics import Stream
from tests.integration.bridge_desk import Desk

IS_ROOT = sys.platform == "linux" and os.geteuid() == 0


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    if not IS_ROOT:
        pytest.skip("mounts a small disk: run it as root on Linux")
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)]
    if subprocess.run(mounted, check=False).returncode:
        pytest.skip("may not mount a tmpfs here")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


class Others:
    """Somebody else's file on the same disk."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "others"

    def take(self, size: int) -> bool:
        """Write so much more; whether it all found room."""
        with self.path.open("ab", buffering=0) as file:
            try:
                return file.write(bytes(size)) == size
            except OSError:
                return False

    def go(self) -> None:
        self.path.unlink()


def samples(number: int, size: int = 1000) -> Samples:
    return Samples(observed_at_ms=number, epoch=1, seq=1, values={"text": "x" * size})


def offer(spool: Spool) -> bool:
    try:
        spool.commit([samples(1)], {})
    except SpoolRefused:
        return False
    return True


def take_all(spool: Spool) -> list[Samples]:
    """Act as an ingest that keeps up."""
    taken: list[Samples] = []
    while rows := spool.oldest(0, 200):
        for row in rows:
            message = encoding.decode(row.stream, row.payload)
            assert isinstance(message, Samples)
            taken.append(message)
            spool.release(row.epoch, row.last_seq)
    return taken


def test_a_spool_at_its_cap_gives_up_the_oldest_and_drains_to_the_last_row(
    small_disk: Path,
) -> None:
    spool = Spool(small_disk / "s.sqlite", "battery-01")
    for number in range(1500):
        spool.commit([samples(number)], {})
    assert spool.refused_commits == 0
    assert spool.dropped_rows > 500
    taken = take_all(spool)
    assert taken[-1].observed_at_ms == 1499
    kept = sum(not message.dropped for message in taken)
    dropped = sum(message.dropped for message in taken)
    assert (kept + dropped, dropped) == (1500, spool.dropped_rows)
    spool.commit([], {})
    assert (spool.rows, spool.payload_bytes) == (0, 0)
    spool.close()


def test_a_disk_that_others_fill_refuses_counted_and_goes_on_by_itself(small_disk: Path) -> None:
    spool, others = Spool(small_disk / "s.sqlite", "battery-01"), Others(small_disk)
    accepted = 0
    taken: list[Samples] = []

    while others.take(32_768):
        accepted += offer(spool)
    while others.take(512):
        pass
    while offer(spool):
        accepted += 1
    assert accepted > 150, "the reserve holds a while"
    assert "full" in spool.trouble
    refused = 1
    # the disk is still full, but what ingest takes makes room
    for _ in range(200):
        taken += take_all(spool)
        if offer(spool):
            accepted += 1
        else:
            refused += 1
    assert refused < 5
    assert spool.refused_rows == refused
    others.go()
    assert offer(spool)
    taken += take_all(spool)
    assert sum(not message.dropped for message in taken) == accepted + 1
    assert sum(message.dropped for message in taken) == refused == spool.dropped_rows
    assert spool.trouble == ""
    spool.close()


def test_a_bridge_on_a_full_disk_says_so_and_recovers_without_a_restart(small_disk: Path) -> None:
    desk, others = Desk(small_disk), Others(small_disk)
    desk.uplink.connect()
    while others.take(65_536):
        desk.run(0.05, 500)
    while others.take(512):
        pass
    while offer(desk.spool):
        pass
    desk.run(30.0, 500)
    full = desk.sent(Stream.STATE)[-1]
    assert isinstance(full, BenchState)
    assert "full" in full.spool.trouble
    assert full.spool.refused_rows == full.dropped_rows > 50
    assert desk.bridge.figures().refused_rows >= full.spool.refused_rows
    others.go()
    desk.run(3.0, 500)
    again = desk.sent(Stream.STATE)[-1]
    assert isinstance(again, BenchState)
    assert again.spool.trouble == ""
    while desk.bridge.unacknowledged:
        sent = [one for one in desk.sent(Stream.SAMPLES) if isinstance(one, Samples)]
        last = max(sent, key=lambda one: one.seq)
        desk.uplink.incoming.put(Ack(epoch=last.epoch, seq=max(last.seq, last.last_seq)))
        desk.run(0.1)
    records = [one for one in desk.sent(Stream.SAMPLES) if isinstance(one, Samples) and one.dropped]
    assert sum(one.dropped for one in {one.seq: one for one in records}.values()) == (
        desk.spool.dropped_rows
    )
    desk.close()
