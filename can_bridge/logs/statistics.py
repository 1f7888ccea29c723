"""What a whole log holds: counts per kind of frame and statistics per signal."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from can_bridge.decoding.frames import Decoded, FrameDecoder, Outcome
from can_bridge.frames import Frame
from can_bridge.logs.reading import is_channel


@dataclass(slots=True)
class SignalStatistics:
    """Raw statistics of one signal in file order, "not available" values included."""

    n: int
    min: float
    sum: float
    max: float
    first: float
    last: float

    def add(self, value: float) -> None:
        """Count one more value."""
        self.n += 1
        self.sum += value
        self.last = value
        if value < self.min:
            self.min = value
        elif value > self.max:
            self.max = value

    def summary(self) -> dict[str, float]:
        """As reported: n, min, mean, max, first, last."""
        return {
            "n": self.n,
            "min": self.min,
            "mean": self.sum / self.n,
            "max": self.max,
            "first": self.first,
            "last": self.last,
        }


@dataclass(slots=True)
class Truth:
    """Counts over one log and one DBC.

    *in DBC* means (id, extended flag) is in the DBC; *fully decodable* that every signal could be
    decoded; *refuses* counts long enough frames with an unknown multiplexer value or a signal that
    leaves its message. Each frame in the DBC is one of fully decodable, shorter or refused.
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


@dataclass(frozen=True, slots=True)
class LogStatistics:
    """The result of decoding a log: counts, and statistics over fully decodable frames."""

    truth: Truth
    signals: dict[str, SignalStatistics]
    values_from_refused_frames: int

    def as_record(self) -> dict[str, object]:
        """For JSON: `truth` and `all_signals`."""
        return {
            "truth": asdict(self.truth),
            "all_signals": {key: entry.summary() for key, entry in self.signals.items()},
            "values_from_refused_frames": self.values_from_refused_frames,
        }


def log_statistics(
    frames: Iterable[Frame], decoder: FrameDecoder, channel: str | None = None
) -> LogStatistics:
    """Decode all frames of a channel (None: of all channels)."""
    counting = _Counting(decoder)
    for frame in frames:
        if channel is None or is_channel(frame.channel, channel):
            counting.add(frame)
    return counting.result()


class _Counting:
    def __init__(self, decoder: FrameDecoder) -> None:
        self._decoder = decoder
        self._truth = Truth()
        self._signals: dict[str, SignalStatistics] = {}
        self._ids: set[tuple[int, bool]] = set()
        self._unknown_ids: set[tuple[int, bool]] = set()
        self._values_from_refused_frames = 0

    def add(self, frame: Frame) -> None:
        truth = self._truth
        truth.frames += 1
        identity = (frame.arbitration_id, frame.is_extended_id)
        self._ids.add(identity)
        outcome, message, signals = self._decoder.decode(frame)
        if message is None:
            self._unknown_ids.add(identity)
            return
        truth.frames_id_in_dbc += 1
        truth.frames_of_multiplexed_messages += message.is_multiplexed
        if outcome is Outcome.FULL:
            truth.frames_fully_decodable += 1
            truth.signal_values += len(signals)
            self._add_values(signals)
        elif outcome is Outcome.SHORT:
            truth.frames_shorter_than_dbc += 1
            truth.short_frames_partly_decodable += bool(signals)
            truth.values_from_short_frames += len(signals)
        else:
            truth.frames_cantools_refuses += 1
            self._values_from_refused_frames += len(signals)

    def _add_values(self, signals: list[Decoded]) -> None:
        for plan, _, value in signals:
            known = self._signals.get(plan.key)
            if known is None:
                self._signals[plan.key] = SignalStatistics(1, value, value, value, value, value)
            else:
                known.add(value)

    def result(self) -> LogStatistics:
        truth = self._truth
        truth.distinct_ids = len(self._ids)
        truth.unknown_ids = len(self._unknown_ids)
        truth.messages_seen = len(self._ids - self._unknown_ids)
        if truth.frames:
            truth.pct_in_dbc = round(100 * truth.frames_id_in_dbc / truth.frames, 2)
        return LogStatistics(truth, self._signals, self._values_from_refused_frames)
