"""How a bench comes by its spool, whatever state the file is in."""

from pathlib import Path

import msgspec

from can_bridge import spool_rows
from can_bridge.errors import SpoolDamaged, SpoolUnusable
from can_bridge.spool_file import DATABASE_ERRORS, SpoolFile, is_held_elsewhere, says_damaged
from can_bridge.spool_rescue import finish_rescue, rescue


def open_or_rescue(path: Path, bench: str, max_bytes: int) -> SpoolFile:
    """Open or create; a damaged file is replaced by one with its sound rows.

    Raises:
        SpoolUnusable: it can't be opened now, or is of another bench or a newer version.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        finish_rescue(path)
        file = _opened_or_rescued(path, bench, max_bytes)
    except (OSError, *DATABASE_ERRORS, SpoolDamaged) as refused:
        is_held = is_held_elsewhere(refused)
        reason = f"bench {bench} already runs in another process" if is_held else str(refused)
        raise SpoolUnusable(path, reason) from refused
    except msgspec.MsgspecError as unknown:
        raise SpoolUnusable(path, f"was written by another version: {unknown}") from unknown
    owner = file.ledger.bench
    if owner != bench:
        file.close()
        raise SpoolUnusable(path, f"is the spool of bench {owner!r}, not {bench!r}")
    return file


def _opened_or_rescued(path: Path, bench: str, max_bytes: int) -> SpoolFile:
    try:
        file = SpoolFile(path, bench, max_bytes)
        # a second for 800,000 rows: what is damaged is found before anything is built on it
        if all(row is not None for row in spool_rows.scan(file.db)):
            return file
        file.close()
        reason = "rows"
    except SpoolDamaged as damaged:
        reason = damaged.what
    except DATABASE_ERRORS as refused:
        if not says_damaged(refused):
            raise
        reason = str(refused)
    rescue(path, bench, max_bytes, reason)
    return SpoolFile(path, bench, max_bytes)
