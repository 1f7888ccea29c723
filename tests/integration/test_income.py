"""Income of rigs: who enters it, what it is shared over, how it is taken back."""

import csv
import io
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlmodel import select

from inventory.audit.table import AuditEntry
from inventory.bookable import BookingPurpose, Resource, ResourceKind
from inventory.bookings.rules import BookingState
from inventory.bookings.table import Booking, BookingPart
from inventory.equipment.use_cases import RegisterUpload, import_register
from inventory.requirements.writing import write_rows
from inventory.sharing.rules import OfferState, SharingState
from inventory.sharing.table import SharingOffer, SharingRequest
from tests.schools import NOW, WRITES, Schools, schools

INCOME = "/api/v1/income"
DAYS = "from=2026-11-24&to=2026-12-01"
STAMP = {"created_at": NOW, "created_by": "t", "changed_at": NOW, "changed_by": "t"}


def taken(house: Schools, *codes: str, hours: float = -3, **facts: object) -> int:
    """A booking of benches, register rows and a room of BJ01, two hours long."""
    start = NOW + timedelta(hours=hours)
    row = Booking.model_validate(
        {
            "organisation_code": "BJ01",
            "requester_organisation_code": "BJ01",
            "station_code": "BJ01-T",
            "start_at": start,
            "end_at": start + timedelta(hours=2),
            "purpose": BookingPurpose.CLASS,
            "holder": "bj-teacher",
            "title": "模块 2-1",
            **STAMP,
            **facts,
        }
    )
    with house.database.begin() as db:
        db.add(row)
        db.flush()
        for code in codes:
            kind = ResourceKind.BENCH if code.endswith("-01") else ResourceKind.ROOM
            kind = ResourceKind.EQUIPMENT if code.startswith("V") else kind
            db.add(
                BookingPart(
                    booking_id=row.id or 0,
                    resource_key=Resource(kind, "BJ01", code).key,
                    kind=kind,
                    organisation_code="BJ01",
                    bench_code=code if kind is ResourceKind.BENCH else None,
                    blocked_from=row.start_at,
                    blocked_to=row.end_at,
                    is_holding=False,
                )
            )
    return row.id or 0


def visited(house: Schools, booking_id: int, price_note: str) -> int:
    """The request of GX02 for a booking."""
    offer = SharingOffer.model_validate(
        {
            "organisation_code": "BJ01",
            "station_code": "BJ01-T",
            "title_zh": "台架",
            "state": OfferState.PUBLISHED,
            "resources": ["bench:BJ01/battery-01"],
            **STAMP,
        }
    )
    with house.database.begin() as db:
        booking = db.get_one(Booking, booking_id)
        db.add(offer)
        db.flush()
        facts = {
            "offer_id": offer.id,
            "booking_id": booking_id,
            "organisation_code": "BJ01",
            "requester_organisation_code": "GX02",
            "start_at": booking.start_at,
            "end_at": booking.end_at,
            "purpose": "考前训练",
            "requested_by": "gx-master",
            "visitor_name": "李老师",
            "state": SharingState.VISITED,
            "price_note": price_note,
            "requested_at": NOW,
            "changed_at": NOW,
        }
        row = SharingRequest.model_validate(facts)
        db.add(row)
        db.flush()
        return row.id or 0


@pytest.fixture(scope="module")
def house(shared_school_url: str) -> Iterator[Schools]:
    with schools(shared_school_url) as built:
        rows = [
            ["asset_number", "item_zh", "bench_code", "原值(元)"],
            ["A1", "动力电池台架", "battery-01", "200000"],
            ["A2", "电机台架", "motor-01", ""],
            ["V1", "整车", "", "150000"],
        ]
        upload = RegisterUpload("r.csv", write_rows("r.csv", rows), "BJ01")
        import_register(built.database, upload, who="test")
        yield built


def get(house: Schools, path: str, who: str = "bj-master", status: int = 200) -> Any:  # noqa: ANN401 - JSON
    answer = house.client(who).get(path)
    assert answer.status_code == status, answer.text
    return answer.json()


