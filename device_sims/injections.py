"""The local files by which faults are put into running simulators; nothing comes over a network."""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from device_sims.fault_scenarios import BenchKind, find_scenario


class UnknownSimulator(LookupError):
    """No simulator of that code has ever run here; `known` lists those that have."""

    def __init__(self, bench: str, known: list[str]) -> None:
        listed = ", ".join(known) or "none: start them with `stationmaster sim run`"
        super().__init__(f"no simulated bench {bench!r} here; known: {listed}")
        self.bench = bench
        self.known = known


@dataclass(frozen=True, slots=True)
class Injection:
    """Which scenarios are active at a bench."""

    bench: str
    kind: BenchKind
    active: tuple[str, ...] = ()


class InjectionFolder:
    """One small JSON file per simulated bench, replaced as a whole at each change."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def benches(self) -> list[Injection]:
        """All simulators known here, by code."""
        codes = sorted(path.stem for path in self._folder.glob("*.json"))
        return [self.read(code) for code in codes]

    def read(self, bench: str) -> Injection:
        """What is active at a bench.

        Raises:
            UnknownSimulator: no such bench.
        """
        path = self._path(bench)
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
            kind = BenchKind(record["kind"])
            return Injection(bench, kind, tuple(str(name) for name in record["active"]))
        except (OSError, ValueError, KeyError, TypeError):
            known = sorted(found.stem for found in self._folder.glob("*.json"))
            raise UnknownSimulator(bench, known) from None

    def announce(self, bench: str, kind: BenchKind) -> Injection:
        """Make a simulator known; what was active before stays so."""
        try:
            before = self.read(bench)
        except UnknownSimulator:
            return self._write(Injection(bench, kind))
        if before.kind is kind:
            return before
        return self._write(Injection(bench, kind))

    def inject(self, bench: str, scenario: str) -> Injection:
        """Activate a scenario.

        Raises:
            UnknownSimulator: no such bench.
            UnknownScenario: benches of this kind have no such fault.
        """
        before = self.read(bench)
        name = find_scenario(before.kind, scenario).name
        active = (*(other for other in before.active if other != name), name)
        return self._write(Injection(bench, before.kind, active))

    def clear(self, bench: str, scenario: str | None = None) -> Injection:
        """Take back a scenario, or all of them.

        Raises:
            UnknownSimulator: no such bench.
            UnknownScenario: benches of this kind have no such fault.
        """
        before = self.read(bench)
        left: Sequence[str] = ()
        if scenario is not None:
            name = find_scenario(before.kind, scenario).name
            left = [other for other in before.active if other != name]
        return self._write(Injection(bench, before.kind, tuple(left)))

    def changed_at_ns(self, bench: str) -> int:
        """When the bench's file was last replaced; 0 when there is none."""
        try:
            return self._path(bench).stat().st_mtime_ns
        except OSError:
            return 0

    def _write(self, injection: Injection) -> Injection:
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._path(injection.bench)
        record = {"kind": injection.kind.value, "active": list(injection.active)}
        draft = path.with_suffix(f".{os.getpid()}.new")
        draft.write_text(json.dumps(record), encoding="utf-8")
        draft.replace(path)
        return injection

    def _path(self, bench: str) -> Path:
        return self._folder / f"{Path(bench).name}.json"
