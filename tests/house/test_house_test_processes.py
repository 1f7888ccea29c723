"""How tests are dealt out to processes: pytest says nothing when a scheduler is not asked."""

from pathlib import Path

import pytest
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]


class TwoProcesses:
    """As much of a configuration as a scheduler asks of it."""

    def getvalue(self, name: str) -> list[str]:
        return {"tx": ["2*popen"]}[name]


def scheduler(config: pytest.Config, root: Path) -> LoadScopeScheduling:
    """What this run deals tests out with, made by whoever answers pytest's question."""
    answers = config.hook.pytest_xdist_make_scheduler.get_hookimpls()
    ours = [
        one
        for one in answers
        if Path(getattr(one.plugin, "__file__", "")) == root / "tests" / "conftest.py"
    ]
    assert len(ours) == 1, answers
    # the last one to be registered is the first to be asked
    assert ours[0] is answers[-1]
    return ours[0].function(config=TwoProcesses(), log=None)


def test_the_scheduler_of_the_house_is_the_one_that_is_asked(
    pytestconfig: pytest.Config, root: Path
) -> None:
    assert type(scheduler(pytestconfig, root)).__name__ == "ByFile"


def test_a_file_stays_in_one_process_and_all_browser_tests_share_one(
    pytestconfig: pytest.Config, root: Path
) -> None:
    scope_of = scheduler(pytestconfig, root)._split_scope  # noqa: SLF001 - what xdist calls
    one, other = "tests/unit/a/test_a.py::test_x[1::2]", "tests/unit/a/test_a.py::TestB::test_y"
    assert scope_of(one) == scope_of(other) == "tests/unit/a/test_a.py"
    assert scope_of("tests/unit/a/test_b.py::test_x") != scope_of(one)
    assert {scope_of(f"tests/e2e/test_{name}.py::test_x") for name in "ab"} == {"e2e"}
