"""Which things of a register are meant for which rows of a list, and what is wrong with them."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from inventory.equipment.rules import EquipmentItem, Ownership
from inventory.readiness import wording
from inventory.readiness.defects import Candidate, amount_of, judged, wording_defect
from inventory.readiness.findings import FindingKind
from inventory.requirements.alternatives import folded_name
from inventory.requirements.rules import Requirement


class Paper(Mapping[str, tuple[Candidate, ...]]):
    """Per requirement row id: the things meant for it, in an order that is not the register's.

    Level and module do not matter here. A row's things are judged when it is first looked at: a
    single module concerns a fifth of a list. List, register and day never change underneath.
    """

    def __init__(
        self, requirements: Sequence[Requirement], equipment: Sequence[EquipmentItem], on: date
    ) -> None:
        self._rows = {row.row_id: row for row in requirements}
        self.on = on
        by_name: dict[str, list[EquipmentItem]] = defaultdict(list)
        by_row: dict[str, list[EquipmentItem]] = defaultdict(list)
        for item in equipment:
            by_name[folded_name(item.item_zh)].append(item)
            for row_id in item.serves_rows:
                by_row[row_id].append(item)
        self._meant: dict[str, dict[str, EquipmentItem]] = {}
        self._rows_of: dict[str, list[str]] = defaultdict(list)
        for row_id, row in self._rows.items():
            items = [*by_row.get(row_id, ()), *by_name.get(folded_name(row.item_zh), ())]
            self._meant[row_id] = {item.asset_number: item for item in items}
            for asset_number in self._meant[row_id]:
                self._rows_of[asset_number].append(row_id)
        self._judged: dict[str, dict[str, Candidate]] = {}

    def __getitem__(self, row_id: str) -> tuple[Candidate, ...]:
        return tuple(self.of_row(row_id).values())

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def of_row(self, row_id: str) -> Mapping[str, Candidate]:
        """A row's things by asset number, the most fitting first."""
        if row_id not in self._judged:
            judged_ones = [self._candidate(row_id, item) for item in self._meant[row_id].values()]
            judged_ones.sort(key=lambda one: _preference(row_id, one))
            self._judged[row_id] = {one.item.asset_number: one for one in judged_ones}
        return self._judged[row_id]

    def meant_for(self, row_id: str) -> Mapping[str, EquipmentItem]:
        """The same things, not judged."""
        return self._meant[row_id]

    def rows_of(self, asset_number: str) -> tuple[str, ...]:
        """The rows that a thing is meant for."""
        return tuple(self._rows_of.get(asset_number, ()))

    def _candidate(self, row_id: str, item: EquipmentItem) -> Candidate:
        row = self._rows[row_id]
        amount = amount_of(row, item)
        defects = judged(row, item, self.on)
        if amount is None:
            texts = wording.amount(row, item)
            defects = (*defects, wording_defect(FindingKind.PARAMETER_UNKNOWN, texts))
        versatility = len(self._rows_of[item.asset_number])
        return Candidate(item, item.quantity if amount is None else amount, defects, versatility)


def _preference(row_id: str, candidate: Candidate) -> tuple[bool, bool, int, str]:
    """What names the row first, own things before borrowed ones, the least versatile first."""
    item = candidate.item
    return (
        row_id not in item.serves_rows,
        item.owner is not Ownership.OWN,
        candidate.eligible_rows,
        item.asset_number,
    )
