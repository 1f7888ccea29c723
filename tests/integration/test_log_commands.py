import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from can_bridge.frames import FrameBatch
from can_bridge.logs.reading import open_log
from can_bridge.recording.blocks import encoded
from can_bridge.recording.recorder import recording_folder
from can_bridge.recording.segments import SegmentWriter, segments_in
from stationmaster.cli_logs import log_app
from tests.unit.can_bridge.log_batches import DATE_S, any_frames, content

runner = CliRunner()


def run(*words: object) -> Result:
    return runner.invoke(log_app, [str(word) for word in words])


@pytest.fixture
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STATIONMASTER_VAR", str(tmp_path))
    return tmp_path


def record(var: Path, seconds: int = 120) -> FrameBatch:
    writer = SegmentWriter(recording_folder(var / "spool", "battery-01"), 8 << 20, 30)
    batches = [
        any_frames(second, 20, start_s=DATE_S + second, channels=("hv", "body"))
        for second in range(seconds)
    ]
    for second, batch in enumerate(batches):
        now_ms = int(DATE_S * 1000) + second * 1000 + 500
        writer.append(encoded(batch, now_ms), len(batch), now_ms)
    writer.close()
    return FrameBatch.joined(batches)


def test_info_says_what_the_reference_says(shared: Path) -> None:
    entries = json.loads((shared / "can/expected.json").read_text("utf-8"))
    for entry in entries:
        path = shared / "can" / entry["file"]
        printed = json.loads(run("info", path, "--json", "--bitrate", entry["bitrate"]).stdout)
        assert printed["frames"] == entry["frames"]
        assert printed["distinct_ids"] == entry["distinct_ids"]
        assert printed["unparsable_lines"] == entry["unparsable_lines"]
        assert printed["duration_s"] == pytest.approx(entry["duration_s"], abs=1e-5)
        assert (printed["steps_back"] == 0) is entry["timestamps_nondecreasing"]
        loads = [channel["load_pct"] for channel in printed["channels"].values()]
        assert loads == pytest.approx(list(entry["busload_pct_unstuffed"].values()), abs=0.051)


def test_info_names_what_is_odd_in_both_languages(shared: Path) -> None:
    log = shared / "can/logs/kona2020_compcan_heating.gvret.csv"
    assert "处时间倒退" in run("info", log).stdout
    english = run("info", log, "--lang", "en").stdout
    assert "negative times: -0.364210 s" in english
    crtd = shared / "can/logs/savvy_sample.crtd.txt"
    assert "1 unparsable lines: 1" in run("info", crtd, "--lang", "en").stdout


def test_convert_writes_the_format_of_the_name(shared: Path, tmp_path: Path) -> None:
    source = shared / "can/logs/savvy_sample.candump.log"
    target = tmp_path / "out.blf"
    result = run("convert", source, target, "--lang", "en")
    assert result.exit_code == 0, result.output
    assert "12974 frames" in result.stdout
    assert "vcan0 = 0" in result.stdout
    assert open_log(target).format == "blf"
    again = run("convert", source, target, "--lang", "en")
    assert (again.exit_code, "exists already" in again.stderr) == (2, True)
    assert run("convert", source, target, "--replace", "--format", "asc").exit_code == 0
    assert open_log(target).format == "asc"


@pytest.mark.parametrize("suffix", ["blf", "asc", "mf4"])
def test_what_a_bench_recorded_is_exported_whole(var: Path, suffix: str) -> None:
    batch = record(var)
    target = var / f"out.{suffix}"
    result = run("export", "battery-01", target, "--lang", "en")
    assert result.exit_code == 0, result.output
    exported = FrameBatch.joined(list(open_log(target).all_batches()))
    start_s = DATE_S if suffix == "asc" else 0.0
    assert len(exported) == len(batch)
    assert np.abs(exported.timestamp_s + start_s - batch.timestamp_s).max() < 1e-6
    assert [row[2:] for row in content(exported)] == [row[2:] for row in content(batch)]
    assert "channel body = 0" in result.stdout


def test_a_window_of_a_recording_is_exported(var: Path) -> None:
    batch = record(var)
    begin, end = (datetime.fromtimestamp(DATE_S + offset, UTC).isoformat() for offset in (40, 70))
    result = run("export", "battery-01", var / "w.log", "--from", begin, "--to", end)
    assert result.exit_code == 0, result.output
    exported = FrameBatch.joined(list(open_log(var / "w.log").all_batches()))
    inside = (batch.timestamp_s >= DATE_S + 40) & (batch.timestamp_s < DATE_S + 70)
    assert content(exported) == content(batch.where(inside))


def test_a_segment_cut_off_by_a_kill_is_exported_up_to_there_and_named(var: Path) -> None:
    record(var)
    last = segments_in(recording_folder(var / "spool", "battery-01"))[-1].path
    last.write_bytes(last.read_bytes()[:-10])
    result = run("export", "battery-01", var / "w.blf", "--lang", "en")
    assert result.exit_code == 0
    assert f"{last.name}: cut off" in result.stderr
    assert sum(len(one) for one in open_log(var / "w.blf").all_batches()) == 119 * 20


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--from", "yesterday"), "expected such as 2026-05-04T10:30:00"),
        (("--last", "soon"), "expected such as 90s"),
        (("--last", "1h", "--from", "10:30"), "--last goes without"),
        (("--from", "2026-05-04T11:00", "--to", "2026-05-04T10:00"), "is not before"),
        (("--last", "1h"), "no frames in that time; recorded since 2023-11-1"),
    ],
)
def test_a_window_that_makes_no_sense_is_refused(
    var: Path, words: tuple[str, ...], said: str
) -> None:
    record(var, 2)
    result = run("export", "battery-01", var / "w.blf", "--lang", "en", *words)
    assert result.exit_code == 2
    assert said in result.stderr
    assert not (var / "w.blf").exists()


def test_recordings_are_listed_with_what_was_lost(var: Path) -> None:
    assert run("recordings", "--lang", "en").stdout == "nothing recorded\n"
    record(var)
    listed = run("recordings", "--lang", "en").stdout
    assert listed.startswith("battery-01: 4 files")
    assert "2400 frames written, 0 lost" in listed
    assert "写入 2400 帧" in run("recordings", "battery-01").stdout
    nothing = run("export", "motor-01", var / "w.blf", "--lang", "en")
    assert (nothing.exit_code, "is_on = true" in nothing.stderr) == (2, True)


@pytest.mark.parametrize("command", ["info", "convert"])
def test_a_path_the_system_refuses_to_look_at_is_a_line(command: str, tmp_path: Path) -> None:
    log, refused = tmp_path / "a.log", tmp_path / ("x" * 300 + ".log")
    log.write_text("(1.0) can0 001#0011\n", "utf-8")
    result = run("info", refused) if command == "info" else run("convert", log, refused)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"{refused}: ")
    assert result.stderr.count("\n") == 1
