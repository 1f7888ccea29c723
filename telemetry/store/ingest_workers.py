"""What several workers say of themselves, as one (pure)."""

from collections.abc import Sequence

from telemetry.store.port import IngestStatus

LATELY_MS = 5_000
"""Chosen: five missed signs of life; a worker killed is started again within a second."""


def of_workers(statuses: Sequence[IngestStatus]) -> IngestStatus | None:
    """The latest heartbeat, with the workers that were alive shortly before it; None of none."""
    if not statuses:
        return None
    latest = max(status.heartbeat_at_ms for status in statuses)
    alive = [status for status in statuses if status.heartbeat_at_ms > latest - LATELY_MS]
    return IngestStatus(
        latest,
        any(status.is_connected for status in alive),
        sum(status.committed_rows for status in alive),
    )
