import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cantools.database.errors import DecodeError

from can_bridge.dbc.loading import load_dbc
from can_bridge.decoding.frames import OUTCOMES, FrameDecoder, Outcome
from can_bridge.frames import FrameBatch
from can_bridge.logs.reading import open_log
from can_bridge.logs.statistics import log_statistics

DECODED = [
    ("logs/kona2019_pcan_ccan_off_on_ready_off.gvret.csv", "0"),
    ("logs/kona2019_pcan_ccan_off_on_ready_off.gvret.csv", "1"),
    ("logs/kona2021_epcu_motor_bench.gvret.csv", "1"),
    ("logs/kona2021_bms_bench_idle_30s.asc", None),
    ("logs/kona2021_bms_bench_precharge_sequence.asc", None),
    ("logs/kona2020_compcan_heating.gvret.csv", None),
    ("logs/css_j1939_truck_idle.mf4", "1"),
    ("logs/css_leaf_uds_gnss.mf4", "2"),
]
EVERY = 7
"""Frames asked of cantools one by one: each signal of every message comes hundreds of times."""


def _references(shared: Path) -> dict[tuple[str, str | None], dict[str, Any]]:
    entries = json.loads((shared / "can" / "expected.json").read_text("utf-8"))
    return {
        (entry["file"], row["channel"]): row for entry in entries for row in entry.get("decode", ())
    }


def test_no_decoded_log_of_the_reference_is_left_out(shared: Path) -> None:
    assert set(_references(shared)) == set(DECODED)


@pytest.mark.parametrize(("log", "channel"), DECODED)
def test_every_count_and_signal_equals_the_reference(
    shared: Path, log: str, channel: str | None
) -> None:
    expected = _references(shared)[log, channel]
    dbc = load_dbc(shared / "can" / expected["dbc"])
    batches = open_log(shared / "can" / log).batches(channel)
    result = log_statistics(batches, FrameDecoder(dbc.database))

    assert asdict(result.truth) == expected["truth"]
    assert result.signals.keys() == expected["all_signals"].keys()
    for key, reference in expected["all_signals"].items():
        found = asdict(result.signals[key])
        # a sum depends on its order, all else is equal to the last bit
        assert found.pop("mean") == pytest.approx(reference.pop("mean"), rel=1e-9), key
        assert found == reference, key


@pytest.mark.parametrize(("log", "channel"), DECODED)
def test_frame_by_frame_cantools_says_the_same(shared: Path, log: str, channel: str | None) -> None:
    dbc = load_dbc(shared / "can" / _references(shared)[log, channel]["dbc"])
    decoder = FrameDecoder(dbc.database)
    by_key = {(one.frame_id, one.is_extended_frame): one for one in dbc.database.messages}
    whole = FrameBatch.joined(list(open_log(shared / "can" / log).batches(channel)))
    batch = whole.where(np.arange(len(whole)) % EVERY == 0)
    decoded = decoder.decode(batch)
    found: list[dict[str, float]] = [{} for _ in range(len(batch))]
    for frame, signal, value in zip(decoded.frame, decoded.signal, decoded.value, strict=True):
        found[frame][decoder.signals[signal].key.partition(".")[2]] = float(value)
    for row, frame_data in enumerate(batch):
        if decoded.message[row] == len(decoder.messages):
            assert found[row] == {}
            continue
        plan = decoder.messages[decoded.message[row]]
        message = by_key[plan.frame_id, plan.is_extended]
        try:
            expected = message.decode(frame_data.data, decode_choices=False)
        except DecodeError:
            assert OUTCOMES[decoded.outcome[row]] is Outcome.SHORT
            expected = message.decode(frame_data.data, decode_choices=False, allow_truncated=True)
        assert found[row] == expected, frame_data


@pytest.mark.parametrize(
    ("suffix", "p_can"), [("asc", "0"), ("blf", "0"), ("log", "0"), ("mf4", "0"), ("trc", None)]
)
def test_the_same_traffic_in_other_formats_decodes_alike(
    shared: Path, suffix: str, p_can: str | None
) -> None:
    expected = _references(shared)[DECODED[0]]
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
