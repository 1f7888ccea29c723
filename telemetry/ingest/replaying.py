"""Reading the quarantine again, after an upgrade or a mended bench."""

from collections.abc import Iterable
from dataclasses import dataclass

from telemetry.contract.encoding import BadPayload, decode
from telemetry.contract.topics import DURABLE_STREAMS, NotABenchTopic, parse_up
from telemetry.ingest.decoding import place
from telemetry.store.port import Batch, TimeSeriesStore
from telemetry.store.quarantine import Quarantined

GROUP = 200
"""Chosen: a commit of that many holds ingest up for some milliseconds."""


@dataclass(slots=True)
class Replayed:
    """What became of the entries.

    `stored` anew, `known` already, `past` (births and states: they say what was, and are told again
    anyway), and those that still can't be read.
    """

    stored: int = 0
    known: int = 0
    past: int = 0
    unreadable: int = 0


def replay(store: TimeSeriesStore, entry_ids: frozenset[int] | None = None) -> Replayed:
    """Decode entries with the present code; what can be read is stored once and leaves.

    `entry_ids` None: all. May be killed at any moment and run beside ingest: what an entry says and
    its leaving are one commit.

    Raises:
        StoreUnavailable: what was done so far stays; the rest is done by the next call.
    """
    outcome, after = Replayed(), 0
    while entries := store.quarantined(after, GROUP):
        after = entries[-1].id
        wanted = [entry for entry in entries if entry_ids is None or entry.id in entry_ids]
        if wanted:
            _replay(store, wanted, outcome)
    return outcome


def _replay(store: TimeSeriesStore, entries: Iterable[Quarantined], outcome: Replayed) -> None:
    batch = Batch()
    for entry in entries:
        reason = batch.replayed[entry.id] = _why_not(batch, entry)
        outcome.unreadable += bool(reason)
    committed = store.commit(batch)
    outcome.known += committed.duplicates
    outcome.stored += committed.rows + committed.events
    readable = sum(not reason for reason in batch.replayed.values())
    outcome.past += readable - len(batch.samples) - len(batch.events)


def _why_not(batch: Batch, entry: Quarantined) -> str:
    if not entry.is_whole:
        return f"kept are {len(entry.payload)} of {entry.payload_bytes} bytes: {_told(entry)}"
    try:
        up = parse_up(entry.topic)
        message = decode(up.stream, entry.payload)
    except (NotABenchTopic, BadPayload) as bad:
        return str(bad)
    if up.stream in DURABLE_STREAMS:
        place(batch, up.bench, message, entry.first_at_ms, is_retained=False)
    return ""


def _told(entry: Quarantined) -> str:
    """The reason it came for, without what an earlier replay put before it."""
    return entry.reason.rpartition(" bytes: ")[2]
