"""One MQTT connection of an examination, as blocking calls with a limit of time."""

import contextlib
import queue
import socket
import ssl
import threading
import time
from dataclasses import dataclass, replace
from typing import NamedTuple, Self

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from telemetry.broker.doctor.findings import Limits, Secured
from telemetry.contract.broker_address import BrokerAddress
from telemetry.contract.tls_refusals import explain

ANSWER_S = 5.0
"""Chosen: a broker in the same building answers within milliseconds; amqtt in seconds at worst."""
SESSION_S = 300
_REFUSED_FROM = 0x80


class NotAccepted(Exception):
    """The broker could not be reached or refused the connection; the text says why."""


class Heard(NamedTuple):
    """A message that came; `at_s` is monotonic."""

    topic: str
    payload: bytes
    is_retained: bool
    at_s: float


@dataclass(frozen=True, slots=True)
class Manner:
    """How a connection is made."""

    version: MQTTProtocolVersion = MQTTProtocolVersion.MQTTv311
    is_lasting: bool = False
    keepalive_s: int = 30
    will_topic: str = ""
    is_acknowledging: bool = True


class Line:
    """Use as a context manager; entering connects, leaving disconnects without a will."""

    def __init__(self, address: BrokerAddress, manner: Manner | None = None) -> None:
        self.address = address
        self.heard: queue.Queue[Heard] = queue.Queue()
        self.lost = threading.Event()
        self.limits = Limits()
        self.secured: Secured | None = None
        self._manner = manner or Manner()
        self._refusal: str | None = None
        self._answered = threading.Event()
        self._granted: queue.Queue[bool] = queue.Queue()
        self._acknowledged = 0
        self._changed = threading.Condition()
        self._client = self._new_client()

    def _new_client(self) -> mqtt.Client:
        manner, address = self._manner, self.address
        is_5 = manner.version is MQTTProtocolVersion.MQTTv5
        client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id=address.client_id,
            protocol=manner.version,
            clean_session=None if is_5 else not manner.is_lasting,
            reconnect_on_failure=False,
            manual_ack=not manner.is_acknowledging,
        )
        if address.user:
            client.username_pw_set(address.user, address.password)
        secured = address.tls_context()
        if secured is not None:
            client.tls_set_context(secured)
        if manner.will_topic:
            client.will_set(manner.will_topic, b"gone", qos=1)
        client.connect_timeout = ANSWER_S
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message
        client.on_publish = self._on_publish
        client.on_subscribe = self._on_subscribe
        return client

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def open(self) -> None:
        """Connect.

        Raises:
            NotAccepted: not reached, refused, or not answered within `ANSWER_S`.
        """
        client, address = self._client, self.address
        try:
            if self._manner.version is MQTTProtocolVersion.MQTTv5:
                properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
                properties.SessionExpiryInterval = SESSION_S if self._manner.is_lasting else 0
                client.connect(
                    address.host,
                    address.port,
                    self._manner.keepalive_s,
                    clean_start=not self._manner.is_lasting,
                    properties=properties,
                )
            else:
                client.connect(address.host, address.port, self._manner.keepalive_s)
        except (OSError, ValueError) as unreachable:
            raise NotAccepted(explain(unreachable)) from unreachable
        self.secured = _secured(client)
        client.loop_start()
        if not self._answered.wait(ANSWER_S):
            self._refusal = f"no answer within {ANSWER_S:.0f} s"
        if self._refusal is not None:
            self.close()
            raise NotAccepted(self._refusal)

    def close(self) -> None:
        """Disconnect; a second call does nothing."""
        client = self._client
        client.disconnect()
        # paho's thread forgets itself when it ends, also between being looked at and joined
        with contextlib.suppress(AttributeError):
            client.loop_stop()
        # without the way back the client's sockets go with it, not whenever garbage is collected
        client.on_connect = client.on_disconnect = client.on_message = None
        client.on_publish = client.on_subscribe = None

    def break_off(self) -> None:
        """End the connection as a cut cable does: without a word."""
        found = self._client.socket()
        if isinstance(found, socket.socket):
            with contextlib.suppress(OSError):
                found.shutdown(socket.SHUT_RDWR)
        self.lost.wait(ANSWER_S)
        self._client.loop_stop()

    def fall_silent(self) -> None:
        """Keep the connection, but neither read nor write any more."""
        self._client.loop_stop()

    def listen(self, topic_filter: str) -> bool:
        """Subscribe with QoS 1; whether the broker says that it was granted."""
        self._client.subscribe(topic_filter, qos=1)
        try:
            return self._granted.get(timeout=ANSWER_S)
        except queue.Empty:
            return False

    def send(self, topic: str, payload: bytes, *, retain: bool = False) -> bool:
        """Publish with QoS 1 and wait; whether it was acknowledged."""
        return self.send_all(topic, [payload], retain=retain) == 1

    def send_all(self, topic: str, payloads: list[bytes], *, retain: bool = False) -> int:
        """Publish with QoS 1; how many were acknowledged when all were, or nothing moved."""
        before = self._acknowledged
        for payload in payloads:
            self._client.publish(topic, payload, qos=1, retain=retain)
        with self._changed:
            while (done := self._acknowledged - before) < len(payloads):
                if self.lost.is_set() or not self._changed.wait(ANSWER_S):
                    break
        return done

    def hear(self, within_s: float = ANSWER_S) -> Heard | None:
        """The next message, or None."""
        try:
            return self.heard.get(timeout=within_s)
        except queue.Empty:
            return None

    def hear_all(self, expected: int, quiet_s: float = 1.0) -> list[Heard]:
        """Messages until `expected` came or none came for `quiet_s`."""
        found: list[Heard] = []
        while len(found) < expected:
            message = self.hear(quiet_s)
            if message is None:
                break
            found.append(message)
        return found

    def _on_connect(
        self,
        _client: mqtt.Client,
        _userdata: object,
        _flags: mqtt.ConnectFlags,
        reason: ReasonCode,
        properties: Properties | None,
    ) -> None:
        if reason.is_failure:
            self._refusal = str(reason)
        elif properties is not None:
            self.limits = _limits(properties)
        self._answered.set()

    def _on_disconnect(
        self,
        _client: mqtt.Client,
        _userdata: object,
        _flags: mqtt.DisconnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        if not self._answered.is_set():
            self._refusal = f"connection closed without an answer ({reason})"
            self._answered.set()
        self.lost.set()
        with self._changed:
            self._changed.notify_all()

    def _on_message(
        self, _client: mqtt.Client, _userdata: object, message: mqtt.MQTTMessage
    ) -> None:
        self.heard.put(
            Heard(message.topic, bytes(message.payload), message.retain, time.monotonic())
        )

    def _on_publish(
        self,
        _client: mqtt.Client,
        _userdata: object,
        _mid: int,
        reason: ReasonCode,
        _properties: Properties,
    ) -> None:
        if reason.is_failure:
            return
        with self._changed:
            self._acknowledged += 1
            self._changed.notify_all()

    def _on_subscribe(
        self,
        _client: mqtt.Client,
        _userdata: object,
        _mid: int,
        reasons: list[ReasonCode],
        _properties: Properties | None,
    ) -> None:
        self._granted.put(all(reason.value < _REFUSED_FROM for reason in reasons))


def again(address: BrokerAddress, client_id: str) -> BrokerAddress:
    """The same user under another client id."""
    return replace(address, client_id=client_id)


def _secured(client: mqtt.Client) -> Secured | None:
    connection = client.socket()
    if not isinstance(connection, ssl.SSLSocket):
        return None
    certificate = connection.getpeercert() or {}
    ends = certificate.get("notAfter")
    return Secured(
        connection.version() or "",
        ssl.cert_time_to_seconds(ends) if isinstance(ends, str) else None,
    )


def _limits(properties: Properties) -> Limits:
    def stated(name: str) -> int | None:
        found = getattr(properties, name, None)
        return None if found is None else int(found)

    retained, shared = stated("RetainAvailable"), stated("SharedSubscriptionAvailable")
    return Limits(
        receive_maximum=stated("ReceiveMaximum"),
        packet_bytes=stated("MaximumPacketSize"),
        best_qos=stated("MaximumQoS"),
        keeps_retained=None if retained is None else bool(retained),
        shares=None if shared is None else bool(shared),
    )
