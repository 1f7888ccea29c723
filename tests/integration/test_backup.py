import io
import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from pydantic import SecretStr
from sqlmodel import select
from typer.testing import CliRunner

from can_bridge.spool import Spool
from inventory.audit.table import AuditEntry
from inventory.benches.table import Bench
from inventory.database import open_database
from inventory.documents.files import FolderFiles
from stationmaster.__main__ import command_line
from stationmaster.backup.checking import problems_of
from stationmaster.backup.drafts import backups_in, opened
from stationmaster.backup.manifest import (
    FORMAT,
    MANIFEST,
    BackupRefused,
    Manifest,
    checksum,
    read_manifest,
    write_manifest,
)
from stationmaster.backup.portable import copied_to_file, file_url
from stationmaster.backup.restoring import restore
from stationmaster.backup.taking import Taken, Wanted, take
from stationmaster.settings import RESTORE_JOURNAL, Settings
from telemetry.contract.payloads import Samples
from telemetry.store.port import Batch, Received
from telemetry.store.sqlite import SqliteStore
from tests.crash_points import deaths
from tests.databases import Databases
from tests.rig import POSIX_ONLY

ROWS = 40
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def sample(seq: int) -> Samples:
    return Samples(observed_at_ms=1_000 * seq, epoch=7, seq=seq, values={"u": float(seq)})


def furnish_telemetry(var: Path, rows: int = ROWS) -> None:
    with closing(SqliteStore(var / "telemetry.sqlite")) as store:
        batch = Batch(
            samples=[Received("battery-01", 1, sample(seq)) for seq in range(1, rows + 1)]
        )
        store.commit(batch)


@dataclass
class House:
    settings: Settings

    @property
    def var(self) -> Path:
        return self.settings.var

    def rows(self) -> list[int]:
        with closing(SqliteStore(self.settings.telemetry_path)) as store:
            return [row.seq for row in store.rows_after("battery-01", 0, 10_000)]

    def benches(self) -> set[str]:
        database = open_database(self.settings.inventory_url)
        with database.read() as db:
            found = {bench.code for bench in db.exec(select(Bench)).all()}
        database.close()
        return found

    def audit(self, action: str) -> list[AuditEntry]:
        database = open_database(self.settings.inventory_url)
        with database.read() as db:
            found = list(db.exec(select(AuditEntry).where(AuditEntry.action == action)).all())
        database.close()
        return found


def house(var: Path, url: str = "") -> House:
    return House(Settings(var=var, database_url=SecretStr(url)))


@pytest.fixture
def filled(tmp_path: Path, school_url: str) -> House:
    var = tmp_path if school_url.startswith("sqlite") else tmp_path / "server"
    filled = house(var, "" if var == tmp_path else school_url)
    furnish_telemetry(var)
    (var / "broker").mkdir()
    (var / "broker" / "credentials.json").write_text('{"ingest": "open-sesame"}', "utf-8")
    return filled


@pytest.fixture
def empty(tmp_path: Path, databases: Databases, database_kind: str) -> Iterator[House]:
    var = tmp_path / "fresh"
    with databases.fresh(database_kind, "empty", var) as url:
        yield house(var, "" if database_kind == "sqlite" else url)


@pytest.fixture
def small(tmp_path: Path, databases: Databases) -> Iterator[House]:
    with databases.fresh("sqlite", "furnished", tmp_path / "var"):
        furnish_telemetry(tmp_path / "var")
        yield house(tmp_path / "var")


def test_a_restored_installation_has_everything_the_other_had(
    filled: House, empty: House, tmp_path: Path
) -> None:
    taken = take(filled.settings, Wanted(tmp_path / "backups", with_credentials=True), NOON)
    restored = restore(empty.settings, taken.path, replace=False, who="cli:me", now=NOON)
    assert restored.aside is None
    assert empty.rows() == filled.rows() == list(range(1, ROWS + 1))
    assert empty.benches() == filled.benches() != set()
    (entry,) = empty.audit("restored")
    assert (entry.who, entry.entity, entry.entity_id) == (
        "cli:me",
        "backup",
        "2026-11-22T12:00:00Z",
    )
    assert json.loads((empty.var / "broker" / "credentials.json").read_text()) == {
        "ingest": "open-sesame"
    }
    again = take(empty.settings, Wanted(tmp_path / "again"), NOON)
    assert {**counts(again), "audit_entry": 0} == {**counts(taken), "audit_entry": 0}
    assert counts(again)["audit_entry"] == counts(taken)["audit_entry"] + 1


