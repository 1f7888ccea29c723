"""What a store says of a commit."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Committed:
    """The outcome of a commit.

    `watermarks` maps (bench, epoch) touched by the batch to the highest seq below which nothing
    is missing; `duplicates` counts durable messages already stored before; `events`, `rows` and
    `points` (values of rows) the new ones; `quarantined` poison that was not there yet.
    """

    watermarks: Mapping[tuple[str, int], int]
    duplicates: int
    events: int
    rows: int = 0
    points: int = 0
    expired: int = 0
    dropped: int = 0
    quarantined: int = 0
