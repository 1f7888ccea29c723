"""What a backup says of itself: files with sizes, checksums and counts, and what is not in it."""

import hashlib
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

import msgspec

FORMAT = 2
"""Raised when an older program could no longer restore what a newer one backs up."""
MANIFEST = "manifest.json"
_CHUNK_BYTES = 1024 * 1024


class PartKind(StrEnum):
    """What a file of a backup is, and so how it is verified and put back."""

    INVENTORY_FILE = "inventory_file"
    INVENTORY_DUMP = "inventory_dump"
    STORE = "store"
    SPOOL = "spool"
    SETTINGS = "settings"
    CREDENTIALS = "credentials"
    DOCUMENT = "document"


SQLITE_KINDS = frozenset({PartKind.INVENTORY_FILE, PartKind.STORE, PartKind.SPOOL})


class Text(NamedTuple):
    """A text in both languages."""

    zh: str
    en: str


class BackupPart(msgspec.Struct, frozen=True, kw_only=True):
    """One file; `name` is its path below the backup, `counts` the rows of its tables.

    `place` is its path below the data folder, "" where it goes elsewhere or nowhere. `schema` is
    the version of what is inside: a migration of the inventory, a number of the store.
    """

    name: str
    kind: PartKind
    bytes: int
    sha256: str
    place: str = ""
    counts: dict[str, int] = {}
    schema: str = ""


class Omission(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is not in the backup, why, and what that means for a restore."""

    what: str
    zh: str
    en: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """The whole of a backup; `made_at` is ISO 8601 in UTC, when the first part was begun."""

    format: int = FORMAT
    version: str
    made_at: str
    store: str
    parts: Sequence[BackupPart]
    omissions: Sequence[Omission] = ()

    def of_kind(self, *kinds: PartKind) -> list[BackupPart]:
        """The parts of some kinds."""
        return [part for part in self.parts if part.kind in kinds]


class BackupRefused(Exception):
    """Why a backup can't be taken, read or restored, with what to do about it."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh}\n{en}")
        self.zh = zh
        self.en = en


_decoder = msgspec.json.Decoder(Manifest)


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write it as the last file of a backup."""
    (folder / MANIFEST).write_bytes(
        msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n"
    )


def read_manifest(folder: Path) -> Manifest:
    """Read it, looking at the format before anything else.

    Raises:
        BackupRefused: there is none, it can't be read, or a newer program wrote it.
    """
    path = folder / MANIFEST
    try:
        content = path.read_bytes()
        found = msgspec.json.decode(content, type=Mapping[str, object]).get("format")
    except OSError as absent:
        raise BackupRefused(
            f"{folder}：不是备份（缺少 {MANIFEST}）",
            f"{folder}: no backup, it has no {MANIFEST}: {absent.strerror}",
        ) from absent
    except msgspec.DecodeError as bad:
        raise BackupRefused(f"{path}：无法读取", f"{path}: can't be read: {bad}") from bad
    if not isinstance(found, int) or found > FORMAT:
        raise BackupRefused(
            f"{folder}：备份格式 {found} 比本程序新（{FORMAT}），请先升级程序",
            f"{folder}: a backup of format {found}, this program knows up to {FORMAT}: "
            "update the program first",
        )
    try:
        manifest = _decoder.decode(content)
    except msgspec.DecodeError as bad:
        raise BackupRefused(f"{path}：内容不完整", f"{path}: {bad}") from bad
    for part in manifest.parts:
        _refuse_outside(part.name)
        _refuse_outside(part.place)
    return manifest


def _refuse_outside(name: str) -> None:
    path = Path(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name:
        raise BackupRefused(
            f"备份中的路径越界：{name!r}", f"a path in the backup leads out of it: {name!r}"
        )


def checksum(path: Path) -> str:
    """SHA-256 of a file in hexadecimal digits."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()
