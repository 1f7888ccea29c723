from collections.abc import Callable
from typing import Any

import pytest

from inventory.annual_reports.reading import BATCH_COLUMNS, read_batches
from inventory.conditions.reading import read_conditions
from inventory.consumables.reading import read_stock
from inventory.equipment.proof_file import read_proof_file
from inventory.equipment.reading import read_register
from inventory.places.reading import read_places
from inventory.requirements.writing import write_rows
from inventory.staff.reading import read_staff

CONDITION = {
    "condition_id": "C-1",
    "station": "both",
    "condition_zh": "制度",
    "authority": "policy",
}


@pytest.mark.parametrize(
    ("read", "row"),
    [
        (read_places, {"room_code": "A101"}),
        (read_staff, {"number": "T-1"}),
        (read_stock, {"code": "TAPE", "name_zh": "胶带"}),
        (read_proof_file, {"asset_number": "A1", "kind": "calibration"}),
        (read_register, {"asset_number": "A1", "item_zh": "万用表"}),
        (read_batches, {column.name: column.example for column in BATCH_COLUMNS}),
        (read_conditions, CONDITION),
    ],
)
def test_a_row_that_begins_with_a_sign_for_comments_is_passed_over_by_name(
    read: Callable[[str, bytes], Any], row: dict[str, str]
) -> None:
    content = write_rows("a.csv", [list(row), ["#本行由教务处填写"], list(row.values())])
    (passed,) = read("a.csv", content).passed_over
    assert (passed.row, passed.why) == (2, "comment")
    assert "本行由教务处填写" in passed.text
