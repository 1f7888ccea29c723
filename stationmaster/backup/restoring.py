"""Putting a backup back: verified first, prepared aside, and then in place all at once."""

import json
import os
import shutil
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from inventory.audit.use_cases import record
from inventory.database import open_database
from inventory.errors import InventoryError
from inventory.migrations.run import configuration, upgrade
from stationmaster.backup import sqlite_copies
from stationmaster.backup.checking import problems_of
from stationmaster.backup.drafts import opened, settle, settle_folder
from stationmaster.backup.manifest import (
    BackupPart,
    BackupRefused,
    Manifest,
    PartKind,
    checksum,
    read_manifest,
)
from stationmaster.backup.portable import copied_to_server, file_url
from stationmaster.backup.postgresql import Server, find_program, is_postgresql
from stationmaster.settings import RESTORE_JOURNAL, Settings
from telemetry.store.port import StoreUnavailable
from telemetry.store.sqlite import SqliteStore
from telemetry.store.sqlite_schema import VERSION as STORE_VERSION

STAGE = ".restoring"
_SIDE_FILES = ("", "-wal", "-shm")
_PLACED = frozenset(
    {
        PartKind.INVENTORY_FILE,
        PartKind.STORE,
        PartKind.SPOOL,
        PartKind.CREDENTIALS,
        PartKind.DOCUMENT,
    }
)


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back; `aside` is where the old installation lies now, None without one."""

    manifest: Manifest
    aside: Path | None


def restore(
    settings: Settings, backup: Path, *, replace: bool, who: str, now: datetime | None = None
) -> Restored:
    """Restore an installation from a backup; one that is there stays unless `replace` is given.

    Cut short at any moment it has either changed nothing or is finished by calling it again.

    Raises:
        BackupRefused: the backup is damaged or newer than this program, the installation is not
            empty or still running, or there is no room.
    """
    at = now or datetime.now(UTC)
    settings.var.mkdir(mode=0o700, parents=True, exist_ok=True)
    _finish_interrupted(settings.var)
    with opened(backup, settings.var) as folder:
        manifest = read_manifest(folder)
        _refuse_newer(manifest)
        found = problems_of(folder)
        if found:
            raise BackupRefused(
                "备份已损坏：" + "；".join(one.zh for one in found[:5]),
                "the backup is damaged: " + "; ".join(one.en for one in found[:5]),
            )
        taken = _taken_places(settings, manifest)
        if taken and not replace:
            raise BackupRefused(
                f"已有安装（{taken[0]}）：只能恢复到空安装，或用 --replace 把旧的移到一旁",
                f"there is an installation already ({taken[0]}): restore into an empty one, or "
                "move it aside with --replace",
            )
        return _put_back(settings, folder, manifest, _Act(who, at))


@dataclass(frozen=True, slots=True)
class _Act:
    who: str
    at: datetime


def _put_back(settings: Settings, folder: Path, manifest: Manifest, act: _Act) -> Restored:
    var = settings.var
    stage = var / STAGE
    shutil.rmtree(stage, ignore_errors=True)
    stage.mkdir(mode=0o700)
    is_server = is_postgresql(settings.inventory_url)
    placed = [
        part
        for part in manifest.of_kind(*_PLACED)
        if not (is_server and part.kind is PartKind.INVENTORY_FILE)
        # a spool that is here knows more than its copy: rows to come, and what was acknowledged
        and not (part.kind is PartKind.SPOOL and (var / part.place).exists())
    ]
    try:
        for part in placed:
            _prepare(folder / part.name, stage / part.place, part)
        _bring_up(stage, placed, manifest, act)
        settle(stage)
        if is_server:
            _put_back_on_server(settings.inventory_url, folder, manifest, act)
    except (OSError, sqlite3.Error, StoreUnavailable, InventoryError) as failed:
        shutil.rmtree(stage, ignore_errors=True)
        raise BackupRefused(f"恢复失败：{failed}", f"the restore failed: {failed}") from failed
    except BackupRefused:
        shutil.rmtree(stage, ignore_errors=True)
        raise
    aside = var / f"replaced-{act.at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    places = [part.place for part in placed]
    _write_journal(var, aside, places)
    _swap(var, aside, places)
    return Restored(manifest, aside if aside.is_dir() else None)


def _prepare(source: Path, target: Path, part: BackupPart) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    if checksum(target) != part.sha256:
        raise BackupRefused(
            f"{part.name}：复制出错", f"{part.name}: the copy differs, is the disk sound?"
        )
    target.chmod(0o600)


def _bring_up(stage: Path, placed: list[BackupPart], manifest: Manifest, act: _Act) -> None:
    """Bring what is prepared up to this version, so that a failure still changes nothing."""
    for part in placed:
        if part.kind is PartKind.INVENTORY_FILE:
            _upgrade_inventory(file_url(stage / part.place), manifest, act)
        elif part.kind is PartKind.STORE and part.place == "telemetry.sqlite":
            SqliteStore(stage / part.place).close()


def _upgrade_inventory(url: str, manifest: Manifest, act: _Act) -> None:
    database = open_database(url)
    try:
        upgrade(database.engine)
        with database.begin() as db:
            record(
                db,
                who=act.who,
                action="restored",
                entity="backup",
                entity_id=manifest.made_at,
                new={"version": manifest.version, "made_at": manifest.made_at},
                at=act.at,
            )
    finally:
        database.close()


def _put_back_on_server(url: str, folder: Path, manifest: Manifest, act: _Act) -> None:
    part = manifest.of_kind(PartKind.INVENTORY_FILE, PartKind.INVENTORY_DUMP)[0]
    server, aside = Server(url), ""
    try:
        if server.tables():
            aside = server.move_aside(act.at)
        _fill_server(server, url, folder / part.name, part)
        _upgrade_inventory(url, manifest, act)
    except (psycopg.Error, BackupRefused, InventoryError) as failed:
        if aside:
            server.move_back(aside)
        if isinstance(failed, psycopg.Error):
            reason = next(iter(str(failed).splitlines()), "")
            raise BackupRefused(
                f"数据库没有应答：{reason}", f"the database gives no answer: {reason}"
            ) from failed
        raise


def _fill_server(server: Server, url: str, source: Path, part: BackupPart) -> None:
    if part.kind is PartKind.INVENTORY_FILE:
        copied_to_server(source, url)
        return
    program = find_program("pg_restore", server.major())
    if program is None:
        raise BackupRefused(
            f"需要 PostgreSQL {server.major()} 或更新的 pg_restore",
            f"pg_restore of PostgreSQL {server.major()} or newer is needed",
        )
    server.restore(program, source)
    if server.counts() != part.counts:
        raise BackupRefused("恢复后的行数不符", "rows by table differ after the restore")


def _refuse_newer(manifest: Manifest) -> None:
    known = ScriptDirectory.from_config(configuration())
    for part in manifest.of_kind(PartKind.INVENTORY_FILE, PartKind.INVENTORY_DUMP):
        try:
            known.get_revision(part.schema or "base")
        except CommandError as unknown:
            raise _newer(manifest) from unknown
    for part in manifest.of_kind(PartKind.STORE):
        if int(part.schema or 0) > STORE_VERSION:
            raise _newer(manifest)


def _newer(manifest: Manifest) -> BackupRefused:
    return BackupRefused(
        f"备份来自较新的版本（{manifest.version}），请先升级程序",
        f"the backup is of a newer version ({manifest.version}): update the program first",
    )


def _taken_places(settings: Settings, manifest: Manifest) -> list[str]:
    """What is in the way; every database there must be at rest."""
    var = settings.var
    present = [
        *var.glob("*.sqlite"),
        *(var / part.place for part in manifest.of_kind(PartKind.CREDENTIALS)),
    ]
    taken = sorted({str(path) for path in present if path.exists()})
    for path in taken:
        if path.endswith(".sqlite") and sqlite_copies.is_in_use(Path(path)):
            raise BackupRefused(
                f"{path} 正在使用：请先停止所有服务和台架",
                f"{path} is in use: stop all services and benches of this installation first",
            )
    if is_postgresql(settings.inventory_url):
        dumped = manifest.of_kind(PartKind.INVENTORY_FILE, PartKind.INVENTORY_DUMP)
        if not dumped:
            raise BackupRefused("备份中没有资料库", "the backup holds no inventory")
        try:
            taken += [f"table {name}" for name in Server(settings.inventory_url).tables()]
        except psycopg.Error as away:
            raise BackupRefused(
                f"数据库没有应答：{away}", f"the database gives no answer: {away}"
            ) from away
    elif manifest.of_kind(PartKind.INVENTORY_DUMP):
        raise BackupRefused(
            "备份来自 PostgreSQL：请先设置 STATIONMASTER_DATABASE_URL",
            "the backup is of PostgreSQL: set STATIONMASTER_DATABASE_URL to an empty database",
        )
    return taken


def _write_journal(var: Path, aside: Path, places: list[str]) -> None:
    draft = var / f"{RESTORE_JOURNAL}.draft"
    with draft.open("w", encoding="utf-8") as file:
        json.dump({"aside": aside.name, "places": places}, file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(var / RESTORE_JOURNAL)
    settle_folder(var)


def _finish_interrupted(var: Path) -> None:
    try:
        journal: Mapping[str, object] = json.loads((var / RESTORE_JOURNAL).read_text("utf-8"))
    except (OSError, ValueError):
        return
    places = journal["places"]
    if isinstance(places, list):
        _swap(var, var / str(journal["aside"]), [str(place) for place in places])


def _swap(var: Path, aside: Path, places: list[str]) -> None:
    """Move the old aside and the new into place; may be cut short and done again."""
    stage = var / STAGE
    old = {*places, *(path.name for path in var.glob("*.sqlite"))}
    for place in sorted(old):
        # what is no longer prepared has been put into place already: it is the new one
        if place in places and not (stage / place).exists():
            continue
        _set_aside(var, aside, place)
        if place in places:
            (var / place).parent.mkdir(parents=True, exist_ok=True)
            (stage / place).replace(var / place)
    settle_folder(var)
    (var / RESTORE_JOURNAL).unlink(missing_ok=True)
    shutil.rmtree(stage, ignore_errors=True)


def _set_aside(var: Path, aside: Path, place: str) -> None:
    for end in reversed(_SIDE_FILES):
        path = var / f"{place}{end}"
        if path.exists():
            target = aside / f"{place}{end}"
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.replace(target)
