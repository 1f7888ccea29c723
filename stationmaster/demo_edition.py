"""A later edition of the bundled draft, made up to show what an edition changes."""

import csv
from collections.abc import Mapping
from datetime import date
from io import StringIO

from inventory.requirements.use_cases import ListUpload, bundled_draft

VERSION = "DRAFT-0.2-DEMO"
_MARK = f"{VERSION} (made up for the demonstration)"
_DROPPED = frozenset({"C2-4-024"})
_BINDING = frozenset({"C2-1-011"})
"""Rows that were advice and bind from now on."""
_COPIED = "C2-X-037"
_ADDED: Mapping[str, str] = {
    "row_id": "C2-X-900",
    "item_zh": "高压互锁回路检测盒",
    "item_en": "high-voltage interlock test box",
    "technical_parameters": "-",
    "quantity_basis": "per_station 站",
    "quantity_n": "1",
    "calibration_required": "no",
    "interval_months": "",
    "alternative_group": "-",
}
_EVALUATION = "evaluation_org_document"


def next_edition(publisher: str, today: date) -> ListUpload:
    """The list that will apply from next January on; it is marked as made up in every row."""
    rows = list(csv.DictReader(StringIO(bundled_draft().content.decode("utf-8-sig"))))
    kept = [_changed(row) for row in rows if row["row_id"] not in _DROPPED]
    copied = next(row for row in rows if row["row_id"] == _COPIED)
    kept.append(
        {**copied, **_ADDED, "list_version": _MARK, "authority_item": _EVALUATION}
        | {"authority_quantity": _EVALUATION, "obligation": "mandatory"}
    )
    text = StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(kept)
    return ListUpload(
        "demo_edition.csv",
        text.getvalue().encode(),
        version=VERSION,
        valid_from=date(today.year + 1, 1, 1),
        organisation_code=publisher,
    )


def _changed(row: Mapping[str, str]) -> dict[str, str]:
    marked = {**row, "list_version": _MARK}
    if row["row_id"] in _BINDING:
        marked |= {"authority_item": _EVALUATION, "authority_quantity": _EVALUATION}
        marked |= {"obligation": "mandatory"}
    return marked
