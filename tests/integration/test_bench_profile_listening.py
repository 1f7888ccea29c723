import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import can
import pytest
import typer
from typer.testing import CliRunner

from stationmaster.__main__ import command_line

PROFILE = Path(__file__).resolve().parents[2] / "device_sims/profiles/battery.toml"
runner = CliRunner()


@pytest.fixture(scope="module")
def app() -> typer.Typer:
    return command_line(["bench listen"])


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def listen(app: typer.Typer, *options: str) -> dict[str, Any]:
    result = runner.invoke(app, ["bench", "listen", *options, "--json"])
    assert result.exit_code == 0, result.output
    record: dict[str, Any] = json.loads(result.stdout)
    return record


def test_a_recording_is_heard_as_the_reference_says(app: typer.Typer, shared: Path) -> None:
    log = shared / "can/logs/kona2021_bms_bench_idle_30s.asc"
    expected = next(
        entry
        for entry in json.loads((shared / "can/expected.json").read_text("utf-8"))
        if entry["file"].endswith(log.name)
    )
    record = listen(app, "--log", str(log), "--dbc", str(shared / "can/dbc/kona_pcan.dbc"))
    frames = sum(bus["frames"] for bus in record["buses"])
    truth = expected["decode"][0]["truth"]
    assert frames == sum(one["frames"] for one in record["ids"] + record["unknown_ids"])
    assert frames == truth["frames"]
    known = sum(one["frames"] for one in record["ids"])
    assert known == truth["frames_id_in_dbc"]
    assert len(record["unknown_ids"]) == truth["unknown_ids"]
    last = {one["name"]: one["value"] for one in record["values"] if one["quality"] == "good"}
    for name, summary in expected["decode"][0]["all_signals"].items():
        if name in last:
            assert last[name] == pytest.approx(summary["last"], rel=1e-9), name


def test_the_channels_of_a_log_find_their_dbc_and_the_rest_is_suggested(
    app: typer.Typer, shared: Path
) -> None:
    dbcs = shared / "can/dbc"
    log = shared / "can/logs/kona2019_pcan_ccan_off_on_ready_off.gvret.csv"
    given = ["--log", str(log), "--dbc", str(dbcs / "kona_pcan.dbc"), "--try-dbc", str(dbcs)]
    record = listen(app, *given)
    assert [bus["name"] for bus in record["buses"]] == ["0:kona_pcan", "1:kona_pcan"]
    suggested = {one["bus"]: one for one in record["suggestions"]}
    assert suggested["1:kona_pcan"]["explained_ids"] > 20
    assert suggested["1:kona_pcan"]["dbc"] != "kona_pcan.dbc"


def test_a_log_without_a_dbc_is_all_unknown(app: typer.Typer, shared: Path) -> None:
    record = listen(app, "--log", str(shared / "can/logs/savvy_sample.candump.log"))
    assert record["ids"] == []
    assert record["unknown_ids"]
    assert record["values"] == []


def test_the_picture_in_a_terminal_names_signals_in_chinese(
    app: typer.Typer, folder: Path, shared: Path
) -> None:
    log = shared / "can/logs/kona2021_bms_bench_idle_30s.asc"
    dbc = shared / "can/dbc/kona_pcan.dbc"
    (folder / "kona.toml").write_text(
        f'name = "k"\n[[buses]]\nname = "pcan"\ndbc = "{dbc.as_posix()}"\n'
        '[signals.u]\nsource = "Batt_HV_Status.VBatt"\nlabel_zh = "总电压"\nheadline = true\n',
        "utf-8",
    )
    options = ["bench", "listen", "kona.toml", "--log", str(log)]
    once = runner.invoke(app, [*options, "--once"])
    assert "总电压  u" in once.output
    played = runner.invoke(app, [*options, "--seconds", "0.5"])
    assert played.exit_code == 0
    assert "只听" in played.output


@pytest.fixture
def talking() -> Iterator[str]:
    """A virtual channel on which somebody sends the same frame again and again."""
    stop = threading.Event()

    def talk() -> None:
        with can.Bus(channel="listened", interface="virtual") as bus:
            while not stop.wait(0.01):
                bus.send(can.Message(arbitration_id=0x7FE, is_extended_id=False, data=b"\1\2"))

    talker = threading.Thread(target=talk)
    talker.start()
    yield "listened"
    stop.set()
    talker.join()


def test_a_live_bus_is_heard_with_its_state_and_rates(app: typer.Typer, talking: str) -> None:
    record = listen(app, "--interface", "virtual", "--channel", talking, "--seconds", "1.5")
    (bus,) = record["buses"]
    assert bus["state"] == "active"
    assert bus["is_listen_only"]
    (seen,) = record["unknown_ids"]
    assert (seen["id"], seen["data"]) == (0x7FE, "0102")
    assert 20 < seen["rate_hz"] < 120


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ([], "--interface"),
        (["--interface", "virtual"], "--channel"),
        (["--interface", "virtual", "--channel", "a", "--bitrate", "0"], "bitrate"),
        (["--interface", "robotell", "--channel", "a"], "accept_active"),
        (["--log", "absent.asc"], "no such file"),
        ([str(PROFILE)], "--bench"),
        ([str(PROFILE), "--interface", "slcan"], "--interface"),
        (["--interface", "virtual", "--channel", "a", "--try-dbc", "."], "no .dbc files"),
    ],
)
def test_what_cannot_be_listened_to_is_a_plain_line(
    app: typer.Typer, options: list[str], told: str
) -> None:
    result = runner.invoke(app, ["bench", "listen", *options, "--once"])
    assert result.exit_code == 2
    assert told in result.stderr


def test_a_log_tells_its_unreadable_lines_and_channels_that_come_late(
    app: typer.Typer, folder: Path
) -> None:
    lines = [f"({number / 1000:.6f}) can0 100#0102" for number in range(210_000)]
    lines += ["(not a frame", "(211.000000) can1 200#03"]
    (folder / "long.log").write_text("\n".join(lines) + "\n", "utf-8")
    record = listen(app, "--log", "long.log")
    assert record["unparsable_lines"] == 1
    assert [(bus["name"], bus["frames"]) for bus in record["buses"]] == [
        ("can0", 210_000),
        ("can1", 1),
    ]


def test_a_dbc_of_the_tried_folder_that_cannot_be_read_is_named(
    app: typer.Typer, folder: Path
) -> None:
    (folder / "broken.dbc").write_bytes(b"")
    (folder / "x.log").write_text("(1.000000) can0 100#0102\n", "utf-8")
    options = ["bench", "listen", "--log", "x.log", "--try-dbc", str(folder), "--once"]
    result = runner.invoke(app, options)
    assert result.exit_code == 0, result.output
    assert "broken.dbc" in result.stderr
