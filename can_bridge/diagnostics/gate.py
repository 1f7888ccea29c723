"""The only class that puts a frame on a bus; what it lets through is decided in `permission`."""

import threading
from collections.abc import Callable, Mapping

from can_bridge.buses.port import Transmitter
from can_bridge.diagnostics import permission
from can_bridge.diagnostics.permission import Allowance, GateState, Outgoing, Refusal
from can_bridge.errors import TransmissionDenied


class TransmitGate:
    """Denies by default; `arm` opens it for a while, for what the allowance covers.

    Used by the thread that reads and by the one that arms; each decision and its frame are one
    step, so the budget holds between them.
    """

    def __init__(
        self,
        buses: Mapping[str, Transmitter],
        allowance: Allowance,
        monotonic_s: Callable[[], float],
    ) -> None:
        self._buses = buses
        self._allowance = allowance
        self._monotonic_s = monotonic_s
        self._state = GateState()
        self._lock = threading.Lock()
        self._sent = 0

    def arm(self, for_s: float) -> None:
        """Allow transmission from now on for a while; only local acts may lead here.

        Raises:
            ValueError: a time that is not above 0.
        """
        with self._lock:
            self._state = permission.armed(self._state, self._monotonic_s(), for_s)

    def disarm(self) -> None:
        """Deny from now on."""
        with self._lock:
            self._state = permission.disarmed(self._state)

    @property
    def is_armed(self) -> bool:
        """Whether the arming holds now, and something of its budget is left."""
        return permission.is_armed(self._state, self._monotonic_s()) and not permission.is_spent(
            self._allowance, self._state
        )

    @property
    def sent(self) -> int:
        """How many frames were sent since the gate was made."""
        return self._sent

    @property
    def refused(self) -> Mapping[Refusal, int]:
        """How many frames were refused, by reason."""
        return dict(self._state.refused)

    def send(self, frame: Outgoing) -> None:
        """Send the frame if it may be sent.

        Raises:
            TransmissionDenied: anything but a permitted frame.
            BusUnavailable: the adapter failed; the frame counts against the budget all the same.
        """
        with self._lock:
            self._state, refusal = permission.permission(
                self._allowance, self._state, frame, self._monotonic_s()
            )
            if refusal is not None:
                raise TransmissionDenied(frame.arbitration_id, frame.data, refusal.value)
            self._sent += 1
            self._buses[frame.bus].send(frame.arbitration_id, frame.is_extended_id, frame.data)
