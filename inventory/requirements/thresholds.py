"""How technical parameters are read and judged: what is not known or not readable never passes.

A column of parameters is a list of clauses separated by `;`. A requirement states bounds
(`energy >= 20 kWh`, `range >= 0-0.25 MPa`, `protocols includes {CAN,LIN}`, `type in {AT,CVT}`,
`can = true`, `cat = CAT III 1000 V`, `(800 V: bandwidth >= 100 MHz)`); the register states what
the equipment has, with `=`. A clause in any other form is unreadable: it passes only where the
register attests the very same words.

`= a-b` is met by a value inside the range or by a range that covers it; `>= a-b` only by a range
that covers it. A conditional clause is judged only where the register says its condition with
yes or no (`800 V = false`); unsaid, it must be met like any other. Chinese names of parameters are
the English ones of `quantity_words`, on both sides.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from inventory.requirements.comparing import Comparator, Verdict, compare, is_comparable
from inventory.requirements.quantity_words import canonical_name
from inventory.requirements.units import normalised
from inventory.requirements.values import Flag, Value, read_value

_CLAUSE = re.compile(r"(?P<name>[^<>={}]+?)\s*(?P<comparator>>=|<=|>|<|=)\s*(?P<value>[^<>=]+)")
_SET_CLAUSE = re.compile(r"(?P<name>[^<>={}]+?)\s+(?P<comparator>includes|in)\s+(?P<value>\{.+)")
_CONDITIONAL = re.compile(r"\((?P<condition>[^:()]+):\s*(?P<clause>[^()]+)\)")
_NOTHING = frozenset({"", "-"})


@dataclass(frozen=True, slots=True)
class Clause:
    """A readable bound; `condition` is empty where the clause always applies."""

    text: str
    name: str
    comparator: Comparator
    value: Value
    condition: str = ""


@dataclass(frozen=True, slots=True)
class UnreadableClause:
    """Words this grammar cannot decide; `text` is kept verbatim."""

    text: str


@dataclass(frozen=True, slots=True)
class ClauseResult:
    """One clause held against a register row; `found` is empty where the register is silent."""

    verdict: Verdict
    required: str
    found: str


@dataclass(frozen=True, slots=True)
class Attested:
    """What a register row states: values by parameter name, and every clause word for word."""

    values: tuple[tuple[str, str, Value], ...]
    verbatim: frozenset[str]

    def stated(self, name: str) -> tuple[tuple[str, Value], ...]:
        """All statements about a parameter as (text, value)."""
        return tuple((text, value) for key, text, value in self.values if key == name)


@lru_cache(maxsize=4096)
def parse_clauses(parameters: str) -> tuple[Clause | UnreadableClause, ...]:
    """Read the parameters column of a requirement; `-` and empty mean that nothing is asked."""
    return tuple(_parse_clause(text) for text in split_clauses(parameters))


@lru_cache(maxsize=8192)
def parse_attested(parameters: str) -> Attested:
    """Read the parameters column of a register row."""
    values = []
    verbatim = set()
    for text in split_clauses(parameters):
        verbatim.add(_folded(text))
        match = _CLAUSE.fullmatch(normalised(text))
        if match is not None and match["comparator"] == Comparator.EQUAL:
            values.append((_name(match["name"]), match["value"], read_value(match["value"])))
    return Attested(tuple(values), frozenset(verbatim))


def judge(
    clauses: tuple[Clause | UnreadableClause, ...], attested: Attested
) -> tuple[ClauseResult, ...]:
    """Hold a register row's statements against the clauses of a requirement, in their order."""
    return tuple(_judge_clause(clause, attested) for clause in clauses)


@lru_cache(maxsize=16_384)
def judge_texts(required: str, stated: str) -> tuple[ClauseResult, ...]:
    """The same for the two columns as they are; pieces of one model state the same words."""
    return judge(parse_clauses(required), parse_attested(stated))


def is_attested(words: str, parameters: str) -> bool:
    """Whether a register row states words as a clause or as a value, letter for letter."""
    attested = parse_attested(parameters)
    wanted = _folded(words)
    return wanted in attested.verbatim or any(
        wanted == _folded(text) for _, text, _ in attested.values
    )


def attesting_text(clause: Clause | UnreadableClause) -> str:
    """A statement that the equipment meets `clause` exactly, in the register's own form."""
    if isinstance(clause, UnreadableClause):
        return clause.text
    inner = _CONDITIONAL.fullmatch(normalised(clause.text))
    match = _CLAUSE.fullmatch(inner["clause"] if inner else normalised(clause.text))
    if match is None:
        return normalised(clause.text).replace(f" {clause.comparator} ", " = ", 1)
    return f"{match['name']} = {match['value']}"


def _judge_clause(clause: Clause | UnreadableClause, attested: Attested) -> ClauseResult:
    if isinstance(clause, UnreadableClause):
        is_attested = _folded(clause.text) in attested.verbatim
        verdict = Verdict.MET if is_attested else Verdict.UNREADABLE
        return ClauseResult(verdict, clause.text, clause.text if is_attested else "")
    if clause.condition and _is_denied(clause.condition, attested):
        return ClauseResult(Verdict.MET, clause.text, f"{clause.condition} = false")
    stated = attested.stated(clause.name)
    found = "; ".join(text for text, _ in stated)
    if len(stated) != 1:
        return ClauseResult(Verdict.UNKNOWN, clause.text, found)
    return ClauseResult(compare(clause.comparator, clause.value, stated[0][1]), clause.text, found)


def _is_denied(condition: str, attested: Attested) -> bool:
    stated = attested.stated(_name(condition))
    return len(stated) == 1 and stated[0][1] == Flag(is_true=False)


def _parse_clause(text: str) -> Clause | UnreadableClause:
    plain = normalised(text)
    conditional = _CONDITIONAL.fullmatch(plain)
    body = conditional["clause"].strip() if conditional else plain
    match = _SET_CLAUSE.fullmatch(body) or _CLAUSE.fullmatch(body)
    if match is None:
        return UnreadableClause(text)
    comparator, value = Comparator(match["comparator"]), read_value(match["value"])
    if not is_comparable(comparator, value):
        return UnreadableClause(text)
    condition = conditional["condition"].strip() if conditional else ""
    return Clause(text, _name(match["name"]), comparator, value, condition)


def _name(text: str) -> str:
    plain = normalised(text).rstrip(": ")
    return canonical_name(plain) or "_".join(plain.casefold().replace("_", " ").split())


def _folded(text: str) -> str:
    return "".join(normalised(text).casefold().split())


def split_clauses(parameters: str) -> Iterator[str]:
    """Clauses of a column; a `;` inside brackets or braces does not separate."""
    depth, start = 0, 0
    text = parameters.replace("；", ";")
    for position, character in enumerate(f"{text};"):
        if character in "({（":
            depth += 1
        elif character in ")}）":
            depth = max(0, depth - 1)
        elif character == ";" and (depth == 0 or position == len(text)):
            clause = text[start:position].strip()
            start = position + 1
            if clause not in _NOTHING:
                yield clause
