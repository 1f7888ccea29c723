"""What a bridge has done since it started, as plain numbers for whoever watches it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BridgeFigures:
    """One bench's bridge; counts are since its process started unless said otherwise.

    `spool_rows` wait with `spool_bytes` of payload of at most `spool_limit_bytes`, the oldest for
    `oldest_waiting_s`; `unacknowledged` of them were sent on the present connection.
    `committed` rows went into the spool, `acknowledged` ones left it because ingest has them.
    `sent` are all rows handed to the broker, `resent` those that had been before. `acks` came,
    `foreign_acks` for rows this spool never had. `connections` counts every connection that was
    accepted, the first too. `refused_commits` and their `refused_rows`: the disk took nothing.
    `given_up` sample rows of a full spool and `damaged` rows are counted since the spool was made;
    `files_set_aside` spool files were too damaged to be read to the end. `trouble` is what the
    disk says as long as it takes no rows.
    """

    bench: str
    is_connected: bool = False
    connections: int = 0
    committed: int = 0
    acknowledged: int = 0
    sent: int = 0
    resent: int = 0
    acks: int = 0
    foreign_acks: int = 0
    unacknowledged: int = 0
    spool_rows: int = 0
    spool_bytes: int = 0
    spool_limit_bytes: int = 0
    oldest_waiting_s: float = 0.0
    refused_commits: int = 0
    refused_rows: int = 0
    given_up: int = 0
    damaged: int = 0
    files_set_aside: int = 0
    trouble: str = ""
