"""Which rows of other modules want the same things at the same time as the module asked for.

Everything a thing can be used for is a pair of a time (the modules that are examined at once) and
a lane: rows that occupy a thing for everybody take all lanes, rows that one piece serves for the
whole station only that of their own module. A thing serves rows whose pairs do not meet.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from inventory.readiness.findings import Question
from inventory.requirements.rules import (
    ListSettings,
    Requirement,
    concerns_level,
    concerns_module,
)
from inventory.requirements.sharing import Sharing, parse_sharing
from inventory.stations.rules import Level


@dataclass(frozen=True, slots=True)
class Offered:
    """The modules and levels that a station says it trains or examines.

    `at_once` are groups of modules that it examines at the same time; all others have a time of
    their own.
    """

    modules: frozenset[str]
    levels: frozenset[Level]
    at_once: tuple[frozenset[str], ...] = ()

    def includes(self, question: Question) -> bool:
        """Whether what is asked belongs to it."""
        return question.module in self.modules and question.level in self.levels

    def beside(self, module: str) -> frozenset[str]:
        """The modules that are examined together with one, itself included."""
        groups = [group & self.modules for group in self.at_once if module in group]
        return frozenset({module}).union(*groups)


@dataclass(frozen=True, slots=True)
class Rivals:
    """Rows in the order in which they choose; `own` are those of the module asked for.

    `times` are the pairs that a row takes of a thing; a row without an entry takes all of it.
    """

    rows: Sequence[Requirement]
    own: frozenset[str]
    times: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def relevant_rows(
    requirements: Sequence[Requirement], settings: ListSettings, question: Question
) -> list[Requirement]:
    """The rows that a question is about, in the order in which they choose equipment."""
    inherits = settings.has_level_inheritance
    found = [
        row
        for row in requirements
        if concerns_module(row, question.module)
        and question.use in row.uses
        and concerns_level(row, question.level, has_inheritance=inherits)
    ]
    return _ordered(found)


def rivals(
    requirements: Sequence[Requirement],
    settings: ListSettings,
    question: Question,
    offered: Offered | None,
) -> Rivals:
    """The rows of a question, and those of other modules that compete with them for things.

    These are modules examined at the same time, at the same level; where any row shares with no
    other module at all, every module the station offers.
    """
    own = relevant_rows(requirements, settings, question)
    alone = Rivals(own, frozenset(row.row_id for row in own))
    if offered is None or question.module not in offered.modules:
        return alone
    beside = offered.beside(question.module)
    is_any_dedicated = any(_sharing(row) is Sharing.DEDICATED for row in requirements)
    modules = sorted(offered.modules if is_any_dedicated else beside)
    if modules == [question.module]:
        return alone
    rows = {
        row.row_id: row
        for module in modules
        for row in relevant_rows(requirements, settings, replace(question, module=module))
    }
    return Rivals(_ordered(rows.values()), alone.own, _times(rows.values(), modules, offered))


def also_wanted_by(
    requirements: Sequence[Requirement],
    settings: ListSettings,
    question: Question,
    offered: Offered | None,
) -> dict[str, str]:
    """The rows of other modules at the level and use asked for, with their modules."""
    return {
        row.row_id: row.module_code
        for row in requirements
        if not concerns_module(row, question.module)
        and (offered is None or row.is_common or row.module_code in offered.modules)
        and question.use in row.uses
        and concerns_level(row, question.level, has_inheritance=settings.has_level_inheritance)
    }


def _times(
    rows: Iterable[Requirement], modules: Sequence[str], offered: Offered
) -> dict[str, tuple[str, ...]]:
    whole = sorted({row.module_code for row in rows if _sharing(row) is Sharing.WHOLE_STATION})
    lanes = whole or [""]
    time_of = {module: "+".join(sorted(offered.beside(module))) for module in modules}
    every_time = sorted(set(time_of.values()))
    found = {}
    for row in rows:
        is_dedicated = _sharing(row) is Sharing.DEDICATED
        its = sorted({time_of[one] for one in modules if concerns_module(row, one)})
        times = every_time if is_dedicated else its
        is_whole = _sharing(row) is Sharing.WHOLE_STATION and not row.is_common
        own_lanes = [row.module_code] if is_whole else lanes
        found[row.row_id] = tuple(f"{time} {lane}" for time in times for lane in own_lanes)
    return found


def _ordered(rows: Iterable[Requirement]) -> list[Requirement]:
    return sorted(rows, key=lambda row: (row.is_common, row.row_id))


def _sharing(row: Requirement) -> Sharing:
    return parse_sharing(row.sharing_rule).sharing
