"""Times as people type them: 90s, 10m, 2h, 1d."""

import re

_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*([smhd])")
_SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}


def seconds_in(text: str) -> float | None:
    """Seconds of a duration such as `90s`, `10m`, `1.5 h` or `1d`; None for any other text."""
    found = _DURATION.fullmatch(text.strip())
    return float(found[1]) * _SECONDS[found[2]] if found else None
