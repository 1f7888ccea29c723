"""How often an address may ask for public pages; kept in memory, since it may be a person's."""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

from inventory.errors import TooManyAttempts

MOST_ADDRESSES = 10_000
"""Chosen: about a megabyte; those that asked longest ago are forgotten first."""


class TooManyVisits(TooManyAttempts):
    """An address asked for so much that it gets nothing more for a while."""

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(retry_after_s)
        self.args = (f"too many requests; try again in {retry_after_s} s",)


@dataclass(frozen=True, slots=True)
class Allowance:
    """`at_once` visits in a row, which come back one by one in `within`."""

    at_once: int
    within: timedelta

    @property
    def each(self) -> timedelta:
        """How long one visit takes to come back."""
        return self.within / self.at_once


PER_ADDRESS = Allowance(300, timedelta(minutes=10))
"""Chosen: a whole school may share one address; a program that copies everything needs more."""


class Visits:
    """Visits of one app's public pages by address; forgotten when the server stops."""

    def __init__(self, allowance: Allowance = PER_ADDRESS) -> None:
        self._allowance = allowance
        self._lock = threading.Lock()
        self._full_at: OrderedDict[str, datetime] = OrderedDict()
        """When an address will have all its visits again."""

    def count(self, address: str, now: datetime, cost: int = 1) -> None:
        """Let an address in.

        Args:
            address: where the request comes from.
            now: the moment, aware.
            cost: how many visits it counts for; a wrong secret costs more than a page.

        Raises:
            TooManyVisits: it has none left; asking again does not make it longer.
        """
        each, most = self._allowance.each, self._allowance.within
        with self._lock:
            full_at = max(self._full_at.get(address, now), now) + cost * each
            wait = full_at - now - most
            if wait > timedelta(0):
                raise TooManyVisits(-(-wait // timedelta(seconds=1)))
            self._full_at[address] = full_at
            self._full_at.move_to_end(address)
            while len(self._full_at) > MOST_ADDRESSES:
                self._full_at.popitem(last=False)
