"""Files that appear whole or not at all: a backup is made under another name and then renamed."""

import contextlib
import os
import shutil
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from stationmaster.backup.manifest import MANIFEST, BackupRefused

PREFIX = "stationmaster-"
UNFINISHED = ".unfinished"
ARCHIVE = ".tar"


def name_of(made_at: datetime) -> str:
    """How a backup in a folder of backups is called; names sort by time."""
    return f"{PREFIX}{made_at:%Y%m%dT%H%M%SZ}"


def backups_in(folder: Path) -> list[Path]:
    """Whole backups of a folder, oldest first."""
    return sorted(
        path for path in folder.glob(f"{PREFIX}*") if path.is_dir() and (path / MANIFEST).is_file()
    )


@contextmanager
def draft_beside(target: Path) -> Iterator[Path]:
    """A private folder beside `target` that is gone in the end; those of dead processes too."""
    target.parent.mkdir(parents=True, exist_ok=True)
    _sweep(target.parent)
    draft = target.parent / f".{target.name}.{os.getpid()}{UNFINISHED}"
    draft.mkdir(mode=0o700)
    try:
        yield draft
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _sweep(folder: Path) -> None:
    for left in folder.glob(f".*{UNFINISHED}"):
        pid = left.name.removesuffix(UNFINISHED).rpartition(".")[2]
        if pid.isdigit() and not psutil.pid_exists(int(pid)):
            shutil.rmtree(left, ignore_errors=True)


def settle(draft: Path) -> None:
    """Have every file of a folder on the disk, not only in memory."""
    for path in draft.rglob("*"):
        if path.is_dir():
            settle_folder(path)
            continue
        with path.open("rb+") as file:
            os.fsync(file.fileno())
    settle_folder(draft)


def settle_folder(folder: Path) -> None:
    """Have the names in a folder on the disk; Windows has no such call and needs none."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def pack(content: Path, target: Path) -> None:
    """Make one file of a backup and give it its name at once."""
    archive = content.parent / f"packed{ARCHIVE}"
    with tarfile.open(archive, "w") as packed:
        packed.add(content, arcname=".")
    archive.chmod(0o600)
    archive.replace(target)


@contextmanager
def opened(backup: Path, beside: Path | None = None) -> Iterator[Path]:
    """The folder of a backup, also of one in a single file; that is unpacked for the time being.

    Raises:
        BackupRefused: it is neither.
    """
    if backup.is_dir():
        yield backup
        return
    with TemporaryDirectory(prefix=".unpacked-", dir=beside or backup.parent) as folder:
        try:
            with tarfile.open(backup, "r:") as packed:
                packed.extractall(folder, filter="data")
        except (OSError, tarfile.TarError) as bad:
            raise BackupRefused(
                f"{backup}：不是备份文件", f"{backup}: no file of a backup: {bad}"
            ) from bad
        yield Path(folder)


def drop_oldest(folder: Path, keep: int) -> list[Path]:
    """Delete all but the newest `keep` backups; returns those that are gone."""
    surplus = backups_in(folder)[:-keep]
    for path in surplus:
        # without its manifest it is no backup any more, wherever the deleting is cut short
        with contextlib.suppress(OSError):
            (path / MANIFEST).unlink()
        shutil.rmtree(path, ignore_errors=True)
    return surplus
