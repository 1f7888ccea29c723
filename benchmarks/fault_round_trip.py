"""How long a fault takes from its first frame to the API's answer, through the demo's processes.

python benchmarks/fault_round_trip.py [ROUNDS]
"""

import statistics
import sys
import tempfile
import threading
import time
from datetime import datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.e2e.conftest import Demo

WITHIN_S = 15.0
ROUND_S = 6.0
"""A fault that comes oftener than every 5 s counts as flapping and stays confirmed on purpose."""


def wait_for(demo: Demo, *, ready: bool) -> float:
    """The moment the API answers that the module is ready or not."""
    pause, deadline_s = threading.Event(), time.time() + WITHIN_S
    while (demo.readiness("BJ01-E", "2-1")["status"] != "not_ready") is not ready:
        if time.time() > deadline_s:
            raise TimeoutError(f"no answer within {WITHIN_S} s")
        pause.wait(0.01)
    return time.time()


def row(name: str, values: list[float]) -> str:
    """A line of the table, in seconds."""
    figures = (min(values), statistics.median(values), max(values))
    return f"| {name} | " + " | ".join(f"{figure:.2f}" for figure in figures) + " |"


def main(rounds: int) -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        started_s = time.monotonic()
        demo = Demo(Path(folder) / "var")
        start_s = time.monotonic() - started_s
        from_frame, to_clear = [], []
        try:
            wait_for(demo, ready=True)
            for _ in range(rounds):
                round_s = time.monotonic()
                demo.command("sim", "fault", "battery-01", "isolation-low")
                answered_s = wait_for(demo, ready=False)
                page = demo.api.get("/benches/battery-01").json()
                first = page["details"]["pulse"]["faults"][0]["first_at"]
                from_frame.append(answered_s - datetime.fromisoformat(first).timestamp())
                demo.command("sim", "clear", "battery-01")
                cleared_s = time.time()
                to_clear.append(wait_for(demo, ready=True) - cleared_s)
                threading.Event().wait(max(0.0, ROUND_S - (time.monotonic() - round_s)))
        finally:
            demo.close()
    lines = [
        f"{rounds} rounds; demo ready {start_s:.1f} s after its command",
        "",
        "| s | min | median | max |",
        "|---|---|---|---|",
        row(
            "first frame with the fault → API says not_ready (0.5 s of it confirm time)", from_frame
        ),
        row("`sim clear` returned → API says ready (1 s of it clear time)", to_clear),
    ]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
