"""The quarantine in plain Python."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from telemetry.store.quarantine import (
    Poison,
    Quarantined,
    QuarantineLimits,
    QuarantineTotals,
)


class MemoryQuarantine:
    """Entries by id, the oldest first."""

    def __init__(self, limits: QuarantineLimits) -> None:
        self._limits = limits
        self._entries: dict[int, tuple[Quarantined, bytes, int]] = {}
        self._last_id = 0
        self._given_up = 0

    def keep(self, poison: Iterable[Poison]) -> int:
        """How many were not there yet."""
        fresh = 0
        for one in poison:
            again = [
                entry_id
                for entry_id, (entry, digest, _) in self._entries.items()
                if (entry.topic, digest) == (one.topic, one.digest)
            ]
            if again:
                self._came_again(again[0], one)
            else:
                self._insert(one)
                fresh += 1
        while fresh and self._is_too_full():
            del self._entries[min(self._entries)]
            self._given_up += 1
        return fresh

    def _came_again(self, entry_id: int, one: Poison) -> None:
        entry, digest, weight = self._entries[entry_id]
        last_at_ms = max(entry.last_at_ms, one.received_at_ms)
        entry = replace(entry, times=entry.times + 1, last_at_ms=last_at_ms, reason=one.reason)
        self._entries[entry_id] = (entry, digest, weight)

    def _insert(self, one: Poison) -> None:
        self._last_id += 1
        at_ms = one.received_at_ms
        entry = Quarantined(
            *(self._last_id, one.bench, one.topic, one.kept, len(one.payload), one.reason),
            *(at_ms, at_ms, 1, one.key),
        )
        self._entries[self._last_id] = (entry, one.digest, one.weight)

    def _is_too_full(self) -> bool:
        now = self.totals()
        return now.entries > self._limits.entries or now.bytes > self._limits.bytes

    def replayed(self, outcomes: Mapping[int, str]) -> None:
        """Take out what is stored now, keep the reason of the rest."""
        for entry_id, reason in outcomes.items():
            if reason and entry_id in self._entries:
                entry, digest, weight = self._entries[entry_id]
                self._entries[entry_id] = (replace(entry, reason=reason), digest, weight)
        self.drop([entry_id for entry_id, reason in outcomes.items() if not reason])

    def drop(self, ids: Sequence[int]) -> int:
        """Forget entries."""
        return sum(self._entries.pop(entry_id, None) is not None for entry_id in ids)

    def totals(self) -> QuarantineTotals:
        """How full it is."""
        weight = sum(weight for _, _, weight in self._entries.values())
        return QuarantineTotals(len(self._entries), weight, self._given_up)

    def of_bench(self, bench: str) -> int:
        """How many of a bench."""
        return sum(entry.bench == bench for entry, _, _ in self._entries.values())

    def entries_after(self, after_id: int, limit: int) -> list[Quarantined]:
        """Entries by id."""
        return [entry for i, (entry, _, _) in self._entries.items() if i > after_id][:limit]
