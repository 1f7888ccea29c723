"""How equipment is shared out over the rows of one check, and what explains each shortage."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from inventory.readiness.assignment import NEGLIGIBLE, Demand, Offer, Served, Share, Worth
from inventory.readiness.defects import Candidate, Defect
from inventory.readiness.evidence import LivePicture
from inventory.readiness.findings import STANDING_KINDS
from inventory.readiness.live import live_defects
from inventory.readiness.solving import assign
from inventory.readiness.substitution import Substitute, Substitution
from inventory.requirements.alternatives import parse_alternatives
from inventory.requirements.rules import Requirement


class LiveDefects:
    """Live defects of benches, each worked out once per check; none where nobody looked."""

    def __init__(self, live: LivePicture | None) -> None:
        self._live = live
        self._known: dict[str, tuple[Defect, ...]] = {}

    def of(self, candidate: Candidate) -> tuple[Defect, ...]:
        """Why the candidate's bench does not count right now.

        Nothing is asked of a bench that is out of service or no longer on loan: its silence is no
        news, and the register does not offer it.
        """
        code = candidate.item.bench_code
        if self._live is None or code is None:
            return ()
        if any(defect.kind in STANDING_KINDS for defect in candidate.defects):
            return ()
        if code not in self._known:
            self._known[code] = live_defects(self._live, code)
        return self._known[code]


@dataclass(slots=True)
class RowCase:
    """One row of a check while equipment is shared out.

    `usable` things have no defect, `broken` benches have live ones, `lame` things have paper ones;
    `substitutes` may stand in. `served` is what the row is given; `lame_chosen` are the lame things
    that would fill the gap were they in order; `lack` is what is neither. `is_own` false: a row of
    another module that competes for things; `times` are when this one uses them, `held_by` the
    modules that have things of this row while it is short.
    """

    row: Requirement
    needed: float | None
    usable: Sequence[Candidate]
    broken: Sequence[tuple[Candidate, tuple[Defect, ...]]]
    lame: Sequence[Candidate]
    substitutes: Sequence[Substitute] = ()
    served: Served = field(default_factory=Served)
    is_own: bool = True
    times: tuple[str, ...] = ()
    held_by: tuple[str, ...] = ()

    @property
    def shares(self) -> tuple[Share, ...]:
        """What counts."""
        return self.served.given(Worth.USABLE)

    @property
    def lame_chosen(self) -> tuple[Candidate, ...]:
        """The lame things that explain the shortage."""
        chosen = {share.asset_number for share in self.served.given(Worth.LAME)}
        return tuple(one for one in self.lame if one.item.asset_number in chosen)

    @property
    def lack(self) -> float:
        """What nothing in the register explains."""
        return self.served.lack

    @property
    def counted(self) -> float:
        """How much counts."""
        return self.served.counted

    @property
    def has_usable(self) -> bool:
        """Whether at least something counts; where the need is not known, could count."""
        return bool(self.usable) if self.needed is None else bool(self.shares)

    @property
    def is_met(self) -> bool:
        """Whether enough counts; never while nobody knows how much is needed."""
        if self.needed is None:
            return False
        return bool(self.served.waived_by) or self.counted >= self.needed - NEGLIGIBLE

    def timed(self, parts: tuple[str, ...]) -> tuple[str, ...]:
        """What of a thing is used up, part by part and time by time."""
        if not self.times:
            return parts
        return tuple(f"{part} {time}" for part in parts for time in self.times)

    @property
    def is_short(self) -> bool:
        """Whether too little counts; where the need is not known, whether nothing does."""
        return not self.has_usable if self.needed is None else not self.is_met


@dataclass(frozen=True, slots=True)
class Weights:
    """What shortages of a row weigh (see `assignment`), as the report will tell them."""

    short: int
    missing: int
    too_few: int
    lame: Callable[[Candidate, bool], int]


def row_case(
    row: Requirement,
    needed: float | None,
    candidates: Sequence[Candidate],
    benches: LiveDefects,
) -> RowCase:
    """Sort a row's candidates by what is wrong with them."""
    broken = [(one, defects) for one in candidates if (defects := benches.of(one))]
    return RowCase(
        row=row,
        needed=needed,
        usable=[one for one in candidates if not one.defects and not benches.of(one)],
        broken=broken,
        lame=[one for one in candidates if one.defects],
    )


