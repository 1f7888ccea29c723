"""The broker's side of ingest: subscribe on every connect, take what comes, acknowledge by hand."""

import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import msgspec
import paho.mqtt.client as mqtt
import structlog
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from telemetry.contract import topics
from telemetry.contract.broker_address import BrokerAddress
from telemetry.contract.delivery import KEEPALIVE_S
from telemetry.contract.encoding import encode
from telemetry.contract.payloads import Ack
from telemetry.contract.tls_refusals import explain
from telemetry.ingest.hearing import Hearing
from telemetry.ingest.network import LineClient, Network
from telemetry.ingest.packets import Published, puback, publish

log = structlog.get_logger()

ROOM_S = 0.02
"""How often a network thread that waits for room in the inbox looks for some."""
INBOX_MESSAGES = 20_000
"""Chosen: 100 benches with MAX_UNACKNOWLEDGED messages under way; 1 KB each is 20 MB."""
SHARE_GROUP = "ingest"


class Arrived(msgspec.Struct, frozen=True, gc=False):
    """A message as it came, with what is needed to acknowledge it."""

    topic: str
    payload: bytes
    received_at_ms: int
    is_retained: bool
    mid: int
    qos: int
    connection: int


@dataclass(frozen=True, slots=True)
class Share:
    """Which of how many workers one is; together they hear everything once."""

    worker: int = 1
    workers: int = 1

    def filters(self) -> list[str]:
        """What to subscribe to.

        A share gets no retained messages and spreads the states of a bench over all: births and
        states are the first worker's.
        """
        if self.workers == 1:
            return [topics.up_filter()]
        shared = [f"$share/{SHARE_GROUP}/{topics.up_filter()}"]
        mine = (topics.Stream.BIRTH, topics.Stream.STATE) if self.worker == 1 else ()
        return shared + [f"{topics.PREFIX}/+/up/{stream.value}" for stream in mine]


ALONE = Share()


