"""The only place that knows which unit symbols a list may use and how they convert."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import pint

COUNT = "count"
_COUNT_SYMBOLS = (
    "",
    *"个台套件把只副块条辆间张根组卷瓶盒包双支桶顶面部座份本袋",
    "pcs",
    "set",
    "sets",
)
# Symbol → pint expression. A second entry names a kind of quantity of its own where pint's
# dimension would let unlike things be compared (a torque is no energy, a bit rate no frequency).
_SYMBOLS: Mapping[str, tuple[str, str]] = {
    **{f"{prefix}V": (f"{name}volt", "") for prefix, name in (("", ""), ("k", "kilo"))},
    "mV": ("millivolt", ""),
    "μV": ("microvolt", ""),
    "A": ("ampere", ""),
    "mA": ("milliampere", ""),
    "μA": ("microampere", ""),
    "Ah": ("ampere * hour", ""),
    "W": ("watt", ""),
    "kW": ("kilowatt", ""),
    "MW": ("megawatt", ""),
    "Wh": ("watt * hour", ""),
    "kWh": ("kilowatt * hour", ""),
    "kVA": ("kilovolt * ampere", "apparent power"),
    "Ω": ("ohm", ""),
    "ohm": ("ohm", ""),
    "μΩ": ("microohm", ""),
    "mΩ": ("milliohm", ""),
    "kΩ": ("kiloohm", ""),
    "MΩ": ("megaohm", ""),
    "GΩ": ("gigaohm", ""),
    "Ω/V": ("ohm / volt", ""),
    "F": ("farad", ""),
    "μF": ("microfarad", ""),
    "nF": ("nanofarad", ""),
    "mH": ("millihenry", ""),
    "Hz": ("hertz", ""),
    "kHz": ("kilohertz", ""),
    "MHz": ("megahertz", ""),
    "GHz": ("gigahertz", ""),
    "bit/s": ("1 / second", "bit rate"),
    "kbit/s": ("1000 / second", "bit rate"),
    "Mbit/s": ("1e6 / second", "bit rate"),
    "Gbit/s": ("1e9 / second", "bit rate"),
    "Mbps": ("1e6 / second", "bit rate"),
    "kbps": ("1000 / second", "bit rate"),
    "fps": ("1 / second", "frame rate"),
    "/h": ("1 / hour", "repetition"),
    "rpm": ("1 / minute", "rotational speed"),
    "r/min": ("1 / minute", "rotational speed"),
    "N·m": ("newton * meter", "torque"),
    "Nm": ("newton * meter", "torque"),
    "N": ("newton", ""),
    "kN": ("kilonewton", ""),
    "°C": ("degC", ""),
    "K": ("kelvin", "temperature difference"),
    "%": ("0.01", "fraction"),
    "‰": ("0.001", "fraction"),
    "ppm": ("1e-6", "fraction"),
    "% LEL": ("0.01", "lower explosive limit"),
    "%LEL": ("0.01", "lower explosive limit"),
    "m/km": ("0.001", "slope"),
    "°": ("degree", "angle"),
    "度": ("degree", "angle"),
    "rad": ("radian", "angle"),
    "μm": ("micrometer", ""),
    "mm": ("millimeter", ""),
    "cm": ("centimeter", ""),
    "m": ("meter", ""),
    "km": ("kilometer", ""),
    "in": ("inch", ""),
    "mm2": ("millimeter ** 2", ""),
    "cm2": ("centimeter ** 2", ""),
    "m2": ("meter ** 2", ""),
    "m3": ("meter ** 3", ""),
    "L": ("liter", ""),
    "l": ("liter", ""),
    "升": ("liter", ""),
    "mL": ("milliliter", ""),
    "ml": ("milliliter", ""),
    "L/min": ("liter / minute", ""),
    "L/h": ("liter / hour", ""),
    "m3/h": ("meter ** 3 / hour", ""),
    "Pa": ("pascal", ""),
    "hPa": ("hectopascal", ""),
    "kPa": ("kilopascal", ""),
    "MPa": ("megapascal", ""),
    "bar": ("bar", ""),
    "psi": ("psi", ""),
    "mg": ("milligram", ""),
    "g": ("gram", ""),
    "kg": ("kilogram", ""),
    "公斤": ("kilogram", ""),
    "t": ("metric_ton", ""),
    "g/a": ("gram / year", ""),
    "J/cm2": ("joule / centimeter ** 2", ""),
    "cal/cm2": ("calorie / centimeter ** 2", ""),
    "m/s": ("meter / second", ""),
    "km/h": ("kilometer / hour", ""),
    "ns": ("nanosecond", ""),
    "μs": ("microsecond", ""),
    "ms": ("millisecond", ""),
    "s": ("second", ""),
    "min": ("minute", ""),
    "h": ("hour", ""),
    "d": ("day", ""),
    "天": ("day", ""),
    "lx": ("lux", "illuminance"),
    "lm": ("lumen", "luminous flux"),
    "cd": ("candela", "luminous intensity"),
    "dB": ("1", "level in dB"),
    "μS/cm": ("microsiemens / centimeter", ""),
    "CCA": ("ampere", "cold cranking current"),
    "p": ("1", "picture lines"),
    "port": ("1", "ports"),
    "KB": ("1e3", "data"),
    "MB": ("1e6", "data"),
    "GB": ("1e9", "data"),
    "TB": ("1e12", "data"),
    "mAh": ("milliampere * hour", ""),
    "VA": ("volt * ampere", "apparent power"),
}
_CURRENT_KINDS = ("DC", "AC")


@dataclass(frozen=True, slots=True)
class Unit:
    """A known unit: base value = value * `factor` + `shift`; equal `kind` means comparable.

    `current_kind` is "DC" or "AC" where the symbol says so ("V DC"), else empty.
    """

    symbol: str
    kind: str
    factor: float
    shift: float = 0.0
    current_kind: str = ""


def normalised(text: str) -> str:
    """One spelling for compatible characters: ℃ ° ² µ ； ： full-width forms, ≥ ≤ and dashes."""
    folded = unicodedata.normalize("NFKC", text)
    for spelling, plain in (
        ("≥", ">="),
        ("≤", "<="),
        ("⋅", "·"),
        ("∙", "·"),
        ("–", "-"),
        ("—", "-"),
        ("−", "-"),
        ("~", "-"),
        ("×", "x"),
    ):
        folded = folded.replace(spelling, plain)
    return " ".join(folded.split())


def symbols() -> tuple[str, ...]:
    """Every symbol `unit` knows, longest first, as wanted by a regular expression."""
    plain = [*_SYMBOLS, *(symbol for symbol in _COUNT_SYMBOLS if symbol)]
    with_current = [f"{symbol}{gap}{kind}" for symbol in ("V", "kV", "A", "mA")
                    for gap in ("", " ") for kind in _CURRENT_KINDS]  # fmt: skip
    return tuple(sorted([*plain, *with_current], key=len, reverse=True))


@lru_cache(maxsize=1024)
def unit(symbol: str) -> Unit | None:
    """The unit of a normalised symbol; None when the symbol is not in the list's vocabulary."""
    if symbol in _COUNT_SYMBOLS:
        return Unit(symbol, COUNT, 1.0)
    for kind in _CURRENT_KINDS:
        if symbol.endswith(kind) and (carrier := _converted(symbol.removesuffix(kind).strip())):
            return Unit(symbol, carrier.kind, carrier.factor, carrier.shift, kind)
    return _converted(symbol)


def _converted(symbol: str) -> Unit | None:
    if symbol not in _SYMBOLS:
        return None
    expression, own_kind = _SYMBOLS[symbol]
    registry = _registry()
    if expression == "degC":
        return Unit(symbol, "temperature", 1.0, 273.15)
    base = registry.parse_expression(expression)
    if not hasattr(base, "to_base_units"):
        return Unit(symbol, own_kind, float(base))
    based = base.to_base_units()
    return Unit(symbol, own_kind or str(based.dimensionality), float(based.magnitude))


@lru_cache(maxsize=1)
def _registry() -> pint.UnitRegistry[float]:
    return pint.UnitRegistry()