def demands_of(cases: Sequence[RowCase], weigh: Callable[[RowCase], Weights]) -> list[Demand]:
    """What the rows of a check need, in the order in which they choose."""
    groups: dict[str, list[Requirement]] = {}
    for case in cases:
        if case.row.alternative_group and case.needed:
            groups.setdefault(case.row.alternative_group, []).append(case.row)
    demands = []
    for case in cases:
        if not case.needed or case.needed <= NEGLIGIBLE:
            continue
        weights, row = weigh(case), case.row
        is_any = parse_alternatives(row.substitutes).is_any_of_group
        mates = groups.get(row.alternative_group, []) if is_any else []
        demands.append(
            Demand(
                row.row_id,
                case.needed,
                is_whole=not row.quantity_unit,
                short=weights.short,
                missing=weights.missing,
                too_few=weights.too_few,
                waived_by=tuple(one.row_id for one in mates if _waives(one, row)),
            )
        )
    return demands


def offers_of(case: RowCase, substitution: Substitution, weights: Weights) -> list[Offer]:
    """What a row could be given: its own things, then what explains a gap, then substitutes."""

    def offer(one: Candidate, worth: Worth, alone: int = 0, beside: int = 0) -> Offer:
        asset = one.item.asset_number
        parts = case.timed(substitution.parts_of(asset))
        return Offer(asset, one.amount, worth, alone, beside, parts=parts)

    lame = [
        offer(one, Worth.LAME, weights.lame(one, False), weights.lame(one, True))
        for one in case.lame
    ]
    return [
        *(offer(one, Worth.USABLE) for one in case.usable),
        *(offer(one, Worth.BROKEN) for one, _ in case.broken if not one.defects),
        *sorted(lame, key=lambda one: max(one.alone, one.beside)),
        *(_substitute_offer(case, one) for one in case.substitutes),
    ]


def _waives(one: Requirement, other: Requirement) -> bool:
    """Whether two rows of a group are asked for by the same module."""
    is_near = one.is_common or other.is_common or one.module_code == other.module_code
    return is_near and one.row_id != other.row_id


def _substitute_offer(case: RowCase, one: Substitute) -> Offer:
    return Offer(
        one.candidate.item.asset_number,
        one.candidate.amount,
        option=one.option,
        leg=one.leg,
        homes=one.homes,
        parts=case.timed(one.parts),
    )


def serve(
    cases: Sequence[RowCase],
    substitution: Substitution,
    weigh: Callable[[RowCase], Weights],
) -> None:
    """Share out what is usable, and let what is broken or lame explain what is short.

    The best assignment and the mildest explanation are found together: one more thing in the
    register never makes a result worse; a broken bench may, since it binds on its own authority.
    """
    weights = {case.row.row_id: weigh(case) for case in cases}
    offers: Mapping[str, Sequence[Offer]] = {
        case.row.row_id: offers_of(case, substitution, weights[case.row.row_id]) for case in cases
    }
    demands = demands_of(cases, lambda case: weights[case.row.row_id])
    unknown = frozenset(case.row.row_id for case in cases if case.needed is None)
    own = frozenset(case.row.row_id for case in cases if case.is_own)
    served = assign(demands, offers, unknown, own)
    for case in cases:
        case.served = served.get(case.row.row_id, Served())
    _tell_who_holds(cases)


def _tell_who_holds(cases: Sequence[RowCase]) -> None:
    """Note at short rows which modules have what could have served them."""
    rivals = [case for case in cases if not case.is_own and case.shares]
    for case in cases if rivals else ():
        if case.is_own and case.lack > NEGLIGIBLE:
            fitting = {one.item.asset_number for one in case.usable}
            case.held_by = tuple(
                dict.fromkeys(
                    one.row.module_code
                    for one in rivals
                    if any(share.asset_number in fitting for share in one.shares)
                )
            )
