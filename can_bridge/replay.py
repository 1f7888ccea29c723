"""Recorded traffic on a bus of its own, at the pace it was recorded or a multiple of it."""

import threading
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import can
import numpy as np

from can_bridge.decoding.frames import FrameDecoder
from can_bridge.frames import Frame
from can_bridge.logs.reading import read_batches

LONGEST_PAUSE_S = 5.0
"""Chosen: a gap in a recording is shortened to this, before the speed is applied."""
_BURST_S = 0.01


@dataclass(frozen=True, slots=True)
class ReplayCount:
    """What was sent."""

    frames: int
    seconds_of_log: float


def best_channel(path: Path, decoder: FrameDecoder) -> str | None:
    """The channel with the most frames of the DBC, None when the log has only one channel.

    Raises:
        UnreadableLog: the log cannot be read.
    """
    seen: Counter[int | str] = Counter()
    known: Counter[int | str] = Counter()
    for batch in read_batches(path):
        for counts, weights in ((seen, None), (known, decoder.knows(batch))):
            of_each = np.bincount(batch.channel, weights, len(batch.channels))
            counts.update(dict(zip(batch.channels, of_each.tolist(), strict=True)))
    # a batch may name channels of which it holds no frame
    seen = +seen
    if len(seen) < 2:  # noqa: PLR2004 -- nothing to choose
        return None
    return str(max(seen, key=lambda channel: known[channel] / seen[channel]))


class Replay:
    """Sends a log's frames on a virtual bus in real time.

    Timestamps may go backwards, between channels and within one: then the frame is sent at once
    and the pace goes on from the latest moment seen.
    """

    def __init__(self, path: Path, channel: str | None, speed: float) -> None:
        if not speed > 0:
            raise ValueError(f"speed {speed}: expected a number above 0")
        self._path = path
        self._channel = channel
        self._speed = speed

    def run(
        self, virtual_channel: str, stop: threading.Event, monotonic_s: Callable[[], float]
    ) -> ReplayCount:
        """Send on that virtual bus of this process until the log ends or until told to stop."""
        with can.Bus(channel=virtual_channel, interface="virtual") as bus:
            return self._send_on(bus, stop, monotonic_s)

    def _send_on(
        self, bus: can.BusABC, stop: threading.Event, monotonic_s: Callable[[], float]
    ) -> ReplayCount:
        frames = 0
        log_s = 0.0
        start_s = monotonic_s()
        for offset_s, frame in _paced(self._frames()):
            due_s = start_s + offset_s / self._speed
            log_s = offset_s
            wait_s = due_s - monotonic_s()
            # short waits are gathered into bursts: a wake-up per frame costs more than the frame
            if wait_s > _BURST_S and stop.wait(wait_s):
                break
            bus.send(
                can.Message(
                    arbitration_id=frame.arbitration_id,
                    is_extended_id=frame.is_extended_id,
                    data=frame.data,
                    is_fd=len(frame.data) > 8,  # noqa: PLR2004 -- classic CAN
                )
            )
            frames += 1
        return ReplayCount(frames, log_s)

    def _frames(self) -> Iterable[Frame]:
        for batch in read_batches(self._path, self._channel):
            yield from batch


def _paced(frames: Iterable[Frame]) -> Iterable[tuple[float, Frame]]:
    """Frames with their moment in seconds since the first, never going back."""
    latest: float | None = None
    offset_s = 0.0
    for frame in frames:
        if latest is None:
            latest = frame.timestamp
        elif frame.timestamp > latest:
            offset_s += min(frame.timestamp - latest, LONGEST_PAUSE_S)
            latest = frame.timestamp
        yield offset_s, frame
