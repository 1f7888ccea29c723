import csv
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import asammdf
import numpy as np
import pytest
from pyarrow import parquet

from telemetry.contract.payloads import Samples, Value
from telemetry.export.facts import ExportFacts, Format, SignalFacts
from telemetry.export.running import ExportTooLarge, Progress, Wish, export
from telemetry.export.tables import local_times
from telemetry.store.memory import MemoryStore
from telemetry.store.port import Batch, Received, RowColumns
from telemetry.store.sqlite import SqliteStore

START_MS = 1_796_112_000_000  # 2026-12-01T08:00:00Z
HOUR_MS = 3_600_000
FACTS = ExportFacts(
    "battery-01",
    START_MS,
    START_MS + 3 * HOUR_MS,
    station="BJ01-T",
    profile="battery",
    signals={"u": SignalFacts("V", "电压", "Voltage")},
)


def row(seq: int, after_ms: int, **values: Value | int) -> Received[Samples]:
    at_ms = START_MS + after_ms
    message = Samples(observed_at_ms=at_ms, epoch=2**60, seq=seq, values=dict(values))
    return Received("battery-01", at_ms + 40, message)


ROWS = [
    row(1, 0, u=354.5, on=True, mode="drive", n=2**60, mixed=1.5),
    row(2, 100, u=None, on=False, mode="=cmd|' /C calc'!A0", n=-1, mixed="text"),
    row(3, 200, u=1e-7, mode='say "hi"\n, 你好', mixed=True),
    row(4, HOUR_MS, u=-0.0, late=5.0),
    row(5, 3 * HOUR_MS, u=9.0),
]


