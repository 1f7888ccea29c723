"""What the bridge remembers of the traffic: last values per signal, and counts of frames."""

import math
from collections import ChainMap
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from can_bridge.decoding.belief import Quality
from can_bridge.decoding.frames import (
    BROKEN,
    FULL,
    OUTCOMES,
    SHORT,
    UNKNOWN_ID,
    UNKNOWN_MUX,
    DecodedBatch,
)
from telemetry.contract.payloads import FrameCounts, Value


class OutcomeCounts:
    """Frames by what became of them since the bridge started."""

    def __init__(self) -> None:
        self._by_outcome = np.zeros(len(OUTCOMES), np.int64)
        self._diagnostic = 0
        self._not_available = 0
        self._implausible = 0

    def add(self, decoded: DecodedBatch, is_diagnostic: NDArray[np.bool_] | None = None) -> None:
        """Count the frames of a batch; diagnostic ones count as that where no DBC has their id."""
        self._by_outcome += np.bincount(decoded.outcome, minlength=len(OUTCOMES))
        if is_diagnostic is not None:
            is_unknown = decoded.outcome == UNKNOWN_ID
            self._diagnostic += int(np.count_nonzero(is_unknown & is_diagnostic))
        self._not_available += _frames_with(decoded, Quality.NOT_AVAILABLE)
        self._implausible += _frames_with(decoded, Quality.IMPLAUSIBLE)

    def as_message(self, lost: int) -> FrameCounts:
        """As reported; `lost` frames never came to decoding."""
        counts = self._by_outcome.tolist()
        return FrameCounts(
            decoded=counts[FULL],
            short=counts[SHORT],
            diagnostic=self._diagnostic,
            unknown_id=counts[UNKNOWN_ID] - self._diagnostic,
            unknown_mux=counts[UNKNOWN_MUX],
            undecodable=counts[BROKEN],
            not_available=self._not_available,
            implausible=self._implausible,
            lost=lost,
        )


def _frames_with(decoded: DecodedBatch, quality: Quality) -> int:
    has_some = np.zeros(len(decoded.outcome), np.bool_)
    has_some[decoded.frame[decoded.quality == quality]] = True
    return int(np.count_nonzero(has_some))


class LastValues:
    """The last value of every signal, forgotten when it has not come for long.

    A signal is known by its place in `Catalogue.names`.
    """

    def __init__(self, names: Sequence[str], stale_after_s: float) -> None:
        self._names = np.array(names, object)
        self._stale_after_s = stale_after_s
        self._value = np.full(len(names), np.nan)
        self._seen_at_s = np.full(len(names), -np.inf)
        self._places = {name: place for place, name in enumerate(names)}

    def put(self, first_place: int, decoded: DecodedBatch, now_s: float) -> None:
        """Note the values of a batch, of which the last of each signal stays."""
        place = decoded.signal + first_place
        # of several values for one place numpy keeps the last, which came last
        self._value[place] = decoded.believed()
        self._seen_at_s[place] = now_s

    def fresh(self, now_s: float) -> Mapping[str, Value]:
        """A view of the values that are not stale at that time; it changes with the next frames.

        A value is None where the last one that came is not to be believed.
        """
        return _Fresh(self._places, self._value, self._seen_at_s, now_s - self._stale_after_s)

    def all_fresh(self, now_s: float) -> dict[str, Value]:
        """The same as a copy of its own."""
        places = np.flatnonzero(self._seen_at_s >= now_s - self._stale_after_s)
        values = self._value[places]
        copied: dict[str, Value] = dict(
            zip(self._names[places].tolist(), values.tolist(), strict=True)
        )
        for name in self._names[places[np.isnan(values)]].tolist():
            copied[name] = None
        return copied


class _Fresh(Mapping[str, Value]):
    """Looks values up where they are: the rules read a few of hundreds, many times a second."""

    def __init__(
        self,
        places: dict[str, int],
        value: NDArray[np.float64],
        seen_at_s: NDArray[np.float64],
        oldest_s: float,
    ) -> None:
        self._places = places
        self._value = value
        self._seen_at_s = seen_at_s
        self._oldest_s = oldest_s

    def __getitem__(self, name: str) -> Value:
        place = self._places[name]
        if self._seen_at_s[place] < self._oldest_s:
            raise KeyError(name)
        value = self._value.item(place)
        return None if math.isnan(value) else value

    def __iter__(self) -> Iterator[str]:
        return (name for name in self._places if name in self)

    def __len__(self) -> int:
        return int(np.count_nonzero(self._seen_at_s >= self._oldest_s))


class PassingValues:
    """Values that came and went within one tick, of signals for which one value is enough.

    A fault that is confirmed at once (`confirm_s = 0`) must not be missed because a later frame of
    the same tick was fine again. All other rules look at the last value of each tick: what has to
    hold for a while is not decided by one frame.
    """

    def __init__(self, names: Sequence[str], watched: frozenset[str]) -> None:
        self._names = names
        self._is_watched = np.array([name in watched for name in names], np.bool_)
        self._is_idle = not watched
        self._before: dict[str, Value] = {}
        self._came: list[tuple[str, Value]] = []

    def take(self, first_place: int, decoded: DecodedBatch, before: Mapping[str, Value]) -> None:
        """Note the watched values of a batch; `before` is a view from before it was put."""
        if self._is_idle:
            return
        rows = np.flatnonzero(self._is_watched.take(decoded.signal + first_place))
        # the values of a multiplexer's pages stand behind all others
        rows = rows[decoded.frame[rows].argsort(kind="stable")]
        values = decoded.believed()[rows].tolist()
        for index, value in zip(decoded.signal[rows].tolist(), values, strict=True):
            name = self._names[first_place + index]
            if name not in self._before:
                self._before[name] = before.get(name)
            self._came.append((name, None if math.isnan(value) else value))

    def moments(self, last: Mapping[str, Value]) -> Iterator[Mapping[str, Value]]:
        """The values of this tick as each change left them, but for those that stay in the end."""
        current, came = self._before, self._came
        self._before, self._came = {}, []
        for name, value in came[:-1]:
            if current[name] != value:
                current[name] = value
                yield ChainMap(current, last)  # type: ignore[arg-type]
