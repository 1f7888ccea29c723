"""A spool on a real file, its delivery, a lossy way and a plain store, for random histories."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from can_bridge.clock import HandClock
from can_bridge.delivering import Delivery
from can_bridge.spool import Spool
from can_bridge.uplink import RecordingUplink
from telemetry.contract import encoding
from telemetry.contract.delivery import MAX_UNACKNOWLEDGED
from telemetry.contract.payloads import (
    Ack,
    DurableMessage,
    Samples,
    UsageEvent,
    UsageReport,
)
from telemetry.watermarks import Received, advance

BENCH = "battery-01"
Key = tuple[int, int]


class PlainStore:
    """Keeps each (epoch, seq) once and answers with the watermark, as ingest does."""

    def __init__(self) -> None:
        self.rows: dict[Key, int] = {}
        self.gaps: set[Key] = set()
        self.received: dict[int, Received] = {}

    def take(self, message: DurableMessage) -> Ack:
        key = (message.epoch, message.seq)
        last_seq = message.seq
        if isinstance(message, Samples) and message.dropped:
            last_seq = max(message.seq, message.last_seq)
            self.gaps |= {(message.epoch, seq) for seq in range(message.seq, last_seq + 1)}
        else:
            content = content_of(message)
            assert self.rows.setdefault(key, content) == content, "a number was given twice"
        before = self.received.get(message.epoch, Received())
        after = self.received[message.epoch] = advance(before, [(message.seq, last_seq)])
        return Ack(epoch=message.epoch, seq=after.watermark)


def content_of(message: DurableMessage) -> int:
    return message.observed_at_ms


def draft(number: int) -> DurableMessage:
    if number % 7 == 0:
        return UsageReport(
            observed_at_ms=number,
            epoch=1,
            seq=1,
            usage_id="u",
            event=UsageEvent.STARTED,
            started_at_ms=0,
        )
    return Samples(observed_at_ms=number, epoch=1, seq=1, values={"u": number})


class SpoolMachine(RuleBasedStateMachine):
    """Commits, losses, kills, copies put back: what was accepted and not undone is stored once."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="spool-"))
        self.path = self.folder / "s.sqlite"
        self.clock = HandClock()
        self.uplink = RecordingUplink()
        self.store = PlainStore()
        self.count = 0
        self.accepted: set[int] = set()
        self.snapshot_content: set[int] | None = None
        self.answers: list[Ack] = []
        self.open()

    def open(self) -> None:
        self.spool = Spool(self.path, BENCH)
        self.delivery = Delivery(BENCH, self.spool, self.uplink, self.clock)

    @initialize()
    def connect(self) -> None:
        self.uplink.connect()

    @rule(number=st.integers(1, 60))
    def commit(self, number: int) -> None:
        numbers = range(self.count + 1, self.count + number + 1)
        self.count += number
        self.spool.commit([draft(one) for one in numbers], {"rules": str(self.count).encode()})
        self.delivery.note_committed()
        self.accepted |= set(numbers)

    @rule()
    def send(self) -> None:
        self.clock.advance(0.05)
        self.delivery.take_incoming(self.clock.monotonic_s())
        self.delivery.publish_waiting(self.clock.monotonic_s())

    @rule(data=st.data(), seconds=st.sampled_from([0.0, 1.1, 6.0]))
    def way(self, data: st.DataObject, seconds: float) -> None:
        """The network delivers, doubles, turns around or loses what is under way."""
        under_way = self.uplink.published[:]
        self.uplink.published.clear()
        fate = data.draw(st.sampled_from(["deliver", "reverse", "double", "lose", "lose-some"]))
        if fate == "reverse":
            under_way.reverse()
        elif fate == "double":
            under_way += under_way[: len(under_way) // 2]
        elif fate == "lose":
            under_way = []
        elif fate == "lose-some":
            under_way = [one for place, one in enumerate(under_way) if place % 3]
        for stream, payload in under_way:
            message = encoding.decode(stream, payload)
            assert isinstance(message, DurableMessage)
            self.answers.append(self.store.take(message))
        self.clock.advance(seconds)

    @rule(data=st.data())
    def answer(self, data: st.DataObject) -> None:
        """Some acknowledgements come, in any order; the others are lost."""
        kept = data.draw(st.integers(0, len(self.answers)))
        for ack in data.draw(st.sampled_from([self.answers, self.answers[::-1]]))[:kept]:
            self.uplink.incoming.put(ack)
        self.answers = []

    @rule()
    def lose_connection(self) -> None:
        self.uplink.published.clear()
        self.uplink.connect()

    @rule()
    def restart(self) -> None:
        self.spool.close()
        self.open()
        self.uplink.connect()

    @rule()
    def kill(self) -> None:
        """The file and its log as a kill leaves them."""
        self._copy_to(self.folder / "killed")
        self.spool.close()
        self._put_back(self.folder / "killed")

    @rule()
    def take_snapshot(self) -> None:
        self._copy_to(self.folder / "snapshot")
        self.snapshot_content = set(self.waiting())

    @precondition(lambda self: self.snapshot_content is not None)
    @rule()
    def put_snapshot_back(self) -> None:
        """What was accepted since and not delivered is gone with the disk, and nothing else."""
        assert self.snapshot_content is not None
        self.spool.close()
        self._put_back(self.folder / "snapshot")
        self.accepted &= set(self.store.rows.values()) | self.snapshot_content

    def _copy_to(self, folder: Path) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for part in self.folder.glob("s.sqlite*"):
            shutil.copy(part, folder)

    def _put_back(self, folder: Path) -> None:
        for part in self.folder.glob("s.sqlite*"):
            part.unlink()
        for part in folder.iterdir():
            shutil.copy(part, self.folder)
        self.open()
        self.uplink.connect()

    def waiting(self) -> Iterator[int]:
        position = 0
        while rows := self.spool.oldest(position, 100):
            position = rows[-1].last_position
            yield from (
                content_of(message)
                for row in rows
                if isinstance(message := encoding.decode(row.stream, row.payload), DurableMessage)
            )

    @invariant()
    def nothing_is_lost_on_the_way(self) -> None:
        assert self.accepted <= set(self.store.rows.values()) | set(self.waiting())

    @invariant()
    def nothing_is_stored_twice(self) -> None:
        assert len(set(self.store.rows.values())) == len(self.store.rows)

    @invariant()
    def the_counts_are_right(self) -> None:
        assert self.spool.rows == len(list(self.waiting()))
        assert self.delivery.under_way <= MAX_UNACKNOWLEDGED

    def teardown(self) -> None:
        self.uplink.connect()
        for _ in range(len(self.accepted) // 50 + 40):
            self.send()
            under_way = self.uplink.published[:]
            self.uplink.published.clear()
            for stream, payload in under_way:
                message = encoding.decode(stream, payload)
                assert isinstance(message, DurableMessage)
                self.uplink.incoming.put(self.store.take(message))
        assert self.accepted <= set(self.store.rows.values())
        assert self.delivery.unacknowledged == 0
        assert not self.store.gaps
        assert self.spool.dropped_rows == 0
        self.spool.close()
        shutil.rmtree(self.folder)
