"""How what was found is shown."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime

from inventory.booking_policies.rules import Objection, Verdict
from inventory.booking_policies.schema import ObjectionOut
from inventory.free_slots.candidates import Candidate
from inventory.free_slots.schema import FreeNowOut, FreeSlotOut, PickedOut
from inventory.intervals import Span


def objections_out(objections: Iterable[Objection]) -> list[ObjectionOut]:
    """Objections as the API shows them."""
    return [ObjectionOut.model_validate(asdict(one)) for one in objections]


def slot_out(span: Span, candidates: Sequence[Candidate], verdict: Verdict) -> FreeSlotOut:
    """A slot with what would be taken."""
    return FreeSlotOut(
        start_at=span.start_at,
        end_at=span.end_at,
        resources=[_picked(one) for one in candidates],
        warnings=objections_out((*verdict.approvals, *verdict.warnings)),
        needs_approval_by=list(verdict.needs_approval_by),
    )


def free_now_out(
    candidate: Candidate,
    verdict: Verdict,
    *,
    is_open: bool,
    free_until: datetime | None,
    taken_until: datetime | None,
    under_repair: int | None,
) -> FreeNowOut:
    """A resource at a time."""
    is_free = taken_until is None and under_repair is None
    return FreeNowOut(
        **_picked(candidate).model_dump(),
        station_code=candidate.things[0].station_code,
        is_free=is_free,
        is_open=is_open,
        is_bookable=is_free and verdict.is_passed,
        free_until=free_until if is_free else None,
        taken_until=taken_until,
        under_repair=under_repair,
        refusals=objections_out(verdict.refusals),
        warnings=objections_out((*verdict.approvals, *verdict.warnings)),
        needs_approval_by=list(verdict.needs_approval_by),
    )


def _picked(candidate: Candidate) -> PickedOut:
    thing = candidate.things[0]
    return PickedOut(
        resource_key=candidate.key,
        kind=thing.resource.kind,
        code=thing.resource.code,
        name=thing.name,
    )
