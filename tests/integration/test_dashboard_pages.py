import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient
from streamlit.testing.v1 import AppTest

from dashboard.api_client import ApiClient
from dashboard.screens import (
    conditions,
    consumables,
    due,
    gaps,
    health,
    history,
    lists,
    live_bench,
    places,
    plan,
    rectifications,
    register,
    repairs,
    reviews,
    staff,
    station,
    stations,
    stocktakes,
)
from inventory.requirements.use_cases import bundled_draft, import_list
from telemetry.contract.payloads import (
    BenchState,
    Birth,
    BusState,
    Identity,
    IdentityKind,
    SignalInfo,
)
from tests.databases import Databases
from tests.schools import NOW, WRITES, Schools, schools

Show = Callable[..., None]
APP = Path(__file__).resolve().parents[2] / "dashboard" / "app.py"


@pytest.fixture(autouse=True)
def main_module(monkeypatch: pytest.MonkeyPatch) -> None:
    """AppTest leaves its page as the main module, which later tests' processes would run."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])


@contextmanager
def with_a_bench(url: str) -> Iterator[Schools]:
    with schools(url) as found:
        import_list(found.database, bundled_draft(), who="test", now=NOW)
        now_ms = int(NOW.timestamp() * 1000)
        signals = [SignalInfo(name="soc", minimum=0.0, maximum=1.0, headline=True)]
        birth = Birth(
            observed_at_ms=now_ms,
            epoch=1,
            profile="battery",
            identity=Identity(kind=IdentityKind.SIMULATOR),
            signals=signals,
            publish_period_ms=200,
        )
        found.live.put_birth("battery-01", birth, NOW)
        state = BenchState(observed_at_ms=now_ms, online=True, bus=BusState.ACTIVE)
        found.live.put_state("battery-01", state, NOW)
        found.live.put_row("battery-01", {"soc": 0.62}, NOW)
        yield found


@pytest.fixture(scope="module")
def house(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Schools]:
    folder = tmp_path_factory.mktemp("house")
    with databases.fresh("sqlite", "furnished", folder) as url, with_a_bench(url) as made:
        yield made


@pytest.fixture(scope="module")
def house_of_either_kind(shared_school_url: str) -> Iterator[Schools]:
    """For what every page asks; the rest is said of pages, whatever keeps the data."""
    with with_a_bench(shared_school_url) as made:
        yield made


def through(http: TestClient) -> httpx2.MockTransport:
    """The real API's answers without a socket."""

    def answer(request: httpx2.Request) -> httpx2.Response:
        found = http.get(request.url.raw_path.decode())
        return httpx2.Response(found.status_code, content=found.content)

    return httpx2.MockTransport(answer)


def client_of(house: Schools, username: str) -> ApiClient:
    return ApiClient("http://api", "t0ken", through(house.client(username)))


def page(show, client, lang, gone):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    # Streamlit runs this text as a script of its own, hence the imports inside
    from dashboard.frame import Frame
    from dashboard.screens.guarding import show_guarded
    from dashboard.wording import Lang

    frame = Frame(Lang(lang), client.me(), lambda name, query: gone.append((name, dict(query))))
    show_guarded(show, client, frame)


def run(show: Show, client: ApiClient, lang: str = "zh", **query: str) -> AppTest:
    script = AppTest.from_function(page, args=(show, client, lang, []), default_timeout=30)
    for name, value in query.items():
        script.query_params[name] = value
    found = script.run()
    assert not found.exception, found.exception
    return found


def drawn(at: AppTest, name: str) -> dict[str, Any]:
    """What a component was given to draw."""
    for element in at.get("bidi_component"):
        if element.proto.component_name == f"stationmaster_{name}":
            data: dict[str, Any] = json.loads(element.proto.json)
            return data
    raise AssertionError(f"no component {name} on the page")


def query_of(at: AppTest, name: str) -> str | None:
    value = at.query_params.get(name)
    return value[0] if isinstance(value, list) else value


