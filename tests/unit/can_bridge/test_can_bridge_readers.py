import gzip
from pathlib import Path

import numpy as np
import pytest

from can_bridge.errors import UnreadableLog
from can_bridge.frames import (
    IS_BITRATE_SWITCHED,
    IS_ERROR,
    IS_EXTENDED,
    IS_FD,
    IS_REMOTE,
    IS_SENDER_PASSIVE,
    IS_SENT,
    Frame,
    FrameBatch,
)
from can_bridge.logs.reading import is_channel, open_log, read_batches

PLAIN = "Time Stamp,ID,Extended,Bus,LEN,D1,D2,D3,D4,D5,D6,D7,D8\n"
WITH_DIRECTION = "Time Stamp,ID,Extended,Dir,Bus,LEN,D1,D2,D3,D4,D5,D6,D7,D8\n"
ASC = "date Thu Nov 9 08:36:33 pm 2023\nbase {} timestamps {}\nBegin Triggerblock\n"
TRC_2 = ";$FILEVERSION=2.1\n;$STARTTIME=44938.5\n;$COLUMNS={}\n"
NOON_2023_01_12 = 1673524800.0
BUSMASTER = (
    "***BUSMASTER Ver 3.2.2***\n***{}***\n***{} MODE***\n"
    "***START DATE AND TIME 23:9:2015 23:59:58:500***\n"
)
FD_BITS = int(IS_FD | IS_BITRATE_SWITCHED)


def every(tmp_path: Path, text: str, name: str = "log.txt") -> FrameBatch:
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    return FrameBatch.joined(list(open_log(file).all_batches()))


def frames(tmp_path: Path, text: str) -> list[Frame]:
    return list(every(tmp_path, text).data_frames())


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
    for _ in range(2):
        assert len(list(log)) == 1
        assert (log.unparsable_lines, log.bad_line_numbers) == (2, [2, 5])


def test_an_identifier_that_does_not_fit_its_kind_is_no_frame(tmp_path: Path) -> None:
    lines = "1,00000800,false,0,1,FF\n1,20000000,true,0,1,FF\n1,000007FF,false,0,1,FF\n"
    assert [frame.arbitration_id for frame in frames(tmp_path, PLAIN + lines)] == [0x7FF]


def test_candump_tells_remote_error_and_fd_frames_apart(tmp_path: Path) -> None:
    text = (
        "(1.5) can0 123#R4\n(1.6) can0 20000080#0000000000000000\n"
        "(1.7) can0 18DAF110##3AABB T\n(1.8) 7 123#\n(1.9) can0 123##011.22\n"
    )
    batch = every(tmp_path, text)
    fd = int(IS_EXTENDED | IS_SENDER_PASSIVE | IS_SENT) | FD_BITS
    assert batch.flags.tolist() == [IS_REMOTE, IS_ERROR, fd, 0, IS_FD]
    assert batch.length.tolist() == [4, 0, 2, 0, 2]
    assert frames(tmp_path, text) == [
        Frame(1.7, "can0", 0x18DAF110, True, b"\xaa\xbb"),
        Frame(1.8, 7, 0x123, False, b""),
        Frame(1.9, "can0", 0x123, False, b"\x11\x22"),
    ]


def test_what_candump_prints_on_the_screen_is_read_too(tmp_path: Path) -> None:
    text = (
        " (1673520000.000300)  can0  109   [8]  00 01 00 FF FF FF 0F 3D\n"
        " (1673520000.000400)  can0  TX - -  18DAF110   [2]  01 02   '..'\n"
        " (1673520000.000500)  can0  123  [08]  00 01 02 03 04 05 06 07\n"
        " (1673520000.000600)  can0  123   [4]  remote request\n"
    )
    batch = every(tmp_path, text)
    assert batch.length.tolist() == [8, 2, 8, 4]
    assert batch.flags.tolist() == [0, IS_EXTENDED | IS_SENT, IS_FD, IS_REMOTE]


def test_an_asc_log_that_counts_from_zero_has_channel_zero(tmp_path: Path) -> None:
    from_zero = ASC.format("hex", "absolute") + " 0.1 0  594\tRx   d 1 34 \n 0.2 1 594 Rx d 0\n"
    assert [frame.channel for frame in frames(tmp_path, from_zero)] == [0, 1]
    from_one = ASC.format("hex", "absolute") + " 0.1 1  594\tRx   d 1 34 \n 0.2 2 594 Rx d 0\n"
    assert [frame.channel for frame in frames(tmp_path, from_one)] == [0, 1]


def test_decimal_asc_with_relative_times_adds_up_every_event(tmp_path: Path) -> None:
    text = ASC.format("dec", "relative") + (
        "0.100000 1 256 Rx d 2 255 16\n0.200000 CAN 1 Status:chip status error active\n"
        "0.300000 2 4096x Tx d 1 7  Length = 0\n0.400000 1 ErrorFrame\n0.5 1 300 Rx r 8\n"
    )
    batch = every(tmp_path, text)
    assert batch.timestamp_s.tolist() == [0.1, 0.6, 1.0, 1.5]
    assert batch.arbitration_id.tolist() == [256, 4096, 0, 300]
    assert batch.flags.tolist() == [0, IS_EXTENDED | IS_SENT, IS_ERROR, IS_REMOTE]
    assert batch.length.tolist() == [2, 1, 0, 8]