def enter(house: Schools, who: str = "bj-master", status: int = 201, **facts: object) -> Any:  # noqa: ANN401 - JSON
    order = {"amount": "100.00", "received_on": "2026-11-30", "words": "培训费"} | facts
    answer = house.client(who).post(INCOME, json=order, headers=WRITES)
    assert answer.status_code == status, answer.text
    return answer.json()


def correct(house: Schools, entry: int, who: str = "bj-master", status: int = 201) -> Any:  # noqa: ANN401 - JSON
    path = f"{INCOME}/{entry}/correction"
    answer = house.client(who).post(path, json={"words": "重复登记"}, headers=WRITES)
    assert answer.status_code == status, answer.text
    return answer.json()


def parts(entry: dict[str, Any]) -> dict[str, str]:
    return {one["resource_key"].partition("/")[2]: one["amount"] for one in entry["parts"]}


def test_income_of_a_visit_is_prefilled_and_shared_over_what_earned_it(house: Schools) -> None:
    booking = taken(
        house,
        *("101", "battery-01", "motor-01", "V1"),
        requester_organisation_code="GX02",
        purpose=BookingPurpose.OPEN_SHARING,
    )
    request = visited(house, booking, "1,000 元")
    draft = get(house, f"{INCOME}/draft?request={request}")
    assert (draft["booking_id"], draft["source"], draft["amount"]) == (
        booking,
        "outside",
        "1000.00",
    )
    assert draft["words"] == "2026-12-01 13:00 · 考前训练 · 1,000 元"
    assert [one["resource_key"] for one in draft["rigs"]][-1] == "equipment:BJ01/V1"
    made = enter(house, amount=draft["amount"], booking_id=booking, words=draft["words"])
    assert parts(made) == {"battery-01": "333.33", "motor-01": "333.33", "V1": "333.34"}
    assert (made["sharing_request_id"], made["station_code"]) == (request, "BJ01-T")
    assert get(house, f"{INCOME}/draft?booking={booking}")["known"] == "1000.00"
    with house.database.read() as db:
        query = select(AuditEntry).where(AuditEntry.entity == "income")
        (told,) = db.exec(query.where(AuditEntry.entity_id == str(made["id"]))).all()
    assert (told.who, told.organisation_code, told.action) == ("bj-master", "BJ01", "entered")
    assert told.new is not None
    assert told.new["amount"] == "1000.00"
    correct(house, made["id"])


def test_an_entry_says_by_itself_what_each_rig_earned(house: Schools) -> None:
    rigs = [
        {"resource_key": "bench:BJ01/battery-01", "amount": "70"},
        {"resource_key": "equipment:BJ01/A2", "amount": "30"},
    ]
    made = enter(house, source="inside", rigs=rigs)
    assert parts(made) == {"battery-01": "70.00", "motor-01": "30.00"}
    correct(house, made["id"])
    refused = enter(house, source="inside", rigs=[rigs[0]], status=422)
    assert refused["type"].endswith("wrong-parts")
    assert "70.00" in refused["zh"]
    half = [rigs[0], {"resource_key": "equipment:BJ01/V1"}]
    assert "都要填写" in enter(house, source="inside", rigs=half, status=422)["zh"]
    twice = [{"resource_key": "bench:BJ01/motor-01"}, {"resource_key": "equipment:BJ01/A2"}]
    assert enter(house, source="inside", rigs=twice, status=422)["field"] == "rigs"
    for key in ("room:BJ01/101", "bench:GX02/battery-02", "nonsense"):
        enter(house, source="inside", rigs=[{"resource_key": key}], status=422)
    enter(house, source="inside", rigs=[{"resource_key": "bench:BJ01/battery-02"}], status=404)


def test_income_needs_a_day_a_source_and_something_that_was_used(house: Schools) -> None:
    assert enter(house, status=422)["field"] == "source"
    late = enter(house, source="inside", received_on="2026-12-02", status=422)
    assert late["expected"] == "a day not after 2026-12-01"
    for amount in ("0", "-5", "0.001", "1e20"):
        enter(house, source="inside", amount=amount, status=422)
    ahead = taken(house, "battery-01", hours=5)
    given_back = taken(house, "battery-01", state=BookingState.CANCELLED)
    for booking in (ahead, given_back):
        assert enter(house, booking_id=booking, status=422)["type"].endswith("booking-not-used")
        get(house, f"{INCOME}/draft?booking={booking}", status=422)
    own = taken(house, "battery-01")
    wrong = enter(house, booking_id=own, source="outside", status=422)
    assert "校内" in wrong["zh"]
    get(house, f"{INCOME}/draft", status=422)


