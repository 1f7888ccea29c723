import importlib.util
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.rig import POSIX_ONLY

MAKING = "Preparing .venv"


@pytest.fixture
def checkout(tmp_path: Path, root: Path) -> Path:
    """The bootstrap with locks that ask for nothing, and a command that prints its arguments."""
    folder = tmp_path / "学校 one" / "站长"
    (folder / "stationmaster").mkdir(parents=True)
    shutil.copy(root / "run.py", folder)
    for name in ("pyproject.toml", *(lock.name for lock in root.glob("*.lock"))):
        (folder / name).write_text("# nothing\n", "utf-8")
    (folder / "stationmaster" / "__init__.py").touch()
    (folder / "stationmaster" / "__main__.py").write_text("import sys; print(sys.argv[1:])")
    return folder


def _start(checkout: Path, *arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "run.py", "--offline", *arguments],
        cwd=checkout,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1"},
        start_new_session=True,
    )


def _run(checkout: Path, *arguments: str) -> str:
    process = _start(checkout, *arguments)
    said, trouble = process.communicate(timeout=100)
    assert process.returncode == 0, trouble
    assert said.splitlines()[-1] == str(list(arguments))
    return trouble


def test_the_environment_is_made_once_and_again_after_a_move_or_a_new_lock(checkout: Path) -> None:
    assert MAKING in _run(checkout, "demo", "--port", "1")
    assert MAKING not in _run(checkout, "demo")
    moved = checkout.rename(checkout.with_name("moved here"))
    assert MAKING in _run(moved, "demo")
    folder = "Scripts" if sys.platform == "win32" else "bin"
    scripts = [path.read_bytes() for path in (moved / ".venv" / folder).glob("pip*")]
    assert scripts
    assert not any(str(checkout).encode() in script for script in scripts)
    (moved / "requirements.lock").write_text("# something else\n", "utf-8")
    assert MAKING in _run(moved, "demo")
    assert MAKING not in _run(moved, "demo")


@POSIX_ONLY
def test_an_interrupted_installation_says_so_and_is_not_taken_for_a_whole_one(
    checkout: Path,
) -> None:
    process = _start(checkout, "demo")
    assert process.stderr is not None
    assert MAKING in process.stderr.readline()
    os.killpg(process.pid, signal.SIGINT)
    _, trouble = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "run it again" in trouble
    assert "Traceback" not in trouble
    assert MAKING in _run(checkout, "demo")


def _bootstrap(checkout: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("bootstrap", checkout / "run.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_wheelhouse_is_looked_for_where_the_user_stands(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "wheels").mkdir()
    monkeypatch.chdir(tmp_path)
    options, rest = _bootstrap(checkout).parse(["--find-links", "wheels", "demo", "--offline"])
    assert options == {"find-links": str(tmp_path / "wheels")}
    assert rest == ["demo", "--offline"]
    assert _bootstrap(checkout).parse(["--find-links=https://example.org/x", "demo"]) == (
        {"find-links": "https://example.org/x"},
        ["demo"],
    )


def test_file_arguments_mean_the_folder_the_command_was_given_in(
    checkout: Path, tmp_path: Path
) -> None:
    program = "import os; print(os.getcwd(), os.environ['STATIONMASTER_VAR'])"
    (checkout / "stationmaster" / "__main__.py").write_text(program)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    environment = {k: v for k, v in os.environ.items() if k != "STATIONMASTER_VAR"}
    said = subprocess.run(
        [sys.executable, str(checkout / "run.py"), "--offline", "decode"],
        cwd=elsewhere,
        env={**environment, "PYTHONUTF8": "1"},
        stdout=subprocess.PIPE,
        encoding="utf-8",
        check=True,
    )
    assert said.stdout.splitlines()[-1] == f"{elsewhere} {checkout / 'var'}"
