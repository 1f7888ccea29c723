"""Working out the conditions of a station, and taking people's word on the others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from inventory.accounts.rules import Action, Principal
from inventory.audit.use_cases import record
from inventory.conditions.computing import computed
from inventory.conditions.errors import UnknownCondition
from inventory.conditions.gathering import ground_of, self_checks
from inventory.conditions.lists import applied_list, binding_of, conditions_of
from inventory.conditions.rules import (
    Check,
    Condition,
    ConditionOutcome,
    ConditionResult,
    Statement,
    judged,
    status_of,
)
from inventory.conditions.schema import (
    StatementOrder,
    StatementOut,
    StationConditions,
    shown,
)
from inventory.conditions.table import ConditionList, ConditionStatement
from inventory.database import Database
from inventory.documents.use_cases import EntityRef, attach
from inventory.errors import Invalid
from inventory.moments import today
from inventory.readiness.use_cases import ReadinessDesk
from inventory.stations.rules import StationUse
from inventory.stations.table import Station
from inventory.stations.use_cases import station


@dataclass(frozen=True, slots=True)
class ConditionQuestion:
    """What is asked of a station; None leaves it to the station, today and the valid list."""

    use: StationUse | None = None
    on_date: date | None = None
    list_version: str | None = None


def station_conditions(
    database: Database,
    desk: ReadinessDesk,
    principal: Principal,
    code: str,
    asked: ConditionQuestion,
    *,
    now: datetime,
) -> StationConditions:
    """Every condition beyond equipment of a station, worked out or stated, as of a day.

    Raises:
        UnknownStation: there is none, or the caller may not know of it.
        NotAllowed: the caller's role does not include readiness.
        UnknownList: no such version as was asked for.
    """
    on = asked.on_date or today(now)
    with database.read() as db:
        found = station(db, principal, code, Action.READ_READINESS)
        applied = applied_list(db, found.organisation_code, on, asked.list_version)
        use = asked.use or StationUse(found.use)
        rows = _rows(db, applied, use)
    # the self-check opens a view of its own
    is_checked = any(one.check in _FROM_SELF_CHECK for one in rows)
    answers = self_checks(desk, principal, found, on, now) if is_checked else []
    with database.read() as db:
        ground = ground_of(db, found, on, answers)
        words = _statements(db, found.code)
    binding = binding_of(applied) if applied else frozenset()
    results = [
        judged(one, computed(one, ground), words.get(one.condition_id, ()), binding, on)
        for one in rows
    ]
    return _shown(found.code, use, on, applied, results)


def state(
    database: Database,
    principal: Principal,
    place: tuple[str, str],
    order: StatementOrder,
    *,
    now: datetime,
) -> StatementOut:
    """Give one's word on a condition of the list that applies today; `place` is station and id.

    Raises:
        UnknownStation: there is none, or the caller may not know of it.
        NotAllowed: the caller's role does not write stations.
        UnknownCondition: the list has no such condition for the station.
        UnknownDocument: the school has no such document.
        Invalid: days don't fit, or it is said to be met without evidence.
    """
    code, condition_id = place
    holds_from = order.holds_from or today(now)
    if order.valid_until is not None and order.valid_until < holds_from:
        raise Invalid("valid_until", f"a day not before {holds_from}")
    if order.is_met and not (order.document_id or order.note):
        raise Invalid("document_id", "a document, or a note that says where the evidence lies")
    with database.begin() as db:
        found = station(db, principal, code, Action.WRITE_STATION)
        condition = _condition(db, found, condition_id, today(now))
        row = ConditionStatement.model_validate(
            order.model_dump()
            | {
                "station_code": found.code,
                "organisation_code": found.organisation_code,
                "condition_id": condition_id,
                "digest": condition.digest,
                "holds_from": holds_from,
                "who": principal.username,
                "at": now,
            }
        )
        _keep(db, row)
        return StatementOut.model_validate(row)


def statements(
    db: Session, principal: Principal, code: str, condition_id: str
) -> list[StatementOut]:
    """Everything that was ever stated on a condition of a station, the latest first.

    Raises:
        UnknownStation: there is none, or the caller may not know of it.
        NotAllowed: the caller's role does not include readiness.
    """
    found = station(db, principal, code, Action.READ_READINESS)
    query = select(ConditionStatement).where(
        ConditionStatement.station_code == found.code,
        ConditionStatement.condition_id == condition_id,
    )
    rows = db.exec(query.order_by(col(ConditionStatement.id).desc())).all()
    return [StatementOut.model_validate(row) for row in rows]


_FROM_SELF_CHECK = frozenset(
    {Check.EQUIPMENT_SELF_CHECK, Check.VERIFICATION_DATES, Check.CALIBRATION_DATES}
)


def _rows(db: Session, applied: ConditionList | None, use: StationUse) -> list[Condition]:
    if applied is None:
        return []
    return [one for one in conditions_of(db, applied.version) if use in one.uses]


def _condition(db: Session, found: Station, condition_id: str, on: date) -> Condition:
    applied = applied_list(db, found.organisation_code, on, None)
    for one in _rows(db, applied, StationUse(found.use)):
        if one.condition_id == condition_id:
            return one
    raise UnknownCondition(condition_id)


def _keep(db: Session, row: ConditionStatement) -> None:
    db.add(row)
    db.flush()
    entity_id = f"{row.station_code}/{row.condition_id}"
    if row.document_id:
        to = EntityRef(row.organisation_code, "condition", entity_id)
        attach(db, row.document_id, to, who=row.who, now=row.at)
    record(
        db,
        who=row.who,
        action="stated",
        entity="condition",
        entity_id=entity_id,
        organisation_code=row.organisation_code,
        new=row.model_dump(include={"is_met", "valid_until", "note", "document_id"}),
        at=row.at,
    )


def _statements(db: Session, code: str) -> Mapping[str, Sequence[Statement]]:
    query = select(ConditionStatement).where(ConditionStatement.station_code == code)
    found: dict[str, list[Statement]] = {}
    for row in db.exec(query.order_by(col(ConditionStatement.id))).all():
        word = Statement(
            row.is_met,
            row.digest,
            row.holds_from,
            row.valid_until,
            row.note,
            row.document_id,
            row.who,
        )
        found.setdefault(row.condition_id, []).append(word)
    return found


def _shown(
    code: str,
    use: StationUse,
    on: date,
    applied: ConditionList | None,
    results: Sequence[ConditionResult],
) -> StationConditions:
    open_ = [one for one in results if one.outcome is not ConditionOutcome.MET]
    binding = sum(one.is_binding for one in open_)
    return StationConditions(
        station=code,
        use=use,
        date=on,
        status=status_of(results),
        list_version=applied.version if applied else "",
        is_official_list=applied.is_official if applied else False,
        binding=binding,
        advice=len(open_) - binding,
        met=len(results) - len(open_),
        conditions=[shown(one) for one in results],
    )
