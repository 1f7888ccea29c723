"""The process in which DBC files are parsed, because parsing a hostile one can take any memory.

Reads requests from its standard input and answers on its standard output until the input ends, so
that it never outlives its parent. Each is eight bytes of length and that many bytes: a request is
one of the two `MODES` and the file as it is; an answer is a pickled `Answer`.
"""

import gc
import os
import pickle
import signal
import struct
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from types import ModuleType
from typing import TYPE_CHECKING, BinaryIO

from can_bridge.dbc.encodings import decode_text
from can_bridge.dbc.remarks import Remark, remark

if TYPE_CHECKING:
    from cantools.database.can import Database

HEADER = struct.Struct(">Q")
WITH_MODEL, WITHOUT_MODEL = b"M", b"-"
MODES = (WITH_MODEL, WITHOUT_MODEL)
MAX_MEMORY_BYTES = 512 * 1024 * 1024
MAX_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a file; `refused` says why nothing of it could be read."""

    refused: str = ""
    encoding: str = ""
    remarks: tuple[Remark, ...] = ()
    messages: int = 0
    signals: int = 0
    renamed: tuple[tuple[str, str], ...] = ()
    database: "Database | None" = None


def parse(raw: bytes) -> Answer:
    """Decode, repair and parse one file, in this process and without limits."""
    # the heavy imports come last: the child makes cantools light before them
    from can_bridge.dbc.building import NothingReadable, build  # noqa: PLC0415

    if not raw.strip():
        return Answer(refused="the file is empty")
    text, encoding = decode_text(raw)
    try:
        built = build(text)
    except NothingReadable as nothing:
        return Answer(refused=str(nothing))
    remarks = list(built.remarks)
    bad = text.count("\N{REPLACEMENT CHARACTER}")
    if bad:
        line = text.count("\n", 0, text.index("\N{REPLACEMENT CHARACTER}")) + 1
        remarks.insert(0, remark(line, "bad-bytes", count=bad, encoding=encoding))
    messages = built.database.messages
    return Answer(
        encoding=encoding,
        remarks=tuple(remarks),
        messages=len(messages),
        signals=sum(len(message.signals) for message in messages),
        renamed=tuple(built.renamed.items()),
        database=built.database,
    )


def make_cantools_light() -> None:
    """Let `cantools.database` be imported without `cantools` itself.

    That would pull in its bus tester and with it python-can, asammdf and pandas: 2 s and 450 MB of
    address space, where the parser needs 0.1 s and 20 MB.
    """
    found = find_spec("cantools")
    if found is None or found.submodule_search_locations is None:
        return
    package = ModuleType("cantools")
    package.__path__ = list(found.submodule_search_locations)
    sys.modules["cantools"] = package


def main() -> None:
    """Answer requests until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what Ctrl-C means
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    make_cantools_light()
    gc.disable()
    _limit_memory()
    while (request := _read(sys.stdin.buffer)) is not None:
        _limit_time()
        pickled = _answer(request)
        answers.write(HEADER.pack(len(pickled)))
        answers.write(pickled)
        answers.flush()
        gc.collect()


def _answer(request: bytes) -> bytes:
    try:
        answer = parse(request[1:])
        if request[:1] == WITHOUT_MODEL:
            answer = Answer(
                answer.refused, answer.encoding, answer.remarks, answer.messages, answer.signals
            )
        return pickle.dumps(answer, protocol=pickle.HIGHEST_PROTOCOL)
    except RecursionError:
        return pickle.dumps(Answer(refused="its multiplexers are nested too deeply"))
    except MemoryError:
        pass
    mebibytes = MAX_MEMORY_BYTES // 1024 // 1024
    return pickle.dumps(Answer(refused=f"reading it takes more than {mebibytes} MiB of memory"))


def _read(stream: BinaryIO) -> bytes | None:
    header = stream.read(HEADER.size)
    if len(header) < HEADER.size:
        return None
    (size,) = HEADER.unpack(header)
    body = stream.read(size)
    return body if len(body) == size else None


def _limit_memory() -> None:
    if sys.platform != "win32":
        import resource  # noqa: PLC0415 -- POSIX only; elsewhere the parent watches

        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))


def _limit_time() -> None:
    """End a parse that its parent did not live to end."""
    if sys.platform != "win32":
        import resource  # noqa: PLC0415 -- POSIX only; elsewhere the parent watches

        used = resource.getrusage(resource.RUSAGE_SELF)
        until = int(used.ru_utime + used.ru_stime) + MAX_SECONDS + 1
        _, most = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (until, most))


if __name__ == "__main__":
    main()
