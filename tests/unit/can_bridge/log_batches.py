"""Frames of every kind, made from a seed, for tests of writers and recorders."""

import numpy as np

from can_bridge.frames import (
    IS_BITRATE_SWITCHED,
    IS_ERROR,
    IS_EXTENDED,
    IS_FD,
    IS_REMOTE,
    IS_SENDER_PASSIVE,
    IS_SENT,
    FrameBatch,
)

DATE_S = 1_700_000_000.0


def any_frames(
    seed: int,
    count: int = 60,
    *,
    start_s: float = DATE_S,
    has_fd: bool = True,
    has_others: bool = True,
    channels: tuple[int | str, ...] = (0, 1),
) -> FrameBatch:
    """Rising whole microseconds; data, FD, remote and error frames on these channels."""
    pick = np.random.default_rng(seed)
    is_extended = pick.random(count) < 0.4
    is_error = (pick.random(count) < 0.05) & has_others
    is_remote = ~is_error & (pick.random(count) < 0.05) & has_others
    is_fd = ~is_error & ~is_remote & (pick.random(count) < 0.3) & has_fd
    length = np.where(
        is_fd, pick.choice([0, 3, 8, 12, 24, 64], count), pick.integers(0, 9, count)
    ).astype(np.uint8)
    length[is_error] = 0
    flags = np.zeros(count, np.uint8)
    flags[is_extended & ~is_error] |= IS_EXTENDED
    flags[(pick.random(count) < 0.2) & ~is_error] |= IS_SENT
    flags[is_fd] |= IS_FD
    flags[is_fd & (pick.random(count) < 0.5)] |= IS_BITRATE_SWITCHED
    flags[is_fd & (pick.random(count) < 0.2)] |= IS_SENDER_PASSIVE
    flags[is_remote] |= IS_REMOTE
    flags[is_error] |= IS_ERROR
    identifier = np.where(
        is_extended, pick.integers(0, 1 << 29, count), pick.integers(0, 1 << 11, count)
    ).astype(np.uint32)
    identifier[is_error] = 0
    width = 64 if is_fd.any() else 8
    data = pick.integers(0, 256, (count, width), dtype=np.uint8)
    data[np.arange(width) >= np.where(is_remote, 0, length)[:, None]] = 0
    steps_us = np.cumsum(pick.integers(1, 5_000, count))
    return FrameBatch(
        start_s + steps_us / 1e6,
        identifier,
        flags,
        length,
        data,
        pick.integers(0, len(channels), count).astype(np.int16),
        channels,
    )


def content(batch: FrameBatch) -> list[tuple[object, ...]]:
    """All a frame has, for comparison; times to the tenth of a microsecond."""
    raw, width = batch.data.tobytes(), batch.data.shape[1]
    return [
        (
            round(float(batch.timestamp_s[row]), 6),
            str(batch.channels[batch.channel[row]]),
            int(batch.arbitration_id[row]),
            int(batch.flags[row]),
            int(batch.length[row]),
            raw[row * width : row * width + int(batch.length[row])],
        )
        for row in range(len(batch))
    ]
