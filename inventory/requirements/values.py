"""How one stated value is read: number with unit, range, class, set, yes or no, text."""

import math
import re
from dataclasses import dataclass

from inventory.requirements.units import Unit, normalised, symbols, unit

_NUMBER = r"[+-]?\d{1,15}(?:\.\d{1,15})?"
_UNIT = "|".join(re.escape(symbol) for symbol in symbols())
_QUANTITY = re.compile(rf"(?P<n>{_NUMBER})\s*(?P<u>{_UNIT})?")
_SPAN = re.compile(
    rf"(?P<n1>{_NUMBER})\s*(?P<u1>{_UNIT})?\s*(?:-|至|\.\.)\s*(?P<n2>{_NUMBER})\s*(?P<u2>{_UNIT})?"
)
_DIMENSIONS = re.compile(
    rf"\d{{1,9}}(?:\.\d{{1,9}})?(?:\s*x\s*\d{{1,9}}(?:\.\d{{1,9}})?)+\s*(?P<u>{_UNIT})?"
)
_CAT = re.compile(r"CAT\s*(?P<class>IV|III|II|I)(?:\s+(?P<v>\d{1,5})\s*V)?", re.IGNORECASE)
_SET = re.compile(rf"\{{(?P<members>[^{{}}]*)\}}\s*(?P<u>{_UNIT})?")
_CAT_CLASSES = {"I": 1, "II": 2, "III": 3, "IV": 4}
_YES = frozenset({"true", "yes", "是", "有"})
_NO = frozenset({"false", "no", "否", "无"})


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit; `base` is the number in the base unit of the same kind."""

    number: float
    unit: Unit

    @property
    def base(self) -> float:
        """The number in base units, comparable between quantities of one `unit.kind`."""
        return self.number * self.unit.factor + self.unit.shift


@dataclass(frozen=True, slots=True)
class Span:
    """A closed range, `low` <= `high`, both of one kind."""

    low: Quantity
    high: Quantity


@dataclass(frozen=True, slots=True)
class Dimensions:
    """Lengths or pixel counts in base units, largest first (6 x 8 m and 8 x 6 m are the same)."""

    sides: tuple[float, ...]
    kind: str


@dataclass(frozen=True, slots=True)
class CatRatings:
    """IEC 61010-1 measurement categories as (category 1-4, volts); volts None where not said."""

    ratings: tuple[tuple[int, float | None], ...]


@dataclass(frozen=True, slots=True)
class Members:
    """Several things at once: protocols, parts of a kit, test voltages."""

    members: tuple["Quantity | Text", ...]


@dataclass(frozen=True, slots=True)
class Flag:
    """Yes or no."""

    is_true: bool


@dataclass(frozen=True, slots=True)
class Text:
    """Any other text, compared without regard to case and spacing."""

    text: str

    @property
    def folded(self) -> str:
        """The form two texts are compared in."""
        return "".join(normalised(self.text).casefold().split())


@dataclass(frozen=True, slots=True)
class Unclear:
    """Begins like a number but is none this grammar knows ("35 or 70 MPa"); decides nothing."""

    text: str


Value = Quantity | Span | Dimensions | CatRatings | Members | Flag | Text | Unclear


def is_same(one: float, other: float) -> bool:
    """Equal up to what unit conversion in floating point may disturb."""
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-15)


def read_value(text: str) -> Value:
    """Read one value; never fails: what is no number, range, class or set is a `Text`."""
    plain = normalised(text)
    if plain.casefold() in _YES | _NO:
        return Flag(plain.casefold() in _YES)
    for read in (_quantity, _span, _dimensions, _cat_ratings, _members):
        value = read(plain)
        if value is not None:
            return value
    if re.match(r"[±+-]?\s*\d", plain):
        return Unclear(plain)
    return Text(plain)


def _quantity(text: str) -> Quantity | None:
    match = _QUANTITY.fullmatch(text)
    if match is None:
        return None
    found = unit(match["u"] or "")
    return None if found is None else Quantity(float(match["n"]), found)


def _span(text: str) -> Span | None:
    match = _SPAN.fullmatch(text)
    if match is None:
        return None
    high_unit = unit(match["u2"] or match["u1"] or "")
    low_unit = unit(match["u1"] or match["u2"] or "")
    if low_unit is None or high_unit is None or low_unit.kind != high_unit.kind:
        return None
    low, high = Quantity(float(match["n1"]), low_unit), Quantity(float(match["n2"]), high_unit)
    return Span(low, high) if low.base <= high.base else None


def _dimensions(text: str) -> Dimensions | None:
    match = _DIMENSIONS.fullmatch(text)
    if match is None:
        return None
    found = unit(match["u"] or "")
    if found is None:
        return None
    body = text.removesuffix(match["u"] or "")
    sides = sorted((float(side) * found.factor for side in body.split("x")), reverse=True)
    return Dimensions(tuple(sides), found.kind)


def _cat_ratings(text: str) -> CatRatings | None:
    ratings = []
    for part in re.split(r"[/,]", text):
        match = _CAT.fullmatch(part.strip())
        if match is None:
            return None
        volts = float(match["v"]) if match["v"] else None
        ratings.append((_CAT_CLASSES[match["class"].upper()], volts))
    return CatRatings(tuple(ratings))


def _members(text: str) -> Members | None:
    match = _SET.fullmatch(text)
    if match is not None:
        suffix = f" {match['u']}" if match["u"] else ""
        parts = [f"{part.strip()}{suffix}" for part in re.split(r"[,、]", match["members"])]
    elif re.match(r"[±+-]?\s*\d", text):
        return None
    else:
        parts = [part.strip() for part in re.split(r"[+,、]", text)]
        if len(parts) == 1:
            return None
    if not all(parts):
        return None
    return Members(tuple(_quantity(part) or Text(part) for part in parts))
