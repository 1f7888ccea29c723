import hashlib
import io
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from sqlmodel import col, select

from inventory.app import Parts, create_app
from inventory.audit.table import AuditEntry
from inventory.documents.files import DocumentFiles, FolderFiles
from inventory.documents.files_memory import MemoryFiles
from inventory.documents.use_cases import EntityRef, attach, detach
from inventory.errors import Invalid, SourceUnavailable, UnknownDocument
from tests.databases import Databases
from tests.schools import WRITES, Schools, schools

PATH = "/api/v1/documents"
CERTIFICATE = b"%PDF-1.7\nCAL-2026-0001"


@pytest.fixture
def house(databases: Databases, tmp_path: Path) -> Iterator[Schools]:
    with databases.fresh("sqlite", "furnished", tmp_path) as url, schools(url) as built:
        yield built


def upload(
    house: Schools, username: str, content: bytes = CERTIFICATE, status: int = 201, **form: str
) -> dict[str, Any]:
    files = {"file": ("校准证书.pdf", content)}
    answer = house.client(username).post(PATH, files=files, data=form, headers=WRITES)
    assert answer.status_code == status, answer.text
    return dict(answer.json())


def kinds_of_store(folder: Path) -> list[DocumentFiles]:
    return [FolderFiles(folder, 100), MemoryFiles(100)]


@pytest.mark.parametrize("which", [0, 1], ids=["folder", "memory"])
def test_a_store_gives_back_what_was_put_and_refuses_the_rest(tmp_path: Path, which: int) -> None:
    files = kinds_of_store(tmp_path / "documents")[which]
    stored = files.put(io.BytesIO(CERTIFICATE))
    assert stored.sha256 == hashlib.sha256(CERTIFICATE).hexdigest()
    assert (stored.size_bytes, CERTIFICATE.startswith(stored.head)) == (len(CERTIFICATE), True)
    assert files.put(io.BytesIO(CERTIFICATE)) == stored
    assert files.get(stored.sha256) == CERTIFICATE
    for content in (b"", b"x" * 101):
        with pytest.raises(Invalid):
            files.put(io.BytesIO(content))
    with pytest.raises(SourceUnavailable):
        files.get("0" * 64)


class Torn(io.RawIOBase):
    """An upload whose other end goes away."""

    def read(self, size: int = -1) -> bytes:  # noqa: ARG002 - the face of a file
        raise ConnectionResetError


def test_nothing_stays_of_an_upload_that_breaks_off_or_was_left_by_a_dead_process(
    tmp_path: Path,
) -> None:
    files = FolderFiles(tmp_path, 100)
    torn: BinaryIO = Torn()  # type: ignore[assignment]
    with pytest.raises(SourceUnavailable):
        files.put(torn)
    assert list(tmp_path.iterdir()) == []
    left, fresh = tmp_path / ".incoming-old", tmp_path / ".incoming-now"
    left.write_bytes(b"half")
    fresh.write_bytes(b"half")
    os.utime(left, (0, 0))
    stored = files.put(io.BytesIO(CERTIFICATE))
    assert (left.exists(), fresh.exists()) == (False, True)
    assert list(files.kept()) == [stored.sha256]


def test_a_damaged_file_is_not_handed_out_and_mended_by_handing_it_in_again(
    tmp_path: Path,
) -> None:
    files = FolderFiles(tmp_path, 100)
    stored = files.put(io.BytesIO(CERTIFICATE))
    files.path_of(stored.sha256).write_bytes(b"%PDF-1.7\nCAL-2026-0002")
    with pytest.raises(SourceUnavailable):
        files.get(stored.sha256)
    files.put(io.BytesIO(CERTIFICATE))
    assert files.get(stored.sha256) == CERTIFICATE


