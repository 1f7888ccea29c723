"""What somebody sees who listens to a bench: identifiers, rates, load and values (pure).

A view is folded from batches; it knows no adapter, no file and no terminal.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from can_bridge.buses.load import BitRates, seconds_on_wire
from can_bridge.decoding.belief import Quality
from can_bridge.decoding.frames import OUTCOMES, DecodedBatch, Outcome
from can_bridge.frames import IS_ERROR, IS_EXTENDED, FrameBatch

WINDOW_S = 1.0
"""Rates and load are over the last second; shorter ones flicker, longer ones hide a lost node."""


@dataclass(frozen=True, slots=True)
class HeardSignal:
    """A signal as it is shown; `choices` by raw value, `rank` orders headlines first."""

    name: str
    message: str
    unit: str = ""
    label_zh: str = ""
    label_en: str = ""
    choices: Mapping[int, str] = field(default_factory=dict)
    is_headline: bool = False
    rank: int = 0


@dataclass(frozen=True, slots=True)
class HeardBus:
    """What stays the same of a bus.

    Attributes:
        name: in the profile, or the channel of a log.
        rates: for the load.
        messages: names by their number in the bus's decoder.
        signals: by their number there.
    """

    name: str
    rates: BitRates
    messages: Sequence[str] = ()
    signals: Sequence[HeardSignal] = ()


class IdKey(NamedTuple):
    """An identifier on a bus."""

    bus: str
    arbitration_id: int
    is_extended: bool


@dataclass(frozen=True, slots=True)
class IdSeen:
    """Frames with one identifier.

    Attributes:
        message: its name, "" where the DBC has none for the identifier.
        frames: since listening began.
        rate_hz: over the last closed window, None before the first.
        data: of the latest frame.
        longest: bytes of the longest frame.
    """

    key: IdKey
    message: str
    frames: int = 0
    rate_hz: float | None = None
    last_at_s: float = 0.0
    data: bytes = b""
    longest: int = 0
    in_window: int = 0

    @property
    def period_ms(self) -> float | None:
        """Mean time between two frames, None where there is no rate."""
        return 1000 / self.rate_hz if self.rate_hz else None


@dataclass(frozen=True, slots=True)
class ValueSeen:
    """The latest value of a signal; `value` is None where it is not to be believed."""

    bus: str
    signal: HeardSignal
    quality: Quality
    raw: int
    value: float | None
    at_s: float

    @property
    def choice(self) -> str:
        """The label of the raw value, "" without."""
        return self.signal.choices.get(self.raw, "")


@dataclass(frozen=True, slots=True)
class BusSeen:
    """A bus; load and rate over the last closed window."""

    name: str
    frames: int = 0
    error_frames: int = 0
    frames_per_s: float | None = None
    load: float | None = None
    outcomes: Mapping[Outcome, int] = field(default_factory=dict)
    in_window: int = 0
    busy_s: float = 0.0


@dataclass(frozen=True, slots=True)
class View:
    """All that was heard until `now_s`, on any clock that never goes back."""

    started_s: float
    now_s: float
    window_since_s: float
    buses: Mapping[str, BusSeen] = field(default_factory=dict)
    ids: Mapping[IdKey, IdSeen] = field(default_factory=dict)
    values: Mapping[tuple[str, int], ValueSeen] = field(default_factory=dict)

    def known_ids(self) -> list[IdSeen]:
        """Identifiers of the DBCs, by bus and number."""
        return sorted((one for one in self.ids.values() if one.message), key=_by_key)

    def unknown_ids(self) -> list[IdSeen]:
        """Identifiers that no DBC of their bus has."""
        return sorted((one for one in self.ids.values() if not one.message), key=_by_key)

    def ranked_values(self) -> list[ValueSeen]:
        """Values, headlines first, then in the order of the profile and the DBC."""
        return sorted(self.values.values(), key=_by_rank)


def begun(buses: Sequence[HeardBus], now_s: float) -> View:
    """A view in which nothing has come yet."""
    seen = {bus.name: BusSeen(bus.name) for bus in buses}
    return View(now_s, now_s, now_s, seen)


def step(view: View, bus: HeardBus, batch: FrameBatch, decoded: DecodedBatch, now_s: float) -> View:
    """The view after a batch of one bus.

    Args:
        view: until now.
        bus: where the batch comes from.
        batch: frames of any kind, error frames too.
        decoded: its data frames (`batch.data_frames()`), by the bus's decoder.
        now_s: the moment of the batch; an earlier one than the view's counts as the view's.
    """
    now_s = max(now_s, view.now_s)
    data = batch.data_frames()
    seen = view.buses.get(bus.name) or BusSeen(bus.name)
    return replace(
        view,
        now_s=now_s,
        buses={**view.buses, bus.name: _bus_after(seen, bus, batch, decoded)},
        ids=_ids_after(view.ids, bus, data, decoded.message, now_s),
        values=_values_after(view.values, bus, decoded, now_s),
    )


def tick(view: View, now_s: float, *, window_s: float = WINDOW_S) -> View:
    """The view as time goes on: rates and load are renewed once a window is full."""
    now_s = max(now_s, view.now_s)
    span_s = now_s - view.window_since_s
    if span_s <= 0 or span_s < window_s:
        return replace(view, now_s=now_s)
    buses = {
        name: replace(
            one,
            frames_per_s=one.in_window / span_s,
            load=one.busy_s / span_s,
            in_window=0,
            busy_s=0.0,
        )
        for name, one in view.buses.items()
    }
    ids = {
        key: replace(one, rate_hz=one.in_window / span_s, in_window=0)
        for key, one in view.ids.items()
    }
    return replace(view, now_s=now_s, window_since_s=now_s, buses=buses, ids=ids)


def _bus_after(seen: BusSeen, bus: HeardBus, batch: FrameBatch, decoded: DecodedBatch) -> BusSeen:
    data = batch.data_frames()
    counts = np.bincount(decoded.outcome, minlength=len(OUTCOMES)).tolist()
    outcomes = {
        outcome: seen.outcomes.get(outcome, 0) + count
        for outcome, count in zip(OUTCOMES, counts, strict=True)
    }
    return replace(
        seen,
        frames=seen.frames + len(data),
        error_frames=seen.error_frames + int(np.count_nonzero(batch.flags & IS_ERROR)),
        outcomes=outcomes,
        in_window=seen.in_window + len(data),
        busy_s=seen.busy_s + seconds_on_wire(batch, bus.rates),
    )


def _ids_after(
    ids: Mapping[IdKey, IdSeen],
    bus: HeardBus,
    data: FrameBatch,
    message: NDArray[np.int64],
    now_s: float,
) -> Mapping[IdKey, IdSeen]:
    if not len(data):
        return ids
    is_extended = (data.flags & IS_EXTENDED).astype(bool)
    keys = data.arbitration_id.astype(np.int64) | is_extended.astype(np.int64) << 32
    unique, of_each, counts = np.unique(keys, return_inverse=True, return_counts=True)
    latest = np.zeros(len(unique), np.int64)
    # of several rows for one place numpy keeps the last, which came last
    latest[of_each] = np.arange(len(keys))
    longest = np.zeros(len(unique), np.int64)
    np.maximum.at(longest, of_each, data.length)
    after = dict(ids)
    for number, place, count, length in zip(
        unique.tolist(), latest.tolist(), counts.tolist(), longest.tolist(), strict=True
    ):
        key = IdKey(bus.name, number & 0xFFFFFFFF, bool(number >> 32))
        numbered = int(message[place])
        name = bus.messages[numbered] if numbered < len(bus.messages) else ""
        seen = after.get(key) or IdSeen(key, name)
        after[key] = replace(
            seen,
            frames=seen.frames + count,
            in_window=seen.in_window + count,
            last_at_s=now_s,
            data=data.data[place, : data.length[place]].tobytes(),
            longest=max(seen.longest, length),
        )
    return after


def _values_after(
    values: Mapping[tuple[str, int], ValueSeen],
    bus: HeardBus,
    decoded: DecodedBatch,
    now_s: float,
) -> Mapping[tuple[str, int], ValueSeen]:
    if not len(decoded.signal):
        return values
    signals, latest = np.unique(decoded.signal[::-1], return_index=True)
    places = len(decoded.signal) - 1 - latest
    after = dict(values)
    for number, raw, value, quality in zip(
        signals.tolist(),
        decoded.raw[places].tolist(),
        decoded.value[places].tolist(),
        decoded.quality[places].tolist(),
        strict=True,
    ):
        is_good = quality == Quality.GOOD and math.isfinite(value)
        after[bus.name, number] = ValueSeen(
            bus.name,
            bus.signals[number],
            Quality(quality),
            raw,
            value if is_good else None,
            now_s,
        )
    return after


def _by_key(seen: IdSeen) -> IdKey:
    return seen.key


def _by_rank(seen: ValueSeen) -> tuple[bool, int, str, str]:
    return not seen.signal.is_headline, seen.signal.rank, seen.bus, seen.signal.name
