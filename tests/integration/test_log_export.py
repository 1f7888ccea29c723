import contextlib
import random
from pathlib import Path

import asammdf
import can
import numpy as np
import pytest

from can_bridge.errors import UnreadableLog
from can_bridge.frames import IS_ERROR, IS_REMOTE, FrameBatch
from can_bridge.logs.facts import log_facts
from can_bridge.logs.mf4_process import Mf4Batches
from can_bridge.logs.reading import open_log
from can_bridge.logs.through_python_can import messages_of
from can_bridge.logs.writing import convert, format_of, write_batches
from tests.unit.can_bridge.log_batches import any_frames, content

CONTENT = ("arbitration_id", "flags", "length", "data")


def whole(path: Path) -> FrameBatch:
    return FrameBatch.joined(list(open_log(path).all_batches()))


@pytest.mark.parametrize("suffix", ["log", "asc", "blf", "mf4", "trc", "gvret.csv", "csv"])
@pytest.mark.parametrize(
    "source",
    [
        "kona2019_pcan_ccan_off_on_ready_off.gvret.csv",
        "css_j1939_truck_idle.mf4",
        "kona2021_bms_bench_idle_30s.asc",
    ],
)
def test_a_recording_comes_back_from_every_format(
    shared: Path, tmp_path: Path, source: str, suffix: str
) -> None:
    log = open_log(shared / "can/logs" / source)
    target = tmp_path / f"out.{suffix}"
    written = convert(log, target)
    before, after = whole(log.path), whole(target)
    if suffix == "mf4":
        # MDF wants time to rise
        before = before.sorted_by_time()
    start_s = written.plan.start_s if suffix == "asc" else 0.0
    assert written.losses.dropped.total() == 0
    assert open_log(target).format == written.format
    for column in CONTENT:
        assert np.array_equal(getattr(after, column), getattr(before, column)), column
    assert np.abs(after.timestamp_s + start_s - before.timestamp_s).max() < 1e-6


@pytest.mark.parametrize("suffix", ["log", "asc", "blf", "mf4"])
def test_python_can_reads_our_files_as_we_wrote_them(tmp_path: Path, suffix: str) -> None:
    channels: tuple[int | str, ...] = ("can0", "can1") if suffix == "log" else (0, 1)
    batch = any_frames(11, 500, channels=channels)
    path = tmp_path / f"out.{suffix}"
    written = write_batches([batch], log_facts([batch]), path, format_of(path))
    with can.LogReader(path) as reader:
        theirs = list(reader)
    start_s = written.plan.start_s if suffix == "asc" else 0.0
    assert len(theirs) == len(batch)
    for ours, message in zip(messages_of(batch), theirs, strict=True):
        assert message.timestamp + start_s == pytest.approx(ours.timestamp, abs=1e-6)
        assert message.is_error_frame == ours.is_error_frame
        if ours.is_error_frame:
            continue
        if not (suffix == "asc" and ours.is_fd and not ours.data):
            # python-can takes an FD line without data for a remote request
            assert message.equals(ours, timestamp_delta=None, check_direction=True), ours


def test_pcan_traces_are_read_by_python_can(tmp_path: Path) -> None:
    batch = any_frames(12, 300, has_others=False, channels=(1, 2))
    path = tmp_path / "out.trc"
    write_batches([batch], log_facts([batch]), path, "trc")
    with can.LogReader(path) as reader:
        theirs = list(reader)
    for ours, message in zip(messages_of(batch), theirs, strict=True):
        assert message.arbitration_id == ours.arbitration_id
        assert bytes(message.data) == bytes(ours.data)
        assert message.timestamp == pytest.approx(ours.timestamp, abs=1e-6)
        assert (message.channel, message.is_fd) == (ours.channel, ours.is_fd)


def test_mdf_holds_every_kind_of_frame_in_its_own_group(tmp_path: Path) -> None:
    batch = any_frames(13, 400)
    path = tmp_path / "out.mf4"
    write_batches([batch], log_facts([batch]), path, "mf4")
    errors = int(np.count_nonzero(batch.flags & IS_ERROR))
    remotes = int(np.count_nonzero(batch.flags & IS_REMOTE))
    with asammdf.MDF(path) as mdf:
        counts = {
            name: len(mdf.get(name))
            for name in ("CAN_DataFrame", "CAN_RemoteFrame", "CAN_ErrorFrame")
        }
        first = mdf.get("CAN_DataFrame.DataBytes").samples[0]
    assert counts == {
        "CAN_DataFrame": 400 - errors - remotes,
        "CAN_RemoteFrame": remotes,
        "CAN_ErrorFrame": errors,
    }
    assert bytes(first)[: batch.length[0]] == bytes(batch.data[0, : batch.length[0]])
    assert content(whole(path)) == content(batch)


