import json
import math
from pathlib import Path

import pytest
import typer
from rich.cells import cell_len
from typer.testing import CliRunner

from can_bridge.catalogue import BusDecoder, Catalogue
from can_bridge.dbc.loading import load_dbc
from can_bridge.decoding.frames import FrameDecoder
from can_bridge.default_profiles import REPLAY_BUS, profile_for
from can_bridge.logs.reading import open_log
from can_bridge.replay import best_channel
from stationmaster.cli_can import bridge_app, decode
from stationmaster.cli_sims import sim_app
from telemetry.contract.payloads import IdentityKind, Value

app = typer.Typer()
app.command()(decode)
app.add_typer(bridge_app, name="bridge")
app.add_typer(sim_app, name="sim")
runner = CliRunner()


def believed(shared: Path, log: str, channel: str) -> dict[str, list[Value]]:
    dbc = load_dbc(shared / "can/dbc/kona_pcan.dbc")
    decoder = FrameDecoder(dbc.database)
    catalogue = Catalogue([BusDecoder(REPLAY_BUS, decoder)], profile_for(dbc))
    seen: dict[str, list[Value]] = {}
    for batch in open_log(shared / "can/logs" / log).batches(channel):
        decoded = catalogue.buses[REPLAY_BUS].decoder.decode(batch)
        for signal, value in zip(decoded.signal, decoded.believed().tolist(), strict=True):
            seen.setdefault(catalogue.names[signal], []).append(
                None if math.isnan(value) else value
            )
    return seen


def test_decode_prints_the_reference_as_json(shared: Path) -> None:
    log = shared / "can/logs/kona2021_bms_bench_idle_30s.asc"
    result = runner.invoke(
        app, ["decode", str(log), "--dbc", str(shared / "can/dbc/kona_pcan.dbc"), "--json"]
    )
    printed = json.loads(result.stdout)
    expected = next(
        entry
        for entry in json.loads((shared / "can/expected.json").read_text("utf-8"))
        if entry["file"].endswith("idle_30s.asc")
    )["decode"][0]
    assert printed["truth"] == expected["truth"]
    assert printed["all_signals"].keys() == expected["all_signals"].keys()
    assert [repair["line"] for repair in printed["repairs"]] == [6, 6]


def test_decode_of_a_missing_file_is_a_plain_line(tmp_path: Path) -> None:
    dbc = tmp_path / "a.dbc"
    dbc.write_text('BU_: A\nBO_ 1 M: 8 A\n SG_ S : 0|8@1+ (1,0) [0|0] "" A\n', "utf-8")
    result = runner.invoke(app, ["decode", str(tmp_path / "no.asc"), "--dbc", str(dbc)])
    assert result.exit_code == 2
    assert "no such file" in result.stderr


@pytest.mark.parametrize("command", ["decode", "bridge replay"])
def test_a_channel_the_log_does_not_have_is_named_with_those_it_has(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STATIONMASTER_VAR", str(tmp_path))
    dbc, log, passwords = tmp_path / "a.dbc", tmp_path / "a.log", tmp_path / "passwords.json"
    dbc.write_text('BU_: A\nBO_ 1 M: 8 A\n SG_ S : 0|8@1+ (1,0) [0|0] "" A\n', "utf-8")
    log.write_text("(1.0) can0 001#0011\n(2.0) can3 001#0012\n", "utf-8")
    passwords.write_text('{"car-01": "secret"}', "utf-8")
    bench = ["--bench", "car-01", "--credentials", str(passwords)] if "replay" in command else []
    words = [*command.split(), str(log), "--dbc", str(dbc), *bench]
    result = runner.invoke(app, [*words, "--channel", "7"])
    assert result.exit_code == 2
    assert result.stderr == f"{log}: no frames on channel '7'; channels: can0, can3\n"
    if command == "decode":
        assert runner.invoke(app, [*words, "--channel", "3"]).exit_code == 0


def test_the_bridge_says_what_is_wrong_with_its_profile_before_its_passwords(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STATIONMASTER_VAR", str(tmp_path))
    profile = tmp_path / "no.toml"
    words = ["bridge", "run", "--profile", str(profile), "--bench", "car-01"]
    result = runner.invoke(app, words)
    assert result.exit_code == 2
    assert str(profile) in result.stderr


def test_missing_passwords_of_the_broker_are_said_to_be_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STATIONMASTER_VAR", str(tmp_path))
    result = runner.invoke(app, ["sim", "run", "battery-01"])
    assert result.exit_code == 2
    assert "broker passwords" in result.stderr
    assert "--credentials" in result.stderr


def test_every_line_of_the_fault_scenarios_fits_a_console(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STATIONMASTER_VAR", str(tmp_path))
    lines = runner.invoke(app, ["sim", "list"]).stdout.splitlines()
    assert len(lines) > 40
    assert max(map(cell_len, lines)) <= 80


def test_a_lone_motor_controller_publishes_nothing_as_real(shared: Path) -> None:
    seen = believed(shared, "kona2021_epcu_motor_bench.gvret.csv", "1")
    for name in ("InverterStatus.V_Inverter", "InverterTemp.TempFast1", "VCU_291.Speed_signed"):
        # the very first frame is all zero, before the controller knows that it knows nothing
        assert set(seen[name][1:]) == {None}, name
    assert set(seen["InverterStatus.Speed_abs"][1:]) == {None}
    assert None not in seen["VCU_109.Counter"]


def test_a_whole_car_publishes_its_headline_signals(shared: Path) -> None:
    seen = believed(shared, "kona2019_pcan_ccan_off_on_ready_off.gvret.csv", "0")
    profile = profile_for(load_dbc(shared / "can/dbc/kona_pcan.dbc")).profile
    assert profile.identity is IdentityKind.REPLAY
    for name in profile.signals:
        assert None not in seen[name], name


def test_the_channel_that_fits_the_dbc_is_found(shared: Path) -> None:
    log = shared / "can/logs/kona2019_pcan_ccan_off_on_ready_off.gvret.csv"
    for dbc, channel in (("kona_pcan", "0"), ("hyundai_kia_generic", "1")):
        decoder = FrameDecoder(load_dbc(shared / f"can/dbc/{dbc}.dbc").database)
        assert best_channel(log, decoder) == channel


def test_a_dbc_without_a_shipped_profile_shows_its_likeliest_signals(shared: Path) -> None:
    profile = profile_for(load_dbc(shared / "can/dbc/kona_comp_can.dbc")).profile
    assert profile.name == "dbc-kona_comp_can"
    assert "HeaterStatus.HeaterPower" in profile.signals


def test_faults_are_injected_by_file_and_refused_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STATIONMASTER_VAR", str(tmp_path))
    refused = runner.invoke(app, ["sim", "fault", "battery-01", "isolation-low"])
    assert refused.exit_code == 2
    assert "sim run" in refused.stderr
    missing = runner.invoke(app, ["sim", "run", "battery-01"])
    assert missing.exit_code == 2
    assert "credentials.json" in missing.stderr
    unknown = runner.invoke(app, ["sim", "run", "rig-7"])
    assert unknown.exit_code == 2
    assert "BENCH:KIND" in unknown.stderr