def test_the_matrix_shows_what_a_school_may_see(house: Schools) -> None:
    data = drawn(run(stations.show, client_of(house, "bj-master")), "stations")
    assert [row["station"] for row in data["matrix"]["stations"]] == ["BJ01-E", "BJ01-T"]
    assert {bench["code"] for bench in data["benches"]} == {"battery-01", "motor-01"}
    assert data["stale_since"] is None


def test_another_school_is_nowhere_on_the_page(house: Schools) -> None:
    at = run(stations.show, client_of(house, "gx-master"))
    assert "BJ01" not in json.dumps(drawn(at, "stations")["matrix"])


def test_an_evaluator_sees_the_schools_it_evaluates(house: Schools) -> None:
    data = drawn(run(stations.show, client_of(house, "evaluator")), "stations")
    assert {row["organisation_code"] for row in data["matrix"]["stations"]} == {"BJ01"}


def test_the_day_and_the_use_come_from_the_address_and_stay_in_it(house: Schools) -> None:
    at = run(stations.show, client_of(house, "bj-master"), date="2026-12-31", use="exam")
    data = drawn(at, "stations")
    assert (data["date"], data["use"]) == ("2026-12-31", "exam")
    assert query_of(at, "date") == "2026-12-31"
    assert query_of(at, "use") == "exam"


def test_nonsense_in_the_address_is_ignored(house: Schools) -> None:
    at = run(stations.show, client_of(house, "bj-master"), date="soon", use="play")
    assert drawn(at, "stations")["use"] == "all"


def test_the_station_page_asks_what_the_address_asks(house: Schools) -> None:
    asked = {"station": "BJ01-E", "module": "2-4", "level": "advanced"}
    at = run(station.show, client_of(house, "bj-master"), **asked)
    data = drawn(at, "findings")
    result = data["result"]
    assert (result["station"], result["module"], result["level"]) == ("BJ01-E", "2-4", "advanced")
    assert result["use"] == "exam"
    assert result["findings"]
    assert data["url"].startswith("/api/v1/stations/BJ01-E/readiness?module=2-4&level=advanced")
    assert {name: query_of(at, name) for name in asked} == asked


def test_choosing_another_module_changes_the_question(house: Schools) -> None:
    at = run(station.show, client_of(house, "bj-master"), station="BJ01-T")
    at.button_group(key="station-module-BJ01-T").set_value("2-3").run()
    assert not at.exception
    assert drawn(at, "findings")["result"]["module"] == "2-3"
    assert query_of(at, "module") == "2-3"


def test_a_station_of_another_school_is_not_told_apart_from_none(house: Schools) -> None:
    at = run(station.show, client_of(house, "bj-master"), station="GX02-T")
    assert "GX02-T" in at.warning[0].value.replace("\\", "")
    assert drawn(at, "findings")["result"]["station"] == "BJ01-E"


def test_a_visitor_reads_why_there_are_no_findings(house: Schools) -> None:
    at = run(station.show, client_of(house, "visitor"))
    assert any("开放共享" in one.value for one in at.markdown)
    assert not [one for one in at.get("bidi_component") if "findings" in one.proto.component_name]


def test_the_live_page_gets_catalogue_pulse_and_latest_row(house: Schools) -> None:
    at = run(live_bench.show, client_of(house, "bj-master"), bench="battery-01")
    details = drawn(at, "live")["bench"]["details"]
    assert details["signals"][0]["name"] == "soc"
    assert details["identity"]["kind"] == "simulator"
    assert details["latest"]["values"] == {"soc": 0.62}
    assert details["pulse"]["faults"] == []


def test_a_visitor_sees_that_a_bench_is_shared_and_no_values(house: Schools) -> None:
    at = run(live_bench.show, client_of(house, "visitor"), "en", bench="battery-01")
    assert any("This bench is shared" in one.value for one in at.markdown)
    assert "0.62" not in str(at.main)


def test_the_history_page_gets_the_catalogue_and_what_its_address_asks(house: Schools) -> None:
    asked = {"bench": "battery-01", "span": "86400", "signals": "soc", "other": "motor-01"}
    data = drawn(run(history.show, client_of(house, "bj-master"), **asked), "history")
    assert data["bench"]["details"]["signals"][0]["name"] == "soc"
    assert data["asked"] == {"span": "86400", "signals": "soc", "other": "motor-01"}
    assert [one["code"] for one in data["benches"]] == ["battery-01", "motor-01"]


