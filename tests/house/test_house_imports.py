import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

PACKAGES = ("stationmaster", "dashboard", "device_sims", "can_bridge", "telemetry", "inventory")

SEEDED = {
    "layers": ("telemetry/seeded.py", "import inventory.stations.rules\n"),
    "one-door": ("can_bridge/seeded.py", "import telemetry.store.port\n"),
    "contract-knows-nobody": ("telemetry/contract/seeded.py", "import paho.mqtt.client\n"),
    "dashboard-sees-the-api": ("dashboard/seeded.py", "import inventory.stations.table\n"),
    "pure-rules": ("inventory/stations/rules.py", "import sqlmodel\n"),
    "slices": ("inventory/stations/schema.py", "import inventory.stations.use_cases\n"),
    "the-gate-has-one-door": ("can_bridge/seeded.py", "import can_bridge.diagnostics.gate\n"),
    "nothing-from-outside-reaches-the-gate": (
        "can_bridge/publisher.py",
        "from can_bridge.diagnostics import asking\n",
    ),
    "acyclic-siblings": ("telemetry/contract/seeded.py", "import telemetry.downsampling\n"),
}
LIBRARIES = {
    "paho-at-the-edge": ("inventory/seeded.py", "import paho.mqtt.client\n"),
    "pyarrow-at-the-edge": ("inventory/seeded.py", "import pyarrow\n"),
    "postgresql-driver-at-the-edge": ("inventory/seeded.py", "import psycopg\n"),
    "influxdb-client-at-the-edge": ("telemetry/ingest/seeded.py", "import influxdb_client\n"),
    "solver-at-the-edge": ("inventory/seeded.py", "import highspy\n"),
    "paper-makers-at-the-edge": ("inventory/seeded.py", "import fpdf\n"),
    "icalendar-at-the-edge": ("inventory/seeded.py", "import icalendar\n"),
    "holidays-at-the-edge": ("inventory/seeded.py", "import holidays\n"),
    "recurrence-at-the-edge": ("inventory/seeded.py", "from dateutil.rrule import rrulestr\n"),
    "mail-at-the-edge": ("inventory/seeded.py", "import smtplib\n"),
    "python-can-at-the-edge": ("telemetry/seeded.py", "import can\n"),
    "streamlit-in-the-dashboard": ("stationmaster/seeded.py", "import streamlit\n"),
    "command-line-in-the-root": ("inventory/seeded.py", "import typer\n"),
}
"""Who may know a library: one breach breaks no contract but its own, so one house has them all."""


def lint(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(
        [str(program), "--no-cache", *options],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "PYTHONUTF8": "1", "PATH": "", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


def contracts(root: Path) -> dict[str, str]:
    """Names by id."""
    settings = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    return {one["id"]: one["name"] for one in settings["tool"]["importlinter"]["contracts"]}


def seeded_house(root: Path, folder: Path, *violations: tuple[str, str]) -> None:
    for package in PACKAGES:
        shutil.copytree(
            root / package, folder / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    shutil.copy(root / "pyproject.toml", folder)
    for path, violation in violations:
        seeded = folder / path
        before = seeded.read_text("utf-8") if seeded.exists() else ""
        seeded.write_text(before + violation, "utf-8")


def test_every_contract_has_a_seeded_violation(root: Path) -> None:
    assert contracts(root).keys() == SEEDED.keys() | LIBRARIES.keys()


def test_the_house_keeps_every_contract(root: Path) -> None:
    said = lint(root)
    assert said.returncode == 0, said.stdout + said.stderr


@pytest.mark.parametrize("contract", SEEDED)
def test_a_seeded_violation_is_caught(contract: str, root: Path, tmp_path: Path) -> None:
    seeded_house(root, tmp_path, SEEDED[contract])
    said = lint(tmp_path, "--contract", contract)
    assert said.returncode == 1, said.stdout + said.stderr
    assert "BROKEN" in said.stdout


def test_a_library_outside_of_its_edge_is_caught(root: Path, tmp_path: Path) -> None:
    seeded_house(root, tmp_path, *LIBRARIES.values())
    named = [option for contract in LIBRARIES for option in ("--contract", contract)]
    said = lint(tmp_path, *named)
    names = contracts(root)
    kept = [one for one in LIBRARIES if f"{names[one]} BROKEN" not in said.stdout]
    assert kept == [], said.stdout + said.stderr
