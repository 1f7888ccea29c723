"""Frames no controller would send: nothing of them may end a bridge or be believed unseen.

STATIONMASTER_MALFORMED_FRAMES sets how many; the long form is `make chaos`.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.random import Generator

from can_bridge.catalogue import BusDecoder
from can_bridge.dbc.loading import load_dbc
from can_bridge.decoding.frames import FrameDecoder
from can_bridge.frames import FrameBatch
from can_bridge.profile import check_profile
from can_bridge.profile_tables import Profile
from can_bridge.traffic import Traffic

FRAMES = int(os.environ.get("STATIONMASTER_MALFORMED_FRAMES", "400000"))
LONGEST_BATCH = 5000
DBCS = [
    "dbc/kona_pcan.dbc",
    "dbc/hyundai_kia_generic.dbc",
    "dbc/css_tp_uds_nissan.dbc",
    "dbc_awkward/hyundai_canfd.dbc",
    "dbc_awkward/extmux_cascaded.dbc",
    "dbc_awkward/abs_cp1252.dbc",
    "dbc_awkward/j1939_large.dbc",
]


def _malformed(dice: Generator, decoder: FrameDecoder, count: int) -> Iterator[FrameBatch]:
    """Batches with wrong lengths, ids beyond their bits, all flags, and bytes behind the end."""
    known = np.array([one.frame_id for one in decoder.messages], np.uint32)
    while count > 0:
        size = min(int(dice.integers(1, LONGEST_BATCH)), count)
        count -= size
        width = int(dice.choice([1, 7, 8, 8, 8, 12, 64]))
        data = dice.integers(0, 256, (size, width), np.uint8)
        data[dice.random(size) < 0.2] = dice.choice([0, 0xFF, 0x7F, 0x80])
        ids = dice.integers(0, 1 << 32, size, np.uint32)
        is_known = dice.random(size) < 0.8
        ids[is_known] = dice.choice(known, int(is_known.sum()))
        yield FrameBatch(
            dice.choice([np.nan, -np.inf, 0.0, 1e300], size),
            ids,
            dice.integers(0, 256, size, np.uint8),
            dice.choice(np.array([0, 1, width, width, 8, 64, 255], np.uint8), size),
            data,
            np.zeros(size, np.int16),
            ("can",),
        )


@pytest.mark.chaos
@pytest.mark.timeout(0)
@pytest.mark.parametrize("name", DBCS)
def test_malformed_frames_are_counted_and_never_published_as_real(shared: Path, name: str) -> None:
    decoder = FrameDecoder(load_dbc(shared / "can" / name).database)
    profile = check_profile(Path("none.toml"), Profile(name="none"))
    traffic = Traffic([BusDecoder("can", decoder)], profile)
    wanted = FRAMES // len(DBCS) + 1
    came = 0
    for batch in _malformed(np.random.default_rng(20), decoder, wanted):
        traffic.take("can", batch, now_s=0.0)
        came += len(batch)
        counts = traffic.counts(lost=0)
        outcomes = (counts.decoded, counts.short, counts.unknown_id, counts.unknown_mux)
        assert sum(outcomes) + counts.undecodable == came
        for value in traffic.all_fresh(0.0).values():
            assert value is None or np.isfinite(float(value))
    assert came == wanted
    counts = traffic.counts(lost=0)
    assert counts.unknown_id > 0
    assert counts.short > 0
