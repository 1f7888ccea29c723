"""How long to wait before the next attempt (pure): longer each time, never at the same moment."""

SHORTEST_S = 0.2
LONGEST_S = 15.0
"""Chosen: a server that is back is found again within seconds; one that is not costs nothing."""


def pause_s(failures: int, chance: float) -> float:
    """Seconds after the n-th failure in a row; `chance` in [0, 1) spreads several processes."""
    longest = min(LONGEST_S, SHORTEST_S * 2.0 ** min(failures - 1, 30))
    return longest * (0.5 + chance / 2)
