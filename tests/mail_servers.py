"""Servers that messages are sent to in tests: SMTP by aiosmtpd, and an HTTP server for bots."""

import json
import threading
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.ports import a_free_port


class Mailbox:
    """Takes mail for everybody; `answers` are what it says to the next mails instead of yes."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.answers: list[str] = []
        self.on_mail: Callable[[], None] = lambda: None

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep a mail, or refuse it."""
        if self.answers:
            return self.answers.pop(0)
        content = envelope.content
        assert isinstance(content, bytes)
        made = message_from_bytes(content, policy=policy.default)
        assert isinstance(made, EmailMessage)
        self.mails.append(made)
        self.on_mail()
        return "250 OK"


def running_mailbox(mailbox: Mailbox, **settings: Any) -> Controller:  # noqa: ANN401 - of aiosmtpd
    """A started server on a free port, `controller.port`; the caller stops it."""
    # port 0 is not looked up by the library, so the first free one is taken here
    controller = Controller(mailbox, hostname="127.0.0.1", port=a_free_port(), **settings)
    controller.start()
    return controller


class BotServer:
    """Answers like a group bot; `answers` are the next ones, then it says yes."""

    def __init__(self) -> None:
        self.texts: list[dict[str, Any]] = []
        self.paths: list[str] = []
        self.answers: list[tuple[int, bytes]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def stop(self) -> None:
        """End it."""
        self._server.shutdown()
        self._server.server_close()


def _handler(bot: BotServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            bot.paths.append(self.path)
            bot.texts.append(json.loads(body))
            status, answer = bot.answers.pop(0) if bot.answers else (200, b'{"errcode": 0}')
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            if status in {301, 302}:
                self.send_header("Location", f"{bot.origin}/elsewhere")
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    return Handler