def test_an_mdf_of_many_windows_is_merged_by_time(tmp_path: Path) -> None:
    batch = any_frames(14, 130_000, has_fd=False)
    path = tmp_path / "out.mf4"
    write_batches([batch], log_facts([batch]), path, "mf4")
    after = whole(path)
    assert (np.diff(after.timestamp_s) >= 0).all()
    assert np.array_equal(after.flags, batch.flags)


@pytest.mark.parametrize(("suffix", "writer"), [("blf", can.BLFWriter), ("asc", can.ASCWriter)])
def test_what_python_can_writes_is_read_with_every_kind_of_frame(
    tmp_path: Path, suffix: str, writer: type[can.BLFWriter | can.ASCWriter]
) -> None:
    batch = any_frames(15, 400, start_s=0.0 if suffix == "asc" else 1_700_000_000.0)
    path = tmp_path / f"theirs.{suffix}"
    with writer(path) as theirs:
        for message in messages_of(batch):
            theirs.on_message_received(message)
    after = whole(path)
    offset_s = batch.timestamp_s[0] if suffix == "asc" else 0.0
    assert np.abs(after.timestamp_s + offset_s - batch.timestamp_s).max() < 1e-6
    for column in CONTENT:
        assert np.array_equal(getattr(after, column), getattr(batch, column)), column


@pytest.mark.parametrize("suffix", ["blf", "mf4"])
def test_a_binary_log_cut_anywhere_is_read_up_to_there_or_refused(
    shared: Path, tmp_path: Path, suffix: str
) -> None:
    content_bytes = (shared / f"can/logs/derived_kona2019.{suffix}").read_bytes()
    path = tmp_path / f"cut.{suffix}"
    outcomes = set()
    for share in np.linspace(0.001, 0.999, 12):
        path.write_bytes(content_bytes[: int(len(content_bytes) * share)])
        log = None
        try:
            log = open_log(path)
            frames = sum(len(batch) for batch in log.batches())
        except UnreadableLog:
            outcomes.add("refused")
            continue
        outcomes.add("read")
        assert 0 < frames < 39_546
        assert log.unparsable_lines > 0
    assert "refused" in outcomes


def test_an_mdf_that_crashes_its_reader_is_refused(
    shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "log.mf4"
    path.write_bytes((shared / "can/logs/css_leaf_uds_gnss.mf4").read_bytes())
    dying = tmp_path / "asammdf.py"
    dying.write_text("import os; os.abort()\n", "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(UnreadableLog, match="ended unexpectedly"):
        list(open_log(path).batches())
    dying.write_text("while True: pass\n", "utf-8")
    with pytest.raises(UnreadableLog, match="ended unexpectedly"):
        list(Mf4Batches(path, longest_silence_s=1.0))


def test_random_damage_of_an_mdf_never_ends_the_process(shared: Path, tmp_path: Path) -> None:
    original = (shared / "can/logs/css_leaf_uds_gnss.mf4").read_bytes()
    path = tmp_path / "log.mf4"
    for seed in (122, 123, 124, 125):
        pick = random.Random(seed)  # noqa: S311 -- no secret
        damaged = bytearray(original)
        for _ in range(20):
            damaged[pick.randrange(pick.choice((300, len(damaged))))] = pick.randrange(256)
        path.write_bytes(damaged)
        with contextlib.suppress(UnreadableLog):
            assert sum(len(batch) for batch in open_log(path).all_batches()) <= 5588


def test_a_database_of_python_can_is_read_through_it(tmp_path: Path) -> None:
    batch = any_frames(16, 200, has_others=False, has_fd=False, channels=(0,))
    path = tmp_path / "log.db"
    writer = can.SqliteWriter(path)
    for message in messages_of(batch):
        writer.on_message_received(message)
    writer.stop()
    after = list(open_log(path))
    assert open_log(path).format == "db"
    # its writer loses frames that come in a burst; those it kept are right
    assert 0 < len(after) <= 200
    assert {frame.data for frame in after} <= {frame.data for frame in batch}
