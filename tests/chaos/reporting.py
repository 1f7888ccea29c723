"""Figures of the long form, for docs/benchmarks.md: to a file of their own and to the log."""

import logging
import os
from pathlib import Path

log = logging.getLogger(__name__)


def report(line: str) -> None:
    """Note a line of figures; `STATIONMASTER_CHAOS_REPORT` names the file, if any."""
    log.warning(line)
    wanted = os.environ.get("STATIONMASTER_CHAOS_REPORT")
    if wanted:
        with Path(wanted).open("a", encoding="utf-8") as file:
            file.write(line + "\n")
