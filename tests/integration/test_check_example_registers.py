"""Five example registers against one list, with findings worked out by hand."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from inventory.equipment.reading import read_register
from inventory.readiness.evidence import BenchEvidence, LivePicture, OpenFault
from inventory.readiness.findings import FindingKind, Question, Readiness, RemedyGroup, Status
from inventory.readiness.rules import check
from inventory.requirements.reading import read_list
from inventory.requirements.rules import Authority
from inventory.requirements.use_cases import draft_settings
from inventory.stations.rules import Level, StationUse
from inventory.stations.schema import StationFacts

# the station: 4 workstations, 41 examinees; the examples are checked for 2026-12-01
FACTS = StationFacts(workstations=4, examinees=41)
QUESTION = Question("2-1", Level.INTERMEDIATE, StationUse.EXAM, date(2026, 12, 1))
NOW = datetime(2026, 12, 1, 8, tzinfo=UTC)
ALIVE = BenchEvidence("battery-01", 2, 3600, "hardware", NOW)


@pytest.fixture
def folder(root: Path) -> Path:
    return root / "tests/data/registers"


def checked(
    folder: Path,
    register: str,
    question: Question = QUESTION,
    facts: StationFacts = FACTS,
    bench: BenchEvidence | None = None,
) -> Readiness:
    listed = read_list("list.csv", (folder / "list.csv").read_bytes())
    held = read_register("register.csv", (folder / f"{register}.csv").read_bytes())
    assert (listed.problems, held.problems) == ((), ())
    live = None if bench is None else LivePicture(NOW, {bench.bench_code: bench})
    return check(listed.requirements, held.items, facts, draft_settings(listed), question, live)


def test_example_1_all_there_is_ready(folder: Path) -> None:
    result = checked(folder, "all_there", bench=ALIVE)
    assert (result.status, result.findings) == (Status.READY, ())
    # E-01: 2 per task x 1 task (number 4) = 2; E-02: 1 x 4 = 4; E-03: 2 x 4 = 8
    # E-04: 41 / 5 = 8.2, so 9 groups; E-05: 10 L, 12000 mL are 12 L; E-06: 1
    needed = {row.row_id: row.needed for row in result.rows}
    assert needed == {"E-01": 2, "E-02": 4, "E-03": 8, "E-04": 9, "E-05": 10, "E-06": 1}


def test_example_1_training_needs_no_exam_kits(folder: Path) -> None:
    training = replace(QUESTION, use=StationUse.TRAINING, level=Level.ELEMENTARY)
    rows = checked(folder, "all_there", training).rows
    # E-04 is for exams only, E-06 for intermediate and advanced
    assert sorted(row.row_id for row in rows) == ["E-01", "E-02", "E-03", "E-05"]


def test_example_2_a_kit_for_the_last_examinee_is_short(folder: Path) -> None:
    (finding,) = (result := checked(folder, "one_kit_short")).findings
    # 41 examinees in fives are 9 kits, 8 are there, 1 is short
    assert (result.status, finding.kind) == (Status.NOT_READY, FindingKind.TOO_FEW)
    assert (finding.row_id, finding.is_binding) == ("E-04", True)
    assert finding.authority is Authority.OFFICIAL
    assert finding.required.zh.startswith("9（")
    assert (finding.found.zh, finding.remedy_group) == ("8", RemedyGroup.BUY)
    forty = FACTS.model_copy(update={"examinees": 40})
    assert checked(folder, "one_kit_short", facts=forty).status is Status.READY


def test_example_3_a_calibration_ends_the_day_before(folder: Path) -> None:
    day_before = replace(QUESTION, on_date=date(2026, 11, 30))
    assert checked(folder, "calibration_ends", day_before).status is Status.READY
    (finding,) = (result := checked(folder, "calibration_ends")).findings
    assert (result.status, finding.kind) == (Status.NOT_READY, FindingKind.CALIBRATION_EXPIRED)
    assert (finding.row_id, finding.asset_numbers) == ("E-02", ("A-03",))
    assert "2026-11-30" in finding.found.en
    assert finding.remedy_group is RemedyGroup.CALIBRATE


def test_example_3_a_safety_test_of_six_months_holds_on_its_last_day(folder: Path) -> None:
    # gloves were tested on 2026-06-01; six months later is 2026-12-01, the day itself
    assert checked(folder, "all_there").status is Status.READY
    # a day later two things are over: the gloves and the check of A-02 on 2026-11-01
    day_after = replace(QUESTION, on_date=date(2026, 12, 2))
    kinds = {(one.row_id, one.kind) for one in checked(folder, "all_there", day_after).findings}
    assert kinds == {
        ("E-03", FindingKind.SAFETY_TEST_EXPIRED),
        ("E-01", FindingKind.FUNCTIONAL_CHECK_EXPIRED),
    }


def test_example_4_a_gap_against_an_inferred_row_is_advice(folder: Path) -> None:
    (finding,) = (result := checked(folder, "inferred_gap")).findings
    assert (result.status, finding.kind) == (Status.ADVICE_ONLY, FindingKind.MISSING)
    assert (finding.row_id, finding.is_binding) == ("E-06", False)
    assert finding.authority is Authority.INFERENCE
    # at elementary level the row is not asked at all
    elementary = replace(QUESTION, level=Level.ELEMENTARY)
    assert checked(folder, "inferred_gap", elementary).status is Status.READY


def test_example_5_an_unknown_parameter_or_fact_is_unknown(folder: Path) -> None:
    (finding,) = (result := checked(folder, "unknown_energy")).findings
    assert (result.status, finding.kind) == (Status.UNKNOWN, FindingKind.PARAMETER_UNKNOWN)
    assert (finding.row_id, finding.asset_numbers) == ("E-01", ("A-01",))
    assert finding.required.en == "energy >= 20 kWh"
    silent = FACTS.model_copy(update={"examinees": None})
    (fact,) = (without := checked(folder, "all_there", facts=silent)).findings
    assert (without.status, fact.kind) == (Status.UNKNOWN, FindingKind.FACT_NOT_STATED)
    assert fact.row_id == "E-04"


def test_example_1_with_a_live_fault_is_not_ready_and_recovers(folder: Path) -> None:
    fault = OpenFault("P0AA6", 3, "绝缘电阻低", "isolation low", "检查绝缘", "check it", NOW)
    broken = replace(ALIVE, open_faults=(fault,))
    (finding,) = (result := checked(folder, "all_there", bench=broken)).findings
    # 2 needed, A-02 counts, A-01 is bench battery-01 with the fault: 1 short
    assert (result.status, finding.kind) == (Status.NOT_READY, FindingKind.BENCH_FAULT)
    assert finding.bench is not None
    assert (finding.bench.bench_code, finding.bench.dtc) == ("battery-01", "P0AA6")
    assert (finding.remedy.zh, finding.asset_numbers) == ("检查绝缘", ("A-01",))
    assert checked(folder, "all_there", bench=ALIVE).status is Status.READY
