"""From the spool to the broker: what is sent, sent again, released, and declared gone."""

import logging
from dataclasses import dataclass

from can_bridge.clock import Clock
from can_bridge.delivery_window import DeliveryWindow
from can_bridge.errors import SpoolRefused
from can_bridge.spool import Spool
from can_bridge.spool_ledger import AckKind
from can_bridge.spool_rows import gap_record
from can_bridge.uplink import Connected, Uplink
from can_bridge.waiting_age import WaitingAge
from telemetry.contract import encoding
from telemetry.contract.payloads import Ack
from telemetry.contract.topics import Stream

log = logging.getLogger(__name__)

AGAIN_AFTER_S = 5.0
"""Chosen: how often a spool that could not be read is tried; carrying rows over takes a second."""


@dataclass(slots=True)
class DeliveryCounts:
    """What delivery did since it began."""

    connections: int = 0
    acks: int = 0
    foreign_acks: int = 0
    acknowledged: int = 0
    sent: int = 0
    resent: int = 0


class Delivery:
    """Sends what waits in a spool, oldest first; used by the thread that owns the spool."""

    def __init__(self, bench: str, spool: Spool, uplink: Uplink, clock: Clock) -> None:
        self._bench = bench
        self._spool = spool
        self._uplink = uplink
        self._clock = clock
        first = spool.ledger.first_waiting
        self._window = DeliveryWindow(first - 1, first - 1)
        self._furthest_sent = first - 1
        self._not_before_s = clock.monotonic_s()
        self._age = WaitingAge(
            self._not_before_s, spool.ledger.last_position, self._inherited_age_s()
        )
        self.counts = DeliveryCounts()

    def _inherited_age_s(self) -> float:
        try:
            oldest = self._spool.oldest(self._window.acknowledged, 1)
        except SpoolRefused:
            return 0.0
        if not oldest:
            return 0.0
        message = encoding.decode(oldest[0].stream, oldest[0].payload)
        return (self._clock.now_ms() - message.observed_at_ms) / 1000

    @property
    def unacknowledged(self) -> int:
        """Positions of rows that ingest has not acknowledged."""
        ledger = self._spool.ledger
        return ledger.last_position + 1 - ledger.first_waiting

    @property
    def under_way(self) -> int:
        """Positions of rows sent on this connection and not acknowledged."""
        return max(0, self._window.sent - self._window.acknowledged)

    @property
    def oldest_waiting_s(self) -> float:
        """How long the oldest row has waited."""
        return self._age.age_s(self._spool.ledger.first_waiting, self._clock.monotonic_s())

    def note_committed(self) -> None:
        """Call after every commit."""
        ledger = self._spool.ledger
        self._age.committed(ledger.last_position, ledger.first_waiting, self._clock.monotonic_s())

    def take_incoming(self, now_s: float) -> bool:
        """Handle connections and acknowledgements; whether a birth is to be told for them.

        It is on a new connection, and when nothing waits any more of the epochs it names: a store
        that is restored later knows by it what is gone.
        """
        is_due = False
        incoming = self._uplink.incoming
        while not incoming.empty():
            event = incoming.get_nowait()
            if isinstance(event, Connected):
                self._window = self._window.after_connecting(now_s)
                self.counts.connections += 1
                is_due = True
            else:
                waited = self._waits_of_earlier
                self._take_ack(event, now_s)
                is_due |= waited and not self._waits_of_earlier
        return is_due

    @property
    def _waits_of_earlier(self) -> bool:
        ledger = self._spool.ledger
        return ledger.first_waiting <= ledger.present.base

    def _take_ack(self, ack: Ack, now_s: float) -> None:
        self.counts.acks += 1
        before = self.unacknowledged
        try:
            kind = self._spool.release(ack.epoch, ack.seq)
        except SpoolRefused as refused:
            # ingest says it again, and the next commit tells of the disk
            log.info("%s: %s", self._bench, refused)
            return
        self.counts.acknowledged += before - self.unacknowledged
        if kind is AckKind.FOREIGN:
            self.counts.foreign_acks += 1
        elif kind is AckKind.LOWER:
            self._window = self._window.after_lower_ack()
            if self._window.store_went_back(now_s):
                self._declare_gone(ack, now_s)
        else:
            self._window = self._window.after_ack(self._spool.ledger.first_waiting - 1, now_s)
        if self._window.misses_rows(now_s):
            self._window = self._window.sent_again(now_s)

    def _declare_gone(self, ack: Ack, now_s: float) -> None:
        """Tell a store that was restored or begun anew which rows the spool no longer has."""
        span = self._spool.ledger.span_of(ack.epoch)
        if span is None:
            return
        first, last = ack.seq + 1, span.released
        record = gap_record(
            span.base + first, ack.epoch, (first, last), last - ack.seq, self._clock.now_ms()
        )
        log.warning("%s: the store lost rows %d-%d", self._bench, first, last)
        self._uplink.publish(Stream.SAMPLES, record.payload)
        self._window = self._window.after_connecting(now_s)

    def publish_waiting(self, now_s: float) -> None:
        """Hand to the broker what there is room for."""
        if not self._uplink.is_connected or now_s < self._not_before_s:
            return
        self._window = self._window.after_waiting(now_s)
        room = self._window.room()
        if not room:
            return
        try:
            rows = self._spool.oldest(self._window.sent, room)
        except SpoolRefused as refused:
            log.warning("%s: %s", self._bench, refused)
            self._not_before_s = now_s + AGAIN_AFTER_S
            return
        for row in rows:
            if not self._uplink.publish(row.stream, row.payload):
                return
            self._window = self._window.after_sending(row.last_position, now_s)
            self.counts.sent += 1
            self.counts.resent += row.last_position <= self._furthest_sent
            self._furthest_sent = max(self._furthest_sent, row.last_position)
