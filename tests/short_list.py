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
