"""What the self-check report says of the conditions beyond equipment."""

from inventory.conditions.rules import ConditionOutcome
from inventory.conditions.schema import ConditionOut, StationConditions
from inventory.papers.origin import column, fact, fact_list, grid, words
from inventory.papers.schema import Block
from inventory.papers.wording import zh

_COLUMNS = (
    column("编号", 14),
    column("条件", 46),
    column("要求", 34),
    column("现状", 46),
    column("结果", 12),
    column("判断依据", 18),
    column("须整改", 10),
    column("整改措施", 34),
)


def conditions_part(found: StationConditions) -> list[Block]:
    """The conditions of a station, each with its outcome and what that rests on."""
    if not found.list_version:
        return [words("没有适用的条件清单。")]
    counts = fact_list(
        [
            fact("条件清单", found.list_version + ("" if found.is_official_list else "（草案）")),
            fact("结论", zh(found.status)),
            fact("条件", str(len(found.conditions))),
            fact("满足", str(found.met)),
            fact("未满足或无法判断，须整改", str(found.binding)),
            fact("未满足或无法判断，建议", str(found.advice)),
        ]
    )
    return [counts, grid(_COLUMNS, [_row(one) for one in found.conditions])]


def _row(one: ConditionOut) -> tuple[str, ...]:
    is_open = one.outcome is not ConditionOutcome.MET
    return (
        one.condition_id,
        one.text.zh,
        one.required.zh,
        one.found.zh,
        zh(one.outcome),
        zh(one.basis),
        ("是" if one.is_binding else "否") if is_open else "",
        one.remedy.zh if is_open else "",
    )
