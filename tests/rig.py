"""Real processes that tests start, kill and start again."""

import contextlib
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from telemetry.broker.access import HOUSE_USERS, read_or_make_passwords
from telemetry.broker.embedded import EmbeddedBroker, find_mosquitto, prepare

POSIX_ONLY = pytest.mark.skipif(
    sys.platform == "win32", reason="sends POSIX signals: run it on Linux or macOS"
)


def until(
    condition: Callable[[], object], what: str | Callable[[], str], within_s: float = 30.0
) -> None:
    pause, deadline_s = threading.Event(), time.monotonic() + within_s
    while not condition():
        if time.monotonic() >= deadline_s:
            told = what if isinstance(what, str) else what()
            raise AssertionError(f"not within {within_s} s: {told}")
        pause.wait(0.005)


def accepts(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.2):
        return True
    return False


class RunningBroker:
    """A real broker process that a test may kill and start again."""

    def __init__(self, embedded: EmbeddedBroker, passwords: dict[str, str]) -> None:
        self.embedded = embedded
        self.port = embedded.port
        self.passwords = passwords
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(self.embedded.command)
        pause = threading.Event()
        for _ in range(200):
            if accepts(self.port):
                return process
            pause.wait(0.05)
        raise AssertionError(f"{self.embedded.program} does not listen on {self.port}")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def restart(self) -> None:
        self.process = self._start()

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.kill()


BENCHES = ("battery-01", "motor-01", "gateway-01")


def start_broker(tmp_path: Path, port: int, program: str) -> RunningBroker:
    if program == "mosquitto" and find_mosquitto() is None:
        pytest.skip("mosquitto is not installed: apt-get install mosquitto")
    passwords = read_or_make_passwords(tmp_path / "credentials.json", [*HOUSE_USERS, *BENCHES])
    return RunningBroker(
        prepare(tmp_path / program, "127.0.0.1", port, passwords, program), passwords
    )
