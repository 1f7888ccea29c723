"""Serial-line CAN adapters, read in chunks: whatever is there, instead of byte by byte."""

import contextlib
import threading
import time

import msgspec
import serial

from can_bridge.buses.adapter import NOTHING, AdapterGone, Received, Wanted
from can_bridge.buses.slcan_lines import BEL, CR, LineReader
from can_bridge.errors import BusAbsent, BusUnavailable

READ_WITHIN_S = 0.25
ANSWER_WITHIN_S = 0.3
QUIET_AFTER_S = 0.03
"""Above the 16 ms for which common USB-serial chips hold bytes back."""
MOST_AT_ONCE = 64 * 1024
ASK_STATUS_EVERY_S = 0.5
_BIT_RATES = {
    10_000: b"S0",
    20_000: b"S1",
    50_000: b"S2",
    100_000: b"S3",
    125_000: b"S4",
    250_000: b"S5",
    500_000: b"S6",
    750_000: b"S7",
    800_000: b"S7",
    1_000_000: b"S8",
}
"""S7 is 800 kbit/s in the LAWICEL manual and 750 kbit/s in later adapters."""
_FAILURES = (OSError, TypeError, ValueError)
"""pyserial raises the latter two from a port that was closed under it."""
_DATA_BIT_RATES = {0: b"", 2_000_000: b"Y2", 5_000_000: b"Y5"}


class SlcanOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a profile may say under `options` for slcan.

    `tty_baudrate`: of the serial port, ignored by USB adapters. `btr`: four hexadecimal digits
    instead of a standard bit rate. `sleep_after_open`: seconds an adapter may take to start when
    its port is opened.
    """

    tty_baudrate: int = 115_200
    rtscts: bool = False
    btr: str = ""
    data_bitrate: int = 0
    sleep_after_open: float = 2.0


def open_slcan(wanted: Wanted) -> "SlcanAdapter":
    """Open a serial-line adapter with `L`, or with `O` while transmitting is allowed.

    Raises:
        BusAbsent: no such port, or one that goes while it is set up.
        BusUnavailable: a bit rate or mode the adapter refuses, or no answer to `L`.
    """
    try:
        options = msgspec.convert(dict(wanted.entry.options), SlcanOptions)
    except msgspec.ValidationError as wrong:
        raise _unavailable(wanted, f"options: {wrong}") from wrong
    path, _, speed = wanted.channel.partition("@")
    baud = int(speed) if speed.isdecimal() else options.tty_baudrate
    try:
        port = serial.serial_for_url(
            path, baud, rtscts=options.rtscts, timeout=QUIET_AFTER_S, write_timeout=1.0
        )
    except OSError as missing:
        raise BusAbsent(wanted.entry.interface, wanted.channel, str(missing)) from missing
    except ValueError as refused:
        raise _unavailable(wanted, str(refused)) from refused
    try:
        is_silent = _set_up(_Dialogue(port), wanted, options)
        port.timeout = READ_WITHIN_S
        return SlcanAdapter(
            wanted.name, port, is_listen_only=is_silent, can_send=wanted.may_transmit
        )
    except OSError as gone:
        port.close()
        raise BusAbsent(wanted.entry.interface, wanted.channel, str(gone)) from gone
    except BusUnavailable:
        port.close()
        raise


def _unavailable(wanted: Wanted, reason: str) -> BusUnavailable:
    return BusUnavailable(wanted.entry.interface, wanted.channel, reason)


class _Dialogue:
    """Commands and their answers, before frames come."""

    def __init__(self, port: serial.Serial) -> None:
        self._port = port

    def wake_up(self, within_s: float) -> bool:
        """Close the channel if it is open and empty the line; whether the adapter answers."""
        deadline_s = time.monotonic() + max(within_s, ANSWER_WITHIN_S)
        while True:
            self._port.reset_input_buffer()
            # empty commands first: the adapter may hold the rest of an unfinished one
            self._port.write(CR * 3 + b"C" + CR)
            if self._answer(ANSWER_WITHIN_S):
                self._fall_quiet(deadline_s)
                return True
            if time.monotonic() >= deadline_s:
                return False

    def ask(self, command: bytes) -> bytes:
        """CR for done, BEL for refused, nothing for no answer."""
        self._port.write(command + CR)
        return self._answer(ANSWER_WITHIN_S)

    def _answer(self, within_s: float) -> bytes:
        deadline_s = time.monotonic() + within_s
        while time.monotonic() < deadline_s:
            byte: bytes = self._port.read(1)
            if byte in (CR, BEL):
                return byte
        return b""

    def _fall_quiet(self, deadline_s: float) -> None:
        while self._port.read(1) and time.monotonic() < deadline_s:
            self._port.reset_input_buffer()


def _set_up(dialogue: _Dialogue, wanted: Wanted, options: SlcanOptions) -> bool:
    """Bit rate and mode; whether the adapter confirmed that it listens only."""
    answers = dialogue.wake_up(options.sleep_after_open)
    for command in _rate_commands(wanted, options):
        if dialogue.ask(command) == BEL:
            raise _unavailable(wanted, f"the adapter refuses the bit rate ({command.decode()})")
    if wanted.may_transmit:
        if not answers:
            # it may have been told to be silent, by a command that needs no answer
            dialogue.ask(b"M0")
        return _opened_active(dialogue, wanted, answers)
    if answers:
        if dialogue.ask(b"L") == CR:
            return True
        reason = "the adapter refuses to listen only (L)"
    else:
        reason = "the adapter does not answer, so nobody knows whether it listens only (L)"
    if wanted.must_be_silent:
        raise _unavailable(wanted, f"{reason}; to use it so, say accept_active = true")
    # some adapters without answers know the silent mode by this name
    dialogue.ask(b"M1")
    return _opened_active(dialogue, wanted, answers)


def _opened_active(dialogue: _Dialogue, wanted: Wanted, answers: bool) -> bool:
    if dialogue.ask(b"O") != CR and answers:
        raise _unavailable(wanted, "the adapter refuses to open its channel (O)")
    return False


def _rate_commands(wanted: Wanted, options: SlcanOptions) -> list[bytes]:
    rate = wanted.entry.bitrate
    if not options.btr and rate not in _BIT_RATES:
        known = ", ".join(map(str, _BIT_RATES))
        raise _unavailable(wanted, f"bit rate {rate} is none of {known}; `btr` sets others")
    if options.data_bitrate not in _DATA_BIT_RATES:
        known = ", ".join(map(str, _DATA_BIT_RATES))
        raise _unavailable(wanted, f"data_bitrate {options.data_bitrate} is none of {known}")
    nominal = b"s" + options.btr.encode() if options.btr else _BIT_RATES[rate]
    data = _DATA_BIT_RATES[options.data_bitrate]
    return [nominal, data] if data else [nominal]


class SlcanAdapter:
    """An open serial-line adapter."""

    def __init__(
        self, name: str, port: serial.Serial, *, is_listen_only: bool, can_send: bool
    ) -> None:
        self.is_listen_only = is_listen_only
        self.can_send = can_send
        self._port = port
        self._lines = LineReader(name)
        self._writing = threading.Lock()
        self._next_question_s = 0.0
        self._knows_status = True

    def receive(self, timeout_s: float) -> Received:
        """See `Adapter`; it waits for the port's own time, which is shorter."""
        del timeout_s
        try:
            self._ask_status()
            piece = self._read()
        except _FAILURES as broken:
            lost = int(self._lines.is_amid_a_line)
            raise AdapterGone(str(broken) or type(broken).__name__, lost) from broken
        if not piece:
            return NOTHING
        return self._lines.feed(piece, time.time())

    def _read(self) -> bytes:
        port = self._port
        pieces = [port.read(port.in_waiting or 1)]
        size = len(pieces[0])
        # an adapter unplugged just now tells so at the next look; what it gave is kept
        with contextlib.suppress(*_FAILURES):
            while size < MOST_AT_ONCE and (waiting := port.in_waiting):
                pieces.append(port.read(waiting))
                size += len(pieces[-1])
        return b"".join(pieces)

    def _ask_status(self) -> None:
        """Ask for errors and overruns, which older adapters do not tell by themselves."""
        if not self._knows_status or time.monotonic() < self._next_question_s:
            return
        if self._lines.refusals:
            self._knows_status = False
            return
        self._next_question_s = time.monotonic() + ASK_STATUS_EVERY_S
        self._write(b"F" + CR)

    def send(self, arbitration_id: int, is_extended_id: bool, data: bytes) -> None:
        """See `Adapter`."""
        head = b"T%08X" if is_extended_id else b"t%03X"
        digits = data.hex().upper().encode()
        try:
            self._write(head % arbitration_id + b"%d" % len(data) + digits + CR)
        except (TypeError, ValueError) as closed:
            raise OSError(str(closed)) from closed

    def _write(self, command: bytes) -> None:
        with self._writing:
            self._port.write(command)

    def close(self) -> None:
        """See `Adapter`."""
        with contextlib.suppress(*_FAILURES):
            self._write(b"C" + CR)
        with contextlib.suppress(OSError):
            self._port.close()
