"""Where somebody listens from: the buses of a profile or the channels of a log, with decoders."""

import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from cantools.database.can import Database

from can_bridge.buses.load import BitRates
from can_bridge.buses.opening import open_receiver
from can_bridge.buses.port import BusStatus
from can_bridge.buses.receiving import BusReceiver
from can_bridge.catalogue import BusDecoder, Catalogue
from can_bridge.dbc.loading import load_dbc
from can_bridge.decoding.frames import FrameDecoder
from can_bridge.frames import FrameBatch
from can_bridge.listening import HeardBus, HeardSignal, View, begun, step, tick
from can_bridge.logs.reading import open_log
from can_bridge.profile import CheckedProfile
from can_bridge.profile_tables import BusEntry

Monotonic = Callable[[], float]

LOOK_S = 0.2
"""Five pictures a second: a person reads no faster."""
SCANNED_FRAMES = 200_000
"""Enough of a log to see which channel is which bus."""


@dataclass(frozen=True, slots=True)
class Listened:
    """A bus with its decoder."""

    heard: HeardBus
    decoder: FrameDecoder


@dataclass(frozen=True, slots=True)
class Picture:
    """What there is to show.

    `statuses` say how live buses are; `unparsable_lines` of a log held a frame nobody could read.
    """

    view: View
    statuses: Mapping[str, BusStatus]
    is_last: bool
    unparsable_lines: int = 0


def buses_of(profile: CheckedProfile) -> list[Listened]:
    """The buses of a profile with their signals under the names they have there.

    A bus without a DBC decodes nothing.

    Raises:
        BridgeError: a DBC cannot be read, or the profile names signals that none has.
    """
    entries = profile.profile.buses
    decoders = [BusDecoder(bus.name, FrameDecoder(_database(profile, bus))) for bus in entries]
    catalogue = Catalogue(decoders, profile)
    infos = {info.name: (rank, info) for rank, info in enumerate(catalogue.infos())}
    listened = []
    for entry in entries:
        place = catalogue.buses[entry.name]
        signals = []
        for signal in place.decoder.signals:
            rank, info = infos[catalogue.names[place.first_place + signal.index]]
            heard = HeardSignal(
                name=info.name,
                message=info.message,
                unit=info.unit,
                label_zh=info.label_zh,
                label_en=info.label_en,
                choices=signal.choices,
                is_headline=info.headline,
                rank=rank,
            )
            signals.append(heard)
        messages = tuple(message.name for message in place.decoder.messages)
        bus = HeardBus(entry.name, _rates(entry), messages, tuple(signals))
        listened.append(Listened(bus, place.decoder))
    return listened


def listen_live(
    profile: CheckedProfile, bench: str, stop: threading.Event, monotonic_s: Monotonic
) -> Generator[Picture]:
    """Pictures of the buses of a bench until told to stop, which gives the last one.

    The adapters are opened listen-only, whatever the profile allows.

    Raises:
        BridgeError: a DBC or an adapter cannot be used.
    """
    buses = buses_of(profile)
    receivers: list[BusReceiver] = []
    try:
        for entry in profile.profile.buses:
            receivers.append(open_receiver(entry, bench))
            receivers[-1].start()
        view = begun([bus.heard for bus in buses], monotonic_s())
        while True:
            is_last = stop.wait(LOOK_S)
            for bus, receiver in zip(buses, receivers, strict=True):
                view = _heard(view, bus, receiver.drain(), monotonic_s())
            view = tick(view, monotonic_s())
            yield Picture(view, {one.name: one.status for one in receivers}, is_last)
            if is_last:
                return
    finally:
        for receiver in receivers:
            receiver.ask_to_stop()
        for receiver in receivers:
            receiver.stop()


