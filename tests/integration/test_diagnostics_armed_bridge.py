import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import can
import pytest
from typer.testing import CliRunner

from can_bridge.assembly import BridgeSite, assemble
from can_bridge.bridge import Bridge
from can_bridge.diagnostics.arming import ArmingFolder
from can_bridge.profile import load_profile
from device_sims.bench import BenchHost, profile_path
from device_sims.fault_scenarios import BenchKind
from device_sims.injections import InjectionFolder
from stationmaster.__main__ import command_line
from stationmaster.cli_diagnostics import ARMING_FOLDER, seconds_of
from telemetry.contract.broker_address import BrokerAddress

BENCH = "battery-66"
REQUESTS = {0x7E4}


class Tap:
    """Everything that is on the bench's diagnostic bus, as another listener sees it."""

    def __init__(self) -> None:
        self._bus = can.Bus(channel=f"{BENCH}.hv", interface="virtual")

    def requests(self) -> list[bytes]:
        found = []
        while (message := self._bus.recv(0)) is not None:
            if message.arbitration_id in REQUESTS:
                found.append(bytes(message.data))
        return found

    def close(self) -> None:
        self._bus.shutdown()


@contextmanager
def running(folder: Path, port: int, **changes: object) -> Iterator[tuple[Bridge, Tap]]:
    """A simulated battery and its bridge, without a broker."""
    host = BenchHost(InjectionFolder(folder / "sims"))
    host.add(BENCH, BenchKind.BATTERY, seed=1)
    tap, stop = Tap(), threading.Event()
    site = BridgeSite(
        bench=BENCH,
        broker=BrokerAddress.of_user("127.0.0.1", port, BENCH, "none"),
        spool_folder=folder / "spool",
        arming_folder=folder / ARMING_FOLDER,
        **changes,  # type: ignore[arg-type]
    )
    threads = [threading.Thread(target=host.run, args=(stop, time.monotonic))]
    bridge = assemble(load_profile(profile_path(BenchKind.BATTERY)), site)
    threads.append(threading.Thread(target=bridge.run, args=(stop,)))
    for thread in threads:
        thread.start()
    try:
        yield bridge, tap
    finally:
        stop.set()
        for thread in threads:
            thread.join()
        tap.close()


def comes_true(question: Callable[[], bool], within_s: float = 8.0) -> bool:
    pause, deadline_s = threading.Event(), time.monotonic() + within_s
    while not question():
        if time.monotonic() > deadline_s:
            return False
        pause.wait(0.05)
    return True


def test_a_bridge_stays_silent_until_somebody_at_its_computer_arms_it(
    tmp_path: Path, free_port: int
) -> None:
    with running(tmp_path, free_port) as (bridge, tap):
        assert comes_true(lambda: bridge.birth.identity.kind == "simulator")
        assert not comes_true(lambda: bool(bridge.birth.identity.vin), within_s=1.0)
        assert tap.requests() == []
        ArmingFolder(tmp_path / ARMING_FOLDER).request(BENCH, 60.0)
        assert comes_true(lambda: bridge.birth.identity.software == "SIMULATOR")
        assert bridge.birth.identity.vin == "SIM00000BATTERY66"
        asked = tap.requests()
        assert {data[:4].hex() for data in asked} >= {"0322f190", "0322f18c", "0322f195"}
        assert {data[0] >> 4 for data in asked} == {0, 3}


def test_an_arming_that_ran_out_is_silence_again(tmp_path: Path, free_port: int) -> None:
    with running(tmp_path, free_port, armed_for_s=0.5) as (bridge, tap):
        assert comes_true(lambda: bool(bridge.birth.identity.vin))
        assert tap.requests()
        threading.Event().wait(1.0)
        tap.requests()
        assert not comes_true(lambda: bool(tap.requests()), within_s=1.0)


def test_the_command_arms_a_running_bridge_and_says_when_there_is_none(
    tmp_path: Path, free_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STATIONMASTER_VAR", str(tmp_path))
    app, runner = command_line(), CliRunner()
    with running(tmp_path, free_port) as (bridge, _):
        said = runner.invoke(app, ["bridge", "arm", BENCH, "--for", "1m"])
        assert said.exit_code == 0, said.output
        assert "60 s" in said.output
        assert comes_true(lambda: bool(bridge.birth.identity.vin))
        assert runner.invoke(app, ["bridge", "disarm", BENCH]).exit_code == 0
    said = runner.invoke(app, ["bridge", "arm", BENCH, "--for", "2h"])
    assert said.exit_code == 2
    assert "60m" in said.output


def test_a_request_that_nobody_takes_is_void(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STATIONMASTER_VAR", str(tmp_path))
    said = CliRunner().invoke(command_line(["bridge", "bridge arm"]), ["bridge", "arm", BENCH])
    assert said.exit_code == 2
    assert "no bridge of this bench" in said.output
    assert ArmingFolder(tmp_path / ARMING_FOLDER).take(BENCH) is None


@pytest.mark.parametrize(("text", "seconds"), [("90s", 90), ("10m", 600), ("1h", 3600)])
def test_durations_are_read(text: str, seconds: float) -> None:
    assert seconds_of(text) == seconds


@pytest.mark.parametrize("text", ["", "10", "0s", "-5m", "61m", "2h", "m", "1e9s", "10 m m"])
def test_other_durations_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected a time"):
        seconds_of(text)