def counts(taken: Taken) -> dict[str, int]:
    return {name: n for part in taken.manifest.parts for name, n in part.counts.items()}


def test_passwords_stay_out_unless_they_are_wanted(filled: House, tmp_path: Path) -> None:
    taken = take(filled.settings, Wanted(tmp_path / "backups"))
    assert "broker/credentials.json" in {one.what for one in taken.manifest.omissions}
    content = b"".join(path.read_bytes() for path in taken.path.rglob("*") if path.is_file())
    assert b"open-sesame" not in content
    assert b"not-for-any-log" not in content
    assert all(
        path.stat().st_mode & 0o077 == 0
        for path in taken.path.iterdir()
        if path.is_file() and path.name != MANIFEST
    )


def test_a_server_s_inventory_moves_into_a_file_s_and_back_only_where_it_can(
    filled: House, tmp_path: Path, databases: Databases, database_kind: str
) -> None:
    taken = take(filled.settings, Wanted(tmp_path / "backups"))
    if database_kind == "postgresql":
        with pytest.raises(BackupRefused, match="STATIONMASTER_DATABASE_URL"):
            restore(house(tmp_path / "file").settings, taken.path, replace=False, who="me")
        assert (taken.path / "inventory.pgdump").is_file()
        # what a machine without the server's programs does
        copied_to_file(filled.settings.inventory_url, tmp_path / "copy.sqlite")
        copied = house(tmp_path / "copied", file_url(tmp_path / "copy.sqlite"))
        assert copied.benches() == filled.benches()
        return
    with databases.fresh("postgresql", "empty", tmp_path) as url:
        moved = house(tmp_path / "moved", url)
        restore(moved.settings, taken.path, replace=False, who="me")
        assert moved.benches() == filled.benches()


def test_an_installation_that_is_there_stays_unless_it_is_to_be_replaced(
    filled: House, tmp_path: Path
) -> None:
    taken = take(filled.settings, Wanted(tmp_path / "backups"))
    furnish_telemetry(filled.var, ROWS + 5)
    with pytest.raises(BackupRefused, match="--replace"):
        restore(filled.settings, taken.path, replace=False, who="me")
    assert len(filled.rows()) == ROWS + 5
    restored = restore(filled.settings, taken.path, replace=True, who="me", now=NOON)
    assert restored.aside == filled.var / "replaced-20261122T120000Z"
    assert len(filled.rows()) == ROWS
    assert len(house(restored.aside).rows()) == ROWS + 5
    assert filled.benches() != set()


def test_a_store_that_is_at_work_is_not_replaced(small: House, tmp_path: Path) -> None:
    taken = take(small.settings, Wanted(tmp_path / "backups"))
    with (
        closing(SqliteStore(small.settings.telemetry_path)),
        pytest.raises(BackupRefused, match="in use: stop all"),
    ):
        restore(small.settings, taken.path, replace=True, who="me")
    assert len(small.rows()) == ROWS


def test_rows_in_a_spool_that_its_bridge_holds_locked_are_backed_up(
    small: House, tmp_path: Path
) -> None:
    with closing(Spool(small.var / "spool" / "battery-01.sqlite", "battery-01")) as spool:
        spool.commit([sample(1), sample(2)], {})
        taken = take(small.settings, Wanted(tmp_path / "backups"))
        spool.commit([sample(3)], {})
    fresh = house(tmp_path / "fresh")
    restore(fresh.settings, taken.path, replace=False, who="me")
    with closing(Spool(fresh.var / "spool" / "battery-01.sqlite", "battery-01")) as spool:
        assert spool.rows == 2


def test_a_spool_that_is_there_is_never_replaced_by_its_older_copy(
    small: House, tmp_path: Path
) -> None:
    path = small.var / "spool" / "battery-01.sqlite"
    with closing(Spool(path, "battery-01")) as spool:
        spool.commit([sample(1)], {})
    taken = take(small.settings, Wanted(tmp_path / "backups"))
    with closing(Spool(path, "battery-01")) as spool:
        spool.commit([sample(2)], {})
    restore(small.settings, taken.path, replace=True, who="me")
    with closing(Spool(path, "battery-01")) as spool:
        assert spool.rows == 2


def test_a_backup_is_also_one_file(small: House, tmp_path: Path) -> None:
    target = tmp_path / "usb" / "school.tar"
    taken = take(small.settings, Wanted(target))
    assert [path.name for path in target.parent.iterdir()] == ["school.tar"]
    assert target.stat().st_mode & 0o077 == 0
    with opened(taken.path) as folder:
        assert problems_of(folder) == []
    fresh = house(tmp_path / "fresh")
    restore(fresh.settings, target, replace=False, who="me")
    assert len(fresh.rows()) == ROWS
    assert [path.name for path in fresh.var.glob(".*")] == []


