from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from inventory.benches.schema import BenchFields
from inventory.benches.use_cases import create_bench
from inventory.bookings.desk import Desk
from inventory.database import open_database
from inventory.equipment.table import Equipment
from inventory.faults.rules import FaultState
from inventory.faults.table import Fault
from inventory.moments import epoch_ms
from inventory.notifications.rules import MessageKind
from inventory.notifications.table import OutboxMessage
from inventory.proofs.rules import ProofKind
from inventory.proofs.table import EquipmentProof
from inventory.rig_truth.attending import Attended, attend
from inventory.rig_truth.noticing import Noticed, notice_failures
from inventory.usage_sessions.table import UsageSession
from telemetry.contract.payloads import BenchState
from tests.databases import Databases
from tests.schools import NOW, WRITES, Schools, schools

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
TOMORROW = NOW.replace(hour=1) + DAY
BENCH, SPARE = "bench:BJ01/battery-01", "bench:BJ01/battery-03"


@pytest.fixture
def house(databases: Databases, tmp_path: Path) -> Iterator[Schools]:
    with databases.fresh("sqlite", "furnished", tmp_path) as url:
        database = open_database(url)
        bench = {"code": "battery-03", "organisation_code": "BJ01", "station_code": "BJ01-T"}
        fields = bench | {"profile": "battery", "name_zh": "台架 battery-03"}
        create_bench(database, BenchFields.model_validate(fields), who="test")
        database.close()
        with schools(url) as built:
            for code in ("battery-01", "battery-03"):
                built.live.put_row(code, {}, NOW)
            yield built


def ask(house: Schools, who: str, method: str, path: str, status: int, body: object = None) -> Any:  # noqa: ANN401 - JSON
    answer = house.client(who).request(method, f"/api/v1{path}", json=body, headers=WRITES)
    assert answer.status_code == status, answer.text
    return answer.json()


def book(house: Schools, who: str = "bj-teacher", key: str = BENCH, **facts: object) -> Any:  # noqa: ANN401
    start = TOMORROW + facts.pop("after", timedelta())  # type: ignore[operator]
    span = {"start_at": start.isoformat(), "end_at": (start + HOUR).isoformat()}
    order = {"resources": [key], "purpose": "class"} | span | facts
    return ask(house, who, "POST", "/bookings", 201, order)


def fault(
    house: Schools, state: FaultState = FaultState.CONFIRMED, code: str = "battery-01"
) -> None:
    with house.database.begin() as db:
        row = db.get(Fault, (code, "f-1")) or Fault(
            bench_code=code,
            fault_id="f-1",
            dtc="P0A80",
            severity=3,
            state=state,
            first_at=NOW,
            observed_at=NOW,
            confirmed_at=NOW,
            text_zh="电池组性能",
            text_en="battery pack",
        )
        row.state = state
        db.add(row)


def look(house: Schools) -> Noticed:
    return notice_failures(house.database, house.live, house.clock.at)


def told(house: Schools, kind: MessageKind) -> list[dict[str, Any]]:
    with house.database.read() as db:
        query = select(OutboxMessage).where(OutboxMessage.kind == kind)
        return [row.facts for row in db.exec(query).all()]


def test_a_bench_with_a_blocking_fault_warns_and_names_what_is_free_instead(house: Schools) -> None:
    fault(house)
    warnings = book(house)["warnings"]
    assert [(one["code"], one["resource_key"]) for one in warnings] == [("in_order", BENCH)] * 2
    assert "P0A80" in warnings[0]["zh"]
    assert "battery-03" in warnings[1]["zh"]
    assert book(house, key=SPARE)["warnings"] == []


def test_a_bench_silent_for_longer_than_its_limit_warns(house: Schools) -> None:
    house.clock.move(days=2)
    made = book(house, after=2 * DAY)
    assert "无数据" in made["warnings"][0]["zh"]