def test_canfd_lines_of_an_asc_hold_classic_frames_too(tmp_path: Path) -> None:
    data = " ".join(f"{byte:02x}" for byte in range(12))
    text = ASC.format("hex", "absolute") + (
        f"0.1 CANFD 1 Rx 123x EngineData 1 0 9 12 {data} 102203 133 3000 46500250 0 0 0 0\n"
        "0.2 CANFD 1 Tx 456 0 0 2 2 AA BB 0 0 0 0 0 0 0 0\n"
        "0.3 CANFD 1 Rx ErrorFrame Not Acknowledge error\n"
    )
    batch = every(tmp_path, text)
    assert batch.flags.tolist() == [FD_BITS | IS_EXTENDED, IS_SENT, IS_ERROR]
    assert bytes(batch.data[0, :12]) == bytes(range(12))
    assert batch.length.tolist() == [12, 2, 0]


@pytest.mark.parametrize(
    ("text", "channel", "at_s"),
    [
        (";##########\n;   1)\n     1)      1059 0001  2  01 02\n", 1, 1.059),
        (
            ";$FILEVERSION=1.1\n;$STARTTIME=44938.5\n     1)      1059.9  Rx     0001  2  01 02\n",
            1,
            NOON_2023_01_12 + 1.0599,
        ),
        (
            ";$FILEVERSION=1.2\n;$STARTTIME=44938.5\n 1)  1059.9 3  Rx  0001  2  01 02\n",
            3,
            NOON_2023_01_12 + 1.0599,
        ),
        (
            ";$FILEVERSION=1.3\n;$STARTTIME=44938.5\n 1)  1059.9 3  Rx  0001 -  2  01 02\n",
            3,
            NOON_2023_01_12 + 1.0599,
        ),
        (
            TRC_2.format("N,O,T,I,d,l,D") + " 1  1059.900 DT  0001 Rx  2  01 02\n",
            1,
            NOON_2023_01_12 + 1.0599,
        ),
        (
            TRC_2.format("O,T,B,I,d,R,L,D") + "1059.900 DT 2 0001 Rx - 2  01 02\n",
            2,
            NOON_2023_01_12 + 1.0599,
        ),
    ],
    ids=["1.0", "1.1", "1.2", "1.3", "2.0", "2.1"],
)
def test_pcan_traces_of_every_version_are_read(
    tmp_path: Path, text: str, channel: int, at_s: float
) -> None:
    (frame,) = frames(tmp_path, text)
    assert frame[1:] == (channel, 1, False, b"\x01\x02")
    assert frame.timestamp == pytest.approx(at_s, abs=3e-7)


def test_pcan_events_are_no_frames_and_no_damage(tmp_path: Path) -> None:
    file = tmp_path / "log.trc"
    lines = (
        "1 1.0 ST 1 - Rx - 4 00 00 00 08\n2 2.0 RR 1 0100 Rx - 5\n3 3.0 ER 1 - Rx - 0\n"
        "4 4.0 XX 1 0100 Rx - 0\n5 5.0 FB 1 0100 Rx - 9 " + "0A " * 12 + "\n"
    )
    file.write_text(TRC_2.format("N,O,T,B,I,d,R,L,D") + lines, "utf-8")
    log = open_log(file)
    batch = FrameBatch.joined(list(log.all_batches()))
    assert batch.flags.tolist() == [IS_REMOTE, IS_ERROR, FD_BITS]
    assert batch.length.tolist() == [5, 0, 12]
    assert log.bad_line_numbers == [7]


def test_crtd_buses_and_directions(tmp_path: Path) -> None:
    text = "1.5 2R11 7E8 02 10\n1.6 1T29 18DAF110\n1.7 R11 123 1 2\n"
    assert [frame.channel for frame in frames(tmp_path, text)] == [2, 1, 1]
    assert every(tmp_path, text).flags.tolist() == [0, IS_EXTENDED | IS_SENT, 0]


@pytest.mark.parametrize(
    ("mode", "lines", "times"),
    [
        ("SYSTEM", ["23:59:58:7500", "0:0:1:2500", "23:59:59:9999"], [0.25, 2.75, 1.4999]),
        ("SYSTEM", ["23:59:58:750", "0:0:1:5", "0:0:1:0050"], [0.25, 2.505, 2.505]),
        ("ABSOLUTE", ["0:00:00:2500", "0:01:01:0000"], [0.25, 61.0]),
        ("RELATIVE", ["0:00:00:2500", "0:00:00:2500"], [0.25, 0.5]),
    ],
)
def test_busmaster_clocks(tmp_path: Path, mode: str, lines: list[str], times: list[float]) -> None:
    text = BUSMASTER.format("HEX", mode) + "".join(f"{at} Rx 1 0x7FF s 2 0A FF \n" for at in lines)
    batch = every(tmp_path, text)
    assert batch.timestamp_s.tolist() == pytest.approx(times, abs=1e-9)
    assert set(batch.arbitration_id.tolist()) == {0x7FF}


