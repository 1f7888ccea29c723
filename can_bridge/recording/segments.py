"""The segments of one bench: written one after the other, the oldest deleted to make room."""

import contextlib
import logging
import os
import re
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from can_bridge.recording.blocks import MAGIC

log = logging.getLogger(__name__)

SUFFIX = ".frames"
SPARE_BYTES = 256 << 20
"""Chosen: room left on the disk for spool, databases and the person's own files."""
_MOST_PER_CAP = 8
"""A segment is at most this part of all, so that making room takes little at a time."""
_NAME = re.compile(r"(\d{8}T\d{6})-(\d{6})\.frames")
_STATUS = "status.json"


class RecordingCounts(msgspec.Struct, kw_only=True):
    """What became of the frames of a bench since its folder was made.

    `lost_frames` came and could not be written: disk full or slow, or no room above the spare.
    """

    frames: int = 0
    lost_frames: int = 0
    deleted_segments: int = 0
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment on disk; it was begun at `begun_at_ms`, ms since 1970."""

    path: Path
    begun_at_ms: int
    number: int
    size: int


def segments_in(folder: Path) -> list[Segment]:
    """All segments, oldest first; none where nothing was recorded."""
    found = []
    for path in folder.glob(f"*{SUFFIX}"):
        name = _NAME.fullmatch(path.name)
        with contextlib.suppress(OSError, ValueError):
            if name is not None:
                begun_at = datetime.strptime(name[1], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
                begun_at_ms = round(begun_at.timestamp() * 1000)
                found.append(Segment(path, begun_at_ms, int(name[2]), path.stat().st_size))
    return sorted(found, key=lambda segment: segment.number)


def counts_in(folder: Path) -> RecordingCounts:
    """The counts as last written; all zero where there are none."""
    with contextlib.suppress(OSError, msgspec.DecodeError):
        return msgspec.json.decode((folder / _STATUS).read_bytes(), type=RecordingCounts)
    return RecordingCounts()


class SegmentWriter:
    """Appends blocks; never raises: what cannot be written is counted and said once.

    `keep_bytes` is the most that all segments of the folder take together.
    """

    def __init__(self, folder: Path, keep_bytes: int, segment_s: float) -> None:
        self._folder = folder
        self._keep_bytes = keep_bytes
        self._segment_ms = round(segment_s * 1000)
        self._segment_bytes = max(keep_bytes // _MOST_PER_CAP, 1)
        self._file: int | None = None
        self._path = folder
        self._begun_at_ms = 0
        self._size = 0
        self.counts = counts_in(folder)

    def append(self, block: bytes, frames: int, now_ms: int) -> None:
        """Write a block so that it is complete in the file or not there at all."""
        try:
            self._make_room(len(block))
            if self._file is None or self._is_full(len(block), now_ms):
                self._begin(now_ms)
            self._put(block)
        except OSError as refused:
            self.lose(frames, refused.strerror or str(refused))
            return
        self.counts.frames += frames
        self._said("")

    def lose(self, frames: int, why: str) -> None:
        """Count frames that will not be written."""
        self.counts.lost_frames += frames
        self._said(why)

    def close(self) -> None:
        """Finish the segment and keep the counts."""
        if self._file is not None:
            with contextlib.suppress(OSError):
                os.fsync(self._file)
            os.close(self._file)
            self._file = None
        self.keep_counts()

    def keep_counts(self) -> None:
        """Write the counts down beside the segments."""
        part = self._folder / f".{_STATUS}"
        with contextlib.suppress(OSError):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            part.write_bytes(msgspec.json.encode(self.counts))
            part.replace(self._folder / _STATUS)

    def _is_full(self, more: int, now_ms: int) -> bool:
        age_ms = now_ms - self._begun_at_ms
        # a clock that was set back begins a segment too: their names must rise with time
        return self._size + more > self._segment_bytes or not 0 <= age_ms < self._segment_ms

    def _begin(self, now_ms: int) -> None:
        self.close()
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        last = max((segment.number for segment in segments_in(self._folder)), default=0)
        begun_at = datetime.fromtimestamp(now_ms / 1000, UTC)
        name = f"{begun_at:%Y%m%dT%H%M%S}-{last + 1:06d}{SUFFIX}"
        path = self._folder / name
        mode = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        self._file = os.open(path, mode, 0o600)
        self._path, self._begun_at_ms, self._size = path, now_ms, 0
        self._put(MAGIC)

    def _put(self, content: bytes) -> None:
        assert self._file is not None  # noqa: S101 -- append begins a segment first
        try:
            written = os.write(self._file, content)
            if written < len(content):
                raise OSError(f"only {written} of {len(content)} bytes written")  # noqa: TRY301
        except OSError:
            # half a block would hide all that follow it
            with contextlib.suppress(OSError):
                os.ftruncate(self._file, self._size)
                os.lseek(self._file, self._size, os.SEEK_SET)
            raise
        self._size += len(content)

    def _make_room(self, more: int) -> None:
        segments = segments_in(self._folder)
        taken = sum(segment.size for segment in segments)
        for segment in segments:
            is_current = self._file is not None and segment.path == self._path
            if taken + more <= self._keep_bytes or is_current:
                break
            segment.path.unlink(missing_ok=True)
            taken -= segment.size
            self.counts.deleted_segments += 1
        parent = self._folder if self._folder.exists() else self._folder.parent
        if parent.exists() and shutil.disk_usage(parent).free < SPARE_BYTES:
            raise OSError(f"less than {SPARE_BYTES >> 20} MiB free on the disk")

    def _said(self, trouble: str) -> None:
        if trouble == self.counts.trouble:
            return
        self.counts.trouble = trouble
        if trouble:
            log.warning("%s: frames are not recorded: %s", self._folder, trouble)
        else:
            log.info("%s: frames are recorded again", self._folder)
