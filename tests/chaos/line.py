"""The whole way as processes on one folder: loaded and simulated benches, broker, ingest, store."""

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec

from telemetry.broker.access import INGEST_USER, read_or_make_passwords
from telemetry.broker.embedded import prepare
from telemetry.store.port import StoreUnavailable
from telemetry.store.sqlite_reading import SqliteReader
from tests.chaos.audit import Audit, accepted, audit, is_everything_received
from tests.chaos.bench_load import LoadPlan
from tests.chaos.services import Service
from tests.rig import RunningBroker, until


@dataclass(frozen=True, slots=True)
class Load:
    """`benches` loaded benches in `processes`, together `rows_per_s`, beside simulated `sims`."""

    rows_per_s: float
    benches: int = 8
    processes: int = 2
    signals: int = 10
    sims: tuple[str, ...] = ()
    spool_bytes: int = 256 * 1024 * 1024
    prefix: str = "load-"

    @property
    def codes(self) -> list[str]:
        """Codes of the loaded benches."""
        return [f"{self.prefix}{number + 1:03d}" for number in range(self.benches)]


class Line:
    """Everything runs once it is made; benches and ingest may reach the broker by other ports."""

    def __init__(
        self,
        folder: Path,
        port: int,
        program: str,
        load: Load,
        through: tuple[int, int] | None = None,
    ) -> None:
        self.folder = folder
        self.load = load
        self.codes = [*load.codes, *load.sims]
        self.store = folder / "var" / "telemetry.sqlite"
        self.credentials = folder / "credentials.json"
        passwords = read_or_make_passwords(self.credentials, [INGEST_USER, *self.codes])
        self.broker = RunningBroker(
            prepare(folder / program, "127.0.0.1", port, passwords, program), passwords
        )
        self._bench_port, ingest_port = through or (port, port)
        self._settings = {
            "STATIONMASTER_VAR": str(folder / "var"),
            "STATIONMASTER_BROKER_PORT": str(ingest_port),
            "STATIONMASTER_BROKER_PASSWORD": passwords[INGEST_USER],
        }
        self.ingest = Service(["stationmaster", "ingest"], self._settings, folder / "ingest.log")
        self.bridges: dict[str, Service] = {}
        self._reader = SqliteReader(self.store)

    @property
    def environment(self) -> dict[str, str]:
        """For other commands on the same house."""
        return {**os.environ, **self._settings}

    def start_benches(self) -> None:
        """Start all benches, loaded and simulated."""
        load, codes = self.load, self.load.codes
        for number in range(load.processes):
            self._start_loaded(f"process-{number}", codes[number :: load.processes])
        for code in load.sims:
            self.bridges[code] = Service(
                [
                    *("stationmaster", "sim", "run", code),
                    *("--credentials", str(self.credentials)),
                    *("--broker-port", str(self._bench_port)),
                    *("--accepted-log", str(self.folder / f"{code}.accepted")),
                ],
                self._settings,
                self.folder / f"{code}.log",
            )

    def _start_loaded(self, name: str, codes: list[str]) -> None:
        load, plan_path = self.load, self.folder / f"{name}.json"
        plan = LoadPlan(
            benches=codes,
            rows_per_s=load.rows_per_s / load.benches,
            signals=load.signals,
            port=self._bench_port,
            credentials=str(self.credentials),
            folder=str(self.folder),
            spool_bytes=load.spool_bytes,
        )
        plan_path.write_bytes(msgspec.json.encode(plan))
        self.bridges[name] = Service(
            ["tests.chaos.bench_load", str(plan_path)], {}, self.folder / f"{name}.log"
        )

    def benches_of(self, bridge: str) -> list[str]:
        """Codes of the benches that live in a process."""
        if not bridge.startswith("process-"):
            return [bridge]
        return self.load.codes[int(bridge.removeprefix("process-")) :: self.load.processes]

    def latest_made_ms(self, benches: Sequence[str]) -> dict[str, int]:
        """The bench's own moment of the row that each stored last; 0 for none."""
        latest = dict.fromkeys(benches, 0)
        with suppress(StoreUnavailable):  # ingest has not made the file or its tables yet
            for bench in benches:
                row = self._reader.last_row(bench)
                latest[bench] = 0 if row is None else row.observed_at_ms
        return latest

    def is_heard(self, bench: str) -> bool:
        """Whether the store knows a bench."""
        try:
            return self._reader.snapshot(bench) is not None
        except StoreUnavailable:
            return False

    def rows(self) -> int:
        """Rows and steps of all benches in the store."""
        try:
            return sum(one.rows for one in self._reader.snapshots().values())
        except StoreUnavailable:
            return 0

    def wait_until_all_deliver(self, within_s: float = 60.0, since_ms: int = 0) -> None:
        """Until a row of every bench is stored, made after that moment."""
        until(
            lambda: self._runs() and min(self.latest_made_ms(self.codes).values()) > since_ms,
            "rows of every bench are stored",
            within_s,
        )

    def _runs(self) -> bool:
        for name, service in {"ingest": self.ingest, **self.bridges}.items():
            assert service.is_running, f"{name} ended by itself: {service.last_words()}"
        return True

    def settle(self, within_s: float) -> Audit:
        """End the benches, let what is left in their spools be handed over, compare."""
        assert self._runs()
        for bridge in self.bridges.values():
            bridge.end()
        oracle = {code: accepted(self.folder / f"{code}.accepted") for code in self.codes}
        if not is_everything_received(self.store, oracle):
            self._restart_benches_without_load()
            until(
                lambda: is_everything_received(self.store, oracle),
                "every accepted row is stored",
                within_s,
            )
        return audit(self.store, oracle)

    def _restart_benches_without_load(self) -> None:
        for name, bridge in self.bridges.items():
            plan = self.folder / f"{name}.json"
            if plan.exists():
                known = msgspec.json.decode(plan.read_bytes(), type=LoadPlan)
                quiet = msgspec.structs.replace(known, rows_per_s=0.0)
                plan.write_bytes(msgspec.json.encode(quiet))
            bridge.restart()

    def stop(self) -> None:
        """End whatever still runs."""
        self._reader.close()
        for service in (*self.bridges.values(), self.ingest):
            if service.is_running:
                service.kill()
        self.broker.stop()
