"""How equipment is shared out over the rows of one check, and what explains each shortage."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from inventory.readiness.assignment import Demand, Offer, Share, assign
from inventory.readiness.defects import Candidate, Defect
from inventory.readiness.evidence import LivePicture
from inventory.readiness.findings import STANDING_KINDS
from inventory.readiness.live import live_defects
from inventory.requirements.rules import Requirement

_NEGLIGIBLE = 1e-9


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

    `usable` things have no defect, `broken` benches have live ones, `lame` things have paper ones.
    `shares` is what counts; `lame_chosen` are the lame things that would fill the gap were they in
    order; `lack` is what is neither.
    """

    row: Requirement
    needed: float | None
    usable: Sequence[Candidate]
    broken: Sequence[tuple[Candidate, tuple[Defect, ...]]]
    lame: Sequence[Candidate]
    shares: tuple[Share, ...] = ()
    lame_chosen: tuple[Candidate, ...] = ()
    lack: float = 0.0

    @property
    def counted(self) -> float:
        """How much counts."""
        return sum(share.amount for share in self.shares)

    @property
    def has_usable(self) -> bool:
        """Whether at least something counts; where the need is not known, could count."""
        return bool(self.usable) if self.needed is None else bool(self.shares)

    @property
    def is_met(self) -> bool:
        """Whether enough counts; never while nobody knows how much is needed."""
        return self.needed is not None and self.counted >= self.needed - _NEGLIGIBLE

    @property
    def is_short(self) -> bool:
        """Whether too little counts; where the need is not known, whether nothing does."""
        return not self.has_usable if self.needed is None else not self.is_met


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


def serve(cases: Sequence[RowCase], severity: Callable[[RowCase, Candidate], int]) -> None:
    """Share out what is usable; then let broken benches and lame things explain what is short.

    A gap is explained by the thing whose defects weigh least, so that one more thing in the
    register never makes a result worse; a broken bench may, since it binds on its own authority.
    """
    used: dict[str, float] = {}
    for case, shares in _assigned(cases, _needs(cases), [case.usable for case in cases], used):
        case.shares = shares
        case.lack = 0.0 if case.needed is None else max(0.0, case.needed - case.counted)
    lacks = [case.lack for case in cases]
    broken = [[one for one, _ in case.broken if not one.defects] for case in cases]
    for case, shares in _assigned(cases, lacks, broken, used):
        case.lack -= sum(share.amount for share in shares)
    lame = [_least_severe_first(case, severity) for case in cases]
    for case, shares in _assigned(cases, [case.lack for case in cases], lame, used):
        case.lack -= sum(share.amount for share in shares)
        chosen = {share.asset_number for share in shares}
        case.lame_chosen = tuple(one for one in case.lame if one.item.asset_number in chosen)
        case.lack = case.lack if case.lack > _NEGLIGIBLE else 0.0


def _needs(cases: Sequence[RowCase]) -> list[float]:
    return [case.needed or 0.0 for case in cases]


def _least_severe_first(
    case: RowCase, severity: Callable[[RowCase, Candidate], int]
) -> list[Candidate]:
    if case.lack <= _NEGLIGIBLE:
        return []
    return sorted(case.lame, key=lambda one: severity(case, one))


def _assigned(
    cases: Sequence[RowCase],
    amounts: Sequence[float],
    candidates: Sequence[Sequence[Candidate]],
    used: dict[str, float],
) -> list[tuple[RowCase, tuple[Share, ...]]]:
    demands = [
        Demand(case.row.row_id, amount)
        for case, amount in zip(cases, amounts, strict=True)
        if amount > _NEGLIGIBLE
    ]
    offers = {
        case.row.row_id: [Offer(one.item.asset_number, one.amount) for one in ones]
        for case, ones in zip(cases, candidates, strict=True)
    }
    shares = assign(demands, offers, used)
    return [(case, shares.get(case.row.row_id, ())) for case in cases]
