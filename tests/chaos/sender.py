"""A bench's account without a bridge: sends exactly the bytes it is told to."""

from collections.abc import Callable, Iterable
from functools import partial
from itertools import islice

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from telemetry.contract import topics
from telemetry.contract.topics import Stream
from tests.rig import until

Message = tuple[Stream, bytes]
AT_ONCE = 2000
MOST_AHEAD = 20_000
"""The broker's queue for ingest holds 100,000."""


class Sender:
    """Publishes at QoS 1, as fast as the broker confirms; nothing is sent again by itself."""

    def __init__(self, port: int, bench: str, password: str) -> None:
        self._bench = bench
        self._client = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id=bench, protocol=MQTTProtocolVersion.MQTTv311
        )
        self._client.username_pw_set(bench, password)
        self._client.max_inflight_messages_set(200)
        self._client.connect("127.0.0.1", port, keepalive=30)
        self._client.loop_start()

    def introduce(self, messages: Iterable[Message]) -> None:
        """Send what is retained, and wait until the broker has it."""
        for stream, payload in messages:
            how = topics.up(self._bench, stream)
            self._client.publish(how, payload, qos=1, retain=True).wait_for_publish(10)

    def send(self, messages: Iterable[Message], taken: Callable[[], int]) -> int:
        """Send all, at most so many ahead of what ingest has `taken`; return their number."""
        waiting, before, sent = iter(messages), taken(), 0

        def is_within(most_ahead: int) -> bool:
            return taken() - before >= sent - most_ahead

        while some := list(islice(waiting, AT_ONCE)):
            under_way = [self._publish(message) for message in some]
            under_way[-1].wait_for_publish(60)
            sent += len(some)
            until(partial(is_within, MOST_AHEAD), "ingest keeps up", 120)
        until(partial(is_within, 0), f"{sent} messages are taken", 120)
        return sent

    def _publish(self, message: Message) -> mqtt.MQTTMessageInfo:
        stream, payload = message
        return self._client.publish(topics.up(self._bench, stream), payload, qos=1)

    def stop(self) -> None:
        """Disconnect."""
        self._client.disconnect()
        self._client.loop_stop()
