import os
import random
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from telemetry.broker.access import INGEST_USER
from telemetry.store.port import StoreUnavailable
from telemetry.store.sqlite_reading import SqliteReader
from tests.rig import BENCHES, POSIX_ONLY, RunningBroker, start_broker

KILLS = int(os.environ.get("STATIONMASTER_KILLS", "20"))
Wait = Callable[..., None]
Key = tuple[int, int]


class Service:
    """One of our processes, killed and started again by the test."""

    def __init__(self, words: list[str], environment: dict[str, str], output: Path) -> None:
        self._command = [sys.executable, "-m", "stationmaster", *words]
        self._environment = {**os.environ, **environment}
        self._output = output
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        with self._output.open("ab") as output:
            return subprocess.Popen(
                self._command, env=self._environment, stdout=output, stderr=output
            )

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def restart(self) -> None:
        self.process = self._start()

    def end(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(10)


class Line:
    """Simulated benches, broker and ingest as three processes on one folder."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.broker: RunningBroker = start_broker(folder, port, "mosquitto")
        credentials = folder / "credentials.json"
        environment = {
            "STATIONMASTER_VAR": str(folder / "var"),
            "STATIONMASTER_BROKER_PORT": str(port),
            "STATIONMASTER_BROKER_PASSWORD": self.broker.passwords[INGEST_USER],
        }
        self.ingest = Service(["ingest"], environment, folder / "ingest.log")
        # one process a bench, so that the accepted rows of each have a file of their own
        self.bridges = {
            bench: Service(
                [
                    *("sim", "run", bench, "--credentials", str(credentials)),
                    *("--accepted-log", str(folder / f"{bench}.accepted")),
                ],
                environment,
                folder / f"{bench}.log",
            )
            for bench in BENCHES[:2]
        }

    def accepted(self, bench: str) -> set[Key]:
        path = self.folder / f"{bench}.accepted"
        if not path.exists():
            return set()
        # a kill may cut the last line short; it is accepted only with its line end
        whole = path.read_text("ascii").rpartition("\n")[0].splitlines()
        return {(int(epoch), int(seq)) for epoch, seq in (line.split() for line in whole)}

    def stored(self, bench: str) -> Counter[Key]:
        path = self.folder / "var" / "telemetry.sqlite"
        if not path.exists():
            return Counter()
        with closing(SqliteReader(path)) as reader:
            try:
                rows = reader.rows_after(bench, 0, 10**9)
                events = reader.events_after(0, 10**9)
            except StoreUnavailable:  # ingest has made the file, but not the tables
                return Counter()
        found = Counter((row.epoch, row.seq) for row in rows)
        found.update((event.epoch, event.seq) for event in events if event.bench == bench)
        return found

    def stop(self) -> None:
        for service in (*self.bridges.values(), self.ingest):
            if service.process.poll() is None:
                service.kill()
        self.broker.stop()


@pytest.fixture
def line(tmp_path: Path, free_port: int) -> Iterator[Line]:
    line = Line(tmp_path, free_port)
    yield line
    line.stop()


@POSIX_ONLY
@pytest.mark.chaos
@pytest.mark.timeout(60 + 12 * KILLS)
def test_kills_in_mid_flow_lose_nothing_and_store_nothing_twice(
    line: Line, wait_until: Wait
) -> None:
    dice, pause = random.Random(20), threading.Event()  # noqa: S311 - chosen seed, no secret
    victims: list[RunningBroker | Service] = [line.broker, line.ingest, *line.bridges.values()]
    wait_until(lambda: all(line.stored(bench) for bench in line.bridges), within_s=30)
    for kill in range(KILLS):
        victim = victims[kill % len(victims)]
        pause.wait(dice.uniform(0.4, 1.5))
        before = {bench: len(line.accepted(bench)) for bench in line.bridges}
        victim.kill()
        pause.wait(dice.uniform(0.0, 0.6))
        victim.restart()
        for bench in line.bridges:
            wait_until(
                lambda bench=bench, before=before: len(line.accepted(bench)) > before[bench],
                within_s=20,
                what=f"{bench} accepts rows again after kill {kill + 1}",
            )
    for bridge in line.bridges.values():
        bridge.end()
    for bench, bridge in line.bridges.items():
        accepted = line.accepted(bench)
        assert len(accepted) > KILLS, "the flow was too thin to prove anything"
        bridge.restart()  # what the last stop left in the spool still has to be handed over
        wait_until(
            lambda bench=bench, accepted=accepted: accepted <= set(line.stored(bench)),
            within_s=30,
            what=f"every accepted row of {bench} is stored",
        )
        lost = accepted - set(line.stored(bench))
        twice = {key: times for key, times in line.stored(bench).items() if times > 1}
        assert (lost, twice) == (set(), {})
