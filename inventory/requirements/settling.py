"""What people decide of parameter texts: shown piece by piece, stored once, used again later."""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from inventory.audit.use_cases import record
from inventory.database import Database
from inventory.errors import Invalid
from inventory.requirements.errors import ListNotYours, UnknownList
from inventory.requirements.parameters import (
    Decisions,
    Outcome,
    Piece,
    PieceState,
    Settled,
    clauses_of,
    folded,
    read_pieces,
)
from inventory.requirements.schema import DecisionIn, PieceOut, RequirementCells
from inventory.requirements.table import ParameterDecision, RequirementList, RequirementRow
from inventory.requirements.thresholds import Clause, parse_clauses

OPEN_STATES = frozenset({PieceState.PROPOSED, PieceState.UNREAD})
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class SettledList:
    """What settling did: rows of all lists of the publisher that read otherwise now."""

    decided: int
    rows_changed: int
    still_open: int


def decisions_of(db: Session, organisation_code: str | None) -> dict[Key, ParameterDecision]:
    """All decisions of a publisher; None: of this house, for lists that are everybody's."""
    owner = col(ParameterDecision.organisation_code)
    of_owner = owner.is_(None) if organisation_code is None else owner == organisation_code
    rows = db.exec(select(ParameterDecision).where(of_owner)).all()
    return {(folded(row.item_zh), folded(row.text)): row for row in rows}


def as_rules(decisions: dict[Key, ParameterDecision]) -> Decisions:
    """Stored decisions as the rules take them."""
    return {key: Settled(row.outcome, row.clause) for key, row in decisions.items()}


def settled_text(cell: str, item_zh: str, decisions: Decisions) -> str:
    """The clauses of a cell where any of its pieces was decided; else empty."""
    item = folded(item_zh)
    if not any((item, piece.key) in decisions for piece in read_pieces(cell, item_zh)):
        return ""
    return clauses_of(cell, item_zh, decisions)


def pieces_of(db: Session, row: RequirementList, *, is_open_only: bool) -> list[PieceOut]:
    """The pieces of a list's parameter texts in the list's order, equal ones of an item once."""
    decided = decisions_of(db, row.organisation_code)
    shown: dict[Key, PieceOut] = {}
    for one in _rows(db, [row.version]):
        for piece in read_pieces(one.technical_parameters, one.item_zh):
            key = (folded(one.item_zh), piece.key)
            if key not in shown:
                shown[key] = _shown(one.item_zh, piece, decided.get(key))
            if one.row_id not in shown[key].row_ids:
                shown[key].row_ids.append(one.row_id)
    pieces = list(shown.values())
    return [one for one in pieces if one.state in OPEN_STATES] if is_open_only else pieces


def open_pieces(rows: Iterable[RequirementCells]) -> set[Key]:
    """The texts of some rows that only a person can read, whatever was decided before."""
    return {
        (folded(row.item_zh), piece.key)
        for row in rows
        for piece in read_pieces(row.technical_parameters, row.item_zh)
        if piece.state in OPEN_STATES
    }


def settle(
    database: Database,
    version: str,
    decisions: Sequence[DecisionIn],
    *,
    publisher: str | None,
    who: str,
    now: datetime,
) -> SettledList:
    """Store decisions about pieces of a list, and let all lists of its publisher follow them.

    Args:
        database: where to.
        version: the list the pieces are of.
        decisions: all of them or none are stored; a later one about the same text replaces one.
        publisher: organisation that decides, which must be the list's own; None: this house.
        who: user name.
        now: when.

    Raises:
        UnknownList: there is no such version.
        ListNotYours: somebody else published it.
        Invalid: a text the list does not have, or a clause the grammar does not read.
    """
    with database.begin() as db:
        row = _own_list(db, version, publisher)
        pieces = pieces_of(db, row, is_open_only=False)
        known = {(folded(one.item_zh), folded(one.text)): one for one in pieces}
        for index, decision in enumerate(decisions):
            _demand_sound(decision, known, f"decisions[{index}]")
            _store(db, decision, publisher, who, now)
        db.flush()
        changed = _follow(db, publisher)
        left = len(pieces_of(db, row, is_open_only=True))
        record(
            db,
            who=who,
            action="settled",
            entity="requirement_list",
            entity_id=version,
            organisation_code=publisher,
            new={"decisions": [one.model_dump() for one in decisions], "rows": changed},
            at=now,
        )
    return SettledList(len(decisions), changed, left)


