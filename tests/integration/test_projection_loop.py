import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec
import pytest
from sqlmodel import col, func, select

from inventory.audit.table import AuditEntry
from inventory.database import Database
from inventory.faults.rules import FaultState as StoredFaultState
from inventory.faults.table import Fault
from inventory.faults.use_cases import apply_fault
from inventory.monitoring.projecting import cursor, unknown_benches
from inventory.usage_sessions.table import UsageSession
from stationmaster.projection import Projection
from telemetry.contract.payloads import FaultReport, FaultState, UsageEvent, UsageReport
from telemetry.store.port import Batch, Received, StoredEvent
from telemetry.store.sqlite import SqliteStore
from telemetry.store.sqlite_reading import SqliteReader
from tests.schools import NOW, Schools, schools

NOW_MS = int(NOW.timestamp() * 1000)


@pytest.fixture
def house(school_url: str) -> Iterator[Schools]:
    with schools(school_url) as built:
        yield built


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    opened = SqliteStore(tmp_path / "telemetry.sqlite")
    yield opened
    opened.close()


@pytest.fixture
def reader(store: SqliteStore, tmp_path: Path) -> Iterator[SqliteReader]:
    assert store is not None
    opened = SqliteReader(tmp_path / "telemetry.sqlite")
    yield opened
    opened.close()


def fault(seq: int, state: FaultState, fault_id: str = "f-1") -> FaultReport:
    return FaultReport(
        observed_at_ms=NOW_MS + seq,
        epoch=1,
        seq=seq,
        fault_id=fault_id,
        dtc="P0AA6",
        severity=3,
        state=state,
        first_at_ms=NOW_MS,
        text_zh="绝缘电阻低",
        text_en="Isolation low",
    )


def usage(seq: int, event: UsageEvent) -> UsageReport:
    return UsageReport(
        observed_at_ms=NOW_MS + seq,
        epoch=1,
        seq=seq,
        usage_id="u-1",
        event=event,
        started_at_ms=NOW_MS,
        evidence={"rows": float(seq)},
    )


def store_events(
    store: SqliteStore, *messages: FaultReport | UsageReport, bench: str = "battery-01"
) -> None:
    store.commit(Batch(events=[Received(bench, NOW_MS, message) for message in messages]))


def count_audit(database: Database, entity: str) -> int:
    with database.read() as db:
        query = select(func.count()).select_from(AuditEntry)
        return db.exec(query.where(col(AuditEntry.entity) == entity)).one()


def test_events_become_records_once(
    house: Schools, store: SqliteStore, reader: SqliteReader
) -> None:
    store_events(
        store,
        usage(1, UsageEvent.STARTED),
        fault(2, FaultState.PENDING),
        fault(3, FaultState.CONFIRMED),
        usage(4, UsageEvent.EXTENDED),
        usage(5, UsageEvent.ENDED),
    )
    for _ in range(3):
        Projection(house.database, reader).carry_over()
    with house.database.read() as db:
        found = db.exec(select(Fault)).one()
        used = db.exec(select(UsageSession)).one()
        assert cursor(db) == reader.events_after(0, 100)[-1].position
    assert found.state is StoredFaultState.CONFIRMED
    assert used.ended_at is not None
    assert used.evidence == {"rows": 5.0}
    assert count_audit(house.database, "fault") == 2
    assert count_audit(house.database, "usage_session") == 2


def test_a_batch_that_was_cut_off_leaves_nothing_and_is_taken_in_again(
    house: Schools, store: SqliteStore, reader: SqliteReader
) -> None:
    class PowerCut(Exception):
        pass

    store_events(store, fault(1, FaultState.PENDING), fault(2, FaultState.CONFIRMED))

    def cut_off() -> None:
        with house.database.begin() as db:
            apply_fault(db, "battery-01", fault(1, FaultState.PENDING))
            raise PowerCut

    with pytest.raises(PowerCut):
        cut_off()
    with house.database.read() as db:
        assert db.exec(select(Fault)).first() is None
    Projection(house.database, reader).carry_over()
    assert count_audit(house.database, "fault") == 2


def test_an_unregistered_bench_is_counted_and_its_reports_are_kept(
    house: Schools, store: SqliteStore, reader: SqliteReader
) -> None:
    store_events(store, fault(1, FaultState.CONFIRMED), bench="stranger-01")
    store_events(store, fault(1, FaultState.CONFIRMED), bench="battery-01")
    Projection(house.database, reader).carry_over()
    with house.database.read() as db:
        (unknown,) = unknown_benches(db)
        assert (unknown.code, unknown.events) == ("stranger-01", 1)
        assert len(db.exec(select(Fault)).all()) == 2


