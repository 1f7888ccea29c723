"""Arming is an act on the bench's own computer: a file in its data folder, taken once.

Who can write there sits at that computer under the account the bridge runs as; nothing that comes
over the network leads here.
"""

import contextlib
import os
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from telemetry.contract.topics import check_bench_code

FRESH_S = 10.0
"""A request that no running bridge took within this time is void: nobody arms for later."""


class ArmingRequest(msgspec.Struct, frozen=True):
    """What the file says; 0 seconds disarm. `written_at_s` is the wall clock, since 1970."""

    for_s: float
    written_at_s: float


class ArmingFolder:
    """Requests of the benches of this computer, one file each."""

    def __init__(self, folder: Path, now_s: Callable[[], float] = time.time) -> None:
        self._folder = folder
        self._now_s = now_s

    def request(self, bench: str, for_s: float) -> None:
        """Ask the running bridge of a bench to arm (0: to disarm).

        Raises:
            OSError: the folder cannot be written.
        """
        path = self._path(bench)
        path.parent.mkdir(parents=True, exist_ok=True)
        content = msgspec.json.encode(ArmingRequest(for_s, self._now_s()))
        half_written = path.with_suffix(".part")
        half_written.write_bytes(content)
        half_written.replace(path)

    def take(self, bench: str) -> float | None:
        """The seconds of a fresh request, which is gone then; None where there is none.

        A request that is stale, unreadable or not of this account is removed and void.
        """
        path = self._path(bench)
        try:
            is_ours = not hasattr(os, "getuid") or path.stat().st_uid == os.getuid()
            content = path.read_bytes()
        except OSError:
            return None
        with contextlib.suppress(OSError):
            path.unlink()
        try:
            found = msgspec.json.decode(content, type=ArmingRequest)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return None
        is_fresh = abs(self._now_s() - found.written_at_s) <= FRESH_S
        return found.for_s if is_ours and is_fresh and found.for_s >= 0 else None

    def is_waiting(self, bench: str) -> bool:
        """Whether a request was not taken yet."""
        return self._path(bench).exists()

    def _path(self, bench: str) -> Path:
        return self._folder / f"{check_bench_code(bench)}.json"
