from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from can_bridge.buses.adapter import Controller, Received
from can_bridge.buses.slcan_lines import LineReader
from can_bridge.buses.socketcand_elements import ElementReader
from can_bridge.frames import IS_BITRATE_SWITCHED, IS_EXTENDED, IS_FD, FrameBatch

Sent = tuple[int, bool, bytes]
FRAMES = st.lists(
    st.booleans().flatmap(
        lambda is_extended: st.tuples(
            st.integers(0, 0x1FFF_FFFF if is_extended else 0x7FF),
            st.just(is_extended),
            st.binary(max_size=8),
        )
    ),
    max_size=20,
)


def as_sent(batch: FrameBatch) -> list[Sent]:
    return [(frame.arbitration_id, frame.is_extended_id, frame.data) for frame in batch]


def slcan_line(sent: Sent, stamp: str = "") -> bytes:
    number, is_extended, data = sent
    head = f"T{number:08X}" if is_extended else f"t{number:03X}"
    return f"{head}{len(data)}{data.hex().upper()}{stamp}\r".encode()


def element(sent: Sent, gap: str = "") -> bytes:
    number, is_extended, data = sent
    digits = f"{number:08X}" if is_extended else f"{number:03X}"
    payload = gap.join(f"{byte:02X}" for byte in data)
    return f"< frame {digits} 1700000000.000001 {payload} >".encode()


def pieces(data: st.DataObject, stream: bytes) -> list[bytes]:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=10)))
    edges = [0, *cuts, len(stream)]
    return [stream[start:end] for start, end in pairwise(edges)]


def whole(answers: list[Received]) -> FrameBatch:
    return FrameBatch.joined([answer.frames for answer in answers])


@given(st.data(), FRAMES)
def test_slcan_frames_survive_any_cutting_of_the_stream(
    data: st.DataObject, sent: list[Sent]
) -> None:
    reader = LineReader("hv")
    stream = b"".join(map(slcan_line, sent))
    answers = [reader.feed(piece, 5.0) for piece in pieces(data, stream)]
    assert as_sent(whole(answers)) == sent
    assert sum(answer.lost for answer in answers) == 0
    assert not reader.is_amid_a_line


@given(st.data(), FRAMES, st.sampled_from(["", " "]))
def test_socketcand_frames_survive_any_cutting(
    data: st.DataObject, sent: list[Sent], gap: str
) -> None:
    reader = ElementReader("hv")
    stream = b"".join(element(one, gap) for one in sent)
    answers = [reader.feed(piece) for piece in pieces(data, stream)]
    assert as_sent(whole(answers)) == sent
    assert sum(answer.lost for answer in answers) == 0


@given(st.lists(st.binary(max_size=60)))
def test_whatever_else_comes_over_the_line_breaks_nothing(garbage: list[bytes]) -> None:
    lines, elements = LineReader("hv"), ElementReader("hv")
    for piece in garbage:
        assert np.all(lines.feed(piece, 0.0).frames.arbitration_id <= 0x1FFF_FFFF)
        assert np.all(elements.feed(piece).frames.length <= 64)
    answer = lines.feed(b"\r" + slcan_line((0x123, False, b"\1")), 0.0)
    assert as_sent(answer.frames)[-1] == (0x123, False, b"\1")


@pytest.mark.parametrize(
    ("line", "flags", "length"),
    [
        (b"d1238" + b"11" * 8, IS_FD, 8),
        (b"d123F" + b"11" * 64, IS_FD, 64),
        (b"b1239" + b"11" * 12, IS_FD | IS_BITRATE_SWITCHED, 12),
        (b"D000001231" + b"11", IS_FD | IS_EXTENDED, 1),
        (b"B00000123F" + b"11" * 64, IS_FD | IS_BITRATE_SWITCHED | IS_EXTENDED, 64),
        (b"b123f" + b"11" * 64, IS_FD | IS_BITRATE_SWITCHED, 64),
    ],
)
def test_can_fd_lines_carry_their_kind(line: bytes, flags: int, length: int) -> None:
    frames = LineReader("hv").feed(line + b"\r", 0.0).frames
    assert (frames.flags.tolist(), frames.length.tolist()) == ([flags], [length])
    assert next(iter(frames)).data == b"\x11" * length


def test_long_and_short_frames_share_a_batch() -> None:
    frames = LineReader("hv").feed(b"t1231AA\rd1239" + b"11" * 12 + b"\r", 0.0).frames
    assert [frame.data for frame in frames] == [b"\xaa", b"\x11" * 12]
    assert frames.data.shape == (2, 64)


