from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.agreements.rules import Agreement
from inventory.equipment.rules import EquipmentItem, EquipmentStatus, Ownership
from inventory.proofs.rules import ProofKind, ProofRecord, ProofResult
from inventory.readiness.evidence import BenchEvidence, LivePicture, OpenFault
from inventory.readiness.findings import (
    Finding,
    FindingKind,
    LiveEvidenceState,
    Question,
    Readiness,
    RemedyGroup,
    Status,
)
from inventory.readiness.rules import check, needed
from inventory.requirements.rules import (
    Authority,
    CalibrationDuty,
    ListSettings,
    Obligation,
    QuantityBasis,
    Requirement,
    Sourced,
)
from inventory.stations.rules import Level, StationUse
from tests.dated_papers import calibrated, lent
from tests.requirement_rows import requirement

DAY = date(2026, 12, 1)
NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
OFFICIAL, INFERENCE = Sourced(Authority.OFFICIAL), Sourced(Authority.INFERENCE)
SETTINGS = ListSettings("T-1")
QUESTION = Question("2-1", Level.INTERMEDIATE, StationUse.EXAM, DAY)
ORDER = list(Status)


@dataclass
class Facts:
    workstations: int | None = 4
    vehicle_workstations: int | None = 2
    bench_workstations: int | None = 2
    exam_rooms: int | None = 1
    hv_areas: int | None = 1
    vehicles: int | None = 2
    examinees: int | None = 41
    exam_tasks: int | None = 4


def row(row_id: str = "R1", **changes: object) -> Requirement:
    plain: dict[str, object] = {"item_en": "bench", "quantity_basis": QuantityBasis.PER_MODULE}
    return requirement(row_id, **plain | changes)


def thing(asset: str = "A1", **changes: object) -> EquipmentItem:
    return replace(EquipmentItem(asset, "台架"), **changes)  # type: ignore[arg-type]


def ask(
    rows: Sequence[Requirement],
    things: Sequence[EquipmentItem],
    live: LivePicture | None = None,
    facts: Facts | None = None,
) -> Readiness:
    return check(rows, things, facts or Facts(), SETTINGS, QUESTION, live)


def only(result: Readiness) -> Finding:
    (finding,) = result.findings
    return finding


def fault(severity: int = 2) -> OpenFault:
    return OpenFault("P0AA6", severity, "绝缘电阻低", "isolation low", "查绝缘", "mend it", NOW)


def picture(**benches: BenchEvidence) -> LivePicture:
    return LivePicture(NOW, {evidence.bench_code: evidence for evidence in benches.values()})


def alive(code: str = "battery-01", **changes: object) -> BenchEvidence:
    evidence = BenchEvidence(code, 2, 3600, "hardware", NOW - timedelta(seconds=1))
    return replace(evidence, **changes)  # type: ignore[arg-type]


def test_all_there_is_ready() -> None:
    result = ask([row()], [thing()])
    assert (result.status, result.findings) == (Status.READY, ())
    assert result.rows[0].asset_numbers == ("A1",)
    assert result.live_evidence is LiveEvidenceState.NOT_AVAILABLE


@pytest.mark.parametrize(
    ("basis", "expected"),
    [
        (QuantityBasis.PER_WORKSTATION, 8),
        (QuantityBasis.PER_VEHICLE_WORKSTATION, 4),
        (QuantityBasis.PER_BENCH_WORKSTATION, 4),
        (QuantityBasis.PER_EXAM_TASK, 8),
        (QuantityBasis.PER_EXAM_ROOM, 2),
        (QuantityBasis.PER_HV_AREA, 2),
        (QuantityBasis.PER_MODULE, 2),
        (QuantityBasis.PER_STATION, 2),
        (QuantityBasis.PER_VEHICLE, 4),
        (QuantityBasis.PER_N_EXAMINEES, 18),
    ],
)
def test_every_quantity_basis_multiplies_by_its_fact(basis: QuantityBasis, expected: int) -> None:
    # 41 examinees in groups of 5 are 9 groups
    of_basis = row(quantity_basis=basis, quantity_n=2, per_n_examinees=5)
    assert needed(of_basis, Facts()) == expected


def test_a_row_of_certain_exam_tasks_counts_those() -> None:
    of_task = row(quantity_basis=QuantityBasis.PER_EXAM_TASK, exam_tasks=(4,), quantity_n=2)
    assert needed(of_task, Facts(exam_tasks=None)) == 2


def test_pieces_are_rounded_up_and_litres_are_not() -> None:
    assert needed(row(quantity_n=1.5, quantity_basis=QuantityBasis.PER_EXAM_ROOM), Facts()) == 2
    assert needed(row(quantity_n=1.5, quantity_unit="L"), Facts()) == 1.5


