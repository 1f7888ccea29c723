"""How one piece of Chinese parameter text becomes a clause of `thresholds`, and how surely.

`以上`, `以下` and `以内` include the number itself, `超过` does not: so says article 1259 of the
Civil Code. What can only be guessed is a proposal, which counts when a person has accepted it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from inventory.requirements.comparing import Comparator
from inventory.requirements.quantity_words import (
    UNIT_SPELLINGS,
    canonical_name,
    covers_a_span,
    is_better_small,
    principal_name,
    spelled_unit,
    usual_name,
)
from inventory.requirements.rated_words import read_rated
from inventory.requirements.thresholds import Clause, parse_clauses
from inventory.requirements.units import normalised, symbols


class Doubt(StrEnum):
    """Why a reading is only a proposal."""

    NAME = "name"
    SENSE = "sense"
    COMPARATOR = "comparator"


@dataclass(frozen=True, slots=True)
class Phrase:
    """A piece read: a clause, and what is doubtful of it."""

    clause: str
    doubts: tuple[Doubt, ...] = ()


_AT_LEAST = (
    ">=|=>|不[得应能可]?(?:低于|少于|小于|短于)|(?:大于|高于|多于)或?等于|≮|至少|最少|最低为?|达到"
)
_AT_MOST = (
    "<=|=<|不[得应能可]?(?:高于|大于|多于|超过|超出)|(?:小于|低于|少于)或?等于|≯|至多|最多|优于"
)
_MORE, _LESS = ">|大于|高于|多于|超过", "<|小于|低于|少于"
_WORDS = {
    Comparator.AT_LEAST: re.compile(_AT_LEAST),
    Comparator.AT_MOST: re.compile(_AT_MOST),
    Comparator.MORE: re.compile(_MORE),
    Comparator.LESS: re.compile(_LESS),
    Comparator.EQUAL: re.compile("=|为"),
}
_COMPARING = rf"{_AT_LEAST}|{_AT_MOST}|{_MORE}|{_LESS}|=|为"
_UP, _DOWN = "(?:及|或)?以上|起", "(?:及|或)?以下|(?:之|以)内"
_NUMBER = r"[+-]?\d{1,12}(?:\.\d{1,12})?"
_UNIT = "|".join(
    re.escape(one) for one in sorted({*symbols(), *UNIT_SPELLINGS}, key=len, reverse=True)
)
_UNIT_END = r"(?![A-Za-z0-9])"
_CURRENT = {"AC": "AC", "DC": "DC", "交流": "AC", "直流": "DC"}
_KIND = "AC|DC|交流|直流"
_TO = r"\s*(?:-+|至|到)\s*"
_BODY = rf"(?:(?:{_KIND})\s*\d|[±Φφø⌀]|[+-]?\d).*"
_HEADS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?P<name>[^\d<>=±Φφø⌀]*?)\s*:?\s*(?P<cmp>{_COMPARING})?\s*:?\s*(?P<body>{_BODY})",
        rf"(?P<name>[^<>=±]+?)\s*:?\s*(?P<cmp>{_COMPARING})\s*(?P<body>{_BODY})",
    )
)
_QUANTITY = re.compile(
    rf"(?P<pre>{_KIND})?\s*(?P<n>{_NUMBER})\s*(?:(?P<u>{_UNIT}){_UNIT_END})?\s*"
    rf"[(]?\s*(?P<post>{_KIND})?\s*[)]?\s*(?P<suffix>{_UP}|{_DOWN})?"
)
_SPAN = re.compile(
    rf"(?P<pre>{_KIND})?\s*(?P<n1>{_NUMBER})\s*(?P<u1>{_UNIT})?{_TO}(?P<n2>{_NUMBER})\s*"
    rf"(?:(?P<u2>{_UNIT}){_UNIT_END})?\s*(?P<post>{_KIND})?\s*(?:(?:连续)?可调(?:节)?)?"
)
_OUGHT, _ABOUT = re.compile("(?:应|需|须|要求)$"), re.compile("[约近]$|大约|左右")
_TOLERANCE = re.compile(rf"±\s*(?P<n>\d{{1,9}}(?:\.\d{{1,9}})?)\s*(?P<u>{_UNIT}){_UNIT_END}")
_SIDES = re.compile(
    rf"\d{{1,6}}(?:\.\d{{1,4}})?\s*(?:{_UNIT})?(?:\s*[x*]\s*\d{{1,6}}(?:\.\d{{1,4}})?\s*(?:{_UNIT})?){{1,2}}"
)
_ROUND = re.compile(rf"[Φφø⌀]\s*(?P<n>\d{{1,6}}(?:\.\d{{1,4}})?)\s*(?P<u>{_UNIT})?")


@dataclass(frozen=True, slots=True)
class _Stated:
    """A piece taken apart: parameter name, comparator, the rest; `item_zh` is whose it is."""

    name: str
    comparator: Comparator | None
    body: str
    item_zh: str

    def named(self, symbol: str) -> tuple[str, tuple[Doubt, ...]]:
        """The clause name, and whether it is a guess."""
        if self.name:
            return canonical_name(self.name) or self.name, ()
        known = principal_name(self.item_zh, symbol)
        if known is not None:
            return known, ()
        return usual_name(symbol) or "value", (Doubt.NAME,)


def read_phrase(text: str, item_zh: str = "") -> Phrase | None:
    """Read one piece; None where it is beyond this grammar and stays words.

    Args:
        text: a piece as `chinese_pieces.pieces` gives it.
        item_zh: the item it is said of, which may tell the parameter where none is named.
    """
    plain = normalised(text)
    rated = read_rated(plain)
    if rated is not None:
        clause, is_sure = rated
        return _checked(Phrase(clause, () if is_sure else (Doubt.SENSE,)))
    for head in _HEADS:
        match = head.fullmatch(plain)
        if match is None:
            continue
        comparator = _comparator(match["cmp"] or "")
        name = _OUGHT.sub("", match["name"].strip(" :()"))
        stated = _Stated(name, comparator, match["body"].strip(), item_zh)
        if _ABOUT.search(name) or (match["cmp"] == "优于" and not _is_fine(name)):
            return None
        checked = (_checked(phrase) for read in _READERS if (phrase := read(stated)) is not None)
        found = next((phrase for phrase in checked if phrase is not None), None)
        if found is not None:
            return found
    return None


def _is_fine(name: str) -> bool:
    """Whether less is better of what is named."""
    return is_better_small(canonical_name(name) or name)


def _checked(phrase: Phrase) -> Phrase | None:
    """Only what the clause grammar reads is ever handed on."""
    read = parse_clauses(phrase.clause)
    return phrase if len(read) == 1 and isinstance(read[0], Clause) else None


def _comparator(word: str) -> Comparator | None:
    return next((one for one, words in _WORDS.items() if words.fullmatch(word)), None)


def _tolerance(stated: _Stated) -> Phrase | None:
    match = _TOLERANCE.fullmatch(stated.body)
    found = spelled_unit(match["u"]) if match else None
    if match is None or found is None:
        return None
    name = canonical_name(stated.name) or stated.name
    if covers_a_span(name):
        is_plain = stated.comparator is None
        clause = f"{name} >= -{match['n']}-{match['n']} {found.symbol}"
        return Phrase(clause, () if is_plain else (Doubt.SENSE,))
    doubts: tuple[Doubt, ...] = (Doubt.SENSE,) if name else (Doubt.NAME,)
    if is_better_small(name) and _points_down(stated.comparator):
        doubts = ()
    return Phrase(f"{name or 'accuracy'} <= {match['n']} {found.symbol}", doubts)


def _points_down(comparator: Comparator | None) -> bool:
    return comparator not in {Comparator.AT_LEAST, Comparator.MORE}


def _span(stated: _Stated) -> Phrase | None:
    match = _SPAN.fullmatch(stated.body)
    if match is None or stated.comparator not in {None, Comparator.EQUAL, Comparator.AT_LEAST}:
        return None
    low, high = spelled_unit(match["u1"] or ""), spelled_unit(match["u2"] or match["u1"] or "")
    if low is None or high is None:
        return None
    current = _CURRENT.get(match["pre"] or match["post"] or "", "")
    first = f" {low.symbol}" if match["u1"] else ""
    value = f"{match['n1']}{first}-{match['n2']} {high.symbol} {current}".strip()
    name, doubts = stated.named(high.symbol) if stated.name else ("range", (Doubt.NAME,))
    if stated.comparator is Comparator.AT_LEAST or covers_a_span(name):
        return Phrase(f"{name} >= {value}", doubts)
    return Phrase(f"{name} = {value}", (*doubts, Doubt.SENSE))


def _quantity(stated: _Stated) -> Phrase | None:
    match = _QUANTITY.fullmatch(stated.body)
    found = spelled_unit(match["u"] or "") if match else None
    if match is None or found is None or not (stated.name or found.symbol):
        return None
    current = _CURRENT.get(match["pre"] or match["post"] or "", "")
    if current and found.symbol not in {"V", "kV", "A", "mA"}:
        return None
    name, doubts = stated.named(found.symbol)
    sense = _sense(stated.comparator, match["suffix"] or "", is_small=is_better_small(name))
    if sense is None:
        return None
    comparator, more_doubts = sense
    value = f"{match['n']} {found.symbol} {current}".strip()
    return Phrase(f"{name} {comparator} {value}", (*doubts, *more_doubts))


def _sense(
    stated: Comparator | None, suffix: str, *, is_small: bool
) -> tuple[Comparator, tuple[Doubt, ...]] | None:
    """Which way a bound goes; None where the words before and after contradict each other."""
    after = None
    if suffix:
        after = Comparator.AT_LEAST if re.fullmatch(_UP, suffix) else Comparator.AT_MOST
    if stated is not None and after not in {None, stated}:
        return None
    comparator = stated or after
    if is_small:
        doubts: tuple[Doubt, ...] = () if _points_down(comparator) else (Doubt.SENSE,)
        down = Comparator.LESS if comparator is Comparator.LESS else Comparator.AT_MOST
        return down, doubts
    if comparator is None or comparator is Comparator.EQUAL:
        return Comparator.AT_LEAST, (Doubt.COMPARATOR,)
    return comparator, ()


def _sides(stated: _Stated) -> Phrase | None:
    if not _SIDES.fullmatch(stated.body):
        return None
    units = re.findall(rf"(?:{_UNIT})", re.sub(r"[\d.x*\s]", " ", stated.body).strip())
    found = spelled_unit(units[-1]) if units else spelled_unit("")
    if found is None or len(set(units)) > 1:
        return None
    numbers = "x".join(re.findall(r"\d+(?:\.\d+)?", stated.body))
    named = canonical_name(stated.name) or stated.name
    name = "pixels" if named == "resolution" else named or "size"
    doubts = () if stated.comparator not in {None, Comparator.EQUAL} else (Doubt.COMPARATOR,)
    comparator = stated.comparator if stated.comparator and not doubts else Comparator.AT_LEAST
    return Phrase(f"{name} {comparator} {numbers} {found.symbol}".strip(), doubts)


def _round(stated: _Stated) -> Phrase | None:
    match = _ROUND.fullmatch(stated.body)
    found = spelled_unit(match["u"] or "mm") if match else None
    if match is None or found is None:
        return None
    doubts = () if stated.comparator else (Doubt.COMPARATOR,)
    comparator = stated.comparator or Comparator.AT_LEAST
    name = canonical_name(stated.name) or stated.name or "diameter"
    return Phrase(f"{name} {comparator} {match['n']} {found.symbol}", doubts)


_READERS: tuple[Callable[[_Stated], Phrase | None], ...] = (
    _tolerance,
    _span,
    _quantity,
    _sides,
    _round,
)
