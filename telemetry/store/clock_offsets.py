"""How far a bench's clock is off, from what it says of the time, and what is too old (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass

RECENT = 9
"""Chosen: a jump shows after five states, 10 s; a message that was held up alone does not."""
IDLE_SPOOL_ROWS = 200
"""A bench with fewer rows waiting is up to date: as many may be under way at any moment."""


@dataclass(frozen=True, slots=True)
class Ageing:
    """What is known of a bench that decides whether a row of it is too old to be stored.

    `offset_ms` as in `BenchSnapshot`; `up_to_date_at_ms` when ingest last knew that hardly any row
    of the bench was waiting; `told_at_ms` the bench's clock in its latest state; None: never.
    """

    offset_ms: int | None = None
    up_to_date_at_ms: int | None = None
    told_at_ms: int | None = None


def noted(recent: Sequence[int], offset_ms: int) -> list[int]:
    """The latest offsets with one more."""
    return [*recent, offset_ms][-RECENT:]


def median(recent: Sequence[int]) -> int | None:
    """The middle one, of two the smaller; None of none."""
    return sorted(recent)[(len(recent) - 1) // 2] if recent else None


def is_expired(known: Ageing, observed_at_ms: int, received_at_ms: int, keep_ms: int) -> bool:
    """Whether a row was observed longer ago than `keep_ms` when it came.

    No clock alone is believed: a row can only be as old as it says when ingest has been waiting
    for that bench for so long, and when by the bench's own clock so long has passed as well. A
    clock that jumped makes no row expire.
    """
    if known.offset_ms is None or known.up_to_date_at_ms is None or known.told_at_ms is None:
        return False
    age_ms = received_at_ms - observed_at_ms + known.offset_ms
    waited_ms = received_at_ms - known.up_to_date_at_ms
    passed_ms = known.told_at_ms - observed_at_ms
    return min(age_ms, waited_ms, passed_ms, received_at_ms - observed_at_ms) > keep_ms