def test_quantities_with_units_are_converted() -> None:
    litres = row(quantity_n=10, quantity_unit="L")
    assert ask([litres], [thing(quantity=10_000, quantity_unit="mL")]).status is Status.READY
    finding = only(ask([litres], [thing(quantity=4, quantity_unit="L")]))
    assert (finding.kind, finding.found.zh) == (FindingKind.TOO_FEW, "4 L")
    assert only(ask([litres], [thing(quantity=20)])).kind is FindingKind.PARAMETER_UNKNOWN


def test_a_shortage_does_not_say_that_faulty_things_count() -> None:
    lame = thing("A2", status=EquipmentStatus.UNDER_REPAIR)
    result = ask([row(quantity_n=4)], [thing(), lame])
    (short,) = [one for one in result.findings if one.kind is FindingKind.TOO_FEW]
    assert result.rows[0].counted == 1
    assert (short.found.en, short.reason.en) == ("2", "2 in the register, 2 short")


@pytest.mark.parametrize(
    ("changes", "things", "kind", "group"),
    [
        ({}, [], FindingKind.MISSING, RemedyGroup.BUY),
        ({"quantity_n": 2}, [thing()], FindingKind.TOO_FEW, RemedyGroup.BUY),
        (
            {},
            [thing(status=EquipmentStatus.UNDER_REPAIR)],
            FindingKind.OUT_OF_SERVICE,
            RemedyGroup.MEND,
        ),
        (
            {},
            [thing(owner=Ownership.BORROWED, agreements=lent(date(2026, 11, 30)))],
            FindingKind.LOAN_ENDED,
            RemedyGroup.SETTLE,
        ),
        (
            {"technical_parameters": "energy >= 20 kWh"},
            [thing(parameters="energy = 10 kWh")],
            FindingKind.PARAMETER_NOT_MET,
            RemedyGroup.BUY,
        ),
        (
            {"technical_parameters": "energy >= 20 kWh"},
            [thing()],
            FindingKind.PARAMETER_UNKNOWN,
            RemedyGroup.RECORD,
        ),
        (
            {"technical_parameters": "has service manual"},
            [thing()],
            FindingKind.PARAMETER_UNREADABLE,
            RemedyGroup.CONFIRM,
        ),
        (
            {"duty": CalibrationDuty.CALIBRATION},
            [thing(proofs=calibrated(date(2026, 11, 30)))],
            FindingKind.CALIBRATION_EXPIRED,
            RemedyGroup.CALIBRATE,
        ),
        (
            {"duty": CalibrationDuty.CALIBRATION},
            [thing()],
            FindingKind.CALIBRATION_MISSING,
            RemedyGroup.CALIBRATE,
        ),
        (
            {"duty": CalibrationDuty.VERIFICATION},
            [thing(proofs=calibrated(DAY))],
            FindingKind.VERIFICATION_MISSING,
            RemedyGroup.CALIBRATE,
        ),
        (
            {"duty": CalibrationDuty.SAFETY_TEST, "interval_months": 6},
            [thing(proofs=(ProofRecord(ProofKind.SAFETY_TEST, date(2026, 5, 31)),))],
            FindingKind.SAFETY_TEST_EXPIRED,
            RemedyGroup.CALIBRATE,
        ),
        (
            {"duty": CalibrationDuty.FUNCTIONAL_CHECK, "interval_months": 1},
            [thing(proofs=(ProofRecord(ProofKind.FUNCTIONAL_CHECK, date(2026, 10, 31)),))],
            FindingKind.FUNCTIONAL_CHECK_EXPIRED,
            RemedyGroup.CONFIRM,
        ),
        (
            {"duty": CalibrationDuty.CALIBRATION},
            [
                thing(
                    proofs=(
                        *calibrated(date(2027, 6, 1)),
                        ProofRecord(
                            ProofKind.CALIBRATION, date(2026, 10, 31), result=ProofResult.FAIL
                        ),
                    )
                )
            ],
            FindingKind.CALIBRATION_FAILED,
            RemedyGroup.MEND,
        ),
        (
            {},
            [
                thing(
                    owner=Ownership.BORROWED,
                    agreements=(Agreement("某公司", date(2026, 12, 2), date(2027, 6, 1)),),
                )
            ],
            FindingKind.LOAN_NOT_BEGUN,
            RemedyGroup.SETTLE,
        ),
    ],
)
def test_each_gap_has_its_kind_and_remedy(
    changes: dict[str, object],
    things: list[EquipmentItem],
    kind: FindingKind,
    group: RemedyGroup,
) -> None:
    finding = only(ask([replace(row(), **changes)], things))  # type: ignore[arg-type]
    assert (finding.kind, finding.remedy_group) == (kind, group)
    assert finding.is_binding
    assert (finding.row_id, finding.list_version) == ("R1", "T-1")
    for text in (finding.required, finding.found, finding.reason, finding.remedy):
        assert text.zh
        assert text.en


