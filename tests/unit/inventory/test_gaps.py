from datetime import date

from inventory.readiness.findings import Question, Status
from inventory.readiness.gaps import gap_rows
from inventory.readiness.rules import decide, paper_case
from inventory.requirements.rules import ListSettings
from inventory.stations.rules import Level, StationUse
from inventory.stations.schema import StationFacts
from tests.requirement_rows import requirement

ON = date(2026, 12, 1)
ROWS = (
    requirement("R2", item_zh="示波器", levels=frozenset({Level.ADVANCED})),
    requirement("R1"),
    requirement("R3", module_code="2-2"),
)


def test_a_row_has_cells_only_where_it_is_asked_for_and_keeps_the_lists_order() -> None:
    case = paper_case(ROWS, (), StationFacts(), ListSettings("1"), ON)
    questions = [
        Question(module, level, StationUse.EXAM, ON)
        for module in ("2-1", "2-2")
        for level in (Level.ELEMENTARY, Level.ADVANCED)
    ]
    found = gap_rows([decide(case, one, None) for one in questions], case.requirements)
    assert [one.row_id for one in found] == ["R2", "R1", "R3"]
    asked = {one.row_id: [(cell.module, cell.level) for cell in one.cells] for one in found}
    assert asked["R2"] == [("2-1", Level.ADVANCED)]
    assert asked["R3"] == [("2-2", Level.ELEMENTARY), ("2-2", Level.ADVANCED)]


def test_a_cell_is_as_bad_as_the_findings_of_its_own_row() -> None:
    settings = ListSettings("1", binding=frozenset())
    question = Question("2-1", Level.ADVANCED, StationUse.EXAM, ON)
    binding = paper_case(ROWS, (), StationFacts(), ListSettings("1"), ON)
    advice = paper_case(ROWS, (), StationFacts(), settings, ON)
    strict = gap_rows([decide(binding, question, None)], binding.requirements)
    mild = gap_rows([decide(advice, question, None)], advice.requirements)
    assert {cell.status for row in strict for cell in row.cells} == {Status.NOT_READY}
    assert {cell.status for row in mild for cell in row.cells} == {Status.ADVICE_ONLY}
    assert {cell.needed for row in strict for cell in row.cells} == {1.0}
