"""Whatever comes over MQTT, an armed bench's bus sees only the bridge's own read requests."""

import contextlib
import json
import queue
import random
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from can_bridge.diagnostics.arming import ArmingFolder
from telemetry.broker.access import INGEST_USER
from telemetry.contract import topics
from telemetry.contract.encoding import MAX_PAYLOAD_BYTES, BadPayload, decode, encode
from telemetry.contract.payloads import Ack, BenchState
from telemetry.contract.topics import Stream
from tests.integration.armed_bridge import BENCH, Desk, adapter_at, bridge_on, frames_sent
from tests.integration.broker_for_benches import MOSQUITTO, PrivateBroker
from tests.integration.test_broker import PREFIX, Client
from tests.integration.test_diagnostics_transmission import is_a_read
from tests.pty_adapter import PtyAdapter
from tests.rig import POSIX_ONLY, RunningBroker, accepts, until

pytestmark = POSIX_ONLY
BELOW = f"{PREFIX}/{BENCH}"
TOPICS = (
    topics.ack(BENCH),
    f"{BELOW}/down",
    *(
        f"{BELOW}/down/{word}"
        for word in ("arm", "command", "can", "hv", "diagnostics/arm", "t7E4")
    ),
    *(topics.up(BENCH, stream) for stream in Stream),
    *(f"{BELOW}/{word}" for word in ("up/ack", "arm", "can/hv/send", "diagnostics")),
    BELOW,
)
SETTING_UP = {"", "C", "S6", "L", "O", "F"}
"""What opens, closes and questions an adapter; none of it reaches the bus."""


def hostile_payloads(seed: int) -> Iterator[bytes]:
    chance = random.Random(seed)  # noqa: S311 -- a test that repeats itself
    now_s = time.time()
    commands: list[dict[str, object]] = [
        {"for_s": 3600.0, "written_at_s": now_s},
        {"arm": True, "for_s": 3600},
        {"bus": "hv", "arbitration_id": 0x7E4, "is_extended_id": False, "data": "022E0100"},
        {"epoch": 1, "seq": 1, "for_s": 3600.0, "send": "t7E43022E01"},
        {"epoch": -1, "seq": 2**70},
        {"epoch": 1, "seq": [1]},
    ]
    yield from (json.dumps(one).encode() for one in commands)
    yield from (b"", b"arm", b"t7E43022E01\r", b"\r\rO\rt7E43022E01\r", b"\x02\x2e\x01\xf1")
    yield from (encode(Ack(epoch=epoch, seq=2**50)) for epoch in (0, 1, 2**40))
    yield from (chance.randbytes(length) for length in (1, 8, 16, 64, 1000, 60_000))
    yield from (b'{"%s": ' % key + b"[" * 50_000 for key in (b"epoch", b"unheard_of"))
    yield b"A" * (MAX_PAYLOAD_BYTES - 100)


def attack(attacker: Client) -> int:
    """Say everything everywhere; how many messages were handed to the broker."""
    said = 0
    for topic in TOPICS:
        for payload in hostile_payloads(len(topic)):
            # a broker may throw an attacker out; the next turn finds it connected again
            with contextlib.suppress(RuntimeError, ValueError):
                attacker.mqtt.publish(topic, payload, qos=said % 2, retain=said % 5 == 0)
                said += 1
    with contextlib.suppress(RuntimeError, ValueError):
        attacker.mqtt.publish(topics.ack(BENCH), b"A" * (4 * MAX_PAYLOAD_BYTES))
    return said


def sent_as_the_bench_tells(listener: Client) -> set[int]:
    told: set[int] = set()
    with contextlib.suppress(queue.Empty):
        while True:
            topic, payload = listener.heard.get_nowait()
            with contextlib.suppress(BadPayload):
                state = decode(Stream.STATE, payload)
                if topic == topics.up(BENCH, Stream.STATE) and isinstance(state, BenchState):
                    told.add(state.diagnostics.sent)
    return told


def check_bus(adapter: PtyAdapter, other: PtyAdapter) -> None:
    """Only read requests to the one control unit that may be asked, and nothing elsewhere."""
    frames = frames_sent(adapter)
    assert {frame[:4] for frame in frames} == {"t7E4"}
    assert all(is_a_read(bytes.fromhex(frame[5:])) for frame in frames)
    assert set(adapter.commands) - set(frames) <= SETTING_UP
    assert set(other.commands) <= SETTING_UP - {"O"}


def withstand(desk: Desk, attackers: Sequence[Client], connect: Callable[[], Client]) -> None:
    """`connect` makes a client that may listen to benches; the broker may have lost the others."""
    with adapter_at(desk.hv) as adapter, adapter_at(desk.body) as other, bridge_on(desk):
        until(lambda: len(frames_sent(adapter)) > 2, "the bridge asks")
        before = len(frames_sent(adapter))
        for attacker in attackers:
            assert attack(attacker) > len(TOPICS) * 10
        until(lambda: len(frames_sent(adapter)) > before + 2, "it still asks")
        check_bus(adapter, other)
        ArmingFolder(desk.folder / "arming").request(BENCH, 0.0)
        until(lambda: adapter.mode == "L", "disarmed")
        silent_since = len(frames_sent(adapter))
        for attacker in attackers:
            attack(attacker)
            leave(attacker)
        listener = connect()
        listener.listen(topics.up_filter())
        # the bench counts what it sent, and that is all that was on the bus
        until(lambda: silent_since in sent_as_the_bench_tells(listener), "the bench says so")
        leave(listener)
        check_bus(adapter, other)
        assert len(frames_sent(adapter)) == silent_since
        assert adapter.mode == "L"


def leave(client: Client) -> None:
    client.mqtt.disconnect()
    client.mqtt.loop_stop()


def test_no_account_of_the_broker_can_make_an_armed_bench_speak(
    broker: RunningBroker, tmp_path: Path
) -> None:
    def client(user: str) -> Client:
        return Client(broker.port, user, broker.passwords[user], user, "")

    password = broker.passwords[BENCH]
    desk = Desk(
        folder=tmp_path, port=broker.port, password=password, period_s=0.2, armed_for_s=600.0
    )
    withstand(desk, [client(INGEST_USER), client("motor-01")], lambda: client(INGEST_USER))


@pytest.mark.skipif(not Path(MOSQUITTO).exists(), reason="apt-get install mosquitto")
def test_a_broker_without_any_rules_changes_nothing(tmp_path: Path, free_port: int) -> None:
    broker = PrivateBroker(tmp_path, free_port)
    broker.start()
    try:
        until(lambda: accepts(free_port), "the broker listens")
        desk = Desk(folder=tmp_path, port=free_port, period_s=0.2, armed_for_s=600.0)
        attacker = Client(free_port, "attacker", "", "attacker", "")
        withstand(desk, [attacker], lambda: Client(free_port, "listener", "", "listener", ""))
    finally:
        broker.kill()
