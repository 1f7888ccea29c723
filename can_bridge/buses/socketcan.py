"""CAN interfaces of Linux, read by whole buffers of frames."""

import contextlib
import socket
import struct
import time

from can_bridge.buses import can_links
from can_bridge.buses.adapter import NOTHING, AdapterGone, Received, Wanted
from can_bridge.buses.can_frames import FD_SIZE, FrameReader, packed
from can_bridge.buses.can_links import LinkFacts, NoSuchLink
from can_bridge.buses.datagrams import SO_RXQ_OVFL, SO_TIMESTAMP, DatagramReader
from can_bridge.errors import BusAbsent, BusUnavailable

RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024
"""Asked for; the kernel gives at most net.core.rmem_max, some 250 frames by default."""
_SO_RCVBUFFORCE = 33
_SOL_CAN_RAW, _ERROR_FILTER, _FD_FRAMES = 101, 2, 5
_ALL_ERRORS = 0x1FFF_FFFF
_WITHOUT_CAN = "this computer has no SocketCAN: it needs Linux with the module can_raw"


def open_socketcan(wanted: Wanted) -> "SocketCanAdapter":
    """Open a CAN interface that is up, at the profile's bit rate and listen-only.

    The interface is set up by the administrator (`ip link set … listen-only on`), never by the
    bridge; what the kernel says of it is compared with the profile. So it is not for the bridge to
    make it active either: armed diagnostics need an active interface that the profile accepts.

    Raises:
        BusAbsent: no such interface now, or one that is not up yet.
        BusUnavailable: it is not set up as wanted.
    """
    try:
        sock = socket.socket(socket.AF_CAN, socket.SOCK_RAW, socket.CAN_RAW)
    except (OSError, AttributeError) as refused:
        raise _unavailable(wanted, f"{_WITHOUT_CAN} ({refused})") from refused
    try:
        facts = _facts(wanted)
        _prepare(sock)
        sock.bind((wanted.channel,))
        is_silent = not facts.has_wires or facts.is_listen_only
        return SocketCanAdapter(
            wanted.name,
            sock,
            is_listen_only=is_silent,
            can_send=not (facts.has_wires and facts.is_listen_only),
        )
    except OSError as gone:
        sock.close()
        raise _absent(wanted, str(gone)) from gone
    except BusUnavailable:
        sock.close()
        raise


def _unavailable(wanted: Wanted, reason: str) -> BusUnavailable:
    return BusUnavailable(wanted.entry.interface, wanted.channel, reason)


def _absent(wanted: Wanted, reason: str) -> BusAbsent:
    return BusAbsent(wanted.entry.interface, wanted.channel, reason)


def _facts(wanted: Wanted) -> LinkFacts:
    try:
        facts = can_links.ask(wanted.channel)
    except NoSuchLink as missing:
        raise _absent(wanted, "there is no such network interface") from missing
    doubt = doubt_of(facts, wanted)
    if doubt:
        # whoever sets it up while the computer starts may still be about to
        raise _unavailable(wanted, doubt) if facts.is_up else _absent(wanted, doubt)
    return facts


def doubt_of(facts: LinkFacts, wanted: Wanted) -> str:
    """Why an interface may not be used, with the command that mends it; "" when it may."""
    if not facts.is_can:
        return "is no CAN interface"
    if not facts.has_wires:
        return "" if facts.is_up else f"is down: ip link set {facts.name} up"
    mend = (
        f"ip link set {facts.name} down; ip link set {facts.name} up type can "
        f"bitrate {wanted.entry.bitrate} listen-only on"
    )
    doubts = (
        (not facts.is_up, "is down"),
        (
            facts.bitrate not in (0, wanted.entry.bitrate),
            f"runs at {facts.bitrate} bit/s, the profile says {wanted.entry.bitrate}",
        ),
        (
            not wanted.entry.accept_active and not facts.is_listen_only,
            "is not listen-only (accept_active = true in the profile would take it so)",
        ),
    )
    found = [words for is_true, words in doubts if is_true]
    return f"{'; '.join(found)}. To mend it: {mend}" if found else ""


def _prepare(sock: socket.socket) -> None:
    sock.setsockopt(_SOL_CAN_RAW, _ERROR_FILTER, struct.pack("=I", _ALL_ERRORS))
    # a controller without CAN FD has no such frames to give
    with contextlib.suppress(OSError):
        sock.setsockopt(_SOL_CAN_RAW, _FD_FRAMES, 1)
    widen(sock)


def widen(sock: socket.socket) -> None:
    """Room for the bridge's pauses, the kernel's time of arrival and its count of drops."""
    try:
        sock.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, RECEIVE_BUFFER_BYTES)
    except OSError:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
    for option in (SO_TIMESTAMP, SO_RXQ_OVFL):
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, option, 1)


class SocketCanAdapter:
    """A socket that gives frames as `can_frame` or `canfd_frame`."""

    def __init__(
        self, name: str, sock: socket.socket, *, is_listen_only: bool, can_send: bool
    ) -> None:
        self.is_listen_only = is_listen_only
        self.can_send = can_send
        self._socket = sock
        self._datagrams = DatagramReader(sock, FD_SIZE)
        self._frames = FrameReader(name)

    def receive(self, timeout_s: float) -> Received:
        """See `Adapter`."""
        try:
            datagrams = self._datagrams.read(timeout_s)
        except OSError as broken:
            raise AdapterGone(str(broken)) from broken
        if datagrams is None:
            return NOTHING
        if not datagrams.length.any():
            raise AdapterGone("the socket was closed")
        return self._frames.read(datagrams, time.time())

    def send(self, arbitration_id: int, is_extended_id: bool, data: bytes) -> None:
        """See `Adapter`."""
        self._socket.send(packed(arbitration_id, is_extended_id, data))

    def close(self) -> None:
        """See `Adapter`."""
        self._socket.close()