def test_a_calibration_that_ends_before_the_booking_warns(house: Schools) -> None:
    with house.database.begin() as db:
        db.add(
            Equipment(
                organisation_code="BJ01", asset_number="A1", item_zh="台", bench_code="battery-01"
            )
        )
        db.flush()
        db.add(
            EquipmentProof(
                organisation_code="BJ01",
                asset_number="A1",
                kind=ProofKind.CALIBRATION,
                valid_until=TOMORROW.date(),
                recorded_by="test",
                recorded_at=NOW,
            )
        )
    assert book(house)["warnings"] == []
    assert "已过期" in book(house, after=DAY)["warnings"][0]["zh"]


def test_holders_are_told_once_of_a_failure_and_once_that_it_is_over(house: Schools) -> None:
    made, kind = book(house), MessageKind.RIG_FAILED_SUBSTITUTE_PROPOSED
    fault(house)
    assert look(house) == Noticed()
    house.clock.move(minutes=15)
    assert look(house) == Noticed(told=1)
    assert look(house) == Noticed()
    (facts,) = told(house, kind)
    assert facts["booking_id"] == made["id"]
    assert facts["substitutes"] == ["台架 battery-03"]
    assert "P0A80" in facts["why"][0]
    fault(house, FaultState.CLEARED)
    assert look(house) == Noticed(withdrawn=1)
    assert look(house) == Noticed()
    assert len(told(house, MessageKind.RIG_RESTORED)) == 1
    history = ask(house, "bj-teacher", "GET", f"/bookings/{made['id']}/history", 200)
    assert [one["action"] for one in history] == ["place", "rig_failed", "rig_restored"]


def test_a_substitute_is_taken_in_one_step_and_the_failure_is_over(house: Schools) -> None:
    made = book(house)
    fault(house)
    house.clock.move(minutes=15)
    look(house)
    (one,) = ask(house, "bj-teacher", "GET", "/bookings/affected?mine=true", 200)
    (failed,) = one["failed"]
    assert [each["resource_key"] for each in failed["substitutes"]] == [SPARE]
    assert failed["told_at"] is not None
    path, order = f"/bookings/{made['id']}/substitution", {"failed": BENCH, "substitute": SPARE}
    after = ask(house, "bj-teacher", "POST", path, 200, order)
    assert [part["resource_key"] for part in after["parts"]] == [SPARE]
    assert after["state"] == "booked"
    assert ask(house, "bj-teacher", "GET", "/bookings/affected", 200) == []
    assert look(house) == Noticed()
    assert told(house, MessageKind.RIG_RESTORED) == []
    ask(house, "bj-teacher", "POST", path, 422, order)


def test_what_is_taken_or_broken_is_proposed_to_nobody(house: Schools) -> None:
    made = book(house)
    other = book(house, "bj-master", SPARE)
    fault(house)
    (one,) = ask(house, "bj-teacher", "GET", "/bookings/affected", 200)
    assert one["failed"][0]["substitutes"] == []
    order = {"failed": BENCH, "substitute": SPARE}
    ask(house, "bj-teacher", "POST", f"/bookings/{made['id']}/substitution", 409, order)
    ask(house, "bj-master", "POST", f"/bookings/{other['id']}/cancellation", 200)
    fault(house, code="battery-03")
    (again,) = ask(house, "bj-teacher", "GET", "/bookings/affected", 200)
    assert again["failed"][0]["substitutes"] == []


def test_affected_bookings_of_others_are_nobodys_business(house: Schools) -> None:
    made = book(house)
    fault(house)
    order = {"failed": BENCH, "substitute": SPARE}
    path = f"/bookings/{made['id']}/substitution"
    assert ask(house, "gx-master", "GET", "/bookings/affected", 200) == []
    ask(house, "visitor", "GET", "/bookings/affected", 403)
    ask(house, "gx-master", "POST", path, 404, order)
    for who in ("evaluator", "visitor"):
        ask(house, who, "POST", path, 403, order)
    assert len(ask(house, "evaluator", "GET", "/bookings/affected", 200)) == 1
    assert ask(house, "bj-teacher", "GET", "/bookings/affected?mine=true&days=1", 200)