def test_a_visitor_sees_no_history_of_a_shared_bench(house: Schools) -> None:
    at = run(history.show, client_of(house, "visitor"), bench="battery-01")
    assert not [one for one in at.get("bidi_component") if "history" in one.proto.component_name]
    assert any("开放共享" in one.value for one in at.markdown)


@pytest.mark.parametrize(
    "show",
    [
        stations.show,
        station.show,
        live_bench.show,
        history.show,
        gaps.show,
        rectifications.show,
        lists.show,
        plan.show,
        reviews.show,
    ],
    ids=lambda show: show.__module__,
)
def test_every_page_speaks_english_too(house_of_either_kind: Schools, show: Show) -> None:
    house = house_of_either_kind
    at = run(show, client_of(house, "bj-master"), "en")
    names = {"Stations", "Station", "Live bench", "History", "Gaps", "Rectifications", "Lists"}
    names |= {"Plan", "Our reviews"}
    assert at.title[0].value in names
    component = next(
        one for one in at.get("bidi_component") if "logout" not in one.proto.component_name
    )
    spoken = json.loads(component.proto.json)["texts"]
    choices = ("choice.",)
    chinese = [
        key
        for key, text in spoken.items()
        if any("\u4e00" <= sign <= "\u9fff" for sign in text) and not key.startswith(choices)
    ]
    assert chinese == []


def test_the_last_known_data_stay_when_the_api_falls_silent(house: Schools) -> None:
    http = house.client("bj-master")
    is_down = False

    def answer(request: httpx2.Request) -> httpx2.Response:
        if is_down and request.url.path != "/api/v1/me":
            return httpx2.Response(503, json={"status": 503})
        found = http.get(request.url.raw_path.decode())
        return httpx2.Response(found.status_code, content=found.content)

    at = run(stations.show, ApiClient("http://api", "t", httpx2.MockTransport(answer)))
    loaded_at = drawn(at, "stations")["loaded_at"]
    is_down = True
    at.run()
    data = drawn(at, "stations")
    assert data["stale_since"] == loaded_at
    assert data["matrix"]["stations"]


def test_without_any_data_the_page_says_so_and_offers_to_retry(house: Schools) -> None:
    http = house.client("bj-master")

    def answer(request: httpx2.Request) -> httpx2.Response:
        if request.url.path == "/api/v1/me":
            found = http.get("/api/v1/me")
            return httpx2.Response(200, content=found.content)
        raise httpx2.ConnectError("refused", request=request)

    at = run(stations.show, ApiClient("http://api", "t", httpx2.MockTransport(answer)))
    assert at.subheader[0].value == "暂时读不到数据"
    assert at.button(key="retry").label == "重试"


def test_a_login_that_ended_leads_to_the_login_page(house: Schools) -> None:
    http = house.client("bj-master")

    def answer(request: httpx2.Request) -> httpx2.Response:
        if request.url.path == "/api/v1/me":
            return httpx2.Response(200, content=http.get("/api/v1/me").content)
        return httpx2.Response(401, json={"status": 401})

    at = run(stations.show, ApiClient("http://api", "t", httpx2.MockTransport(answer)))
    assert drawn(at, "login")["texts"]["login.submit"] == "登录"


def test_a_house_without_a_list_says_who_can_import_one(school_url: str) -> None:
    with schools(school_url) as bare:
        at = run(stations.show, client_of(bare, "bj-master"))
    assert "没有适用于该日期的设备与工具清单。" in [one.value for one in at.markdown]
    assert drawn(at, "stations")["matrix"]["stations"]


def test_the_script_says_when_its_api_is_not_there(
    monkeypatch: pytest.MonkeyPatch, free_port: int
) -> None:
    monkeypatch.setenv("STATIONMASTER_API_URL", f"http://127.0.0.1:{free_port}")
    at = AppTest.from_file(str(APP), default_timeout=30).run()
    assert not at.exception
    assert at.subheader[0].value == "暂时读不到数据"
    at.query_params["lang"] = "en"
    assert at.run().subheader[0].value == "No data right now"


