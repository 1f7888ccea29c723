"""What benches accepted against what the store has: the benches' own records are the oracle."""

from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from telemetry.store.port import RowColumns, StoreUnavailable
from telemetry.store.sqlite_reading import SqliteReader

Key = tuple[int, int]
ALL_TIMES_MS = (-(10**14), 10**14)


@dataclass(frozen=True, slots=True)
class Audit:
    """Rows and steps of all benches.

    Of the `accepted`, `not_stored` are missing in the store; `lost` of them nobody told of.
    `told_given_up` are rows the benches say they gave up or could not keep; `false` rows are
    stored with values that were never sent.
    """

    accepted: int
    stored: int
    not_stored: int
    lost: int
    twice: int
    told_given_up: int
    false: int

    @property
    def verdict(self) -> Mapping[str, int]:
        """What must be zero."""
        return {"lost": self.lost, "twice": self.twice, "false": self.false}


CLEAN = {"lost": 0, "twice": 0, "false": 0}


def accepted(log: Path) -> set[Key]:
    """What a bench committed to its spool; a kill may cut the last line short."""
    if not log.exists():
        return set()
    whole = log.read_text("ascii").rpartition("\n")[0].splitlines()
    return {(int(epoch), int(seq)) for epoch, seq in (line.split() for line in whole)}


Oracle = Mapping[str, set[Key]]
"""What each bench accepted, by its code."""


def is_everything_received(store: Path, oracle: Oracle) -> bool:
    """Whether the store's watermarks cover all that was accepted."""
    if not store.exists():
        return False
    with closing(SqliteReader(store)) as reader:
        try:
            return all(
                reader.watermark(bench, epoch) >= seq
                for bench, keys in oracle.items()
                for epoch, seq in _last_of_epochs(keys).items()
            )
        except StoreUnavailable:  # ingest has made the file, but not the tables
            return False


def _last_of_epochs(keys: set[Key]) -> Mapping[int, int]:
    last: dict[int, int] = {}
    for epoch, seq in keys:
        last[epoch] = max(last.get(epoch, 0), seq)
    return last


def audit(store: Path, oracle: Oracle) -> Audit:
    """Compare all benches, row by row."""
    total_accepted = total_stored = not_stored = lost = twice = given_up = false = 0
    with closing(SqliteReader(store)) as reader:
        events = reader.events_after(0, 10**9)
        for bench, expected in oracle.items():
            kept: Counter[Key] = Counter(
                (event.epoch, event.seq) for event in events if event.bench == bench
            )
            for rows in reader.history(bench, ALL_TIMES_MS):
                kept.update(zip(rows.epoch.tolist(), rows.seq.tolist(), strict=True))
                false += _false_rows(rows)
            snapshot = reader.snapshot(bench)
            told = 0 if snapshot is None else snapshot.dropped
            total_accepted += len(expected)
            total_stored += len(kept)
            given_up += told
            missing = len(expected - kept.keys())
            not_stored += missing
            lost += max(0, missing - told)
            twice += sum(times - 1 for times in kept.values())
    return Audit(total_accepted, total_stored, not_stored, lost, twice, given_up, false)


def _false_rows(rows: RowColumns) -> int:
    """Rows of loaded benches whose values do not fit together; others' can't be known."""
    number = rows.columns.get("number")
    if number is None:
        return 0
    wrong = np.zeros(len(rows), bool)
    for name, column in rows.columns.items():
        if name.startswith("s"):
            wrong |= column.floats != number.floats * 0.5 + int(name[1:])
    wrong |= rows.columns["is_even"].integers != (number.floats % 2 == 0)
    return int(wrong.sum())


def quantile(sorted_or_not: Iterable[float], share: float) -> float:
    """The smallest value that at least this share of them does not exceed."""
    ordered = sorted(sorted_or_not)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
