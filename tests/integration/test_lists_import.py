from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlmodel import select

from inventory.audit.table import AuditEntry
from inventory.errors import Invalid, Taken
from inventory.requirements.errors import ListVersionTaken, RowsRefused, UnknownList
from inventory.requirements.reading import read_list
from inventory.requirements.rules import DEFAULT_BINDING, Authority
from inventory.requirements.use_cases import (
    ListUpload,
    applicable_list,
    bundled_draft,
    import_list,
    lists,
    requirement_list,
    requirements_of,
    set_binding,
    settings_of,
)
from tests.schools import NOW, WRITES, Schools, schools


@pytest.fixture
def house(school_url: str) -> Iterator[Schools]:
    with schools(school_url) as found:
        yield found


@pytest.fixture
def example(root: Path) -> bytes:
    return (root / "tests/data/registers/list.csv").read_bytes()


def put(house: Schools, upload: ListUpload) -> object:
    return import_list(house.database, upload, who="test", now=NOW)


def entries(house: Schools) -> list[AuditEntry]:
    with house.database.read() as db:
        query = select(AuditEntry).where(AuditEntry.entity == "requirement_list")
        return list(db.exec(query).all())


def test_the_bundled_draft_reads_back_as_it_was_read_from_the_file(house: Schools) -> None:
    upload = bundled_draft()
    done = import_list(house.database, upload, who="test", now=NOW)
    assert (done.version, done.row_count, done.was_known) == ("DRAFT-0.1", 286, False)
    with house.database.read() as db:
        assert (
            requirements_of(db, done.version) == read_list(upload.name, upload.content).requirements
        )
        (row,) = lists(db)
    assert (row.is_official, row.title) == (False, "DRAFT-0.1 (not the official list)")
    assert settings_of(row).binding == DEFAULT_BINDING


def test_the_same_file_again_changes_nothing(house: Schools) -> None:
    put(house, bundled_draft())
    again = import_list(house.database, bundled_draft(), who="test", now=NOW)
    assert again.was_known
    assert len(entries(house)) == 1


def test_the_same_version_with_other_content_is_refused(house: Schools, example: bytes) -> None:
    put(house, ListUpload("list.csv", example))
    other = example.replace("绝缘手套".encode(), "手套".encode())
    with pytest.raises(ListVersionTaken) as caught:
        put(house, ListUpload("list.csv", other))
    assert caught.value.code == "EX-1"
    with house.database.read() as db:
        assert len(lists(db)) == 1


def test_a_draft_is_never_called_official(house: Schools) -> None:
    with pytest.raises(Invalid):
        put(house, replace(bundled_draft(), is_official=True))


def test_one_bad_row_keeps_everything_out_unless_partial(house: Schools, example: bytes) -> None:
    bad = example.replace(b"per_module", b"per_wheel", 1)
    with pytest.raises(RowsRefused) as caught:
        put(house, ListUpload("list.csv", bad))
    (problem,) = caught.value.problems
    assert (problem.row, problem.column) == (6, "quantity_basis")
    with house.database.read() as db:
        assert lists(db) == []
    done = import_list(
        house.database, ListUpload("list.csv", bad, is_partial=True), who="test", now=NOW
    )
    assert (done.row_count, len(done.problems)) == (5, 1)


def test_an_official_list_goes_before_a_later_draft(house: Schools, example: bytes) -> None:
    put(house, ListUpload("list.csv", example, is_official=True, valid_from=date(2026, 6, 1)))
    put(house, bundled_draft())
    with house.database.read() as db:
        assert applicable_list(db, date(2026, 12, 1), "BJ01").version == "EX-1"
        assert applicable_list(db, date(2026, 5, 31), "BJ01").version == "DRAFT-0.1"


def test_a_published_list_concerns_the_publishers_schools_only(
    house: Schools, example: bytes
) -> None:
    put(house, ListUpload("list.csv", example, organisation_code="EVAL"))
    with house.database.read() as db:
        assert applicable_list(db, date(2026, 12, 1), "BJ01").version == "EX-1"
        with pytest.raises(UnknownList):
            applicable_list(db, date(2026, 12, 1), "GX02")


def test_another_publishers_version_is_taken_and_nothing_of_it_is_told(
    house: Schools, example: bytes
) -> None:
    put(house, ListUpload("list.csv", example, organisation_code="EVAL"))
    for content in (example, example.replace("绝缘手套".encode(), "手套".encode())):
        with pytest.raises(Taken) as caught:
            put(house, ListUpload("list.csv", content, organisation_code="COMP"))
        assert set(caught.value.facts()) == {"kind", "code"}


def test_a_long_remark_after_the_version_is_cut(house: Schools, example: bytes) -> None:
    put(house, ListUpload("list.csv", example.replace(b"EX-1", b"EX-1 (" + b"x" * 300 + b")")))
    with house.database.read() as db:
        (row,) = lists(db)
    assert (row.version, len(row.title)) == ("EX-1", 200)