def test_only_the_newest_backups_are_kept(small: House, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    paths = [
        take(small.settings, Wanted(folder, keep=2), NOON + timedelta(hours=hour)).path
        for hour in range(4)
    ]
    assert backups_in(folder) == paths[-2:]
    assert take(small.settings, Wanted(folder), NOON + timedelta(hours=3)).path.name.endswith("-2")


def test_documents_come_back_and_a_damaged_one_is_named_instead(
    small: House, tmp_path: Path
) -> None:
    files = FolderFiles(small.settings.documents_path, 1000)
    sound, rotten = (files.put(io.BytesIO(b"%PDF-" + name)) for name in (b"sound", b"rotten"))
    flip(files.path_of(rotten.sha256), 0.9)
    taken = take(small.settings, Wanted(tmp_path / "backups"))
    place = f"documents/{rotten.sha256[:2]}/{rotten.sha256}"
    assert place in {one.what for one in taken.manifest.omissions}
    fresh = house(tmp_path / "fresh")
    restore(fresh.settings, taken.path, replace=False, who="me")
    restored = FolderFiles(fresh.settings.documents_path, 1000)
    assert list(restored.kept()) == [sound.sha256]
    assert restored.get(sound.sha256) == b"%PDF-sound"
    restore(fresh.settings, taken.path, replace=True, who="me")
    assert restored.get(sound.sha256) == b"%PDF-sound"


def flip(path: Path, place: float) -> None:
    content = bytearray(path.read_bytes())
    content[int(len(content) * place)] ^= 0x01
    path.write_bytes(content)


@pytest.mark.parametrize("name", ["inventory.sqlite", "telemetry.sqlite", "settings.json"])
@pytest.mark.parametrize("place", [0.0, 0.5, 0.999])
def test_a_flipped_bit_is_found_and_nothing_is_restored(
    small: House, tmp_path: Path, name: str, place: float
) -> None:
    taken = take(small.settings, Wanted(tmp_path / "backups"))
    flip(taken.path / name, place)
    (problem,) = problems_of(taken.path)
    assert problem.en.startswith(f"{name}: the checksum differs")
    fresh = house(tmp_path / "fresh")
    with pytest.raises(BackupRefused, match="damaged"):
        restore(fresh.settings, taken.path, replace=False, who="me")
    assert list(fresh.var.iterdir()) == []


def rewritten(folder: Path, change: Callable[[dict[str, Any]], None]) -> None:
    path = folder / MANIFEST
    content = json.loads(path.read_text("utf-8"))
    change(content)
    path.write_text(json.dumps(content), "utf-8")


def test_what_is_missing_cut_short_or_miscounted_is_found(small: House, tmp_path: Path) -> None:
    taken = take(small.settings, Wanted(tmp_path / "backups"))
    (taken.path / "settings.json").unlink()
    inventory = taken.path / "inventory.sqlite"
    with inventory.open("rb+") as file:
        file.truncate(4096)

    def miscount(content: dict[str, Any]) -> None:
        (store,) = (part for part in content["parts"] if part["name"] == "telemetry.sqlite")
        store["counts"]["frame"] -= 1

    rewritten(taken.path, miscount)
    said = "\n".join(problem.en for problem in problems_of(taken.path))
    assert "settings.json: the file is missing" in said
    assert "inventory.sqlite: 4096 bytes, expected" in said
    assert "telemetry.sqlite: rows by table differ" in said
    _with_true_checksums(taken.path, "inventory.sqlite")
    assert "inventory.sqlite: damaged: " in "\n".join(one.en for one in problems_of(taken.path))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda one: one.update(format=FORMAT + 1), "update the program first"),
        (lambda one: one["parts"][0].update(schema="9999"), "update the program first"),
        (lambda one: one["parts"][1].update(schema="9999"), "update the program first"),
        (lambda one: one["parts"][1].update(place="../telemetry.sqlite"), "leads out of it"),
        (lambda one: one.update(parts="none"), "manifest.json"),
    ],
    ids=["format", "inventory", "store", "path", "shape"],
)
def test_a_backup_of_a_newer_program_or_a_forged_one_is_refused(
    small: House, tmp_path: Path, change: Callable[[dict[str, Any]], None], reason: str
) -> None:
    taken = take(small.settings, Wanted(tmp_path / "backups"))
    rewritten(taken.path, change)
    fresh = house(tmp_path / "fresh")
    with pytest.raises(BackupRefused, match=reason):
        restore(fresh.settings, taken.path, replace=False, who="me")
    assert not (fresh.var / "telemetry.sqlite").exists()


