import gc
import logging
import os
import sys
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import Phase, settings
from xdist.remote import Producer  # type: ignore[import-untyped]
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

from tests.examples import EXAMPLES
from tests.ports import a_free_port

ROOT = Path(__file__).resolve().parent.parent

# what collecting brings in lives to the end: looking for garbage in it takes a second
gc.disable()
# hundreds of processes are started: each would compile the house and its libraries again
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

settings.register_profile(
    "desk",
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
)
settings.load_profile("desk")


ORDER = ("e2e", "chaos", "integration", "house", "unit")


class ByFile(LoadScopeScheduling):  # type: ignore[misc]
    """Side by side, a file stays in one process, and all browser tests share one demo.

    xdist's own marks for groups are lost in pytest 9.2, and nothing says so.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return "e2e" if file.startswith("tests/e2e/") else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByFile:
    return ByFile(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest group begins first, so that no process waits for it at the end."""
    tests = ROOT / "tests"
    items.sort(key=lambda item: ORDER.index(item.path.relative_to(tests).parts[0]))


def pytest_collection_finish() -> None:
    """Nothing that was collected is looked at again, it frees nothing.

    Six times a test pytest adds a handler to every logger that does not hand on to the root, and
    Streamlit has more than 60.
    """
    for name, logger in logging.root.manager.loggerDict.items():
        if name.startswith("streamlit.") and isinstance(logger, logging.Logger):
            logger.propagate = True
    gc.freeze()
    # a test makes thousands of things that all end with it
    gc.set_threshold(20_000, 10, 10)
    gc.enable()


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    folder = ROOT.parent / "shared"
    if not (folder / "can").is_dir():
        pytest.skip("reference recordings are absent: put them at ../shared beside the checkout")
    return folder


@pytest.fixture
def free_port() -> int:
    return a_free_port()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.skipped and os.environ.get("STATIONMASTER_NOTHING_MAY_SKIP"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} skipped where nothing may: {report.longrepr}"
    return report


@pytest.fixture(autouse=True)
def _logs_of_a_command_end_with_it() -> Iterator[None]:
    """A command that ran inside a test set its logs to an output which is closed now."""
    yield
    import structlog

    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


@pytest.fixture(autouse=True)
def _unit_tests_open_no_sockets(request: pytest.FixtureRequest) -> Iterator[None]:
    if "/unit/" not in request.node.path.as_posix():
        yield
        return
    from pytest_socket import disable_socket, enable_socket

    disable_socket(allow_unix_socket=True)
    yield
    enable_socket()
