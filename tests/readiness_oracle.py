"""All assignments of a small problem, one by one: slow, plain and independent of the solver."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations, product

from hypothesis import strategies as st

from inventory.readiness.assignment import Demand, Offer, Served, Worth
from inventory.requirements.rules import Requirement
from tests.requirement_rows import requirement

Tally = tuple[int, int, int]
"""How many rows end not ready, at least unknown, at least advised against."""
Problem = tuple[tuple[Demand, ...], dict[str, tuple[Offer, ...]]]
Given = Mapping[str, Sequence[tuple[Offer, int]]]
Within = Callable[[Given], bool]
ROWS = ("R1", "R2", "R3")
MAX_OFFERS = 6
MODULES = ("2-1", "2-2", "2-3")
WITHIN, BETWEEN = "not shareable inside one session", "场次不重叠时可共用"
WHOLE, DEDICATED, UNREAD = "one for the whole station", "专用", "看情况"


def best(problem: Problem, within: Within | None = None) -> Tally:
    """The best tally of all assignments that break no rule."""
    tallies = (judge(problem, given, within) for given in _assignments(problem))
    return min(tally for tally in tallies if tally)


def served_as_given(problem: Problem, served: Mapping[str, Served]) -> Given:
    """A solver's answer in the oracle's form; every amount must be a whole number."""
    given: dict[str, list[tuple[Offer, int]]] = {}
    for demand in problem[0]:
        given[demand.row_id] = []
        for share in served[demand.row_id].shares:
            assert abs(share.amount - round(share.amount)) < 1e-6
            given[demand.row_id].append((share.offer, round(share.amount)))
    return given


def judge(problem: Problem, given: Given, within: Within | None = None) -> Tally | None:
    """The tally of an assignment; None where it breaks a rule.

    `within` says whether no thing is used more than it can be; None: all rows at the same time.
    """
    demands = {demand.row_id: demand for demand in problem[0]}
    if not (within or _is_within_things)(given):
        return None
    met = {row_id: counted(given[row_id]) >= demand.amount for row_id, demand in demands.items()}
    fine = {
        row_id: met[row_id] or any(met.get(mate, False) for mate in demand.waived_by)
        for row_id, demand in demands.items()
    }
    for shares in given.values():
        for offer, amount in shares:
            if amount and not all(fine.get(home, True) for home in offer.homes):
                return None
    weights = [
        0 if fine[row_id] else shortage(demand, given[row_id]) for row_id, demand in demands.items()
    ]
    three, two, one = (sum(weight >= level for weight in weights) for level in (3, 2, 1))
    return three, two, one


def counted(shares: Sequence[tuple[Offer, int]]) -> int:
    """What counts: own things one by one, things that serve together by the scarcest."""
    own = sum(n for offer, n in shares if not offer.option and offer.worth is Worth.USABLE)
    legs: dict[int, dict[int, int]] = {}
    for offer, n in shares:
        if offer.option:
            legs.setdefault(offer.option, {}).setdefault(offer.leg, 0)
            legs[offer.option][offer.leg] += n
    # every option of a problem has all its legs among the offers, used or not
    return own + sum(min(of.values()) for of in legs.values())


def shortage(demand: Demand, shares: Sequence[tuple[Offer, int]]) -> int:
    """What a short row weighs."""
    has = counted(shares)
    explained = [(offer, n) for offer, n in shares if n and offer.worth is not Worth.USABLE]
    present = has + sum(n for _, n in explained)
    weight = max(1, demand.short)
    for offer, _ in explained:
        if offer.worth is Worth.LAME:
            weight = max(weight, offer.beside if has else offer.alone)
    if present < demand.amount:
        weight = max(weight, demand.too_few if present else demand.missing)
    return weight


def _is_within_things(given: Given) -> bool:
    used: dict[tuple[str, str], float] = {}
    for shares in given.values():
        for offer, n in shares:
            for part in offer.parts:
                key = (offer.asset_number, part)
                used[key] = used.get(key, 0.0) + n / offer.amount
    return all(share <= 1 + 1e-9 for share in used.values())


def is_within_times(
    rows: Sequence[Requirement], groups: Sequence[frozenset[str]], given: Given
) -> bool:
    """Whether of every thing no more is used at once than there is, by what rows say of sharing."""
    used: dict[tuple[str, str], dict[str, float]] = {}
    for row_id, shares in given.items():
        for offer, n in shares:
            for part in offer.parts:
                of_rows = used.setdefault((offer.asset_number, part), {})
                of_rows[row_id] = of_rows.get(row_id, 0.0) + n / offer.amount
    meeting = [
        crowd
        for size in range(1, len(rows) + 1)
        for crowd in combinations(rows, size)
        if all(_meet(one, other, groups) for one, other in combinations(crowd, 2))
    ]
    return all(
        sum(of_rows.get(row.row_id, 0.0) for row in crowd) <= 1 + 1e-9
        for of_rows in used.values()
        for crowd in meeting
    )


def _meet(one: Requirement, other: Requirement, groups: Sequence[frozenset[str]]) -> bool:
    """Whether two rows can't have the same piece."""
    words = (one.sharing_rule, other.sharing_rule)
    modules = (one.module_code, other.module_code)
    if UNREAD in words or DEDICATED in words:
        return True
    if words == (WHOLE, WHOLE) and "2-*" not in modules and modules[0] != modules[1]:
        return False
    is_same = "2-*" in modules or modules[0] == modules[1]
    return is_same or any(set(modules) <= group for group in groups)


