"""Which things may stand in for a row's own equipment: what the list's words mean in a register.

A substitute that the list asks for itself (a car, a multimeter) is judged by its own row; one that
is only known as a substitute is judged by the row it stands in for.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from inventory.equipment.rules import EquipmentItem
from inventory.readiness.assignment import WHOLE
from inventory.readiness.defects import Candidate, Defect, amount_of, judged, wording_defect
from inventory.readiness.findings import FindingKind
from inventory.readiness.paper import Paper
from inventory.readiness.wording import condition
from inventory.requirements.alternatives import (
    Stand,
    SubstituteOption,
    endings,
    folded_name,
    is_called,
    is_part,
    names_of,
    parse_alternatives,
)
from inventory.requirements.rules import Obligation, Requirement
from inventory.requirements.thresholds import is_attested


@dataclass(frozen=True, slots=True)
class Substitute:
    """A thing that may stand in for a row; see `assignment.Offer` for option, leg and parts.

    `homes` are the rows that ask for the thing itself and must not go short for it.
    """

    candidate: Candidate
    option: int
    leg: int
    how: SubstituteOption
    homes: tuple[str, ...] = ()
    parts: tuple[str, ...] = WHOLE


class Substitution:
    """All that may stand in, worked out for a row when it is first asked for."""

    def __init__(
        self, requirements: Sequence[Requirement], equipment: Sequence[EquipmentItem], paper: Paper
    ) -> None:
        self._register = _Register(requirements, equipment, paper)
        self._kits = dict(self._register.kits())
        self._parts = {asset: parts for kit_id, parts in self._kits.items() for asset in
                       paper.meant_for(kit_id)}  # fmt: skip
        self._found: dict[str, tuple[Substitute, ...]] = {}

    def of_row(self, row: Requirement) -> tuple[Substitute, ...]:
        """What may stand in for a row, in the order of its words; kits last."""
        if row.row_id not in self._found:
            self._found[row.row_id] = (
                *self._register.of_row(row, self._parts),
                *(
                    one
                    for kit_id, targets in self._kits.items()
                    if row.row_id in targets
                    for one in self._register.as_part(
                        kit_id, row.row_id, 1000 + targets.index(row.row_id)
                    )
                ),
            )
        return self._found[row.row_id]

    def parts_of(self, asset_number: str) -> tuple[str, ...]:
        """What of a thing is used up when it serves as itself."""
        return self._parts.get(asset_number, WHOLE)


def decided_for(
    requirements: tuple[Requirement, ...], publishers: Collection[str]
) -> tuple[Requirement, ...]:
    """Rows with what those decided who publish for the station's organisation."""
    return tuple(
        replace(
            row,
            decided_substitutes=tuple(
                one
                for one in row.decided_substitutes
                if one.organisation_code is None or one.organisation_code in publishers
            ),
        )
        if row.decided_substitutes
        else row
        for row in requirements
    )


def complete_options(substitutes: Sequence[Substitute]) -> list[Substitute]:
    """Without options that lack one of the things that serve together."""
    legs = {(one.option, one.leg) for one in substitutes}
    return [
        one
        for one in substitutes
        if all((one.option, leg) in legs for leg in range(len(one.how.stands)))
    ]


