"""What a whole log holds: counts per kind of frame and statistics per signal."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from can_bridge.decoding.belief import Quality
from can_bridge.decoding.frames import (
    BROKEN,
    FULL,
    SHORT,
    UNKNOWN_ID,
    UNKNOWN_MUX,
    DecodedBatch,
    FrameDecoder,
)
from can_bridge.frames import IS_EXTENDED, FrameBatch

_EXTENDED_BIT = np.uint32(1 << 31)


@dataclass(frozen=True, slots=True)
class SignalStatistics:
    """Statistics of one signal in file order, "not available" values included."""

    n: int
    min: float
    mean: float
    max: float
    first: float
    last: float


@dataclass(slots=True)
class Truth:
    """Counts over one log and one DBC.

    *in DBC* means (id, extended flag) is in the DBC, for J1939 the parameter group; *fully
    decodable* that every signal could be decoded; *refuses* counts long enough frames with an
    unknown multiplexer value or a signal that leaves its message. Each frame in the DBC is one of
    fully decodable, shorter or refused.
    """

    frames: int = 0
    distinct_ids: int = 0
    frames_id_in_dbc: int = 0
    pct_in_dbc: float = 0.0
    messages_seen: int = 0
    frames_fully_decodable: int = 0
    frames_shorter_than_dbc: int = 0
    frames_cantools_refuses: int = 0
    frames_of_multiplexed_messages: int = 0
    signal_values: int = 0
    unknown_ids: int = 0
    short_frames_partly_decodable: int = 0
    values_from_short_frames: int = 0


@dataclass(slots=True)
class Doubts:
    """What was decoded and is not believed; "not available" first, then implausible."""

    values_not_available: int = 0
    values_implausible: int = 0
    frames_with_not_available: int = 0
    frames_with_implausible: int = 0


@dataclass(frozen=True, slots=True)
class LogStatistics:
    """The result of decoding a log: counts, and statistics over fully decodable frames."""

    truth: Truth
    doubts: Doubts
    signals: dict[str, SignalStatistics]
    values_from_refused_frames: int

    def as_record(self) -> dict[str, object]:
        """For JSON: `truth`, `doubts` and `all_signals`."""
        return {
            "truth": asdict(self.truth),
            "doubts": asdict(self.doubts),
            "all_signals": {key: asdict(entry) for key, entry in self.signals.items()},
            "values_from_refused_frames": self.values_from_refused_frames,
        }


def log_statistics(batches: Iterable[FrameBatch], decoder: FrameDecoder) -> LogStatistics:
    """Decode all data frames of a log."""
    counting = _Counting(decoder)
    for batch in batches:
        counting.add(batch.data_frames())
    return counting.result()


class _Counting:
    def __init__(self, decoder: FrameDecoder) -> None:
        self._decoder = decoder
        self._truth = Truth()
        self._doubts = Doubts()
        self._values = _SignalColumns(len(decoder.signals))
        self._is_multiplexed = np.array(
            [*(one.is_multiplexed for one in decoder.messages), False], np.bool_
        )
        self._ids: set[int] = set()
        self._unknown_ids: set[int] = set()
        self._values_from_refused_frames = 0

    def add(self, batch: FrameBatch) -> None:
        start = 0
        keys = batch.arbitration_id | ((batch.flags & IS_EXTENDED) * _EXTENDED_BIT)
        for decoded in self._decoder.decode_in_parts(batch):
            end = start + len(decoded.outcome)
            part = keys[start:end]
            self._ids.update(np.unique(part).tolist())
            unknown = part[decoded.outcome == UNKNOWN_ID]
            self._unknown_ids.update(np.unique(unknown).tolist())
            self._count(decoded, start)
            start = end

    def _count(self, decoded: DecodedBatch, start: int) -> None:
        truth, outcome = self._truth, decoded.outcome
        frame = decoded.frame - start
        values = np.bincount(frame, minlength=len(outcome))
        is_short, is_full = outcome == SHORT, outcome == FULL
        is_refused = (outcome == BROKEN) | (outcome == UNKNOWN_MUX)
        truth.frames += len(outcome)
        truth.frames_id_in_dbc += int(np.count_nonzero(outcome != UNKNOWN_ID))
        truth.frames_of_multiplexed_messages += int(
            np.count_nonzero(self._is_multiplexed.take(decoded.message))
        )
        truth.frames_fully_decodable += int(np.count_nonzero(is_full))
        truth.signal_values += int(values[is_full].sum())
        truth.frames_shorter_than_dbc += int(np.count_nonzero(is_short))
        truth.short_frames_partly_decodable += int(np.count_nonzero(values[is_short]))
        truth.values_from_short_frames += int(values[is_short].sum())
        truth.frames_cantools_refuses += int(np.count_nonzero(is_refused))
        self._values_from_refused_frames += int(values[is_refused].sum())
        self._count_doubts(decoded)
        rows = is_full.take(frame)
        self._values.add(decoded.signal[rows], decoded.value[rows])

    def _count_doubts(self, decoded: DecodedBatch) -> None:
        doubts = self._doubts
        absent = decoded.frame[decoded.quality == Quality.NOT_AVAILABLE]
        implausible = decoded.frame[decoded.quality == Quality.IMPLAUSIBLE]
        doubts.values_not_available += len(absent)
        doubts.values_implausible += len(implausible)
        doubts.frames_with_not_available += len(np.unique(absent))
        doubts.frames_with_implausible += len(np.unique(implausible))

    def result(self) -> LogStatistics:
        truth = self._truth
        truth.distinct_ids = len(self._ids)
        truth.unknown_ids = len(self._unknown_ids)
        truth.messages_seen = len(self._ids - self._unknown_ids)
        if truth.frames:
            truth.pct_in_dbc = round(100 * truth.frames_id_in_dbc / truth.frames, 2)
        seen = self._values.statistics()
        keys = [self._decoder.signals[index].key for index in seen]
        signals = dict(zip(keys, seen.values(), strict=True))
        return LogStatistics(truth, self._doubts, signals, self._values_from_refused_frames)


class _SignalColumns:
    """Statistics of every signal, one column per figure."""

    def __init__(self, signals: int) -> None:
        self._n = np.zeros(signals, np.int64)
        self._sum = np.zeros(signals)
        self._first = np.zeros(signals)
        self._last = np.zeros(signals)
        self._min = np.full(signals, np.inf)
        self._max = np.full(signals, -np.inf)

    def add(self, signal: NDArray[np.int64], value: NDArray[np.float64]) -> None:
        if not len(signal):
            return
        order = signal.argsort(kind="stable")
        sorted_signal, sorted_value = signal[order], value[order]
        starts = np.flatnonzero(np.diff(sorted_signal, prepend=-1))
        ends = np.append(starts[1:], len(sorted_signal))
        seen = sorted_signal[starts]
        is_new = self._n[seen] == 0
        self._first[seen[is_new]] = sorted_value[starts[is_new]]
        self._last[seen] = sorted_value[ends - 1]
        self._n[seen] += ends - starts
        # float signals may hold infinities; NaN is left out of the extremes
        with np.errstate(invalid="ignore", over="ignore"):
            self._sum[seen] += np.add.reduceat(sorted_value, starts)
            self._min[seen] = np.fmin(self._min[seen], np.fmin.reduceat(sorted_value, starts))
            self._max[seen] = np.fmax(self._max[seen], np.fmax.reduceat(sorted_value, starts))

    def statistics(self) -> dict[int, SignalStatistics]:
        """Those of the signals that came, by their number."""
        return {
            index: SignalStatistics(
                n=int(self._n[index]),
                min=float(self._min[index]),
                mean=float(self._sum[index] / self._n[index]),
                max=float(self._max[index]),
                first=float(self._first[index]),
                last=float(self._last[index]),
            )
            for index in np.flatnonzero(self._n).tolist()
        }
