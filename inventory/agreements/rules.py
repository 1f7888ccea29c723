"""On which days agreements cover a borrowed thing (pure)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum


class AgreementState(StrEnum):
    """What the agreements of a borrowed thing say of a day."""

    RUNNING = "running"
    NOT_BEGUN = "not_begun"
    ENDED = "ended"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Agreement:
    """A loan; `valid_from` None has begun, `valid_to` is its last day, None is not stated."""

    partner: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    document_id: str | None = None


@dataclass(frozen=True, slots=True)
class Loan:
    """What agreements say of a day, and the one that decides."""

    state: AgreementState
    agreement: Agreement | None = None


def loan(agreements: Iterable[Agreement], on: date) -> Loan:
    """Whether a borrowed thing is there by right on a day.

    One whose last day is not stated covers nothing: unknown never passes. Of several that run the
    one that ends last is shown; else the next to begin; else the last that ended.
    """
    dated = [one for one in agreements if one.valid_to is not None]
    running = [one for one in dated if (one.valid_from or date.min) <= on <= _end(one)]
    if running:
        return Loan(AgreementState.RUNNING, max(running, key=_end))
    coming = [one for one in dated if (one.valid_from or date.min) > on]
    if coming:
        return Loan(
            AgreementState.NOT_BEGUN, min(coming, key=lambda one: one.valid_from or date.min)
        )
    if dated:
        return Loan(AgreementState.ENDED, max(dated, key=_end))
    return Loan(AgreementState.NONE)


def covered_until(agreements: Sequence[Agreement], on: date) -> date | None:
    """The last day up to which agreements that follow on one another cover; None: not on `on`."""
    until = None
    while (running := loan(agreements, on)).state is AgreementState.RUNNING:
        until = _end(running.agreement or Agreement())
        if until == date.max:
            break
        on = until + timedelta(days=1)
    return until


def merged(known: Sequence[Agreement], told: Iterable[Agreement]) -> tuple[Agreement, ...]:
    """Agreements after a file told some: one with the same partner and first day gets a new end.

    A partner or first day that is not told means the agreement that ends last.
    """
    after = list(known)
    for one in told:
        same = [n for n, other in enumerate(after) if _is_same(other, one)]
        if not same:
            after.append(one)
            continue
        place = max(same, key=lambda n: _end(after[n]))
        other = after[place]
        after[place] = replace(
            other,
            partner=one.partner or other.partner,
            valid_from=one.valid_from or other.valid_from,
            valid_to=one.valid_to or other.valid_to,
            document_id=one.document_id or other.document_id,
        )
    return tuple(after)


def latest(agreements: Iterable[Agreement]) -> Agreement | None:
    """The one that ends last, which a register shows in its columns."""
    return max(agreements, key=_end, default=None)


def _end(one: Agreement) -> date:
    return one.valid_to or date.min


def _is_same(known: Agreement, told: Agreement) -> bool:
    is_partner = not told.partner or not known.partner or known.partner == told.partner
    is_begin = told.valid_from is None or known.valid_from in {None, told.valid_from}
    return is_partner and is_begin
