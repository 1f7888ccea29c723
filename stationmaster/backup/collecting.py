"""Which files a backup consists of, copied one after the other while everything goes on.

The inventory comes first: it remembers up to where it has taken over usage and faults, and must
not know of steps that the copy of the time-series store does not have yet.
"""

import shutil
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import msgspec
import psycopg
from sqlalchemy.engine import make_url

from inventory.documents.files import FolderFiles
from stationmaster.backup import sqlite_copies
from stationmaster.backup.manifest import (
    SQLITE_KINDS,
    BackupPart,
    BackupRefused,
    Manifest,
    Omission,
    PartKind,
    checksum,
)
from stationmaster.backup.portable import copied_to_file
from stationmaster.backup.postgresql import Server, find_program, is_postgresql
from stationmaster.settings import Settings

CREDENTIALS = ("broker/credentials.json", "demo-secrets.json")
SPOOL_FOLDER = "spool"
DOCUMENT_FOLDER = "documents"
INVENTORY_FILE, INVENTORY_DUMP = "inventory.sqlite", "inventory.pgdump"


def collect(
    folder: Path, settings: Settings, made_at: datetime, *, with_credentials: bool
) -> Manifest:
    """Copy everything into `folder` and describe it.

    Raises:
        BackupRefused: a database can't be read, or there is none.
        OSError: there is no room, or a file can't be read.
    """
    collector = _Collector(folder, settings)
    parts = [
        *collector.inventory(),
        *collector.documents(),
        *collector.stores(),
        *collector.spools(),
        *collector.credentials(is_wanted=with_credentials),
        collector.settings_record(),
    ]
    return Manifest(
        version=_version(),
        made_at=made_at.isoformat().replace("+00:00", "Z"),
        store=settings.store,
        parts=parts,
        omissions=collector.omissions,
    )


def _version() -> str:
    try:
        return version("stationmaster")
    except PackageNotFoundError:
        return ""


