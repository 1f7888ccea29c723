from datetime import UTC, date, datetime

import pytest

from dashboard import listings, listings_work
from dashboard.api_client import Question
from dashboard.frame import plain
from dashboard.wording import Lang
from inventory.benches.rules import Liveness
from inventory.monitoring.schema import BenchOut
from inventory.readiness.findings import LiveEvidenceState, Status
from inventory.readiness.schema import Cell, Matrix, MatrixRow, ReadinessOut
from inventory.requirements.quantity_words import canonical_name
from inventory.stations.rules import Level, StationUse
from inventory.stations.schema import StationOut, StationPlace


@pytest.fixture
def station() -> StationOut:
    return StationOut(
        code="BJ01-T",
        organisation_code="BJ01",
        organisation_name_zh="北京示范学校",
        organisation_name_en="Beijing School",
        use=StationUse.TRAINING,
        name_zh="培训站",
        name_en="",
        is_shared=True,
        modules=["2-1"],
        levels=[Level.ELEMENTARY],
        facts=None,
        exams=None,
        place=StationPlace(),
    )


@pytest.fixture
def bench() -> BenchOut:
    return BenchOut(
        code="battery-01",
        organisation_code="BJ01",
        station_code=None,
        profile="battery",
        name_zh="动力电池台架 1",
        name_en="Traction battery bench 1",
        is_shared=True,
        liveness=Liveness.LATE,
        last_seen_at=datetime(2026, 12, 1, tzinfo=UTC),
    )


@pytest.fixture
def matrix() -> Matrix:
    cell = Cell(
        module="2-1",
        level=Level.ELEMENTARY,
        status=Status.READY,
        is_offered=True,
        binding=0,
        advice=0,
        blocking=[],
    )
    row = MatrixRow(
        station="BJ01-T",
        organisation_code="BJ01",
        name_zh="培训站",
        name_en="",
        use=StationUse.TRAINING,
        is_demonstration=True,
        list_version="DRAFT-0.1",
        is_official_list=False,
        cells=[cell],
    )
    return Matrix(
        date=date(2026, 12, 1),
        live_evidence=LiveEvidenceState.AVAILABLE,
        modules=["2-1"],
        levels=[Level.ELEMENTARY],
        stations=[row],
    )


def test_a_station_is_called_by_code_name_and_owner(station: StationOut) -> None:
    assert listings.station_title(station, Lang.ZH) == "BJ01-T 培训站 · 北京示范学校"
    assert listings.station_title(station, Lang.ZH, has_owner=False) == "BJ01-T 培训站"


def test_a_name_without_english_stays_chinese(station: StationOut) -> None:
    assert listings.station_title(station, Lang.EN) == "BJ01-T 培训站 · Beijing School"


def test_a_bench_is_called_with_its_sign_of_life(bench: BenchOut) -> None:
    assert listings.bench_title(bench, Lang.ZH) == "battery-01 动力电池台架 1 · BJ01 · 中断"
    assert listings.bench_title(bench, Lang.EN) == (
        "battery-01 Traction battery bench 1 · BJ01 · late"
    )


def test_the_matrix_goes_to_the_browser_as_plain_data(
    matrix: Matrix, bench: BenchOut, station: StationOut
) -> None:
    data = listings.stations_data(
        (matrix, [bench], [station]), lang=Lang.EN, use="all", on_date=None
    )
    assert data["date"] is None
    assert data["matrix"]["stations"][0]["cells"][0]["status"] == "ready"
    assert data["benches"][0]["liveness"] == "late"
    assert data["organisations"]["BJ01"]["name_en"] == "Beijing School"
    assert data["texts"]["status.not_ready"] == "Gaps"


def test_a_demonstration_station_is_known_by_the_matrix(matrix: Matrix) -> None:
    assert listings.is_demonstration(matrix, "BJ01-T")
    assert not listings.is_demonstration(matrix, "GX02-T")


def test_findings_know_where_to_ask_again(station: StationOut) -> None:
    question = Question("BJ01-T", "2-1", Level.ELEMENTARY, StationUse.EXAM, date(2026, 12, 1))
    result = ReadinessOut(
        station="BJ01-T",
        module="2-1",
        level=Level.ELEMENTARY,
        use=StationUse.EXAM,
        date=date(2026, 12, 1),
        status=Status.READY,
        binding=0,
        advice=0,
        list_version="DRAFT-0.1",
        is_official_list=False,
        live_evidence=LiveEvidenceState.AVAILABLE,
        findings=[],
        rows=[],
    )
    data = listings.station_data(result, station, question, lang=Lang.ZH)
    assert data["url"] == (
        "/api/v1/stations/BJ01-T/readiness?module=2-1&level=elementary&use=exam&date=2026-12-01"
    )
    assert data["texts"]["group.mend"] == "维修恢复"


def test_a_module_keeps_the_code_by_which_it_is_known() -> None:
    assert listings.option("module", "module_short", "2-1", Lang.ZH) == "2-1 电机电池"
    assert listings.option("module", "module_short", "3-7", Lang.ZH) == "3-7"
    assert listings.option("level", "level_full", "advanced", Lang.EN) == "Advanced"


def test_a_name_cannot_bring_markup_onto_a_page() -> None:
    assert plain("![x](http://evil)") == r"\!\[x\]\(http\://evil\)"
    assert plain("北京 站长") == "北京 站长"


def test_the_names_offered_for_parameters_mean_what_the_clauses_call_them() -> None:
    assert {name: canonical_name(name) for name in listings_work.NAMES} == listings_work.NAMES