def listen_to_log(
    path: Path,
    candidates: Sequence[Listened],
    stop: threading.Event,
    monotonic_s: Monotonic | None,
) -> Generator[Picture]:
    """Pictures of a log: one in a while, and one of the whole in the end.

    Args:
        path: the log.
        candidates: buses; each channel of the log is taken for the one that knows most of it.
        stop: ends it early.
        monotonic_s: the pace of the recording is kept by this clock; None: as fast as it goes,
            with rates and load over the whole log.

    Raises:
        UnreadableLog: the log cannot be read.
    """
    recording = open_log(path)
    buses = channels_as_buses(recording.batches(), candidates)
    view = begun([bus.heard for bus in buses.values()], 0.0)
    began_s = 0.0 if monotonic_s is None else monotonic_s()
    for log_s, batch in _moments(recording.all_batches(), is_paced=monotonic_s is not None):
        if monotonic_s is not None:
            stop.wait(max(0.0, began_s + log_s - monotonic_s()))
        if stop.is_set():
            break
        if not buses.keys() >= set(batch.channels):
            # a channel that came to life after the beginning of a long log
            buses = channels_as_buses([batch], candidates) | buses
        view = _all_heard(view, buses, batch, log_s)
        if monotonic_s is not None:
            view = tick(view, log_s)
            yield Picture(view, {}, False, recording.unparsable_lines)
    if monotonic_s is None:
        view = tick(view, view.now_s, window_s=0)
    yield Picture(view, {}, True, recording.unparsable_lines)


def _all_heard(
    view: View, buses: Mapping[int | str, Listened], batch: FrameBatch, now_s: float
) -> View:
    for place, channel in enumerate(batch.channels):
        part = batch.where(batch.channel == place)
        if len(part):
            view = _heard(view, buses[channel], part, now_s)
    return view


def channels_as_buses(
    batches: Iterable[FrameBatch], candidates: Sequence[Listened]
) -> dict[int | str, Listened]:
    """The channels of a log, each with the candidate that knows the largest share of its frames.

    The first `SCANNED_FRAMES` decide. A channel that no candidate knows has no messages.
    """
    known: dict[int | str, list[int]] = {}
    scanned = 0
    for batch in batches:
        for channel in batch.channels:
            known.setdefault(channel, [0] * len(candidates))
        for position, candidate in enumerate(candidates):
            knows = candidate.decoder.knows(batch)
            of_each = np.bincount(batch.channel, knows, len(batch.channels)).tolist()
            for channel, count in zip(batch.channels, of_each, strict=True):
                known[channel][position] += int(count)
        scanned += len(batch)
        if scanned > SCANNED_FRAMES:
            break
    return {
        channel: _as_bus(channel, candidates, known[channel]) for channel in sorted(known, key=str)
    }


def _as_bus(channel: int | str, candidates: Sequence[Listened], known: list[int]) -> Listened:
    if not any(known):
        bus = HeardBus(f"{channel}", BitRates(_USUAL_BITRATE, _USUAL_BITRATE))
        return Listened(bus, FrameDecoder(Database()))
    best = candidates[known.index(max(known))]
    return replace(best, heard=replace(best.heard, name=f"{channel}:{best.heard.name}"))


_USUAL_BITRATE = 500_000


def _moments(
    batches: Iterable[FrameBatch], *, is_paced: bool
) -> Iterator[tuple[float, FrameBatch]]:
    """Batches with the seconds from the log's beginning to their last frame, never going back.

    Paced, a batch holds what came within `LOOK_S`.
    """
    first_s: float | None = None
    latest_s = -np.inf
    for batch in batches:
        if not len(batch):
            continue
        # timestamps of real logs go back; time does not
        clock = np.maximum(np.maximum.accumulate(batch.timestamp_s), latest_s)
        latest_s = float(clock[-1])
        first_s = float(clock[0]) if first_s is None else first_s
        if not is_paced:
            yield latest_s - first_s, batch
            continue
        looks = ((clock - first_s) // LOOK_S).astype(np.int64)
        for look in np.unique(looks).tolist():
            yield (look + 1) * LOOK_S, batch.where(looks == look)


def _heard(view: View, bus: Listened, batch: FrameBatch, now_s: float) -> View:
    if not len(batch):
        return view
    return step(view, bus.heard, batch, bus.decoder.decode(batch.data_frames()), now_s)


def _database(profile: CheckedProfile, bus: BusEntry) -> Database:
    return load_dbc(profile.dbc_path(bus)).database if bus.dbc else Database()


def _rates(entry: BusEntry) -> BitRates:
    data = entry.options.get("data_bitrate")
    return BitRates(entry.bitrate, int(data) if isinstance(data, int | float) else entry.bitrate)