def test_an_entry_is_taken_back_once_and_stays_to_be_seen(house: Schools) -> None:
    made = enter(house, source="inside", rigs=[{"resource_key": "bench:BJ01/motor-01"}])
    before = get(house, f"{INCOME}?bench=motor-01&{DAYS}")
    counter = correct(house, made["id"])
    assert (counter["amount"], counter["received_on"]) == ("-100.00", made["received_on"])
    assert parts(counter) == {"motor-01": "-100.00"}
    assert get(house, f"{INCOME}/{made['id']}")["corrected_by_id"] == counter["id"]
    after = get(house, f"{INCOME}?bench=motor-01&{DAYS}")
    assert Decimal(before["inside"]) - Decimal(after["inside"]) == 100
    assert after["total"] == before["total"] + 1
    assert str(counter["id"]) in correct(house, made["id"], status=409)["zh"]
    assert "冲销记录" in correct(house, counter["id"], status=409)["zh"]


def test_only_the_owners_side_knows_of_income_and_only_its_station_master_writes_it(
    house: Schools,
) -> None:
    booking = taken(house, "battery-01", requester_organisation_code="GX02")
    request = visited(house, booking, "")
    made = enter(house, sharing_request_id=request)
    assert made["source"] == "outside"
    number = made["id"]
    for path in (f"{INCOME}/{number}", f"{INCOME}/draft?booking={booking}"):
        get(house, path, "gx-master", 404)
    get(house, f"{INCOME}/draft?request={request}", "gx-master", 404)
    get(house, f"{INCOME}?organisation=BJ01", "gx-master", 404)
    assert get(house, INCOME, "gx-master")["total"] == 0
    correct(house, number, "gx-master", 404)
    enter(house, "gx-master", 404, booking_id=booking)
    enter(house, "gx-master", 404, sharing_request_id=request)
    enter(house, "gx-master", 404, organisation="BJ01", source="inside")
    for who in ("bj-teacher", "visitor"):
        get(house, INCOME, who, 403)
        get(house, f"{INCOME}/{number}", who, 403)
        enter(house, who, 403, source="inside")
    assert get(house, f"{INCOME}/{number}", "evaluator")["amount"] == "100.00"
    enter(house, "evaluator", 403, source="inside", organisation="BJ01")
    correct(house, number, "evaluator", 403)
    correct(house, number)


def test_the_return_rate_stands_beside_the_time_and_opens_down_to_its_entries(
    house: Schools,
) -> None:
    rig = {"resource_key": "bench:BJ01/battery-01"}
    other = {"resource_key": "bench:BJ01/motor-01"}
    made = [
        enter(house, source="outside", amount="4000.00", rigs=[rig]),
        enter(house, source="inside", amount="1000.01", rigs=[rig, other]),
        enter(house, source="outside", amount="800", rigs=[{"resource_key": "equipment:BJ01/V1"}]),
        enter(house, source="outside", amount="9", received_on="2026-10-01", rigs=[rig]),
    ]
    figures = f"/api/v1/utilisation/figures?{DAYS}"
    found = get(house, f"{figures}&rank=return_rate")
    battery, motor = (row["money"] for row in found["rows"])
    assert (battery["inside"], battery["outside"]) == ("500.00", "4000.00")
    assert battery["return_rate"] == pytest.approx((500 + 1.5 * 4000) / 200_000)
    assert (motor["inside"], motor["return_rate"], motor["original_value"]) == (
        "500.01",
        None,
        None,
    )
    total = found["money"]
    assert (total["valued_rigs"], total["rigs"], total["inside"]) == (1, 2, "1000.01")
    assert total["return_rate"] == battery["return_rate"]
    assert found["income_elsewhere"] == "800.00"
    (school,) = get(house, f"{figures}&by=organisation&every=term")["rows"]
    assert (school["group"], school["money"]) == ("BJ01", total)
    assert {row["money"] for row in get(house, f"{figures}&by=module")["rows"]} == {None}
    days = get(house, f"{figures}&by=station&every=day")["rows"]
    assert {row["first"] for row in days if row["money"]["inside"] != "0.00"} == {"2026-11-30"}
    opened = get(house, f"/api/v1/utilisation/benches/battery-01?{DAYS}")
    assert opened["money"]["outside"] == "4000.00"
    assert opened["income_total"] == len(opened["income"])
    assert [one["id"] for one in opened["income"]][:2] == [made[1]["id"], made[0]["id"]]
    hidden = get(house, figures, "bj-teacher")
    assert (hidden["money"], hidden["rows"][0]["money"], hidden["income_elsewhere"]) == (None,) * 3
    assert get(house, figures, "evaluator")["money"] == total
    for one in made:
        correct(house, one["id"])


