"""Up to where nothing of an epoch is missing (pure): what a bridge may forget."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Received:
    """Everything up to `watermark` came, and beyond it the sorted, inclusive `islands`."""

    watermark: int = 0
    islands: tuple[tuple[int, int], ...] = ()


def advance(received: Received, spans: Iterable[tuple[int, int]]) -> Received:
    """Add inclusive spans of sequence numbers, in any order, overlapping or not."""
    watermark = received.watermark
    waiting: list[tuple[int, int]] = []
    for first, last in sorted([*received.islands, *spans]):
        if first <= watermark + 1:
            watermark = max(watermark, last)
        elif waiting and first <= waiting[-1][1] + 1:
            waiting[-1] = (waiting[-1][0], max(waiting[-1][1], last))
        else:
            waiting.append((first, last))
    return Received(watermark, tuple(waiting))


def missing(received: Received, acknowledged: int = 0) -> int:
    """How many numbers lie in holes: below one that came, or below one that was acknowledged."""
    top = max(received.islands[-1][1] if received.islands else 0, acknowledged)
    came = sum(last - first + 1 for first, last in received.islands)
    return max(top - received.watermark - came, 0)


def in_order(epochs: Iterable[int], known: Mapping[int, int]) -> dict[int, int]:
    """Places of a bench's epochs such that they ascend as named; `known` are those by now.

    Whatever is out of order, or new, goes behind all that are known.
    """
    places: dict[int, int] = {}
    last, before = max(known.values(), default=0), 0
    for epoch in dict.fromkeys(epochs):
        place = known.get(epoch, 0)
        if place <= before:
            last = place = last + 1
        places[epoch] = before = place
    return places
