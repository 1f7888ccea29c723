"""A shared-out check as a mixed integer programme: every rule of `assignment` as linear rows."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from inventory.readiness.assignment import (
    ADVICE,
    BINDING,
    NEGLIGIBLE,
    UNDECIDED,
    Demand,
    Offer,
    Offers,
    Served,
    Share,
    Worth,
)
from inventory.readiness.mixed_integer import Programme, minimise

_SOMETHING = 1e-3
"""From which share of the need on a measured amount (litres, metres) counts as "something is
there"; of pieces it is one. Chosen: far above the solver's tolerance, far below any real gap."""
_LACK, _LAME, _BROKEN, _ACTION, _SUBSTITUTE, _OWN = 1000.0, 40.0, 20.0, 10.0, 5.0, 1.0
"""What a whole row served this way costs in the last objective; only the order matters."""
_TIDY = 1e-6
_ON = 0.5
"""What a switch of the solver is above when it is on."""
_RANK_STEP, _ROW_STEP, _LAST_RANK = 1e-3, 1e-2, 900


@dataclass(slots=True)
class _Row:
    """The columns of a demand."""

    demand: Demand
    short: int
    lack: int
    given: list[tuple[Offer, int]] = field(default_factory=list)
    counting: dict[int, float] = field(default_factory=dict)
    explaining: dict[int, float] = field(default_factory=dict)
    waived: int | None = None
    worst: dict[int, int] = field(default_factory=dict)