def test_a_clock_gone_wild_stops_nothing(
    house: Schools, store: SqliteStore, reader: SqliteReader
) -> None:
    wild = UsageReport(
        observed_at_ms=2**53,
        epoch=1,
        seq=1,
        usage_id="u-9",
        event=UsageEvent.STARTED,
        started_at_ms=-(2**53),
    )
    store_events(store, wild, fault(2, FaultState.CONFIRMED))
    Projection(house.database, reader).carry_over()
    with house.database.read() as db:
        assert db.exec(select(UsageSession)).one().observed_at.year == 9999
        assert db.exec(select(Fault)).one().dtc == "P0AA6"


def test_a_step_that_cannot_be_stored_leaves_an_entry_and_holds_nothing_up(
    house: Schools, store: SqliteStore, reader: SqliteReader
) -> None:
    endless = msgspec.structs.replace(fault(1, FaultState.CONFIRMED), fault_id="x" * 5000)
    with_nul = msgspec.structs.replace(fault(2, FaultState.CONFIRMED), text_zh="绝缘\0低", ecu="\0")
    store_events(store, endless, with_nul, usage(3, UsageEvent.STARTED))
    projection = Projection(house.database, reader)
    assert projection.carry_over() == 3
    assert (projection.counts.changed, projection.counts.refused) == (2, 1)
    with house.database.read() as db:
        kept = db.exec(select(Fault)).one()
        entry = db.exec(select(AuditEntry).where(AuditEntry.action == "refused")).one()
        assert len(db.exec(select(UsageSession)).all()) == 1
    assert (kept.text_zh, kept.ecu) == (
        "绝缘\N{REPLACEMENT CHARACTER}低",
        "\N{REPLACEMENT CHARACTER}",
    )
    assert entry.entity_id == "battery-01/event 1"
    assert entry.new == {"reason": "id: expected at most 200 characters"}
    assert projection.carry_over() == 0


def test_a_replaced_store_is_noticed(
    house: Schools, store: SqliteStore, reader: SqliteReader, tmp_path: Path
) -> None:
    store_events(store, *[fault(n, FaultState.PENDING, f"f-{n}") for n in range(1, 6)])
    Projection(house.database, reader).carry_over()
    new_store = SqliteStore(tmp_path / "new.sqlite")
    new_reader = SqliteReader(tmp_path / "new.sqlite")
    store_events(new_store, fault(1, FaultState.CONFIRMED, "f-new"))
    Projection(house.database, new_reader).carry_over()
    with house.database.read() as db:
        assert db.get(Fault, ("battery-01", "f-new")) is not None
    new_reader.close()
    new_store.close()


@pytest.mark.skipif(sys.platform == "win32", reason="an open file can't be deleted there")
def test_a_store_that_is_replaced_at_work_is_noticed(
    house: Schools, store: SqliteStore, reader: SqliteReader, tmp_path: Path
) -> None:
    store_events(store, *[fault(n, FaultState.PENDING, f"f-{n}") for n in range(1, 6)])
    projection = Projection(house.database, reader)
    assert (projection.carry_over(), projection.carry_over()) == (5, 0)
    for name in ("telemetry.sqlite", "telemetry.sqlite-wal", "telemetry.sqlite-shm"):
        (tmp_path / name).unlink()
    store_events(store, fault(1, FaultState.CONFIRMED, "f-new"))
    assert projection.carry_over() == 1
    with house.database.read() as db:
        assert db.get(Fault, ("battery-01", "f-new")) is not None


def test_the_loop_carries_over_within_half_a_second(
    house: Schools,
    store: SqliteStore,
    reader: SqliteReader,
    wait_until: Callable[..., None],
) -> None:
    projection = Projection(house.database, reader)
    projection.start()
    threading.Event().wait(0.1)
    store_events(store, fault(1, FaultState.CONFIRMED))

    def is_there() -> bool:
        with house.database.read() as db:
            return db.get(Fault, ("battery-01", "f-1")) is not None

    wait_until(is_there, within_s=0.5, what="the fault's record")
    projection.stop()


def test_the_loop_waits_for_a_store_that_is_not_there_yet(house: Schools, tmp_path: Path) -> None:
    projection = Projection(house.database, SqliteReader(tmp_path / "absent.sqlite"))
    projection.start()
    threading.Event().wait(0.3)
    projection.stop()
    assert projection.counts.failures == 1


class _OnceBroken(SqliteReader):
    """Fails the first time as no reader should."""

    is_broken = True

    def events_after(self, position: int, limit: int) -> Sequence[StoredEvent]:
        if self.is_broken:
            self.is_broken = False
            raise ZeroDivisionError
        return super().events_after(position, limit)


def test_the_loop_survives_a_failure_nobody_foresaw(
    house: Schools, store: SqliteStore, tmp_path: Path, wait_until: Callable[..., None]
) -> None:
    store_events(store, fault(1, FaultState.CONFIRMED))
    reader = _OnceBroken(tmp_path / "telemetry.sqlite")
    projection = Projection(house.database, reader)
    projection.start()
    wait_until(lambda: projection.counts.events == 1, what="the event after the failure")
    projection.stop()
    reader.close()
    assert projection.counts.failures == 1