class Subscriber:
    """What a writer attends; while none does, `inbox` is fed.

    A full inbox stops reading from the broker, it never drops.
    """

    def __init__(
        self,
        address: BrokerAddress,
        now_ms: Callable[[], int],
        share: Share = ALONE,
        capacity: int = INBOX_MESSAGES,
    ) -> None:
        self.worker = share.worker
        self.is_first = share.worker == ALONE.worker
        self.inbox: queue.SimpleQueue[Arrived] = queue.SimpleQueue()
        self.capacity = capacity
        self._address = address
        self._now_ms = now_ms
        self._share = share
        self._connection = 0
        self._hearing = Hearing()
        self._stopping = threading.Event()
        self._network: Network | None = None
        self._told = ""
        # the embedded broker lets as many messages be under way in both, and one of its programs
        # refuses 5
        self._client = self._new_client(
            MQTTProtocolVersion.MQTTv311 if address.is_embedded else MQTTProtocolVersion.MQTTv5
        )
        self.is_connected = False
        """Whether the broker has granted just now what ingest wants to hear."""
        self.is_version_refused = False

    def _new_client(self, protocol: MQTTProtocolVersion) -> LineClient:
        client = LineClient(
            CallbackAPIVersion.VERSION2,
            client_id=self._address.client_id,
            protocol=protocol,
            manual_ack=True,
        )
        client.username_pw_set(self._address.user, self._address.password)
        secured = self._address.tls_context()
        if secured is not None:
            client.tls_set_context(secured)
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_disconnect = self._on_disconnect
        return client

    @property
    def reconnects(self) -> int:
        """Connections after the first."""
        return max(self._connection - 1, 0)

    def start(self) -> None:
        """Connect in the background; a broker that is not there yet is tried again."""
        properties = None
        if self._client.protocol == MQTTProtocolVersion.MQTTv5:
            properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
            properties.ReceiveMaximum = 1000
        self._stopping.clear()
        self._client.connect_async(
            self._address.host, self._address.port, keepalive=KEEPALIVE_S, properties=properties
        )
        self._network = Network(self._client, self._hand_over, self._on_connect_fail)
        self._network.start()

    def stop(self) -> None:
        """Disconnect and end the network thread; what has no room in the inbox comes again."""
        self._stopping.set()
        if self._network is not None:
            self._network.stop()

    def _on_connect(
        self,
        client: mqtt.Client,
        _userdata: object,
        _flags: mqtt.ConnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        if reason.is_failure:
            self.is_version_refused = reason == "Unsupported protocol version"
            if not self.is_version_refused:
                log.warning("broker refused ingest", reason=str(reason))
            return
        self._connection += 1
        self._hearing = Hearing()
        client.subscribe([(wanted, 1) for wanted in self._share.filters()])

    def _on_subscribe(
        self,
        _client: mqtt.Client,
        _userdata: object,
        _mid: int,
        granted: list[ReasonCode],
        _properties: Properties | None,
    ) -> None:
        refused = [str(code) for code in granted if code.is_failure]
        if refused:
            # connected and deaf is not connected: it is tried again until somebody mends it
            told = f"subscription refused: {', '.join(refused)}"
            if told != self._told:
                self._told = told
                filters = self._share.filters()
                log.warning(
                    "ingest may not hear the benches; trying again", reason=told, to=filters
                )
            return
        self.is_connected = True
        if self._told:
            self._told = ""
            log.warning("ingest is connected again")

    def _on_connect_fail(self, reason: Exception) -> None:
        told = explain(reason)
        if told != self._told:
            # a broker that stays away is told once, not every two seconds
            self._told = told
            where = f"{self._address.host}:{self._address.port}"
            log.warning("ingest can't connect; trying again", broker=where, reason=told)

    def _on_disconnect(
        self,
        _client: mqtt.Client,
        _userdata: object,
        _flags: mqtt.DisconnectFlags,
        _reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        self.is_connected = False

    def _hand_over(self, came: list[Published]) -> None:
        for arrived in self._arrived(came):
            self.enqueue(arrived)

    def _arrived(self, came: list[Published]) -> list[Arrived]:
        now_s, now_ms, connection = time.monotonic(), self._now_ms(), self._connection
        arrived = []
        for topic, payload, mid, qos, is_retained in came:
            self._hearing.note_arrived(now_s, is_live=not is_retained)
            arrived.append(Arrived(topic, payload, now_ms, is_retained, mid, qos, connection))
        return arrived

    def attend(self, most: int) -> list[Arrived] | None:
        """Take what came past the inbox, which holds what came before; see `Network`."""
        came = None if self._network is None else self._network.attend(most)
        return None if came is None else self._arrived(came)

    def rest(self, stop: threading.Event, within_s: float, *, has_come: bool) -> None:
        """Between two calls of `attend`; see `Network`."""
        if self._network is not None:
            self._network.rest(stop, within_s, has_come=has_come)

    def enqueue(self, arrived: Arrived) -> None:
        """Called by the network thread: wait for room in the inbox, unless told to stop."""
        while self.inbox.qsize() >= self.capacity:
            if self._stopping.wait(ROOM_S):
                return
        self.inbox.put(arrived)

    def is_deaf(self) -> bool:
        """Whether the broker brings nothing any more though the connection lives."""
        return self.is_connected and self._hearing.is_deaf(time.monotonic())

    def connect_anew(self) -> None:
        """Leave the connection and make another one."""
        self._start_again(self._client.protocol)

    def change_protocol(self) -> None:
        """Start again with the other of MQTT 5 and 3.1.1, for brokers that refuse one of them."""
        self.is_version_refused = False
        speaks_5 = self._client.protocol == MQTTProtocolVersion.MQTTv5
        self._start_again(MQTTProtocolVersion.MQTTv311 if speaks_5 else MQTTProtocolVersion.MQTTv5)

    def _start_again(self, protocol: MQTTProtocolVersion) -> None:
        self.stop()
        self._client = self._new_client(protocol)
        self.start()

    def acknowledge(self, arrived: list[Arrived]) -> None:
        """PUBACK messages of the present connection; those of an earlier one are gone anyway."""
        mine = [message for message in arrived if message.connection == self._connection]
        self._hearing.note_acknowledged(len(mine))
        if mids := [message.mid for message in mine if message.qos]:
            self._put(b"".join(map(puback, mids)))

    def send_ack(self, bench: str, ack: Ack) -> None:
        """Tell a bench what is committed; a lost one is repeated with the next commit."""
        is_5 = self._client.protocol == MQTTProtocolVersion.MQTTv5
        self._put(publish(topics.ack(bench), encode(ack), is_5=is_5))

    def _put(self, packets: bytes) -> None:
        if self._network is not None:
            self._network.put(packets)
