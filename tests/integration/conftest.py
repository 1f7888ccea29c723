import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.databases import KINDS, Databases
from tests.influx_servers import start_influxdb
from tests.rig import RunningBroker, start_broker


@pytest.fixture
def wait_until() -> Callable[..., None]:
    def wait(condition: Callable[[], object], within_s: float = 30.0, what: str = "") -> None:
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


@pytest.fixture(scope="module")
def influxdb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of an InfluxDB 1.x of the test file's own."""
    server = start_influxdb(tmp_path_factory.mktemp("influxdb"))
    yield server.url
    server.kill()


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    source = Databases(tmp_path_factory.mktemp("templates"))
    yield source
    source.close()


@pytest.fixture(params=KINDS)
def database_kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def empty_url(databases: Databases, database_kind: str, tmp_path: Path) -> Iterator[str]:
    with databases.fresh(database_kind, "empty", tmp_path / "站 100% here") as url:
        yield url


@pytest.fixture
def migrated_url(databases: Databases, database_kind: str, tmp_path: Path) -> Iterator[str]:
    with databases.fresh(database_kind, "migrated", tmp_path) as url:
        yield url


@pytest.fixture
def school_url(databases: Databases, database_kind: str, tmp_path: Path) -> Iterator[str]:
    """Of a database that holds `tests.schools`."""
    with databases.fresh(database_kind, "furnished", tmp_path) as url:
        yield url


@pytest.fixture(scope="module", params=KINDS)
def shared_school_url(
    databases: Databases, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Like `school_url`, for tests that leave it as it was and share one."""
    with databases.fresh(request.param, "furnished", tmp_path_factory.mktemp("shared")) as url:
        yield url
