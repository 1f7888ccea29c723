"""From what a receive path reads to columns, many frames at once."""

import numpy as np
from numpy.typing import NDArray

from can_bridge.frames import CLASSIC_BYTES, FD_BYTES, FrameBatch


def batch_of(
    channel: str,
    timestamp_s: NDArray[np.float64],
    arbitration_id: NDArray[np.uint32],
    flags: NDArray[np.uint8],
    payloads: list[bytes],
) -> FrameBatch:
    """Columns of frames whose payloads are single byte strings of at most 64 bytes."""
    lengths = [len(payload) for payload in payloads]
    width = FD_BYTES if max(lengths, default=0) > CLASSIC_BYTES else CLASSIC_BYTES
    padded = b"".join([payload.ljust(width, b"\0") for payload in payloads])
    return FrameBatch(
        timestamp_s,
        arbitration_id,
        flags,
        np.array(lengths, np.uint8),
        np.frombuffer(padded, np.uint8).reshape(len(payloads), width),
        np.zeros(len(payloads), np.int16),
        (channel,),
    )
