"""A private broker and a small ingest that only remembers: for tests of the bench side."""

import contextlib
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from telemetry.contract import encoding, topics
from telemetry.contract.payloads import Ack, DurableMessage, Samples, UpMessage
from telemetry.contract.topics import Stream

MOSQUITTO = "/usr/sbin/mosquitto"


class PrivateBroker:
    """Mosquitto on a free port, without persistence, anonymous; can be killed and started again."""

    def __init__(self, folder: Path, port: int) -> None:
        self.port = port
        self._config = folder / "mosquitto.conf"
        self._config.write_text(
            f"listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\n", "utf-8"
        )
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(
            [MOSQUITTO, "-c", str(self._config)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


class RememberingIngest:
    """Stores each (bench, epoch, seq) once and acknowledges; `is_acknowledging` can be switched.

    Unlike the real ingest it keeps everything in memory.
    """

    def __init__(self, port: int) -> None:
        self.rows: dict[tuple[str, int, int], tuple[Stream, DurableMessage]] = {}
        self.redelivered = 0
        self.latest: dict[tuple[str, Stream], UpMessage] = {}
        self.is_acknowledging = True
        self._reached: dict[tuple[str, int], int] = {}
        self._changed = threading.Condition()
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="ingest")
        self._client.reconnect_delay_set(1, 1)
        self._client.on_connect = lambda client, *_: client.subscribe(topics.up_filter(), qos=1)
        self._client.on_message = self._on_message
        self._client.connect_async("127.0.0.1", port, keepalive=5)
        self._client.loop_start()

    def _on_message(self, client: mqtt.Client, _: object, arrived: mqtt.MQTTMessage) -> None:
        up = topics.parse_up(arrived.topic)
        message = encoding.decode(up.stream, bytes(arrived.payload))
        with self._changed:
            self.latest[up.bench, up.stream] = message
            if isinstance(message, DurableMessage):
                key = (up.bench, message.epoch, message.seq)
                self.redelivered += key in self.rows
                self.rows[key] = (up.stream, message)
                if self.is_acknowledging:
                    ack = Ack(epoch=message.epoch, seq=self._watermark(up.bench, message))
                    client.publish(topics.ack(up.bench), encoding.encode(ack), qos=1)
            self._changed.notify_all()

    def _watermark(self, bench: str, message: DurableMessage) -> int:
        key = (bench, message.epoch)
        reached = self._reached.get(key, 0)
        if isinstance(message, Samples) and message.seq <= reached + 1:
            reached = max(reached, message.last_seq)
        while (bench, message.epoch, reached + 1) in self.rows:
            reached += 1
        self._reached[key] = reached
        return reached

    def wait_for(
        self, what: "Callable[[RememberingIngest], bool]", timeout_s: float = 15.0
    ) -> None:
        deadline = time.monotonic() + timeout_s
        with self._changed:
            while not what(self):
                left = deadline - time.monotonic()
                if left <= 0:
                    raise TimeoutError(f"not within {timeout_s} s; rows: {len(self.rows)}")
                self._changed.wait(left)

    def messages(self, bench: str, stream: Stream) -> list[DurableMessage]:
        with self._changed:
            found = [
                (key, message)
                for key, (kind, message) in self.rows.items()
                if key[0] == bench and kind is stream
            ]
        return [message for _, message in sorted(found, key=lambda item: item[0])]

    def watermark(self, bench: str) -> int:
        return max((seq for (code, _), seq in self._reached.items() if code == bench), default=0)

    def stop(self) -> None:
        self._client.disconnect()
        # paho's thread forgets itself when it ends, also between being looked at and joined
        with contextlib.suppress(AttributeError):
            self._client.loop_stop()
