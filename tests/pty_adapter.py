"""A serial-line CAN adapter on a pseudo-terminal that can be unplugged."""

import contextlib
import os
import select
import threading
from collections.abc import Mapping
from pathlib import Path

CR, BEL = b"\r", b"\a"


class PtyAdapter:
    """Answers commands as LAWICEL adapters do; `path` is there while it is plugged in.

    `answers` replaces the answer to a command, by its first letter. A `mute` adapter obeys but
    never answers. `mode` is the letter of the command that opened the channel, or "".
    """

    def __init__(
        self, path: Path, *, answers: Mapping[str, bytes] | None = None, is_mute: bool = False
    ) -> None:
        self.path = path
        self.mode = ""
        self.commands: list[str] = []
        self._answers = answers or {}
        self._is_mute = is_mute
        self._writing = threading.Lock()
        self._opened = threading.Event()
        self._master = self._slave = -1
        self._thread: threading.Thread | None = None

    def plug(self) -> None:
        import tty  # absent on Windows, where nothing calls this

        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        self.mode = ""
        self._opened.clear()
        # a path of its own each time, put into place at once
        waiting = self.path.with_suffix(".new")
        waiting.symlink_to(os.ttyname(self._slave))
        waiting.replace(self.path)
        self._thread = threading.Thread(target=self._obey, args=(self._master,))
        self._thread.start()

    def unplug(self) -> None:
        self.path.unlink()
        master, self._master = self._master, -1
        thread, self._thread = self._thread, None
        os.close(self._slave)
        # the obeying thread looks at the descriptor: it ends before that is closed
        if thread is not None:
            thread.join()
        os.close(master)

    def wait_until_open(self) -> None:
        assert self._opened.wait(10), f"nobody opened the channel: {self.commands}"

    def send(self, raw: bytes) -> None:
        """Put bytes on the line, however long that takes."""
        with self._writing:
            while raw:
                raw = raw[os.write(self._master, raw) :]

    def _obey(self, master: int) -> None:
        rest = b""
        while self._master == master:
            if not select.select([master], [], [], 0.005)[0]:
                continue
            with contextlib.suppress(OSError):
                rest += os.read(master, 1000)
            *commands, rest = rest.split(CR)
            for command in commands:
                self._obey_one(command.decode())

    def _obey_one(self, command: str) -> None:
        letter = command[:1]
        self.commands.append(command)
        answer = self._answers.get(letter, self._usual_answer(letter))
        if letter in ("L", "O") and answer == CR:
            self.mode = letter
        if not self._is_mute:
            # nobody may be left at the other end
            with contextlib.suppress(OSError):
                self.send(answer)
        if letter in ("L", "O") and answer == CR:
            self._opened.set()

    def _usual_answer(self, letter: str) -> bytes:
        if letter == "C":
            was_open, self.mode = self.mode, ""
            return CR if was_open else BEL
        if letter in ("t", "T"):
            return b"z\r" if self.mode == "O" else BEL
        return {"F": b"F00\r", "V": b"V1013\r", "M": BEL}.get(letter, CR)
