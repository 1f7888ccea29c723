"""The route that tells what another edition of a list means to a station."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from inventory.accounts.policies import Now, TheDatabase
from inventory.readiness.editions import effect
from inventory.readiness.findings import Status
from inventory.readiness.routes import Desk, Question, Reader
from inventory.readiness.schema import FindingOut
from inventory.requirements.edition_reading import changes_between

router = APIRouter(tags=["readiness"])


class EditionEffectOut(BaseModel):
    """Answers to one question by two editions of a list, and the findings that differ."""

    station: str
    list_before: str
    list_after: str
    status_before: Status
    status_after: Status
    gone: list[FindingOut] = Field(description="only the edition before finds these")
    come: list[FindingOut] = Field(description="only the edition after finds these")
    stay: int = Field(description="findings of both")


@router.get("/stations/{code}/readiness/editions")
def station_editions(  # noqa: PLR0913, PLR0917 - each is a part of the question
    code: str,
    desk: Desk,
    database: TheDatabase,
    caller: Reader,
    now: Now,
    asked: Question,
    since: Annotated[str, Query(max_length=64, description="the version to compare with")],
) -> EditionEffectOut:
    """Which findings come and go by a list version, against another one."""
    before = desk.check(caller, code, replace(asked, list_version=since), now)
    after = desk.check(caller, code, asked, now)
    with database.read() as db:
        # the desk has found both, so the station's people may know of both
        matches = (
            changes_between(db, since, after.list_version).matches if after.list_version else {}
        )
    found = effect(before, after, matches)
    return EditionEffectOut(
        station=code,
        list_before=since,
        list_after=after.list_version,
        status_before=before.status,
        status_after=after.status,
        gone=[FindingOut.model_validate(one) for one in found.gone],
        come=[FindingOut.model_validate(one) for one in found.come],
        stay=found.stay,
    )
