"""What was recorded of a bench, by wall-clock time, for export."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from can_bridge.frames import FrameBatch
from can_bridge.recording.blocks import read_blocks
from can_bridge.recording.segments import Segment, segments_in

LATE_MS = 60_000
"""Chosen: how much later than its frames a block may have been written."""


@dataclass
class Recording:
    """The frames of a bench between two wall-clock moments, half-open, seconds since 1970.

    `damaged` names segments whose end is cut off, as a kill leaves it; read up to there.
    """

    folder: Path
    from_s: float = -np.inf
    to_s: float = np.inf
    damaged: set[Path] = field(default_factory=set)

    def segments(self) -> list[Segment]:
        """The segments that may hold such frames, oldest first."""
        every = segments_in(self.folder)
        ends = [*(after.begun_at_ms for after in every[1:]), np.inf]
        return [
            segment
            for segment, end_ms in zip(every, ends, strict=False)
            if segment.begun_at_ms - LATE_MS < self.to_s * 1000
            and max(end_ms, segment.begun_at_ms) + LATE_MS > self.from_s * 1000
        ]

    def batches(self) -> Iterator[FrameBatch]:
        """The frames, in order of time but for clocks that were set back."""
        for segment in self.segments():
            try:
                yield from self._batches(segment)
            except FileNotFoundError:
                # the bridge goes on recording and made room meanwhile
                self.damaged.add(segment.path)

    def _batches(self, segment: Segment) -> Iterator[FrameBatch]:
        for block in read_blocks(segment.path):
            if block is None:
                self.damaged.add(segment.path)
                return
            times = block.frames.timestamp_s
            chosen = block.frames.where((times >= self.from_s) & (times < self.to_s))
            if len(chosen):
                yield chosen
