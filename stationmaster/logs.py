"""How our processes log: one JSON object a line, with the process's name; files of bounded size."""

import contextlib
import logging
import os
import shutil
import sys
import threading
from pathlib import Path
from typing import TextIO

import structlog

LOG_FILE = "STATIONMASTER_LOG_FILE"
"""Environment variable by which the house tells a part where its output goes."""
LOG_BYTES = "STATIONMASTER_LOG_BYTES"
DEFAULT_BYTES = 10_000_000
KEPT_FILES = 4
"""Chosen: with the present one 50 MB a process, about a week of a house with much trouble."""


def log_as(process: str) -> None:
    """Set up logging of this process; call it once, first.

    A part of a house begins a new file by itself when its log is full; everything else it writes,
    such as a traceback, goes into the same file.
    """
    output = _output()
    logging.basicConfig(level=logging.WARNING, stream=output, format="%(name)s: %(message)s")
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(output),
    )
    structlog.contextvars.bind_contextvars(process=process)


def shift(path: Path) -> None:
    """Make room for a new log: `x.log` becomes `x.log.1` and so on, the oldest one goes."""
    for number in range(KEPT_FILES, 0, -1):
        older = path.with_name(f"{path.name}.{number}")
        newer = path.with_name(f"{path.name}.{number - 1}") if number > 1 else path
        with contextlib.suppress(FileNotFoundError):
            newer.replace(older)


def is_full(path: Path, limit_bytes: int) -> bool:
    """Whether a log has reached its size."""
    try:
        return path.stat().st_size >= limit_bytes
    except FileNotFoundError:
        return False


class BoundedOutput:
    """Standard error that goes into a file; when it is full, both outputs go on in a new one."""

    def __init__(self, stream: TextIO, path: Path, limit_bytes: int) -> None:
        self._stream = stream
        self._path = path
        self._limit_bytes = limit_bytes
        self._lock = threading.Lock()

    def write(self, text: str) -> int:
        """Write and, behind a whole line, begin a new file if this one is full."""
        with self._lock:
            written = self._stream.write(text)
            if text.endswith("\n"):
                self._stream.flush()
                if os.fstat(self._stream.fileno()).st_size >= self._limit_bytes:
                    self._begin_anew()
            return written

    def flush(self) -> None:
        """Hand everything to the system."""
        self._stream.flush()

    def _begin_anew(self) -> None:
        outputs = {1, self._stream.fileno()}
        is_ours = self._is_present_file()
        # Windows moves no file that is open: for a moment output goes nowhere
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for output in outputs:
            os.dup2(nowhere, output)
        os.close(nowhere)
        # a log that can't be moved goes on growing, which is better than a process that ends
        with contextlib.suppress(OSError):
            if is_ours:
                shift(self._path)
        with contextlib.suppress(OSError):
            opened = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
            for output in outputs:
                os.dup2(opened, output)
            os.close(opened)

    def _is_present_file(self) -> bool:
        """Whether we still write the present file; a child of ours may have begun another."""
        try:
            return os.path.samestat(os.fstat(self._stream.fileno()), self._path.stat())
        except OSError:
            return False


def cut(path: Path) -> None:
    """Bound the log of a program that can't begin a new one itself: copy it away and empty it.

    What is written between the two steps is lost; it must have opened the file for appending.
    """
    shutil.copyfile(path, path.with_name(f"{path.name}.1"))
    os.truncate(path, 0)


def _output() -> TextIO:
    path = os.environ.get(LOG_FILE)
    if not path:
        return sys.stderr
    limit = int(os.environ.get(LOG_BYTES) or DEFAULT_BYTES)
    # what writes to it needs no more than these two methods
    return BoundedOutput(sys.stderr, Path(path), limit)  # type: ignore[return-value]
