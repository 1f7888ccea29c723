from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from inventory.requirements.editions import Match, Row, compare_editions
from inventory.requirements.reading import read_requirement
from inventory.requirements.tabular import SourceRow


def row(row_id: str, item: str, parameters: str = "-", **cells: str) -> Row:
    told = {
        "row_id": row_id,
        "module_code": "2-1",
        "level": "*",
        "station_use": "both",
        "item_zh": item,
        "technical_parameters": parameters,
        "quantity_basis": "per_station",
        "quantity_n": "1",
        "obligation": "mandatory",
        "authority_item": "official",
        "authority_parameters": "official",
        "authority_quantity": "official",
    } | cells
    requirement, problems = read_requirement(SourceRow(1, told))
    assert problems == []
    return requirement, told


def test_what_was_asked_and_is_asked_is_shown_side_by_side() -> None:
    old = [row("A-1", "绝缘手套", "耐压≥1000V；长度≥0.3m", quantity_n="1"), row("A-2", "护目镜")]
    new = [row("A-1", "绝缘手套", "耐压≥1500V；长度≥0.3m", quantity_n="2"), row("A-3", "示波器")]
    found = compare_editions(old, new)
    (changed,) = found.changed
    assert {(one.column, one.old, one.new) for one in changed.fields} == {
        ("technical_parameters", "耐压≥1000V；长度≥0.3m", "耐压≥1500V；长度≥0.3m"),
        ("quantity_n", "1", "2"),
    }
    assert changed.clauses_added == ("withstand_voltage >= 1500 V",)
    assert changed.clauses_removed == ("withstand_voltage >= 1000 V",)
    assert [one.row_id for one in found.added] == ["A-3"]
    assert [one.row_id for one in found.removed] == ["A-2"]


def test_settling_a_text_is_a_change_of_clauses_without_a_change_of_cells() -> None:
    before = row("A-1", "压力表", "0~10MPa")
    after = (replace(before[0], technical_parameters="range >= 0-10 MPa"), before[1])
    (changed,) = compare_editions([before], [after]).changed
    assert (changed.fields, changed.clauses_added) == ((), ("range >= 0-10 MPa",))


def test_rows_that_moved_are_found_by_name_when_ids_are_running_numbers() -> None:
    old = [row("2-1-001", "绝缘手套"), row("2-1-002", "护目镜"), row("2-1-003", "数字万用表")]
    new = [
        row("2-1-001", "示波器"),
        row("2-1-002", "绝缘手套"),
        row("2-1-003", "护目镜"),
        row("2-1-004", "数字万用表(真有效值)", "-"),
    ]
    found = compare_editions(old, new)
    assert found.matches == {
        "2-1-001": "2-1-002",
        "2-1-002": "2-1-003",
        "2-1-003": "2-1-004",
    }
    assert [one.item_zh for one in found.added] == ["示波器"]
    assert found.removed == ()


def test_a_renamed_row_keeps_its_id_when_nothing_else_fits() -> None:
    found = compare_editions([row("A-1", "绝缘手套")], [row("A-1", "高压防护用品")])
    assert [one.match for one in found.changed] == [Match.ROW_ID]


def test_rows_of_other_modules_are_never_taken_for_one_another() -> None:
    found = compare_editions([row("A-1", "表")], [row("A-1", "表", module_code="2-2")])
    assert (len(found.added), len(found.removed)) == (1, 1)


def test_a_person_corrects_what_belongs_together() -> None:
    old = [row("A-1", "绝缘手套"), row("A-2", "护目镜")]
    new = [row("B-1", "绝缘手套"), row("B-2", "高压手套")]
    corrected = compare_editions(old, new, {"A-1": "B-2", "A-2": ""})
    assert corrected.matches == {"A-1": "B-2"}
    assert [one.match for one in corrected.changed] == [Match.PERSON]
    assert [one.row_id for one in corrected.removed] == ["A-2"]
    assert [one.row_id for one in corrected.added] == ["B-1"]


_ROWS = st.lists(
    st.tuples(st.integers(1, 9), st.sampled_from(["手套", "绝缘手套", "万用表", "表", "示波器"])),
    max_size=8,
    unique_by=lambda one: one[0],
)


@given(_ROWS, _ROWS)
def test_every_row_is_added_removed_or_matched_exactly_once(
    before: list[tuple[int, str]], after: list[tuple[int, str]]
) -> None:
    old = [row(f"A-{number}", item) for number, item in before]
    new = [row(f"A-{number}", item) for number, item in after]
    found = compare_editions(old, new)
    ids = [one.row_id for one in found.added] + list(found.matches.values())
    assert sorted(ids) == sorted(one[0].row_id for one in new)
    gone = [one.row_id for one in found.removed] + list(found.matches)
    assert sorted(gone) == sorted(one[0].row_id for one in old)
    assert len(found.changed) + found.unchanged == len(found.matches)


@given(_ROWS)
def test_an_edition_is_no_different_from_itself(rows: list[tuple[int, str]]) -> None:
    same = [row(f"A-{number}", item) for number, item in rows]
    found = compare_editions(same, same)
    assert (found.added, found.removed, found.changed) == ((), (), ())