@pytest.fixture(params=["sqlite", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqliteStore | MemoryStore]:
    made = MemoryStore() if request.param == "memory" else SqliteStore(tmp_path / "t.sqlite")
    made.commit(Batch(samples=ROWS))
    yield made
    made.close()


def ignore(_: Progress) -> None:
    pass


def test_csv_has_every_row_of_the_span_as_a_spreadsheet_reads_it(
    store: SqliteStore | MemoryStore, tmp_path: Path
) -> None:
    path = tmp_path / "out.csv"
    done = export(store, Wish(FACTS, Format.CSV), path, ignore)
    assert (done.rows_done, done.size_bytes) == (4, path.stat().st_size)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    assert list(lines[0])[:4] == ["observed_at", "observed_at_ms", "received_at_ms", "u [V]"]
    assert lines[0]["observed_at"] == "2026-12-01T16:00:00.000+08:00"
    assert int(lines[1]["received_at_ms"]) == START_MS + 140
    assert [line["u [V]"] for line in lines] == ["354.5", "", "1e-7", "-0"]
    assert [line["on"] for line in lines] == ["true", "false", "", ""]
    assert lines[1]["mode"] == "'=cmd|' /C calc'!A0", "no spreadsheet runs it"
    assert lines[2]["mode"] == 'say "hi"\n, 你好'
    assert [line["n"] for line in lines[:2]] == [str(2**60), "-1"]
    assert [line["mixed"] for line in lines] == ["1.5", "text", "true", ""]
    assert [line["late"] for line in lines] == ["", "", "", "5"]


def test_csv_without_the_mark_and_with_chosen_signals(
    store: SqliteStore | MemoryStore, tmp_path: Path
) -> None:
    wish = Wish(FACTS, Format.CSV, ["u", "never"], has_mark=False)
    export(store, wish, tmp_path / "out.csv", ignore)
    lines = (tmp_path / "out.csv").read_text("utf-8").splitlines()
    assert lines[0].endswith('"u [V]","never"')
    assert lines[1].endswith(",354.5,")


def test_parquet_keeps_types_keys_units_and_whose_it_is(
    store: SqliteStore | MemoryStore, tmp_path: Path
) -> None:
    export(store, Wish(FACTS, Format.PARQUET), tmp_path / "out.parquet", ignore)
    file = parquet.ParquetFile(tmp_path / "out.parquet")
    table = file.read()
    assert file.num_row_groups == 2, "one per hour: nothing is held for longer"
    assert table["seq"].to_pylist() == [1, 2, 3, 4]
    assert table["epoch"].to_pylist() == [2**60] * 4
    assert table["observed_at"].cast("int64").to_pylist()[:2] == [START_MS, START_MS + 100]
    assert table["n"].to_pylist() == [2**60, -1, None, None]
    assert table["on"].to_pylist() == [True, False, None, None]
    assert table["mode"].to_pylist()[1] == "=cmd|' /C calc'!A0", "exactly as it was"
    assert table["u"].to_pylist() == [354.5, None, 1e-7, -0.0]
    assert table.schema.field("u").metadata[b"unit"] == b"V"
    about = json.loads(table.schema.metadata[b"stationmaster"])
    assert (about["bench"], about["station"], about["profile"]) == (
        "battery-01",
        "BJ01-T",
        "battery",
    )


def test_mf4_has_times_units_and_invalid_samples(
    store: SqliteStore | MemoryStore, tmp_path: Path
) -> None:
    export(store, Wish(FACTS, Format.MF4), tmp_path / "out.mf4", ignore)
    with asammdf.MDF(tmp_path / "out.mf4") as mdf:
        assert mdf.header.start_time.timestamp() * 1000 == START_MS
        voltage = mdf.get("u", ignore_invalidation_bits=True)
        assert voltage.unit == "V"
        assert voltage.timestamps.tolist() == [0.0, 0.1, 0.2, 3600.0]
        assert np.asarray(voltage.invalidation_bits).tolist() == [False, True, False, False]
        assert mdf.get("u").samples.tolist() == [354.5, 1e-7, -0.0]
        assert mdf.get("n").samples.tolist() == [2**60, -1]
        assert mdf.get("mode").samples[2].decode() == 'say "hi"\n, 你好'
    assert [one.name for one in tmp_path.glob("*mf4*")] == ["out.mf4"], "no scratch stays behind"


@pytest.mark.parametrize("kind", Format)
def test_a_span_without_rows_makes_a_file_with_a_head(
    store: SqliteStore | MemoryStore, tmp_path: Path, kind: Format
) -> None:
    facts = ExportFacts("battery-01", 0, 1000)
    done = export(store, Wish(facts, kind, ["u"]), tmp_path / f"out.{kind}", ignore)
    assert done.rows_done == 0
    assert done.size_bytes > 0


@pytest.mark.parametrize("kind", Format)
def test_too_large_a_file_is_refused_and_leaves_nothing(
    store: SqliteStore | MemoryStore, tmp_path: Path, kind: Format
) -> None:
    with pytest.raises(ExportTooLarge):
        export(store, Wish(FACTS, kind, most_bytes=10), tmp_path / "out", ignore)
    assert [one for one in tmp_path.iterdir() if "sqlite" not in one.name] == []


def test_progress_is_told_and_whoever_hears_it_may_end_it(tmp_path: Path) -> None:
    store = MemoryStore()
    store.commit(Batch(samples=ROWS))
    told: list[Progress] = []
    export(store, Wish(FACTS, Format.CSV), tmp_path / "out.csv", told.append)
    assert [(one.rows_done, one.rows_total) for one in told[:4]] == [
        (3, None),
        (4, None),
        (3, 4),
        (4, 4),
    ]

    def stop(progress: Progress) -> None:
        if progress.rows_total:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export(store, Wish(FACTS, Format.CSV), tmp_path / "other.csv", stop)
    assert [one.name for one in tmp_path.iterdir()] == ["out.csv"]


class Growing(MemoryStore):
    """A bench whose signals change between two readings of its history."""

    def history(
        self, bench: str, span_ms: tuple[int, int], signals: Sequence[str] | None = None
    ) -> Iterator[RowColumns]:
        yield from super().history(bench, span_ms, signals)
        late = row(6, 300, u=1.0, fresh="new")
        self.commit(Batch(samples=[late]))


def test_a_signal_that_comes_up_meanwhile_is_in_the_file_too(tmp_path: Path) -> None:
    store = Growing()
    store.commit(Batch(samples=ROWS))
    done = export(store, Wish(FACTS, Format.PARQUET), tmp_path / "out.parquet", ignore)
    table = parquet.read_table(tmp_path / "out.parquet")
    assert done.rows_done == 5
    assert table["fresh"].to_pylist() == [None, None, None, "new", None]


def test_moments_are_told_on_chinas_clock_also_before_1970() -> None:
    at = np.array([-1, 1_796_112_000_123])
    assert local_times(at).to_pylist() == [
        "1970-01-01T07:59:59.999+08:00",
        "2026-12-01T16:00:00.123+08:00",
    ]
