"""Random frames of random messages, compared with cantools value by value.

A case is one frame, decoded here within a batch and by cantools alone.
"""

import math
import random
from collections.abc import Iterator

import numpy as np
from cantools.database.can import Database, Message, Signal
from cantools.database.errors import DecodeError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from can_bridge.decoding.frames import OUTCOMES, FrameDecoder, Outcome
from can_bridge.frames import Frame, FrameBatch
from tests.integration.random_messages import databases

EXAMPLES = 500
FRAMES = 40
IDS = [(0, False), (1, False), (1, True), (0x7FF, False), (0x800, True)]
STRANGERS = [(0x123, False), (0x1FFFFFFF, True), (0x7FF, True), (0x800, False)]

Values = dict[str, float]


def random_frames(seed: int, database: Database) -> list[Frame]:
    """Mostly frames of the database's messages, mostly long enough, with telling payloads."""
    dice = random.Random(seed)  # noqa: S311 -- repeatable frames, not secrets
    lengths = {(one.frame_id, one.is_extended_frame): one.length for one in database.messages}
    frames = []
    for _ in range(FRAMES):
        frame_id, is_extended = dice.choice(IDS if dice.random() < 0.95 else STRANGERS)
        length = lengths.get((frame_id, is_extended), 8)
        if dice.random() < 0.15:
            length = min(dice.randrange(length + 2), 64)
        filling = dice.choice([b"\0", b"\xff", b"\x01", b"\x80", b""])
        # multiplexers have few bits: small bytes reach their pages more often
        limit = dice.choice([256, 256, 8])
        payload = filling * length or bytes(dice.randrange(limit) for _ in range(length))
        frames.append(Frame(0.0, 0, frame_id, is_extended, payload))
    return frames


class Oracle:
    """cantools, asked signal by signal where it refuses the whole frame."""

    def __init__(self, message: Message) -> None:
        self.message = message
        self.fitting = [one for one in message.signals if _last_byte(one) < message.length]
        self._alone = {one.name: self._message_of(one) for one in self.fitting}
        self.is_broken = False

    def decode(self, data: bytes) -> tuple[Outcome, Values]:
        values: Values = {}
        self.is_broken = False
        has_unknown_mux = self._add(None, data, values)
        if len(data) < self.message.length:
            return Outcome.SHORT, values
        if self.is_broken:
            return Outcome.BROKEN, values
        return (Outcome.UNKNOWN_MUX if has_unknown_mux else Outcome.FULL), values

    def whole(self, data: bytes) -> Values | None:
        """What cantools says of the whole frame, None where it refuses."""
        try:
            decoded = self.message.decode(data, decode_choices=False)
        except DecodeError:
            return None
        assert isinstance(decoded, dict)
        return {name: _number(value) for name, value in decoded.items()}

    def _message_of(self, signal: Signal) -> Message:
        alone = Signal(
            signal.name,
            signal.start,
            signal.length,
            signal.byte_order,
            is_signed=signal.is_signed,
            conversion=signal.conversion,
        )
        return Message(0, "Alone", self.message.length, [alone], strict=False)

    def _ask(self, signal: Signal, data: bytes, *, scaling: bool) -> float | None:
        decoded = self._alone[signal.name].decode(
            data, decode_choices=False, scaling=scaling, allow_truncated=True
        )
        assert isinstance(decoded, dict)
        return _number(decoded[signal.name]) if decoded else None

    def _add(self, parent: Signal | None, data: bytes, values: Values) -> bool:
        """Add the signals below a multiplexer; whether an unknown value was met."""
        name = None if parent is None else parent.name
        page = None if parent is None else self._ask(parent, data, scaling=False)
        has_unknown = False
        for signal in self.message.signals:
            if signal.multiplexer_signal != name:
                continue
            if parent is not None and page not in (signal.multiplexer_ids or ()):
                continue
            if signal not in self.fitting:
                self.is_broken = True
                continue
            value = self._ask(signal, data, scaling=True)
            if value is None:
                continue
            values[signal.name] = value
            if signal.is_multiplexer:
                raw = self._ask(signal, data, scaling=False)
                listed = self._listed(signal)
                has_unknown |= bool(listed) and raw not in listed
                has_unknown |= self._add(signal, data, values)
        return has_unknown

    def _listed(self, multiplexer: Signal) -> set[float]:
        listed = {float(raw) for raw in multiplexer.choices or {}}
        for signal in self.message.signals:
            if signal.multiplexer_signal == multiplexer.name:
                listed |= set(signal.multiplexer_ids or ())
        return listed


def _last_byte(signal: Signal) -> int:
    start = signal.start
    if signal.byte_order == "big_endian":
        start = 8 * (start // 8) + 7 - start % 8
    return int(start + signal.length - 1) // 8


def _number(value: object) -> float:
    assert isinstance(value, int | float)
    return float(value)


def _same(left: Values, right: Values) -> bool:
    return left.keys() == right.keys() and all(
        left[name] == right[name] or (math.isnan(left[name]) and math.isnan(right[name]))
        for name in left
    )


def _decoded(decoder: FrameDecoder, frames: list[Frame]) -> Iterator[tuple[Outcome, Values]]:
    decoded = decoder.decode(FrameBatch.of(frames))
    names = [one.key.partition(".")[2] for one in decoder.signals]
    values: list[Values] = [{} for _ in frames]
    for frame, signal, value in zip(decoded.frame, decoded.signal, decoded.value, strict=True):
        assert names[signal] not in values[frame], "a signal came twice from one frame"
        values[frame][names[signal]] = float(value)
    outcomes = [OUTCOMES[code] for code in decoded.outcome]
    return zip(outcomes, values, strict=True)


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(databases(), st.integers(0, 2**32))
def test_20000_random_frames_of_random_messages_equal_cantools(
    database: Database, seed: int
) -> None:
    frames = random_frames(seed, database)
    oracles = {(one.frame_id, one.is_extended_frame): Oracle(one) for one in database.messages}
    for frame, (outcome, values) in zip(
        frames, _decoded(FrameDecoder(database), frames), strict=True
    ):
        oracle = oracles.get((frame.arbitration_id, frame.is_extended_id))
        if oracle is None:
            assert (outcome, values) == (Outcome.UNKNOWN_ID, {})
            continue
        expected_outcome, expected = oracle.decode(frame.data)
        assert outcome is expected_outcome, (frame, oracle.message)
        assert _same(values, expected), (frame, oracle.message)
        whole = oracle.whole(frame.data)
        # the whole frame is refused exactly where not every signal could be decoded
        assert (whole is not None) == (outcome is Outcome.FULL), (frame, outcome, oracle.message)
        assert whole is None or _same(values, whole), (frame, oracle.message)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(databases(), st.integers(0, 2**32), st.integers(1, FRAMES))
def test_how_frames_are_batched_changes_nothing(database: Database, seed: int, size: int) -> None:
    frames = random_frames(seed, database)
    decoder = FrameDecoder(database)
    parts = [decoder.decode(FrameBatch.of(frames[at : at + size])) for at in range(0, FRAMES, size)]
    whole = decoder.decode(FrameBatch.of(frames))
    joined = [
        (int(frame) + at * size, int(signal), int(raw), int(quality))
        for at, part in enumerate(parts)
        for frame, signal, raw, quality in zip(
            part.frame, part.signal, part.raw, part.quality, strict=True
        )
    ]
    columns = (whole.frame, whole.signal, whole.raw, whole.quality)
    assert sorted(joined) == sorted(zip(*(one.tolist() for one in columns), strict=True))
    assert np.concatenate([part.outcome for part in parts]).tolist() == whole.outcome.tolist()
