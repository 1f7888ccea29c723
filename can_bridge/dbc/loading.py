"""DBC files as people really have them: loaded without loss, or with every loss named."""

import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from can_bridge.dbc.parsing_child import Answer
from can_bridge.dbc.parsing_process import OutOfLimits, ParsingProcess
from can_bridge.dbc.remarks import Remark, Severity
from can_bridge.errors import UnreadableDbc

if TYPE_CHECKING:
    from cantools.database.can import Database

MAX_FILE_BYTES = 16 * 1024 * 1024
_REMEMBERED = 8


@dataclass(frozen=True, slots=True)
class Dbc:
    """A loaded DBC with what had to be done to it.

    Attributes:
        remarks: everything worth saying, by line.
        renamed: published names to those in the model, where a DBC may not have them.
    """

    path: Path
    encoding: str
    remarks: tuple[Remark, ...]
    database: "Database"
    renamed: dict[str, str] = field(default_factory=dict)

    @property
    def repairs(self) -> tuple[Remark, ...]:
        """What was changed so that the file could be read."""
        return _of(self.remarks, Severity.REPAIR)

    @property
    def warnings(self) -> tuple[Remark, ...]:
        """What is doubtful, but was kept as it is."""
        return _of(self.remarks, Severity.WARNING)

    @property
    def lost(self) -> tuple[Remark, ...]:
        """Messages and signals that could not be kept."""
        return _of(self.remarks, Severity.LOST)


@dataclass(frozen=True, slots=True)
class CheckedDbc:
    """What a DBC holds and what is wrong with it, without the model."""

    path: Path
    encoding: str
    messages: int
    signals: int
    remarks: tuple[Remark, ...]

    @property
    def lost(self) -> tuple[Remark, ...]:
        """Messages and signals that could not be kept."""
        return _of(self.remarks, Severity.LOST)


def load_dbc(path: Path) -> Dbc:
    """Read a DBC as published, mending what cantools cannot read or would misread.

    A file that was loaded before is not parsed again: callers share one model and must not change
    it. Parsing takes place in a child process, at most 10 s and 512 MiB.

    Raises:
        UnreadableDbc: no such file, too large, beyond the limits, or nothing in it can be read.
    """
    raw = _read(path)
    digest = hashlib.sha256(raw).digest()
    answer = _memory.find(digest)
    if answer is None:
        answer = _parsed(path, raw, with_model=True)
        _memory.keep(digest, answer)
    if answer.database is None:
        raise UnreadableDbc(path, answer.refused)
    renamed = dict(answer.renamed)
    return Dbc(path, answer.encoding, answer.remarks, answer.database, renamed)


def check_dbc(path: Path) -> CheckedDbc:
    """What `load_dbc` would find, without keeping the model.

    Raises:
        UnreadableDbc: as `load_dbc`.
    """
    answer = _parsed(path, _read(path), with_model=False)
    if answer.refused:
        raise UnreadableDbc(path, answer.refused)
    return CheckedDbc(path, answer.encoding, answer.messages, answer.signals, answer.remarks)


def _of(remarks: tuple[Remark, ...], severity: Severity) -> tuple[Remark, ...]:
    return tuple(one for one in remarks if one.severity is severity)


def _parsed(path: Path, raw: bytes, *, with_model: bool) -> Answer:
    try:
        return _process.parse(raw, with_model=with_model)
    except OutOfLimits as beyond:
        raise UnreadableDbc(path, str(beyond)) from beyond


def _read(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > MAX_FILE_BYTES:
            raise UnreadableDbc(path, f"{size} bytes, at most {MAX_FILE_BYTES}")
        return path.read_bytes()
    except OSError as missing:
        raise UnreadableDbc(path, missing.strerror or str(missing)) from missing


class _Memory:
    """The last few answers; six benches of one kind then parse their DBC once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answers: OrderedDict[bytes, Answer] = OrderedDict()

    def find(self, digest: bytes) -> Answer | None:
        with self._lock:
            if digest in self._answers:
                self._answers.move_to_end(digest)
            return self._answers.get(digest)

    def keep(self, digest: bytes, answer: Answer) -> None:
        with self._lock:
            self._answers[digest] = answer
            if len(self._answers) > _REMEMBERED:
                self._answers.popitem(last=False)


_memory = _Memory()
_process = ParsingProcess()
