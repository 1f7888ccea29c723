"""Between bench, broker and ingest packets double, swap, vanish; connections break and stall."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from tests.chaos.audit import CLEAN
from tests.chaos.bad_network import BadNetwork, Trouble
from tests.chaos.conftest import StartLine
from tests.chaos.line import Load
from tests.chaos.reporting import report
from tests.rig import POSIX_ONLY

SECONDS = float(os.environ.get("STATIONMASTER_BAD_NETWORK_S", "3"))
PROGRAMS = ["mosquitto", "amqtt"] if "STATIONMASTER_BAD_NETWORK_S" in os.environ else ["mosquitto"]
TENTHS = Trouble(duplicated=0.1, reordered=0.1, lost=0.1)
LONGER_THAN_A_KEEPALIVE_S = 9.0
PULLED = Trouble(is_stalled=True)
LOAD = Load(400, benches=4, processes=1, sims=("motor-01",))


@contextmanager
def bad_networks(port: int) -> Iterator[tuple[BadNetwork, BadNetwork]]:
    with ExitStack() as stack:
        made: list[BadNetwork] = []
        for seed in (1, 2):
            network = BadNetwork(port, seed)
            stack.callback(network.stop)
            made.append(network)
        yield made[0], made[1]


@pytest.mark.chaos
@POSIX_ONLY
@pytest.mark.timeout(240 + 3 * SECONDS)
@pytest.mark.parametrize("program", PROGRAMS)
def test_a_tenth_of_the_packets_doubled_swapped_and_lost_changes_nothing_stored(
    start_line: StartLine, free_port: int, program: str
) -> None:
    with bad_networks(free_port) as (at_bench, at_ingest):
        line = start_line(program, LOAD, (at_bench.port, at_ingest.port))
        line.start_benches()
        line.wait_until_all_deliver()
        at_bench.trouble = at_ingest.trouble = TENTHS
        threading.Event().wait(SECONDS)
        at_bench.trouble = at_ingest.trouble = Trouble()
        found = line.settle(90)
        done = at_bench.done + at_ingest.done
        line.stop()
    report(
        f"bad network, {program}: {done['packets']} packets, doubled {done['duplicated']}, "
        f"swapped {done['reordered']}, lost {done['lost']}; accepted {found.accepted}, "
        f"stored {found.stored}, lost {found.lost}, twice {found.twice}"
    )
    assert found.verdict == CLEAN
    assert found.told_given_up == 0
    assert min(done["duplicated"], done["reordered"], done["lost"]) > 10 * SECONDS


@pytest.mark.chaos
@POSIX_ONLY
@pytest.mark.timeout(240 + 3 * SECONDS)
def test_connections_cut_stalled_and_narrow_lose_nothing_and_come_back(
    start_line: StartLine, free_port: int
) -> None:
    pause = threading.Event()
    with bad_networks(free_port) as (at_bench, at_ingest):
        line = start_line("mosquitto", LOAD, (at_bench.port, at_ingest.port))
        line.start_benches()
        line.wait_until_all_deliver()
        for network in (at_bench, at_ingest, at_bench):
            network.cut()
            pause.wait(SECONDS / 6)
        at_bench.trouble = at_ingest.trouble = PULLED
        pause.wait(LONGER_THAN_A_KEEPALIVE_S)
        at_bench.trouble = at_ingest.trouble = Trouble()
        put_back_s, put_back_ms = time.monotonic(), time.time_ns() // 1_000_000
        line.wait_until_all_deliver(60, since_ms=put_back_ms)
        live_after_s = time.monotonic() - put_back_s
        at_bench.trouble = at_ingest.trouble = Trouble(bytes_per_s=5000)
        pause.wait(SECONDS / 2)
        at_bench.trouble = at_ingest.trouble = Trouble()
        found = line.settle(90)
        line.stop()
    report(
        f"cut, stalled, narrow: accepted {found.accepted}, stored {found.stored}, lost "
        f"{found.lost}, twice {found.twice}; live {live_after_s:.1f} s after the stall"
    )
    assert found.verdict == CLEAN
    assert found.told_given_up == 0
