import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlmodel import col, func, select

from inventory.audit.table import AuditEntry
from inventory.faults.rules import FaultState as StoredFaultState
from inventory.faults.table import Fault
from inventory.monitoring.projecting import cursor
from telemetry.contract.payloads import FaultReport, FaultState
from telemetry.store.port import Batch, Received
from telemetry.store.sqlite import SqliteStore
from tests.schools import NOW, schools

NOW_MS = int(NOW.timestamp() * 1000)
KILLS = 5
FAULTS_PER_ROUND = 40
PROGRAM = """
import sys, threading
from pathlib import Path
from inventory.database import open_database
from inventory.migrations import tables
from stationmaster.projection import Projection
from telemetry.store.sqlite_reading import SqliteReader
Projection(open_database(sys.argv[1]), SqliteReader(Path(sys.argv[2]))).start()
print("runs", flush=True)
threading.Event().wait()
"""


def steps(number: int) -> list[FaultReport]:
    return [
        FaultReport(
            observed_at_ms=NOW_MS + number * 10 + step,
            epoch=1,
            seq=number * 3 + step + 1,
            fault_id=f"f-{number}",
            dtc="P0AA6",
            severity=3,
            state=state,
            first_at_ms=NOW_MS,
            text_zh="绝缘电阻低",
            text_en="Isolation low",
        )
        for step, state in enumerate(FaultState)
    ]


@contextmanager
def projecting(command: list[str]) -> Iterator[None]:
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert process.stdout is not None
    try:
        process.stdout.readline()
        yield
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_killing_the_projection_loses_no_step_and_repeats_none(
    school_url: str, tmp_path: Path, wait_until: Callable[..., None]
) -> None:
    store = SqliteStore(tmp_path / "telemetry.sqlite")
    pause = threading.Event()
    with schools(school_url) as house:
        url = house.database.engine.url.render_as_string(hide_password=False)
        command = [sys.executable, "-c", PROGRAM, url, str(tmp_path / "telemetry.sqlite")]

        def is_done() -> bool:
            with house.database.read() as db:
                return cursor(db) == store.events_after(0, 100_000)[-1].position

        for kill in range(KILLS):
            with projecting(command):
                for number in range(kill * FAULTS_PER_ROUND, (kill + 1) * FAULTS_PER_ROUND):
                    events = [Received("battery-01", NOW_MS, step) for step in steps(number)]
                    store.commit(Batch(events=list(events)))
                pause.wait(0.013 * kill)
        with projecting(command):
            wait_until(is_done, within_s=60, what="the last event")
        with house.database.read() as db:
            found = db.exec(select(Fault)).all()
            told = select(func.count()).select_from(AuditEntry)
            entries = db.exec(told.where(col(AuditEntry.entity) == "fault")).one()
    store.close()
    assert len(found) == KILLS * FAULTS_PER_ROUND
    assert all(fault.state is StoredFaultState.CLEARED for fault in found)
    assert entries == KILLS * FAULTS_PER_ROUND * len(FaultState)
