"""Whatever python-can opens: the receive path of all adapters without one of their own."""

import contextlib
import logging
import math
import socket
import time
from collections.abc import Callable
from typing import Any

import can
import numpy as np
import serial

from can_bridge.buses import linux_errors
from can_bridge.buses.adapter import NOTHING, AdapterGone, Controller, Received, Wanted
from can_bridge.buses.columns import batch_of
from can_bridge.buses.listen_only import WITHOUT_WIRES, ListenOnly, listen_only_of
from can_bridge.errors import BusAbsent, BusUnavailable
from can_bridge.frames import IS_BITRATE_SWITCHED, IS_EXTENDED, IS_FD, FrameBatch

log = logging.getLogger(__name__)

MOST_AT_ONCE = 2000
SEND_WITHIN_S = 0.5
RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024
ASK_STATE_EVERY_S = 1.0
_EXTENDED, _FD, _SWITCHED = int(IS_EXTENDED), int(IS_FD), int(IS_BITRATE_SWITCHED)
_LINUX_ERRORS = frozenset({"gs_usb"})
"""Their error frames carry the classes of linux/can/error.h."""
_REFUSALS = (
    can.CanError,
    OSError,
    ValueError,
    TypeError,
    ImportError,
    AttributeError,
    # kvaser without its library
    NameError,
)
_FAILURES = (can.CanError, OSError, ValueError, TypeError)
"""pyserial raises TypeError and ValueError from a port that was closed under it."""

Row = tuple[float, int, int, bytes]


def open_python_can(wanted: Wanted) -> "PythonCanAdapter":
    """Open an adapter through python-can, listen-only unless it may transmit.

    Raises:
        BusAbsent: the adapter is not there now.
        BusUnavailable: it cannot be opened, or not silently and nobody accepts that.
    """
    entry = wanted.entry
    has_wires = entry.interface not in WITHOUT_WIRES
    way = listen_only_of(entry.interface)
    options: dict[str, Any] = dict(entry.options)
    if has_wires:
        options.setdefault("bitrate", entry.bitrate)
        if not wanted.may_transmit:
            options |= way.options
    if has_wires and not entry.accept_active and way.verify is None:
        raise BusUnavailable(entry.interface, wanted.channel, way.refusal)
    try:
        bus = can.Bus(channel=wanted.channel, interface=entry.interface, **options)
    except _REFUSALS as refused:
        kind = BusAbsent if _is_absent(refused) else BusUnavailable
        raise kind(entry.interface, wanted.channel, str(refused)) from refused
    try:
        is_silent = not has_wires or (not wanted.may_transmit and _is_silent(bus, way, wanted))
    except BusUnavailable:
        _shut(bus)
        raise
    if entry.interface == "udp_multicast":
        _widen_buffer(bus)
    can_send = wanted.may_transmit or not has_wires or not way.options
    return PythonCanAdapter(wanted, bus, is_silent, can_send)


def _is_absent(refused: Exception) -> bool:
    """Whether the adapter is missing, rather than its driver, its package or a right option."""
    if isinstance(refused, can.CanInitializationError | can.CanOperationError):
        return True
    # libraries that are missing say so without an error number; pyserial on Windows has none
    return isinstance(refused, serial.SerialException) or (
        isinstance(refused, OSError) and refused.errno is not None
    )


def _is_silent(bus: can.BusABC, way: ListenOnly, wanted: Wanted) -> bool:
    if way.verify is None:
        return False
    try:
        doubt = way.verify(bus)
    except (*_REFUSALS, LookupError) as failed:
        doubt = f"asking for it failed: {failed}"
    if doubt and wanted.must_be_silent:
        reason = f"is not listen-only: {doubt}; to use it so, say accept_active = true"
        raise BusUnavailable(wanted.entry.interface, wanted.channel, reason)
    return not doubt


def _shut(bus: can.BusABC) -> None:
    with contextlib.suppress(*_FAILURES):
        bus.shutdown()


def _widen_buffer(bus: can.BusABC) -> None:
    """Give datagrams more room: python-can leaves the system's default, which a burst overflows."""
    with contextlib.suppress(OSError), socket.socket(fileno=socket.dup(bus.fileno())) as same:
        same.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)


class PythonCanAdapter:
    """A bus of python-can; its messages become rows of plain values and columns in bulk."""

    def __init__(
        self,
        wanted: Wanted,
        bus: can.BusABC,
        is_listen_only: bool,
        can_send: bool,
        monotonic_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self.is_listen_only = is_listen_only
        self.can_send = can_send
        self._name = wanted.name
        self._interface = wanted.entry.interface
        self._bus = bus
        self._monotonic_s = monotonic_s
        self._next_question_s = -math.inf
        self._was_off = False

    def receive(self, timeout_s: float) -> Received:
        """See `Adapter`."""
        rows: list[Row] = []
        others: list[can.Message] = []
        try:
            message = self._bus.recv(timeout_s)
            while message is not None:
                if message.is_error_frame:
                    others.append(message)
                elif not message.is_remote_frame:
                    rows.append(_row(message))
                if len(rows) + len(others) >= MOST_AT_ONCE:
                    break
                message = self._bus.recv(0)
        except _FAILURES as broken:
            if not rows and not others:
                raise AdapterGone(str(broken) or type(broken).__name__) from broken
        frames = _columns(self._name, rows) if rows else NOTHING.frames
        controller = self._controller()
        if not others:
            return Received(frames, controller=controller) if rows or controller else NOTHING
        return self._with_errors(frames, others, controller)

    def _with_errors(
        self, frames: FrameBatch, errors: list[can.Message], controller: Controller | None
    ) -> Received:
        lost, detail = 0, "error frame"
        if self._interface in _LINUX_ERRORS:
            for error in errors:
                classes, data = error.arbitration_id, bytes(error.data)
                controller = linux_errors.controller_state(classes, data) or controller
                lost += linux_errors.is_overflow(classes, data)
                detail = linux_errors.words(classes)
        return Received(frames, len(errors), lost, controller, detail)

    def _controller(self) -> Controller | None:
        """What the driver says of itself, asked once a second; most say nothing."""
        now_s = self._monotonic_s()
        if now_s < self._next_question_s:
            return None
        self._next_question_s = now_s + ASK_STATE_EVERY_S
        try:
            is_off = self._bus.state is can.BusState.ERROR
        except (*_FAILURES, NotImplementedError):
            return None
        was_off, self._was_off = self._was_off, is_off
        if is_off:
            return Controller.OFF
        return Controller.ACTIVE if was_off else None

    def send(self, arbitration_id: int, is_extended_id: bool, data: bytes) -> None:
        """See `Adapter`."""
        message = can.Message(
            arbitration_id=arbitration_id, is_extended_id=is_extended_id, data=data
        )
        try:
            self._bus.send(message, timeout=SEND_WITHIN_S)
        except (can.CanError, TypeError, ValueError) as failed:
            raise OSError(str(failed)) from failed

    def close(self) -> None:
        """See `Adapter`."""
        _shut(self._bus)


def _row(message: can.Message) -> Row:
    flags = _EXTENDED if message.is_extended_id else 0
    if message.is_fd:
        flags |= _FD | (_SWITCHED if message.bitrate_switch else 0)
    return message.timestamp, message.arbitration_id, flags, bytes(message.data)


def _columns(channel: str, rows: list[Row]) -> FrameBatch:
    timestamps, ids, flags, payloads = zip(*rows, strict=True)
    at_s = np.array(timestamps, np.float64)
    return batch_of(
        channel, at_s, np.array(ids, np.uint32), np.array(flags, np.uint8), list(payloads)
    )
