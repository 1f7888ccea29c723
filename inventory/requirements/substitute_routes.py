"""Routes for what people decide of substitutes."""

from typing import Annotated

from fastapi import APIRouter, Depends

from inventory.accounts.policies import Now, TheDatabase, require
from inventory.accounts.rules import Action, Principal
from inventory.paging import Limit, Offset, Page, page
from inventory.requirements.publishing import readable_publishers
from inventory.requirements.substitutes import (
    OpenSubstitutes,
    SubstituteDecision,
    decide_substitute,
    substitutes_of,
)
from inventory.requirements.use_cases import requirement_list

router = APIRouter(tags=["lists"])
Reader = Annotated[Principal, Depends(require(Action.READ_LIST))]
Publisher = Annotated[Principal, Depends(require(Action.WRITE_LIST))]


@router.get("/lists/{version}/substitutes")
def list_open_substitutes(
    version: str, database: TheDatabase, caller: Reader, offset: Offset = 0, limit: Limit = 50
) -> Page[OpenSubstitutes]:
    """Rows whose words leave it open what may stand in, with what was decided."""
    with database.read() as db:
        requirement_list(db, version, readable_publishers(db, caller))
        found = substitutes_of(db, version)
    return page(found[offset : offset + limit], len(found), offset)


@router.post("/lists/{version}/substitutes")
def decide_a_substitute(
    version: str, sent: SubstituteDecision, database: TheDatabase, caller: Publisher, now: Now
) -> list[OpenSubstitutes]:
    """Decide, with a reason, whether things of a name may stand in for a row of this version."""
    with database.read() as db:
        requirement_list(db, version, readable_publishers(db, caller))
    deciding = caller.organisation_code
    decide_substitute(database, version, sent, deciding=deciding, who=caller.username, now=now)
    with database.read() as db:
        return [one for one in substitutes_of(db, version) if one.row_id == sent.row_id]
