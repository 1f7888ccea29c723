import csv
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from inventory.errors import TooBusy, TooManyOpen, UnknownExport
from inventory.exports.jobs import ExportJob, ExportJobs, ExportOrder, SignalWords
from inventory.exports.jobs_memory import MemoryExportJobs
from inventory.exports.rules import (
    MAX_OPEN_EACH,
    OPEN_STATES,
    ExportFormat,
    ExportState,
    ExportTrouble,
)
from stationmaster.export_jobs import ExportLimits, StoredExportJobs
from telemetry.contract.payloads import Samples
from telemetry.store.port import Batch, Received
from telemetry.store.sqlite import SqliteStore

NOW = datetime(2026, 12, 1, 8, tzinfo=UTC)
ME, OTHER = 1, 2
Wait = Callable[..., None]


def order(owner: int = ME, **changes: object) -> ExportOrder:
    facts: dict[str, object] = {
        "owner_id": owner,
        "bench": "battery-01",
        "start": NOW - timedelta(hours=1),
        "end": NOW,
        "format": ExportFormat.CSV,
        "words": {"u": SignalWords("V")},
    }
    return ExportOrder(**facts | changes)  # type: ignore[arg-type]


@dataclass
class Clock:
    at: datetime = NOW

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture(scope="module")
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    var = tmp_path_factory.mktemp("store")
    store = SqliteStore(var / "telemetry.sqlite")
    begun_ms = int((NOW - timedelta(hours=1)).timestamp() * 1000)
    rows = [
        Samples(observed_at_ms=begun_ms + n * 100, epoch=1, seq=n + 1, values={"u": float(n)})
        for n in range(1000)
    ]
    store.commit(Batch(samples=[Received("battery-01", NOW_MS, row) for row in rows]))
    store.close()
    return var


NOW_MS = int(NOW.timestamp() * 1000)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def stored(tmp_path: Path, var: Path, clock: Clock) -> Iterator[StoredExportJobs]:
    jobs = StoredExportJobs(tmp_path / "exports", var, clock=clock)
    yield jobs
    jobs.close()


@pytest.fixture(params=["memory", "stored"])
def jobs(request: pytest.FixtureRequest, stored: StoredExportJobs) -> ExportJobs:
    return MemoryExportJobs() if request.param == "memory" else stored


def test_an_export_is_its_owners_alone(jobs: ExportJobs) -> None:
    job = jobs.submit(order(), NOW)
    assert jobs.job(ME, job.id, NOW).order == order()
    assert jobs.jobs(OTHER, NOW) == []
    for act in (jobs.job, jobs.file, jobs.end):
        with pytest.raises(UnknownExport):
            act(OTHER, job.id, NOW)


def test_one_owner_has_a_few_under_way_and_others_are_not_held_up(jobs: ExportJobs) -> None:
    made = [jobs.submit(order(), NOW) for _ in range(MAX_OPEN_EACH)]
    with pytest.raises(TooManyOpen):
        jobs.submit(order(), NOW)
    jobs.submit(order(OTHER), NOW)
    jobs.end(ME, made[-1].id, NOW)
    assert jobs.job(ME, made[-1].id, NOW).state is ExportState.CANCELLED
    jobs.submit(order(), NOW)


def test_one_that_was_cancelled_is_removed_by_ending_it_again(jobs: ExportJobs) -> None:
    job = jobs.submit(order(), NOW)
    jobs.end(ME, job.id, NOW)
    with pytest.raises(UnknownExport):
        jobs.file(ME, job.id, NOW)
    jobs.end(ME, job.id, NOW)
    assert jobs.jobs(ME, NOW) == []


def finished(jobs: ExportJobs, job: ExportJob, wait_until: Wait, now: datetime = NOW) -> ExportJob:
    wait_until(lambda: jobs.job(ME, job.id, now).state not in OPEN_STATES, 60.0)
    return jobs.job(ME, job.id, now)


