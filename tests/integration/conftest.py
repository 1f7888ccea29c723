import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.rig import RunningBroker, start_broker


@pytest.fixture
def wait_until() -> Callable[..., None]:
    def wait(condition: Callable[[], object], within_s: float = 10.0, what: str = "") -> None:
        pause = threading.Event()
        waited_s = 0.0
        while not condition():
            assert waited_s < within_s, f"not within {within_s} s: {what or condition}"
            pause.wait(0.05)
            waited_s += 0.05

    return wait


@pytest.fixture(params=["mosquitto", "amqtt"])
def broker(
    request: pytest.FixtureRequest, tmp_path: Path, free_port: int
) -> Iterator[RunningBroker]:
    running = start_broker(tmp_path, free_port, str(request.param))
    yield running
    running.stop()
