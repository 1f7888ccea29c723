from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from can_bridge.errors import UnreadableLog, UnwritableLog
from can_bridge.frames import IS_ERROR, IS_REMOTE, FrameBatch
from can_bridge.logs.facts import log_facts
from can_bridge.logs.reading import of_channel, open_log
from can_bridge.logs.writers.plan import numbered
from can_bridge.logs.writing import WRITERS, Written, convert, format_of, write_batches
from tests.unit.can_bridge.log_batches import DATE_S, any_frames, content


def written(batch: FrameBatch, path: Path, form: str) -> Written:
    halves = [batch.where(np.arange(len(batch)) < 25), batch.where(np.arange(len(batch)) >= 25)]
    return write_batches(halves, log_facts(halves), path, form, may_replace=True)


def read_back(path: Path) -> FrameBatch:
    return FrameBatch.joined(list(open_log(path).all_batches()))


@pytest.mark.parametrize("form", ["candump", "trc", "blf"])
@settings(max_examples=10)
@given(seed=st.integers(0, 2**32))
def test_frames_of_every_kind_come_back_as_they_were(
    form: str, seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    names: tuple[int | str, ...] = ("can0", "can1") if form == "candump" else (1, 2)
    batch = any_frames(seed, channels=names)
    path = tmp_path_factory.mktemp("written") / "log"
    result = written(batch, path, form)
    assert content(read_back(path)) == content(batch)
    assert (result.losses.dropped.total(), result.losses.reduced.total()) == (0, 0)


def test_an_asc_comes_back_with_times_since_its_date(tmp_path: Path) -> None:
    batch = any_frames(1, start_s=DATE_S)
    written(batch, tmp_path / "log.asc", "asc")
    moved = any_frames(1, start_s=0.0)
    assert content(read_back(tmp_path / "log.asc")) == content(moved)


@pytest.mark.parametrize("form", ["gvret", "csv"])
def test_classic_data_frames_come_back_from_both_csv(form: str, tmp_path: Path) -> None:
    batch = any_frames(2, has_fd=False, has_others=False, channels=(0,))
    result = written(batch, tmp_path / "log", form)
    back = read_back(tmp_path / "log")
    if form == "csv":
        assert result.losses.reduced["direction"] > 0
        back.flags[:] |= batch.flags & 0x20
    assert content(back) == content(batch)


@pytest.mark.parametrize("form", sorted(set(WRITERS) - {"csv"}))
def test_one_channel_of_several_is_written_under_its_number(form: str, tmp_path: Path) -> None:
    batch = any_frames(8, has_fd=False, has_others=False, channels=(0, 1, 2))
    one = of_channel(batch, "2")
    assert len(one.channels) == 3
    path = tmp_path / "log"
    written = write_batches([one], log_facts([one]), path, form)
    assert (written.frames, written.plan.channel_numbers) == (len(one), {2: 2})
    back = read_back(path)
    assert back.arbitration_id.tolist() == one.arbitration_id.tolist()
    assert {str(back.channels[place])[-1] for place in back.channel} == {"2"}


def test_what_a_format_cannot_hold_is_counted(tmp_path: Path) -> None:
    batch = any_frames(3, count=400)
    others = int(np.count_nonzero(batch.flags & (IS_ERROR | IS_REMOTE)))
    result = written(batch, tmp_path / "log", "gvret")
    assert result.losses.dropped == {"error or remote frame": others}
    assert result.frames == len(read_back(tmp_path / "log")) == 400 - others
    assert result.losses.reduced["flags of an FD frame"] > 0


@pytest.mark.parametrize("form", ["candump", "trc", "gvret", "csv"])
def test_times_before_the_start_of_a_recording_stay_negative(form: str, tmp_path: Path) -> None:
    batch = any_frames(4, start_s=-0.1, has_fd=False, has_others=False, channels=(0,))
    written(batch, tmp_path / "log", form)
    back = read_back(tmp_path / "log")
    assert np.allclose(back.timestamp_s, batch.timestamp_s, atol=1e-6)
    assert back.timestamp_s[0] < 0


def test_blf_moves_negative_times_and_says_so(tmp_path: Path) -> None:
    batch = any_frames(4, start_s=-0.1)
    result = written(batch, tmp_path / "log", "blf")
    assert np.allclose(read_back(tmp_path / "log").timestamp_s, batch.timestamp_s + 1, atol=1e-8)
    assert result.losses.reduced.total() == len(batch)


def test_time_that_goes_back_is_kept_by_blf(tmp_path: Path) -> None:
    batch = any_frames(5)
    batch.timestamp_s[10:20] -= 0.5
    written(batch, tmp_path / "log", "blf")
    assert content(read_back(tmp_path / "log")) == content(batch)


def test_a_file_that_exists_is_not_replaced_unasked(tmp_path: Path) -> None:
    target = tmp_path / "log.asc"
    target.write_text("precious", "utf-8")
    batch = any_frames(6)
    with pytest.raises(UnwritableLog, match="exists already"):
        write_batches([batch], log_facts([batch]), target, "asc")
    assert target.read_text("utf-8") == "precious"


def test_a_source_damaged_in_the_middle_leaves_no_file(tmp_path: Path) -> None:
    source = tmp_path / "log.log.gz"
    import gzip

    packed = gzip.compress(b"(1.000000) can0 123#11\n" * 50_000)
    source.write_bytes(packed[: len(packed) // 2])
    with pytest.raises(UnreadableLog, match=r"line \d+ or later"):
        convert(open_log(source), tmp_path / "out.blf")
    assert [path.name for path in tmp_path.iterdir()] == ["log.log.gz"]


@pytest.mark.parametrize(
    ("name", "form"),
    [("a.ASC", "asc"), ("a.gvret.csv", "gvret"), ("a.csv", "csv"), ("a.log", "candump")],
)
def test_the_suffix_says_the_format(name: str, form: str) -> None:
    assert format_of(Path(name)) == form
    assert format_of(Path(name), "blf") == "blf"


@pytest.mark.parametrize(("name", "wanted"), [("a.xyz", None), ("a.asc", "busmaster")])
def test_a_format_nobody_writes_is_refused_with_the_known_ones(
    name: str, wanted: str | None
) -> None:
    with pytest.raises(UnwritableLog, match=" ".join(WRITERS)):
        format_of(Path(name), wanted)


def test_channels_keep_their_numbers_and_others_get_free_ones() -> None:
    assert numbered([1, "can0", "vcan0", "body"]) == {1: 1, "can0": 0, "body": 2, "vcan0": 3}
    assert numbered([-1]) == {-1: 0}
