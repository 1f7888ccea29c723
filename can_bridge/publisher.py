"""The MQTT side of the bridge: one connection, one reconnect policy; its threads only enqueue."""

import contextlib
import logging
import queue
import random
import threading
import time

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from can_bridge.uplink import Connected, Incoming
from telemetry.contract import topics
from telemetry.contract.broker_address import BrokerAddress
from telemetry.contract.delivery import (
    ACK_DELIVERY,
    DELIVERY,
    KEEPALIVE_S,
    MAX_UNACKNOWLEDGED,
)
from telemetry.contract.encoding import BadPayload, decode_ack, encode
from telemetry.contract.payloads import BenchState
from telemetry.contract.tls_refusals import explain
from telemetry.contract.topics import Stream

log = logging.getLogger(__name__)

FIRST_PAUSE_S = 0.1
LONGEST_PAUSE_S = 2.0
"""Chosen: after a broker restart all benches are back within two seconds, spread by jitter."""
TOLD_AFTER_FAILURES = 5
"""Chosen: attempts of three seconds or so in all."""
CONNECT_TIMEOUT_S = 3.0
CONNACK_WITHIN_S = 2.0
"""amqtt never answers a v5 CONNECT (measured): then the other version is tried."""
UNANSWERED_S = 10.0
"""Chosen: a broker answers in milliseconds; one that answers nothing for this long, though it is
alive, waits for something that got lost, and only a new connection ends that."""
LOOK_S = 1.0
_INCOMING_LIMIT = 1000
_OTHER_VERSION = "Unsupported protocol version"
_VERSIONS = (MQTTProtocolVersion.MQTTv5, MQTTProtocolVersion.MQTTv311)


class Publisher:
    """Publishes a bench's streams.

    `incoming` receives `Connected` and every `Ack`, to be drained by the thread that owns the
    spool. The client is made anew for every attempt, so that no message outlives its connection:
    what must arrive is in the spool.
    """

    def __init__(self, bench: str, address: BrokerAddress, will: BenchState) -> None:
        self.bench = topics.check_bench_code(bench)
        self.incoming: queue.Queue[Incoming] = queue.Queue(_INCOMING_LIMIT)
        self._address = address
        self._will = encode(will)
        self._client: mqtt.Client | None = None
        self._is_connected = False
        self._version = 0
        self._failures = 0
        self._unreadable = 0
        self._refusal = ""
        self._unanswered_since_s: float | None = None
        self._stopping = threading.Event()
        self._wake = threading.Event()
        self._thread = threading.Thread(
            target=self._keep_connected, name=f"mqtt-{bench}", daemon=True
        )

    @property
    def is_connected(self) -> bool:
        """Whether the broker has accepted this bench just now."""
        return self._is_connected

    def start(self) -> None:
        """Begin to connect, and reconnect until stopped."""
        self._thread.start()

    def publish(self, stream: Stream, payload: bytes) -> bool:
        """Hand a message to the connection; False when there is none."""
        client = self._client
        if client is None or not self._is_connected:
            return False
        how = DELIVERY[stream]
        info = client.publish(
            topics.up(self.bench, stream), payload, qos=how.qos, retain=how.is_retained
        )
        if self._unanswered_since_s is None:
            self._unanswered_since_s = time.monotonic()
        return info.rc == mqtt.MQTT_ERR_SUCCESS

    def stop(self, farewell: BenchState, timeout_s: float = 1.0) -> None:
        """Say goodbye (retained state), disconnect without a will and end the threads."""
        client = self._client
        if client is not None and self._is_connected:
            how = DELIVERY[Stream.STATE]
            with contextlib.suppress(ValueError, RuntimeError):
                client.publish(
                    topics.up(self.bench, Stream.STATE),
                    encode(farewell),
                    qos=how.qos,
                    retain=how.is_retained,
                ).wait_for_publish(timeout_s)
        self._stopping.set()
        self._wake.set()
        self._thread.join(timeout_s + CONNECT_TIMEOUT_S)

    def _keep_connected(self) -> None:
        pause_s = FIRST_PAUSE_S
        while True:
            # cleared before looking at `_stopping`, which stop() sets before it wakes
            self._wake.clear()
            if self._stopping.is_set():
                return
            was_accepted = self._one_connection()
            pause_s = FIRST_PAUSE_S if was_accepted else min(pause_s * 2, LONGEST_PAUSE_S)
            self._stopping.wait(pause_s * random.uniform(0.5, 1.0))  # noqa: S311 -- jitter

    def _one_connection(self) -> bool:
        """Connect and stay until the connection ends; whether the broker had accepted it."""
        try:
            attempt = _Attempt(self, _VERSIONS[self._version])
            client = attempt.client
            client.connect(self._address.host, self._address.port, KEEPALIVE_S)
        except (OSError, ValueError) as unreachable:
            self._note_failure(unreachable)
            return False
        self._client = client
        client.loop_start()
        if not self._wake.wait(CONNACK_WITHIN_S) and attempt.was_accepted:
            self._stay_connected()
        self._is_connected = False
        self._client = None
        client.disconnect()
        # paho's thread forgets itself when it ends, also between being looked at and joined
        with contextlib.suppress(AttributeError):
            client.loop_stop()
        if not attempt.was_accepted:
            # an older broker closes or refuses a v5 CONNECT: try the other version next
            self._version = 1 - self._version
        return attempt.was_accepted

    def _stay_connected(self) -> None:
        while not self._wake.wait(LOOK_S):
            since_s = self._unanswered_since_s
            if since_s is not None and time.monotonic() - since_s > UNANSWERED_S:
                log.warning("%s: the broker confirms nothing: connecting anew", self.bench)
                return

    def _note_failure(self, reason: Exception) -> None:
        # a broker that restarts is not worth a word; one that stays away is told once
        self._failures += 1
        if self._failures == TOLD_AFTER_FAILURES:
            where = f"{self._address.host}:{self._address.port}"
            log.warning(
                "%s: no broker at %s (%s); data are kept here, trying again",
                self.bench,
                where,
                explain(reason),
            )

    def note_refused(self, reason: str) -> None:
        """Called by the network thread when the broker turned the bench away."""
        # the other version follows at once; whatever else it is goes on until somebody mends it
        if reason not in (_OTHER_VERSION, self._refusal):
            self._refusal = reason
            log.warning("%s: broker refused: %s; trying again", self.bench, reason)
        self.note_disconnected()

    def note_connected(self) -> None:
        """Called by the network thread once the subscription is sent."""
        if self._failures >= TOLD_AFTER_FAILURES:
            log.warning("%s: connected to the broker", self.bench)
        elif self._refusal:
            log.warning("%s: the broker takes this bench again", self.bench)
        self._failures, self._refusal = 0, ""
        self._is_connected = True
        self._unreadable = 0
        self._unanswered_since_s = None
        self._put(Connected())

    def note_answered(self) -> None:
        """Called by the network thread when the broker confirmed a message."""
        self._unanswered_since_s = None

    def note_disconnected(self) -> None:
        """Called by the network thread when the connection ended."""
        self._is_connected = False
        if self._unreadable > 1:
            log.warning("%s: %d unreadable acknowledgements", self.bench, self._unreadable)
        self._wake.set()

    def note_message(self, payload: bytes) -> None:
        """Called by the network thread for whatever came on the acknowledgement topic."""
        try:
            self._put(decode_ack(payload))
        except BadPayload as bad:
            # the first of a connection; whoever sends thousands shall not fill the disk with words
            self._unreadable += 1
            if self._unreadable == 1:
                log.warning("%s: %s", self.bench, bad)

    def _put(self, event: Incoming) -> None:
        # a full queue means the owner is stuck; acknowledgements are cumulative, so losing one
        # only delays, and Connected is told again by the resend time-out
        with contextlib.suppress(queue.Full):
            self.incoming.put_nowait(event)

    @property
    def address(self) -> BrokerAddress:
        """Where this bench connects, and as whom."""
        return self._address

    def will(self) -> bytes:
        """The state the broker publishes when this bench falls silent."""
        return self._will


