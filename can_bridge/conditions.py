"""The small safe language of profile conditions: text becomes a closure, nothing is evaluated."""

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from can_bridge.errors import BadCondition

Scalar = float | bool | str | None
Values = Mapping[str, Scalar]
_Term = Callable[[Values], float | None]
_Truth = Callable[[Values], bool | None]

MAX_LENGTH = 500
MAX_DEPTH = 20

_COMPARISONS: dict[type[ast.cmpop], Callable[[float, float], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
_ARITHMETIC: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


@dataclass(frozen=True, slots=True)
class Condition:
    """A compiled condition and the signals it reads."""

    text: str
    names: frozenset[str]
    _truth: _Truth

    def holds(self, values: Values) -> bool | None:
        """True, False, or None when a missing value leaves it undecided.

        `and` and `or` follow Kleene: a missing value matters only where it could change the answer.
        """
        return self._truth(values)


def compile_condition(text: str) -> Condition:
    """Compile a condition such as `motor_speed_rpm > 50 or abs(pack_current_a) > 2`.

    Known are signal names (`name` or `Message.Signal`), numbers, `+ - * /`, `abs()`, comparisons
    (also chained), `and`, `or`, `not` and parentheses. A bare signal is true when it is not zero.

    Raises:
        BadCondition: anything else, or a text that is too long or too deep.
    """
    if len(text) > MAX_LENGTH:
        raise BadCondition(text[:40] + "…", f"longer than {MAX_LENGTH} characters")
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except SyntaxError as wrong:
        column = (wrong.offset or 1) + _indent(text)
        raise BadCondition(text, f"not an expression: {wrong.msg}", column) from wrong
    except (ValueError, RecursionError, MemoryError) as wrong:
        raise BadCondition(text, f"not an expression: {wrong}") from wrong
    compiler = _Compiler(text)
    truth = compiler.truth(tree.body, 0)
    return Condition(text, frozenset(compiler.names), truth)


class _Compiler:
    def __init__(self, text: str) -> None:
        self.text = text
        self.names: set[str] = set()

    def truth(self, node: ast.expr, depth: int) -> _Truth:
        self._check_depth(depth)
        match node:
            case ast.BoolOp(op=ast.And(), values=parts):
                return _all([self.truth(part, depth + 1) for part in parts])
            case ast.BoolOp(op=ast.Or(), values=parts):
                return _any([self.truth(part, depth + 1) for part in parts])
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return _negated(self.truth(operand, depth + 1))
            case ast.Compare():
                return self._comparison(node, depth)
            case ast.Name() | ast.Attribute():
                return _is_nonzero(self.term(node, depth))
            case _:
                raise self._refusal(node, f"{_spelled(node)!r} is not a comparison or a signal")

    def _comparison(self, node: ast.Compare, depth: int) -> _Truth:
        terms = [self.term(part, depth + 1) for part in (node.left, *node.comparators)]
        links: list[_Truth] = []
        for position, operation in enumerate(node.ops):
            compare = _COMPARISONS.get(type(operation))
            if compare is None:
                raise self._refusal(node, "only < <= > >= == != compare signals")
            links.append(_compared(compare, terms[position], terms[position + 1]))
        return links[0] if len(links) == 1 else _all(links)

    def term(self, node: ast.expr, depth: int) -> _Term:
        self._check_depth(depth)
        match node:
            case ast.Constant(value=bool() | int() | float() as number):
                return _constant(float(number))
            case ast.Name(id=name):
                return self._signal(name)
            case ast.Attribute(value=ast.Name(id=message), attr=signal):
                return self._signal(f"{message}.{signal}")
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return _calculated(operator.mul, _constant(-1.0), self.term(operand, depth + 1))
            case ast.BinOp(left=left, op=operation, right=right) if type(operation) in _ARITHMETIC:
                sides = self.term(left, depth + 1), self.term(right, depth + 1)
                return _calculated(_ARITHMETIC[type(operation)], *sides)
            case ast.Call(func=ast.Name(id="abs"), args=[argument], keywords=[]):
                return _absolute(self.term(argument, depth + 1))
            case _:
                raise self._refusal(node, f"{_spelled(node)!r} is not a signal, a number or abs()")

    def _signal(self, name: str) -> _Term:
        self.names.add(name)
        return lambda values: _number(values.get(name))

    def _check_depth(self, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise BadCondition(self.text, f"nested deeper than {MAX_DEPTH}")

    def _refusal(self, node: ast.expr, reason: str) -> BadCondition:
        return BadCondition(self.text, reason, column_of(node, self.text))


def column_of(node: ast.expr, text: str) -> int:
    """Where a part of a condition's tree begins in its text, in characters from 1."""
    # ast counts bytes, and the condition is parsed without the blanks before it
    before = text.strip().encode()[: node.col_offset]
    return len(before.decode(errors="replace")) + _indent(text) + 1


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip())


def _number(value: Scalar) -> float | None:
    return None if value is None or isinstance(value, str) else value


def _constant(number: float) -> _Term:
    return lambda _: number


def _absolute(term: _Term) -> _Term:
    def absolute(values: Values) -> float | None:
        value = term(values)
        return None if value is None else abs(value)

    return absolute


def _calculated(operation: Callable[[float, float], float], left: _Term, right: _Term) -> _Term:
    def calculate(values: Values) -> float | None:
        one, other = left(values), right(values)
        if one is None or other is None:
            return None
        try:
            return operation(one, other)
        except (ZeroDivisionError, OverflowError):
            return None

    return calculate


def _compared(compare: Callable[[float, float], bool], left: _Term, right: _Term) -> _Truth:
    def comparison(values: Values) -> bool | None:
        one, other = left(values), right(values)
        return None if one is None or other is None else compare(one, other)

    return comparison


def _is_nonzero(term: _Term) -> _Truth:
    def is_nonzero(values: Values) -> bool | None:
        value = term(values)
        return None if value is None else value != 0

    return is_nonzero


def _negated(truth: _Truth) -> _Truth:
    def negation(values: Values) -> bool | None:
        value = truth(values)
        return None if value is None else not value

    return negation


def _all(parts: list[_Truth]) -> _Truth:
    def conjunction(values: Values) -> bool | None:
        results = [part(values) for part in parts]
        if False in results:
            return False
        return None if None in results else True

    return conjunction


def _any(parts: list[_Truth]) -> _Truth:
    def disjunction(values: Values) -> bool | None:
        results = [part(values) for part in parts]
        if True in results:
            return True
        return None if None in results else False

    return disjunction


def _spelled(node: ast.expr) -> str:
    return ast.unparse(node)[:60]
