"""Reading MDF files in a child process: a file that crashes its reader costs nobody else."""

import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from can_bridge.errors import UnreadableLog
from can_bridge.frames import FrameBatch
from can_bridge.logs.lines import LineCounts
from can_bridge.logs.mf4 import Refusal, main

LONGEST_SILENCE_S = 120.0
"""Chosen: a file of some GB opens within seconds; damaged links can go round for ever."""
_RUN_CHILD = f"from {main.__module__} import main; main()"


class Mf4Batches:
    """Reads the CAN groups of a file once, merged by time; channels as the file numbers them."""

    def __init__(self, path: Path, longest_silence_s: float = LONGEST_SILENCE_S) -> None:
        self.counts = LineCounts()
        self._path = path
        self._longest_silence_s = longest_silence_s

    def __iter__(self) -> Iterator[FrameBatch]:
        """All frames, error and remote frames too, on the clock of the file's start.

        Raises:
            UnreadableLog: not an MDF 4, damaged, without CAN bus logging, or its reader crashed.
        """
        child = subprocess.Popen(  # noqa: S603 -- our own module, no shell
            [sys.executable, "-P", "-c", _RUN_CHILD, str(self._path.absolute())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        assert child.stdout is not None  # noqa: S101 -- a pipe was asked for
        try:
            with child.stdout as answers:
                while isinstance(answer := self._next(child, answers), FrameBatch):
                    yield answer
        finally:
            child.kill()
            child.wait()
        if isinstance(answer, Refusal):
            raise UnreadableLog(self._path, answer.reason)
        self.counts.take(answer)

    def _next(
        self, child: subprocess.Popen[bytes], answers: IO[bytes]
    ) -> FrameBatch | LineCounts | Refusal:
        watch = threading.Timer(self._longest_silence_s, child.kill)
        watch.daemon = True
        watch.start()
        try:
            answer = pickle.load(answers)  # noqa: S301 -- by our own code in our own child
        except (EOFError, pickle.UnpicklingError):
            return Refusal("damaged MDF: the process that reads it ended unexpectedly")
        finally:
            watch.cancel()
        assert isinstance(answer, FrameBatch | LineCounts | Refusal)  # noqa: S101 -- see main
        return answer
