"""What changed between two frozen checks of a station, row by row (pure)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from inventory.readiness.findings import NOTHING_ASKED, Bilingual, FindingKind, Status
from inventory.reviews.condition_differences import CheckedCondition, checked_conditions
from inventory.stations.rules import Level

Content = Mapping[str, Any]
"""A snapshot's content, read back from its text."""


@dataclass(frozen=True, slots=True)
class SeenFinding:
    """A finding of a row; `places` are what reports it, such as `2-1 elementary`."""

    kind: FindingKind
    is_binding: bool
    reason: Bilingual
    remedy: Bilingual
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RowCheck:
    """A row in one check: of how many modules and levels that ask for it, it is met."""

    asked: int = 0
    met: int = 0
    findings: tuple[SeenFinding, ...] = ()

    @property
    def binding(self) -> int:
        """How many kinds of binding findings the row has."""
        return len({one.kind for one in self.findings if one.is_binding})


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """A row of the list in both checks; `row_id` is empty for findings on the list as a whole."""

    row_id: str
    module_code: str
    item: Bilingual
    before: RowCheck
    after: RowCheck
    is_changed: bool


@dataclass(frozen=True, slots=True)
class CheckedCell:
    """A module and level in both checks; None where a list has nothing of its own for it."""

    module: str
    level: Level
    before: Status | None
    after: Status | None
    binding_before: int
    binding_after: int


@dataclass(frozen=True, slots=True)
class EquipmentChange:
    """A thing that is not as it was; `fields` are empty where it came or went."""

    asset_number: str
    item_zh: str
    is_there_before: bool
    is_there_after: bool
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """Everything two checks say, side by side; a row's finding counts once, wherever it is seen."""

    binding_before: int
    binding_after: int
    cells: tuple[CheckedCell, ...]
    rows: tuple[CheckedRow, ...]
    equipment: tuple[EquipmentChange, ...]
    conditions: tuple[CheckedCondition, ...]


@dataclass(slots=True)
class _Gathering:
    asked: int = 0
    met: int = 0
    findings: dict[tuple[object, ...], tuple[Mapping[str, Any], list[str]]] = field(
        default_factory=dict
    )

    def checked(self) -> RowCheck:
        return RowCheck(
            self.asked,
            self.met,
            tuple(_finding(one, places) for one, places in self.findings.values()),
        )


@dataclass(frozen=True, slots=True)
class _Named:
    module_code: str
    item: Bilingual


def difference(before: Content, after: Content, matches: Mapping[str, str]) -> Difference:
    """Hold one check against a later one.

    Args:
        before: the check of the earlier moment.
        after: the check of the later one.
        matches: row ids of the list of `before` to those of the same rows in the list of `after`;
            what is not in it keeps its id.
    """
    old, new = _rows(before, matches), _rows(after, {})
    named = _names(before, matches) | _names(after, {})
    # a finding on the list as a whole comes first: it is why all else may be missing
    order = sorted(old.keys() | new.keys(), key=lambda row_id: (row_id != "", row_id))
    rows = tuple(_checked(row_id, named.get(row_id), old, new) for row_id in order)
    return Difference(
        binding_before=sum(row.before.binding for row in rows),
        binding_after=sum(row.after.binding for row in rows),
        cells=_cells(before, after),
        rows=rows,
        equipment=tuple(_equipment(before["equipment"], after["equipment"])),
        conditions=checked_conditions(before, after),
    )


def _checked(
    row_id: str,
    named: _Named | None,
    old: Mapping[str, _Gathering],
    new: Mapping[str, _Gathering],
) -> CheckedRow:
    was, now = old.get(row_id, _Gathering()).checked(), new.get(row_id, _Gathering()).checked()
    module, item = (named.module_code, named.item) if named else ("", Bilingual("", ""))
    return CheckedRow(row_id, module, item, was, now, is_changed=was != now)


def _rows(content: Content, matches: Mapping[str, str]) -> dict[str, _Gathering]:
    rows: dict[str, _Gathering] = {}
    for answer in content["answers"]:
        place = f"{answer['question']['module']} {answer['question']['level']}"
        for outcome in answer["rows"]:
            row = rows.setdefault(_now(outcome["row_id"], matches), _Gathering())
            row.asked += 1
            row.met += bool(outcome["is_met"])
        for finding in (one for one in answer["findings"] if one["kind"] not in NOTHING_ASKED):
            row = rows.setdefault(_now(finding["row_id"], matches), _Gathering())
            key = (finding["kind"], finding["is_binding"], finding["reason"]["zh"])
            row.findings.setdefault(key, (finding, []))[1].append(place)
    return rows


def _names(content: Content, matches: Mapping[str, str]) -> dict[str, _Named]:
    return {
        _now(row["row_id"], matches): _Named(
            row["module_code"], Bilingual(row["item_zh"], row["item_en"] or row["item_zh"])
        )
        for row in content["list"]["rows"]
    }


def _now(row_id: str, matches: Mapping[str, str]) -> str:
    return matches.get(row_id, row_id)


def _finding(one: Mapping[str, Any], places: Sequence[str]) -> SeenFinding:
    return SeenFinding(
        FindingKind(one["kind"]),
        bool(one["is_binding"]),
        Bilingual(**one["reason"]),
        Bilingual(**one["remedy"]),
        tuple(places),
    )


def _cells(before: Content, after: Content) -> tuple[CheckedCell, ...]:
    old, new = _answers(before), _answers(after)
    order = {level.value: place for place, level in enumerate(Level)}
    keys = sorted(old.keys() | new.keys(), key=lambda key: (key[0], order[key[1]]))
    none: tuple[Status | None, int] = (None, 0)
    found = []
    for module, level in keys:
        was, many_before = old.get((module, level), none)
        now, many_after = new.get((module, level), none)
        found.append(CheckedCell(module, Level(level), was, now, many_before, many_after))
    return tuple(found)


def _answers(content: Content) -> dict[tuple[str, str], tuple[Status | None, int]]:
    return {
        (one["question"]["module"], one["question"]["level"]): told(one)
        for one in content["answers"]
    }


def told(answer: Mapping[str, Any]) -> tuple[Status | None, int]:
    """Status and binding findings of a frozen answer; None where the list has nothing to ask."""
    if any(finding["kind"] in NOTHING_ASKED for finding in answer["findings"]):
        return None, 0
    return Status(answer["status"]), sum(one["is_binding"] for one in answer["findings"])


def _equipment(
    before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]
) -> list[EquipmentChange]:
    old = {str(one["asset_number"]): one for one in before}
    new = {str(one["asset_number"]): one for one in after}
    found = []
    for asset in sorted(old.keys() | new.keys()):
        was, now = old.get(asset), new.get(asset)
        if was is None or now is None:
            thing = was or now or {}
            found.append(
                EquipmentChange(asset, str(thing["item_zh"]), was is not None, now is not None)
            )
            continue
        # fields that only one form of the register knows are no change of the thing
        fields = tuple(name for name in sorted(was.keys() & now.keys()) if was[name] != now[name])
        if fields:
            found.append(EquipmentChange(asset, str(now["item_zh"]), True, True, fields))
    return found