def test_a_defect_of_a_page_shows_a_sentence_and_no_traceback() -> None:
    def defective() -> None:
        from dashboard.server import _on_script_error

        assert _on_script_error(ZeroDivisionError("secret detail"))

    at = AppTest.from_function(defective, default_timeout=30).run()
    assert not at.exception
    assert "服务日志" in at.error[0].value
    assert "secret detail" not in str(at.main)


def test_at_most_a_dozen_answers_are_kept_per_browser_tab() -> None:
    def asking() -> None:
        import streamlit as st

        from dashboard.trouble import MAX_REMEMBERED, last_known

        for number in range(MAX_REMEMBERED + 5):
            last_known(f"key-{number}", lambda: "answer")
        st.text(len(st.session_state["last-known"]))

    at = AppTest.from_function(asking, default_timeout=30).run()
    assert at.text[0].value == "12"


def test_data_health_shows_the_benches_of_the_school_and_who_may_acknowledge(
    house: Schools,
) -> None:
    data = drawn(run(health.show, client_of(house, "bj-teacher")), "health")
    assert {one["code"] for one in data["health"]["benches"]} == {"battery-01", "motor-01"}
    assert data["may_acknowledge"]
    assert data["stale_since"] is None
    assert not drawn(run(health.show, client_of(house, "evaluator")), "health")["may_acknowledge"]


def test_data_health_is_nobody_elses_business(house: Schools) -> None:
    at = run(health.show, client_of(house, "visitor"), lang="en")
    assert not [one for one in at.get("bidi_component") if "health" in one.proto.component_name]
    assert any("Data health is shown to the school" in one.value for one in at.markdown)


def test_alerts_are_counted_beside_every_title_for_those_inside(house: Schools) -> None:
    data = drawn(run(stations.show, client_of(house, "bj-teacher")), "badge")
    assert data["api"] == "/api/v1"
    assert data["has_alerts"]
    assert not drawn(run(stations.show, client_of(house, "visitor")), "badge")["has_alerts"]


@pytest.mark.parametrize(
    "show",
    [
        gaps.show,
        rectifications.show,
        lists.show,
        plan.show,
        reviews.show,
        due.show,
        conditions.show,
        staff.show,
        places.show,
        consumables.show,
        register.show,
        repairs.show,
        stocktakes.show,
    ],
    ids=lambda show: show.__module__,
)
def test_a_visitor_sees_no_page_where_a_school_works(house: Schools, show: Show) -> None:
    at = run(show, client_of(house, "visitor"))
    own = ("due", "register", "repairs", "stocktakes")
    kept = ("conditions", "staff", "places", "consumables")
    names = ("gaps", "tasks", "lists", "plan", "review_desk", *own, *kept)
    drawn_here = [one.proto.component_name for one in at.get("bidi_component")]
    assert not [one for one in drawn_here if one.endswith(names)]


def test_pages_of_records_start_with_what_their_address_asks(house: Schools) -> None:
    asked = {"station": "BJ01-E", "outcome": "unknown", "use": "training", "other": "x"}
    data = drawn(run(conditions.show, client_of(house, "bj-master"), **asked), "conditions")
    assert data["asked"] == {"outcome": "unknown"}
    assert (data["station"]["code"], data["use"], data["date"]) == ("BJ01-E", "training", None)
    asked = {"station": "BJ01-T", "tab": "proof"}
    data = drawn(run(staff.show, client_of(house, "evaluator"), "en", **asked), "staff")
    assert (data["asked"], data["may_write"]) == ({"tab": "proof"}, False)
    assert data["texts"]["staff_role.trainer"] == "Trainer"
    assert drawn(run(places.show, client_of(house, "bj-master")), "places")["may_write"]
    data = drawn(run(consumables.show, client_of(house, "bj-teacher"), state="low"), "consumables")
    assert (data["asked"], data["may_move"]) == ({"state": "low"}, True)