def test_the_adapters_stamps_space_frames_that_were_read_together() -> None:
    sent = (0x100, False, b"\1\2")
    stream = b"".join(slcan_line(sent, stamp) for stamp in ("EA5C", "EA5F", "0003"))
    # 59,996, 59,999 and, after the full minute, 3 ms
    at_s = LineReader("hv").feed(stream, 100.0).frames.timestamp_s
    assert at_s.tolist() == pytest.approx([99.993, 99.996, 100.0])


@pytest.mark.parametrize(
    "line",
    [b"t12", b"t1239" + b"11" * 9, b"t1232AABB1", b"tXYZ1AA", b"t1231G0", b"t8001AA", b"hello"],
)
def test_an_unreadable_slcan_line_is_counted_and_its_neighbours_live(line: bytes) -> None:
    good = (0x123, False, b"\7")
    answer = LineReader("hv").feed(slcan_line(good) + line + b"\r" + slcan_line(good), 0.0)
    assert as_sent(answer.frames) == [good, good]
    assert answer.lost == 1


@pytest.mark.parametrize(
    "text",
    [
        b"< frame 123 1.0 1 >",
        b"< frame 123 nan 11 >",
        b"< frame XYZ 1.0 11 >",
        b"< frame 3FFFFFFF 1.0 11 >",
        b"< frame 123 1.0 112233445566778899 >",
        b"< frame 123 >",
        b"< what is this >",
    ],
)
def test_an_unreadable_element_is_counted_and_its_neighbours_live(text: bytes) -> None:
    good = (0x123, False, b"\7")
    answer = ElementReader("hv").feed(element(good) + text + element(good))
    assert as_sent(answer.frames) == [good, good]
    assert answer.lost == 1


def test_a_line_without_end_is_given_up_and_counted() -> None:
    reader = LineReader("hv")
    assert sum(reader.feed(b"t" * 50, 0.0).lost for _ in range(8)) == 2
    elements = ElementReader("hv")
    assert sum(elements.feed(b"<" * 100).lost for _ in range(8)) == 2


def test_answers_to_commands_are_neither_frames_nor_errors() -> None:
    reader = LineReader("hv")
    answer = reader.feed(b"\r\rz\rZ\rV1013\rNA123\r\ar12301\rR000001238\r", 0.0)
    assert (len(answer.frames), answer.errors, answer.lost) == (0, 0, 0)
    assert reader.refusals == 1
    quiet = ElementReader("hv").feed(b"< ok >< rtr 123 1.0 8 >< stat 1 2 3 4 >")
    assert (len(quiet.frames), quiet.errors, quiet.lost) == (0, 0, 0)


@pytest.mark.parametrize(
    ("line", "errors", "lost", "controller"),
    [
        (b"F00", 0, 0, None),
        (b"F80", 1, 0, None),
        (b"FA0", 1, 0, Controller.PASSIVE),
        (b"F01", 0, 1, None),
        (b"F08", 0, 1, None),
        (b"sp128000", 0, 0, Controller.PASSIVE),
        (b"sb000256", 0, 0, Controller.OFF),
        (b"sa000000", 0, 0, Controller.ACTIVE),
        (b"e2os", 1, 1, None),
    ],
)
def test_what_slcan_adapters_say_of_errors_is_understood(
    line: bytes, errors: int, lost: int, controller: Controller | None
) -> None:
    answer = LineReader("hv").feed(line + b"\r", 0.0)
    assert (answer.errors, answer.lost, answer.controller) == (errors, lost, controller)


def test_error_elements_name_their_class() -> None:
    answer = ElementReader("hv").feed(b"< error 088 1.0 >< error 040 1.0 >")
    assert (answer.errors, answer.controller) == (2, Controller.OFF)
    assert answer.detail == "error frame: bus off"
    told = ElementReader("hv").feed(b"< error could not open bus >")
    assert told.detail == "< error could not open bus"


def test_can_fd_elements_carry_their_kind() -> None:
    stream = b"< fdframe 123 01 1.5 %s >< fdframe 00000123 00 1.5 >" % (b"AB" * 64)
    frames = ElementReader("hv").feed(stream).frames
    switched = IS_FD | IS_BITRATE_SWITCHED
    assert frames.flags.tolist() == [switched, IS_FD | IS_EXTENDED]
    assert frames.length.tolist() == [64, 0]
    assert frames.timestamp_s.tolist() == [1.5, 1.5]
