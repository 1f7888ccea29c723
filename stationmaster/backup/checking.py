"""Is a backup whole: sizes, checksums, SQLite's own check, rows by table."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from stationmaster.backup import sqlite_copies
from stationmaster.backup.manifest import (
    SQLITE_KINDS,
    BackupPart,
    BackupRefused,
    PartKind,
    Text,
    checksum,
    read_manifest,
)
from stationmaster.backup.postgresql import contents, find_program


def problems_of(folder: Path) -> list[Text]:
    """What is wrong with a backup; nothing when it can be relied upon.

    Raises:
        BackupRefused: it has no manifest that can be read.
    """
    manifest = read_manifest(folder)
    return [problem for part in manifest.parts for problem in _problems(folder, part)]


def _problems(folder: Path, part: BackupPart) -> Iterator[Text]:
    path = folder / part.name
    if not path.is_file():
        yield Text(f"{part.name}：文件缺失", f"{part.name}: the file is missing")
        return
    size = path.stat().st_size
    if size != part.bytes:
        yield Text(
            f"{part.name}：{size} 字节，应为 {part.bytes}",
            f"{part.name}: {size} bytes, expected {part.bytes}",
        )
        return
    if checksum(path) != part.sha256:
        yield Text(f"{part.name}：校验和不符", f"{part.name}: the checksum differs")
        return
    if part.kind in SQLITE_KINDS:
        yield from _of_database(path, part)
    elif part.kind is PartKind.INVENTORY_DUMP:
        yield from _of_dump(path, part)


def _of_database(path: Path, part: BackupPart) -> Iterator[Text]:
    damage = sqlite_copies.damage(path)
    if damage:
        yield Text(f"{part.name}：数据库损坏：{damage}", f"{part.name}: damaged: {damage}")
        return
    try:
        counts = sqlite_copies.table_counts(path)
    except sqlite3.Error as failed:
        yield Text(f"{part.name}：{failed}", f"{part.name}: {failed}")
        return
    if counts != part.counts:
        yield Text(f"{part.name}：行数不符", f"{part.name}: rows by table differ")


def _of_dump(path: Path, part: BackupPart) -> Iterator[Text]:
    program = find_program("pg_restore", 0)
    if program is None:
        return
    try:
        tables = contents(program, path)
    except BackupRefused as unreadable:
        yield Text(unreadable.zh, unreadable.en)
        return
    if tables != len(part.counts):
        yield Text(
            f"{part.name}：{tables} 张表，应为 {len(part.counts)}",
            f"{part.name}: {tables} tables, expected {len(part.counts)}",
        )