def test_the_due_calendar_starts_with_what_its_address_asks(house: Schools) -> None:
    asked = {"station": "BJ01-E", "state": "overdue", "other": "x"}
    data = drawn(run(due.show, client_of(house, "bj-master"), **asked), "due")
    assert data["asked"] == {"station": "BJ01-E", "state": "overdue"}
    assert {one["code"] for one in data["stations"]} == {"BJ01-E", "BJ01-T"}
    assert data["may_write"]
    assert not drawn(run(due.show, client_of(house, "evaluator")), "due")["may_write"]


def test_who_may_report_and_manage_repairs_is_told_to_the_board(house: Schools) -> None:
    names = ("may_report", "may_manage", "may_attach")
    told = {
        who: [drawn(run(repairs.show, client_of(house, who)), "repairs")[name] for name in names]
        for who in ("bj-master", "bj-teacher", "evaluator")
    }
    assert told["bj-master"] == [True, True, True]
    assert told["bj-teacher"] == [True, False, True]
    assert told["evaluator"][:2] == [False, False]


def test_the_register_starts_with_ones_own_school_and_what_its_address_asks(house: Schools) -> None:
    asked = {"text": "手套", "asset": "BJ01-0001", "other": "x"}
    data = drawn(run(register.show, client_of(house, "bj-master"), **asked), "register")
    assert data["asked"] == {"text": "手套", "asset": "BJ01-0001"}
    assert ([one["code"] for one in data["organisations"]], data["may_write"]) == (["BJ01"], True)
    seen = drawn(run(register.show, client_of(house, "evaluator")), "register")
    assert ([one["code"] for one in seen["organisations"]], seen["may_write"]) == (["BJ01"], False)


def test_the_gap_matrix_starts_with_what_its_address_asks(house: Schools) -> None:
    asked = {"station": "BJ01-E", "use": "training", "list": "DRAFT-0.1", "level": "advanced"}
    data = drawn(run(gaps.show, client_of(house, "bj-master"), **asked), "gaps")
    assert (data["station"]["code"], data["use"], data["date"]) == ("BJ01-E", "training", None)
    assert data["asked"] == {"list": "DRAFT-0.1", "level": "advanced"}
    assert data["may_manage"]
    assert not drawn(run(gaps.show, client_of(house, "evaluator")), "gaps")["may_manage"]


def test_a_school_imports_lists_and_only_a_publisher_calls_one_official(house: Schools) -> None:
    def rights(username: str) -> tuple[bool, bool]:
        data = drawn(run(lists.show, client_of(house, username)), "lists")
        return data["may_write"], data["is_publisher"]

    assert rights("bj-master") == (True, False)
    assert rights("bj-teacher") == (False, False)
    assert rights("evaluator") == (True, True)


def test_each_side_looks_at_reviews_with_its_own_eyes(house: Schools) -> None:
    def rights(username: str) -> tuple[str, bool, bool]:
        data = drawn(run(reviews.show, client_of(house, username)), "review_desk")
        return data["side"], data["may_act"], data["may_apply"]

    assert rights("bj-master") == ("school", True, True)
    assert rights("bj-teacher") == ("school", False, False)
    assert rights("evaluator") == ("evaluation", True, False)


def test_a_review_opens_by_its_number_and_a_foreign_one_is_not_there(house: Schools) -> None:
    school = house.client("bj-master")
    made = school.post("/api/v1/reviews", json={"station": "BJ01-E"}, headers=WRITES)
    number = str(made.json()["id"])
    data = drawn(run(reviews.show, client_of(house, "evaluator"), review=number), "review")
    assert (str(data["review"]), data["station"]["code"]) == (number, "BJ01-E")
    at = run(reviews.show, client_of(house, "gx-master"), review=number)
    assert at.subheader[0].value == "没有找到"
    odd = run(reviews.show, client_of(house, "evaluator"), review="no number")
    assert drawn(odd, "review_desk")["side"] == "evaluation"


def test_the_view_of_the_review_page_comes_from_its_address(house: Schools) -> None:
    client = client_of(house, "evaluator")
    at = run(reviews.show, client, view="compare", reviews="1,2")
    assert drawn(at, "review_compare")["asked"] == {"reviews": "1,2"}
    at.button_group(key="reviews-view").set_value("editions").run()
    assert query_of(at, "view") == "editions"
    assert drawn(at, "review_editions")["side"] == "evaluation"
