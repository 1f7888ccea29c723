"""When evidence of conditions ends, for the due calendar."""

from collections.abc import Collection, Iterator
from datetime import date

from sqlmodel import Session, col, select

from inventory.conditions.lists import applied_list, conditions_of
from inventory.conditions.table import ConditionStatement
from inventory.due_entries import DueEntry, DueKind
from inventory.readiness.findings import Bilingual


def due_entries(db: Session, organisations: Collection[str], on: date) -> Iterator[DueEntry]:
    """The last word on each condition of each station, where it was stated with an end."""
    query = select(ConditionStatement).where(
        col(ConditionStatement.organisation_code).in_(organisations),
        ConditionStatement.holds_from <= on,
    )
    latest: dict[tuple[str, str], ConditionStatement] = {}
    for row in db.exec(query.order_by(col(ConditionStatement.id))).all():
        latest[row.station_code, row.condition_id] = row
    texts: dict[str, dict[str, Bilingual]] = {}
    for (station_code, condition_id), row in sorted(latest.items()):
        if not row.is_met or row.valid_until is None:
            continue
        owner = row.organisation_code
        if owner not in texts:
            texts[owner] = _texts(db, owner, on)
        named = texts[owner].get(condition_id, Bilingual(condition_id, condition_id))
        yield DueEntry(
            DueKind.CONDITION_EVIDENCE,
            owner,
            "condition",
            f"{station_code}/{condition_id}",
            named.zh,
            named.en,
            row.valid_until,
            (station_code,),
            condition_id,
        )


def _texts(db: Session, organisation_code: str, on: date) -> dict[str, Bilingual]:
    applied = applied_list(db, organisation_code, on, None)
    rows = conditions_of(db, applied.version) if applied else []
    return {one.condition_id: one.text for one in rows}
