import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from can_bridge.errors import UnreadableLog
from can_bridge.frames import FrameBatch
from can_bridge.logs.lines import LineCounts, TextBatches
from can_bridge.logs.values import Event, LogRow
from tests.unit.can_bridge.log_lines import SAMPLES, damaged_lines, regular_lines

COLUMNS = ("timestamp_s", "arbitration_id", "flags", "length")
Reading = tuple[FrameBatch, LineCounts, str]


def read(name: str, lines: list[str], *, only_carefully: bool) -> Reading:
    stream = io.BytesIO("\n".join(lines).encode("latin-1"))
    text_format = SAMPLES[name][0]()
    assert text_format is not None
    batches = TextBatches(stream, Path("x"), text_format, only_carefully=only_carefully)
    try:
        return FrameBatch.joined(list(batches)), batches.counts, ""
    except UnreadableLog as refused:
        return FrameBatch.empty(), batches.counts, str(refused)


def assert_same(one: FrameBatch, other: FrameBatch) -> None:
    for column in COLUMNS:
        assert np.array_equal(getattr(one, column), getattr(other, column)), column
    # the order of channel names and the width of the data are nobody's business
    assert list(one) == list(other)


@pytest.mark.parametrize("name", SAMPLES)
@given(seed=st.integers(0, 2**32))
def test_the_fast_way_reads_damaged_lines_exactly_as_the_careful_one(name: str, seed: int) -> None:
    lines = damaged_lines(name, seed, 12)
    fast, fast_counts, fast_refusal = read(name, lines, only_carefully=False)
    careful, careful_counts, refusal = read(name, lines, only_carefully=True)
    assert (fast_counts, fast_refusal) == (careful_counts, refusal)
    assert_same(fast, careful)


@pytest.mark.parametrize("name", SAMPLES)
def test_whole_lines_are_all_read_and_equal_either_way(name: str) -> None:
    lines = regular_lines(name, 7, 300)
    fast, counts, _ = read(name, lines, only_carefully=False)
    careful, _, _ = read(name, lines, only_carefully=True)
    assert (len(fast), counts.unparsable_lines) == (300, 0)
    assert_same(fast, careful)


@pytest.mark.parametrize("name", SAMPLES)
def test_usual_data_frames_take_the_fast_way(name: str) -> None:
    text_format = SAMPLES[name][0]()
    assert text_format is not None
    asked: list[str] = []
    careful = text_format.read_line

    def read_line(line: str) -> LogRow | Event:
        asked.append(line)
        return careful(line)

    text_format.read_line = read_line  # type: ignore[method-assign]
    lines = regular_lines(name, 3, 400)
    list(TextBatches(io.BytesIO("\n".join(lines).encode()), Path("x"), text_format))
    # remote and error frames, classic frames in FD lines and empty payloads are left over
    assert len(asked) < len(lines) * 0.45
