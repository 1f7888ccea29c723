"""Random histories on the embedded store and on the plain one must give the same answers."""

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from telemetry.contract.payloads import Samples, UsageEvent, UsageReport, Value
from telemetry.downsampling import Window
from telemetry.store.memory import MemoryStore
from telemetry.store.port import Batch, Received, Rollups, RowColumns, Step, StoredRow
from telemetry.store.sqlite import SqliteStore
from tests.influx_servers import INFLUXDBS, SendingStore

HOUR_MS = 3_600_000
BENCHES = ("a-1", "b-2")
PACK_ROWS = 4
numbers = st.one_of(
    st.integers(-2000, 2000).map(lambda n: n / 10),
    st.integers(-2000, 2000).map(lambda n: n * 0.1),
    st.floats(allow_nan=False, allow_infinity=False, max_value=1e300, min_value=-1e300),
    st.sampled_from([0.0, -0.0, 5e-324, 1e300]),
)
values: st.SearchStrategy[Value | int] = st.one_of(
    numbers,
    st.booleans(),
    st.none(),
    st.text("ab关", max_size=3),
    st.integers(-(2**53), 2**53),
)
signal_names = st.sampled_from(["u", "i", "mode", "t"])
rows = st.dictionaries(signal_names, values, max_size=4)
# hours before and after 1970, and moments in them that meet each other
moments = st.builds(
    lambda hour, minute, ms: (hour * 60 + minute) * 60_000 + ms,
    st.sampled_from([-2, -1, 0, 1, 2, 400_000]),
    st.sampled_from([0, 1, 30, 59]),
    st.sampled_from([0, 1, 999, 5000, 59_999]),
)
spans = st.tuples(moments, moments).map(sorted).filter(lambda s: s[0] < s[1])
arrivals = st.integers(0, 6).map(lambda n: n * 1_000_000)


def typed(row: StoredRow) -> tuple[int, object]:
    cells = {name: (type(value), repr(value)) for name, value in row.values.items()}
    ids = (row.bench, row.epoch, row.seq, row.observed_at_ms, row.received_at_ms)
    return row.position, (ids, cells)


def close(number: float | None) -> object:
    return None if number is None else pytest.approx(number, rel=1e-6, abs=1e-6)


def as_close(found: Rollups) -> object:
    return {
        key: [
            (*r[:2], close(r.minimum), close(r.maximum), close(r.total), type(r.last), *r[5:])
            for r in records
        ]
        for key, records in found.items()
    }


def as_close_window(found: Window) -> object:
    return {
        name: [
            (p.at_ms, p.count, p.minimum, p.maximum, close(p.mean), type(p.last), p.last)
            for p in points
        ]
        for name, points in found.series.items()
    }


def totals(found: Window) -> object:
    return {
        name: (
            sum(p.count for p in points),
            min((p.minimum for p in points if p.minimum is not None), default=None),
            max((p.maximum for p in points if p.maximum is not None), default=None),
            points[-1].last if points else None,
        )
        for name, points in found.series.items()
    }


def as_rows(found: RowColumns) -> object:
    headers = (found.epoch, found.seq, found.observed_at_ms, found.received_at_ms)
    cells = {name: [repr(c) for c in column.cells()] for name, column in found.columns.items()}
    return [header.tolist() for header in headers], cells


