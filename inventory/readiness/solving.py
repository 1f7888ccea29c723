"""Sharing out equipment the best way, the easy parts of it without a solver.

Rows and things fall into components that never meet. A component whose rows are all met when they
choose one after the other is solved; a row that shares nothing is solved by looking at it. Only
what is left goes to the solver, so a usual check costs it nothing or a few small programmes.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from inventory.readiness.assignment import (
    NEGLIGIBLE,
    Demand,
    Offer,
    Offers,
    Served,
    Share,
    Worth,
)
from inventory.readiness.programming import SharingProgramme

Component = tuple[Sequence[Demand], Offers]


def assign(
    demands: Sequence[Demand],
    offers: Offers,
    unknown: Collection[str] = (),
    wanted: Collection[str] | None = None,
) -> dict[str, Served]:
    """Give things to rows so that no other way is better; see `assignment` for what is better.

    Args:
        demands: rows; of two that are alike the earlier one is served.
        offers: per row id, in the order of the row's preference.
        unknown: rows of which nobody knows how much they need; nothing of theirs is spare.
        wanted: rows whose answer matters, with all that hangs on them; None: all.
    """
    served: dict[str, Served] = {}
    for rows, of in components(demands, spare_only(demands, offers, unknown)):
        if wanted is None or any(row.row_id in wanted for row in rows):
            served.update(_solved(rows, of))
    return served


def components(demands: Sequence[Demand], offers: Offers) -> list[Component]:
    """Groups of rows that share things, homes or waivers; alone where they share nothing."""
    group = {demand.row_id: demand.row_id for demand in demands}

    def find(row_id: str) -> str:
        while group[row_id] != row_id:
            group[row_id] = group[group[row_id]]
            row_id = group[row_id]
        return row_id

    owner = {("row", row_id): row_id for row_id in group}
    for demand in demands:
        for tie in _ties(demand, offers.get(demand.row_id, ())):
            if tie[0] != "row" or tie in owner:
                group[find(owner.setdefault(tie, demand.row_id))] = find(demand.row_id)
    members: dict[str, list[Demand]] = defaultdict(list)
    for demand in demands:
        members[find(demand.row_id)].append(demand)
    return [
        (rows, {row.row_id: offers.get(row.row_id, ()) for row in rows})
        for rows in members.values()
    ]


def _ties(demand: Demand, offers: Sequence[Offer]) -> Iterator[tuple[str, str]]:
    """What a row shares with others, by kind and name."""
    yield from (("row", row_id) for row_id in demand.waived_by)
    for offer in offers:
        if offer.asset_number:
            yield "thing", offer.asset_number
        if offer.action:
            yield "action", offer.action
        yield from (("row", home) for home in offer.homes)


def spare_only(
    demands: Sequence[Demand], offers: Offers, unknown: Collection[str] = ()
) -> dict[str, tuple[Offer, ...]]:
    """Without substitutes that can't be spared: of their homes no more is there than is needed.

    An option that lost one of the things that serve together goes as a whole. What is left may
    still turn out not to be spare, but most of a usual check is settled here.
    """
    # a row that another one may make needless can always be spared
    needs = {demand.row_id: demand.amount for demand in demands if not demand.waived_by}
    left = {demand.row_id: tuple(offers.get(demand.row_id, ())) for demand in demands}
    while True:
        things = {row_id: _things(left[row_id]) for row_id in needs}
        spare = {
            row_id: sum(amount for amount, _ in of.values()) - needs[row_id]
            for row_id, of in things.items()
        }
        kept = {
            row_id: _complete(ones, [one for one in ones if _is_spare(one, things, spare, unknown)])
            for row_id, ones in left.items()
        }
        if kept == left:
            return left
        left = kept


def _things(offers: Sequence[Offer]) -> dict[str, tuple[float, frozenset[str]]]:
    """What could count for a row and which parts of it, by thing; of a pair only one thing."""
    found: dict[str, tuple[float, frozenset[str]]] = {}
    for one in offers:
        if one.worth is Worth.USABLE and one.leg == 0:
            amount, parts = found.get(one.asset_number, (0.0, frozenset()))
            found[one.asset_number] = (amount + one.amount, parts.union(one.parts))
    return found


def _is_spare(
    offer: Offer,
    things: Mapping[str, Mapping[str, tuple[float, frozenset[str]]]],
    spare: Mapping[str, float],
    unknown: Collection[str],
) -> bool:
    for home in offer.homes if offer.option else ():
        if home in unknown:
            return False
        if home in spare:
            _, parts = things[home].get(offer.asset_number, (0.0, frozenset()))
            # what the home never uses at that time is not taken from it
            is_taken = not parts.isdisjoint(offer.parts)
            if spare[home] < (NEGLIGIBLE if is_taken else -NEGLIGIBLE):
                return False
    return True


def _complete(offers: tuple[Offer, ...], kept: Sequence[Offer]) -> tuple[Offer, ...]:
    legs = {(one.option, one.leg) for one in offers if one.option}
    lost = {option for option, leg in legs - {(one.option, one.leg) for one in kept}}
    return tuple(one for one in kept if one.option not in lost)


def _solved(demands: Sequence[Demand], offers: Offers) -> dict[str, Served]:
    taken = _one_after_the_other(demands, offers)
    if all(_is_met(demand, taken[demand.row_id]) for demand in demands):
        return taken
    if len(demands) == 1 and not any(one.option for one in offers[demands[0].row_id]):
        return {demands[0].row_id: explained(demands[0], offers[demands[0].row_id])}
    return SharingProgramme(demands, offers).share_out()


def _is_met(demand: Demand, served: Served) -> bool:
    return served.counted >= demand.amount - NEGLIGIBLE


def _one_after_the_other(demands: Sequence[Demand], offers: Offers) -> dict[str, Served]:
    used: dict[tuple[str, str], float] = {}
    served = {}
    for demand in demands:
        wanted, shares = demand.amount, []
        for offer in offers[demand.row_id]:
            if offer.option or offer.worth is not Worth.USABLE or offer.action:
                continue
            taken = max(used.get((offer.asset_number, part), 0.0) for part in offer.parts)
            amount = min(wanted, (1.0 - taken) * offer.amount)
            if amount <= NEGLIGIBLE:
                continue
            shares.append(Share(offer, amount))
            wanted -= amount
            for part in offer.parts:
                key = (offer.asset_number, part)
                used[key] = used.get(key, 0.0) + amount / offer.amount
        served[demand.row_id] = Served(tuple(shares))
    return served


def explained(demand: Demand, offers: Sequence[Offer]) -> Served:
    """The best for a row that shares nothing: what counts, then what explains the rest.

    Lame things weigh in as long as "too few" would weigh no less.
    """
    shares: list[Share] = []
    wanted = demand.amount
    for worth in (Worth.USABLE, Worth.BROKEN):
        for offer in offers:
            if offer.worth is worth and wanted > NEGLIGIBLE:
                shares.append(Share(offer, min(wanted, offer.amount)))
                wanted -= shares[-1].amount
    has_usable = any(share.offer.worth is Worth.USABLE for share in shares)
    lame = [one for one in offers if one.worth is Worth.LAME]
    for offer in sorted(lame, key=lambda one: one.beside if has_usable else one.alone):
        weight = offer.beside if has_usable else offer.alone
        if wanted <= NEGLIGIBLE or (shares and weight > demand.too_few):
            break
        shares.append(Share(offer, min(wanted, offer.amount)))
        wanted -= shares[-1].amount
    return replace(Served(tuple(shares)), lack=wanted if wanted > NEGLIGIBLE else 0.0)
