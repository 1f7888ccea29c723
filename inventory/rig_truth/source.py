"""What bookings are told of rigs when somebody asks for them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session

from inventory.benches.live import LiveBenches
from inventory.booking_policies.rules import RigTruth
from inventory.bookings.desk import TruthSource
from inventory.bookings.taking import Taken
from inventory.intervals import Span
from inventory.readiness.findings import Bilingual
from inventory.rig_truth.rigs import facts_or_less, rigs_taken
from inventory.rig_truth.rules import failures, school_day, troubles
from inventory.rig_truth.substitutes import Gap, substitutes

_ONE_ORDER = timedelta(days=1)
"""A longer span is one that slots are looked for in; nothing stands in for all of it."""


def truth_of(live: LiveBenches) -> TruthSource:
    """The source of truth of a house whose benches report here."""

    def tell(db: Session, things: Sequence[Taken], span: Span, now: datetime) -> Sequence[RigTruth]:
        rigs = rigs_taken(things)
        facts = facts_or_less(db, live, rigs, now)
        keys = frozenset(one.resource.key for one in rigs)
        told: list[RigTruth] = []
        for rig in rigs:
            key = rig.resource.key
            found = failures(troubles(facts[key], school_day(span.start_at), now))
            if not found:
                continue
            reasons = [one.said for one in found]
            if span.length <= _ONE_ORDER:
                gap = Gap(rig, span, span.start_at, keys)
                reasons += [
                    Bilingual(f"可改用：{one.name_zh}", f"free instead: {one.name_en}")
                    for one in substitutes(db, live, gap, now, 1)
                ]
            told.append(RigTruth(key, False, tuple(reasons)))
        return told

    return tell