class SharingProgramme:
    """One component of a check: rows and the offers they compete for."""

    def __init__(self, demands: Sequence[Demand], offers: Offers) -> None:
        self._programme = Programme()
        self._uses: dict[tuple[str, str], list[tuple[int, float]]] = defaultdict(list)
        self._actions: dict[str, int] = {}
        self._rows: dict[str, _Row] = {}
        for demand in demands:
            self._rows[demand.row_id] = self._row(demand)
        for row in self._rows.values():
            self._give(row, offers.get(row.demand.row_id, ()))
        for row in self._rows.values():
            self._waive(row)
            self._serve(row)
            self._weigh(row)
        for row in self._rows.values():
            self._keep_homes(row)
        self._limit_things()

    def share_out(self) -> dict[str, Served]:
        """The best assignment."""
        objectives = [self._counts(level) for level in (BINDING, UNDECIDED, ADVICE)]
        values = minimise(self._programme, [*(one for one in objectives if one), self._costs()])
        if values is None:
            raise AssertionError("leaving everything short is always possible")
        return {row_id: self._served(row, values) for row_id, row in self._rows.items()}

    def plan(
        self, action_costs: Mapping[str, float], levels: Iterable[int]
    ) -> tuple[frozenset[str], dict[str, Served]] | None:
        """The cheapest set of actions after which no row weighs any of `levels`.

        Comes with what then serves which row. None where no set does.
        """
        for level in levels:
            for column in self._counts(level):
                self._programme.upper[column] = 0.0
        costs = {column: action_costs[name] for name, column in self._actions.items()}
        objectives = [costs] if costs else []
        values = minimise(self._programme, [*objectives, self._costs()])
        if values is None:
            return None
        done = frozenset(name for name, column in self._actions.items() if values[column] > _ON)
        return done, {row_id: self._served(row, values) for row_id, row in self._rows.items()}

    def _row(self, demand: Demand) -> _Row:
        lack = self._programme.column(demand.amount)
        return _Row(demand, self._programme.switch(), lack)

    def _give(self, row: _Row, offers: Sequence[Offer]) -> None:
        is_whole = row.demand.is_whole and row.demand.amount.is_integer()
        legs: dict[tuple[int, int], list[int]] = defaultdict(list)
        for offer in offers:
            most = min(offer.amount, row.demand.amount)
            column = self._programme.column(most, is_whole=is_whole and offer.amount.is_integer())
            row.given.append((offer, column))
            for part in offer.parts:
                self._uses[offer.asset_number, part].append((column, offer.amount))
            if offer.action:
                action = self._action(offer.action)
                self._programme.at_most({column: 1.0, action: -most}, 0.0)
            if offer.option:
                legs[offer.option, offer.leg].append(column)
            elif offer.worth is Worth.USABLE:
                row.counting[column] = 1.0
            else:
                row.explaining[column] = 1.0
        for option in {option for option, _ in legs}:
            self._option(row, [columns for key, columns in legs.items() if key[0] == option])

    def _option(self, row: _Row, legs: Iterable[list[int]]) -> None:
        together = self._programme.column(row.demand.amount)
        row.counting[together] = 1.0
        for columns in legs:
            self._programme.at_most({together: 1.0, **dict.fromkeys(columns, -1.0)}, 0.0)

    def _action(self, name: str) -> int:
        if name not in self._actions:
            self._actions[name] = self._programme.switch()
        return self._actions[name]

    def _waive(self, row: _Row) -> None:
        """A row is needless when another of its group is met by its own."""
        met = {}
        for row_id in row.demand.waived_by:
            other = self._rows.get(row_id)
            if other is not None:
                column = self._programme.switch()
                met[column] = -1.0
                self._programme.at_least({**other.counting, column: -other.demand.amount}, 0.0)
        if met:
            row.waived = self._programme.switch()
            self._programme.at_most({row.waived: 1.0, **met}, 0.0)

    def _serve(self, row: _Row) -> None:
        need = row.demand.amount
        waived = {} if row.waived is None else {row.waived: need}
        self._programme.at_least({**row.counting, row.short: need, **waived}, need)
        everything = {**row.counting, **row.explaining, row.lack: 1.0}
        self._programme.at_least({**everything, **waived}, need)

    def _weigh(self, row: _Row) -> None:
        """Switch on, per level, whether the row's shortage weighs at least as much."""
        demand = row.demand
        self._blame(row, max(ADVICE, demand.short), row.short)
        lacks = self._programme.switch()
        self._programme.at_most({row.lack: 1.0, lacks: -demand.amount}, 0.0)
        is_something = None
        if demand.missing > demand.too_few:
            is_something = self._has(row, {**row.counting, **row.explaining})
        self._blame(row, demand.too_few, lacks)
        self._blame(row, demand.missing, lacks, is_something)
        classes: dict[tuple[int, int], dict[int, float]] = defaultdict(dict)
        for offer, column in row.given:
            if offer.worth is Worth.LAME:
                classes[offer.alone, offer.beside][column] = 1.0
        has_usable = None
        if any(alone > beside for alone, beside in classes):
            has_usable = self._has(row, row.counting)
        for (alone, beside), columns in classes.items():
            used = self._programme.switch()
            self._programme.at_most({**columns, used: -demand.amount * len(columns)}, 0.0)
            self._blame(row, beside, used)
            self._blame(row, alone, used, has_usable)

    def _has(self, row: _Row, columns: Mapping[int, float]) -> int:
        """A switch that can only be on while there is something."""
        something = 1.0 if row.demand.is_whole else row.demand.amount * _SOMETHING
        switch = self._programme.switch()
        self._programme.at_most({switch: something, **dict.fromkeys(columns, -1.0)}, 0.0)
        return switch

    def _blame(self, row: _Row, weight: int, cause: int, unless: int | None = None) -> None:
        for level in range(ADVICE, weight + 1):
            if level not in row.worst:
                row.worst[level] = self._programme.switch()
            excuse = {} if unless is None else {unless: 1.0}
            self._programme.at_least({row.worst[level]: 1.0, cause: -1.0, **excuse}, 0.0)

    def _keep_homes(self, row: _Row) -> None:
        for offer, column in row.given:
            for home in offer.homes:
                if home in self._rows:
                    most = min(offer.amount, row.demand.amount)
                    short = self._rows[home].short
                    self._programme.at_most({column: 1.0, short: most}, most)

    def _limit_things(self) -> None:
        for uses in self._uses.values():
            whole = max(amount for _, amount in uses)
            self._programme.at_most({column: whole / amount for column, amount in uses}, whole)

    def _counts(self, level: int) -> dict[int, float]:
        return {row.worst[level]: 1.0 for row in self._rows.values() if level in row.worst}

    def _costs(self) -> dict[int, float]:
        costs: dict[int, float] = {}
        for place, row in enumerate(self._rows.values()):
            costs[row.lack] = _LACK * (1 + _ROW_STEP / (1 + place)) / row.demand.amount
            for rank, (offer, column) in enumerate(row.given):
                cost = _cost(offer) + _RANK_STEP * min(rank, _LAST_RANK)
                costs[column] = cost / row.demand.amount
        return costs

    def _served(self, row: _Row, values: Sequence[float]) -> Served:
        if row.waived is not None and values[row.waived] > _ON:
            mates = (self._rows[one] for one in row.demand.waived_by if one in self._rows)
            met = [one for one in mates if _sum(one.counting, values) >= one.demand.amount - _TIDY]
            return Served(waived_by=met[0].demand.row_id)
        shares = []
        for offer, column in row.given:
            amount = _tidy(values[column])
            if amount > NEGLIGIBLE:
                shares.append(Share(offer, amount))
        return Served(tuple(shares), _tidy(values[row.lack]))


def _cost(offer: Offer) -> float:
    if offer.action:
        return _ACTION
    match offer.worth:
        case Worth.LAME:
            return _LAME + max(offer.alone, offer.beside)
        case Worth.BROKEN:
            return _BROKEN
        case Worth.USABLE:
            return _SUBSTITUTE if offer.option else _OWN


def _sum(columns: Iterable[int], values: Sequence[float]) -> float:
    return sum(values[column] for column in columns)


def _tidy(value: float) -> float:
    """What the solver means by 2.9999999996."""
    near = round(value, 6)
    return near if near > 0 else 0.0
