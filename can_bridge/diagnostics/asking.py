"""The thread that asks control units while somebody at the bench has armed it."""

import logging
import queue
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from can_bridge.diagnostics.overhearing import Fact
from can_bridge.diagnostics.permission import Outgoing, Refusal
from can_bridge.diagnostics.reading import EcuIdentity, Listening, ReadOnlyDiagnostics
from can_bridge.diagnostics.uds import SERIAL_DID, SOFTWARE_DID, VIN_DID, ListKind
from can_bridge.dtc import Dtc
from can_bridge.errors import BusUnavailable
from can_bridge.profile_tables import EcuEntry
from can_bridge.reported_codes import Heard, HeardCode
from telemetry.contract.payloads import FaultSource

log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.25


class Gate(Protocol):
    """What the thread needs of the transmit gate."""

    @property
    def is_armed(self) -> bool:
        """Whether frames may be sent now."""

    @property
    def sent(self) -> int:
        """How many frames were sent."""

    @property
    def refused(self) -> Mapping[Refusal, int]:
        """How many frames were refused, by reason."""

    def arm(self, for_s: float) -> None:
        """Allow frames for a while."""

    def disarm(self) -> None:
        """Allow none from now on."""

    def send(self, frame: Outgoing) -> None:
        """Send a frame that may be sent."""


@dataclass(frozen=True, slots=True)
class Questions:
    """Whom to ask and how often; `read_period_s` 0 reads no trouble codes."""

    ecus: Sequence[EcuEntry]
    read_period_s: float = 0.0


class Asking:
    """Asks for identities once per arming, for trouble codes again and again; answers are queued.

    `taken_request` hands over a local request to arm for so many seconds (0: disarm).
    """

    def __init__(
        self,
        questions: Questions,
        buses: Mapping[str, Listening],
        gate: Gate,
        taken_request: Callable[[], float | None],
        monotonic_s: Callable[[], float],
    ) -> None:
        self._questions = questions
        self._buses = buses
        self._gate = gate
        self._taken_request = taken_request
        self._monotonic_s = monotonic_s
        self.answers: queue.SimpleQueue[Heard | Fact] = queue.SimpleQueue()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="diagnostics", daemon=True)
        self._was_armed = False
        self._identified: set[EcuEntry] = set()
        self._next_read_s: dict[EcuEntry, float] = {}
        self._refused: Mapping[Refusal, int] = {}
        self._told: set[str] = set()

    @property
    def gate(self) -> Gate:
        """The gate that is asked through, for its counts."""
        return self._gate

    def start(self) -> None:
        """Begin to look for arming; once is enough."""
        if self._thread.ident is None:
            self._thread.start()

    def stop(self) -> None:
        """Disarm and end; waits for the request under way."""
        self._gate.disarm()
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(5.0)

    def _run(self) -> None:
        while True:
            self.look()
            if self._stopping.wait(LOOK_EVERY_S):
                return

    def look(self) -> None:
        """Follow a request to arm or disarm, and ask what is due."""
        wanted_s = self._taken_request()
        if wanted_s:
            self._gate.arm(wanted_s)
            self._was_armed = False
            log.warning("diagnostics armed for %g s", wanted_s)
        elif wanted_s is not None:
            self._gate.disarm()
            log.warning("diagnostics disarmed")
        if self._gate.is_armed:
            self._ask()
        elif self._was_armed:
            self._was_armed = False
            log.warning("diagnostics no longer armed")
        self._tell_refusals()

    def _ask(self) -> None:
        if not self._was_armed:
            self._was_armed = True
            self._identified.clear()
            self._next_read_s.clear()
            self._told.clear()
        for ecu in self._questions.ecus:
            if self._stopping.is_set() or not self._gate.is_armed:
                return
            # a bus may still be on its way from listening to sending, or its adapter be gone
            if self._buses[ecu.bus].can_send:
                self._ask_one(ecu)

    def _ask_one(self, ecu: EcuEntry) -> None:
        reader = ReadOnlyDiagnostics(self._buses[ecu.bus], ecu, self._send)
        period_s, now_s = self._questions.read_period_s, self._monotonic_s()
        if ecu not in self._identified:
            self._identified.add(ecu)
            self._put_identity(ecu, reader.read_identity())
        if period_s > 0 and now_s >= self._next_read_s.get(ecu, now_s):
            self._next_read_s[ecu] = now_s + period_s
            self._put_codes(ecu, reader.read_dtcs())

    def _send(self, frame: Outgoing) -> None:
        try:
            self._gate.send(frame)
        except BusUnavailable as failed:
            self._tell(str(failed))
            raise

    def _put_identity(self, ecu: EcuEntry, read: EcuIdentity) -> None:
        texts = ((VIN_DID, read.vin), (SERIAL_DID, read.serial), (SOFTWARE_DID, read.software))
        for did, text in texts:
            if text:
                self.answers.put(Fact(ecu.name, did, text))

    def _put_codes(self, ecu: EcuEntry, codes: Sequence[tuple[bytes, int]] | None) -> None:
        if codes is None:
            return
        read = [(Dtc.from_bytes(raw), status) for raw, status in codes]
        self.answers.put(
            Heard(
                source=FaultSource.READ.value,
                ecu=ecu.name,
                question=ListKind.UDS.value,
                codes=tuple(HeardCode(dtc.text, dtc.failure_type, at) for dtc, at in read),
                mask=0xFF,
            )
        )

    def _tell_refusals(self) -> None:
        before, self._refused = self._refused, self._gate.refused
        for reason, count in self._refused.items():
            if count > before.get(reason, 0):
                self._tell(f"a frame was refused: {reason.value}")

    def _tell(self, words: str) -> None:
        """Log it, once in an arming; the bench tells how often."""
        if words not in self._told:
            self._told.add(words)
            log.warning("%s", words)