def test_what_binds_can_be_changed_and_leaves_an_entry(house: Schools, example: bytes) -> None:
    put(house, ListUpload("list.csv", example))
    set_binding(
        house.database,
        "EX-1",
        binding=frozenset({Authority.OFFICIAL}),
        has_level_inheritance=True,
        who="test",
    )
    entry = entries(house)[-1]
    assert entry.action == "changed"
    assert entry.new == {"binding": "official", "level_inheritance": True}
    assert entry.old is not None
    assert "policy" in str(entry.old["binding"])


def test_an_evaluator_imports_a_list_and_its_school_reads_it(
    house: Schools, example: bytes
) -> None:
    files = {"file": ("list.csv", example, "text/csv")}
    answer = house.client("evaluator").post("/api/v1/lists", files=files, headers=WRITES)
    assert answer.status_code == 201, answer.text
    assert answer.json()["row_count"] == 6
    again = house.client("evaluator").post("/api/v1/lists", files=files, headers=WRITES)
    assert (again.status_code, again.json()["was_known"]) == (200, True)
    teacher = house.client("bj-teacher")
    shown = teacher.get("/api/v1/lists/EX-1").json()
    assert (shown["version"], shown["is_official"], shown["imported_by"]) == (
        "EX-1",
        False,
        "evaluator",
    )
    rows = teacher.get("/api/v1/lists/EX-1/requirements?offset=4&limit=1").json()
    assert (rows["total"], rows["next"]) == (6, 5)
    assert rows["items"][0]["row_id"] == "E-05"
    # GX02 has another evaluation organisation, or none
    assert house.client("gx-master").get("/api/v1/lists/EX-1").status_code == 404
    assert house.client("gx-master").get("/api/v1/lists").json()["total"] == 0
    assert house.client("visitor").get("/api/v1/lists").status_code == 403


def test_a_school_imports_a_list_for_itself_alone_and_its_evaluator_reads_it(
    house: Schools, example: bytes
) -> None:
    put(house, bundled_draft())
    files = {"file": ("list.csv", example, "text/csv")}
    master = house.client("bj-master")
    assert master.post("/api/v1/lists", files=files, headers=WRITES).status_code == 201
    assert house.client("evaluator").get("/api/v1/lists/EX-1").json()["organisation_code"] == "BJ01"
    assert house.client("gx-master").get("/api/v1/lists/EX-1").status_code == 404
    with house.database.read() as db:
        assert applicable_list(db, date(2026, 12, 1), "BJ01").version == "EX-1"
        assert applicable_list(db, date(2026, 12, 1), "GX02").version == "DRAFT-0.1"
    for username in ("bj-teacher", "visitor"):
        answer = house.client(username).post("/api/v1/lists", files=files, headers=WRITES)
        assert answer.status_code == 403


def test_a_schools_own_list_never_goes_before_its_evaluators(
    house: Schools, example: bytes
) -> None:
    put(house, ListUpload("list.csv", example, organisation_code="EVAL"))
    own = ListUpload("list.csv", example, version="own", organisation_code="BJ01")
    put(house, own)
    with house.database.read() as db:
        assert applicable_list(db, date(2026, 12, 1), "BJ01").version == "EX-1"
    form = {"official": "true", "version": "own-2"}
    files = {"file": ("list.csv", example, "text/csv")}
    answer = house.client("bj-admin").post("/api/v1/lists", files=files, data=form, headers=WRITES)
    assert (answer.status_code, answer.json()["field"]) == (422, "official")


def test_a_refused_import_tells_every_row(house: Schools, example: bytes) -> None:
    bad = example.replace(b"mandatory", b"maybe")
    files = {"file": ("list.csv", bad, "text/csv")}
    answer = house.client("evaluator").post("/api/v1/lists", files=files, headers=WRITES)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    problems = answer.json()["problems"]
    assert [problem["row"] for problem in problems] == [2, 3, 4, 5, 6, 7]
    assert {problem["column"] for problem in problems} == {"obligation"}


def test_an_unreadable_upload_is_a_plain_problem(house: Schools) -> None:
    files = {"file": ("list.xlsx", b"PK\x03\x04", "application/zip")}
    answer = house.client("evaluator").post("/api/v1/lists", files=files, headers=WRITES)
    assert (answer.status_code, answer.json()["zh"]) == (422, "不是可读的 xlsx 文件")


def test_changing_what_binds_leaves_level_inheritance_as_it_was(house: Schools) -> None:
    put(house, replace(bundled_draft(), has_level_inheritance=True))
    official = frozenset({Authority.OFFICIAL})
    set_binding(
        house.database, "DRAFT-0.1", binding=official, has_level_inheritance=None, who="test"
    )
    with house.database.read() as db:
        row = requirement_list(db, "DRAFT-0.1")
        assert (row.binding_authorities, row.level_inheritance) == ("official", True)
