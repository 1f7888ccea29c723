"""Keeps the raw frames of a running bridge on disk, beside the bridge's own thread."""

import logging
import threading
from collections.abc import Sequence
from pathlib import Path

from can_bridge.frames import FrameBatch
from can_bridge.judgement import KeptStates
from can_bridge.recording.blocks import encoded
from can_bridge.recording.segments import RecordingCounts, SegmentWriter
from can_bridge.recording.wall_clock import WallClock
from telemetry.contract.payloads import DurableMessage

log = logging.getLogger(__name__)

FLUSH_S = 1.0
"""Chosen: what a killed bridge loses at most."""
LONGEST_BACKLOG = 200_000
"""Chosen: frames kept while the disk is held up, 16 s of three saturated 500 kbit/s buses."""
_KEEP_COUNTS_EVERY = 10
_END_TIMEOUT_S = 10.0


def recording_folder(spool_folder: Path, bench: str) -> Path:
    """Where the segments of a bench are."""
    return spool_folder / "recordings" / bench


class FrameRecorder:
    """Sees every frame of a bench and writes them once a second in a thread of its own.

    Times are put on the wall clock, so that a recording can be cut by the time of day whatever
    the adapter counts from. Neither a full nor a slow disk holds the bridge up: what cannot be
    kept is counted.
    """

    def __init__(self, segments: SegmentWriter) -> None:
        self._segments = segments
        self._clocks: dict[str, WallClock] = {}
        self._lock = threading.Lock()
        self._waiting: list[FrameBatch] = []
        self._waiting_frames = 0
        self._given_up = 0
        self._now_ms = 0
        self._flushes = 0
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def counts(self) -> RecordingCounts:
        """What became of the frames, since the bench's folder was made."""
        return self._segments.counts

    def take(self, bus: str, batch: FrameBatch, now_ms: int) -> None:
        """Keep frames for the next writing."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
            self._thread.start()
        clock = self._clocks.setdefault(bus, WallClock())
        timed = batch.at_times(clock.times(batch.timestamp_s, now_ms)).on_channel(bus)
        with self._lock:
            self._now_ms = now_ms
            if self._waiting_frames + len(timed) > LONGEST_BACKLOG:
                self._given_up += len(timed)
            else:
                self._waiting.append(timed)
                self._waiting_frames += len(timed)

    def due(self, now_ms: int) -> Sequence[DurableMessage]:  # noqa: ARG002 -- the seam's signature
        """A recorder has nothing to say."""
        return ()

    def states(self) -> dict[str, bytes]:
        """Its files are its state."""
        return {}

    def restore(self, kept: KeptStates) -> None:
        """Its files are its state: a refused commit of the spool changes nothing in them."""

    def close(self, now_ms: int) -> Sequence[DurableMessage]:  # noqa: ARG002 -- the seam's signature
        """Write what is left."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join(_END_TIMEOUT_S)
            if self._thread.is_alive():
                log.warning("the disk holds up the recording; its last seconds may be missing")
                return ()
        self.flush()
        self._segments.close()
        return ()

    def flush(self) -> None:
        """Write what was taken since the last time."""
        with self._lock:
            waiting, self._waiting, self._waiting_frames = self._waiting, [], 0
            given_up, self._given_up = self._given_up, 0
            now_ms = self._now_ms
        if given_up:
            self._segments.lose(given_up, "the disk is too slow")
        if waiting:
            joined = FrameBatch.joined(waiting).sorted_by_time()
            self._segments.append(encoded(joined, now_ms), len(joined), now_ms)
        self._flushes += 1
        if self._flushes % _KEEP_COUNTS_EVERY == 0 or given_up:
            self._segments.keep_counts()

    def _run(self) -> None:
        while not self._ended.wait(FLUSH_S):
            self.flush()
