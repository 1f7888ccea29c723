"""When the messages of a DBC are due, each at its cycle time, and the frames they become."""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from cantools.database.can import Database, Message

from device_sims.encoding import MessageEncoder, Signals

DBC_FOLDER = Path(__file__).parent / "dbc"
DEFAULT_CYCLE_S = 0.1
_TICKS_PER_S = 1000


class SimFrame(NamedTuple):
    """A frame a simulated control unit sends."""

    arbitration_id: int
    is_extended_id: bool
    data: bytes


Measure = Callable[[str], Signals | None]
"""The signals of a message just now, None while its control unit does not send it."""


@cache
def _database(dbc: Path) -> Database:
    # a fleet has many benches of a kind; cantools takes a tenth of a second for each file
    database = Database(strict=False)
    database.add_dbc_file(dbc, encoding="utf-8")
    return database


class _Sender:
    def __init__(self, message: Message, place: int, step_ms: int) -> None:
        self.name = message.name
        self.arbitration_id = message.frame_id
        self.is_extended_id = message.is_extended_frame
        self.encoder = MessageEncoder(message)
        cycle_ms = message.cycle_time or DEFAULT_CYCLE_S * _TICKS_PER_S
        self.cycle_ms = max(step_ms, round(cycle_ms))
        # control units don't agree on a moment: without this all would send in the same step
        self.due_ms = step_ms + place * step_ms % self.cycle_ms


class FrameSchedule:
    """The cyclic messages of one DBC (`GenMsgCycleTime` in ms), asked every `step_s` seconds."""

    def __init__(self, dbc: Path, step_s: float) -> None:
        step_ms = round(step_s * _TICKS_PER_S)
        self._senders = [
            _Sender(message, place, step_ms)
            for place, message in enumerate(_database(dbc).messages)
        ]

    def due(self, now_ms: int, measure: Measure) -> Iterator[SimFrame]:
        """Frames due at `now_ms` of bench time."""
        for sender in self._senders:
            if now_ms < sender.due_ms:
                continue
            sender.due_ms += sender.cycle_ms
            signals = measure(sender.name)
            if signals is not None:
                yield SimFrame(
                    sender.arbitration_id, sender.is_extended_id, sender.encoder.encode(signals)
                )
