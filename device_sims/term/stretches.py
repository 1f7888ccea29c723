"""Stretches of time as pairs of milliseconds since 1970, half-open (pure)."""

from collections.abc import Iterable

Stretch = tuple[int, int]


def merged(stretches: Iterable[Stretch], pause_ms: int = 0) -> list[Stretch]:
    """In order, each moment once; those that are no further apart than `pause_ms` become one."""
    found: list[Stretch] = []
    for start, end in sorted(one for one in stretches if one[0] < one[1]):
        if found and start <= found[-1][1] + pause_ms:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    return found


def minus(stretches: Iterable[Stretch], taken: Iterable[Stretch]) -> list[Stretch]:
    """What is left without those taken."""
    left = merged(stretches)
    for start, end in merged(taken):
        left = [
            piece
            for one in left
            for piece in ((one[0], min(one[1], start)), (max(one[0], end), one[1]))
            if piece[0] < piece[1]
        ]
    return left


def common(stretches: Iterable[Stretch], others: Iterable[Stretch]) -> list[Stretch]:
    """The moments in both."""
    other = merged(others)
    return [
        (max(one[0], two[0]), min(one[1], two[1]))
        for one in merged(stretches)
        for two in other
        if one[0] < two[1] and two[0] < one[1]
    ]


def length(stretches: Iterable[Stretch]) -> int:
    """How long all of them last."""
    return sum(end - start for start, end in merged(stretches))
