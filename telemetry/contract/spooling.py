"""What a bench tells of its spool: the rows that wait for ingest, and those it lost."""

from typing import Annotated

import msgspec
from msgspec import Meta

from telemetry.contract.diagnostics import Count

Epoch = Annotated[
    int, Meta(description="random identity of one opening of the bench's spool", ge=1, lt=2**53)
]
MOST_EARLIER_EPOCHS = 500
MOST_TROUBLE = 300


class EarlierEpoch(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An opening of the spool before the present one.

    Rows up to `last_seq` were committed, and ingest has acknowledged those up to `acknowledged`:
    a store that has fewer was restored from a backup and lost the difference.
    """

    epoch: Epoch
    last_seq: Count = 0
    acknowledged: Count = 0


class SpoolReport(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How the bench's spool is doing; rows that wait are `spool_rows` of the state.

    `payload_bytes` wait, of at most `limit_bytes`. `oldest_waiting_ms` is the age of the oldest of
    them. `refused_rows` could not be written since the bridge started because the disk was full or
    failed; `damaged_rows` were found damaged since the spool was made. Both are part of the state's
    `dropped_rows` and told to ingest as given up. `files_set_aside` were too damaged to be read to
    the end. `trouble` is what the disk says as long as it takes no rows.
    """

    payload_bytes: Count = 0
    limit_bytes: Count = 0
    oldest_waiting_ms: Count = 0
    refused_rows: Count = 0
    damaged_rows: Count = 0
    files_set_aside: Count = 0
    trouble: Annotated[str, Meta(max_length=MOST_TROUBLE)] = ""