class _Attempt:
    """One client for one connection attempt with one protocol version."""

    def __init__(self, owner: Publisher, version: MQTTProtocolVersion) -> None:
        self._owner = owner
        self.was_accepted = False
        client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id=owner.address.client_id,
            protocol=version,
            reconnect_on_failure=False,
            clean_session=None if version is MQTTProtocolVersion.MQTTv5 else True,
        )
        client.username_pw_set(owner.address.user, owner.address.password)
        secured = owner.address.tls_context()
        if secured is not None:
            client.tls_set_context(secured)
        how = DELIVERY[Stream.STATE]
        client.will_set(
            topics.up(owner.bench, Stream.STATE), owner.will(), qos=how.qos, retain=how.is_retained
        )
        client.connect_timeout = CONNECT_TIMEOUT_S
        client.max_inflight_messages_set(MAX_UNACKNOWLEDGED)
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message
        client.on_publish = lambda *_: owner.note_answered()
        self.client = client

    def _on_connect(
        self,
        client: mqtt.Client,
        _userdata: object,
        _flags: mqtt.ConnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        if reason.is_failure:
            self._owner.note_refused(str(reason))
            return
        self.was_accepted = True
        client.subscribe(topics.ack(self._owner.bench), qos=ACK_DELIVERY.qos)
        self._owner.note_connected()

    def _on_disconnect(
        self,
        _client: mqtt.Client,
        _userdata: object,
        _flags: mqtt.DisconnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        log.info("%s: disconnected: %s", self._owner.bench, reason)
        self._owner.note_disconnected()

    def _on_message(
        self, _client: mqtt.Client, _userdata: object, message: mqtt.MQTTMessage
    ) -> None:
        self._owner.note_message(bytes(message.payload))
