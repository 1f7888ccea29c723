import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.conftest import ROOT, Demo
from tests.ports import a_free_port
from tests.rig import POSIX_ONLY

pytestmark = [POSIX_ONLY, pytest.mark.timeout(120)]


def start(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "stationmaster", "demo", *words],
        cwd=ROOT,
        env={**os.environ, "STATIONMASTER_VAR": str(folder), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_taken_port_is_named_with_the_way_out(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port, free = taken.getsockname()[1], a_free_port()
        web = start(tmp_path, "--port", str(port), "--broker-port", str(free))
        broker = start(tmp_path, "--port", str(free), "--broker-port", str(port))
    for said, option in ((web, "--port"), (broker, "--broker-port")):
        assert said.returncode == 2
        assert str(port) in said.stdout
        assert option in said.stdout
        assert "Traceback" not in said.stdout + said.stderr


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where the folder should be")
    said = start(blocked / "var")
    assert said.returncode == 2
    assert "无法写入" in said.stdout
    assert "blocked" in said.stdout
    assert "Traceback" not in said.stdout + said.stderr


def test_a_second_demo_on_the_same_folder_is_refused(demo: Demo) -> None:
    said = start(demo.folder)
    assert said.returncode == 2
    assert str(demo.process.pid) in said.stdout


def test_the_demo_also_runs_on_the_broker_that_needs_no_installation(tmp_path: Path) -> None:
    running = Demo(tmp_path / "var", "--broker", "amqtt")
    try:
        assert running.facts["broker"]["program"] == "amqtt"
        assert len(running.facts["benches"]) >= 6
    finally:
        running.close()