def use(house: Schools, since: datetime, until: datetime | None = None) -> None:
    code = "battery-01"
    with house.database.begin() as db:
        place = (code, f"u-{since.timestamp()}")
        row = db.get(UsageSession, place) or UsageSession(
            bench_code=code, usage_id=place[1], started_at=since, observed_at=since
        )
        row.ended_at, row.observed_at = until, until or since
        db.add(row)


def heard(house: Schools, *, online: bool = True, code: str = "battery-01") -> None:
    house.live.put_state(
        code, BenchState(observed_at_ms=epoch_ms(house.clock.at), online=online), house.clock.at
    )


def came(house: Schools, minutes: float = 0) -> Attended:
    """What a look that many minutes after the start of the first lesson tomorrow does."""
    house.clock.at = TOMORROW + timedelta(minutes=minutes)
    heard(house)
    desk = Desk(None, house.clock.at)
    return attend(house.database, house.live, desk, timedelta(minutes=15))


def shown(house: Schools, made: dict[str, Any]) -> Any:  # noqa: ANN401 - JSON
    return ask(house, "bj-teacher", "GET", f"/bookings/{made['id']}", 200)


def test_the_first_use_in_the_slot_checks_in(house: Schools) -> None:
    made = book(house, set_up_min=20)
    assert came(house, -15) == Attended()
    use(house, TOMORROW - timedelta(minutes=12))
    assert came(house, -10) == Attended(checked_in=1)
    assert came(house, 30) == Attended()
    after = shown(house, made)
    assert (after["checked_in_by"], after["state"]) == ("bench:battery-01", "booked")
    assert after["checked_in_at"].startswith("2026-12-02T00:48")


def test_a_slot_nobody_came_to_is_given_back_after_the_grace_time(house: Schools) -> None:
    made = book(house)
    use(house, NOW - DAY, NOW - DAY + HOUR)
    assert came(house, 14) == Attended()
    assert came(house, 15) == Attended(released=1)
    assert came(house, 16) == Attended()
    assert shown(house, made)["state"] == "released"
    assert len(told(house, MessageKind.NO_SHOW_RELEASED)) == 1
    assert book(house, "bj-master", after=timedelta(minutes=20))["state"] == "booked"


def test_no_evidence_is_no_proof_that_nobody_came(house: Schools) -> None:
    book(house)
    assert came(house, 15) == Attended()
    use(house, NOW - DAY, NOW - DAY + HOUR)
    house.clock.move(minutes=1)
    heard(house, online=False)
    desk = Desk(None, house.clock.at)
    assert attend(house.database, house.live, desk, timedelta(minutes=15)) == Attended()
    house.live.put_use("battery-01", TOMORROW, TOMORROW + timedelta(minutes=5))
    assert came(house, 18) == Attended()


@pytest.mark.parametrize("purpose", ["exam", "maintenance"])
def test_exams_and_repairs_are_given_back_by_people_alone(house: Schools, purpose: str) -> None:
    book(house, "bj-master", purpose=purpose)
    use(house, NOW - DAY, NOW - DAY + HOUR)
    assert came(house, 30) == Attended()


def test_who_stays_on_is_told_to_the_next_one_once_and_does_not_check_them_in(
    house: Schools,
) -> None:
    book(house)
    use(house, TOMORROW)
    assert came(house, 5) == Attended(checked_in=1)
    following = book(house, "bj-master", after=HOUR + timedelta(minutes=10))
    assert came(house, 55) == Attended()
    assert came(house, 61) == Attended(warned=1)
    assert came(house, 72) == Attended()
    (facts,) = told(house, MessageKind.OVERRUN_AHEAD)
    assert (facts["booking_id"], facts["running_holder"]) == (following["id"], "bj-teacher")
    assert shown(house, following)["checked_in_at"] is None
