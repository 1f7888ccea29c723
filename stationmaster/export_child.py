"""The process that makes one export: told by a line on its input, tells by lines on its output.

It ends when its input does, so that it never outlives the server that started it.
"""

import os
import sys
import threading
from contextlib import closing
from pathlib import Path

import msgspec

from inventory.exports.rules import ExportTrouble
from stationmaster.settings import Settings
from stationmaster.stores import open_reader
from telemetry.export.running import ExportTooLarge, ExportUnsettled, Progress, Wish, export
from telemetry.store.port import StoreUnavailable

TROUBLES: tuple[tuple[type[Exception], ExportTrouble], ...] = (
    (ExportTooLarge, ExportTrouble.TOO_LARGE),
    (ExportUnsettled, ExportTrouble.UNSETTLED),
    (StoreUnavailable, ExportTrouble.NO_STORE),
    (OSError, ExportTrouble.NO_DISK),
)


class Task(msgspec.Struct, frozen=True):
    """What is to be made, and where; the store is the installation's."""

    path: str
    wish: Wish


class Told(msgspec.Struct, frozen=True):
    """A line of the child; the last one has `is_done` or a trouble."""

    rows_done: int = 0
    rows_total: int | None = None
    size_bytes: int = 0
    is_done: bool = False
    trouble: ExportTrouble | None = None


def main() -> None:
    """Read the task, make the file."""
    task = msgspec.json.decode(sys.stdin.buffer.readline(), type=Task)
    threading.Thread(target=_end_with_input, daemon=True).start()
    try:
        with closing(open_reader(Settings())) as reader:
            done = export(reader, task.wish, Path(task.path), lambda now: _tell(_told(now)))
        _tell(msgspec.structs.replace(_told(done), is_done=True))
    except tuple(kind for kind, _ in TROUBLES) as failed:
        _tell(Told(trouble=next(why for kind, why in TROUBLES if isinstance(failed, kind))))


def _told(progress: Progress) -> Told:
    return Told(progress.rows_done, progress.rows_total, progress.size_bytes)


def _tell(told: Told) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(told) + b"\n")
    sys.stdout.buffer.flush()


def _end_with_input() -> None:
    sys.stdin.buffer.read()
    os._exit(1)


if __name__ == "__main__":
    main()
