import json
import os
import re
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from can_bridge.errors import BadProfile
from can_bridge.profile import load_profile
from can_bridge.profile_checking.checking import check_file
from can_bridge.profile_checking.findings import Severity
from can_bridge.profile_template.adapters_found import FoundAdapter
from stationmaster.__main__ import command_line
from stationmaster.language import Language
from stationmaster.profile_answers import Answers, BusAnswer
from stationmaster.profile_questions import Questions

ROOT = Path(__file__).resolve().parents[2]
BATTERY = ROOT / "device_sims/dbc/battery.dbc"
SHIPPED = [
    *(ROOT / "device_sims/profiles").glob("*.toml"),
    *(ROOT / "can_bridge/profiles").glob("*.toml"),
]
runner = CliRunner()


@pytest.fixture(scope="module")
def app() -> typer.Typer:
    return command_line(["bench new", "bench check"])


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def new(app: typer.Typer, *options: str, answers: str | None = None) -> Result:
    return runner.invoke(app, ["bench", "new", *options], input=answers)


# -- bench new


def test_flags_alone_write_a_profile_that_checks_and_loads(app: typer.Typer, folder: Path) -> None:
    options = ["--name", "b1", "--kind", "battery", "--dbc", str(BATTERY), "--interface", "slcan"]
    result = new(app, *options, "--channel", "COM3", "--bitrate", "250000", "--yes")
    assert result.exit_code == 0, result.output
    profile = load_profile(folder / "b1.toml")
    (bus,) = profile.profile.buses
    assert (bus.interface, bus.channel, bus.bitrate) == ("slcan", "COM3", 250_000)
    assert profile.dbc_path(bus) == BATTERY
    assert check_file(folder / "b1.toml") == []
    assert runner.invoke(app, ["bench", "check", "b1.toml"]).exit_code == 0


def test_a_folder_that_is_not_there_is_said_before_anything_is_asked(app: typer.Typer) -> None:
    result = new(app, "--output", "no/b.toml", answers="b\n")
    assert result.exit_code == 2
    assert result.stderr == "no: 没有这个文件夹 · no such folder\n"


def test_a_file_that_is_no_text_does_not_steer_the_terminal(app: typer.Typer, folder: Path) -> None:
    (folder / "b.toml").write_bytes(b"\x1b[2J\x07name")
    printed = runner.invoke(app, ["bench", "check", "b.toml"]).stdout
    assert "\x1b[2J" not in printed
    assert "\x07" not in printed
    assert "[2J" in printed


def test_a_profile_that_is_there_is_never_overwritten(app: typer.Typer, folder: Path) -> None:
    (folder / "mine.toml").write_text("mine", "utf-8")
    result = new(app, "--name", "mine", "--dbc", str(BATTERY), "--yes")
    assert result.exit_code == 2
    assert "mine.toml" in result.stderr
    assert (folder / "mine.toml").read_text("utf-8") == "mine"


def test_several_buses_are_given_one_by_one(app: typer.Typer, folder: Path) -> None:
    gateway = ROOT / "device_sims/dbc"
    buses = [
        f"name={name},dbc={gateway}/gateway_{name}.dbc,interface=virtual,channel={{bench}}.{name}"
        for name in ("powertrain", "body")
    ]
    result = new(app, "--kind", "gateway", "--bus", buses[0], "--bus", buses[1], "--yes")
    assert result.exit_code == 0, result.output
    profile = load_profile(folder / "bench.toml").profile
    assert [bus.name for bus in profile.buses] == ["powertrain", "body"]
    assert profile.usage is not None


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--yes"], "--dbc"),
        (["--dbc", "absent.dbc", "--yes"], "absent.dbc"),
        (["--bus", "nmae=a", "--yes"], "KEY one of name, dbc"),
        (["--bus", "bitrate=fast", "--yes"], "expected bits per second"),
        (["--bus", "name=a", "--dbc", str(BATTERY), "--yes"], "--bus"),
        (
            ["--dbc", str(BATTERY), "--interface", "robotell", "--channel", "c", "--yes"],
            "--accept-active",
        ),
        (["--dbc", str(BATTERY), "--interface", "systec", "--yes"], "--channel"),
        (["--dbc", str(BATTERY), "--bitrate", "-1", "--yes"], "bitrate"),
    ],
)
def test_answers_no_profile_can_be_made_of_are_refused_and_nothing_is_written(
    app: typer.Typer, folder: Path, options: list[str], told: str
) -> None:
    result = new(app, *options)
    assert result.exit_code == 2
    assert told in result.stderr
    assert list(folder.iterdir()) == []


def test_a_profile_that_would_not_check_is_not_written(app: typer.Typer, folder: Path) -> None:
    bus = f"name=a,dbc={BATTERY},interface=virtual,channel={{bench}}"
    result = new(app, "--bus", bus, "--bus", bus, "--yes")
    assert result.exit_code == 1
    assert "buses[1].name" in result.output
    assert list(folder.iterdir()) == []


