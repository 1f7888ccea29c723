"""How a stated value is held against a required one; where the two cannot be compared: unknown."""

from collections.abc import Callable, Mapping
from enum import StrEnum

from inventory.requirements.values import (
    CatRatings,
    Dimensions,
    Flag,
    Members,
    Quantity,
    Span,
    Text,
    Value,
    is_same,
)


class Comparator(StrEnum):
    """How a requirement relates the stated value to the required one."""

    AT_LEAST = ">="
    AT_MOST = "<="
    MORE = ">"
    LESS = "<"
    EQUAL = "="
    INCLUDES = "includes"
    ONE_OF = "in"


class Verdict(StrEnum):
    """Outcome of one clause; only `met` passes."""

    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"
    UNREADABLE = "unreadable"


_ORDERINGS: Mapping[Comparator, Callable[[float, float], bool]] = {
    Comparator.AT_LEAST: lambda found, bound: found >= bound or is_same(found, bound),
    Comparator.AT_MOST: lambda found, bound: found <= bound or is_same(found, bound),
    Comparator.MORE: lambda found, bound: found > bound and not is_same(found, bound),
    Comparator.LESS: lambda found, bound: found < bound and not is_same(found, bound),
    Comparator.EQUAL: is_same,
}


def compare(  # noqa: PLR0911  # one return per kind of value
    comparator: Comparator, required: Value, found: Value
) -> Verdict:
    """Hold `found` against `required`.

    A measurement category counts as "at least" for both `=` and `>=`: by IEC 61010-1 an instrument
    of a higher category and an equal or higher voltage may be used where a lower one is asked for.
    """
    match required:
        case Quantity():
            return _quantity(comparator, required, found)
        case Span():
            return _span(comparator, required, found)
        case Dimensions():
            return _dimensions(comparator, required, found)
        case CatRatings():
            return _cat(comparator, required, found)
        case Members():
            return _members(comparator, required, found)
        case Flag():
            return _equal_if_same_type(comparator, required, found)
        case Text():
            return _text(comparator, required, found)
        case _:
            return Verdict.UNKNOWN


def _decided(is_met: bool) -> Verdict:
    return Verdict.MET if is_met else Verdict.NOT_MET


def _comparable(required: Quantity, found: Quantity) -> bool:
    if required.unit.kind != found.unit.kind:
        return False
    wanted_current = required.unit.current_kind
    return not wanted_current or wanted_current == found.unit.current_kind


def _quantity(comparator: Comparator, required: Quantity, found: Value) -> Verdict:
    if comparator not in _ORDERINGS or not isinstance(found, Quantity):
        return Verdict.UNKNOWN
    if not _comparable(required, found):
        return Verdict.UNKNOWN
    return _decided(_ORDERINGS[comparator](found.base, required.base))


def _span(comparator: Comparator, required: Span, found: Value) -> Verdict:
    low, high = required.low.base, required.high.base
    if isinstance(found, Span) and _comparable(required.low, found.low):
        reaches_low = found.low.base <= low or is_same(found.low.base, low)
        reaches_high = found.high.base >= high or is_same(found.high.base, high)
        is_known = comparator in {Comparator.AT_LEAST, Comparator.EQUAL}
        return _decided(reaches_low and reaches_high) if is_known else Verdict.UNKNOWN
    if (
        comparator is Comparator.EQUAL
        and isinstance(found, Quantity)
        and _comparable(required.low, found)
    ):
        is_above = found.base >= low or is_same(found.base, low)
        return _decided(is_above and (found.base <= high or is_same(found.base, high)))
    return Verdict.UNKNOWN


def _dimensions(comparator: Comparator, required: Dimensions, found: Value) -> Verdict:
    if not isinstance(found, Dimensions) or comparator not in _ORDERINGS:
        return Verdict.UNKNOWN
    if found.kind != required.kind or len(found.sides) != len(required.sides):
        return Verdict.UNKNOWN
    holds = _ORDERINGS[comparator]
    return _decided(all(map(holds, found.sides, required.sides)))


def _cat(comparator: Comparator, required: CatRatings, found: Value) -> Verdict:
    if comparator not in {Comparator.EQUAL, Comparator.AT_LEAST}:
        return Verdict.UNKNOWN
    if not isinstance(found, CatRatings):
        return Verdict.UNKNOWN
    verdicts = [_cat_rating(rating, found) for rating in required.ratings]
    for outcome in (Verdict.NOT_MET, Verdict.UNKNOWN):
        if outcome in verdicts:
            return outcome
    return Verdict.MET


def _cat_rating(required: tuple[int, float | None], found: CatRatings) -> Verdict:
    category, volts = required
    of_class = [rating for rating in found.ratings if rating[0] >= category]
    if any(volts is None or (has is not None and has >= volts) for _, has in of_class):
        return Verdict.MET
    if any(has is None for _, has in of_class):
        return Verdict.UNKNOWN
    return Verdict.NOT_MET


def _members(comparator: Comparator, required: Members, found: Value) -> Verdict:
    if not isinstance(found, Members | Quantity | Text):
        return Verdict.UNKNOWN
    has = found.members if isinstance(found, Members) else (found,)
    present = [any(_is_member(wanted, one) for one in has) for wanted in required.members]
    if comparator is Comparator.ONE_OF:
        return _decided(any(present))
    if comparator in {Comparator.INCLUDES, Comparator.EQUAL}:
        return _decided(all(present))
    return Verdict.UNKNOWN


def _is_member(wanted: Quantity | Text, found: Quantity | Text) -> bool:
    if isinstance(wanted, Text) or isinstance(found, Text):
        return (
            isinstance(wanted, Text) and isinstance(found, Text) and wanted.folded == found.folded
        )
    return _comparable(wanted, found) and is_same(wanted.base, found.base)


def _equal_if_same_type(comparator: Comparator, required: Flag, found: Value) -> Verdict:
    if comparator is not Comparator.EQUAL or not isinstance(found, Flag):
        return Verdict.UNKNOWN
    return _decided(required.is_true == found.is_true)


def _text(comparator: Comparator, required: Text, found: Value) -> Verdict:
    if comparator is not Comparator.EQUAL:
        return Verdict.UNKNOWN
    if isinstance(found, Members):
        return _decided(any(_is_member(required, one) for one in found.members))
    if isinstance(found, Text):
        return _decided(required.folded == found.folded)
    return Verdict.UNKNOWN


def is_comparable(comparator: Comparator, required: Value) -> bool:
    """Whether this comparator makes sense with this required value (no `>= PMSM`)."""
    orders = comparator in {
        Comparator.AT_LEAST,
        Comparator.AT_MOST,
        Comparator.MORE,
        Comparator.LESS,
    }
    match required:
        case Quantity() | Dimensions():
            return comparator in _ORDERINGS
        case Span() | CatRatings():
            return comparator in {Comparator.EQUAL, Comparator.AT_LEAST}
        case Members():
            return not orders
        case Flag() | Text():
            return comparator is Comparator.EQUAL
        case _:
            return False