def test_a_calibration_counts_where_verification_depends_on_the_use() -> None:
    by_use = row(duty=CalibrationDuty.VERIFICATION, duty_condition="only when …")
    assert ask([by_use], [thing(proofs=calibrated(DAY))]).status is Status.READY


def test_a_certificate_holds_on_its_last_day() -> None:
    demanding = row(duty=CalibrationDuty.CALIBRATION)
    assert ask([demanding], [thing(proofs=calibrated(DAY))]).status is Status.READY


def test_unknown_parameters_make_a_binding_row_unknown() -> None:
    assert ask([row(technical_parameters="u >= 1 V")], [thing()]).status is Status.UNKNOWN


def test_a_gap_against_an_inferred_item_is_advice() -> None:
    finding = only(result := ask([row(authority_item=INFERENCE)], []))
    assert (result.status, finding.is_binding) == (Status.ADVICE_ONLY, False)
    assert finding.authority is Authority.INFERENCE


def test_a_qualified_authority_is_advice() -> None:
    partly = Sourced(Authority.EVALUATION_ORG_DOCUMENT, "task only")
    finding = only(ask([row(authority_item=partly)], []))
    assert (finding.is_binding, finding.authority_qualifier) == (False, "task only")


def test_an_inferred_quantity_of_an_official_item_is_advice_once_one_is_there() -> None:
    two = row(quantity_n=2, authority_quantity=INFERENCE)
    assert ask([two], []).status is Status.NOT_READY
    assert ask([two], [thing()]).status is Status.ADVICE_ONLY


def test_a_recommended_row_never_binds() -> None:
    recommended = row(obligation=Obligation.RECOMMENDED)
    assert ask([recommended], []).status is Status.ADVICE_ONLY
    broken = picture(b=alive(open_faults=(fault(3),)))
    result = ask([recommended], [thing(bench_code="battery-01")], broken)
    assert result.status is Status.ADVICE_ONLY


def test_which_authorities_bind_is_a_setting_of_the_list() -> None:
    settings = replace(SETTINGS, binding=frozenset({Authority.COMPETITION}))
    weak = row(authority_item=Sourced(Authority.COMPETITION))
    result = check([weak], [], Facts(), settings, QUESTION)
    assert result.status is Status.NOT_READY


def test_level_inheritance_is_a_setting_of_the_list() -> None:
    elementary = row("R2", levels=frozenset({Level.ELEMENTARY}), item_zh="别的")
    rows = [row(), elementary]
    assert ask(rows, [thing()]).status is Status.READY
    inheriting = replace(SETTINGS, has_level_inheritance=True)
    assert check(rows, [thing()], Facts(), inheriting, QUESTION).status is Status.NOT_READY


def test_a_fact_that_is_not_stated_makes_a_binding_row_unknown() -> None:
    per_workstation = row(quantity_basis=QuantityBasis.PER_WORKSTATION)
    result = ask([per_workstation], [], facts=Facts(workstations=None))
    assert (result.status, only(result).kind) == (Status.UNKNOWN, FindingKind.FACT_NOT_STATED)
    assert result.rows[0].needed is None


def test_no_workstation_needs_nothing() -> None:
    per_workstation = row(quantity_basis=QuantityBasis.PER_WORKSTATION)
    assert ask([per_workstation], [], facts=Facts(workstations=0)).status is Status.READY


def test_a_module_the_list_does_not_know_is_unknown() -> None:
    common = row(module_code="2-*")
    result = ask([common], [thing()])
    assert (result.status, only(result).kind) == (Status.UNKNOWN, FindingKind.NO_REQUIREMENT)


def test_common_rows_join_the_modules_own() -> None:
    rows = [row(), row("R2", module_code="2-*", item_zh="手套"), row("R3", module_code="1-*")]
    result = ask(rows, [thing(), thing("A2", item_zh="手 套")])
    assert (result.status, len(result.rows)) == (Status.READY, 2)


def test_one_thing_never_serves_two_rows() -> None:
    result = ask([row("R1"), row("R2")], [thing()])
    assert [one.counted for one in result.rows] == [1, 0]
    assert only(result).row_id == "R2"


