"""A bench whose messages are numbers, so that a test can tell which are stored."""

import threading

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from telemetry.contract import topics
from telemetry.contract.encoding import decode_ack, encode
from telemetry.contract.payloads import Samples, UsageEvent, UsageReport
from telemetry.contract.topics import Stream
from tests.rig import RunningBroker


class NumberedBench:
    """Sends rows and, every tenth, a step; `resend` what is not acknowledged, as a bridge does."""

    def __init__(self, broker: RunningBroker, code: str) -> None:
        self.code = code
        self.acknowledged = 0
        self._told = threading.Condition()
        self.last_seq = 0
        self.published: list[mqtt.MQTTMessageInfo] = []
        self.mqtt = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=code)
        self.mqtt.username_pw_set(code, broker.passwords[code])
        self.mqtt.max_inflight_messages_set(500)
        self.mqtt.on_connect = lambda client, *_: client.subscribe(topics.ack(code), qos=1)
        self.mqtt.on_message = self._on_ack
        self.mqtt.connect("127.0.0.1", broker.port, keepalive=5)
        self.mqtt.loop_start()

    def _on_ack(self, _client: mqtt.Client, _data: object, message: mqtt.MQTTMessage) -> None:
        with self._told:
            self.acknowledged = max(self.acknowledged, decode_ack(bytes(message.payload)).seq)
            self._told.notify_all()

    def send(self, count: int) -> None:
        self.resend(self.last_seq, self.last_seq + count)
        self.last_seq += count

    def resend(self, after: int, until: int) -> None:
        for seq in range(after + 1, until + 1):
            if seq % 10:
                row: Samples | UsageReport = Samples(
                    observed_at_ms=seq, epoch=9, seq=seq, values={"u": float(seq), "n": 1.0}
                )
                stream = Stream.SAMPLES
            else:
                row = UsageReport(
                    observed_at_ms=seq,
                    epoch=9,
                    seq=seq,
                    usage_id="a",
                    event=UsageEvent.EXTENDED,
                    started_at_ms=1,
                )
                stream = Stream.USAGE
            self.published.append(
                self.mqtt.publish(topics.up(self.code, stream), encode(row), qos=1)
            )

    def wait_for(self, seq: int, within_s: float) -> None:
        """Until a number is acknowledged, or for so long."""
        with self._told:
            self._told.wait_for(lambda: self.acknowledged >= seq, within_s)

    def is_sent(self) -> bool:
        """Whether the broker has taken everything."""
        return all(one.is_published() for one in self.published)

    def stop(self) -> None:
        self.mqtt.disconnect()
        self.mqtt.loop_stop()
        self.mqtt.on_connect = self.mqtt.on_message = None
