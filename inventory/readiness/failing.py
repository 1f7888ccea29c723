"""What if one thing fails: for every piece that serves, whether the station still passes (pure)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from inventory.equipment.rules import EquipmentItem
from inventory.readiness.assignment import ADVICE, BINDING, UNDECIDED, Demand, Offer, weight_of
from inventory.readiness.evidence import LivePicture
from inventory.readiness.findings import Question, Status
from inventory.readiness.reporting import Report
from inventory.readiness.rules import PaperCase, decide, is_asked_for, row_cases
from inventory.readiness.serving import RowCase, demands_of, offers_of
from inventory.readiness.solving import assign, components

_STATUSES = {0: Status.READY, ADVICE: Status.ADVICE_ONLY, UNDECIDED: Status.UNKNOWN,
             BINDING: Status.NOT_READY}  # fmt: skip
_ORDER = tuple(Status)


@dataclass(frozen=True, slots=True)
class Failure:
    """What happens when one piece of a thing fails; `row_ids` are the rows that then go short.

    `status` is the whole answer's, `adds` what those rows alone would make of it: the two differ
    where the station does not pass as it is.
    """

    asset_number: str
    item_zh: str
    bench_code: str | None
    status: Status
    row_ids: tuple[str, ...]
    adds: Status
    item_en: str = ""


def failures(case: PaperCase, question: Question, live: LivePicture | None) -> tuple[Failure, ...]:
    """The pieces whose failure makes the answer worse, worst first.

    Of several pieces under one asset number one fails. Each failure is shared out anew, in its own
    component only, so that a spare one steps in wherever any can.
    """
    before = decide(case, question, live).status
    if not is_asked_for(case, question):
        return ()
    report = Report(case.settings)
    cases = row_cases(case, question, live)
    own = frozenset(one.row.row_id for one in cases if one.is_own)
    weights = {one.row.row_id: report.weights(one) for one in cases}
    demands = demands_of(cases, lambda one: weights[one.row.row_id])
    offers = {
        one.row.row_id: offers_of(one, case.substitution, weights[one.row.row_id]) for one in cases
    }
    unknown = frozenset(one.row.row_id for one in cases if one.needed is None)
    things, found = _things(case, cases), []
    for part, of in components(demands, offers):
        if own.isdisjoint(of):
            continue
        served = assign(part, of, unknown)
        usual = {
            one.row_id: weight_of(one, served[one.row_id]) for one in part if one.row_id in own
        }
        used = sorted({share.asset_number for row in served.values() for share in row.shares})
        alike: dict[object, dict[str, int]] = {}
        for asset in used:
            thing = things[asset]
            left = _left(thing)
            pattern = (left, _pattern(of, asset))
            if pattern not in alike:
                alike[pattern] = _worse(part, _less(of, asset, left), unknown, usual)
            worse = alike[pattern]
            if worse:
                adds = _STATUSES[max(worse.values())]
                status = max(before, adds, key=_ORDER.index)
                found.append(
                    Failure(
                        asset,
                        thing.item_zh,
                        thing.bench_code,
                        status,
                        tuple(sorted(worse)),
                        adds,
                        thing.item_en,
                    )
                )
    return tuple(sorted(found, key=lambda one: (-_ORDER.index(one.adds), one.asset_number)))


def _things(case: PaperCase, cases: Sequence[RowCase]) -> dict[str, EquipmentItem]:
    """Everything that could serve a row, by asset number."""
    own = (one.item for of in cases for one in case.paper[of.row.row_id])
    others = (one.candidate.item for of in cases for one in of.substitutes)
    return {item.asset_number: item for item in (*own, *others)}


def _left(thing: EquipmentItem) -> float:
    """Which share of a thing is left when one piece fails; litres and metres fail as a whole."""
    is_pieces = not thing.quantity_unit or float(thing.quantity).is_integer()
    return max(0.0, 1 - 1 / thing.quantity) if is_pieces else 0.0


def _pattern(offers: Mapping[str, Sequence[Offer]], asset: str) -> tuple[object, ...]:
    """What a thing offers, without its name: where two offer the same, they fail alike."""
    return tuple(
        (row_id, replace(one, asset_number=""))
        for row_id, ones in offers.items()
        for one in ones
        if one.asset_number == asset
    )


def _less(offers: Mapping[str, Sequence[Offer]], asset: str, left: float) -> dict[str, list[Offer]]:
    return {
        row_id: [
            replace(one, amount=one.amount * left) if one.asset_number == asset else one
            for one in ones
            if left or one.asset_number != asset
        ]
        for row_id, ones in offers.items()
    }


def _worse(
    demands: Sequence[Demand],
    offers: Mapping[str, Sequence[Offer]],
    unknown: frozenset[str],
    usual: Mapping[str, int],
) -> dict[str, int]:
    served = assign(demands, offers, unknown)
    now = {one.row_id: weight_of(one, served[one.row_id]) for one in demands}
    return {row_id: now[row_id] for row_id, weight in usual.items() if now[row_id] > weight}
