"""Starts, watches and ends child processes, so that none outlives the house."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import structlog

from stationmaster.logs import DEFAULT_BYTES, LOG_BYTES, LOG_FILE, cut, is_full, shift

log = structlog.get_logger()

STOP_S = 3.0
"""Time a process gets to end by itself before it is killed; Ctrl-C must be done within 5 s."""
RESTART_PAUSE_S = 0.3
MAX_RESTART_PAUSE_S = 10.0
HEALTHY_S = 20.0
"""A process that lived this long is restarted at once again, not with a growing pause."""
FAILING_RESTARTS = 3
LOOK_AT_LOGS_S = 10.0


@dataclass(frozen=True, slots=True)
class Part:
    """A process of the house; its output goes to `<logs>/<name>.log`, which is kept small."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Child:
    part: Part
    process: subprocess.Popen[bytes]
    started_s: float
    pause_s: float = RESTART_PAUSE_S
    restart_at_s: float | None = None
    restarts: int = 0


def _start(part: Part, logs: Path, log_bytes: int) -> subprocess.Popen[bytes]:
    own_group: dict[str, object] = {"start_new_session": True}
    if sys.platform == "win32":
        own_group = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    logs.mkdir(parents=True, exist_ok=True)
    log_path = logs / f"{part.name}.log"
    limits = {LOG_FILE: str(log_path.resolve()), LOG_BYTES: str(log_bytes)}
    if is_full(log_path, log_bytes):
        with contextlib.suppress(OSError):
            shift(log_path)
    with log_path.open("ab") as output:
        return subprocess.Popen(  # type: ignore[call-overload,no-any-return]  # noqa: S603
            list(part.command),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **limits, **part.environment},
            **own_group,
        )


def ask_to_end(process: subprocess.Popen[bytes]) -> None:
    """Send the signal our processes take as "finish and go"."""
    with contextlib.suppress(ProcessLookupError, OSError):
        if sys.platform == "win32":
            process.send_signal(signal.CTRL_BREAK_EVENT)
        else:
            process.terminate()


class House:
    """The running parts, started in order, restarted when they die, ended in reverse order."""

    def __init__(self, folder: Path, log_bytes: int = DEFAULT_BYTES) -> None:
        self._logs = folder / "logs"
        self._log_bytes = log_bytes
        self._pids = folder / "processes.json"
        self._children: list[_Child] = []
        self._lock = threading.Lock()
        self._look_at_logs_s = 0.0

    def start(self, part: Part) -> None:
        """Start a part after those already started."""
        with self._lock:
            self._children.append(
                _Child(part, _start(part, self._logs, self._log_bytes), time.monotonic())
            )
            self._note_pids()

    def watch(self, stop: threading.Event) -> None:
        """Restart what dies until `stop` is set."""
        while not stop.wait(0.1):
            self._revive_dead()
            self._bound_logs()

    def _bound_logs(self) -> None:
        """Bound the logs of foreign programs; ours begin a new one long before."""
        now_s = time.monotonic()
        # an emptied file would begin with a hole where appending is not up to the system
        if sys.platform == "win32" or now_s < self._look_at_logs_s:
            return
        self._look_at_logs_s = now_s + LOOK_AT_LOGS_S
        with self._lock:
            paths = [self._logs / f"{child.part.name}.log" for child in self._children]
        for path in paths:
            if is_full(path, 2 * self._log_bytes):
                with contextlib.suppress(OSError):
                    cut(path)

    def _revive_dead(self) -> None:
        with self._lock:
            now_s = time.monotonic()
            for child in self._children:
                if child.process.poll() is None:
                    continue
                if child.restart_at_s is None:
                    if now_s - child.started_s > HEALTHY_S:
                        child.pause_s = RESTART_PAUSE_S
                    child.restart_at_s = now_s + child.pause_s
                    child.pause_s = min(child.pause_s * 2, MAX_RESTART_PAUSE_S)
                    code = child.process.returncode
                    log.warning("process ended, starting it again", name=child.part.name, code=code)
                if now_s >= child.restart_at_s:
                    child.process = _start(child.part, self._logs, self._log_bytes)
                    child.started_s, child.restart_at_s = now_s, None
                    child.restarts += 1
                    self._note_pids()

    def pids(self) -> dict[str, int]:
        """Process id of each part."""
        with self._lock:
            return {child.part.name: child.process.pid for child in self._children}

    def log_tail(self, name: str, lines: int = 15) -> str:
        """The last lines a part wrote."""
        path = self._logs / f"{name}.log"
        if not path.exists():
            return ""
        return "\n".join(path.read_text("utf-8", errors="replace").splitlines()[-lines:])

    def restarts(self, name: str) -> int:
        """How often a part had to be started again."""
        with self._lock:
            return sum(child.restarts for child in self._children if child.part.name == name)

    def failing(self) -> str | None:
        """A part that had to be started again `FAILING_RESTARTS` times, or None."""
        with self._lock:
            names = (c.part.name for c in self._children if c.restarts >= FAILING_RESTARTS)
            return next(names, None)

    def stop(self) -> None:
        """Ask every part to end, last started first, and kill what does not within `STOP_S`."""
        with self._lock:
            for child in reversed(self._children):
                if child.process.poll() is None:
                    ask_to_end(child.process)
            deadline_s = time.monotonic() + STOP_S
            for child in reversed(self._children):
                try:
                    child.process.wait(max(0.0, deadline_s - time.monotonic()))
                except subprocess.TimeoutExpired:
                    log.warning("process did not end and was killed", name=child.part.name)
                    child.process.kill()
                    child.process.wait()
            self._children.clear()
            self._pids.unlink(missing_ok=True)

    def _note_pids(self) -> None:
        processes = [
            {"name": child.part.name, "pid": child.process.pid, "born": _born(child.process.pid)}
            for child in self._children
        ]
        me = {"name": "house", "pid": os.getpid(), "born": _born(os.getpid())}
        draft = self._pids.with_suffix(".draft")
        draft.write_text(json.dumps([me, *processes]), "utf-8")
        draft.replace(self._pids)


def _born(pid: int) -> float:
    try:
        return float(psutil.Process(pid).create_time())
    except psutil.NoSuchProcess:
        return 0.0


def _alive(entry: Mapping[str, object]) -> psutil.Process | None:
    """The process of a note, unless it is gone or its number now belongs to another one.

    One that ended and that nobody waits for is gone too: containers without an init keep such.
    """
    try:
        process = psutil.Process(int(str(entry["pid"])))
        same = abs(process.create_time() - float(str(entry["born"]))) < 1.0
        lives = same and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return None
    return process if lives else None


def running_house(folder: Path) -> int | None:
    """Process id of the house that is running on this folder, or None."""
    for entry in _notes(folder):
        if entry["name"] == "house":
            process = _alive(entry)
            return process.pid if process else None
    return None


def end_leftovers(folder: Path) -> int:
    """End the parts of a house that was killed and could not tidy up; returns how many."""
    left = [process for entry in _notes(folder) if (process := _alive(entry))]
    for process in left:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.terminate()
    _, stubborn = psutil.wait_procs(left, timeout=STOP_S)
    for process in stubborn:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    return len(left)


def _notes(folder: Path) -> list[dict[str, object]]:
    try:
        notes: list[dict[str, object]] = json.loads((folder / "processes.json").read_text("utf-8"))
    except (OSError, ValueError):
        return []
    return notes
