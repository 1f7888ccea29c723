"""How plant signals become CAN frames by the bench's own DBC, each at its cycle time."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from cantools.database.can import Database, Message

DBC_FOLDER = Path(__file__).parent / "dbc"
DEFAULT_CYCLE_S = 0.1


class SimFrame(NamedTuple):
    """A frame a simulated control unit sends."""

    arbitration_id: int
    is_extended_id: bool
    data: bytes


class _Sender:
    def __init__(self, message: Message) -> None:
        self.name = message.name
        self.message = message
        self.cycle_s = (message.cycle_time or DEFAULT_CYCLE_S * 1000) / 1000
        self.due_s = 0.0
        self.limits = [
            (signal.name, signal.minimum or 0.0, signal.maximum or 0.0)
            for signal in message.signals
        ]

    def frame(self, signals: Mapping[str, float]) -> SimFrame:
        values = {name: min(max(signals[name], low), high) for name, low, high in self.limits}
        message = self.message
        data = message.encode(values, strict=False)
        return SimFrame(message.frame_id, message.is_extended_frame, data)


class FrameSchedule:
    """The cyclic messages of one DBC (`GenMsgCycleTime` in ms)."""

    def __init__(self, dbc: Path) -> None:
        database = Database(strict=False)
        database.add_dbc_file(dbc, encoding="utf-8")
        self._senders = [_Sender(message) for message in database.messages]

    def due(self, now_s: float, messages: Mapping[str, Mapping[str, float]]) -> Iterator[SimFrame]:
        """Frames due at `now_s`; a schedule that fell behind skips instead of bursting."""
        for sender in self._senders:
            if now_s + 1e-9 < sender.due_s:
                continue
            sender.due_s = max(sender.due_s + sender.cycle_s, now_s)
            yield sender.frame(messages[sender.name])
