import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from can_bridge.frames import IS_ERROR, IS_FD, Frame, FrameBatch

FRAMES = st.lists(
    st.builds(
        Frame,
        st.floats(-1e9, 2e9),
        st.sampled_from([0, 1, "vcan0"]),
        st.integers(0, 0x1FFFFFFF),
        st.booleans(),
        st.binary(max_size=64),
    ),
    max_size=20,
)


@given(FRAMES)
def test_frames_survive_being_put_into_columns_and_taken_out_again(frames: list[Frame]) -> None:
    assert list(FrameBatch.of(frames)) == frames


@given(st.lists(FRAMES, max_size=4))
def test_joined_batches_hold_the_frames_of_all_in_order(parts: list[list[Frame]]) -> None:
    joined = FrameBatch.joined([FrameBatch.of(part) for part in parts])
    assert list(joined) == [frame for part in parts for frame in part]


def test_frames_longer_than_eight_bytes_are_can_fd() -> None:
    batch = FrameBatch.of([Frame(0.0, 0, 1, False, b"12345678"), Frame(0.0, 0, 1, False, bytes(9))])
    assert (batch.flags & IS_FD).tolist() == [0, int(IS_FD)]


def test_more_than_64_bytes_are_refused() -> None:
    with pytest.raises(ValueError, match="65 bytes"):
        FrameBatch.of([Frame(0.0, 0, 1, False, bytes(65))])


def test_error_frames_are_no_data_frames() -> None:
    batch = FrameBatch.of([Frame(float(n), 0, n, False, b"\1") for n in range(3)])
    batch.flags[1] |= IS_ERROR
    assert batch.data_frames().arbitration_id.tolist() == [0, 2]
    assert np.shares_memory(batch.where(batch.flags == 0).channel, batch.channel) is False
