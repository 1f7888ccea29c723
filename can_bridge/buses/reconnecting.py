"""How long to wait before an adapter is opened again: one policy for all of them (pure)."""

FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 5.0
"""Chosen: a replugged adapter is back before a person wonders, an absent one costs nothing."""


def pause_s(failures: int, chance: float) -> float:
    """The pause after so many failed attempts in a row; `chance` in 0..1 spreads benches."""
    longest = FIRST_PAUSE_S * 2 ** min(failures, 16)
    return float(min(longest, LONGEST_PAUSE_S) * (0.5 + 0.5 * chance))
