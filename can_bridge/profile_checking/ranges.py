"""Whether a condition can ever hold, given what each signal can be: interval arithmetic."""

import ast
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from can_bridge.conditions import column_of

Outcomes = frozenset[bool]
_EITHER: Outcomes = frozenset({True, False})
_NEVER: Outcomes = frozenset({False})
_ALWAYS: Outcomes = frozenset({True})


class Range(NamedTuple):
    """Everything from `low` to `high`, both included."""

    low: float
    high: float


_UNKNOWN = Range(-math.inf, math.inf)


@dataclass(frozen=True, slots=True)
class Constant:
    """A comparison that has one answer whatever the bench sends; `column` counts from 1."""

    text: str
    column: int
    answer: bool


def constant_comparisons(text: str, ranges: Mapping[str, Range]) -> list[Constant]:
    """The comparisons of a condition that no value within the signals' ranges can change.

    Signals without an entry can be anything. Each signal counts as independent of the others, so
    a comparison that is not listed may be constant all the same; one that is listed surely is.

    Args:
        text: a condition that compiles.
        ranges: by name of the signal.
    """
    tree = ast.parse(text.strip(), mode="eval")
    return list(_constants(tree.body, text, ranges))


def _constants(node: ast.expr, text: str, ranges: Mapping[str, Range]) -> Iterator[Constant]:
    match node:
        case ast.BoolOp(values=parts):
            for part in parts:
                yield from _constants(part, text, ranges)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield from _constants(operand, text, ranges)
        case ast.Compare():
            outcomes = _comparison(node, ranges)
            if len(outcomes) == 1:
                yield Constant(ast.unparse(node), column_of(node, text), True in outcomes)
        case _:
            pass  # a bare signal says nothing by its range that its name does not


def _comparison(node: ast.Compare, ranges: Mapping[str, Range]) -> Outcomes:
    terms = [_range(part, ranges) for part in (node.left, *node.comparators)]
    links = [
        _COMPARED[type(operation)](terms[position], terms[position + 1])
        for position, operation in enumerate(node.ops)
    ]
    if _NEVER in links:
        return _NEVER
    return _ALWAYS if all(link == _ALWAYS for link in links) else _EITHER


def _range(node: ast.expr, ranges: Mapping[str, Range]) -> Range:
    match node:
        case ast.Constant(value=bool() | int() | float() as number):
            return Range(float(number), float(number))
        case ast.Name(id=name):
            return ranges.get(name, _UNKNOWN)
        case ast.Attribute(value=ast.Name(id=message), attr=signal):
            return ranges.get(f"{message}.{signal}", _UNKNOWN)
        case ast.BinOp(left=left, op=operation, right=right):
            return _CALCULATED[type(operation)](_range(left, ranges), _range(right, ranges))
        case _:
            return _of_one_term(node, ranges)


def _of_one_term(node: ast.expr, ranges: Mapping[str, Range]) -> Range:
    match node:
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            low, high = _range(operand, ranges)
            return Range(-high, -low)
        case ast.Call(args=[argument]):
            return _absolute(_range(argument, ranges))
        case _:
            return _UNKNOWN


def _absolute(of: Range) -> Range:
    ends = abs(of.low), abs(of.high)
    return Range(0.0 if of.low <= 0 <= of.high else min(ends), max(ends))


def _spanned(values: Sequence[float]) -> Range:
    # infinity times zero or minus infinity has no value: then nothing is known
    if any(map(math.isnan, values)):
        return _UNKNOWN
    return Range(min(values), max(values))


def _product(one: Range, other: Range) -> Range:
    return _spanned([left * right for left in one for right in other])


def _quotient(one: Range, other: Range) -> Range:
    if other.low <= 0 <= other.high:
        return _UNKNOWN
    return _spanned([left / right for left in one for right in other])


def _less(one: Range, other: Range) -> Outcomes:
    if one.high < other.low:
        return _ALWAYS
    return _NEVER if one.low >= other.high else _EITHER


def _less_or_equal(one: Range, other: Range) -> Outcomes:
    if one.high <= other.low:
        return _ALWAYS
    return _NEVER if one.low > other.high else _EITHER


def _equal(one: Range, other: Range) -> Outcomes:
    if one.high < other.low or one.low > other.high:
        return _NEVER
    is_one_value = one.low == one.high == other.low == other.high
    return _ALWAYS if is_one_value else _EITHER


_CALCULATED: dict[type[ast.operator], Callable[[Range, Range], Range]] = {
    ast.Add: lambda one, other: _spanned([one.low + other.low, one.high + other.high]),
    ast.Sub: lambda one, other: _spanned([one.low - other.high, one.high - other.low]),
    ast.Mult: _product,
    ast.Div: _quotient,
}
_COMPARED: dict[type[ast.cmpop], Callable[[Range, Range], Outcomes]] = {
    ast.Lt: _less,
    ast.LtE: _less_or_equal,
    ast.Gt: lambda one, other: _less(other, one),
    ast.GtE: lambda one, other: _less_or_equal(other, one),
    ast.Eq: _equal,
    ast.NotEq: lambda one, other: frozenset(not answer for answer in _equal(one, other)),
}
