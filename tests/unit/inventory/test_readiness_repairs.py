from datetime import UTC, date, datetime, timedelta

from inventory.equipment.rules import EquipmentItem, Repair
from inventory.readiness.evidence import BenchEvidence, LivePicture, OpenFault
from inventory.readiness.findings import Finding, FindingKind, Question, RemedyGroup, Status
from inventory.readiness.rules import check
from inventory.requirements.rules import Authority, ListSettings, QuantityBasis, Sourced
from inventory.stations.rules import Level, StationUse
from inventory.stations.schema import StationFacts
from tests.requirement_rows import requirement

DAY = date(2026, 12, 1)
NOW = datetime(2026, 12, 1, 8, tzinfo=UTC)
QUESTION = Question("2-1", Level.INTERMEDIATE, StationUse.EXAM, DAY)
SINCE = Repair(12, datetime(2026, 11, 20, 18, tzinfo=UTC))
INFERENCE = Sourced(Authority.INFERENCE)


def asked(
    item: EquipmentItem, bench: BenchEvidence | None = None, **row: object
) -> tuple[Status, list[Finding]]:
    plain: dict[str, object] = {
        "item_en": "bench",
        "quantity_basis": QuantityBasis.PER_MODULE,
        "quantity_n": 1.0,
    }
    live = None if bench is None else LivePicture(NOW, {bench.bench_code: bench})
    rows = [requirement("R1", **plain | row)]
    done = check(rows, [item], StationFacts(), ListSettings("T-1"), QUESTION, live)
    return done.status, list(done.findings)


def bench(**facts: object) -> BenchEvidence:
    return BenchEvidence("b-1", 2, 3600, "hardware", NOW - timedelta(seconds=1), **facts)  # type: ignore[arg-type]


def test_a_piece_under_repair_does_not_count_and_the_finding_names_the_order() -> None:
    assert asked(EquipmentItem("A1", "台架"))[0] is Status.READY
    status, (finding,) = asked(EquipmentItem("A1", "台架", repair=SINCE))
    assert (status, finding.kind) == (Status.NOT_READY, FindingKind.UNDER_REPAIR)
    # the day at school, where it was the next one already
    assert finding.found.zh == "自 2026-11-21 起在修，工单 12"
    assert (finding.remedy_group, finding.asset_numbers) == (RemedyGroup.MEND, ("A1",))


def test_a_piece_under_repair_binds_as_far_as_the_list_asks_for_it() -> None:
    item = EquipmentItem("A1", "台架", repair=SINCE)
    status, (finding,) = asked(item, authority_item=INFERENCE)
    assert (status, finding.is_binding) == (Status.ADVICE_ONLY, False)


def test_a_bench_under_repair_binds_although_its_fault_is_gone() -> None:
    item = EquipmentItem("A1", "台架", bench_code="b-1")
    assert asked(item, bench())[0] is Status.READY
    status, (finding,) = asked(item, bench(repair=SINCE), authority_item=INFERENCE)
    assert (status, finding.kind) == (Status.NOT_READY, FindingKind.UNDER_REPAIR)
    assert finding.bench is not None
    assert (finding.bench.bench_code, finding.bench.since_at) == ("b-1", SINCE.since_at)


def test_a_fault_and_its_own_order_are_one_finding() -> None:
    item = EquipmentItem("A1", "台架", bench_code="b-1")
    fault = OpenFault("P0AA6", 3, "绝缘电阻低", "isolation low", "", "", NOW)
    _, (finding,) = asked(item, bench(repair=SINCE, open_faults=(fault,)))
    assert finding.kind is FindingKind.BENCH_FAULT
    assert finding.found.zh == "b-1：P0AA6 绝缘电阻低（3 级，工单 12）"
