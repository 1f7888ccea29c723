from collections.abc import Iterator
from datetime import date

import pytest
from sqlmodel import select

from inventory.audit.table import AuditEntry
from inventory.equipment.use_cases import RegisterUpload, import_register
from inventory.errors import Invalid
from inventory.requirements.errors import ListNotYours
from inventory.requirements.parameters import Outcome, PieceState
from inventory.requirements.schema import DecisionIn
from inventory.requirements.settling import accepted_proposals, pieces_of, settle
from inventory.requirements.use_cases import (
    ListUpload,
    import_list,
    requirement_list,
    requirements_of,
)
from tests.schools import NOW, WRITES, Schools, schools

HEADER = (
    "row_id,module_code,level,station_use,item_zh,technical_parameters,quantity_basis,quantity_n,"
    "obligation,authority_item,authority_parameters,authority_quantity,list_version\n"
)
TEXTS = {
    "A-1": ("绝缘手套", "耐压≥1000V；进口优质橡胶"),
    "A-2": ("压力表", "0~10MPa"),
    "A-3": ("压力表", "0～10 MPa，精度0.5级"),
    "A-4": ("打印机", "支持双面打印"),
}


def list_file(version: str) -> bytes:
    rows = [
        f"{row},2-1,*,both,{item},{text},per_station,1,mandatory,official,official,official,{version}"
        for row, (item, text) in TEXTS.items()
    ]
    return (HEADER + "\n".join(rows)).encode()


@pytest.fixture
def house(school_url: str) -> Iterator[Schools]:
    with schools(school_url) as found:
        import_list(found.database, upload("V-1"), who="test", now=NOW)
        yield found


def upload(version: str) -> ListUpload:
    return ListUpload("list.csv", list_file(version), organisation_code="EVAL")


def decide(house: Schools, *decisions: DecisionIn, publisher: str | None = "EVAL") -> object:
    return settle(house.database, "V-1", decisions, publisher=publisher, who="evaluator", now=NOW)


def decision(item: str, text: str, outcome: str, clause: str = "") -> DecisionIn:
    return DecisionIn(item_zh=item, text=text, outcome=Outcome(outcome), clause=clause)


def parameters(house: Schools, version: str = "V-1") -> list[str]:
    with house.database.read() as db:
        return [row.technical_parameters for row in requirements_of(db, version)]


def test_what_is_not_sure_waits_for_a_person_and_is_shown_once(house: Schools) -> None:
    with house.database.read() as db:
        row = requirement_list(db, "V-1")
        waiting = pieces_of(db, row, is_open_only=True)
        everything = pieces_of(db, row, is_open_only=False)
    assert [(one.text, one.state, one.row_ids) for one in waiting] == [
        ("进口优质橡胶", PieceState.UNREAD, ["A-1"]),
        ("0~10MPa", PieceState.PROPOSED, ["A-2", "A-3"]),
        ("支持双面打印", PieceState.UNREAD, ["A-4"]),
    ]
    assert len(everything) == 5
    assert parameters(house)[1:3] == ["0~10MPa", "0-10 MPa; accuracy_class <= 0.5"]


def test_three_decisions_settle_the_list_and_every_later_edition(house: Schools) -> None:
    done = decide(
        house,
        decision("绝缘手套", "进口优质橡胶", "words_only"),
        decision("压力表", "0-10MPa", "clause", "range >= 0-10 MPa"),
        decision("打印机", "支持双面打印", "not_applicable"),
    )
    assert (getattr(done, "rows_changed", 0), getattr(done, "still_open", 9)) == (4, 0)
    settled = [
        "withstand_voltage >= 1000 V; 进口优质橡胶",
        "range >= 0-10 MPa",
        "range >= 0-10 MPa; accuracy_class <= 0.5",
        "-",
    ]
    assert parameters(house) == settled
    import_list(house.database, upload("V-2"), who="test", now=NOW)
    assert parameters(house, "V-2") == settled


