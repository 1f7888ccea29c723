"""CAN interfaces of another computer, over TCP from its socketcand, read in chunks."""

import socket

import msgspec

from can_bridge.buses.adapter import NOTHING, AdapterGone, Received, Wanted
from can_bridge.buses.socketcand_elements import ElementReader
from can_bridge.errors import BusAbsent, BusUnavailable

DEFAULT_PORT = 29536
ANSWER_WITHIN_S = 3.0
MOST_AT_ONCE = 64 * 1024
_LONGEST_ANSWER = 256
_KEEPALIVE = {"TCP_KEEPIDLE": 3, "TCP_KEEPINTVL": 1, "TCP_KEEPCNT": 3}
"""Seconds and probes: a pulled network cable is noticed within 6 s, though a bus may be silent."""


class SocketcandOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a profile may say under `options` for socketcand: where the server is."""

    host: str
    port: int = DEFAULT_PORT


def open_socketcand(wanted: Wanted) -> "SocketcandAdapter":
    """Connect and open a bus in raw mode.

    The protocol cannot ask for listen-only, so the profile has to accept an active adapter.

    Raises:
        BusAbsent: no server, or one that cannot open the bus now.
        BusUnavailable: not accepted, or something else than socketcand answers.
    """
    if not wanted.entry.accept_active:
        raise _unavailable(
            wanted,
            "the protocol can neither set nor tell listen-only; set it on the server's side "
            "and say accept_active = true",
        )
    try:
        options = msgspec.convert(dict(wanted.entry.options), SocketcandOptions)
    except msgspec.ValidationError as wrong:
        raise _unavailable(wanted, f"options: {wrong}") from wrong
    try:
        sock = socket.create_connection((options.host, options.port), ANSWER_WITHIN_S)
    except OSError as missing:
        raise _absent(wanted, f"{options.host}:{options.port}: {missing}") from missing
    try:
        _keep_alive(sock)
        rest = _greet(sock, wanted.channel)
        return SocketcandAdapter(wanted.name, sock, rest)
    except OSError as gone:
        sock.close()
        raise _absent(wanted, str(gone)) from gone
    except ValueError as refused:
        sock.close()
        raise _unavailable(wanted, str(refused)) from refused


def _unavailable(wanted: Wanted, reason: str) -> BusUnavailable:
    return BusUnavailable(wanted.entry.interface, wanted.channel, reason)


def _absent(wanted: Wanted, reason: str) -> BusAbsent:
    return BusAbsent(wanted.entry.interface, wanted.channel, reason)


def _keep_alive(sock: socket.socket) -> None:
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in _KEEPALIVE.items():
        option = getattr(socket, name, None)
        if option is not None:
            sock.setsockopt(socket.IPPROTO_TCP, option, value)


def _greet(sock: socket.socket, channel: str) -> bytes:
    """Open the bus; what came behind the last answer."""
    rest = _expect(sock, b"", b"< hi >")
    for command in (f"< open {channel} >".encode(), b"< rawmode >"):
        sock.sendall(command)
        rest = _expect(sock, rest, b"< ok >")
    return rest


def _expect(sock: socket.socket, rest: bytes, wanted: bytes) -> bytes:
    while b">" not in rest:
        piece = sock.recv(MOST_AT_ONCE)
        if not piece and not rest:
            raise ConnectionError("socketcand closes the connection, as while it starts or ends")
        if not piece or len(rest) > _LONGEST_ANSWER:
            raise ValueError(f"no socketcand: {rest[:40]!r} instead of {wanted.decode()!r}")
        rest += piece
    answer, _, rest = rest.partition(b">")
    words = (answer + b">").split()
    if words != wanted.split():
        said = f"socketcand says {(answer + b'>').decode('ascii', 'replace')!r}"
        # its bus may come later, as the server itself may
        raise OSError(said) if words[1:2] == [b"error"] else ValueError(said)
    return rest


class SocketcandAdapter:
    """A connection in raw mode."""

    is_listen_only = False
    can_send = True

    def __init__(self, name: str, sock: socket.socket, rest: bytes = b"") -> None:
        self._socket = sock
        self._elements = ElementReader(name)
        self._pending = rest

    def receive(self, timeout_s: float) -> Received:
        """See `Adapter`."""
        piece, self._pending = self._pending, b""
        try:
            if not piece:
                self._socket.settimeout(timeout_s)
                piece = self._socket.recv(MOST_AT_ONCE)
        except TimeoutError:
            return NOTHING
        except OSError as broken:
            raise self._gone(str(broken)) from broken
        if not piece:
            raise self._gone("the server closed the connection")
        return self._elements.feed(piece)

    def _gone(self, reason: str) -> AdapterGone:
        return AdapterGone(reason, int(self._elements.is_amid_a_frame))

    def send(self, arbitration_id: int, is_extended_id: bool, data: bytes) -> None:
        """See `Adapter`."""
        digits = f"{arbitration_id:08X}" if is_extended_id else f"{arbitration_id:03X}"
        payload = "".join(f" {byte:02X}" for byte in data)
        self._socket.sendall(f"< send {digits} {len(data):X}{payload} >".encode())

    def close(self) -> None:
        """See `Adapter`."""
        self._socket.close()
