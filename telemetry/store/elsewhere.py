"""Where rows of the embedded file may rest beside it: what the file asks of such a place."""

import sqlite3
from typing import Protocol

from telemetry.store.row_tables import RowTable


class Elsewhere(Protocol):
    """Another database that holds rows of whole hours which the file knows only by their number."""

    def hours_after(
        self, db: sqlite3.Connection, bench_id: int, position: int
    ) -> list[tuple[int, int]]:
        """(First position, hour) of those with rows after a position."""

    def rows(
        self,
        db: sqlite3.Connection,
        bench_id: int,
        hour: int,
        names: frozenset[str] | None,
        *,
        with_ids: bool = True,
        is_all_needed: bool = False,
    ) -> RowTable | None:
        """Rows of an hour, None without any; names None: all signals.

        Without `with_ids` epoch, received and position may be anything, but that the position
        still tells the order of rows of one moment.

        Raises:
            StoreUnavailable: the place can't answer, or `is_all_needed` and it lacks some rows.
        """

    def came_home(self, db: sqlite3.Connection, bench_id: int, hour: int, rows: int) -> bool:
        """Note, in the caller's transaction, that so many rows are in the file again.

        False: that is not the number of those that rest elsewhere (any more).
        """
