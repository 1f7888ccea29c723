import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pypdfium2
import pytest
from fastapi.testclient import TestClient
from sqlmodel import select

from inventory.accounts.logins import principal_of
from inventory.accounts.use_cases import user
from inventory.labels.rules import read_code, spelled
from inventory.labels.schema import LabelOrder
from inventory.labels.table import EquipmentLabel
from inventory.labels.use_cases import make_labels
from inventory.stocktakes.phone_routes import parts
from tests.databases import Databases
from tests.schools import WRITES, Schools, schools
from tests.stocktake_steps import furnish_registers, results, scan, send, started


@pytest.fixture
def house(databases: Databases, tmp_path: Path) -> Iterator[Schools]:
    with databases.fresh("sqlite", "furnished", tmp_path) as url, schools(url) as built:
        furnish_registers(built)
        yield built


def printed(client: TestClient, **order: object) -> list[str]:
    """The words on each page."""
    answer = client.post("/api/v1/labels", json={"station": "BJ01-T"} | order, headers=WRITES)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/pdf"
    pages = pypdfium2.PdfDocument(BytesIO(answer.content))
    return [page.get_textpage().get_text_range().replace("\r\n", "|") for page in pages]


def labelled(house: Schools, username: str, **order: object) -> list[str]:
    """Give pieces their codes without drawing them, which takes most of a second."""
    wanted = LabelOrder.model_validate({"station": "BJ01-T"} | order)
    with house.database.read() as db:
        principal = principal_of(user(db, username))
    made = make_labels(house.database, principal, wanted, now=house.clock())
    return [label.asset_number for label in made]


def codes(house: Schools) -> dict[str, str]:
    with house.database.read() as db:
        rows = db.exec(select(EquipmentLabel)).all()
    return {row.asset_number: row.code for row in rows}


def test_a_sheet_says_what_the_register_says_and_a_code_stays(house: Schools) -> None:
    master = house.client("bj-master")
    first = printed(master, sheet="5x13", used=64)
    kept = codes(house)
    assert sorted(kept) == ["A-1", "A-2", "A-3", "A-5"], "nothing for what is written off"
    assert len(first) == 2, "the last place of a used sheet, then a new one"
    assert first[0] == f"绝缘电阻测试仪|A-1|BJ01|{spelled(kept['A-1'])}"
    assert labelled(house, "bj-master", locations=["102"]) == ["A-3", "A-5"]
    assert codes(house) == kept


def test_a_label_is_scanned_as_address_or_typed_and_only_at_home(house: Schools) -> None:
    master = house.client("bj-master")
    labelled(house, "bj-master", asset_numbers=["A-1", "A-2"])
    labelled(house, "gx-master", station="GX02-T")
    known = codes(house)
    path = started(house)
    sheet = master.get(f"{path}/sheet").json()
    assert {one["asset_number"]: one["label"] for one in sheet["rows"]}["A-1"] == known["A-1"]
    send(
        master,
        path,
        scan(1, f"https://old.example/t/{known['A-1']}"),
        scan(2, spelled(known["A-2"]).lower()),
        scan(3, known["G-1"]),
    )
    assert results(master, path) == {"A-1": "found", "A-2": "found", "A-3": "expected"}
    unknown = master.get(f"{path}/sheet").json()["unknown"]
    assert [one["code"] for one in unknown] == [known["G-1"]]


def test_labels_are_the_station_masters_and_of_the_own_station(house: Schools) -> None:
    for name, order, status in (
        ("bj-teacher", {}, 403),
        ("evaluator", {}, 403),
        ("gx-master", {}, 404),
        ("bj-master", {"asset_numbers": ["A-6"]}, 422),
        ("bj-master", {"locations": ["999"]}, 422),
    ):
        body = {"station": "BJ01-T"} | order
        answer = house.client(name).post("/api/v1/labels", json=body, headers=WRITES)
        assert answer.status_code == status, (name, answer.text)
    assert codes(house) == {}


def test_the_address_on_a_label_leads_to_the_page(house: Schools) -> None:
    client = house.client()
    labelled(house, "bj-master", asset_numbers=["A-1"])
    code = codes(house)["A-1"]
    for asked, place in ((spelled(code), f"/stocktake/?code={code}"), ("<x>", "/stocktake/")):
        answer = client.get(f"/t/{asked}", follow_redirects=False)
        assert answer.headers["location"] == place
    assert read_code(f"http://host/t/{code}").code == code


def test_the_page_runs_nothing_foreign_and_its_worker_keeps_all_of_it(house: Schools) -> None:
    client = house.client()
    answer = client.get("/stocktake/7")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    worker = client.get("/stocktake/worker.js").text
    kept = set(re.findall(r'"([\w.-]+\.(?:js|css))"', worker))
    needed = {name for name in parts() if name.endswith((".js", ".css"))} - {"worker.js"}
    assert kept == needed, "add it to the worker's list"
    for name in needed:
        assert client.get(f"/stocktake/files/{name}").status_code == 200
    assert client.get("/stocktake/files/..%2froutes.py").status_code == 404
    assert client.get("/stocktake/files/nothing.js").status_code == 404
