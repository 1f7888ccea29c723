"""Our processes as a test sees them: killed and started again, ended in the end."""

import os
import signal
import subprocess
import sys
from pathlib import Path


class Service:
    """A Python process of ours; what it prints is appended to `output`."""

    def __init__(self, words: list[str], environment: dict[str, str], output: Path) -> None:
        self._command = [sys.executable, "-m", *words]
        self._environment = {**os.environ, **environment}
        self._output = output
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        with self._output.open("ab") as output:
            return subprocess.Popen(
                self._command, env=self._environment, stdout=output, stderr=output
            )

    @property
    def is_running(self) -> bool:
        """Whether it has not ended by itself."""
        return self.process.poll() is None

    def last_words(self) -> str:
        """The end of what it printed."""
        return self._output.read_text("utf-8", "replace")[-500:]

    def kill(self) -> None:
        """End it as a power cut does."""
        self.process.kill()
        self.process.wait()

    def restart(self) -> None:
        """Start it again."""
        self.process = self._start()

    def end(self) -> None:
        """Ask it to end, and wait until it has."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)