def test_the_file_is_made_counted_and_expires(
    stored: StoredExportJobs, wait_until: Wait, tmp_path: Path
) -> None:
    done = finished(stored, stored.submit(order(), NOW), wait_until)
    assert (done.state, done.rows_done, done.rows_total) == (ExportState.DONE, 1000, 1000)
    path = stored.file(ME, done.id, NOW)
    assert done.size_bytes == path.stat().st_size
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert [line["u [V]"] for line in csv.DictReader(file)][-1] == "999"
    assert done.expires_at == NOW + ExportLimits().kept
    later = NOW + ExportLimits().kept
    assert stored.jobs(ME, later) == []
    assert list((tmp_path / "exports").iterdir()) == []


def test_finished_ones_are_there_after_a_restart_and_others_are_interrupted(
    stored: StoredExportJobs, var: Path, tmp_path: Path, wait_until: Wait
) -> None:
    done = finished(stored, stored.submit(order(), NOW), wait_until)
    under_way = stored.submit(order(), NOW)
    # what a server that is killed now would leave behind
    left = shutil.copytree(tmp_path / "exports", tmp_path / "left")
    (left / under_way.id / "rows.part").write_bytes(b"half of it")
    (left / "scrap").mkdir()
    again = StoredExportJobs(left, var, clock=Clock())
    assert again.job(ME, done.id, NOW).state is ExportState.DONE
    assert again.file(ME, done.id, NOW).read_bytes() == stored.file(ME, done.id, NOW).read_bytes()
    interrupted = again.job(ME, under_way.id, NOW)
    assert interrupted.state is ExportState.INTERRUPTED
    assert [one.name for one in (left / under_way.id).iterdir()] == ["job.json"]
    assert not (left / "scrap").exists()


def test_closing_interrupts_what_is_being_made(var: Path, tmp_path: Path, wait_until: Wait) -> None:
    jobs = StoredExportJobs(tmp_path / "exports", var, clock=Clock())
    job = jobs.submit(order(), NOW)
    wait_until(lambda: jobs.job(ME, job.id, NOW).state is not ExportState.WAITING)
    jobs.close()
    record = json.loads((tmp_path / "exports" / job.id / "job.json").read_text("utf-8"))
    assert record["state"] == "interrupted"


def test_one_that_is_being_made_can_be_cancelled_and_the_next_goes_on(
    stored: StoredExportJobs, wait_until: Wait
) -> None:
    first, second = stored.submit(order(), NOW), stored.submit(order(), NOW)
    wait_until(lambda: stored.job(ME, first.id, NOW).state is ExportState.RUNNING)
    stored.end(ME, first.id, NOW)
    assert finished(stored, second, wait_until).state is ExportState.DONE
    assert stored.job(ME, first.id, NOW).state is ExportState.CANCELLED


def test_a_store_that_is_not_there_and_a_file_too_large_are_told_apart(
    var: Path, tmp_path: Path, wait_until: Wait
) -> None:
    for name, path, most_bytes, trouble in (
        ("a", tmp_path / "absent", 10**9, ExportTrouble.NO_STORE),
        ("b", var, 100, ExportTrouble.TOO_LARGE),
    ):
        limits = ExportLimits(most_bytes=most_bytes)
        jobs = StoredExportJobs(tmp_path / name, path, limits, Clock())
        failed = finished(jobs, jobs.submit(order(), NOW), wait_until)
        assert (failed.state, failed.trouble) == (ExportState.FAILED, trouble)
        jobs.close()


def test_a_full_folder_takes_no_further_order(var: Path, tmp_path: Path, wait_until: Wait) -> None:
    jobs = StoredExportJobs(tmp_path / "exports", var, clock=Clock())
    done = finished(jobs, jobs.submit(order(), NOW), wait_until)
    jobs.close()
    limits = ExportLimits(most_bytes=done.size_bytes)
    full = StoredExportJobs(tmp_path / "exports", var, limits, Clock())
    with pytest.raises(TooBusy):
        full.submit(order(), NOW)
    full.end(ME, done.id, NOW)
    full.submit(order(), NOW)
    full.close()
