import csv
import subprocess
import sys
from pathlib import Path

import pytest
from pyarrow import parquet

from telemetry.contract.payloads import Birth, Identity, IdentityKind, Samples, SignalInfo
from telemetry.store.port import Batch, Received
from telemetry.store.sqlite import SqliteStore

START_MS = 1_796_112_000_000  # 2026-12-01T08:00:00Z


@pytest.fixture
def var(tmp_path: Path) -> Path:
    store = SqliteStore(tmp_path / "telemetry.sqlite")
    birth = Birth(
        observed_at_ms=START_MS,
        epoch=1,
        profile="battery",
        identity=Identity(kind=IdentityKind.SIMULATOR),
        signals=[SignalInfo(name="u", unit="V"), SignalInfo(name="i", unit="A")],
        publish_period_ms=100,
    )
    rows = [
        Samples(observed_at_ms=START_MS + n * 1000, epoch=1, seq=n, values={"u": 1.0 * n, "i": n})
        for n in range(1, 11)
    ]
    store.commit(
        Batch(
            births=[Received("battery-01", START_MS, birth)],
            samples=[Received("battery-01", START_MS, row) for row in rows],
        )
    )
    store.close()
    return tmp_path


def exported(var: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "stationmaster", "telemetry", "export", *words],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={"STATIONMASTER_VAR": str(var), "PATH": "", "PYTHONUTF8": "1"},
        check=False,
    )


def test_rows_of_a_span_go_into_a_file_named_by_its_suffix(var: Path) -> None:
    span = ("--from", "2026-12-01T16:00:03+08:00", "--to", "2026-12-01T16:00:08+08:00")
    said = exported(var, "battery-01", str(var / "out.csv"), *span, "--signal", "u")
    assert said.returncode == 0, said.stderr
    assert "5 行" in said.stdout
    with (var / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [line["u [V]"] for line in csv.DictReader(file)] == ["3", "4", "5", "6", "7"]
    again = exported(var, "battery-01", str(var / "out.csv"), *span)
    assert again.returncode == 2
    assert "--replace" in again.stderr
    said = exported(var, "battery-01", str(var / "out.parquet"), *span, "--lang", "en")
    assert "5 rows" in said.stdout
    assert parquet.read_table(var / "out.parquet")["i"].to_pylist() == [3, 4, 5, 6, 7]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("battery-99", "o.csv", "--last", "2h"), "battery-99"),
        (("battery-01", "o.xls", "--last", "2h"), ".parquet"),
        (("battery-01", "o.csv"), "--last 2h"),
        (("battery-01", "o.csv", "--from", "soon"), "soon"),
    ],
)
def test_what_cannot_be_exported_is_said_in_a_line(
    var: Path, words: tuple[str, ...], expected: str
) -> None:
    said = exported(var, words[0], str(var / words[1]), *words[2:])
    assert said.returncode == 2
    assert expected in said.stderr
    assert "Traceback" not in said.stderr
