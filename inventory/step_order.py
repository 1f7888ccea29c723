"""In which order a bench made its steps, whatever the order they were stored or came in (pure)."""

from collections.abc import Mapping, Sequence

Order = tuple[int, int]
"""Place of the epoch among those of the bench, and number in it; no clock is asked."""
UNKNOWN: Order = (0, 0)
"""Of a step that was taken in before orders were kept: earlier than any."""


def order_in(orders: Mapping[str, Sequence[int]], name: str) -> Order:
    """An order out of a row's JSON."""
    found = orders.get(name)
    return (found[0], found[1]) if found else UNKNOWN
