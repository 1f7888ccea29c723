"""Our formats as python-can readers, found through the entry points `can.io.message_reader`."""

import io
import os
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any, cast

import can
from can.io.generic import BinaryIOMessageReader

from can_bridge.errors import UnreadableLog
from can_bridge.logs.busmaster import BusMaster
from can_bridge.logs.crtd import Crtd
from can_bridge.logs.detection import HEAD_BYTES
from can_bridge.logs.gvret import Gvret
from can_bridge.logs.lines import TextBatches, TextFormat
from can_bridge.logs.microchip import Microchip
from can_bridge.logs.through_python_can import messages_of


class _TextReader(BinaryIOMessageReader):
    """What our text formats share as python-can readers."""

    recognise: Callable[[list[str]], TextFormat | None]

    def __init__(self, file: Any, **_: Any) -> None:  # noqa: ANN401 -- python-can's signature
        super().__init__(file, mode="rb")
        is_named = isinstance(file, str | os.PathLike)
        self._path = Path(file) if is_named else Path(getattr(file, "name", "log"))

    def __iter__(self) -> Generator[can.Message, None, None]:
        """All frames.

        Raises:
            ValueError: the content is not of the reader's format.
        """
        stream = io.BufferedReader(cast("Any", self.file), HEAD_BYTES)
        try:
            head = stream.peek(HEAD_BYTES)
            lines = head.decode("utf-8", errors="replace").splitlines()
            text_format = type(self).recognise(lines)
            if text_format is None:
                text = f"{self._path}: not a log of the kind the suffix says"
                raise ValueError(text)
            for batch in TextBatches(stream, self._path, text_format):
                yield from messages_of(batch)
        except (UnreadableLog, EOFError) as refused:
            # python-can knows nothing of our errors
            raise ValueError(str(refused)) from refused
        finally:
            self.stop()


class GvretReader(_TextReader):
    """GVRET CSV; python-can chooses by the last suffix, so the file must be named `.gvret`."""

    recognise = Gvret.recognise


class CrtdReader(_TextReader):
    """CRTD of OVMS, suffix `.crtd`."""

    recognise = Crtd.recognise


class BusMasterReader(_TextReader):
    """BusMaster logs, suffix `.busmaster`."""

    recognise = BusMaster.recognise


class MicrochipReader(_TextReader):
    """Microchip CAN BUS Analyzer logs, suffix `.microchip`."""

    recognise = Microchip.recognise