class Stores(RuleBasedStateMachine):
    """The same steps on both; a restart only on the one that survives it."""

    @initialize()
    def make(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "telemetry.sqlite"
        self.real = self.opened()
        self.model = MemoryStore(PACK_ROWS)
        self.next_seq = dict.fromkeys(BENCHES, 1)

    def opened(self) -> SqliteStore:
        return SqliteStore(self.path, PACK_ROWS)

    def teardown(self) -> None:
        self.real.close()
        self.folder.cleanup()

    def commit(self, batch: Batch) -> None:
        assert self.real.commit(batch) == self.model.commit(batch)

    @rule(
        bench=st.sampled_from(BENCHES),
        new=st.lists(st.tuples(moments, rows), min_size=1, max_size=6),
        received=arrivals,
        skip=st.integers(0, 2),
    )
    def rows_come(
        self, bench: str, new: list[tuple[int, dict[str, Value]]], received: int, skip: int
    ) -> None:
        first = self.next_seq[bench] + skip
        self.next_seq[bench] = first + len(new)
        messages = [
            Samples(observed_at_ms=at, epoch=7, seq=first + n, values=row)
            for n, (at, row) in enumerate(new)
        ]
        self.commit(Batch(samples=[Received(bench, received, message) for message in messages]))

    @rule(bench=st.sampled_from(BENCHES), back=st.integers(1, 12), at=moments)
    def a_row_comes_again_or_late(self, bench: str, back: int, at: int) -> None:
        seq = max(self.next_seq[bench] - back, 1)
        self.next_seq[bench] = max(self.next_seq[bench], seq + 1)
        message = Samples(observed_at_ms=at, epoch=7, seq=seq, values={"u": 1.5})
        self.commit(Batch(samples=[Received(bench, 3_000_000, message)]))

    @rule(bench=st.sampled_from(BENCHES), length=st.integers(1, 4))
    def rows_are_given_up(self, bench: str, length: int) -> None:
        first = self.next_seq[bench]
        self.next_seq[bench] = first + length
        gap = Samples(
            observed_at_ms=0, epoch=7, seq=first, last_seq=first + length - 1, dropped=length
        )
        self.commit(Batch(samples=[Received(bench, 0, gap)]))

    @rule(
        bench=st.sampled_from(BENCHES),
        usage=st.sampled_from("xy"),
        span=spans,
        event=st.sampled_from(UsageEvent),
    )
    def a_bench_is_used(
        self, bench: str, usage: str, span: tuple[int, int], event: UsageEvent
    ) -> None:
        seq = self.next_seq[bench]
        self.next_seq[bench] += 1
        message = UsageReport(
            observed_at_ms=span[1],
            epoch=7,
            seq=seq,
            usage_id=usage,
            event=event,
            started_at_ms=span[0],
            ended_at_ms=span[1] if event is UsageEvent.ENDED else None,
        )
        self.commit(Batch(events=[Received(bench, 0, message)]))

    @rule(now=st.sampled_from([HOUR_MS // 2, 3 * HOUR_MS, 10 * HOUR_MS]))
    def hours_are_sealed(self, now: int) -> None:
        assert self.real.seal(now, 1_000_000) == self.model.seal(now, 1_000_000)
        again = self.real.seal(now, 1_000_000)
        assert again.hours == 0

    @rule(before=arrivals)
    def old_rows_go(self, before: int) -> None:
        assert self.real.forget_before(before) == self.model.forget_before(before)

    @rule(minutes=arrivals, hours=arrivals)
    def old_rollups_go(self, minutes: int, hours: int) -> None:
        gone = self.real.forget_rollups(minutes, hours)
        assert gone == self.model.forget_rollups(minutes, hours)

    @rule()
    def the_process_starts_again(self) -> None:
        self.real.close()
        self.real = self.opened()

    @rule(bench=st.sampled_from(BENCHES), span=spans, points=st.integers(1, 500))
    def a_window_is_read(self, bench: str, span: tuple[int, int], points: int) -> None:
        real = self.real.window(bench, span, points)
        model = self.model.window(bench, span, points)
        if real.bucket_ms < Step.MINUTE:
            assert as_close_window(real) == as_close_window(model)
        else:
            assert totals(real) == totals(model)
            one = self.real.window(bench, span, points, ["u"])
            assert one.series["u"] == real.series.get("u", [])

    @rule(
        bench=st.sampled_from(BENCHES),
        span=spans,
        signals=st.none() | st.lists(signal_names, max_size=2),
    )
    def history_is_read(self, bench: str, span: tuple[int, int], signals: list[str] | None) -> None:
        real, model = (
            [as_rows(one) for one in store.history(bench, span, signals)]
            for store in (self.real, self.model)
        )
        assert real == model

    @rule(span=spans, step=st.sampled_from(Step))
    def rollups_are_read(self, span: tuple[int, int], step: Step) -> None:
        ask = (BENCHES, ("u", "i", "mode"), span, step)
        assert as_close(self.real.rollups(*ask)) == as_close(self.model.rollups(*ask))

    @rule(span=spans, offset=st.sampled_from([0, 8 * HOUR_MS]))
    def use_is_read(self, span: tuple[int, int], offset: int) -> None:
        used = self.real.utilisation(BENCHES, span, offset)
        assert used == self.model.utilisation(BENCHES, span, offset)
        active = self.real.activity(BENCHES, "u", span, offset)
        assert active == self.model.activity(BENCHES, "u", span, offset)

    @precondition(lambda self: hasattr(self, "real"))
    @invariant()
    def every_row_is_there_once_as_it_came(self) -> None:
        for bench in BENCHES:
            found = [typed(row) for row in self.real.rows_after(bench, 0, 10**6)]
            assert found == [typed(row) for row in self.model.rows_after(bench, 0, 10**6)]
            some = [row.position for row in self.real.rows_after(bench, 2, 3)]
            assert some == [position for position, _ in found if position > 2][:3]
            last, expected = self.real.last_row(bench), self.model.last_row(bench)
            assert (last and typed(last)) == (expected and typed(expected))
        assert self.real.snapshots() == self.model.snapshots()


Stores.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestStores = Stores.TestCase


class StoresOnInflux(Stores):
    """The same with rows that come to rest in InfluxDB; what is sealed is read back from there."""

    url = ""

    def opened(self) -> SqliteStore:
        known = getattr(self, "real", None)
        address = known.address if isinstance(known, SendingStore) else None
        return SendingStore(self.path, self.url, PACK_ROWS, address)


@pytest.mark.parametrize("kind", INFLUXDBS)
def test_random_histories_on_influxdb(kind: str, request: pytest.FixtureRequest) -> None:
    own = kind == "influxdb-1"
    url = request.getfixturevalue("influxdb") if own else os.environ["INFLUXDB_URL"]
    StoresOnInflux.url = str(url)
    few = settings(max_examples=25, stateful_step_count=25, deadline=None)
    run_state_machine_as_test(StoresOnInflux, settings=few)
