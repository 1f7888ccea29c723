"""Taking a backup of an installation that is at work."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from stationmaster.backup.checking import problems_of
from stationmaster.backup.collecting import collect
from stationmaster.backup.drafts import (
    ARCHIVE,
    draft_beside,
    drop_oldest,
    name_of,
    pack,
    settle,
    settle_folder,
)
from stationmaster.backup.manifest import BackupRefused, Manifest, write_manifest
from stationmaster.settings import Settings


@dataclass(frozen=True, slots=True)
class Wanted:
    """Where a backup goes: a folder that collects them, or a file that ends in `.tar`.

    `keep` is how many a folder keeps; 0 keeps all.
    """

    target: Path
    keep: int = 0
    with_credentials: bool = False

    @property
    def is_file(self) -> bool:
        """Whether it becomes one file."""
        return self.target.suffix == ARCHIVE


@dataclass(frozen=True, slots=True)
class Taken:
    """A backup that is there and was verified; `dropped` are older ones that made room."""

    path: Path
    manifest: Manifest
    dropped: list[Path]


def take(settings: Settings, wanted: Wanted, now: datetime | None = None) -> Taken:
    """Back the installation up and verify the result; nothing is left of an attempt that fails.

    Raises:
        BackupRefused: there is nothing to back up, a part can't be read, or there is no room.
    """
    made_at = (now or datetime.now(UTC)).replace(microsecond=0)
    final = wanted.target if wanted.is_file else _free_name(wanted.target, made_at)
    try:
        with draft_beside(final) as draft:
            content = draft / "content"
            content.mkdir()
            manifest = collect(content, settings, made_at, with_credentials=wanted.with_credentials)
            write_manifest(content, manifest)
            settle(content)
            found = problems_of(content)
            if found:
                raise BackupRefused(
                    f"备份校验失败：{found[0].zh}", f"the backup does not verify: {found[0].en}"
                )
            if wanted.is_file:
                pack(content, final)
            else:
                content.replace(final)
            settle_folder(final.parent)
    except OSError as failed:
        reason = failed.strerror or str(failed)
        raise BackupRefused(
            f"{wanted.target}：无法写入备份：{reason}",
            f"{wanted.target}: the backup can't be written: {reason}",
        ) from failed
    dropped = drop_oldest(wanted.target, wanted.keep) if wanted.keep and not wanted.is_file else []
    return Taken(final, manifest, dropped)


def _free_name(folder: Path, made_at: datetime) -> Path:
    name = folder / name_of(made_at)
    number = 2
    while name.exists():
        name = folder / f"{name_of(made_at)}-{number}"
        number += 1
    return name
