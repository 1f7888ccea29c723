import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pypdfium2
import pytest
from PIL import Image
from sqlmodel import select

from inventory.audit.table import AuditEntry
from inventory.equipment.use_cases import RegisterUpload, import_register
from inventory.report_links.reporting import REPORTER
from inventory.report_links.rules import MAX_PHOTO_BYTES, PER_ADDRESS, PER_LINK
from inventory.report_links.table import ReportAttempt
from inventory.requirements.writing import write_rows
from tests.databases import Databases
from tests.schools import WRITES, Schools, schools

LINKS = "/api/v1/report-links"
WHERE = b"39.9042N 116.4074E"


@pytest.fixture
def house(databases: Databases, tmp_path: Any) -> Iterator[Schools]:  # noqa: ANN401 - a path
    with databases.fresh("sqlite", "furnished", tmp_path) as url, schools(url) as built:
        yield built


@pytest.fixture
def house_of_both(school_url: str) -> Iterator[Schools]:
    with schools(school_url) as built:
        yield built


def link(house: Schools, **thing: str) -> dict[str, Any]:
    order = thing or {"bench_code": "motor-01"}
    answer = house.client("bj-master").post(LINKS, json=order, headers=WRITES)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def send(house: Schools, path: str, text: str = "屏幕不亮", **fields: Any) -> Any:  # noqa: ANN401 - an answer
    """What a browser does: the form is fetched and sent, and its answer followed."""
    client = house.client()
    found = re.search(r'name="form" value="(\w+)"', client.get(path).text)
    photo = fields.pop("photo", b"")
    data = {"text": text, "form": found[1] if found else "", "website": ""} | fields
    return client.post(path, data=data, files={"photo": ("me.jpg", photo)})


def photo_with_place() -> bytes:
    content = BytesIO()
    Image.new("RGB", (8, 8)).save(content, "JPEG", comment=WHERE)
    return content.getvalue()


def orders(house: Schools) -> list[dict[str, Any]]:
    return list(house.client("bj-master").get("/api/v1/work-orders").json()["items"])


def test_anybody_with_the_code_reports_and_asks_what_became_of_it(house_of_both: Schools) -> None:
    house = house_of_both
    path = link(house)["path"]
    shown = house.client().get(path)
    assert shown.status_code == 200
    assert "台架 motor-01" in shown.text
    answer = send(house, path, "屏幕不亮 <b>&amp;", photo=photo_with_place())
    assert answer.status_code == 200
    assert "已收到，等待受理" in answer.text
    (made,) = orders(house)
    assert (made["source"], made["state"], made["is_blocking"]) == ("public", "reported", False)
    assert (made["text"], made["bench_code"]) == ("屏幕不亮 <b>&amp;", "motor-01")
    assert made["reported_by"] == REPORTER
    page = house.client("bj-master").get(f"/api/v1/work-orders/{made['id']}").json()
    (photo,) = page["history"][0]["document_ids"]
    content = house.client("bj-teacher").get(f"/api/v1/documents/{photo}/content")
    assert content.content.startswith(b"\xff\xd8\xff")
    assert WHERE not in content.content
    number = re.search(r"<p class=number>([\w-]+)<", answer.text)
    assert number is not None
    step = {"step": "start"}
    steps = f"/api/v1/work-orders/{made['id']}/steps"
    house.client("bj-master").post(steps, json=step, headers=WRITES)
    typed = number[1].lower().replace("-", " ")
    state = house.client().get("/report/state", params={"number": typed, "lang": "en"})
    assert "being repaired" in state.text
    assert "屏幕" not in state.text
    assert "1 个未完成的工单" in house.client().get(path).text


def test_the_pages_take_nothing_from_elsewhere_and_show_texts_as_texts(house: Schools) -> None:
    path = link(house)["path"]
    hostile = '</textarea><script>alert(1)</script>"' * 70
    refused = send(house, path, hostile)
    assert refused.status_code == 422
    assert "<script" not in refused.text
    assert "&lt;script&gt;" in refused.text
    policy = refused.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    assert refused.headers["referrer-policy"] == "no-referrer"
    for page in (refused.text, house.client().get(path).text):
        assert not re.search(r"\b(?:src|https?:)", page)
    english = house.client().get(path, params={"lang": "en"})
    assert '<html lang="en">' in english.text
    assert "Send the report" in english.text


def test_a_wrong_or_replaced_code_is_told_kindly(house: Schools) -> None:
    made = link(house)
    assert link(house)["token"] == made["token"], "a thing keeps its code"
    master = house.client("bj-master")
    renewed = master.post(f"{LINKS}/{made['id']}/renewal", headers=WRITES).json()
    assert renewed["token"] != made["token"]
    for path in (made["path"], "/report/nonsense", f"{made['path']}x"):
        for answer in (house.client().get(path), send(house, path)):
            assert answer.status_code == 404
            assert "二维码已失效" in answer.text
    again = master.post(f"{LINKS}/{made['id']}/renewal", headers=WRITES).json()
    assert house.client().get(renewed["path"]).status_code == 404
    assert house.client().get(again["path"]).status_code == 200
    assert master.delete(f"{LINKS}/{again['id']}", headers=WRITES).status_code == 204
    assert house.client().get(again["path"]).status_code == 404
    assert master.get(LINKS).json()["total"] == 0
    assert master.get(LINKS, params={"running": False}).json()["total"] == 3
    assert orders(house) == []
    with house.database.read() as db:
        entries = db.exec(select(AuditEntry).where(AuditEntry.entity == "report_link")).all()
    assert [one.action for one in entries] == ["made", "ended", "made", "ended", "made", "ended"]
    assert made["token"] not in str([one.model_dump() for one in entries])


