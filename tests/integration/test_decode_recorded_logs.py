import json
from pathlib import Path

import pytest

from can_bridge.dbc.loading import load_dbc
from can_bridge.decoding.frames import FrameDecoder
from can_bridge.logs.reading import open_log
from can_bridge.logs.statistics import log_statistics

CASES = [
    ("logs/kona2019_pcan_ccan_off_on_ready_off.gvret.csv", "0"),
    ("logs/kona2019_pcan_ccan_off_on_ready_off.gvret.csv", "1"),
    ("logs/kona2021_epcu_motor_bench.gvret.csv", "1"),
    ("logs/kona2021_bms_bench_idle_30s.asc", None),
    ("logs/kona2021_bms_bench_precharge_sequence.asc", None),
    ("logs/kona2020_compcan_heating.gvret.csv", None),
]


def _expected(shared: Path, log: str, channel: str | None) -> dict[str, object]:
    entries = json.loads((shared / "can" / "expected.json").read_text("utf-8"))
    decodes = [entry["decode"] for entry in entries if entry["file"] == log]
    found: dict[str, object] = next(row for row in decodes[0] if row["channel"] == channel)
    return found


@pytest.mark.parametrize(("log", "channel"), CASES)
def test_every_count_and_signal_equals_the_reference(
    shared: Path, log: str, channel: str | None
) -> None:
    expected = _expected(shared, log, channel)
    dbc = load_dbc(shared / "can" / str(expected["dbc"]))
    result = log_statistics(
        open_log(shared / "can" / log).batches(channel), FrameDecoder(dbc.database)
    ).as_record()

    assert result["truth"] == expected["truth"]
    signals, reference = result["all_signals"], expected["all_signals"]
    assert isinstance(signals, dict)
    assert isinstance(reference, dict)
    assert signals.keys() == reference.keys()
    for key, statistics in reference.items():
        assert signals[key] == pytest.approx(statistics, rel=1e-9, abs=1e-9), key


@pytest.mark.parametrize(
    ("suffix", "p_can"), [("asc", "0"), ("blf", "0"), ("log", "0"), ("trc", None)]
)
def test_the_same_traffic_in_other_formats_decodes_alike(
    shared: Path, suffix: str, p_can: str | None
) -> None:
    expected = _expected(shared, CASES[0][0], "0")
    decoder = FrameDecoder(load_dbc(shared / "can/dbc/kona_pcan.dbc").database)
    log = open_log(shared / f"can/logs/derived_kona2019.{suffix}")
    assert log_statistics(log.batches(p_can), decoder).as_record()["truth"] == expected["truth"]


@pytest.mark.parametrize(
    ("name", "messages", "whats"),
    [
        ("kona_pcan", 107, ["section BS_ missing: added", "section BU_ missing: added"]),
        ("kona_bcan", 7, ["section BS_ missing: added", "section BU_ missing: added"]),
        ("kona_ccan", 2, ["section BS_ missing: added", "section BU_ missing: added"]),
        ("hyundai_kia_generic", 146, ["comment without object kind: taken as BO_"] * 2),
        ("kona_comp_can", 5, []),
    ],
)
def test_published_dbcs_load_with_every_repair_reported(
    shared: Path, name: str, messages: int, whats: list[str]
) -> None:
    dbc = load_dbc(shared / f"can/dbc/{name}.dbc")
    assert len(dbc.database.messages) == messages
    assert [repair.what for repair in dbc.repairs] == whats


@pytest.mark.parametrize(
    ("name", "encoding", "messages"),
    [("derived_kona_pcan_gb18030", "gb18030", 107), ("abs_cp1252", "cp1252", 18)],
)
def test_chinese_and_western_encodings_are_recognised(
    shared: Path, name: str, encoding: str, messages: int
) -> None:
    dbc = load_dbc(shared / f"can/dbc_awkward/{name}.dbc")
    assert (dbc.encoding, len(dbc.database.messages)) == (encoding, messages)
