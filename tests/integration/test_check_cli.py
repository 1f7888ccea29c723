import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from inventory.database import open_database
from inventory.organisations.schema import OrganisationFields
from inventory.organisations.use_cases import create_organisation
from inventory.requirements.tabular import read_table
from inventory.stations.schema import StationFields
from inventory.stations.use_cases import create_station
from stationmaster.__main__ import command_line

ASKED = ["--module", "2-1", "--level", "intermediate", "--date", "2026-12-01"]


@pytest.fixture(autouse=True)
def _var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STATIONMASTER_VAR", str(tmp_path / "var"))


@pytest.fixture
def folder(root: Path) -> Path:
    return root / "tests/data/registers"


def run(*words: object) -> Result:
    return CliRunner().invoke(
        command_line(["check", "lists", "register", "station"]), [str(word) for word in words]
    )


def offline(folder: Path, register: str, *more: object) -> Result:
    files = ["--list", folder / "list.csv", "--register", folder / f"{register}.csv"]
    return run("check", *files, *ASKED, "--use", "exam", "--workstations", 4, *more)


@pytest.mark.parametrize(
    ("register", "facts", "code", "status"),
    [
        ("all_there", ["--examinees", 41], 0, "ready"),
        ("inferred_gap", ["--examinees", 41], 0, "advice_only"),
        ("one_kit_short", ["--examinees", 41], 1, "not_ready"),
        ("calibration_ends", ["--examinees", 41], 1, "not_ready"),
        ("unknown_energy", ["--examinees", 41], 3, "unknown"),
        ("all_there", [], 3, "unknown"),
    ],
)
def test_the_exit_code_is_the_answer(
    folder: Path, register: str, facts: list[object], code: int, status: str
) -> None:
    result = offline(folder, register, *facts, "--json")
    assert result.exit_code == code, result.output
    answer = json.loads(result.stdout)
    assert (answer["status"], answer["live_evidence"]) == (status, "not_available")


def test_findings_are_grouped_by_what_is_to_be_done(folder: Path) -> None:
    chinese = offline(folder, "calibration_ends", "--examinees", 46).stdout
    assert "✕ 未就绪" in chinese
    assert chinese.index("【校准、检定、试验】") < chinese.index("E-02")
    assert chinese.index("【购置、借入、更换】") < chinese.index("E-04")
    assert "A-03" in chinese
    english = offline(folder, "calibration_ends", "--examinees", 41, "--lang", "en").stdout
    assert "ran out on 2026-11-30" in english
    assert "official list" in english


def test_facts_come_from_a_file_and_options_go_before(folder: Path, tmp_path: Path) -> None:
    facts = tmp_path / "facts.toml"
    facts.write_text("workstations = 9\nexaminees = 41\n", encoding="utf-8")
    assert offline(folder, "all_there", "--facts", facts).exit_code == 0
    facts.write_text("wheels = 4\n", encoding="utf-8")
    wrong = offline(folder, "all_there", "--facts", facts)
    assert (wrong.exit_code, "wheels" in wrong.stderr) == (2, True)
    facts.write_text("examinees = 'many'\n", encoding="utf-8")
    assert offline(folder, "all_there", "--facts", facts).exit_code == 2


@pytest.mark.parametrize(
    "words",
    [
        ["check", *ASKED],
        ["check", *ASKED, "--station", "NOWHERE"],
        ["check", *ASKED, "--list", "absent.csv", "--register", "absent.csv"],
        ["check", *ASKED, "--list", "absent.csv"],
        ["check", "--module", "battery", "--level", "advanced", "--station", "X"],
        ["check", "--module", "2-1", "--level", "expert"],
        ["check", *ASKED[:-1], "tomorrow"],
        ["lists", "import", "absent.csv"],
        ["lists", "import", "--official"],
        ["lists", "template", "list.pdf"],
        ["lists", "template", "no/such/folder/list.csv"],
        ["register", "import", "absent.csv", "--organisation", "BJ01"],
    ],
)
def test_bad_input_is_told_without_a_traceback(words: list[str]) -> None:
    result = run(*words)
    assert result.exit_code == 2
    assert isinstance(result.exception, SystemExit)
    assert result.stderr.strip()


