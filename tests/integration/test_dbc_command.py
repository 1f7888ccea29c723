import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from stationmaster.cli_dbc import dbc_app

app = typer.Typer()
app.add_typer(dbc_app, name="dbc")
runner = CliRunner()
GOOD = 'BU_: A\nBO_ 1 M: 8 A\n SG_ S : 0|8@1+ (1,0) [0|0] "" A\n'


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    contents = {
        "good": GOOD,
        "repaired": f'{GOOD}CM_ 1 "电池";\n',
        "lossy": f"{GOOD} SG_ T : nowhere\n",
        "unreadable": "nothing\n",
    }
    for name, content in contents.items():
        (tmp_path / f"{name}.dbc").write_text(content, "gb18030")
    return {name: str(tmp_path / f"{name}.dbc") for name in [*contents, "absent"]}


@pytest.mark.parametrize(
    ("name", "exit_code", "zh", "en"),
    [
        ("good", 0, "报文 1 条，信号 1 个；✔ 没有问题", "1 messages, 1 signals; ✔ nothing to say"),
        (
            "repaired",
            0,
            ":4: · 修补: 注释未写对象种类",
            ":4: · repair: comment without object kind",
        ),
        ("lossy", 1, ":4: ✕ 丢失: 信号 T 丢失", ":4: ✕ lost: signal T is lost"),
        ("unreadable", 1, "✕ 无法读取", "✕ unreadable: no line of it is DBC"),
        ("absent", 1, "✕ 无法读取: No such file", "✕ unreadable: No such file"),
    ],
)
def test_every_file_is_told_in_both_languages(
    files: dict[str, str], name: str, exit_code: int, zh: str, en: str
) -> None:
    for options, expected in (([], zh), (["--lang", "en"], en)):
        said = runner.invoke(app, ["dbc", "check", files[name], *options])
        assert said.exit_code == exit_code
        assert expected in said.stdout
        assert files[name] in said.stdout


def test_several_files_are_all_checked_and_one_loss_is_enough(files: dict[str, str]) -> None:
    said = runner.invoke(app, ["dbc", "check", files["lossy"], files["good"]])
    assert said.exit_code == 1
    assert files["good"] in said.stdout


def test_json_has_everything(files: dict[str, str]) -> None:
    names = ["repaired", "unreadable"]
    said = runner.invoke(app, ["dbc", "check", *(files[name] for name in names), "--json"])
    assert said.exit_code == 1
    repaired, unreadable = json.loads(said.stdout)
    assert repaired["encoding"] == "gb18030"
    assert (repaired["messages"], repaired["signals"], repaired["unreadable"]) == (1, 1, None)
    (remark,) = repaired["remarks"]
    assert (remark["line"], remark["kind"], remark["severity"]) == (4, "bare-comment", "repair")
    assert remark["zh"] != remark["en"]
    assert unreadable["unreadable"].startswith("no line of it is DBC")


def test_the_command_is_part_of_the_command_line(root: Path, files: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "stationmaster", "dbc", "check", files["good"], "--lang", "en"],
        capture_output=True,
        encoding="utf-8",
        check=False,
        env={**os.environ, "PYTHONPATH": str(root)},
    )
    assert done.returncode == 0, done.stderr
    assert "1 messages" in done.stdout


def test_checking_every_reference_file_loses_nothing(shared: Path) -> None:
    files = sorted(map(str, (shared / "can").glob("dbc*/*.dbc")))
    said = runner.invoke(app, ["dbc", "check", *files])
    assert said.exit_code == 0, said.stdout
    assert len(files) == 18
