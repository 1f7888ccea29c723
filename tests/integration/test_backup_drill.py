"""A school's server is lost under load; its last backup on a new one, and everything goes on."""

import json
import logging
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing
from pathlib import Path

import httpx2
import pytest

from stationmaster.backup.drafts import backups_in
from stationmaster.backup.manifest import PartKind, read_manifest
from stationmaster.backup.sqlite_copies import table_counts
from telemetry.broker.embedded import prepare
from telemetry.store.port import BenchSnapshot, StoreUnavailable
from telemetry.store.sqlite_reading import SqliteReader
from tests.ports import a_free_port
from tests.rig import BENCHES, POSIX_ONLY, RunningBroker, start_broker, until

log = logging.getLogger(__name__)
Keys = set[tuple[int, int]]
WORKING = BENCHES[:2]
RECOVERED_WITHIN_S = 60.0
"""Chosen: from an empty machine with the programs on it to new rows and an API that answers."""


class Server:
    """Broker, ingest and web server of a school on one machine."""

    def __init__(self, folder: Path, broker_port: int, ending: ExitStack) -> None:
        self.folder = folder
        self.var = folder / "var"
        self.port = a_free_port()
        self._broker_port = broker_port
        self._ending = ending
        self._processes: list[subprocess.Popen[bytes]] = []
        folder.mkdir(exist_ok=True)

    @property
    def environment(self) -> Mapping[str, str]:
        return {
            **os.environ,
            "STATIONMASTER_VAR": str(self.var),
            "STATIONMASTER_PORT": str(self.port),
            "STATIONMASTER_BROKER_PORT": str(self._broker_port),
        }

    def start(self) -> None:
        for word in ("ingest", "serve"):
            self._processes.append(started(self.folder / f"{word}.log", self.environment, word))
            self._ending.callback(kill, self._processes[-1])

    def kill(self) -> None:
        for process in self._processes:
            kill(process)

    def command(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "stationmaster", *words],
            env=dict(self.environment),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def answers(self) -> bool:
        try:
            return httpx2.get(f"http://127.0.0.1:{self.port}/health", timeout=2).status_code == 200
        except httpx2.HTTPError:
            return False

    def stored(self, bench: str) -> Keys:
        return stored(self.var / "telemetry.sqlite", bench)

    def snapshot(self, bench: str) -> BenchSnapshot:
        with closing(SqliteReader(self.var / "telemetry.sqlite")) as reader:
            found = reader.snapshot(bench)
        assert found is not None
        return found


def started(log: Path, environment: Mapping[str, str], *words: str) -> subprocess.Popen[bytes]:
    with log.open("ab") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "stationmaster", *words],
            env=dict(environment),
            stdout=output,
            stderr=output,
        )


