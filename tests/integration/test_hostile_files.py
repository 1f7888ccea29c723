"""Broken and harmful files through the doors where lists and registers come in.

All go to one house in a process of its own that may take 512 MiB in all.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.databases import Databases
from tests.hostile_files import LIST, REGISTER, hostile_files

LIMIT_BYTES = 512 * 1024 * 1024
LIMIT_S = 10.0
"""Of processor time, which a busy machine does not stretch."""
NAMES = [f"{kind.name}: {name}" for kind in (LIST, REGISTER) for name, _ in hostile_files(kind)]
Answers = Mapping[str, Mapping[str, Any]]


@pytest.fixture(scope="module")
def answers(databases: Databases, tmp_path_factory: pytest.TempPathFactory, root: Path) -> Answers:
    folder = tmp_path_factory.mktemp("hostile")
    with databases.fresh("sqlite", "furnished", folder) as url:
        done = subprocess.run(
            [sys.executable, "-m", "tests.hostile_child", url, str(LIMIT_BYTES)],
            cwd=root,
            env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0, (
        f"after {[one['case'] for one in lines[-1:]]}: {done.stderr[-2000:]}"
    )
    return {one["case"]: one for one in lines}


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_file_gets_a_clear_answer_soon_and_leaves_nothing_half_done(
    name: str, answers: Answers
) -> None:
    found = answers[name]
    is_refused = found["status"] in {400, 413, 415, 422}
    assert is_refused or found["status"] in {200, 201}, found
    assert found["expected"] in {"either", "refused" if is_refused else "taken"}, found
    if is_refused:
        assert found["detail"]
        assert not found["is_stored"]
    assert found["seconds"] < LIMIT_S
    assert found["alive"] == 200


def test_there_are_sixty_of_them_for_each_door() -> None:
    assert len(NAMES) == len(set(NAMES))
    assert len(NAMES) >= 2 * 60


def test_comments_of_a_file_are_counted_and_named(answers: Answers) -> None:
    for kind in (LIST, REGISTER):
        passed = answers[f"{kind.name}: comments"]["passed_over"]
        assert [(one["row"], one["why"]) for one in passed] == [(5, "comment"), (6, "comment")]
        assert passed[0]["text"] == "#A-9 | 被注释的行"


def test_nothing_of_the_server_is_told(answers: Answers) -> None:
    assert "root:" not in json.dumps(list(answers.values()))