def test_a_thing_serves_the_row_it_names_whatever_it_is_called() -> None:
    named = thing(item_zh="电池包实训台", serves_rows=("R1",))
    assert ask([row()], [named]).status is Status.READY


def test_the_thing_that_fits_one_row_only_is_taken_first() -> None:
    rows = [row("R1"), row("R2", item_zh="别的")]
    versatile = thing("A1", serves_rows=("R1", "R2"))
    assert ask(rows, [versatile, thing("A2")]).status is Status.READY


@pytest.mark.parametrize(
    ("evidence", "kind"),
    [
        (alive(open_faults=(fault(2),)), FindingKind.BENCH_FAULT),
        (alive(last_seen_at=NOW - timedelta(hours=2)), FindingKind.BENCH_SILENT),
        (alive(last_seen_at=None), FindingKind.BENCH_NEVER_SEEN),
        (alive(identity_kind="simulator"), FindingKind.BENCH_NOT_HARDWARE),
        (alive(identity_kind="replay"), FindingKind.BENCH_NOT_HARDWARE),
    ],
)
def test_a_bench_out_of_order_binds_even_where_the_row_is_inferred(
    evidence: BenchEvidence, kind: FindingKind
) -> None:
    inferred = row(
        authority_item=INFERENCE, authority_quantity=INFERENCE, authority_parameters=INFERENCE
    )
    things = [thing(bench_code="battery-01")]
    finding = only(result := ask([inferred], things, picture(b=evidence)))
    assert (result.status, finding.kind) == (Status.NOT_READY, kind)
    assert finding.authority is Authority.EVALUATION_ORG_DOCUMENT
    assert finding.bench is not None
    assert finding.bench.bench_code == "battery-01"
    spare = ask([inferred], [*things, thing("A2")], picture(b=evidence))
    assert (spare.status, only(spare).is_binding) == (Status.ADVICE_ONLY, False)


def test_a_fault_finding_names_the_dtc_and_the_remedy() -> None:
    broken = picture(b=alive(open_faults=(fault(2),)))
    finding = only(ask([row()], [thing(bench_code="battery-01")], broken))
    assert finding.bench is not None
    assert finding.bench.dtc == "P0AA6"
    assert "P0AA6" in finding.reason.zh
    assert finding.remedy.en == "mend it"


def test_a_lesser_fault_does_not_block() -> None:
    things = [thing(bench_code="battery-01")]
    result = ask([row()], things, picture(b=alive(open_faults=(fault(1),))))
    assert result.status is Status.READY


def test_a_demonstration_schools_simulator_counts() -> None:
    simulated = alive(identity_kind="simulator", counts_as_hardware_anyway=True)
    result = ask([row()], [thing(bench_code="battery-01")], picture(b=simulated))
    assert (result.status, result.live_evidence) == (Status.READY, LiveEvidenceState.AVAILABLE)


def test_a_bench_nobody_knows_was_never_seen() -> None:
    result = ask([row()], [thing(bench_code="ghost-01")], LivePicture(NOW))
    assert only(result).kind is FindingKind.BENCH_NEVER_SEEN


def test_a_bench_that_never_said_what_it_is_is_no_hardware() -> None:
    things = [thing(bench_code="battery-01")]
    finding = only(ask([row()], things, picture(b=alive(identity_kind=None))))
    assert finding.kind is FindingKind.BENCH_NOT_HARDWARE
    demonstration = alive(identity_kind=None, counts_as_hardware_anyway=True)
    assert ask([row()], things, picture(b=demonstration)).status is Status.READY
    never = alive(identity_kind=None, last_seen_at=None)
    assert only(ask([row()], things, picture(b=never))).kind is FindingKind.BENCH_NEVER_SEEN


@pytest.mark.parametrize(
    "away",
    [
        {"status": EquipmentStatus.RETIRED},
        {"status": EquipmentStatus.LENT_OUT},
        {"owner": Ownership.BORROWED, "agreements": lent(date(2026, 11, 30))},
    ],
)
def test_nothing_is_asked_of_a_bench_that_is_not_there(away: dict[str, object]) -> None:
    inferred = row(authority_item=INFERENCE)
    gone = replace(thing(bench_code="battery-01"), **away)  # type: ignore[arg-type]
    silent = picture(b=alive(last_seen_at=None, open_faults=(fault(3),)))
    result = ask([inferred], [gone], silent)
    assert result.status is Status.ADVICE_ONLY
    assert only(result).kind in {FindingKind.OUT_OF_SERVICE, FindingKind.LOAN_ENDED}