def _assignments(problem: Problem) -> Iterator[Given]:
    demands, offers = problem
    places = [(demand, offer) for demand in demands for offer in offers[demand.row_id]]
    ranges = [range(int(min(offer.amount, demand.amount)) + 1) for demand, offer in places]
    for amounts in product(*ranges):
        given: dict[str, list[tuple[Offer, int]]] = {demand.row_id: [] for demand in demands}
        for (demand, offer), amount in zip(places, amounts, strict=True):
            given[demand.row_id].append((offer, amount))
        yield given


@st.composite
def times(draw: st.DrawFn) -> tuple[tuple[Requirement, ...], tuple[frozenset[str], ...]]:
    """The rows of a problem as rows of several modules, and which modules are examined at once."""
    rows = tuple(
        requirement(
            row_id,
            module_code=draw(st.sampled_from((*MODULES, MODULES[0], "2-*"))),
            sharing_rule=draw(st.sampled_from((WITHIN, BETWEEN, WHOLE, WHOLE, DEDICATED, UNREAD))),
        )
        for row_id in ROWS
    )
    groups = ((), (frozenset(MODULES[:2]),), (frozenset(MODULES),))
    return rows, draw(st.sampled_from(groups))


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """Up to three rows and six offers: shared, lame, broken, substitutes, pairs, kits, waivers."""
    rows = ROWS[: draw(st.integers(1, 3))]
    amounts = {asset: float(draw(st.integers(1, 2))) for asset in "abcd"}
    kits = {asset for asset in "cd" if draw(st.booleans())}
    demands = []
    offers: dict[str, list[Offer]] = {row_id: [] for row_id in rows}
    for row_id in rows:
        too_few, missing = sorted(draw(st.tuples(st.sampled_from([1, 3]), st.sampled_from([1, 3]))))
        mates = [one for one in rows if one != row_id]
        waived = draw(st.sampled_from([(), (), (), tuple(mates)]))
        short = draw(st.sampled_from([0, 0, 1, 2, 3]))
        need = float(draw(st.integers(1, 2)))
        demands.append(Demand(row_id, need, True, short, missing, too_few, waived))
    for row_id, asset in draw(
        st.lists(
            st.tuples(st.sampled_from(rows), st.sampled_from("abcd")),
            max_size=MAX_OFFERS,
            unique=True,
        )
    ):
        demand = demands[rows.index(row_id)]
        # a kit that serves as itself uses up all its parts
        parts = rows if asset in kits else ("",)
        plain = Offer(asset, amounts[asset], parts=parts)
        offers[row_id].append(draw(_variants(plain, demand, rows, asset in kits)))
    for row_id in rows:
        # things that serve together: a pair needs both its legs
        legs = {offer.leg for offer in offers[row_id] if offer.option == 2}
        if legs != {0, 1}:
            offers[row_id] = [offer for offer in offers[row_id] if offer.option != 2]
    return tuple(demands), {row_id: tuple(ones) for row_id, ones in offers.items()}


def _variants(
    plain: Offer, demand: Demand, rows: Sequence[str], is_kit: bool
) -> st.SearchStrategy[Offer]:
    from dataclasses import replace

    homes = [(), *((row_id,) for row_id in rows if row_id != demand.row_id)]
    lame = st.integers(1, demand.missing).flatmap(
        lambda alone: st.integers(1, min(alone, demand.too_few)).map(
            lambda beside: replace(plain, worth=Worth.LAME, alone=alone, beside=beside)
        )
    )
    stand_in = st.sampled_from(homes).map(lambda home: replace(plain, option=1, homes=home))
    pair = st.tuples(st.sampled_from([0, 1]), st.sampled_from(homes)).map(
        lambda of: replace(plain, option=2, leg=of[0], homes=of[1])
    )
    kinds = [st.just(plain), st.just(plain), lame, stand_in, pair]
    if demand.short:
        kinds.append(st.just(replace(plain, worth=Worth.BROKEN)))
    if is_kit:
        kinds.append(st.just(replace(plain, option=3, parts=(demand.row_id,))))
    return st.one_of(*kinds)
