"""Benches of a line as the inventory knows them."""

import subprocess
import sys

from tests.chaos.line import Line


def enrol_benches(line: Line, benches: int) -> None:
    """Register `sim-001` and so on with a school of their own."""
    school = ("organisation", "add", "LOAD", "--kind", "school", "--name", "负载")
    for words in (school, ("sim", "enrol", "LOAD", "--benches", str(benches))):
        subprocess.run(
            [sys.executable, "-m", "stationmaster", *words], env=line.environment, check=True
        )