def test_questions_are_put_until_the_answers_can_be_used() -> None:
    adapters = [
        FoundAdapter("slcan", "/dev/ttyACM0", "CANable"),
        FoundAdapter("pcan", "PCAN_USBBUS1"),
    ]
    made = []
    asking = typer.Typer()

    @asking.command()
    def ask() -> None:
        questions = Questions(Answers(), Language.ZH, may_ask=True, adapters=lambda: adapters)
        made.append(questions.answered())

    answers = ["b9", "nine", "2", "hv", "absent.dbc", f'"{BATTERY}"', "2", "", "y"]
    answers += ["lv", str(BATTERY), "3", "seeedstudio", "COM4", "", "y", "n"]
    result = runner.invoke(asking, [], input="\n".join(answers) + "\n")
    assert result.exit_code == 0, result.output
    ((target, profile),) = made
    assert (target, profile.kind.value) == (Path("b9.toml"), "motor")
    entries = [bus.entry for bus in profile.buses]
    assert [(one.interface, one.channel) for one in entries] == [
        ("pcan", "PCAN_USBBUS1"),
        ("seeedstudio", "COM4"),
    ]
    assert [one.accept_active for one in entries] == [False, True]
    assert "CANable" in result.output
    assert "absent.dbc" in result.output


def test_what_was_given_is_not_asked() -> None:
    given = Answers("n", None, (), BusAnswer(dbc=BATTERY, interface="virtual", channel="{bench}"))
    made = Questions(given, Language.EN, may_ask=False, adapters=list).answered()
    assert made[1].buses[0].entry.bitrate == 500_000


def test_every_published_dbc_yields_a_profile_without_errors(
    app: typer.Typer, folder: Path, shared: Path
) -> None:
    for number, dbc in enumerate(sorted((shared / "can/dbc").glob("*.dbc"))):
        kind = ("battery", "motor", "gateway", "vehicle")[number % 4]
        result = new(app, "--name", dbc.stem, "--kind", kind, "--dbc", str(dbc), "--yes")
        assert result.exit_code == 0, result.output
        findings = check_file(folder / f"{dbc.stem}.toml")
        assert {one.severity for one in findings} <= {Severity.NOTE}, dbc.name


# -- bench check


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_the_shipped_profiles_have_nothing_to_mend(path: Path) -> None:
    severities = {one.severity for one in check_file(path)}
    assert severities <= {Severity.NOTE}


def test_check_tells_everything_with_file_and_line_and_fails(
    app: typer.Typer, folder: Path
) -> None:
    (folder / "a.toml").write_text(
        f'name = "x"\nstale_after_s = 0\n[[buses]]\ndbc = "{BATTERY.as_posix()}"\n'
        '[usage]\nin_use = "Sox > 1"\n[[faults]]\ncondition = "BMS_Pack.PackVoltage > 1e6"\n'
        'dtc = "P0AA6"\nseverity = 1\ntext_zh = "甲"\ntext_en = "a"\n',
        "utf-8",
    )
    (folder / "b.toml").write_text(
        f'name = "y"\n[[buses]]\ndbc = "{BATTERY.as_posix()}"\n', "utf-8"
    )
    result = runner.invoke(
        app, ["bench", "check", "a.toml", "b.toml", "absent.toml", "--lang", "en"]
    )
    assert result.exit_code == 1
    for start in (
        "a.toml:2: ✕ error: stale_after_s: ",
        "a.toml:6: ✕ error: usage.in_use: unknown signal 'Sox'",
        "a.toml:8: ▲ warning: faults[0].condition: ",
        "b.toml: ✔",
        "absent.toml: ✕ error: ",
    ):
        assert any(line.startswith(start) for line in result.output.splitlines()), start


def test_check_as_json_has_both_languages(app: typer.Typer, folder: Path) -> None:
    (folder / "a.toml").write_text('name = "x"\nnmae = 1\n', "utf-8")
    result = runner.invoke(app, ["bench", "check", "a.toml", "--json"])
    assert result.exit_code == 1
    ((finding, *_),) = [
        [one for one in entry["findings"] if one["severity"] == "error"]
        for entry in json.loads(result.stdout)
    ]
    assert (finding["line"], finding["place"], finding["hint_en"]) == (
        2,
        "nmae",
        "did you mean: name",
    )
    assert finding["zh"] != finding["en"]


def test_check_and_loading_agree_on_what_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text('name = "x"\n[diagnostics]\nis_allowed = true\nbus = "hv"\n', "utf-8")
    wrong = next(one for one in check_file(path) if one.severity is Severity.ERROR)
    with pytest.raises(BadProfile, match=re.escape(f"{path}:{wrong.line}: {wrong.place}")):
        load_profile(path)


@pytest.mark.skipif(os.name == "nt", reason="files cannot be made unreadable like this")
def test_a_profile_that_is_a_folder_is_a_plain_error(app: typer.Typer, folder: Path) -> None:
    (folder / "x.toml").mkdir()
    result = runner.invoke(app, ["bench", "check", "x.toml"])
    assert result.exit_code == 1
    assert "Traceback" not in result.output