def test_bad_rows_are_all_told_and_nothing_is_imported(folder: Path, tmp_path: Path) -> None:
    bad = tmp_path / "list.csv"
    text = (folder / "list.csv").read_text(encoding="utf-8")
    bad.write_text(text.replace("mandatory", "maybe", 2), encoding="utf-8")
    result = run("lists", "import", bad)
    assert result.exit_code == 2
    assert "第 2 行 obligation" in result.stderr
    assert "第 3 行 obligation" in result.stderr
    assert run("lists", "show").stdout == ""
    partial = run("lists", "import", bad, "--partial", "--lang", "en")
    assert (partial.exit_code, partial.stdout.strip()) == (0, "EX-1: 4 rows")
    assert "row 2 obligation" in partial.stderr


def test_options_hold_for_the_bundled_draft_too() -> None:
    options = ["--binding", "official", "--level-inheritance", "--version", "D-1"]
    assert run("lists", "import", *options).stdout.startswith("D-1: 286")
    told = run("lists", "show").stdout
    assert "binding: official  level inheritance: on" in told


def test_from_templates_to_a_checked_station(
    folder: Path, migrated_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STATIONMASTER_DATABASE_URL", migrated_url)
    for kind, name in (("lists", "l.csv"), ("lists", "l.xlsx"), ("register", "r.xlsx")):
        assert run(kind, "template", name).exit_code == 0
        assert read_table(name, (tmp_path / name).read_bytes()).rows == ()
    assert run("lists", "import").stdout.startswith("DRAFT-0.1: 286")
    assert run("lists", "import", folder / "list.csv", "--version", "2026-1").exit_code == 0
    assert "2026-1" in run("lists", "show").stdout
    assert run("lists", "settings", "2026-1", "--binding", "official").exit_code == 0
    database = open_database(migrated_url)
    school = OrganisationFields(code="BJ01", kind="school", name_zh="学校")  # type: ignore[arg-type]
    create_organisation(database, school, who="test")
    facts = {"workstations": 4, "examinees": 41, "use": "exam", "name_zh": "站"}
    station = {"code": "BJ01-E", "organisation_code": "BJ01", **facts}
    create_station(database, StationFields.model_validate(station), who="test")
    database.close()
    plain = (folder / "all_there.csv").read_text(encoding="utf-8").replace("battery-01", "")
    (tmp_path / "r.csv").write_text(plain, encoding="utf-8")
    imported = run("register", "import", "r.csv", "--organisation", "BJ01", "--lang", "en")
    assert imported.stdout.strip() == "created 7, updated 0, unchanged 0", imported.output
    result = run("check", "--station", "BJ01-E", *ASKED, "--json")
    answer = json.loads(result.stdout)
    assert (result.exit_code, answer["status"], answer["list_version"]) == (0, "ready", "2026-1")
    changed = run("station", "set", "BJ01-E", "--fact", "workstations=40", "--fact", "vehicles=")
    assert changed.exit_code == 0, changed.output
    assert run("check", "--station", "BJ01-E", *ASKED).exit_code == 1
    assert run("station", "set", "BJ01-E", "--fact", "workstations=4").exit_code == 0
    training = run("check", "--station", "BJ01-E", *ASKED, "--use", "training")
    assert training.exit_code == 0


def test_the_smallest_set_of_actions_is_told(folder: Path) -> None:
    result = offline(folder, "calibration_ends", "--examinees", 46, "--explain")
    assert result.exit_code == 1
    plan = result.stdout[result.stdout.index("【最少措施】") :]
    # 46 examinees in fives are 10 kits and 9 are there; the tester's calibration ran out
    assert "1. 校准、检定、试验 绝缘电阻测试仪 [A-03]" in plan
    assert "2. 购置或借入 电子元件包：购置或借入 1 (E-04)" in plan
    assert "E-01 动力电池台架: A-01 × 1、A-02 × 1" in result.stdout


def test_what_one_failure_does_and_how_many_can_come(folder: Path) -> None:
    asked = ["--what-if", "--capacity", 17]
    chinese = offline(folder, "all_there", "--examinees", 41, *asked)
    assert chinese.exit_code == 0
    assert "A-02 动力电池台架: ✕ 未就绪 (E-01)" in chinese.stdout
    # 17 examinees at 4 workstations are 5 cycles of 2 h, 10 h
    assert "17 名考生：5 轮，600 分钟，超出" in chinese.stdout
    told = json.loads(offline(folder, "all_there", "--examinees", 41, *asked, "--json").stdout)
    assert told["capacity"]["capacity"]["most_examinees"] == 16
    assert "A-02" in [one["asset_number"] for one in told["what_if"]["failures"]]
    assert "plan" not in told
