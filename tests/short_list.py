"""A requirement list of few rows, for tests that check many times."""

import csv
from io import StringIO

from inventory.requirements.use_cases import ListUpload, bundled_draft

ROWS = 8


def short_list() -> ListUpload:
    """The first rows of a module in the bundled draft."""
    rows = list(csv.DictReader(StringIO(bundled_draft().content.decode("utf-8-sig"))))
    chosen = [row for row in rows if row["module_code"] == "2-1"][:ROWS]
    text = StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(chosen)
    return ListUpload("short.csv", text.getvalue().encode())


LIST_HEADER = (
    "row_id", "module_code", "level", "station_use", "item_zh", "quantity_basis", "quantity_n",
    "obligation", "authority_item", "authority_parameters", "authority_quantity",
    "substitute_allowed",
)  # fmt: skip


def list_row(row_id: str, module: str, item_zh: str, substitutes: str = "") -> tuple[str, ...]:
    """One mandatory official piece for the station, for every level and use."""
    bound = ("per_station", "1", "mandatory", "official", "official", "official")
    return (row_id, module, "*", "both", item_zh, *bound, substitutes)
