import configparser
import json
import re
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.main import get_command

from inventory.edge import Metrics
from stationmaster import bridge_metrics, house_metrics, ingest_metrics
from stationmaster.__main__ import command_line
from stationmaster.settings import Settings
from telemetry.broker.access import mosquitto_acl
from telemetry.store.influx.lines import ROWS
from tests.ports import a_free_port

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
BOARDS = sorted((DEPLOY / "grafana/dashboards").glob("*.json"))
SETTINGS = {f"STATIONMASTER_{name.upper()}" for name in Settings.model_fields}
OF_GRAFANA = {"STATIONMASTER_PROMETHEUS_URL", "STATIONMASTER_INFLUX_READ_TOKEN"}


def known_metrics() -> set[str]:
    infos = (*house_metrics.METRICS, *ingest_metrics.METRICS, *bridge_metrics.METRICS)
    names = {info.exposed for info in infos}
    names |= {f"{info.name}_bucket" for info in infos if info.kind == "histogram"}
    of_server = Metrics().text().decode()
    return names | set(re.findall(r"^# TYPE (\S+)", of_server, re.MULTILINE))


def asked_metrics(text: str) -> set[str]:
    return set(re.findall(r"\bstationmaster_[a-z0-9_]+", text))


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_unit_calls_a_command_that_exists_with_settings_that_exist(path: Path) -> None:
    unit = configparser.ConfigParser(strict=False, interpolation=None, delimiters=("=",))
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read_string(path.read_text("utf-8"))
    assert unit["Unit"]["Description"]
    program, *words = unit["Service"]["ExecStart"].split()
    assert program.endswith("/.venv/bin/stationmaster")
    command: Any = get_command(command_line())
    while words and words[0] in getattr(command, "commands", {}):
        command = command.commands[words.pop(0)]
    assert not hasattr(command, "commands"), "a group is no command"
    options = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= options
    named = re.findall(r"^Environment=(STATIONMASTER_\w+)=", path.read_text("utf-8"), re.MULTILINE)
    assert set(named) <= SETTINGS


def test_the_settings_file_names_settings_that_exist() -> None:
    text = (DEPLOY / "systemd/stationmaster.env").read_text("utf-8")
    named = re.findall(r"^#?(STATIONMASTER_\w+)=", text, re.MULTILINE)
    assert len(named) > 10
    assert set(named) <= SETTINGS


def test_the_access_list_is_the_embedded_brokers_own() -> None:
    assert (DEPLOY / "mosquitto/stationmaster.acl").read_text("utf-8") == mosquitto_acl()


@pytest.fixture
def port() -> int:
    return a_free_port()


@pytest.fixture
def config(tmp_path: Path, port: int) -> Path:
    """The file as it is, but without TLS and with this test's port and folder."""
    text = (DEPLOY / "mosquitto/mosquitto.conf").read_text("utf-8")
    text = re.sub(r"^(certfile|keyfile) .*\n", "", text, flags=re.MULTILINE)
    text = text.replace("listener 8883", f"listener {port} 127.0.0.1")
    text = text.replace("/etc/mosquitto/", f"{tmp_path.as_posix()}/")
    text += f"persistence_location {tmp_path.as_posix()}/\nuser root\nlog_dest stderr\n"
    shutil.copy(DEPLOY / "mosquitto/stationmaster.acl", tmp_path)
    (tmp_path / "stationmaster.passwords").write_text("", "utf-8")
    path = tmp_path / "mosquitto.conf"
    path.write_text(text, "utf-8")
    return path


@pytest.fixture
def broker(config: Path) -> Iterator[subprocess.Popen[bytes]]:
    program = shutil.which("mosquitto", path="/usr/sbin:/usr/bin:/usr/local/sbin")
    if program is None:
        pytest.skip("no broker: sudo apt-get install mosquitto")
    log = config.with_suffix(".log").open("wb")
    running = subprocess.Popen([program, "-c", str(config)], stderr=log)
    yield running
    running.terminate()
    running.wait(10)
    log.close()


def test_mosquitto_takes_the_configuration(
    broker: subprocess.Popen[bytes], config: Path, port: int
) -> None:
    pause = threading.Event()
    for _ in range(100):
        assert broker.poll() is None, config.with_suffix(".log").read_text("utf-8")
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        pause.wait(0.05)
    raise AssertionError("it does not listen")


def test_every_data_source_a_dashboard_asks_is_provisioned() -> None:
    text = (DEPLOY / "grafana/provisioning/datasources/stationmaster.yaml").read_text("utf-8")
    sources = {one["uid"]: one["type"] for one in yaml.safe_load(text)["datasources"]}
    for path in BOARDS:
        for panel in json.loads(path.read_text("utf-8"))["panels"]:
            for asked in (panel["datasource"], *(t["datasource"] for t in panel["targets"])):
                assert sources[asked["uid"]] == asked["type"]
    assert set(re.findall(r"STATIONMASTER_\w+", text)) <= SETTINGS | OF_GRAFANA


def test_dashboards_are_told_apart_and_their_panels_do_not_overlap() -> None:
    boards = [json.loads(path.read_text("utf-8")) for path in BOARDS]
    assert len({board["uid"] for board in boards}) == len(boards) == 2
    for board in boards:
        cells = [
            (x, y)
            for place in (panel["gridPos"] for panel in board["panels"])
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        ]
        assert len(cells) == len(set(cells))
        assert max(x for x, _ in cells) < 24


def test_every_metric_that_is_asked_for_is_served() -> None:
    known = known_metrics()
    rules = DEPLOY / "prometheus/stationmaster-rules.yml"
    for path in (DEPLOY / "grafana/dashboards/data-health.json", rules):
        asked = asked_metrics(path.read_text("utf-8"))
        assert asked, path.name
        assert asked - known == set(), path.name


def test_bench_values_are_asked_where_the_store_writes_them() -> None:
    board = (DEPLOY / "grafana/dashboards/bench.json").read_text("utf-8")
    assert set(re.findall(r'FROM \\"(\w+)\\"\.\\"(\w+)\\"', board)) == {(ROWS, ROWS)}


def test_prometheus_asks_the_ports_the_units_open() -> None:
    scraped = yaml.safe_load((DEPLOY / "prometheus/prometheus.yml").read_text("utf-8"))
    targets = {
        job["job_name"]: job["static_configs"][0]["targets"][0].rpartition(":")[2]
        for job in scraped["scrape_configs"]
    }
    opened = {
        path.stem.rstrip("@"): port
        for path in UNITS
        for port in re.findall(r"METRICS_PORT=(\d+)$", path.read_text("utf-8"), re.MULTILINE)
    }
    assert targets == opened
    for name in scraped["rule_files"]:
        rules = yaml.safe_load((DEPLOY / "prometheus" / name).read_text("utf-8"))
        assert all("expr" in rule for group in rules["groups"] for rule in group["rules"])