def test_a_failed_restore_leaves_the_server_s_database_as_it_was(
    databases: Databases, small: House, tmp_path: Path
) -> None:
    taken = take(small.settings, Wanted(tmp_path / "backups"))
    with closing(sqlite3.connect(taken.path / "inventory.sqlite")) as db, db:
        db.execute("UPDATE bench SET organisation_code = 'nobody'")
    with databases.fresh("postgresql", "furnished", tmp_path) as url:
        there = house(tmp_path / "there", url)
        before = there.benches()
        patched = _with_true_checksums(taken.path, "inventory.sqlite")
        with pytest.raises(BackupRefused):
            restore(there.settings, patched, replace=True, who="me")
        assert there.benches() == before != set()


def _with_true_checksums(folder: Path, *names: str) -> Path:
    manifest = read_manifest(folder)
    parts = [
        msgspec.structs.replace(
            part,
            sha256=checksum(folder / part.name),
            bytes=(folder / part.name).stat().st_size,
        )
        if part.name in names
        else part
        for part in manifest.parts
    ]
    write_manifest(folder, msgspec.structs.replace(manifest, parts=parts))
    return folder


@POSIX_ONLY
def test_a_backup_killed_at_any_step_leaves_no_half_backup(small: House, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    steps = 0
    for _ in deaths(lambda: take(small.settings, Wanted(folder, keep=1))):
        steps += 1
        for path in backups_in(folder):
            assert problems_of(path) == []
    assert steps > 10
    assert len(backups_in(folder)) == 1
    assert [path.name for path in folder.iterdir() if "unfinished" in path.name] == []


@POSIX_ONLY
def test_a_restore_killed_at_any_step_is_finished_by_the_next_and_never_mixes(
    small: House, tmp_path: Path
) -> None:
    taken = take(small.settings, Wanted(tmp_path / "backups"))
    furnish_telemetry(small.var, ROWS + 5)
    original = tmp_path / "original"
    shutil.copytree(small.var, original)
    seen: set[int] = set()
    steps = 0

    def put_back() -> object:
        return restore(small.settings, taken.path, replace=True, who="me")

    for _ in deaths(put_back):
        steps += 1
        if (small.var / RESTORE_JOURNAL).exists():
            with pytest.raises(OSError, match="cut short"):
                small.settings.make_var()
            put_back()
            assert len(small.rows()) == ROWS
            seen.add(ROWS)
        else:
            seen.add(len(small.rows()))
        shutil.rmtree(small.var)
        shutil.copytree(original, small.var)
    assert steps > 10
    assert seen == {ROWS, ROWS + 5}
    assert len(small.rows()) == ROWS


def stationmaster(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(command_line([words[0]]), list(words))
    return result.exit_code, result.output


def test_the_commands_say_what_was_done_and_what_is_left_out(
    small: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STATIONMASTER_VAR", str(small.var))
    folder = tmp_path / "backups"
    code, said = stationmaster("backup", str(folder), "--keep", "3")
    assert (code, "recordings" in said, "verified" in said) == (0, True, True)
    (backup,) = backups_in(folder)
    assert stationmaster("backup", "verify", str(backup))[0] == 0
    monkeypatch.setenv("STATIONMASTER_VAR", str(tmp_path / "fresh"))
    code, said = stationmaster("restore", str(backup))
    assert (code, "may be missing" in said) == (0, True)
    code, said = stationmaster("restore", str(backup))
    assert (code, "--replace" in said) == (2, True)
    flip(backup / "telemetry.sqlite", 0.5)
    code, said = stationmaster("backup", "verify", str(backup))
    assert (code, "checksum differs" in said) == (1, True)
    for nothing in (tmp_path / "absent", tmp_path):
        assert stationmaster("backup", "verify", str(nothing))[0] == 2
    monkeypatch.setenv("STATIONMASTER_VAR", str(tmp_path / "nothing"))
    code, said = stationmaster("backup", str(folder))
    assert (code, "nothing to back up" in said) == (2, True)
    assert len(backups_in(folder)) == 1


def test_a_manifest_names_every_file_of_a_backup(small: House, tmp_path: Path) -> None:
    taken = take(small.settings, Wanted(tmp_path / "backups"))
    files = {
        path.relative_to(taken.path).as_posix() for path in taken.path.rglob("*") if path.is_file()
    }
    assert {part.name for part in taken.manifest.parts} | {MANIFEST} == files
    assert isinstance(read_manifest(taken.path), Manifest)
