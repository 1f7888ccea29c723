"""What changed between two editions of a list: rows matched, fields and clauses old and new."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from enum import StrEnum

from inventory.requirements.parameters import folded
from inventory.requirements.rules import Requirement
from inventory.requirements.thresholds import parse_clauses

SAME_ITEM = 0.6
"""Chosen: a row id whose item names are less alike than this may have been given anew."""
ALIKE = 0.75
"""Chosen: names of one module this much alike are taken for one item; a person may correct it."""
MAX_COMPARED = 1_000
"""Chosen: most rows of a module compared by likeness, whose time grows squared."""
_CONTAINED, _LEAST_CONTAINED = 0.8, 3
_NOT_COMPARED = frozenset({"row_id", "list_version"})
Row = tuple[Requirement, Mapping[str, str]]
"""A requirement and its cells as the file has them."""


class Match(StrEnum):
    """How a row of the old edition was found in the new one."""

    PERSON = "person"
    ROW_ID = "row_id"
    NAME = "name"
    LIKENESS = "likeness"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A cell that is not as it was."""

    column: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class RowChange:
    """A row of both editions; clauses are those asked anew, and those asked no more."""

    old_row_id: str
    row_id: str
    item_zh: str
    match: Match
    fields: tuple[FieldChange, ...]
    clauses_added: tuple[str, ...]
    clauses_removed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RowOnly:
    """A row of one edition only."""

    row_id: str
    module_code: str
    item_zh: str


@dataclass(frozen=True, slots=True)
class EditionChanges:
    """The difference of two editions; `matches` maps old row ids to new ones."""

    added: tuple[RowOnly, ...]
    removed: tuple[RowOnly, ...]
    changed: tuple[RowChange, ...]
    unchanged: int
    matches: Mapping[str, str]


@dataclass(slots=True)
class _Matching:
    """Pairs found so far; each row is in one pair at most."""

    old: dict[str, Row]
    new: dict[str, Row]
    pairs: dict[str, tuple[str, Match]] = field(default_factory=dict)

    def pair(self, old_id: str, new_id: str, match: Match) -> None:
        self.pairs[old_id] = (new_id, match)
        del self.old[old_id], self.new[new_id]


def compare_editions(
    old: Sequence[Row], new: Sequence[Row], corrections: Mapping[str, str] | None = None
) -> EditionChanges:
    """Compare two editions.

    Rows are matched by a person's corrections, then by row id where the item is still alike, then
    by equal and by similar names within a module, and last by row id alone.

    Args:
        old: rows of the edition before.
        new: rows of the edition after.
        corrections: row id in the old edition to that in the new one; empty text: it is in none.
    """
    matching = _Matching({row[0].row_id: row for row in old}, {row[0].row_id: row for row in new})
    told = corrections or {}
    parted = {old_id: matching.old.pop(old_id) for old_id in told if old_id in matching.old}
    for old_id, row in parted.items():
        if told[old_id] in matching.new:
            matching.old[old_id] = row
            matching.pair(old_id, told[old_id], Match.PERSON)
    _by_id(matching, SAME_ITEM)
    _by_name(matching)
    _by_likeness(matching)
    _by_id(matching, 0.0)
    before, after = ({row[0].row_id: row for row in rows} for rows in (old, new))
    both = [
        _change(before[old_id], after[new_id], match)
        for old_id, (new_id, match) in matching.pairs.items()
    ]
    order = {row_id: index for index, row_id in enumerate(after)}
    changed = [one for one in both if one.fields or one.clauses_added or one.clauses_removed]
    return EditionChanges(
        added=tuple(_only(row) for row in matching.new.values()),
        removed=tuple(
            _only(row) for row in (*_parted_rows(parted, matching), *matching.old.values())
        ),
        changed=tuple(sorted(changed, key=lambda one: order[one.row_id])),
        unchanged=len(both) - len(changed),
        matches={old_id: new_id for old_id, (new_id, _) in matching.pairs.items()},
    )


def _parted_rows(parted: Mapping[str, Row], matching: _Matching) -> list[Row]:
    """Rows that a person said are in no row of the new edition."""
    return [row for old_id, row in parted.items() if old_id not in matching.pairs]


def _likeness(one: Row, other: Row) -> float:
    """0 to 1; a name that is the beginning or a part of the other is much like it."""
    names = sorted((folded(one[0].item_zh), folded(other[0].item_zh)), key=len)
    if len(names[0]) >= _LEAST_CONTAINED and names[0] in names[1]:
        return max(_CONTAINED, len(names[0]) / len(names[1]))
    return SequenceMatcher(None, names[0], names[1]).ratio()


def _by_id(matching: _Matching, least: float) -> None:
    for row_id in [row_id for row_id in matching.old if row_id in matching.new]:
        one, other = matching.old[row_id], matching.new[row_id]
        if one[0].module_code == other[0].module_code and _likeness(one, other) >= least:
            matching.pair(row_id, row_id, Match.ROW_ID)


def _by_name(matching: _Matching) -> None:
    named: dict[tuple[str, str], list[str]] = {}
    for row_id, (row, _) in matching.new.items():
        named.setdefault((row.module_code, folded(row.item_zh)), []).append(row_id)
    for old_id, (row, _) in list(matching.old.items()):
        candidates = named.get((row.module_code, folded(row.item_zh)), [])
        if candidates:
            matching.pair(old_id, candidates.pop(0), Match.NAME)


def _by_likeness(matching: _Matching) -> None:
    found: list[tuple[float, bool, str, str]] = []
    for module in sorted({row.module_code for row, _ in matching.old.values()}):
        left = [one for one in matching.old.values() if one[0].module_code == module]
        right = [one for one in matching.new.values() if one[0].module_code == module]
        if max(len(left), len(right)) > MAX_COMPARED:
            continue
        for one in left:
            for other in right:
                likeness = _likeness(one, other)
                if likeness >= ALIKE:
                    is_same = one[0].category == other[0].category
                    found.append((likeness, is_same, one[0].row_id, other[0].row_id))
    for _, _, old_id, new_id in sorted(found, key=lambda hit: (-hit[0], not hit[1], *hit[2:])):
        if old_id in matching.old and new_id in matching.new:
            matching.pair(old_id, new_id, Match.LIKENESS)


def _change(old: Row, new: Row, match: Match) -> RowChange:
    fields = tuple(
        FieldChange(column, old[1].get(column, ""), cell)
        for column, cell in new[1].items()
        if column not in _NOT_COMPARED and cell != old[1].get(column, "")
    )
    before = [clause.text for clause in parse_clauses(old[0].technical_parameters)]
    after = [clause.text for clause in parse_clauses(new[0].technical_parameters)]
    return RowChange(
        old[0].row_id,
        new[0].row_id,
        new[0].item_zh,
        match,
        fields,
        tuple(text for text in after if text not in before),
        tuple(text for text in before if text not in after),
    )


def _only(row: Row) -> RowOnly:
    return RowOnly(row[0].row_id, row[0].module_code, row[0].item_zh)
