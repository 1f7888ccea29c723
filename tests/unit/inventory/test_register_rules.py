from datetime import date
from typing import Any

import pytest

from inventory.due.rules import DueState
from inventory.due_entries import DueKind
from inventory.equipment.rules import EquipmentItem, EquipmentStatus
from inventory.register.rules import Ending, Piece, Purposes, Sought, is_sought, sorts_of

SOON = Ending(DueKind.CALIBRATION, date(2027, 1, 3), DueState.SOON)
PIECE = Piece(
    EquipmentItem(
        "BJ01-0007",
        "绝缘电阻测试仪",
        "Insulation tester",
        model="IR-4057",
        status=EquipmentStatus.UNDER_REPAIR,
        station_codes=("BJ01-E",),
        location="实训楼 102",
    ),
    ("C2-1-003",),
    ("2-1",),
    SOON,
)


@pytest.mark.parametrize(
    "fits",
    [
        {"station": "BJ01-E"},
        {"module": "2-1", "row": "C2-1-003"},
        {"room": "实训楼 102"},
        {"status": EquipmentStatus.UNDER_REPAIR},
        {"due": DueState.SOON},
        {"text": "ir-40 绝缘"},
        {"text": "c2-1-003 INSULATION"},
        {"text": "  "},
    ],
)
def test_a_piece_is_found_by_what_it_is(fits: dict[str, Any]) -> None:
    assert is_sought(PIECE, Sought(**fits))


@pytest.mark.parametrize(
    "other",
    [
        {"station": "BJ01-T"},
        {"module": "2-2"},
        {"row": "C2-1-004"},
        {"room": ""},
        {"status": EquipmentStatus.IN_SERVICE},
        {"due": DueState.OVERDUE},
        {"text": "绝缘 BJ01-0008"},
    ],
)
def test_one_thing_that_does_not_fit_is_enough(other: dict[str, Any]) -> None:
    assert not is_sought(PIECE, Sought(**other))


def test_a_piece_of_no_station_serves_all_and_one_without_an_end_has_no_due_state() -> None:
    everywhere = Piece(EquipmentItem("A-1", "万用表"))
    assert is_sought(everywhere, Sought(station="BJ01-T", room=""))
    assert not any(is_sought(everywhere, Sought(due=state)) for state in DueState)


def test_a_piece_counts_for_the_rows_it_names_else_for_those_called_as_it_is() -> None:
    purposes = Purposes({"万用表": ("R1", "R2")}, {"R1": "2-1", "R2": "2-2", "R3": "2-1"})
    named = EquipmentItem("A-1", "万用表", serves_rows=("R3",))
    assert purposes.rows_of(named) == ("R3",)
    assert purposes.rows_of(EquipmentItem("A-2", "万用表")) == ("R1", "R2")
    assert purposes.modules_of(("R2", "R1", "R3", "of another list")) == ("2-1", "2-2")


def test_a_row_is_offered_under_its_own_module_only() -> None:
    both = Piece(EquipmentItem("A-1", "万用表"), ("R1", "R2"), ("2-1", "2-2"))
    sorts = sorts_of([PIECE, both], {"R1": "2-1", "R2": "2-2", "C2-1-003": "2-1"})
    assert sorts.rows == {"2-1": ("C2-1-003", "R1"), "2-2": ("R2",)}
    assert (sorts.rooms, sorts.due[DueState.SOON]) == (("实训楼 102",), 1)
    assert sorts.statuses[EquipmentStatus.IN_SERVICE] == 1
    assert sorts.statuses[EquipmentStatus.RETIRED] == 0