def _own_list(db: Session, version: str, publisher: str | None) -> RequirementList:
    row = db.get(RequirementList, version)
    if row is None:
        raise UnknownList(version)
    if row.organisation_code != publisher:
        raise ListNotYours(version)
    return row


def accepted_proposals(pieces: Collection[PieceOut]) -> list[DecisionIn]:
    """Decisions that take every proposal as it stands."""
    return [
        DecisionIn(item_zh=one.item_zh, text=one.text, outcome=Outcome.CLAUSE, clause=one.clause)
        for one in pieces
        if one.state is PieceState.PROPOSED
    ]


def _shown(item_zh: str, piece: Piece, decided: ParameterDecision | None) -> PieceOut:
    facts = {
        "item_zh": item_zh,
        "text": piece.text,
        "state": piece.state,
        "clause": piece.clause,
        "doubts": [one.value for one in piece.doubts],
        "row_ids": [],
    }
    if decided is not None:
        settled = decided.model_dump(
            include={"clause", "outcome", "note", "decided_by", "decided_at"}
        )
        facts |= {"state": PieceState.SETTLED, "doubts": [], **settled}
    return PieceOut.model_validate(facts)


def _demand_sound(decision: DecisionIn, known: dict[Key, PieceOut], place: str) -> None:
    if (folded(decision.item_zh), folded(decision.text)) not in known:
        raise Invalid(f"{place}.text", "a piece of this list's parameter texts, with its item_zh")
    is_clause = decision.outcome is Outcome.CLAUSE
    read = parse_clauses(decision.clause)
    if is_clause and (not read or not all(isinstance(one, Clause) for one in read)):
        raise Invalid(f"{place}.clause", "clauses such as rated_voltage >= 1000 V; can = true")
    if not is_clause and decision.clause:
        raise Invalid(f"{place}.clause", "nothing, unless the outcome is `clause`")
    plain = any(isinstance(one, Clause) for one in parse_clauses(decision.text))
    if decision.outcome is Outcome.WORDS_ONLY and plain:
        raise Invalid(f"{place}.outcome", "a clause: these words are one and would be judged so")


def _store(
    db: Session, decision: DecisionIn, publisher: str | None, who: str, now: datetime
) -> None:
    parts = (publisher or "", folded(decision.item_zh), folded(decision.text))
    key = hashlib.sha256("\n".join(parts).encode()).hexdigest()
    old = db.get(ParameterDecision, key)
    facts = decision.model_dump() | {"decided_by": who, "decided_at": now}
    if old is None:
        db.add(
            ParameterDecision.model_validate(facts | {"key": key, "organisation_code": publisher})
        )
        return
    before = old.model_dump()
    old.sqlmodel_update(facts)
    db.add(old)
    record(
        db,
        who=who,
        action="changed",
        entity="parameter_decision",
        entity_id=key,
        organisation_code=publisher,
        old=before,
        new=old.model_dump(),
        at=now,
    )


def _follow(db: Session, publisher: str | None) -> int:
    """Work out anew what the rows of a publisher's lists ask; how many changed."""
    owner = col(RequirementList.organisation_code)
    of_owner = owner.is_(None) if publisher is None else owner == publisher
    lists = {row.version: row for row in db.exec(select(RequirementList).where(of_owner)).all()}
    rules = as_rules(decisions_of(db, publisher))
    changed: dict[str, int] = {}
    for row in _rows(db, list(lists)):
        text = settled_text(row.technical_parameters, row.item_zh, rules)
        if text != row.settled_parameters:
            row.settled_parameters = text
            db.add(row)
            changed[row.version] = changed.get(row.version, 0) + 1
    for version in changed:
        lists[version].settled_revision += 1
        db.add(lists[version])
    return sum(changed.values())


def _rows(db: Session, versions: Collection[str]) -> Sequence[RequirementRow]:
    of_lists = select(RequirementRow).where(col(RequirementRow.version).in_(versions))
    order = (col(RequirementRow.version), col(RequirementRow.position))
    return db.exec(of_lists.order_by(*order)).all()
