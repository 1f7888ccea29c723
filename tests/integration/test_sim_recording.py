import threading
import time
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from can_bridge.catalogue import BusDecoder
from can_bridge.dbc.loading import load_dbc
from can_bridge.decoding.frames import FULL, FrameDecoder
from can_bridge.logs.reading import open_log
from device_sims.bench import BenchHost
from device_sims.fault_scenarios import BenchKind
from device_sims.frames import DBC_FOLDER
from device_sims.injections import InjectionFolder
from stationmaster.cli_sims import sim_app
from tests.integration.sim_desk import SimDesk

app = typer.Typer()
app.add_typer(sim_app, name="sim")
runner = CliRunner()


def record(log: Path, *words: str) -> str:
    done = runner.invoke(app, ["sim", "record", str(log), *words])
    assert done.exit_code == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("suffix", ["log", "asc", "blf"])
def test_a_recording_is_read_back_and_decodes_whole(suffix: str, tmp_path: Path) -> None:
    log = tmp_path / f"battery.{suffix}"
    said = record(log, "--bench", "battery", "--seconds", "120", "--seed", "7")
    decoder = FrameDecoder(load_dbc(DBC_FOLDER / "battery.dbc").database)
    frames = 0
    for batch in open_log(log).all_batches():
        frames += len(batch)
        assert (decoder.decode(batch).outcome == FULL).all()
        assert batch.timestamp_s.min() > 0
        assert batch.timestamp_s.max() <= 120
    assert f"{frames} frames" in said
    assert frames == pytest.approx(120 * 107, rel=0.01)


def test_the_same_seed_writes_the_same_bytes(tmp_path: Path) -> None:
    words = [
        "--bench",
        "gateway",
        "--seconds",
        "90",
        "--duty",
        "class",
        "--fault",
        "node-lost@30-60",
    ]
    for name, seed in (("one", "7"), ("same", "7"), ("other", "8")):
        record(tmp_path / f"{name}.log", *words, "--seed", seed)
    one = (tmp_path / "one.log").read_bytes()
    assert one == (tmp_path / "same.log").read_bytes()
    assert one != (tmp_path / "other.log").read_bytes()
    assert {line.split()[1] for line in one.decode().splitlines()} == {
        "powertrain",
        "body",
        "comfort",
    }


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["x.log", "--bench", "motor", "--fault", "isolation-low@1-2"], "motor benches have no"),
        (["x.log", "--bench", "motor", "--fault", "overspeed"], "NAME@FROM-UNTIL"),
        (["x.log", "--bench", "motor", "--seconds", "0"], "more than 0"),
        (["x.paper", "--bench", "motor"], "known: candump"),
        (["there.log", "--bench", "motor"], "exists already"),
    ],
)
def test_what_cannot_be_recorded_is_refused_and_leaves_no_file(
    words: list[str], reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("there.log").write_text("kept", "utf-8")
    refused = runner.invoke(app, ["sim", "record", *words])
    assert refused.exit_code == 2
    assert reason in refused.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["there.log"]
    assert Path("there.log").read_text("utf-8") == "kept"


def test_a_recording_has_what_the_live_bench_sends(tmp_path: Path) -> None:
    log = tmp_path / "motor.log"
    record(log, "--bench", "motor", "--seconds", "30", "--seed", "7")
    desk = SimDesk(BenchKind.MOTOR, tmp_path, seed=7)
    bus = desk.buses["drive"]
    desk.bench.advance(30)
    live = [(frame.arbitration_id, frame.data) for frame in bus.drain()]
    desk.close()
    batches = open_log(log).all_batches()
    assert [(one.arbitration_id, one.data) for batch in batches for one in batch] == live


def test_a_hurried_host_lives_many_seconds_in_one(tmp_path: Path) -> None:
    host = BenchHost(InjectionFolder(tmp_path), speed=30.0)
    host.add("motor-55", BenchKind.MOTOR, seed=1)
    stop = threading.Event()
    hosting = threading.Thread(target=host.run, args=(stop, time.monotonic))
    hosting.start()
    stop.wait(1.0)
    stop.set()
    hosting.join()
    assert 5 < host.reached_speed <= 31
    for wrong in (0.0, -1.0, 1001.0):
        with pytest.raises(ValueError, match="at most 1000"):
            BenchHost(InjectionFolder(tmp_path), speed=wrong)


def test_the_decoder_of_every_shipped_dbc_knows_all_its_signals() -> None:
    for path in DBC_FOLDER.glob("*.dbc"):
        loaded = load_dbc(path)
        decoder = BusDecoder(path.stem, FrameDecoder(loaded.database)).decoder
        assert not loaded.repairs, path.name
        assert len(decoder.signals) == sum(len(one.signals) for one in loaded.database.messages)
