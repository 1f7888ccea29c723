"""Epochs of the benches in the embedded store: their order, and what came of each."""

import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import msgspec

from telemetry.contract.payloads import Birth
from telemetry.watermarks import Received, advance, in_order, missing

_islands = msgspec.json.Decoder(tuple[tuple[int, int], ...])
_json = msgspec.json.Encoder()
BenchId = Callable[[str], int]


@dataclass(frozen=True, slots=True)
class KnownEpoch:
    """What came of an epoch, and its place among those of the bench."""

    received: Received
    ordinal: int


@dataclass(slots=True)
class _Epoch:
    known: KnownEpoch
    is_stored: bool
    spans: list[tuple[int, int]] = field(default_factory=list)


class Epochs:
    """The epochs a batch touches; nothing is written before `settle`, but what births say.

    `remembered` is from the batches before, kept unless this one fails or another process wrote.
    """

    def __init__(
        self,
        db: sqlite3.Connection,
        bench_id: BenchId,
        remembered: dict[tuple[str, int], KnownEpoch],
    ) -> None:
        self._db = db
        self._bench_id = bench_id
        self._remembered = remembered
        self._touched: dict[tuple[str, int], _Epoch] = {}

    def told(self, bench: str, birth: Birth) -> None:
        """Take in the order of epochs; what is already in order stays so, what is not moves up.

        A store that knew the bench before and has less than was acknowledged to it has lost the
        difference; one that never heard of the bench is only new.
        """
        bench_id = self._bench_id(bench)
        found = self._db.execute(
            "SELECT epoch, ordinal FROM received WHERE bench_id = ?", (bench_id,)
        )
        known: dict[int, int] = dict(found.fetchall())
        acknowledged = {one.epoch: one.acknowledged if known else 0 for one in birth.earlier}
        for epoch, ordinal in in_order([*acknowledged, birth.epoch], known).items():
            self._db.execute(
                "INSERT INTO received VALUES (?, ?, 0, '[]', ?, ?) ON CONFLICT DO UPDATE SET"
                " ordinal = excluded.ordinal, acknowledged = max(acknowledged,"
                " excluded.acknowledged)",
                (bench_id, epoch, ordinal, acknowledged.get(epoch, 0)),
            )
            if known.get(epoch) != ordinal:
                self._remembered.pop((bench, epoch), None)

    def _last_ordinal(self, bench_id: int) -> int:
        found = self._db.execute(
            "SELECT max(ordinal) FROM received WHERE bench_id = ?", (bench_id,)
        ).fetchone()
        return int(found[0] or 0)

    def _epoch(self, bench: str, epoch: int) -> _Epoch:
        known = self._touched.get((bench, epoch))
        if known is None:
            known = self._touched[bench, epoch] = self._looked_up(bench, epoch)
        return known

    def _looked_up(self, bench: str, epoch: int) -> _Epoch:
        remembered = self._remembered.get((bench, epoch))
        if remembered is not None:
            return _Epoch(remembered, is_stored=True)
        bench_id = self._bench_id(bench)
        found = self._db.execute(
            "SELECT watermark, islands, ordinal FROM received WHERE bench_id = ? AND epoch = ?",
            (bench_id, epoch),
        ).fetchone()
        if found:
            received = Received(found[0], _islands.decode(found[1]))
            return _Epoch(KnownEpoch(received, found[2]), is_stored=True)
        of_bench = [e.known.ordinal for (code, _), e in self._touched.items() if code == bench]
        ordinal = max([self._last_ordinal(bench_id), *of_bench]) + 1
        return _Epoch(KnownEpoch(Received(), ordinal), is_stored=False)

    def came(self, bench: str, epoch: int, spans: Iterable[tuple[int, int]]) -> None:
        """Note numbers, inclusive, that came or were given up."""
        self._epoch(bench, epoch).spans.extend(spans)

    def ordinal(self, bench: str, epoch: int) -> int:
        """Place of an epoch among those of its bench."""
        return self._epoch(bench, epoch).known.ordinal

    def settle(self) -> dict[tuple[str, int], int]:
        """Write what came and return up to where nothing is missing now."""
        reached: dict[tuple[str, int], int] = {}
        changed: list[tuple[int, str, int, int]] = []
        for (bench, epoch), touched in self._touched.items():
            known = touched.known
            after = advance(known.received, touched.spans)
            reached[bench, epoch] = after.watermark
            self._remembered[bench, epoch] = KnownEpoch(after, known.ordinal)
            islands = _json.encode(after.islands).decode()
            if touched.is_stored:
                changed.append((after.watermark, islands, self._bench_id(bench), epoch))
            else:
                self._db.execute(
                    "INSERT INTO received VALUES (?, ?, ?, ?, ?, 0)",
                    (self._bench_id(bench), epoch, after.watermark, islands, known.ordinal),
                )
        self._db.executemany(
            "UPDATE received SET watermark = ?, islands = ? WHERE bench_id = ? AND epoch = ?",
            changed,
        )
        return reached


def missing_of(db: sqlite3.Connection) -> dict[int, int]:
    """Numbers in holes by bench id; benches without any are left out."""
    found: dict[int, int] = {}
    for bench_id, watermark, islands, acknowledged in db.execute(
        "SELECT bench_id, watermark, islands, acknowledged FROM received"
        " WHERE islands != '[]' OR acknowledged > watermark"
    ).fetchall():
        holes = missing(Received(watermark, _islands.decode(islands)), acknowledged)
        found[bench_id] = found.get(bench_id, 0) + holes
    return found
