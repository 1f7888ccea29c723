"""What is wrong with rows of a list only when they are seen together."""

from inventory.requirements.tabular import RowProblem, SourceRow


def repeated(row: SourceRow, first_seen: dict[str, SourceRow]) -> list[RowProblem]:
    """What is wrong with a row whose id another row of the file has, on any of its sheets."""
    row_id = row.cells.get("row_id", "")
    first = first_seen.setdefault(row_id, row)
    if first is row:
        return []
    zh = f"编号不重复（第 {first.number} 行已有）"
    en = f"an id of its own (row {first.number} has it already)"
    return [RowProblem(row.number, "row_id", row_id, zh, en, row.sheet)]


def other_version(row: SourceRow, first: SourceRow) -> list[RowProblem]:
    """What is wrong with a row that names another version than the first row."""
    version, wanted = row.cells.get("list_version", ""), first.cells.get("list_version", "")
    if version == wanted:
        return []
    return [
        RowProblem(
            row.number,
            "list_version",
            version,
            f"与第 {first.number} 行相同：{wanted}",
            f"the same as in row {first.number}: {wanted}",
            row.sheet,
        )
    ]
