"""What can be wrong with an import or a list, as facts."""

from collections.abc import Sequence
from dataclasses import asdict

from inventory.errors import InventoryError, NotAllowed, Taken, Unknown
from inventory.requirements.tabular import RowProblem


class UnknownList(Unknown):
    """No requirement list has this version, or none is valid on the day."""

    kind = "requirement list"


class ListVersionTaken(Taken):
    """The version is known with other content; `sha256` is that of the content it has."""

    def __init__(self, version: str, sha256: str) -> None:
        super().__init__("requirement list", version)
        self.sha256 = sha256


class ListNotYours(NotAllowed):
    """The list was published by somebody else, who alone may say what it means."""

    def __init__(self, version: str) -> None:
        super().__init__(f"deciding on list {version!r}, which somebody else published")
        self.version = version


class RowsRefused(InventoryError):
    """Rows are not as expected, so nothing was imported; `problems` tells all of them."""

    def __init__(self, problems: Sequence[RowProblem]) -> None:
        rows = len({problem.row for problem in problems})
        super().__init__(f"nothing imported: {len(problems)} problems in {rows} rows")
        self.problems = tuple(problems)

    def facts(self) -> dict[str, object]:
        """See `InventoryError`; the first 500 problems."""
        return {"problems": [asdict(problem) for problem in self.problems[:500]]}
