"""What the embedded store knows of a bench beside its rows: what it said last, counts, clock."""

import sqlite3
from collections import defaultdict
from enum import IntEnum

import msgspec

from telemetry.contract.encoding import encode
from telemetry.contract.payloads import BenchState, Message
from telemetry.store.clock_offsets import IDLE_SPOOL_ROWS, Ageing, median, noted
from telemetry.store.port import Received

_offsets = msgspec.json.Decoder(list[int])
_told = msgspec.json.Decoder(Message)


class Counted(IntEnum):
    """Totals of a bench: the columns of its table, in this order."""

    row_count = 0
    duplicate_count = 1
    rejected_count = 2
    dropped_count = 3
    expired_count = 4


_NONE = [0] * len(Counted)
_ADD = (
    f"UPDATE bench SET {', '.join(f'{one.name} = {one.name} + ?' for one in Counted)},"  # noqa: S608
    " last_seen_at_ms = coalesce(max(coalesce(last_seen_at_ms, 0), ?), last_seen_at_ms)"
    " WHERE id = ?"
)


class Benches:
    """The benches a batch touches."""

    def __init__(self, db: sqlite3.Connection, known_ids: dict[str, int]) -> None:
        self._db = db
        self._known_ids = known_ids
        self._counts: defaultdict[str, list[int]] = defaultdict(_NONE.copy)
        self._last_seen: dict[str, int] = {}
        self._ageing: dict[str, Ageing] = {}

    def id(self, bench: str) -> int:
        """Of a bench, which is noted when it is new; never changes."""
        known = self._known_ids.get(bench)
        if known is None:
            self._db.execute("INSERT OR IGNORE INTO bench (code) VALUES (?)", (bench,))
            found = self._db.execute("SELECT id FROM bench WHERE code = ?", (bench,))
            known = self._known_ids[bench] = int(found.fetchone()[0])
        return known

    def count(self, bench: str, what: Counted, number: int = 1) -> None:
        """Add to a total of the table of benches."""
        if number:
            self._counts[bench][what] += number

    def seen(self, bench: str, at_ms: int) -> None:
        """Note a sign of life."""
        self._last_seen[bench] = max(self._last_seen.get(bench, 0), at_ms)

    def state(self, received: Received[BenchState]) -> None:
        """Keep what a bench says of itself; a living one also tells its clock."""
        state, bench = received.message, received.bench
        if not state.online:
            # a will: the broker says it, and when it was written says nothing of the clock
            self._db.execute(
                "UPDATE bench SET state = ? WHERE id = ?", (encode(state), self.id(bench))
            )
            return
        self.seen(bench, received.received_at_ms)
        found = self._db.execute(
            "SELECT clock_offsets FROM bench WHERE id = ?", (self.id(bench),)
        ).fetchone()
        offsets = noted(_offsets.decode(found[0]), state.observed_at_ms - received.received_at_ms)
        is_up_to_date = state.spool_rows <= IDLE_SPOOL_ROWS
        self._db.execute(
            "UPDATE bench SET state = ?, clock_offsets = ?, clock_offset_ms = ?,"
            " up_to_date_at_ms = iif(?, ?, up_to_date_at_ms) WHERE id = ?",
            (
                *(encode(state), msgspec.json.encode(offsets).decode(), median(offsets)),
                *(is_up_to_date, received.received_at_ms, self.id(bench)),
            ),
        )

    def ageing(self, bench: str) -> Ageing:
        """What decides whether a row of the bench is too old."""
        if bench not in self._ageing:
            found = self._db.execute(
                "SELECT clock_offset_ms, up_to_date_at_ms, state FROM bench WHERE id = ?",
                (self.id(bench),),
            )
            offset_ms, up_to_date_at_ms, state = found.fetchone()
            told = None if state is None else _told.decode(state).observed_at_ms
            self._ageing[bench] = Ageing(offset_ms, up_to_date_at_ms, told)
        return self._ageing[bench]

    def totals(self) -> list[int]:
        """Of this batch, over all benches, in the order of `Counted`."""
        return [sum(numbers) for numbers in zip(_NONE, *self._counts.values(), strict=True)]

    def settle(self) -> None:
        """Write the totals."""
        touched = self._counts.keys() | self._last_seen.keys()
        self._db.executemany(
            _ADD,
            [(*self._counts[one], self._last_seen.get(one), self.id(one)) for one in touched],
        )
