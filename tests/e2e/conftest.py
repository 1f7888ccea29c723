import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import psutil
import pytest
from playwright.sync_api import Browser

from tests.e2e.browsers import opened_browser
from tests.ports import a_free_port

ROOT = Path(__file__).resolve().parent.parent.parent


class Demo:
    """The demo as a newcomer starts it, on ports and a folder of its own."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        self.options = options
        self.port, self.broker_port = a_free_port(), a_free_port()
        self.environment = {**os.environ, "STATIONMASTER_VAR": str(folder), "PYTHONUTF8": "1"}
        self.output = folder.parent / "demo.out"
        self.process = self._start()
        try:
            self.facts: dict[str, Any] = self._wait_until_told()
        except AssertionError:
            if self.process.poll() is None:
                self.interrupt()
            raise
        self.api = httpx2.Client(
            base_url=self.facts["api_url"],
            headers={"Authorization": f"Bearer {self.facts['api_key']}"},
            timeout=10.0,
        )

    def _start(self) -> subprocess.Popen[bytes]:
        ports = ["--port", str(self.port), "--broker-port", str(self.broker_port)]
        with self.output.open("ab") as output:
            return subprocess.Popen(
                [sys.executable, "-m", "stationmaster", "demo", *ports, *self.options],
                cwd=ROOT,
                env=self.environment,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def _wait_until_told(self, within_s: float = 90.0) -> dict[str, Any]:
        deadline_s, pause = time.monotonic() + within_s, threading.Event()
        told = self.output.read_text("utf-8").count("Ctrl-C")
        while self.output.read_text("utf-8").count("Ctrl-C") == told:
            assert self.process.poll() is None, self.output.read_text("utf-8")
            assert time.monotonic() < deadline_s, self.output.read_text("utf-8")
            pause.wait(0.1)
        facts: dict[str, Any] = json.loads((self.folder / "demo.json").read_text("utf-8"))
        return facts

    def start_again(self) -> None:
        self.process = self._start()
        self.facts = self._wait_until_told()

    def command(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "stationmaster", *words],
            cwd=ROOT,
            env={**self.environment, "STATIONMASTER_BROKER_PORT": str(self.broker_port)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def password(self, username: str) -> str:
        logins = self.facts["logins"]
        return str(next(one["password"] for one in logins if one["username"] == username))

    def readiness(self, station: str, module: str) -> dict[str, Any]:
        query = {"module": module, "level": "intermediate", "use": "exam"}
        answer = self.api.get(f"/stations/{station}/readiness", params=query)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    def interrupt(self) -> float:
        """Ctrl-C; returns how many seconds everything took to end."""
        children = psutil.Process(self.process.pid).children(recursive=True)
        started_s = time.monotonic()
        self.process.send_signal(signal.SIGINT)
        self.process.wait(60)
        took_s = time.monotonic() - started_s
        left = [child for child in children if child.is_running()]
        assert left == [], "orphans"
        return took_s

    def close(self) -> None:
        self.api.close()
        if self.process.poll() is None:
            self.interrupt()


RUNNING = pytest.StashKey[Demo]()
OPENED = pytest.StashKey[contextlib.ExitStack]()


@pytest.fixture(scope="session")
def demo(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Demo]:
    running = Demo(tmp_path_factory.mktemp("demo house") / "数据 var")
    request.config.stash[RUNNING] = running
    yield running
    running.close()


@pytest.fixture(scope="session")
def browser(request: pytest.FixtureRequest) -> Iterator[Browser]:
    """One for all: it keeps who is logged in and the scripts of the pages, see `browsers.seat`."""
    with contextlib.ExitStack() as opened:
        request.config.stash[OPENED] = opened
        yield opened.enter_context(opened_browser())


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """The demo takes a third of a core: it ends with the last test that looks at it.

    So does the browser, whose driver is an event loop that later tests would meet.
    """
    if nextitem is not None and "e2e" in nextitem.path.parts:
        return
    opened, running = item.config.stash.get(OPENED, None), item.config.stash.get(RUNNING, None)
    if opened is not None:
        opened.close()
    if running is not None:
        running.close()


@pytest.fixture
def wait_until() -> Callable[..., None]:
    def wait(condition: Callable[[], object], within_s: float = 30.0, what: str = "") -> None:
        pause, deadline_s = threading.Event(), time.monotonic() + within_s
        while not condition():
            assert time.monotonic() < deadline_s, f"not within {within_s} s: {what}"
            pause.wait(0.02)

    return wait
