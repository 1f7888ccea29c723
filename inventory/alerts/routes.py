"""Routes of alerts."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from inventory.accounts.policies import Now, TheDatabase, require
from inventory.accounts.rules import Action, Principal
from inventory.alerts.schema import Acknowledgement, AlertOut
from inventory.alerts.use_cases import AlertQuery, acknowledge, alert, alerts, shown
from inventory.paging import Limit, Offset, Page, page

router = APIRouter(tags=["alerts"])
Reader = Annotated[Principal, Depends(require(Action.READ_DATA_HEALTH))]
Acknowledger = Annotated[Principal, Depends(require(Action.ACKNOWLEDGE_ALERT))]
AlertId = Annotated[int, Path(ge=1, le=2**31 - 1)]


@router.get("/alerts")
def list_alerts(
    database: TheDatabase,
    caller: Reader,
    is_open: Annotated[bool | None, Query(alias="open")] = None,
    bench: Annotated[str | None, Query(max_length=32)] = None,
    offset: Offset = 0,
    limit: Limit = 50,
) -> Page[AlertOut]:
    """Alerts on what I may see, open ones first, then the latest."""
    with database.read() as db:
        rows, total = alerts(db, caller, AlertQuery(is_open, bench), offset=offset, limit=limit)
        return page([shown(row) for row in rows], total, offset)


@router.get("/alerts/{alert_id}")
def show_alert(alert_id: AlertId, database: TheDatabase, caller: Reader) -> AlertOut:
    """One alert."""
    with database.read() as db:
        return shown(alert(db, caller, alert_id, Action.READ_DATA_HEALTH))


@router.post("/alerts/{alert_id}/acknowledgement")
def acknowledge_alert(
    alert_id: AlertId, word: Acknowledgement, database: TheDatabase, caller: Acknowledger, now: Now
) -> AlertOut:
    """Say that I have seen it, and what is being done."""
    return acknowledge(database, caller, alert_id, word.note, now=now)