def test_the_file_of_utilisation_has_income_for_who_reads_it(house: Schools) -> None:
    rig = {"resource_key": "bench:BJ01/battery-01"}
    made = [
        enter(house, source="outside", amount="4000.00", rigs=[rig]),
        enter(house, source="inside", amount="500", rigs=[rig]),
        enter(house, source="outside", amount="800", station="BJ01-E"),
    ]
    table = house.client("bj-master").get(f"/api/v1/utilisation/figures/file?format=csv&{DAYS}")
    lines = list(csv.reader(io.StringIO(table.content.decode("utf-8-sig"))))
    assert lines[0][-1] == "收益率% return_rate_pct"
    assert lines[1][-6:] == ["500.00", "4000.00", "200000.00", "1", "1", "3.25"]
    assert "800.00" in lines[-1]
    path = f"/api/v1/utilisation/figures/file?format=csv&{DAYS}"
    plain = house.client("bj-teacher").get(path).content.decode("utf-8-sig")
    assert "收入" not in plain
    assert len(plain.splitlines()) == len(lines) - 1
    for one in made:
        correct(house, one["id"])


def test_entries_are_exported_as_numbers_and_no_word_is_a_formula(house: Schools) -> None:
    made = enter(house, source="inside", amount="1234.50", words="=HYPERLINK(1)")
    correct(house, made["id"])
    client = house.client("bj-master")
    table = client.get(f"{INCOME}/file?format=csv&{DAYS}").content.decode("utf-8-sig")
    assert "'=HYPERLINK" in table
    book = load_workbook(io.BytesIO(client.get(f"{INCOME}/file?{DAYS}").content))
    rows = list(book["stationmaster"].iter_rows(values_only=True))
    amounts = [row[5] for row in rows[1:]]
    assert {1234.5, -1234.5} <= set(amounts)
    assert all(isinstance(one, int | float) for one in amounts)
    assert client.get(f"{INCOME}/file?{DAYS}&bench=motor-01").status_code == 200
    assert house.client("visitor").get(f"{INCOME}/file").status_code == 403


def test_values_of_the_register_stay_when_a_file_has_none(house: Schools) -> None:
    def value(asset: str) -> Any:  # noqa: ANN401 - JSON
        path = f"/api/v1/equipment/item?asset_number={asset}"
        return get(house, path)["original_value"]

    def put(*heading: str, price: str = "") -> None:
        rows = [["asset_number", "item_zh", *heading], ["V1", "整车", *([price] * len(heading))]]
        upload = RegisterUpload("r.csv", write_rows("r.csv", rows), "BJ01")
        import_register(house.database, upload, who="test")

    put()
    assert value("V1") == "150000.00"
    put("单价", price="12.8万")
    assert value("V1") == "128000.00"
    put("原值")
    assert value("V1") is None
    edit = {"asset_numbers": ["V1"], "change": {"original_value": "99000.5"}}
    client = house.client("bj-master")
    done = client.post("/api/v1/bulk-edits", json=edit, headers=WRITES).json()
    assert done["changes"][0]["new"] == {"original_value": "99000.50"}
    assert value("V1") == "99000.50"
    client.post(f"/api/v1/bulk-edits/{done['id']}/undo", headers=WRITES)
    assert value("V1") is None
    put("原值", price="150000")