def test_a_later_decision_replaces_one_and_the_old_one_is_in_the_audit_trail(
    house: Schools,
) -> None:
    decide(house, decision("压力表", "0-10MPa", "clause", "range >= 0-10 MPa"))
    decide(house, decision("压力表", "0~10MPa", "words_only"))
    assert parameters(house)[1] == "0~10MPa"
    with house.database.read() as db:
        of_decision = select(AuditEntry).where(AuditEntry.entity == "parameter_decision")
        (entry,) = db.exec(of_decision).all()
        assert requirement_list(db, "V-1").settled_revision == 2
    assert entry.old is not None
    assert (entry.who, entry.old["clause"]) == ("evaluator", "range >= 0-10 MPa")


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        (decision("压力表", "0-99MPa", "words_only"), "decisions[1].text"),
        (decision("打印机", "0-10MPa", "words_only"), "decisions[1].text"),
        (decision("压力表", "0-10MPa", "clause", "量程大概够用"), "decisions[1].clause"),
        (decision("压力表", "0-10MPa", "clause"), "decisions[1].clause"),
        (decision("压力表", "0-10MPa", "words_only", "a = 1"), "decisions[1].clause"),
    ],
)
def test_one_bad_decision_keeps_all_of_them_out(
    house: Schools, bad: DecisionIn, field: str
) -> None:
    with pytest.raises(Invalid) as caught:
        decide(house, decision("打印机", "支持双面打印", "not_applicable"), bad)
    assert caught.value.field == field
    assert parameters(house)[3] == "支持双面打印"


def test_only_the_publisher_says_what_a_list_means(house: Schools) -> None:
    with pytest.raises(ListNotYours):
        decide(house, decision("打印机", "支持双面打印", "not_applicable"), publisher=None)


def test_all_proposals_can_be_taken_at_once(house: Schools) -> None:
    with house.database.read() as db:
        waiting = pieces_of(db, requirement_list(db, "V-1"), is_open_only=True)
    decide(house, *accepted_proposals(waiting))
    assert parameters(house)[1] == "range >= 0-10 MPa"


def test_an_unsettled_text_does_not_pass_and_a_settled_one_does_at_once(house: Schools) -> None:
    header = "asset_number,item_zh,parameters,quantity\n"
    rows = "P-1,压力表,量程 = 0-16 MPa; accuracy_class = 0.4,2\n"
    register = RegisterUpload("r.csv", (header + rows).encode(), "BJ01", is_partial=False)
    import_register(house.database, register, who="test")
    desk, teacher = house.client("evaluator"), house.client("bj-teacher")
    asked = "/api/v1/stations/BJ01-E/readiness?module=2-1&level=intermediate"
    before = {one["row_id"] for one in teacher.get(asked).json()["findings"]}
    assert "A-2" in before
    waiting = desk.get("/api/v1/lists/V-1/parameters").json()
    assert waiting["total"] == 3
    sent = {
        "decisions": [
            {
                "item_zh": "压力表",
                "text": "0-10MPa",
                "outcome": "clause",
                "clause": "range >= 0-10 MPa",
            }
        ]
    }
    answer = desk.post("/api/v1/lists/V-1/parameters", json=sent, headers=WRITES)
    assert (answer.status_code, answer.json()["still_open"]) == (200, 2), answer.text
    after = {one["row_id"] for one in teacher.get(asked).json()["findings"]}
    assert before - after == {"A-2", "A-3"}
    shown = teacher.get("/api/v1/lists/V-1/parameters?open_only=false").json()["items"]
    (settled,) = [one for one in shown if one["state"] == "settled"]
    assert (settled["decided_by"], settled["outcome"]) == ("evaluator", "clause")
    refused = teacher.post("/api/v1/lists/V-1/parameters", json=sent, headers=WRITES)
    assert refused.status_code == 403


def test_the_day_of_a_decision_is_kept(house: Schools) -> None:
    decide(house, decision("打印机", "支持双面打印", "not_applicable"))
    with house.database.read() as db:
        (one,) = [
            piece
            for piece in pieces_of(db, requirement_list(db, "V-1"), is_open_only=False)
            if piece.state is PieceState.SETTLED
        ]
    assert one.decided_at is not None
    assert one.decided_at.date() == date(2026, 12, 1)


