from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.chaos.line import Line, Load

StartLine = Callable[..., Line]


@pytest.fixture
def start_line(tmp_path: Path, free_port: int) -> Iterator[StartLine]:
    """Makes a line; whatever of it still runs ends with the test."""
    lines: list[Line] = []

    def start(program: str, load: Load, through: tuple[int, int] | None = None) -> Line:
        lines.append(Line(tmp_path, free_port, program, load, through))
        return lines[-1]

    yield start
    for line in lines:
        line.stop()
