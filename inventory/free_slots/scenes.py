"""What one search has read, and what the policies say to parts of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from inventory.accounts.rules import Principal
from inventory.bookable import BookingPurpose, ResourceKind
from inventory.booking_policies.free import Buffers, free_spans
from inventory.booking_policies.judging import OF_PERSONS, Beside, Ground
from inventory.booking_policies.rules import Order, Verdict, is_of
from inventory.bookings.desk import TruthSource
from inventory.free_slots.candidates import Busy, Candidate, busy_with
from inventory.intervals import Span, common
from inventory.work_orders.repairs import Repairs


@dataclass(frozen=True, slots=True)
class Asker:
    """Who looks, when, and who tells of the rigs."""

    principal: Principal
    now: datetime
    truth: TruthSource


@dataclass(frozen=True)
class Scene:
    """What one search has read; `busy` by the key of each part."""

    asker: Asker
    order: Order
    ground: Ground
    candidates: Mapping[str, Candidate]
    busy: Busy
    beside: Beside
    repairs: Repairs

    def order_of(self, keys: Sequence[str], span: Span) -> Order:
        """The order as it would be for some candidates at a time."""
        things = [one.resource.key for key in keys for one in self.candidates[key].things]
        asked = tuple(self.ground.asked[key] for key in dict.fromkeys(things))
        return replace(self.order, resources=asked, span=span)

    def verdict(self, keys: Sequence[str], span: Span) -> Verdict:
        """What the policies say of that order."""
        return self.ground.judge(self.order_of(keys, span), self.asker.now, self.beside)

    def repair_of(self, key: str) -> int | None:
        """The work order that keeps any part of a candidate out of use."""
        if self.order.purpose is BookingPurpose.MAINTENANCE:
            return None
        for one in self.candidates[key].things:
            asset = (one.resource.organisation_code, one.resource.code)
            found = self.repairs.of_bench.get(one.bench_code or "") or (
                self.repairs.of_asset.get(asset) if one.is_asset else None
            )
            if found is not None:
                return found.number
        return None

    def gone(self, key: str) -> Span | None:
        """When in the window a candidate can't be had since somebody has left by then."""
        until, end = self.candidates[key].until, self.ground.window.end_at
        return Span(until, end) if until is not None and until < end else None

    def free(self, key: str, buffers: Buffers) -> tuple[Span, ...]:
        """When a candidate may be had for long enough; nothing while it is under repair."""
        if self.repair_of(key) is not None:
            return ()
        order = self.order_of([key], self.order.span)
        opened = [self.ground.open_for(order, one.resource.key) for one in order.resources]
        open_at = opened[0]
        for other in opened[1:]:
            open_at = open_at if other is open_at else common(open_at, other)
        busy = [*busy_with(self.candidates[key], self.busy)]
        if (gone := self.gone(key)) is not None:
            busy.append(gone)
        found = free_spans(open_at, busy, buffers)
        return tuple(one for one in found if one.end_at - one.start_at >= self.order.span.length)


def passing(scene: Scene, liked: Sequence[Sequence[str]]) -> Callable[[str, Span], bool]:
    """Whether the policies let the caller have something; equal things are judged once a span.

    Where a set has persons, what policies want of persons is asked of each person with the rest.
    """
    known: dict[tuple[object, Span], bool] = {}
    classes = {key: _class_of(scene, key) for key in scene.candidates}
    of_people = [keys for keys in liked if keys and _is_person(scene, keys[0])]
    rest = [keys[0] for keys in liked if keys and keys not in of_people]

    def judged(key: str, span: Span) -> bool:
        if not of_people:
            return scene.verdict([key], span).is_passed
        is_the_person = len(of_people) == 1 and _is_person(scene, key)
        refusals = scene.verdict([key, *rest] if is_the_person else [key], span).refusals
        return all(one.code in OF_PERSONS and not is_the_person for one in refusals)

    def passes(key: str, span: Span) -> bool:
        place = (key if _is_person(scene, key) else classes[key], span)
        if place not in known:
            known[place] = judged(key, span)
        return known[place]

    return passes


def _is_person(scene: Scene, key: str) -> bool:
    return scene.candidates[key].things[0].resource.kind is ResourceKind.PERSON


def fitting(scene: Scene) -> Callable[[tuple[str, ...], Span], bool]:
    """Whether the policies let the caller have a whole choice."""

    def fits(keys: tuple[str, ...], span: Span) -> bool:
        return scene.verdict(keys, span).is_passed

    return fits


def _class_of(scene: Scene, key: str) -> object:
    """What policies see of a candidate beside its name."""
    asker = scene.asker.principal.organisation_code
    told = {one.resource_key for one in scene.beside.truths if not one.in_order}
    return tuple(
        (
            tuple(
                place
                for place, policy in enumerate(scene.ground.policies)
                if is_of(policy.scope, one, asker)
            ),
            one.is_high_voltage,
            id(one.open_at),
            one.resource.key if one.resource.key in told else "",
        )
        for one in (
            scene.ground.asked[thing.resource.key] for thing in scene.candidates[key].things
        )
    )
