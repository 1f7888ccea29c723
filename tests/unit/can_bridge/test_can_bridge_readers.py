from pathlib import Path

import pytest

from can_bridge.errors import UnreadableLog
from can_bridge.frames import Frame
from can_bridge.logs.reading import is_channel, open_log

PLAIN = "Time Stamp,ID,Extended,Bus,LEN,D1,D2,D3,D4,D5,D6,D7,D8\n"
WITH_DIRECTION = "Time Stamp,ID,Extended,Dir,Bus,LEN,D1,D2,D3,D4,D5,D6,D7,D8\n"


def frames(tmp_path: Path, text: str, name: str = "log.csv") -> list[Frame]:
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    return list(open_log(file))


def test_both_gvret_dialects_are_read(tmp_path: Path) -> None:
    plain = frames(tmp_path, PLAIN + "1500000,0000010A,false,1,2,FF,0\n")
    directed = frames(tmp_path, WITH_DIRECTION + "1500000,0000010A,FALSE,Rx,1,2,FF,0,\n")
    assert plain == directed == [Frame(1.5, 1, 0x10A, False, b"\xff\x00")]


def test_negative_time_stamps_and_long_ids_are_kept(tmp_path: Path) -> None:
    read = frames(tmp_path, PLAIN + "-364210,18DAF110,true,0,1,7,\n")
    assert read == [Frame(-0.36421, 0, 0x18DAF110, True, b"\x07")]


def test_bad_lines_are_counted_and_named(tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    file.write_text(PLAIN + "1,10A,false,0,2,FF\n\n1,10A,false,0,1,FF\nnonsense\n", "utf-8")
    log = open_log(file)
    assert len(list(log)) == 1
    assert (log.unparsable_lines, log.bad_line_numbers) == (2, [2, 5])


def test_an_asc_log_that_counts_from_zero_has_channel_zero(tmp_path: Path) -> None:
    text = (
        "date Thu, 09 Nov 2023 20:36:33 GMT\nbase hex  timestamps absolute\n"
        "   0.1 0  594\tRx   d 1 34 \n"
    )
    assert [frame.channel for frame in frames(tmp_path, text, "log.asc")] == [0]


def test_an_unknown_suffix_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(UnreadableLog, match="blf"):
        frames(tmp_path, "x", "log.xyz")


def test_a_missing_log_is_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(UnreadableLog, match="no such file"):
        open_log(tmp_path / "absent.asc")


@pytest.mark.parametrize(
    ("channel", "wanted", "same"),
    [(0, "0", True), ("vcan0", "0", True), ("vcan0", "vcan0", True), (10, "0", False)],
)
def test_channels_are_named_by_number_or_text(channel: int | str, wanted: str, same: bool) -> None:
    assert is_channel(channel, wanted) is same