def test_without_telemetry_faults_still_block_and_the_rest_is_unknown() -> None:
    things = [thing(bench_code="battery-01")]
    quiet = LivePicture(NOW, {"battery-01": alive(last_seen_at=None)}, is_silence_known=False)
    result = ask([row()], things, quiet)
    assert (result.status, result.live_evidence) == (Status.UNKNOWN, LiveEvidenceState.PARTIAL)
    assert only(result).kind is FindingKind.BENCH_STATE_UNKNOWN
    assert only(result).is_binding
    broken = replace(quiet, benches={"battery-01": alive(open_faults=(fault(3),))})
    assert ask([row()], things, broken).status is Status.NOT_READY


def test_alike_findings_become_one_that_names_all_equipment() -> None:
    demanding = row(duty=CalibrationDuty.CALIBRATION, quantity_n=2)
    expired = date(2026, 11, 30)
    things = [thing(a, proofs=calibrated(expired)) for a in ("A2", "A1")]
    assert only(ask([demanding], things)).asset_numbers == ("A1", "A2")


_sourced = st.sampled_from(
    [OFFICIAL, INFERENCE, Sourced(Authority.POLICY), Sourced(Authority.POLICY, "part")]
)
_rows = st.lists(
    st.builds(
        row,
        st.sampled_from(["R1", "R2", "R3", "R4"]),
        item_zh=st.sampled_from(["台架", "手套"]),
        quantity_n=st.integers(1, 3),
        quantity_basis=st.sampled_from([QuantityBasis.PER_MODULE, QuantityBasis.PER_WORKSTATION]),
        technical_parameters=st.sampled_from(["-", "u >= 2 V", "prose"]),
        duty=st.sampled_from([CalibrationDuty.NONE, CalibrationDuty.CALIBRATION]),
        obligation=st.sampled_from(Obligation),
        authority_item=_sourced,
        authority_quantity=_sourced,
        authority_parameters=_sourced,
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda one: one.row_id,
)


def _things(numbers: str, bench_codes: Sequence[str | None]) -> st.SearchStrategy[EquipmentItem]:
    return st.builds(
        thing,
        st.sampled_from(list(numbers)),
        item_zh=st.sampled_from(["台架", "手套"]),
        quantity=st.integers(1, 3),
        serves_rows=st.sampled_from([(), ("R1",), ("R2", "R3")]),
        parameters=st.sampled_from(["", "u = 3 V", "u = 1 V", "u = 3 V; prose"]),
        status=st.sampled_from(list(EquipmentStatus)[:2]),
        proofs=st.sampled_from([calibrated(None), calibrated(DAY), calibrated(date(2026, 11, 30))]),
        bench_code=st.sampled_from(bench_codes),
    )


_registers = st.lists(
    _things("abcde", [None, "b1", "b2"]), max_size=5, unique_by=lambda one: one.asset_number
)
_facts = st.builds(Facts, workstations=st.sampled_from([None, 0, 2]))
_faults = st.lists(st.sampled_from(["b1", "b2"]), unique=True)


def _live(broken: Sequence[str]) -> LivePicture:
    return LivePicture(
        NOW,
        {c: alive(c, open_faults=(fault(),) if c in broken else ()) for c in ("b1", "b2")},
    )


@given(_rows, _registers, _facts, _faults)
def test_removing_a_fault_never_makes_it_worse(
    rows: list[Requirement], register: list[EquipmentItem], facts: Facts, broken: list[str]
) -> None:
    before = ask(rows, register, _live(broken), facts).status
    for code in broken:
        after = ask(rows, register, _live([c for c in broken if c != code]), facts).status
        assert ORDER.index(after) <= ORDER.index(before)


@given(_rows, _registers, _facts, _faults, _things("xyz", [None]))
def test_one_more_thing_never_makes_it_worse(
    rows: list[Requirement],
    register: list[EquipmentItem],
    facts: Facts,
    broken: list[str],
    more: EquipmentItem,
) -> None:
    before = ask(rows, register, _live(broken), facts).status
    after = ask(rows, [*register, more], _live(broken), facts).status
    assert ORDER.index(after) <= ORDER.index(before)


@given(_rows, _registers, _facts, _faults, st.randoms(use_true_random=False))
def test_the_order_of_the_register_does_not_matter(
    rows: list[Requirement],
    register: list[EquipmentItem],
    facts: Facts,
    broken: list[str],
    random: object,
) -> None:
    from random import Random

    assert isinstance(random, Random)
    shuffled = list(register)
    random.shuffle(shuffled)
    assert ask(rows, register, _live(broken), facts) == ask(rows, shuffled, _live(broken), facts)
