"""Can several workers share what comes; some brokers grant a shared subscription and never deliver.

Asked by trying: all workers connect at once and publish to each other through a share.
"""

import contextlib
import secrets
import threading
import time
from collections.abc import Sequence
from enum import StrEnum

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.reasoncodes import ReasonCode

from telemetry.broker.access import PROBE_PREFIX
from telemetry.contract.broker_address import BrokerAddress

WITHIN_S = 3.0
"""Chosen: a broker that takes longer is too slow to share; one worker is never wrong."""
_MESSAGES_EACH = 4
_LOOK_S = 0.02


class Sharing(StrEnum):
    """What trying showed.

    `not_together`: a worker is refused, or thrown out when another one connects.
    """

    WORKS = "works"
    NOT_DELIVERED = "not_delivered"
    NOT_TOGETHER = "not_together"
    UNREACHABLE = "unreachable"


class _Member:
    def __init__(
        self, address: BrokerAddress, shared: str, protocol: MQTTProtocolVersion, heard: list[bytes]
    ) -> None:
        self._shared = shared
        self.was_connected = self.is_subscribed = self.was_thrown_out = False
        self.client = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id=address.client_id, protocol=protocol
        )
        self.client.username_pw_set(address.user, address.password)
        secured = address.tls_context()
        if secured is not None:
            self.client.tls_set_context(secured)
        self.client.on_connect = self._on_connect
        self.client.on_subscribe = self._on_subscribe
        self.client.on_disconnect = self._on_disconnect
        self.client.on_message = lambda _client, _data, message: heard.append(
            bytes(message.payload)
        )
        self.client.connect_async(address.host, address.port, keepalive=10)
        self.client.loop_start()

    def _on_connect(
        self, client: mqtt.Client, _data: object, _flags: object, reason: ReasonCode, _more: object
    ) -> None:
        if not reason.is_failure:
            self.was_connected = True
            client.subscribe(self._shared, qos=1)

    def _on_disconnect(
        self, _client: mqtt.Client, _data: object, _flags: object, _why: object, _more: object
    ) -> None:
        self.was_thrown_out = self.was_connected

    def _on_subscribe(
        self, _client: mqtt.Client, _data: object, _mid: int, codes: list[ReasonCode], _more: object
    ) -> None:
        self.is_subscribed = not any(code.is_failure for code in codes)

    def stop(self) -> None:
        self.client.disconnect()
        # paho's thread forgets itself when it ends, also between being looked at and joined
        with contextlib.suppress(AttributeError):
            self.client.loop_stop()
        self.client.on_disconnect = None
        # they hold this object, which holds the client: it would close its sockets late
        self.client.on_connect = self.client.on_subscribe = self.client.on_message = None


def try_sharing(
    addresses: Sequence[BrokerAddress], stop: threading.Event, within_s: float = WITHIN_S
) -> Sharing:
    """What becomes of messages when these connect at once; by MQTT 5, then by 3.1.1.

    Connecting and delivering may take `within_s` each.
    """
    found = Sharing.UNREACHABLE
    for protocol in (MQTTProtocolVersion.MQTTv5, MQTTProtocolVersion.MQTTv311):
        found = _tried(addresses, protocol, within_s, stop)
        if found in {Sharing.WORKS, Sharing.NOT_DELIVERED} or stop.is_set():
            break
    return found


def _tried(
    addresses: Sequence[BrokerAddress],
    protocol: MQTTProtocolVersion,
    within_s: float,
    stop: threading.Event,
) -> Sharing:
    topic = f"{PROBE_PREFIX}/{secrets.token_hex(8)}"
    shared = f"$share/probe-{secrets.token_hex(4)}/{topic}"
    heard: list[bytes] = []
    members = [_Member(address, shared, protocol, heard) for address in addresses]
    deadline_s = time.monotonic() + within_s
    try:
        while time.monotonic() < deadline_s and not all(m.is_subscribed for m in members):
            stop.wait(_LOOK_S)
        if not any(member.was_connected for member in members):
            return Sharing.UNREACHABLE
        if not all(member.is_subscribed and not member.was_thrown_out for member in members):
            return Sharing.NOT_TOGETHER
        return _delivered(members, topic, heard, within_s, stop)
    finally:
        for member in members:
            member.stop()


def _delivered(
    members: Sequence[_Member],
    topic: str,
    heard: list[bytes],
    within_s: float,
    stop: threading.Event,
) -> Sharing:
    sent = [secrets.token_bytes(8) for _ in range(_MESSAGES_EACH * len(members))]
    for place, payload in enumerate(sent):
        members[place % len(members)].client.publish(topic, payload, qos=1)
    deadline_s = time.monotonic() + within_s
    while time.monotonic() < deadline_s and len(heard) < len(sent):
        stop.wait(_LOOK_S)
    if any(member.was_thrown_out for member in members):
        return Sharing.NOT_TOGETHER
    # twice as well: then the load is not shared, it is multiplied
    return Sharing.WORKS if sorted(heard) == sorted(sent) else Sharing.NOT_DELIVERED
