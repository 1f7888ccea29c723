"""A small socketcand: one bus over TCP, and it can be unplugged."""

import socket
import threading


class SocketcandServer:
    """Serves one client at a time in raw mode on `port` while it is plugged in."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.received: list[bytes] = []
        self._opened = threading.Event()
        self._listener: socket.socket | None = None
        self._client: socket.socket | None = None
        self._thread: threading.Thread | None = None

    def plug(self) -> None:
        self._opened.clear()
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self._thread = threading.Thread(target=self._serve, args=(self._listener,))
        self._thread.start()

    def unplug(self) -> None:
        for one in (self._listener, self._client):
            if one is not None:
                # wakes whoever waits in accept or recv; what was sent still arrives
                try:
                    one.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue
        if self._thread is not None:
            self._thread.join()
        for one in (self._listener, self._client):
            if one is not None:
                one.close()
        self._listener = self._client = self._thread = None

    def wait_until_open(self) -> None:
        assert self._opened.wait(10), "nobody opened the bus"

    def send(self, raw: bytes) -> None:
        assert self._client is not None
        self._client.sendall(raw)

    def _serve(self, listener: socket.socket) -> None:
        try:
            client, _ = listener.accept()
        except OSError:
            return
        self._client = client
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.sendall(b"< hi >")
        while True:
            try:
                command = client.recv(1000)
            except OSError:
                return
            if not command:
                return
            self.received.append(command)
            if command.startswith(b"< open "):
                client.sendall(b"< ok >")
            elif command == b"< rawmode >":
                client.sendall(b"< ok >")
                self._opened.set()
