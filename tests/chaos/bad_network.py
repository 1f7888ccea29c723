"""A TCP proxy that treats MQTT packets as a bad network treats datagrams."""

import asyncio
import contextlib
import random
import threading
from collections import Counter
from collections.abc import AsyncIterator, Coroutine
from concurrent.futures import Future
from dataclasses import dataclass

PUBLISH, PUBACK = 3, 4
_LONGEST_LENGTH = 4


@dataclass(frozen=True, slots=True)
class Trouble:
    """Shares of the PUBLISH and PUBACK packets; both directions have the same.

    `is_stalled`: connections stay open and nothing comes through any more, as behind a pulled
    cable. `bytes_per_s` is of each direction of each connection; 0 for any number.
    """

    duplicated: float = 0.0
    reordered: float = 0.0
    lost: float = 0.0
    bytes_per_s: float = 0.0
    is_stalled: bool = False


class BadNetwork:
    """Listens on a free port and passes on to another; a thread of its own does the work."""

    def __init__(self, target_port: int, seed: int) -> None:
        self.trouble = Trouble()
        self.done: Counter[str] = Counter()
        self._target_port = target_port
        self._dice = random.Random(seed)  # noqa: S311 - chosen seed, no secret
        self._open: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="bad-network")
        self._thread.start()
        self._server = self._do(self._listen()).result(5)
        self.port = int(self._server.sockets[0].getsockname()[1])

    def _do(self, work: "Coroutine[None, None, asyncio.Server]") -> "Future[asyncio.Server]":
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    async def _listen(self) -> asyncio.Server:
        return await asyncio.start_server(self._connected, "127.0.0.1", 0)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there = await asyncio.open_connection("127.0.0.1", self._target_port)
        except OSError:
            writer.transport.abort()
            return
        both = {writer, there[1]}
        self._open |= both
        directions = [
            asyncio.ensure_future(self._carry(reader, there[1])),
            asyncio.ensure_future(self._carry(there[0], writer)),
        ]
        await asyncio.wait(directions, return_when=asyncio.FIRST_COMPLETED)
        for one in both:
            one.transport.abort()
        await asyncio.wait(directions)
        self._open -= both

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        held = b""
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            async for packet in packets(reader):
                await self._until_it_flows(writer)
                sent, held = self._outcome(packet, held)
                if sent:
                    writer.write(sent)
                    await writer.drain()
                    await self._take_time(len(sent))
        with contextlib.suppress(OSError):
            writer.write(held)
            await writer.drain()

    async def _until_it_flows(self, writer: asyncio.StreamWriter) -> None:
        while self.trouble.is_stalled and not writer.is_closing():  # noqa: ASYNC110 - set by a test
            await asyncio.sleep(0.05)

    def _outcome(self, packet: bytes, held: bytes) -> tuple[bytes, bytes]:
        """What goes out now, and what is kept back until the next packet."""
        trouble = self.trouble
        if packet[0] >> 4 not in {PUBLISH, PUBACK}:
            return packet + held, b""
        self.done["packets"] += 1
        if self._happens(trouble.lost, "lost"):
            return held, b""
        if not held and self._happens(trouble.reordered, "reordered"):
            return b"", packet
        times = 2 if self._happens(trouble.duplicated, "duplicated") else 1
        return packet * times + held, b""

    def _happens(self, share: float, what: str) -> bool:
        happens = self._dice.random() < share
        self.done[what] += happens
        return happens

    async def _take_time(self, size: int) -> None:
        if self.trouble.bytes_per_s:
            await asyncio.sleep(size / self.trouble.bytes_per_s)

    def cut(self) -> None:
        """End all connections at once; new ones are let in."""
        self._loop.call_soon_threadsafe(self._abort_all)

    def _abort_all(self) -> None:
        self.done["cut"] += len(self._open) // 2
        for writer in self._open:
            writer.transport.abort()

    def stop(self) -> None:
        """End everything."""
        self.trouble = Trouble()
        self._do(self._close()).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _close(self) -> asyncio.Server:
        self._server.close()
        while self._open:
            self._abort_all()
            await asyncio.sleep(0.02)
        return self._server


async def packets(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    """MQTT control packets of a stream, whole."""
    while True:
        packet = await reader.readexactly(1)
        length = place = 0
        while place < _LONGEST_LENGTH:
            byte = await reader.readexactly(1)
            packet += byte
            length |= (byte[0] & 0x7F) << (7 * place)
            place += 1
            if not byte[0] & 0x80:
                break
        yield packet + await reader.readexactly(length)
