"""Deliveries as they really come, by two writers in turn, against the store in plain Python.

Epochs interleave, numbers come late, twice or never; births tell of earlier epochs, clocks of
benches are off, and some messages nobody can read.
"""

import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from telemetry.contract import topics
from telemetry.contract.encoding import encode
from telemetry.contract.payloads import (
    BenchState,
    Birth,
    Identity,
    IdentityKind,
    Samples,
    UsageEvent,
    UsageReport,
    Value,
)
from telemetry.contract.spooling import EarlierEpoch
from telemetry.contract.topics import Stream
from telemetry.ingest.decoding import add
from telemetry.ingest.replaying import replay
from telemetry.store.memory import MemoryStore
from telemetry.store.port import Batch, Received
from telemetry.store.quarantine import QuarantineLimits
from telemetry.store.sqlite import SqliteStore

LIMITS = QuarantineLimits(entries=4, bytes=700)
benches = st.sampled_from(["a-1", "b-2"])
epochs = st.sampled_from([5, 6, 7])
seqs = st.integers(1, 12)
moments = st.integers(0, 5).map(lambda n: n * 1000)


def row(bench: str, epoch: int, seq: int, times: tuple[int, int]) -> Received[Samples]:
    values: dict[str, Value] = {"u": seq / 10, "n": float(epoch)} if seq % 3 else {"mode": "on"}
    message = Samples(observed_at_ms=times[0], epoch=epoch, seq=seq, values=values)
    return Received(bench, times[1], message)


class Deliveries(RuleBasedStateMachine):
    """The same batches into both; the file is written by one of two writers each time."""

    @initialize()
    def make(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        path = Path(self.folder.name) / "telemetry.sqlite"
        self.writers = [SqliteStore(path, limits=LIMITS) for _ in range(2)]
        self.model = MemoryStore(limits=LIMITS)

    def teardown(self) -> None:
        for writer in self.writers:
            writer.close()
        self.folder.cleanup()

    def commit(self, batch: Batch) -> None:
        self.writers.reverse()
        assert self.writers[0].commit(batch) == self.model.commit(batch)

    @rule(
        bench=benches,
        rows=st.lists(st.tuples(epochs, seqs, st.tuples(moments, moments)), max_size=4),
        keep=st.none() | st.integers(0, 3000),
    )
    def rows_come(
        self, bench: str, rows: list[tuple[int, int, tuple[int, int]]], keep: int | None
    ) -> None:
        self.commit(Batch(samples=[row(bench, *one) for one in rows], keep_ms=keep))

    @rule(bench=benches, epoch=epochs, seq=seqs, length=st.integers(0, 3))
    def rows_are_given_up(self, bench: str, epoch: int, seq: int, length: int) -> None:
        gap = Samples(observed_at_ms=0, epoch=epoch, seq=seq, last_seq=seq + length, dropped=2)
        self.commit(Batch(samples=[Received(bench, 0, gap)]))

    @rule(bench=benches, epoch=epochs, seq=seqs)
    def a_step_comes(self, bench: str, epoch: int, seq: int) -> None:
        step = UsageReport(
            observed_at_ms=0,
            epoch=epoch,
            seq=seq,
            usage_id="u",
            event=UsageEvent.EXTENDED,
            started_at_ms=0,
        )
        self.commit(Batch(events=[Received(bench, 1, step)]))

    @rule(bench=benches, order=st.permutations([5, 6, 7]), told=st.integers(0, 14))
    def a_bench_is_born(self, bench: str, order: list[int], told: int) -> None:
        *earlier, present = order
        birth = Birth(
            observed_at_ms=0,
            epoch=present,
            profile="p",
            identity=Identity(kind=IdentityKind.SIMULATOR),
            signals=[],
            publish_period_ms=100,
            earlier=[EarlierEpoch(epoch=e, last_seq=told, acknowledged=told) for e in earlier],
        )
        self.commit(Batch(births=[Received(bench, 1, birth)]))

    @rule(
        bench=benches,
        times=st.tuples(moments, moments),
        online=st.booleans(),
        waiting=st.sampled_from([0, 5000]),
    )
    def a_bench_tells_how_it_is(
        self, bench: str, times: tuple[int, int], online: bool, waiting: int
    ) -> None:
        state = BenchState(observed_at_ms=times[0], online=online, spool_rows=waiting)
        self.commit(Batch(states=[Received(bench, times[1], state)]))

    @rule(
        topic=st.sampled_from(["elsewhere", *(topics.up("a-1", stream) for stream in Stream)]),
        payload=st.sampled_from([b"", b"\xff", b"x" * 600, b'{"epoch":5,"seq":3}'])
        | st.builds(lambda seq: b'{"epoch":6,"seq":%d,"values":1}' % seq, seqs),
        at=moments,
    )
    def nobody_can_read_it(self, topic: str, payload: bytes, at: int) -> None:
        batch = Batch()
        add(batch, topic, payload, at, is_retained=False)
        self.commit(batch)

    @rule(epoch=epochs, seq=seqs)
    def it_can_be_read_after_all(self, epoch: int, seq: int) -> None:
        batch = Batch()
        good = row("a-1", epoch, seq, (0, 0)).message
        # a message that an older program could not read
        spoilt = encode(good).replace(b'"values"', b'"values":1,"values"')
        add(batch, topics.up("a-1", Stream.SAMPLES), spoilt, 0, is_retained=False)
        self.commit(batch)

    @rule()
    def all_is_read_again(self) -> None:
        assert replay(self.writers[0]) == replay(self.model)

    @rule(entry=st.integers(1, 12))
    def an_entry_is_dropped(self, entry: int) -> None:
        real, model = (s.drop_quarantined([entry]) for s in (self.writers[1], self.model))
        assert real == model

    @precondition(lambda self: hasattr(self, "model"))
    @invariant()
    def both_tell_the_same(self) -> None:
        real = self.writers[1]
        assert real.snapshots() == self.model.snapshots()
        assert real.events_after(0, 100) == self.model.events_after(0, 100)
        assert real.quarantined(0, 100) == self.model.quarantined(0, 100)
        assert real.quarantine_totals() == self.model.quarantine_totals()
        for bench in ("a-1", "b-2"):
            assert real.last_row(bench) == self.model.last_row(bench)
            assert real.rows_after(bench, 0, 100) == self.model.rows_after(bench, 0, 100)


Deliveries.TestCase.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
TestDeliveries = Deliveries.TestCase
