"""Frames between the thread that receives and the thread that decodes."""

import threading
from collections import deque

import numpy as np

from can_bridge.frames import FrameBatch

LONGEST_BACKLOG = 100_000
"""Frames kept while the bridge is held up; 12 s of a saturated 1 Mbit/s bus. More are refused."""


class Backlog:
    """A bounded queue of batches; one thread puts, one takes."""

    def __init__(self, limit: int = LONGEST_BACKLOG) -> None:
        self._limit = limit
        self._batches: deque[FrameBatch] = deque()
        self._frames = 0
        self._lock = threading.Lock()

    def put(self, batch: FrameBatch) -> int:
        """Keep what there is room for; the number of frames refused, which are the latest."""
        with self._lock:
            refused = max(0, self._frames + len(batch) - self._limit)
            kept = batch.where(np.arange(len(batch)) < len(batch) - refused) if refused else batch
            if len(kept):
                self._batches.append(kept)
                self._frames += len(kept)
        return refused

    def take(self) -> FrameBatch:
        """Everything put since the last call, in order."""
        with self._lock:
            batches = list(self._batches)
            self._batches.clear()
            self._frames = 0
        return FrameBatch.joined(batches)