def test_what_is_sent_twice_is_one_report(house: Schools) -> None:
    path = link(house)["path"]
    first, second = (send(house, path, form="a" * 32) for _ in range(2))
    assert first.url == second.url
    assert len(orders(house)) == 1


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"text": "  \n "}, "请写 1 至 2000 个字"),
        ({"text": "好" * 2001}, "请写 1 至 2000 个字"),
        ({"photo": b"MZ" + b"0" * 60}, "照片无法接收"),
        ({"photo": b"\xff\xd8\xff\xe0" + b"0" * 60}, "照片无法接收"),
        ({"photo": b"\xff\xd8\xff" + bytes(MAX_PHOTO_BYTES)}, "8 MB"),
        ({"website": "http://spam"}, "无法读取"),
    ],
)
def test_a_report_that_is_none_says_why_and_opens_nothing(
    house: Schools, fields: dict[str, Any], told: str
) -> None:
    answer = send(house, link(house)["path"], **fields)
    assert answer.status_code == 422
    assert told in answer.text
    assert orders(house) == []


def test_a_broken_form_is_answered_with_the_page(house: Schools) -> None:
    path = link(house)["path"]
    for kind in ("multipart/form-data", "multipart/form-data; boundary=x", "text/plain", ""):
        answer = house.client().post(path, content=b"\xff--x", headers={"content-type": kind})
        assert answer.status_code == 422
        assert "<form" in answer.text


def test_reports_by_one_code_and_from_one_address_have_a_limit(house: Schools) -> None:
    path = link(house)["path"]
    for _ in range(PER_LINK):
        assert send(house, path, "").status_code == 422
    refused = send(house, path)
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) <= 3600
    assert "60 分钟后再试" in refused.text
    other = link(house, bench_code="battery-01")["path"]
    assert send(house, other).status_code == 200
    client = house.client()
    for _ in range(PER_ADDRESS - PER_LINK - 1):
        assert client.get("/report/state?number=AAAAAAAA").status_code == 404
    assert client.get("/report/state?number=AAAAAAAA").status_code == 429
    assert client.get("/report/wrong").status_code == 429
    assert client.get(path).status_code == 200, "a code that is right is always shown"
    house.clock.move(minutes=61)
    assert send(house, path).status_code == 200
    with house.database.read() as db:
        assert len(db.exec(select(ReportAttempt)).all()) == 1, "addresses are kept for an hour"


def test_codes_are_made_and_seen_by_those_who_lead_the_school(house: Schools) -> None:
    rows = [["asset_number", "item_zh"], ["A1", "万用表"]]
    upload = RegisterUpload("r.csv", write_rows("r.csv", rows), "BJ01")
    import_register(house.database, upload, who="test")
    made = link(house, asset_number="A1")
    assert "万用表" in house.client().get(made["path"]).text
    for username in ("bj-teacher", "evaluator", "visitor"):
        client = house.client(username)
        assert client.get(LINKS).status_code == 403
        answer = client.post(LINKS, json={"bench_code": "motor-01"}, headers=WRITES)
        assert answer.status_code == 403
    stranger = house.client("gx-master")
    assert stranger.get(LINKS).json()["total"] == 0
    for path in (f"{LINKS}/{made['id']}/renewal",):
        assert stranger.post(path, headers=WRITES).status_code == 404
    assert stranger.delete(f"{LINKS}/{made['id']}", headers=WRITES).status_code == 404
    for thing in ({"bench_code": "motor-01"}, {"asset_number": "A1"}):
        assert stranger.post(LINKS, json=thing, headers=WRITES).status_code == 404
    assert stranger.post(LINKS, json={}, headers=WRITES).status_code == 422


def test_labels_lead_to_the_form_and_make_the_codes_that_lack(house: Schools) -> None:
    made = link(house)
    order = {"station": "BJ01-T", "sheet": "roll62"}
    master = house.client("bj-master")
    answer = master.post(f"{LINKS}/labels", json=order, headers=WRITES)
    assert answer.status_code == 200, answer.text
    with pypdfium2.PdfDocument(BytesIO(answer.content)) as pages:
        said = [page.get_textpage().get_text_range().splitlines() for page in pages]
    assert [one[-1] for one in said] == ["battery-01", "motor-01"]
    assert all("".join(one).startswith("扫码报修") for one in said)
    listed = {one["bench_code"]: one for one in master.get(LINKS).json()["items"]}
    assert listed["motor-01"]["token"] == made["token"]
    assert listed.keys() == {"motor-01", "battery-01"}
    empty = order | {"station": "BJ01-E"}
    assert master.post(f"{LINKS}/labels", json=empty, headers=WRITES).status_code == 422
    for who, status in (("gx-master", 404), ("bj-teacher", 403)):
        refused = house.client(who).post(f"{LINKS}/labels", json=order, headers=WRITES)
        assert refused.status_code == status