def test_decimal_busmaster_and_its_remote_frames(tmp_path: Path) -> None:
    text = BUSMASTER.format("DEC", "ABSOLUTE") + (
        "0:00:00:0000 Tx 2 2047 s 2 10 255 \n0:00:00:0001 Rx 1 100000 xr 4\n"
    )
    batch = every(tmp_path, text)
    assert batch.arbitration_id.tolist() == [2047, 100000]
    assert batch.flags.tolist() == [IS_SENT, IS_EXTENDED | IS_REMOTE]
    assert bytes(batch.data[0, :2]) == b"\x0a\xff"


def test_a_csv_that_names_its_columns_is_read(tmp_path: Path) -> None:
    text = 'Time (ms);Channel;ID [hex];DLC;Data\n1500;hv;0x18DAF110;2;"AA BB"\n1600;hv;123;0;\n'
    assert frames(tmp_path, text) == [
        Frame(1.5, "hv", 0x18DAF110, True, b"\xaa\xbb"),
        Frame(1.6, "hv", 0x123, False, b""),
    ]
    cells = "timestamp,can_id,len,b0,b1,b2\n1.5,123,2,0A,FF,\n"
    assert frames(tmp_path, cells) == [Frame(1.5, 0, 0x123, False, b"\x0a\xff")]


def test_the_content_says_the_format_not_the_name(tmp_path: Path) -> None:
    misnamed = every(tmp_path, "(1.000000) can0 123#11\n", "log.asc")
    assert len(misnamed) == 1


def test_a_compressed_log_is_read_and_a_cut_one_refused_by_its_line(tmp_path: Path) -> None:
    line = "(1.000000) can0 123#11\n"
    text = "".join(f"({number}.000000) can0 123#{number % 256:02X}\n" for number in range(200_000))
    path = tmp_path / "log.gz"
    path.write_bytes(gzip.compress(line.encode() * 10))
    assert sum(len(batch) for batch in read_batches(path, "0")) == 10
    packed = gzip.compress(text.encode(), 1)
    path.write_bytes(packed[: len(packed) * 2 // 3])
    with pytest.raises(UnreadableLog, match=r"line \d{5,} or later"):
        list(open_log(path).batches())


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty file"),
        (b"\n  \n", "empty file"),
        (b"\x7fELF\x02\x01\x01" + bytes(range(256)) * 40, "no known format"),
        (b"LOGG\x90\x00", "BLF header cut off"),
        (b"SQLite format 3\x00" + bytes(100), "SQLite"),
        (PLAIN.encode() + b"nonsense\nmore\n", "line 2: not a gvret frame, nor is any other"),
        (PLAIN.replace("LEN", "L").encode(), "without column 'len'"),
        (b";$FILEVERSION=3.0\n", "PCAN trace version 3.0"),
        (PLAIN.encode() + b"x" * (5 << 20), "line 2: longer than"),
        (b"\x1f\x8b\x08\x00", "line 1 or later"),
    ],
)
def test_what_is_no_log_is_refused_in_a_line(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes(content)
    with pytest.raises(UnreadableLog, match=said):
        list(open_log(path).all_batches())


def test_a_missing_log_and_a_folder_are_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(UnreadableLog, match="no such file"):
        open_log(tmp_path / "absent.asc")
    with pytest.raises(UnreadableLog, match="a folder"):
        open_log(tmp_path)


def test_an_unknown_log_is_refused_with_the_known_formats(tmp_path: Path) -> None:
    with pytest.raises(UnreadableLog, match=r"gvret.*blf"):
        every(tmp_path, "x", "log.xyz")


def test_a_reading_given_up_in_the_middle_leaves_the_file_closed(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_text("(1.000000) can0 123#11\n" * 300_000, "utf-8")
    reading = open_log(path).batches()
    assert len(next(reading)) < 300_000
    reading.close()  # type: ignore[attr-defined]  # an unclosed file would be an error here
    path.unlink()


def test_batches_of_one_channel_have_that_channel_only(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_text("(1.0) can0 1#\n(1.0) can0 001#01\n(1.0) can1 002#02\n", "utf-8")
    (batch,) = open_log(path).batches("1")
    assert np.unique(batch.arbitration_id).tolist() == [2]


@pytest.mark.parametrize(
    ("channel", "wanted", "same"),
    [(0, "0", True), ("vcan0", "0", True), ("vcan0", "vcan0", True), (10, "0", False)],
)
def test_channels_are_named_by_number_or_text(channel: int | str, wanted: str, same: bool) -> None:
    assert is_channel(channel, wanted) is same