class _Collector:
    def __init__(self, folder: Path, settings: Settings) -> None:
        self._folder = folder
        self._settings = settings
        self.omissions: list[Omission] = [
            Omission(
                what="recordings",
                zh="总线原始录制与日志不在备份中，请另行保存。",
                en="Raw recordings of buses and logs are not part of it; keep them elsewhere.",
            )
        ]

    def inventory(self) -> Iterator[BackupPart]:
        url = self._settings.inventory_url
        if is_postgresql(url):
            yield self._dumped(url)
            return
        source = Path(make_url(url).database or "")
        if not source.is_file():
            raise BackupRefused(
                f"没有可备份的数据：{source} 不存在", f"nothing to back up: there is no {source}"
            )
        target = self._folder / INVENTORY_FILE
        self._vacuum(source, target)
        yield self._part(
            target,
            PartKind.INVENTORY_FILE,
            INVENTORY_FILE,
            schema=sqlite_copies.alembic_version(target),
        )

    def _dumped(self, url: str) -> BackupPart:
        server = Server(url)
        try:
            program = find_program("pg_dump", server.major())
            if program is None:
                # a copy as a file is as good, and needs no program of the server's version
                target = self._folder / INVENTORY_FILE
                copied_to_file(url, target)
                schema = sqlite_copies.alembic_version(target)
                return self._part(target, PartKind.INVENTORY_FILE, schema=schema)
            target = self._folder / INVENTORY_DUMP
            counts, schema = server.dump(program, target)
        except psycopg.Error as away:
            reason = next(iter(str(away).splitlines()), "")
            raise BackupRefused(
                f"数据库没有应答：{reason}", f"the database gives no answer: {reason}"
            ) from away
        return self._part(target, PartKind.INVENTORY_DUMP, counts=dict(counts), schema=schema)

    def documents(self) -> Iterator[BackupPart]:
        """After the inventory: every document it knows was whole before it was written down."""
        source = FolderFiles(self._settings.documents_path, most_bytes=0)
        for sha256 in source.kept():
            place = f"{DOCUMENT_FOLDER}/{sha256[:2]}/{sha256}"
            target = self._folder / place
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source.path_of(sha256), target)
            part = self._part(target, PartKind.DOCUMENT, place)
            if part.sha256 == sha256:
                yield part
                continue
            target.unlink()
            self.omissions.append(
                Omission(
                    what=place,
                    zh="文件已损坏（内容与校验和不符），未备份；请从旧备份恢复或重新上传。",
                    en="The document is damaged (not what its checksum says) and was left out: "
                    "take it from an older backup or hand it in again.",
                )
            )

    def stores(self) -> Iterator[BackupPart]:
        settings = self._settings
        for source in (settings.embedded_path, settings.influx_path):
            if not source.is_file():
                continue
            target = self._folder / source.name
            self._vacuum(source, target)
            yield self._part(
                target, PartKind.STORE, source.name, schema=sqlite_copies.schema_version(target)
            )
        if settings.store == "influxdb":
            self.omissions.append(
                Omission(
                    what="influxdb",
                    zh="InfluxDB 中的数据不在备份中：请用 influx backup（2.x）或 "
                    "influxd backup（1.x）单独备份，或用 stationmaster telemetry export 导出。",
                    en="The values in InfluxDB are not part of it: use `influx backup` (2.x) or "
                    "`influxd backup` (1.x), or `stationmaster telemetry export`.",
                )
            )

    def spools(self) -> Iterator[BackupPart]:
        target_folder = self._folder / SPOOL_FOLDER
        for source in sorted((self._settings.var / SPOOL_FOLDER).glob("*.sqlite")):
            target_folder.mkdir(exist_ok=True)
            target = target_folder / source.name
            try:
                sqlite_copies.copy_spool(source, target)
            except (sqlite_copies.Unsettled, sqlite3.Error) as busy:
                target.unlink(missing_ok=True)
                self.omissions.append(
                    Omission(
                        what=f"{SPOOL_FOLDER}/{source.name}",
                        zh="台架缓存正忙，未能复制；其数据会照常入库。",
                        en=f"The spool was too busy to be copied ({busy}); its rows go on to the "
                        "store as ever.",
                    )
                )
                continue
            yield self._part(target, PartKind.SPOOL, f"{SPOOL_FOLDER}/{source.name}")

    def credentials(self, *, is_wanted: bool) -> Iterator[BackupPart]:
        for place in CREDENTIALS:
            source = self._settings.var / place
            if not source.is_file():
                continue
            if not is_wanted:
                self.omissions.append(
                    Omission(
                        what=place,
                        zh="密码不在备份中（可用 --with-credentials 包含）；恢复后请另行放回，"
                        "否则台架要换新密码。",
                        en="Passwords are not part of it (--with-credentials takes them along): "
                        "put the file back after a restore, or give the benches new passwords.",
                    )
                )
                continue
            target = self._folder / place
            target.parent.mkdir(exist_ok=True)
            shutil.copyfile(source, target)
            yield self._part(target, PartKind.CREDENTIALS, place)

    def settings_record(self) -> BackupPart:
        target = self._folder / "settings.json"
        plain = {
            name: value
            for name, value in self._settings.model_dump(mode="json").items()
            if not (
                hasattr(getattr(self._settings, name), "get_secret_value")
                or "@" in str(value)  # an address may carry a password
            )
        }
        target.write_bytes(msgspec.json.format(msgspec.json.encode(plain), indent=1) + b"\n")
        return self._part(target, PartKind.SETTINGS)

    def _vacuum(self, source: Path, target: Path) -> None:
        try:
            sqlite_copies.vacuum_into(source, target)
        except sqlite3.Error as failed:
            raise BackupRefused(
                f"{source}：无法复制：{failed}", f"{source}: can't be copied: {failed}"
            ) from failed

    def _part(
        self,
        path: Path,
        kind: PartKind,
        place: str = "",
        *,
        counts: dict[str, int] | None = None,
        schema: str = "",
    ) -> BackupPart:
        path.chmod(0o600)
        if counts is None:
            counts = sqlite_copies.table_counts(path) if kind in SQLITE_KINDS else {}
        return BackupPart(
            name=path.relative_to(self._folder).as_posix(),
            kind=kind,
            bytes=path.stat().st_size,
            sha256=checksum(path),
            place=place,
            counts=counts,
            schema=schema,
        )
