"""A bench that claims to be hardware listens before it says so."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from can_bridge.diagnostics.bench import BenchDiagnostics
from can_bridge.diagnostics.overhearing import MARK, MARK_ID
from can_bridge.profile_tables import DiagnosticsEntry, Profile
from telemetry.contract.payloads import Ack, Birth, Identity, IdentityKind
from telemetry.contract.spooling import EarlierEpoch
from telemetry.contract.topics import Stream
from tests.integration.bridge_desk import Desk

CLAIMED = Identity(kind=IdentityKind.HARDWARE, adapter="slcan:x")
PROFILE = Profile(name="desk", diagnostics=DiagnosticsEntry())


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path, diagnostics=lambda: BenchDiagnostics(PROFILE, CLAIMED))
    made.uplink.connect()
    yield made
    made.close()


def kinds(desk: Desk) -> list[str]:
    births = [one for one in desk.sent(Stream.BIRTH) if isinstance(one, Birth)]
    return [one.identity.kind.value for one in births]


def test_nothing_is_said_before_frames_came_for_a_while_without_a_mark(desk: Desk) -> None:
    desk.run(2.0)
    desk.run(1.4, 500)
    assert desk.uplink.published == []
    desk.run(0.2, 500)
    assert kinds(desk) == ["hardware"]
    assert [kind for kind, _ in desk.uplink.published][:2] == [Stream.BIRTH, Stream.STATE]
    # nothing was lost by waiting
    assert len(desk.sent(Stream.SAMPLES)) == desk.spool.last_seq == pytest.approx(8, abs=1)


def test_a_bench_that_is_switched_off_says_who_it_is_all_the_same(desk: Desk) -> None:
    desk.run(2.9)
    assert desk.uplink.published == []
    desk.run(0.2)
    assert kinds(desk) == ["hardware"]


def test_a_simulator_that_is_slow_to_say_so_never_passes_as_hardware(desk: Desk) -> None:
    desk.run(1.2, 500)
    assert desk.uplink.published == []
    desk.receiver.put_frame(MARK_ID, MARK)
    desk.run(0.1, 500)
    assert kinds(desk) == ["simulator"]
    desk.run(3.0, 500)
    assert kinds(desk) == ["simulator"]


def test_who_is_found_out_later_is_announced_again(desk: Desk) -> None:
    desk.run(3.5)
    desk.receiver.put_frame(MARK_ID, MARK)
    desk.run(0.1, 500)
    assert kinds(desk) == ["hardware", "simulator"]


def test_a_new_connection_does_not_wait_again(desk: Desk) -> None:
    desk.run(2.0, 500)
    desk.uplink.connect()
    desk.run(0.1, 500)
    assert kinds(desk) == ["hardware", "hardware"]


def test_how_far_earlier_epochs_are_acknowledged_is_told_when_nothing_of_them_waits(
    desk: Desk,
) -> None:
    desk.run(4.0, 500)
    first = desk.spool.epoch
    desk.uplink.incoming.put(Ack(epoch=first, seq=2))
    desk.run(0.5, 500)
    desk.restart()
    desk.uplink.connect()
    desk.run(4.0, 500)
    rows = desk.spool.ledger.earlier()[0].last_seq
    told = [one.earlier for one in desk.sent(Stream.BIRTH) if isinstance(one, Birth)]
    assert told[-1] == [EarlierEpoch(epoch=first, last_seq=rows, acknowledged=2)]
    before = len(told)
    desk.uplink.incoming.put(Ack(epoch=first, seq=rows - 1))
    desk.uplink.incoming.put(Ack(epoch=desk.spool.epoch, seq=1))
    desk.run(0.5, 500)
    assert len(desk.sent(Stream.BIRTH)) == before, "some of them still wait"
    desk.uplink.incoming.put(Ack(epoch=first, seq=rows))
    desk.run(0.5, 500)
    births = desk.sent(Stream.BIRTH)[before:]
    assert [one.earlier for one in births if isinstance(one, Birth)] == [
        [EarlierEpoch(epoch=first, last_seq=rows, acknowledged=rows)]
    ]
    desk.uplink.incoming.put(Ack(epoch=desk.spool.epoch, seq=2))
    desk.run(0.5, 500)
    assert len(desk.sent(Stream.BIRTH)) == before + 1


def test_a_new_connection_hears_how_far_earlier_epochs_are_acknowledged_by_now(
    desk: Desk,
) -> None:
    desk.run(4.0, 500)
    first = desk.spool.epoch
    desk.restart()
    desk.uplink.connect()
    desk.run(4.0, 500)
    desk.uplink.incoming.put(Ack(epoch=first, seq=3))
    desk.run(0.1, 500)
    desk.uplink.connect()
    desk.run(0.1, 500)
    birth = desk.sent(Stream.BIRTH)[-1]
    assert isinstance(birth, Birth)
    assert [one.acknowledged for one in birth.earlier] == [3]
