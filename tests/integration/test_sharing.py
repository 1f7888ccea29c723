"""Open sharing from the offer to the feedback, and who sees what of it."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from ical.calendar_stream import IcsCalendarStream
from sqlmodel import col, select

from inventory.audit.table import AuditEntry
from inventory.bookings.table import Booking
from inventory.notifications.table import InboxEntry, OutboxMessage
from inventory.sharing.following import follow_all
from inventory.sharing.rules import HOLD_LASTS, MOST_OPEN, SharingStep
from inventory.usage_sessions.table import UsageSession
from inventory.visits import Allowance, Visits
from tests.databases import Databases
from tests.schools import NOW, WRITES, Schools, schools

OWN = "/api/v1/sharing/own-offers"
OFFERS = "/api/v1/sharing/offers"
REQUESTS = "/api/v1/sharing/requests"
PAGES = "/open-sharing"
WEEKDAYS = [{"weekday": day, "opens": "08:00", "closes": "17:00"} for day in range(5)]
OFFER: dict[str, Any] = {
    "station_code": "BJ01-T",
    "title_zh": "动力电池台架 <b>",
    "title_en": "Battery bench",
    "resources": ["bench:BJ01/battery-01"],
    "hours": WEEKDAYS,
    "conditions_zh": "持低压电工证",
    "price_note": "400 元/小时",
    "contact_name": "王站长",
    "contact_phone": "010-12345678",
}
START = datetime(2026, 12, 3, 1, 0, tzinfo=UTC)
"""A Thursday, 09:00 in Beijing."""
VISIT: dict[str, Any] = {
    "start_at": START.isoformat(),
    "end_at": (START + timedelta(hours=3)).isoformat(),
    "purpose": "考前训练",
    "headcount": 6,
    "visitor_name": "李老师",
    "visitor_phone": "13900000000",
}


@pytest.fixture
def house(databases: Databases, tmp_path: Any) -> Iterator[Schools]:  # noqa: ANN401 - a path
    with databases.fresh("sqlite", "furnished", tmp_path) as url, schools(url) as built:
        yield built


def send(house: Schools, who: str, path: str, order: Any = None, method: str = "POST") -> Any:  # noqa: ANN401 - an answer
    return house.client(who).request(method, path, json=order, headers=WRITES)


def publish(house: Schools, **changed: int) -> int:
    made = send(house, "bj-master", OWN, OFFER | changed)
    assert made.status_code == 201, made.text
    number = int(made.json()["id"])
    assert send(house, "bj-master", f"{OWN}/{number}/publication").status_code == 200
    return number


def ask(house: Schools, offer: int, who: str = "gx-master", **changed: str) -> dict[str, Any]:
    made = send(house, who, REQUESTS, {"offer_id": offer} | VISIT | changed)
    assert made.status_code == 201, made.text
    return dict(made.json())


def step(house: Schools, who: str, request: int, kind: str, **told: Any) -> Any:  # noqa: ANN401
    return send(house, who, f"{REQUESTS}/{request}/steps", {"step": kind} | told)


def agree(house: Schools, request: int, who: str = "gx-master") -> dict[str, Any]:
    terms = {"terms": "自带绝缘手套", "price_note": "1200 元"}
    assert step(house, "bj-master", request, "offer_terms", **terms).status_code == 200
    answer = step(house, who, request, "accept", terms_no=1)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def kinds_told(house: Schools, organisation: str) -> list[str]:
    with house.database.read() as db:
        query = select(OutboxMessage).where(OutboxMessage.organisation_code == organisation)
        kinds = [row.kind.value for row in db.exec(query.order_by(col(OutboxMessage.id))).all()]
    return [kind for kind in kinds if kind.startswith(("sharing", "feedback"))]


def test_another_school_finds_asks_agrees_comes_and_judges(school_url: str) -> None:
    with schools(school_url) as house:
        offer = publish(house)
        found = house.client("gx-master").get(OFFERS, params={"hours": 3, "q": "battery"}).json()
        assert [one["id"] for one in found["items"]] == [offer]
        assert found["items"][0]["contact"] is None
        asked = ask(house, offer)
        assert (asked["state"], asked["side"]) == ("requested", "requester")
        assert asked["contact"] is None
        assert datetime.fromisoformat(asked["hold_until"]) == START
        agreed = agree(house, asked["id"])
        assert agreed["state"] == "agreed"
        assert agreed["contact"]["contact_phone"] == "010-12345678"
        theirs = house.client("bj-master").get(f"{REQUESTS}/{asked['id']}").json()
        assert theirs["visitor"] == {
            "contact_name": "李老师",
            "contact_phone": "13900000000",
            "contact_email": "",
        }
        with house.database.read() as db:
            booking = db.get_one(Booking, theirs["booking_id"])
        assert (booking.state, booking.purpose) == ("booked", "open_sharing")
        assert booking.requester_organisation_code == "GX02"
        visit_and_judge(house, asked["id"])


def visit_and_judge(house: Schools, request: int) -> None:
    house.clock.at = START + timedelta(minutes=5)
    came = step(house, "bj-teacher", request, "check_in")
    assert came.json()["state"] == "visiting"
    use(house, START + timedelta(minutes=10), minutes=50)
    house.clock.at = START + timedelta(hours=2)
    over = step(house, "bj-teacher", request, "finish").json()
    assert (over["state"], over["used_s"]) == ("visited", 3000)
    for who, rating in (("gx-master", 5), ("bj-master", 4)):
        judged = step(house, who, request, "feedback", rating=rating, text="好")
        assert judged.status_code == 200, judged.text
    assert step(house, "gx-master", request, "feedback", rating=1).status_code == 409
    page = house.client("gx-master").get(f"{REQUESTS}/{request}").json()
    assert (page["owner_rating"], page["requester_rating"]) == (4, 5)
    assert [one["step"] for one in page["history"]] == [
        *("request", "offer_terms", "accept", "check_in", "finish", "feedback", "feedback")
    ]
    assert {one["who"] for one in page["history"] if one["side"] == "owner"} == {None}
    agreed_on = ["sharing_agreed", "feedback_asked", "feedback_given"]
    assert kinds_told(house, "BJ01") == ["sharing_request", *agreed_on]
    assert kinds_told(house, "GX02") == ["sharing_terms", *agreed_on]


def use(house: Schools, start: datetime, minutes: int) -> None:
    end = start + timedelta(minutes=minutes)
    with house.database.begin() as db:
        db.add(
            UsageSession(
                bench_code="battery-01",
                usage_id="u-1",
                started_at=start,
                observed_at=end,
                ended_at=end,
            )
        )


def test_terms_that_changed_meanwhile_are_not_accepted(house: Schools) -> None:
    request = ask(house, publish(house))["id"]
    assert step(house, "gx-master", request, "accept", terms_no=0).status_code == 409
    for words in ("免费", "收费"):
        assert step(house, "bj-master", request, "offer_terms", terms=words).status_code == 200
    stale = step(house, "gx-master", request, "accept", terms_no=1)
    assert (stale.status_code, stale.json()["terms_no"]) == (409, 2)
    assert step(house, "gx-master", request, "accept").status_code == 422
    assert step(house, "gx-master", request, "accept", terms_no=2).json()["state"] == "agreed"


def test_each_side_takes_only_its_own_steps_and_others_see_nothing(house: Schools) -> None:
    request = ask(house, publish(house), "visitor")["id"]
    path = f"{REQUESTS}/{request}"
    for stranger in ("gx-master",):
        assert house.client(stranger).get(path).status_code == 404
        assert step(house, stranger, request, "withdraw").status_code == 404
        assert house.client(stranger).get(REQUESTS).json()["total"] == 0
    seen = house.client("evaluator").get(path).json()
    assert seen["visitor"] is None
    assert seen["possible"] == []
    assert step(house, "evaluator", request, "decline", text="x").status_code == 403
    assert step(house, "visitor", request, "offer_terms", terms="x").status_code == 403
    assert step(house, "bj-teacher", request, "offer_terms", terms="x").status_code == 403
    assert step(house, "bj-master", request, "withdraw").status_code == 403
    assert step(house, "bj-master", request, "decline").status_code == 422
    shown = house.client("visitor").get(REQUESTS).json()["items"]
    assert [one["id"] for one in shown] == [request]
    assert set(house.client("visitor").get(path).json()["possible"]) == {"withdraw", "comment"}
    assert house.client("bj-teacher").get(path).json()["possible"] == ["comment"]


def test_a_visitor_touches_nothing_but_what_is_shared(house: Schools) -> None:
    offer = publish(house)
    client = house.client("visitor")
    request = ask(house, offer, "visitor")["id"]
    booking = house.client("bj-master").get(f"{REQUESTS}/{request}").json()["booking_id"]
    for path in ("/bookings", f"/bookings/{booking}", "/sharing/own-offers", "/equipment"):
        assert client.get(f"/api/v1{path}").status_code in {403, 404}, path
    cancelling = client.post(f"/api/v1/bookings/{booking}/cancellation", headers=WRITES)
    assert cancelling.status_code in {403, 404}
    assert send(house, "visitor", OWN, OFFER).status_code == 403
    assert send(house, "bj-teacher", OWN, OFFER).status_code == 403
    assert send(house, "gx-master", OWN, OFFER).status_code == 404
    assert send(house, "gx-master", f"{OWN}/{offer}/withdrawal").status_code == 404
    assert send(house, "evaluator", REQUESTS, {"offer_id": offer} | VISIT).status_code == 403
    own = send(house, "bj-teacher", REQUESTS, {"offer_id": offer} | VISIT)
    assert own.status_code == 422
    foreign = OFFER | {"resources": ["bench:GX02/battery-02"]}
    assert send(house, "bj-master", OWN, foreign).status_code == 422
    missing = OFFER | {"resources": ["bench:BJ01/battery-99"]}
    assert send(house, "bj-master", OWN, missing).status_code == 422


def test_a_draft_and_a_withdrawn_offer_are_nobodys(house: Schools) -> None:
    draft = send(house, "bj-master", OWN, OFFER).json()["id"]
    for path in (f"{OFFERS}/{draft}", f"{PAGES}/{draft}", f"{PAGES}/{draft}.ics"):
        assert house.client("visitor").get(path).status_code == 404
    offer = publish(house)
    assert [one["id"] for one in house.client("visitor").get(OFFERS).json()["items"]] == [offer]
    assert send(house, "bj-master", f"{OWN}/{offer}/withdrawal").status_code == 200
    assert house.client("visitor").get(OFFERS).json()["items"] == []
    refused = send(house, "visitor", REQUESTS, {"offer_id": offer} | VISIT)
    assert refused.status_code == 404
    assert send(house, "bj-master", f"{OWN}/{draft}/withdrawal").status_code == 409


def test_a_slot_is_held_for_one_and_lapses_when_nobody_answers(house: Schools) -> None:
    offer = publish(house)
    later = {"start_at": (START + timedelta(days=5)).isoformat()}
    later["end_at"] = (START + timedelta(days=5, hours=3)).isoformat()
    first = ask(house, offer, **later)
    assert datetime.fromisoformat(first["hold_until"]) == NOW + HOLD_LASTS
    second = send(house, "visitor", REQUESTS, {"offer_id": offer} | VISIT | later)
    assert second.status_code == 409, second.text
    assert follow_all(house.database, house.clock.at) == {}
    house.clock.at = NOW + HOLD_LASTS
    assert follow_all(house.database, house.clock.at) == {first["id"]: [SharingStep.LAPSE]}
    assert follow_all(house.database, house.clock.at) == {}
    late = step(house, "bj-master", first["id"], "offer_terms", terms="x")
    assert late.status_code == 409
    assert ask(house, offer, "visitor", **later)["state"] == "requested"
    assert "sharing_cancelled" in kinds_told(house, "GX02")


def test_what_is_not_offered_is_told_with_slots_that_are(house: Schools) -> None:
    offer = publish(house, least_minutes=60, most_minutes=240)

    def refused(start: datetime, hours: float) -> dict[str, Any]:
        span = {
            "start_at": start.isoformat(),
            "end_at": (start + timedelta(hours=hours)).isoformat(),
        }
        answer = send(house, "gx-master", REQUESTS, {"offer_id": offer} | VISIT | span)
        assert answer.status_code == 422, answer.text
        return dict(answer.json())

    assert refused(START, 5)["expected"] == "60 to 240 minutes"
    assert refused(START, 0.5)["expected"] == "60 to 240 minutes"
    evening = refused(START + timedelta(hours=10), 2)
    assert len(evening["nearest"]) == 3
    assert refused(START + timedelta(days=2), 2)["nearest"], "a Saturday"
    assert refused(NOW + timedelta(hours=17), 1)["type"].endswith("not-offered")


def test_one_organisation_has_only_so_many_requests_open(house: Schools) -> None:
    offer = publish(house)
    spans = [
        {
            "start_at": (START + timedelta(days=n + 4)).isoformat(),
            "end_at": (START + timedelta(days=n + 4, hours=1)).isoformat(),
        }
        for n in range(MOST_OPEN + 1)
    ]
    answers = [
        send(house, "gx-master", REQUESTS, {"offer_id": offer} | VISIT | span).status_code
        for span in spans
    ]
    assert answers == [201] * MOST_OPEN + [429]


def test_a_visit_that_the_bench_itself_began_is_over_with_its_time(house: Schools) -> None:
    request = ask(house, publish(house))["id"]
    agree(house, request)
    use(house, START, minutes=90)
    page = house.client("bj-master").get(f"{REQUESTS}/{request}").json()
    with house.database.begin() as db:
        booking = db.get_one(Booking, page["booking_id"])
        booking.checked_in_at = START
    house.clock.at = START + timedelta(hours=3)
    moved = follow_all(house.database, house.clock.at)
    assert moved == {request: [SharingStep.CHECK_IN, SharingStep.FINISH]}
    page = house.client("gx-master").get(f"{REQUESTS}/{request}").json()
    assert (page["state"], page["used_s"]) == ("visited", 5400)


def test_a_booking_that_is_moved_or_given_up_elsewhere_takes_the_visit_along(
    house: Schools,
) -> None:
    request = ask(house, publish(house))["id"]
    agree(house, request)
    number = house.client("bj-master").get(f"{REQUESTS}/{request}").json()["booking_id"]
    later = {"end_at": (START + timedelta(hours=2)).isoformat()}
    moved = send(house, "bj-master", f"/api/v1/bookings/{number}", later, "PATCH")
    assert moved.status_code == 200, moved.text
    page = house.client("gx-master").get(f"{REQUESTS}/{request}").json()
    assert datetime.fromisoformat(page["end_at"]) == START + timedelta(hours=2)
    path = f"/api/v1/bookings/{number}/cancellation"
    assert house.client("bj-master").post(path, headers=WRITES).status_code == 200
    assert follow_all(house.database, house.clock.at) == {request: [SharingStep.CANCEL]}


def test_either_side_cancels_with_words_and_the_slot_is_free_again(house: Schools) -> None:
    offer = publish(house)
    for who in ("gx-master", "bj-master"):
        request = ask(house, offer)["id"]
        agree(house, request)
        assert step(house, who, request, "cancel").status_code == 422
        assert step(house, who, request, "cancel", text="病了").json()["state"] == "cancelled"
    with house.database.read() as db:
        attached = [row.attach_ics for row in db.exec(select(OutboxMessage)).all()]
    # the file is made of the event when the mail is
    assert sum('"is_cancelled":true' in (text or "") for text in attached) >= 2


def test_anybody_sees_what_is_free_without_login_or_personal_data(house: Schools) -> None:
    offer = publish(house)
    ask(house, offer)
    client = house.client()
    pages = [client.get(f"{PAGES}{rest}") for rest in ("", f"/{offer}", ".json", f"/{offer}.json")]
    pages.append(client.get(f"{PAGES}/{offer}.ics"))
    for answer in pages:
        assert answer.status_code == 200, answer.url
        assert answer.headers["cache-control"] == "public, max-age=60"
        for secret in ("王站长", "010-12345678", "李老师", "13900000000", "bj-", "gx-", "考前训练"):
            assert secret not in answer.text, (answer.url, secret)
    assert '<option value="60" selected>' in pages[0].text
    page = pages[1]
    assert "2026-12-03 周四 08:00–09:00 12:00–17:00" in page.text
    assert "<b>" not in page.text.replace("<body>", "")
    assert "&lt;b&gt;" in page.text
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert not re.search(r"\b(?:src|https?:)", page.text)
    assert "Free" in client.get(f"{PAGES}/{offer}?lang=en").text
    events = IcsCalendarStream.calendar_from_ics(pages[-1].text).events
    assert events[0].summary == "可预约 · 动力电池台架 <b>"
    assert events[2].start == START + timedelta(hours=3)
    again = client.get(pages[-1].url, headers={"If-None-Match": pages[-1].headers["etag"]})
    assert again.status_code == 304
    open_contact = OFFER | {"is_contact_public": True}
    send(house, "bj-master", f"{OWN}/{offer}", open_contact, "PUT")
    assert "王站长" in client.get(f"{PAGES}/{offer}").text


def test_a_search_takes_words_hours_signs_of_life_calibration_and_distance(house: Schools) -> None:
    offer = publish(house)
    place = {"address": "某路", "latitude": 39.9, "longitude": 116.4}
    send(house, "bj-master", "/api/v1/stations/BJ01-T/place", place, "PUT")

    def found(**params: str) -> list[int]:
        answer = house.client().get(f"{PAGES}.json", params=params)
        assert answer.status_code == 200, answer.text
        return [one["id"] for one in answer.json()["offers"]]

    assert found(q="电池 battery", hours="3", days="7") == [offer]
    assert found(q="电机") == []
    assert found(hours="9.5") == []
    assert found(near="39.0,117.2", within_km="150") == [offer]
    assert found(near="39.0,117.2", within_km="50") == []
    assert found(alive="1") == []
    assert found(calibrated="1") == []
    for wrong in ({"near": "x"}, {"hours": "nan"}, {"within_km": "-1"}, {"near": "91,0"}):
        page = house.client().get(PAGES, params=wrong)
        assert page.status_code == 422
        assert 'role="alert"' in page.text
        assert house.client().get(f"{PAGES}.json", params=wrong).status_code == 422


def test_who_asks_too_often_waits(house: Schools) -> None:
    house.app.state.visits = Visits(Allowance(3, timedelta(minutes=3)))
    client = house.client()
    answers = [client.get(f"{PAGES}{rest}") for rest in ("", "/1", ".json", "", ".json")]
    assert [answer.status_code for answer in answers] == [200, 404, 200, 429, 429]
    assert "请 1 分钟后再试" in answers[3].text
    assert answers[4].headers["retry-after"] == "60"
    house.clock.move(minutes=1)
    assert client.get(PAGES).status_code == 200


def test_an_offer_that_cannot_be_is_refused_by_its_field(house: Schools) -> None:
    def field(**changed: object) -> str:
        answer = send(house, "bj-master", OWN, OFFER | changed)
        assert answer.status_code == 422, answer.text
        return str(answer.json().get("field"))

    twice = [*WEEKDAYS, {"weekday": 0, "opens": "16:00", "closes": "18:00"}]
    assert field(hours=twice) == "hours"
    assert field(least_minutes=300, most_minutes=200) == "most_minutes"
    assert field(first_day="2026-12-05", last_day="2026-12-04") == "last_day"
    assert field(first_day="0001-01-01") == "first_day"
    assert field(last_day="9999-12-31") == "last_day"
    assert field(resources=["bench:BJ01/battery-01"] * 2) == "resources"
    assert field(resources=["nonsense"]) == "resources"


def test_the_trail_has_every_step_and_no_visitor(house: Schools) -> None:
    request = ask(house, publish(house))["id"]
    step(house, "bj-master", request, "decline", text="设备检修")
    with house.database.read() as db:
        rows = db.exec(select(AuditEntry).where(AuditEntry.organisation_code == "BJ01")).all()
        told = db.exec(select(InboxEntry)).all()
    actions = [(row.entity, row.action) for row in rows if row.entity.startswith("sharing")]
    assert actions == [
        ("sharing_offer", "created"),
        ("sharing_offer", "published"),
        ("sharing_request", "request"),
        ("sharing_request", "decline"),
    ]
    assert not any("13900000000" in str(row.model_dump()) for row in rows)
    assert told