def kill(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.kill()
    process.wait()


def stored(path: Path, bench: str) -> Keys:
    if not path.exists():
        return set()
    with closing(SqliteReader(path)) as reader:
        try:
            rows = reader.rows_after(bench, 0, 10**9)
            events = reader.events_after(0, 10**9)
        except StoreUnavailable:
            return set()
    keys = {(row.epoch, row.seq) for row in rows}
    return keys | {(event.epoch, event.seq) for event in events if event.bench == bench}


class Benches:
    """Simulated benches on computers of their own, whose spools survive the server."""

    def __init__(self, folder: Path, broker: RunningBroker, ending: ExitStack) -> None:
        self._folder = folder
        self._environment = {
            **os.environ,
            "STATIONMASTER_VAR": str(folder / "benches"),
            "STATIONMASTER_BROKER_PORT": str(broker.port),
        }
        self._ending = ending
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        for bench in WORKING:
            self.start(bench)

    def start(self, bench: str) -> None:
        credentials = str(self._folder / "credentials.json")
        self._processes[bench] = started(
            self._folder / f"{bench}.log",
            self._environment,
            *("sim", "run", bench, "--credentials", credentials),
            *("--accepted-log", str(self._folder / "accepted")),
        )
        self._ending.callback(kill, self._processes[bench])

    def kill(self, bench: str) -> None:
        kill(self._processes[bench])

    def end(self) -> None:
        for process in self._processes.values():
            process.send_signal(signal.SIGTERM)
        for process in self._processes.values():
            process.wait(15)

    def waiting(self) -> Keys:
        """Rows in the spools of benches that have ended."""
        found: Keys = set()
        for path in (self._folder / "benches" / "spool").glob("*.sqlite"):
            with closing(sqlite3.connect(path)) as db:
                found |= set(db.execute("SELECT epoch, seq FROM waiting"))
        return found

    def accepted(self) -> Keys:
        """Every row any bench's spool ever took; epochs are random, so benches don't mix."""
        path = self._folder / "accepted"
        whole = path.read_text("ascii").rpartition("\n")[0].splitlines() if path.exists() else []
        return {(int(epoch), int(seq)) for epoch, seq in (line.split() for line in whole)}


@pytest.fixture
def ending() -> Iterator[ExitStack]:
    with ExitStack() as ending:
        yield ending


def all_stored(server: Server) -> Keys:
    return set().union(*(server.stored(bench) for bench in WORKING))


class Drill:
    """The act in its steps: work, lose the server, restore, work on."""

    def __init__(self, folder: Path, port: int, ending: ExitStack) -> None:
        self.folder = folder
        self._port = port
        self._ending = ending
        self._broker = start_broker(folder, port, "mosquitto")
        ending.callback(self._broker.stop)
        self.first = Server(folder / "first", port, ending)
        self.second = Server(folder / "second", port, ending)
        credentials = self.first.var / "broker" / "credentials.json"
        credentials.parent.mkdir(parents=True)
        credentials.write_text(json.dumps(self._broker.passwords), "utf-8")
        self.first.start()
        self.benches = Benches(folder, self._broker, ending)
        until(lambda: all(len(self.first.stored(one)) > 10 for one in WORKING), "rows flow", 90)

    def back_up_under_load(self) -> Path:
        """Twice; rows go on afterwards, which the backup does not have."""
        for _ in range(2):
            self.first.command("backup", str(self.folder / "backups"), "--with-credentials")
        before = len(all_stored(self.first))
        until(lambda: len(all_stored(self.first)) > before + 20, "rows after the backup", 60)
        return backups_in(self.folder / "backups")[-1]

    def lose_everything(self) -> None:
        """Kill server, broker and one bench; the server's folder is never looked at again.

        The other bench goes on without a server, under the epoch it has.
        """
        self.first.kill()
        self._broker.kill()
        self.benches.kill(WORKING[0])

    def start_again(self) -> None:
        """Broker, benches and services, with the passwords of the backup."""
        path = self.second.var / "broker" / "credentials.json"
        passwords = json.loads(path.read_text("utf-8"))
        prepared = prepare(self.folder / "again", "127.0.0.1", self._port, passwords, "mosquitto")
        self._ending.callback(RunningBroker(prepared, passwords).stop)
        self.benches.start(WORKING[0])
        self.second.start()

    def missing(self) -> Keys:
        """What the spools accepted and the store lacks, but for what is newer than all it has."""
        has = all_stored(self.second)
        newest: dict[int, int] = {}
        for epoch, seq in has:
            newest[epoch] = max(seq, newest.get(epoch, 0))
        to_come = {
            (epoch, seq) for epoch, seq in self.benches.waiting() if seq > newest.get(epoch, 0)
        }
        return self.benches.accepted() - has - to_come

    def difference(self) -> str:
        """What the store counts as gone beside what is."""
        counted = {bench: gone(self.second, bench) for bench in WORKING}
        missing = sorted(self.missing())
        spans = {epoch: [seq for e, seq in missing if e == epoch] for epoch, _ in missing}
        told = {epoch: (len(seqs), seqs[0], seqs[-1]) for epoch, seqs in spans.items()}
        return f"each lost row is counted: {counted} of {len(missing)} {told}"


@POSIX_ONLY
@pytest.mark.chaos
@pytest.mark.timeout(300)
def test_a_lost_server_comes_back_from_its_backup_and_says_what_is_gone(
    tmp_path: Path, free_port: int, ending: ExitStack
) -> None:
    drill = Drill(tmp_path, free_port, ending)
    backup = drill.back_up_under_load()
    drill.lose_everything()

    began_s = time.monotonic()
    second = drill.second
    second.command("restore", str(backup))
    restored_s = time.monotonic() - began_s
    kept = all_stored(second)
    check_counts(second.var, backup)
    drill.start_again()
    until(lambda: second.answers() and len(all_stored(second)) > len(kept), "it is back", 90)
    back_s = time.monotonic() - began_s
    log.info("restored after %.1f s, back after %.1f s", restored_s, back_s)
    assert back_s < RECOVERED_WITHIN_S

    in_backup = (stored(backup / "telemetry.sqlite", bench) for bench in WORKING)
    assert kept == set().union(*in_backup)
    assert kept <= all_stored(second)
    grown = len(all_stored(second))
    until(lambda: len(all_stored(second)) > grown + 20, "the flow goes on", 60)
    for bench in WORKING:
        until(lambda bench=bench: gone(second, bench) > 0, f"a loss of {bench} is noticed", 60)  # type: ignore[misc]
    drill.benches.end()
    until(lambda: len(drill.missing()) > 0, "rows were lost with the server", 60)
    until(lambda: all_gone(second) == len(drill.missing()), drill.difference, 60)


def gone(server: Server, bench: str) -> int:
    """Rows of which the store says that they will not come."""
    snapshot = server.snapshot(bench)
    return snapshot.missing + snapshot.dropped


def all_gone(server: Server) -> int:
    return sum(gone(server, bench) for bench in WORKING)


def check_counts(var: Path, backup: Path) -> None:
    for part in read_manifest(backup).parts:
        if part.kind not in {PartKind.INVENTORY_FILE, PartKind.STORE}:
            continue
        # the restore itself is the one new entry of the audit trail
        new = {"audit_entry": 1} if part.kind is PartKind.INVENTORY_FILE else {}
        expected = {name: count + new.get(name, 0) for name, count in part.counts.items()}
        assert table_counts(var / part.place) == expected
