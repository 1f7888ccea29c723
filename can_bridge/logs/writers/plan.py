"""What a writer must know before its first frame, and what it could not write."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from math import floor
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from can_bridge.frames import FrameBatch
from can_bridge.logs.facts import LogFacts

EARLIEST_DATE_S = 631_152_000.0
"""1990-01-01: times before it count from the start of a recording, not from 1970."""
_NUMBER = re.compile(r"(\d+)$", re.ASCII)


@dataclass(frozen=True, slots=True)
class WritingPlan:
    """Made from the facts of what will be written.

    Attributes:
        start_s: what the format's own times count from; no frame is earlier. 0 where times are no
            dates, so that they stay as they are.
        channel_numbers: number of each channel, for formats that have no names.
        has_long_payloads: whether any frame has more than 8 bytes.
    """

    start_s: float
    channel_numbers: dict[int | str, int]
    has_long_payloads: bool

    @property
    def is_dated(self) -> bool:
        """Whether `start_s` is a moment since 1970."""
        return self.start_s >= EARLIEST_DATE_S

    @classmethod
    def of(cls, facts: LogFacts) -> "WritingPlan":
        """The plan for a log with these facts."""
        earliest_s = facts.earliest_s or 0.0
        is_whole = 0 <= earliest_s < EARLIEST_DATE_S
        start_s = 0.0 if is_whole else float(floor(earliest_s))
        return cls(start_s, numbered(facts.channels), facts.longest_payload > 8)  # noqa: PLR2004

    def numbers_of(self, batch: FrameBatch) -> NDArray[np.int64]:
        """The channel number of each frame; a batch may list channels it has no frame of."""
        numbers = np.zeros(len(batch.channels), np.int64)
        for place in np.unique(batch.channel).tolist():
            numbers[place] = self.channel_numbers[batch.channels[place]]
        return numbers[batch.channel]


@dataclass
class Losses:
    """What a format could not hold, by reason; every count is of frames."""

    dropped: Counter[str] = field(default_factory=Counter)
    reduced: Counter[str] = field(default_factory=Counter)


class LogWriter(Protocol):
    """Writes one file; `losses` is complete after `close`."""

    losses: Losses

    def write(self, batch: FrameBatch) -> None:
        """Append frames."""

    def close(self) -> None:
        """Finish the file."""


def numbered(names: Iterable[int | str]) -> dict[int | str, int]:
    """A number for each channel: its own where it has one, else the next free."""
    numbers: dict[int | str, int] = {}
    waiting: list[int | str] = []
    for name in sorted(names, key=lambda name: (isinstance(name, str), str(name))):
        own = _own_number(name)
        if own is None or own in numbers.values():
            waiting.append(name)
        else:
            numbers[name] = own
    for name in waiting:
        numbers[name] = next(n for n in range(256) if n not in numbers.values())
    return numbers


def _own_number(name: int | str) -> int | None:
    if isinstance(name, int):
        return name if 0 <= name < 255 else None  # noqa: PLR2004 -- one byte, and room to count from 1
    found = _NUMBER.search(name)
    return int(found[1]) if found is not None and int(found[1]) < 255 else None  # noqa: PLR2004
