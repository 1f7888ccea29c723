"""How messages are carried: round trip, retained, will, sessions, sizes, how many under way."""

import time
from statistics import median

from telemetry.broker.doctor.desk import QUIET_S, Desk, demand_grant
from telemetry.broker.doctor.findings import (
    InFlight,
    OfflineQueue,
    Payload,
    Queued,
    Retained,
    RoundTrip,
    Will,
)
from telemetry.broker.doctor.line import ANSWER_S, Line, Manner
from telemetry.contract.encoding import MAX_PAYLOAD_BYTES

ROUNDS = 30
SHORT_ABSENCE, LONG_ABSENCE = 501, 3001
"""Chosen: above the 100 and the 1000 messages that brokers queue by default."""
OFFERED = 300
WILL_KEEPALIVE_S = 2
WILL_WITHIN_S = 15.0
_SMALLEST_BYTES = 1024
_MARK = b"mark"


def probe_round_trip(desk: Desk) -> RoundTrip:
    """One message after the other from one client to another."""
    topic = f"{desk.root}/trip"
    took: list[float] = []
    with desk.pair() as (speaker, listener):
        demand_grant(listener, topic)
        for number in range(ROUNDS):
            sent_at_s = time.monotonic()
            speaker.send(topic, str(number).encode())
            heard = listener.hear()
            if heard is None:
                break
            took.append((heard.at_s - sent_at_s) * 1000)
    if not took:
        return RoundTrip(ROUNDS, 0, 0.0, 0.0)
    return RoundTrip(ROUNDS, len(took), median(took), max(took))


def probe_retained(desk: Desk) -> Retained:
    """Leave a message, look whether a late listener gets it, take it away again."""
    topic = f"{desk.root}/retained"
    with Line(desk.as_first(), desk.manner()) as speaker:
        speaker.send(topic, b"here", retain=True)
        kept = _late_listener_hears(desk, topic)
        speaker.send(topic, b"", retain=True)
        return Retained(kept, not _late_listener_hears(desk, topic))


def _late_listener_hears(desk: Desk, topic: str) -> bool:
    with Line(desk.as_second(), desk.manner()) as listener:
        demand_grant(listener, topic)
        heard = listener.hear(QUIET_S)
        return heard is not None and heard.is_retained and heard.payload == b"here"


def probe_will(desk: Desk) -> Will:
    """Cut a connection, then let one fall silent, and wait for the last word of each."""
    topic = f"{desk.root}/will"
    manner = Manner(keepalive_s=WILL_KEEPALIVE_S, will_topic=topic)
    with Line(desk.as_first(), desk.manner()) as listener:
        demand_grant(listener, topic)
        waited: list[float | None] = []
        for end in (Line.break_off, Line.fall_silent):
            dying = Line(desk.as_second(), desk.manner(manner))
            dying.open()
            gone_at_s = time.monotonic()
            end(dying)
            heard = listener.hear(WILL_WITHIN_S)
            waited.append(None if heard is None else heard.at_s - gone_at_s)
            dying.close()
        return Will(waited[0], waited[1], WILL_KEEPALIVE_S)


def probe_offline_queue(desk: Desk) -> OfflineQueue:
    """Send to a client that is away, first few, then many."""
    short = _absence(desk, SHORT_ABSENCE)
    return OfflineQueue(short, _absence(desk, LONG_ABSENCE) if short.came == short.sent else None)


def _absence(desk: Desk, messages: int) -> Queued:
    topic = f"{desk.root}/away-{messages}"
    away = desk.as_second()
    lasting = desk.manner(Manner(is_lasting=True))
    try:
        with Line(away, lasting) as listener:
            demand_grant(listener, topic)
        with Line(desk.as_first(), desk.manner()) as speaker:
            payloads = [str(number).encode() for number in range(messages)]
            acknowledged = speaker.send_all(topic, payloads)
        with Line(away, lasting) as listener:
            came = {heard.payload for heard in listener.hear_all(messages, 2 * QUIET_S)}
    finally:
        # a connection without a lasting session ends the one that is left behind
        with Line(away, desk.manner()):
            pass
    return Queued(messages, acknowledged, len(came))


def probe_payload(desk: Desk) -> Payload:
    """The largest payload that comes through, to the kilobyte, of those we ever send."""
    largest, too_large, closes = 0, MAX_PAYLOAD_BYTES + 1, False
    size = MAX_PAYLOAD_BYTES
    while too_large - largest > _SMALLEST_BYTES:
        passes, is_closed = _passes(desk, size)
        closes = closes or is_closed
        largest, too_large = (size, too_large) if passes else (largest, size)
        size = (largest + too_large) // 2
    return Payload(largest, MAX_PAYLOAD_BYTES, closes)


def _passes(desk: Desk, size: int) -> tuple[bool, bool]:
    """Whether a payload of that size arrives, and whether it cost the connection."""
    topic = f"{desk.root}/size"
    with desk.pair() as (speaker, listener):
        demand_grant(listener, topic)
        speaker.send(topic, bytes(size))
        if not speaker.lost.is_set():
            # a broker that drops what is too large still passes on the next one
            speaker.send(topic, _MARK)
        heard = listener.hear(ANSWER_S if not speaker.lost.is_set() else QUIET_S)
        arrived = heard is not None and len(heard.payload) == size
        return arrived, speaker.lost.is_set() or listener.lost.is_set()


def probe_in_flight(desk: Desk) -> InFlight:
    """Offer many messages to a subscriber that acknowledges none."""
    topic = f"{desk.root}/flight"
    with desk.pair(second=Manner(is_acknowledging=False)) as (speaker, listener):
        demand_grant(listener, topic)
        speaker.send_all(topic, [str(number).encode() for number in range(OFFERED)])
        return InFlight(len(listener.hear_all(OFFERED)), OFFERED)
