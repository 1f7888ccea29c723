"""Parsing in a child process with limits; the parent's side."""

import atexit
import contextlib
import os
import pickle
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import IO, cast

import psutil

from can_bridge.dbc.parsing_child import (
    HEADER,
    MAX_MEMORY_BYTES,
    MAX_SECONDS,
    WITH_MODEL,
    WITHOUT_MODEL,
    Answer,
    main,
)

_RUN_CHILD = f"from {main.__module__} import main; main()"
_POLL_S = 0.05
_IDLE_S = 5.0
"""How long a child waits for the next file: a start loads a few in a row, then none for hours."""
_FRESH_BYTES = 128 * 1024 * 1024
"""A child that holds more after its answer is not used again."""
_MOST_ANSWER_BYTES = 256 * 1024 * 1024


class OutOfLimits(Exception):
    """The child was ended, or ended by itself, before it answered; the text says why."""


class ParsingProcess:
    """One child at a time, started when needed, ended when idle, replaced after a failure.

    May be used from any thread; requests wait for each other. The child reads until its input
    ends, so it ends with its parent however that ends.
    """

    def __init__(
        self,
        max_seconds: float = MAX_SECONDS,
        max_memory_bytes: int = MAX_MEMORY_BYTES,
        idle_s: float = _IDLE_S,
    ) -> None:
        self._max_seconds = max_seconds
        self._max_memory_bytes = max_memory_bytes
        self._idle_s = idle_s
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._owner = os.getpid()
        self._idle: threading.Timer | None = None
        atexit.register(self.close)

    @property
    def child_pid(self) -> int | None:
        """The process id of the child, while there is one."""
        child = self._child
        return None if child is None else child.pid

    def parse(self, raw: bytes, *, with_model: bool = True) -> Answer:
        """Parse one file within the limits.

        Raises:
            OutOfLimits: too long, too much memory, or the child died.
        """
        request = (WITH_MODEL if with_model else WITHOUT_MODEL) + raw
        with self._lock:
            self._stop_idling()
            try:
                pickled = self._ask(request)
                answer = pickle.loads(pickled)  # noqa: S301 -- by our own code in our own child
            except BaseException:
                # also on Ctrl-C: a late answer must not meet the next request
                self._end(kill=True)
                raise
            if answer.refused or self._memory_bytes() > _FRESH_BYTES:
                # what one file left behind must not count against the next
                self._end(kill=True)
            else:
                self._start_idling()
        return cast("Answer", answer)

    def close(self) -> None:
        """End the child; the next request starts another."""
        with self._lock:
            self._stop_idling()
            self._end(kill=False)

    def _ask(self, request: bytes) -> bytes:
        deadline = time.monotonic() + self._max_seconds
        child = self._running()
        answers: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        exchange = threading.Thread(
            target=_exchange, args=(child, request, answers.put), daemon=True
        )
        exchange.start()
        while True:
            try:
                pickled = answers.get(timeout=_POLL_S)
            except queue.Empty:
                self._check_limits(deadline)
                continue
            if not pickled:
                raise OutOfLimits("the process that reads it ended unexpectedly")
            return pickled

    def _check_limits(self, deadline: float) -> None:
        if time.monotonic() > deadline:
            raise OutOfLimits(f"reading it takes longer than {self._max_seconds:g} s")
        if self._memory_bytes() > self._max_memory_bytes:
            mebibytes = self._max_memory_bytes // 1024 // 1024
            raise OutOfLimits(f"reading it takes more than {mebibytes} MiB of memory")

    def _memory_bytes(self) -> int:
        with contextlib.suppress(psutil.Error):
            return psutil.Process(self.child_pid).memory_info().rss if self._child else 0
        return 0

    def _running(self) -> subprocess.Popen[bytes]:
        if self._owner != os.getpid():  # after a fork the child belongs to the other process
            self._child, self._owner = None, os.getpid()
        if self._child is not None and self._child.poll() is not None:
            self._end(kill=False)
        if self._child is None:
            self._child = subprocess.Popen(  # noqa: S603 -- our own module, no shell
                [sys.executable, "-P", "-c", _RUN_CHILD],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        return self._child

    def _start_idling(self) -> None:
        self._idle = threading.Timer(self._idle_s, self.close)
        self._idle.daemon = True
        self._idle.start()

    def _stop_idling(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None

    def _end(self, *, kill: bool) -> None:
        child, self._child = self._child, None
        if child is None or self._owner != os.getpid():
            return
        if kill:
            child.kill()
        with contextlib.suppress(OSError):
            _sending(child).close()
        try:
            child.wait(timeout=2.0)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        _answering(child).close()


def _exchange(
    child: subprocess.Popen[bytes], request: bytes, answered: Callable[[bytes], None]
) -> None:
    """Send a request and hand on the answer; nothing where the child ended instead."""
    try:
        sending, answering = _sending(child), _answering(child)
        sending.write(HEADER.pack(len(request)))
        sending.write(request)
        sending.flush()
        header = answering.read(HEADER.size)
        size = HEADER.unpack(header)[0] if len(header) == HEADER.size else 0
        answered(answering.read(size) if size <= _MOST_ANSWER_BYTES else b"")
    except (OSError, ValueError):  # ended or closed meanwhile
        answered(b"")


def _sending(child: subprocess.Popen[bytes]) -> IO[bytes]:
    assert child.stdin is not None  # noqa: S101 -- it is a pipe
    return child.stdin


def _answering(child: subprocess.Popen[bytes]) -> IO[bytes]:
    assert child.stdout is not None  # noqa: S101 -- it is a pipe
    return child.stdout