def test_what_changed_between_editions_is_told_and_can_be_corrected(house: Schools) -> None:
    changed = list_file("V-2").replace("打印机".encode(), "激光一体机".encode())
    changed = changed.replace("耐压≥1000V".encode(), "耐压≥1500V".encode())
    import_list(
        house.database, ListUpload("list.csv", changed, organisation_code="EVAL"), who="t", now=NOW
    )
    teacher = house.client("bj-teacher")
    found = teacher.get("/api/v1/lists/V-2/changes?since=V-1").json()
    assert found["unchanged"] == 2
    assert [one["row_id"] for one in found["changed"]] == ["A-1", "A-4"]
    assert found["changed"][0]["clauses_added"] == ["withstand_voltage >= 1500 V"]
    apart = teacher.get("/api/v1/lists/V-2/changes?since=V-1&pair=A-4:").json()
    assert [one["item_zh"] for one in apart["removed"]] == ["打印机"]
    assert [one["item_zh"] for one in apart["added"]] == ["激光一体机"]
    for bad in ("A-9:A-1", "A-1", "A-1:A-2&pair=A-1:"):
        answer = teacher.get(f"/api/v1/lists/V-2/changes?since=V-1&pair={bad}")
        assert (answer.status_code, answer.json()["field"]) == (422, "pair")
    hidden = house.client("gx-master").get("/api/v1/lists/V-2/changes?since=V-1")
    assert hidden.status_code == 404


def test_an_edition_shows_a_station_which_findings_come_and_go(house: Schools) -> None:
    later = list_file("V-2").replace("打印机".encode(), "示波器".encode())
    later = later.replace(b"A-1,2-1", b"B-1,2-1")
    import_list(
        house.database, ListUpload("list.csv", later, organisation_code="EVAL"), who="t", now=NOW
    )
    asked = "/api/v1/stations/BJ01-E/readiness/editions?module=2-1&level=intermediate"
    found = house.client("bj-teacher").get(f"{asked}&list=V-2&since=V-1").json()
    assert (found["list_before"], found["list_after"]) == ("V-1", "V-2")
    assert (found["gone"], found["come"], found["stay"]) == ([], [], 4)
    shorter = "\n".join(later.decode().replace("V-2", "V-3").splitlines()[:-1])
    import_list(
        house.database,
        ListUpload("list.csv", shorter.encode(), organisation_code="EVAL"),
        who="t",
        now=NOW,
    )
    found = house.client("bj-teacher").get(f"{asked}&list=V-3&since=V-2").json()
    assert [one["row_id"] for one in found["gone"]] == ["A-4"]
    assert (found["come"], found["stay"]) == ([], 3)
    back = house.client("bj-teacher").get(f"{asked}&list=V-2&since=V-3").json()
    assert [one["row_id"] for one in back["come"]] == ["A-4"]
    hidden = house.client("gx-master").get(f"{asked}&list=V-2&since=V-1")
    assert hidden.status_code == 404


def test_an_evaluator_sees_which_stations_another_edition_would_change(house: Schools) -> None:
    shorter = list_file("V-2").splitlines()[:-1]
    upload = ListUpload("list.csv", b"\n".join(shorter), organisation_code="EVAL")
    import_list(house.database, upload, who="t", now=NOW)
    evaluator = house.client("evaluator")
    asked = "/api/v1/readiness/editions?list=V-2&since=V-1"
    found = evaluator.get(f"{asked}&limit=1").json()
    assert (found["total"], found["next"]) == (2, 1)
    (station,) = found["items"]
    assert station["station"] == "BJ01-E"
    fewer = {one["binding_before"] - one["binding_after"] for one in station["cells"]}
    assert max(fewer) == 1
    assert min(fewer) >= 0
    detail = "/api/v1/stations/BJ01-E/readiness?module=2-1&level=advanced&list=V-2"
    alone = evaluator.get(detail).json()
    same = [one for one in station["cells"] if (one["module"], one["level"]) == ("2-1", "advanced")]
    assert (same[0]["status_after"], same[0]["binding_after"]) == (
        alone["status"],
        alone["binding"],
    )
    assert house.client("gx-master").get(asked).status_code == 404
    assert house.client("visitor").get(asked).status_code == 403
    assert evaluator.get(asked.replace("V-2", "V-9")).status_code == 404
