import re
from pathlib import Path

import pytest

from inventory.edge import Metrics
from stationmaster import bridge_metrics, house_metrics, ingest_metrics
from stationmaster.process_metrics import MetricInfo
from stationmaster.settings import Settings

OF_PROCESSES: tuple[MetricInfo, ...] = (
    *ingest_metrics.METRICS,
    *bridge_metrics.METRICS,
    *house_metrics.METRICS,
)
ROW = re.compile(r"^\| `(stationmaster_\w+)` \| (\w+) \| (.+?) \| (.+) \|$", re.MULTILINE)


@pytest.fixture
def documented(root: Path) -> dict[str, tuple[str, str, str]]:
    text = (root / "docs" / "operations.md").read_text("utf-8")
    return {name: (kind, labels, meaning) for name, kind, labels, meaning in ROW.findall(text)}


def of_the_api() -> dict[str, tuple[str, str]]:
    families = Metrics().registry.collect()
    suffix = {"counter": "_total"}
    return {f"{f.name}{suffix.get(f.type, '')}": (f.type, f.documentation) for f in families}


def test_every_metric_is_documented_and_every_documented_one_exists(
    documented: dict[str, tuple[str, str, str]],
) -> None:
    expected = {info.exposed: (info.kind, info.help) for info in OF_PROCESSES} | of_the_api()
    assert {name: (kind, text) for name, (kind, _, text) in documented.items()} == expected


def test_labels_are_documented(documented: dict[str, tuple[str, str, str]]) -> None:
    for info in OF_PROCESSES:
        named = tuple(re.findall(r"`(\w+)`", documented[info.exposed][1]))
        assert named == info.labels, info.exposed


@pytest.mark.parametrize("info", OF_PROCESSES, ids=lambda info: info.name)
def test_names_follow_the_conventions_of_prometheus(info: MetricInfo) -> None:
    assert re.fullmatch(r"stationmaster(_[a-z0-9]+)+", info.name)
    assert not info.name.endswith("_total"), "the library adds it"
    assert not re.search(r"_(ms|milliseconds|mb|percent)$", info.name), "base units only"
    assert info.help


def test_expressions_and_settings_in_the_document_exist(
    root: Path, documented: dict[str, tuple[str, str, str]]
) -> None:
    text = (root / "docs" / "operations.md").read_text("utf-8")
    named = {re.sub(r"_bucket$", "", name) for name in re.findall(r"\bstationmaster_\w+", text)}
    assert named <= set(documented)
    settings = {name.lower() for name in re.findall(r"STATIONMASTER_(\w+)", text)}
    assert settings <= set(Settings.model_fields)