class _Register:
    """A register seen by names."""

    def __init__(
        self,
        requirements: Sequence[Requirement],
        equipment: Sequence[EquipmentItem],
        paper: Paper,
    ) -> None:
        self._rows = {row.row_id: row for row in requirements}
        self._paper = paper
        self._by_name: dict[str, list[EquipmentItem]] = defaultdict(list)
        for item in equipment:
            self._by_name[item.item_zh].append(item)
        self._called: dict[str, dict[str, EquipmentItem]] = {}
        self._rows_by_ending = _by_ending({row.row_id: row.item_zh for row in requirements})
        self._names_by_ending = _by_ending({name: name for name in self._by_name})

    def kits(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Kit rows that can be taken apart: every part names a row."""
        for row in self._rows.values():
            words = parse_alternatives(row.substitutes).kit_parts
            targets = tuple(dict.fromkeys(self._part_row(row, word) for word in words))
            if targets and "" not in targets:
                yield row.row_id, targets

    def of_row(
        self, row: Requirement, parts: Mapping[str, tuple[str, ...]]
    ) -> Iterator[Substitute]:
        """What the row's own words let stand in; `parts` are those of kits."""
        own = self._paper.meant_for(row.row_id)
        for option, how in enumerate(_options(row), 1):
            for leg, stand in enumerate(how.stands):
                for asset, item in sorted(self._called_so(stand).items()):
                    candidate = None if asset in own else self._judged(row, stand, item)
                    if candidate is not None:
                        homes = self._binding(self._paper.rows_of(asset))
                        used = parts.get(asset, WHOLE)
                        yield Substitute(candidate, option, leg, how, homes, used)

    def as_part(self, kit_id: str, target: str, option: int) -> Iterator[Substitute]:
        """Kits, counted as one of their parts."""
        kit = self._rows[kit_id]
        how = SubstituteOption(kit.item_zh, (Stand(kit.item_zh),), kit.levels, kit.uses)
        own = self._paper.meant_for(target)
        for one in self._paper[kit_id]:
            if one.item.asset_number not in own:
                homes = self._binding((kit_id,))
                yield Substitute(one, option, 0, how, homes, (target,))

    def _part_row(self, kit: Requirement, word: str) -> str:
        """The first row, mandatory ones before others, that a kit's word names."""
        fitting = [
            row
            for row in self._rows.values()
            if row.module_code == kit.module_code
            and row.row_id != kit.row_id
            and is_part(word, row.item_zh, row.item_en)
        ]
        fitting.sort(key=lambda row: row.obligation is not Obligation.MANDATORY)
        return fitting[0].row_id if fitting else ""

    def _called_so(self, stand: Stand) -> Mapping[str, EquipmentItem]:
        """Things that go by a name, or are meant for rows that do."""
        if stand.name not in self._called:
            found = {
                one.asset_number: one
                for name in self._names_by_ending.get(folded_name(stand.name), ())
                for one in self._by_name[name]
            }
            for row_id in self._rows_called(stand.name):
                found |= self._paper.meant_for(row_id)
            self._called[stand.name] = found
        return self._called[stand.name]

    def _rows_called(self, name: str) -> Sequence[str]:
        return self._rows_by_ending.get(folded_name(name), ())

    def _judged(self, row: Requirement, stand: Stand, item: EquipmentItem) -> Candidate | None:
        """The thing as a substitute; None where it can't be one.

        What only other modules ask for is not offered: their sessions may overlap with this one.
        """
        amount = amount_of(row, item)
        meant_for = self._paper.rows_of(item.asset_number)
        near = [one for one in meant_for if self._rows[one].module_code in self._modules_of(row)]
        if amount is None or (meant_for and not near):
            return None
        called = set(self._rows_called(stand.name))
        own = [
            self._paper.of_row(home)[item.asset_number].defects for home in near if home in called
        ]
        defects = min(own, key=len) if own else judged(row, item, self._paper.on)
        return Candidate(item, amount, (*defects, *_conditions(row, stand, item)))

    def _modules_of(self, row: Requirement) -> tuple[str, str]:
        """The row's own module and what is common to its certificate."""
        return row.module_code, f"{row.module_code.partition('-')[0]}-*"

    def _binding(self, homes: tuple[str, ...]) -> tuple[str, ...]:
        """Rows that are only recommended give way."""
        return tuple(home for home in homes if self._rows[home].obligation is Obligation.MANDATORY)


def _options(row: Requirement) -> list[SubstituteOption]:
    """What the list's words allow and what a person decided; of two decisions, the refusal."""
    refused = {folded_name(one.name) for one in row.decided_substitutes if not one.may_stand_in}
    by_words = [
        one
        for one in parse_alternatives(row.substitutes).options
        if not any(stand.conditions and folded_name(stand.name) in refused for stand in one.stands)
    ]
    decided = [
        SubstituteOption(one.name, (Stand(one.name),))
        for one in row.decided_substitutes
        if one.may_stand_in and folded_name(one.name) not in refused
    ]
    return [*by_words, *decided]


def _by_ending(names: Mapping[str, str]) -> Mapping[str, Sequence[str]]:
    """Keys by everything that their names end with."""
    found: dict[str, list[str]] = defaultdict(list)
    for key, name in names.items():
        for ending in endings(names_of(name)):
            found[ending].append(key)
    return found


def _conditions(row: Requirement, stand: Stand, item: EquipmentItem) -> Iterator[Defect]:
    for words in stand.conditions:
        if words.startswith("for ") and is_called(names_of(row.item_zh), words[4:]):
            continue
        if not is_attested(words, item.parameters):
            texts = condition(words)
            yield wording_defect(FindingKind.PARAMETER_UNREADABLE, texts)