def test_a_document_is_handed_in_once_and_fetched_as_a_file_to_save(house: Schools) -> None:
    made = upload(house, "bj-teacher")
    assert (made["organisation_code"], made["media_type"]) == ("BJ01", "application/pdf")
    assert upload(house, "bj-master")["id"] == made["id"]
    assert upload(house, "gx-master")["id"] != made["id"]
    answer = house.client("bj-master").get(f"{PATH}/{made['id']}/content")
    assert answer.content == CERTIFICATE
    assert answer.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''%E6")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Type"] == "application/pdf"
    with house.database.read() as db:
        query = select(AuditEntry).where(AuditEntry.entity == "document")
        told = [(one.who, one.action) for one in db.exec(query.order_by(col(AuditEntry.id))).all()]
    assert told == [("bj-teacher", "uploaded"), ("gx-master", "uploaded")]


def test_only_papers_and_pictures_of_a_fair_size_are_taken(house: Schools) -> None:
    refused = upload(house, "bj-master", b"<html><script>alert(1)</script>", 422)
    assert refused["type"].endswith("unsupported-file")
    assert "application/pdf" in refused["expected"]
    assert upload(house, "bj-master", b"%PDF-" + b"x" * 1_000_000, 422)["field"] == "file"
    assert upload(house, "bj-master", b"", 422)["type"].endswith("unsupported-file")
    assert house.client("bj-master").get(PATH).json()["total"] == 0


def test_documents_are_their_organisation_s_and_its_evaluator_s_affair(house: Schools) -> None:
    made = upload(house, "bj-master")
    upload(house, "visitor", status=403)
    upload(house, "gx-master", status=404, organisation="BJ01")
    assert upload(house, "evaluator", organisation="BJ01")["id"] == made["id"]
    upload(house, "evaluator", status=404, organisation="GX02")
    for username, status in (("bj-teacher", 200), ("evaluator", 200), ("gx-master", 404)):
        client = house.client(username)
        for path in (f"{PATH}/{made['id']}", f"{PATH}/{made['id']}/content"):
            assert client.get(path).status_code == status, (username, path)
        assert client.get(PATH).json()["total"] == (1 if status == 200 else 0)
    assert house.client("visitor").get(f"{PATH}/{made['id']}").status_code == 403


def test_a_document_belongs_to_things_of_its_own_organisation(house: Schools) -> None:
    made = upload(house, "bj-master")
    ours = EntityRef("BJ01", "equipment", "BJ01/A-1")
    by: dict[str, Any] = {"who": "bj-master", "now": house.clock()}
    with house.database.begin() as db:
        attach(db, made["id"], ours, **by)
        attach(db, made["id"], ours, **by)
        with pytest.raises(UnknownDocument):
            attach(db, made["id"], replace(ours, organisation_code="GX02"), **by)
    client = house.client("evaluator")
    (found,) = client.get(PATH, params={"entity": "equipment", "entity_id": "BJ01/A-1"}).json()[
        "items"
    ]
    assert found["id"] == made["id"]
    assert client.get(PATH, params={"entity_id": "BJ01/A-2"}).json()["total"] == 0
    (attached,) = client.get(f"{PATH}/{made['id']}").json()["attachments"]
    assert (attached["entity"], attached["entity_id"]) == ("equipment", "BJ01/A-1")
    with house.database.begin() as db:
        detach(db, made["id"], ours, **by)
        with pytest.raises(UnknownDocument):
            detach(db, made["id"], ours, **by)
    assert client.get(f"{PATH}/{made['id']}").json()["attachments"] == []


def test_a_store_that_is_away_is_told_and_nothing_is_written_down(
    house: Schools, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    files = FolderFiles(tmp_path / "file" / "documents", 100)
    house.app = create_app(
        Parts(
            house.database,
            house.live,
            passwords=house.passwords,
            clock=house.clock,
            documents=files,
        )
    )
    away = upload(house, "bj-master", status=503)
    assert away["source"] == "the document store"
    assert house.client("bj-master").get(PATH).json()["total"] == 0
