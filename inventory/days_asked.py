"""The local days a question is about, as routes take them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated

from fastapi import Query

from inventory.accounts.policies import Now
from inventory.moments import today

_FIRST_DAY, _LAST_DAY = date(1971, 1, 1), date(9998, 12, 30)
"""Their midnights are moments everywhere on earth."""


@dataclass(frozen=True, slots=True)
class DaysAsked:
    """Days at school, both included; that they are in order is the use case's to demand."""

    first: date
    last: date


def days_asked(by_default: int) -> Callable[..., DaysAsked]:
    """A dependency that reads `from` and `to`; without them the latest days, today among them."""
    back = by_default - 1

    def asked(
        now: Now,
        first: Annotated[
            date | None,
            Query(
                alias="from",
                ge=_FIRST_DAY,
                le=_LAST_DAY,
                description=f"default: {back} days before",
            ),
        ] = None,
        last: Annotated[
            date | None,
            Query(alias="to", ge=_FIRST_DAY, le=_LAST_DAY, description="default: today in China"),
        ] = None,
    ) -> DaysAsked:
        until = last or today(now)
        return DaysAsked(first or until - timedelta(days=back), until)

    return asked
