"""Numbers as a DBC states them: whole ones stay whole, of any size."""

import math

Number = int | float


def as_float(number: Number) -> float:
    """The nearest float; infinite beyond its range."""
    try:
        return float(number)
    except OverflowError:
        return math.copysign(math.inf, number)
