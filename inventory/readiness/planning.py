"""The smallest set of actions after which a station would pass (pure).

Found as an optimisation over all things at once: fewest actions, and of equally many the cheapest
kinds, in the order of `Step`. Calibrating one multimeter that frees another for the row that lacks
it is found like any other way.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from inventory.equipment.rules import EquipmentItem, EquipmentStatus
from inventory.readiness.assignment import (
    ADVICE,
    BINDING,
    UNDECIDED,
    WHOLE,
    Demand,
    Offer,
    weight_of,
)
from inventory.readiness.defects import Candidate, Defect
from inventory.readiness.evidence import LivePicture
from inventory.readiness.findings import (
    REMEDY_GROUPS,
    Bilingual,
    FindingKind,
    Question,
    RemedyGroup,
)
from inventory.readiness.paper import Paper
from inventory.readiness.programming import SharingProgramme
from inventory.readiness.reporting import Report
from inventory.readiness.rules import FACT_OF_BASIS, PaperCase, is_asked_for, row_cases
from inventory.readiness.serving import RowCase, demands_of, offers_of
from inventory.readiness.solving import assign, components, spare_only
from inventory.readiness.wording import item, measured, stating
from inventory.requirements.rules import QuantityBasis


class Step(StrEnum):
    """What is done, the least effort first."""

    STATE_FACT = "state_fact"
    RECORD = "record"
    CONFIRM = "confirm"
    MOVE = "move"
    CALIBRATE = "calibrate"
    SETTLE = "settle"
    MEND = "mend"
    BUY = "buy"


_STEPS = {
    RemedyGroup.RECORD: Step.RECORD,
    RemedyGroup.CONFIRM: Step.CONFIRM,
    RemedyGroup.CALIBRATE: Step.CALIBRATE,
    RemedyGroup.SETTLE: Step.SETTLE,
    RemedyGroup.MEND: Step.MEND,
}
_EFFORT = {step: place / 10_000 for place, step in enumerate(Step)}
"""Far less than one action, so that effort only decides between equally many."""
_GONE = frozenset({EquipmentStatus.RETIRED, EquipmentStatus.MISSING})


@dataclass(frozen=True, slots=True)
class PlannedAction:
    """One thing to do; `row_ids` are the rows that it helps.

    `asset_number` is empty for purchases and facts, `amount` set for purchases only.
    """

    step: Step
    item: Bilingual
    what: Bilingual
    row_ids: tuple[str, ...]
    asset_number: str = ""
    amount: float | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """All actions together make the station pass; none of them can be left out.

    `is_certain` is false where a fact must be stated first, whose number nobody knows yet.
    `is_possible` is false where no list speaks of the question.
    """

    actions: tuple[PlannedAction, ...]
    is_possible: bool = True
    is_certain: bool = True


@dataclass(frozen=True, slots=True)
class _Way:
    """An offer that becomes usable by an action."""

    name: str
    steps: tuple[Step, ...]
    thing: EquipmentItem | None
    texts: tuple[Bilingual, ...]


def plan(
    case: PaperCase,
    question: Question,
    live: LivePicture | None,
    elsewhere: Sequence[EquipmentItem] = (),
    *,
    is_advice_met: bool = False,
) -> Plan:
    """What must be done to pass, or with `is_advice_met` to leave nothing to be advised either.

    Args:
        case: the station's ground; `question.on_date` is its day.
        question: what it should be ready for.
        live: benches right now; None where nobody looked.
        elsewhere: things of the same school that stand in its other stations.
        is_advice_met: see above.
    """
    if not is_asked_for(case, question):
        return Plan((), is_possible=False)
    report = Report(case.settings)
    cases = row_cases(case, question, live)
    rows = [one.row for one in cases]
    desk = _Planning(case, cases, report, Paper(rows, elsewhere, question.on_date))
    worst = 0 if is_advice_met else ADVICE
    facts = tuple(_stated([one for one in cases if one.is_own], report, worst))
    actions = (*facts, *desk.actions(worst))
    order = {step: place for place, step in enumerate(Step)}
    actions = tuple(sorted(actions, key=lambda one: order[one.step]))
    return Plan(actions, is_certain=not facts)


class _Planning:
    """Rows with everything they have and everything they could be given."""

    def __init__(
        self,
        case: PaperCase,
        cases: Sequence[RowCase],
        report: Report,
        elsewhere: Mapping[str, Sequence[Candidate]],
    ) -> None:
        self._rows = {one.row.row_id: one for one in cases}
        weights = {row_id: report.weights(one) for row_id, one in self._rows.items()}
        self._demands = demands_of(cases, lambda one: weights[one.row.row_id])
        self._offers = {
            row_id: offers_of(one, case.substitution, weights[row_id])
            for row_id, one in self._rows.items()
        }
        self._unknown = frozenset(one.row.row_id for one in cases if one.needed is None)
        self._ways: dict[str, _Way] = {}
        self._more: dict[str, list[Offer]] = defaultdict(list)
        for row_id, one in self._rows.items():
            self._mended(one, case)
            self._moved(one, elsewhere.get(row_id, ()))
        for demand in self._demands:
            self._bought(demand)

    def actions(self, worst: int) -> list[PlannedAction]:
        """The cheapest set after which no row's shortage weighs more than `worst`."""
        own = frozenset(row_id for row_id, one in self._rows.items() if one.is_own)
        now = assign(self._demands, self._offers, self._unknown, own)
        short = {
            demand.row_id
            for demand in self._demands
            if demand.row_id in now
            and self._rows[demand.row_id].is_own
            and weight_of(demand, now[demand.row_id]) > worst
        }
        offers = {row_id: [*ones, *self._more[row_id]] for row_id, ones in self._offers.items()}
        found = []
        kept = spare_only(self._demands, offers, self._unknown)
        for demands, of in components(self._demands, kept):
            if any(demand.row_id in short for demand in demands):
                found += self._solved(demands, of, worst)
        return found

    def _solved(
        self, demands: Sequence[Demand], offers: Mapping[str, Sequence[Offer]], worst: int
    ) -> list[PlannedAction]:
        levels = [level for level in (BINDING, UNDECIDED, ADVICE) if level > worst]
        costs = {name: sum(1 + _EFFORT[s] for s in way.steps) for name, way in self._ways.items()}
        answer = SharingProgramme(demands, offers).plan(costs, levels)
        if answer is None:
            raise AssertionError("buying everything is always possible")
        done, served = answer
        helped: dict[str, dict[str, float]] = defaultdict(dict)
        for row_id, of in served.items():
            for share in of.shares:
                if share.offer.action in done:
                    before = helped[share.offer.action].get(row_id, 0.0)
                    helped[share.offer.action][row_id] = before + share.amount
        return [one for name in sorted(done) for one in self._told(name, helped[name])]

    def _told(self, name: str, helped: Mapping[str, float]) -> Iterable[PlannedAction]:
        way = self._ways[name]
        rows = tuple(sorted(helped))
        if way.thing is not None:
            named = Bilingual(way.thing.item_zh, way.thing.item_en or way.thing.item_zh)
            for step, text in zip(way.steps, way.texts, strict=True):
                yield PlannedAction(step, named, text, rows, way.thing.asset_number)
            return
        for row_id, amount in helped.items():
            row = self._rows[row_id].row
            many = measured(amount, row.quantity_unit)
            text = Bilingual(f"购置或借入 {many}", f"buy or borrow {many}")
            unit = row.quantity_unit
            yield PlannedAction(Step.BUY, item(row), text, (row_id,), "", amount, unit)

    def _mended(self, one: RowCase, case: PaperCase) -> None:
        faulty = [(thing, thing.defects) for thing in one.lame]
        faulty += [(thing, live) for thing, live in one.broken if not thing.defects]
        for thing, defects in faulty:
            steps = _steps(thing, defects)
            if steps:
                asset = thing.item.asset_number
                # what mends it for one row may not do for another
                name = f"{asset} {' '.join(sorted(steps))}"
                parts = one.timed(case.substitution.parts_of(asset))
                self._ways[name] = _Way(name, tuple(steps), thing.item, tuple(steps.values()))
                offer = Offer(asset, thing.amount, parts=parts, action=name)
                self._more[one.row.row_id].append(offer)

    def _moved(self, one: RowCase, candidates: Sequence[Candidate]) -> None:
        for thing in candidates:
            if not thing.defects and thing.item.bench_code is None:
                asset = thing.item.asset_number
                where = "、".join(thing.item.station_codes)
                text = Bilingual(f"从 {where} 调入", f"move it here from {where}")
                name = f"{asset} {Step.MOVE}"
                self._ways[name] = _Way(name, (Step.MOVE,), thing.item, (text,))
                offer = Offer(asset, thing.amount, parts=one.timed(WHOLE), action=name)
                self._more[one.row.row_id].append(offer)

    def _bought(self, demand: Demand) -> None:
        name = f"{Step.BUY} {demand.row_id}"
        self._ways[name] = _Way(name, (Step.BUY,), None, ())
        self._more[demand.row_id].append(Offer(name, demand.amount, action=name))


def _steps(thing: Candidate, defects: Sequence[Defect]) -> dict[Step, Bilingual]:
    """What mends a thing for a row, one step of a kind; nothing where only another one would do."""
    if thing.item.status in _GONE:
        return {}
    steps: dict[Step, Bilingual] = {}
    for defect in defects:
        if defect.kind is FindingKind.PARAMETER_NOT_MET:
            return {}
        steps.setdefault(_STEPS[REMEDY_GROUPS[defect.kind]], defect.remedy)
    return steps


def _stated(cases: Sequence[RowCase], report: Report, worst: int) -> Iterable[PlannedAction]:
    """One action per fact that rows which matter multiply by."""
    rows: dict[str, list[str]] = defaultdict(list)
    bases: dict[str, QuantityBasis] = {}
    for one in cases:
        if one.needed is None and report.fact_weight(one) > worst:
            fact = FACT_OF_BASIS[one.row.quantity_basis]
            rows[fact].append(one.row.row_id)
            bases[fact] = one.row.quantity_basis
    for fact, row_ids in rows.items():
        text = stating(bases[fact], fact)
        yield PlannedAction(Step.STATE_FACT, Bilingual("站点信息", "station"), text, tuple(row_ids))
