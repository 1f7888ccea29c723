"""How each stream is delivered: QoS, retained flag, will."""

from dataclasses import dataclass

from telemetry.contract.topics import Stream


@dataclass(frozen=True, slots=True)
class Delivery:
    """MQTT delivery of a stream; `is_will` marks the stream that carries the last will."""

    qos: int
    is_retained: bool
    is_will: bool = False


DELIVERY: dict[Stream, Delivery] = {
    Stream.BIRTH: Delivery(qos=1, is_retained=True),
    Stream.STATE: Delivery(qos=1, is_retained=True, is_will=True),
    Stream.SAMPLES: Delivery(qos=1, is_retained=False),
    Stream.USAGE: Delivery(qos=1, is_retained=False),
    Stream.FAULTS: Delivery(qos=1, is_retained=False),
}
ACK_DELIVERY = Delivery(qos=0, is_retained=False)
"""Cumulative and repeated: a lost one costs a resend at most, while a PUBACK that got lost would
take one of the few places for messages under way from its connection for good."""

KEEPALIVE_S = 5
"""Chosen: the broker publishes the will after 1.5 times this, so a dead PC shows within 8 s."""
STATE_PERIOD_S = 2.0
RESEND_AFTER_S = 5.0
"""A bridge sends its unacknowledged rows again when no acknowledgement moved for this long."""
MAX_UNACKNOWLEDGED = 200
"""Durable messages a bridge may have under way; bounds broker queues and ingest's hand-over."""
