"""Route of the register's listing."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from inventory.accounts.policies import Now, TheDatabase, require
from inventory.accounts.rules import Action, Principal
from inventory.due.rules import DueState
from inventory.equipment.rules import EquipmentStatus
from inventory.moments import today
from inventory.paging import Limit, Offset
from inventory.register.rules import Sought
from inventory.register.schema import RegisterPage
from inventory.register.use_cases import register_page

router = APIRouter(tags=["equipment"])
Reader = Annotated[Principal, Depends(require(Action.READ_REGISTER))]
Word = Annotated[str | None, Query(max_length=64)]


class Asked:
    """What is looked for, as the address says it."""

    def __init__(
        self,
        station: Word = None,
        module: Word = None,
        row: Word = None,
        room: Annotated[str | None, Query(max_length=200)] = None,
        status: EquipmentStatus | None = None,
        due: DueState | None = None,
    ) -> None:
        self._facts = (station, module, row, room, status, due)

    def sought(self, text: str) -> Sought:
        """The same with words to search for."""
        return Sought(*self._facts, text)


class Where:
    """Whose register is looked through, which words have to occur, and what part is shown."""

    def __init__(
        self,
        organisation: Annotated[str | None, Query(max_length=32)] = None,
        text: Annotated[str, Query(max_length=200)] = "",
        offset: Offset = 0,
        limit: Limit = 50,
    ) -> None:
        self.organisation = organisation
        self.text = text
        self.pages = (offset, limit)


@router.get("/register")
def look_through_register(
    database: TheDatabase,
    caller: Reader,
    now: Now,
    asked: Annotated[Asked, Depends()],
    where: Annotated[Where, Depends()],
) -> RegisterPage:
    """An organisation's register, searched and filtered; without an organisation: the caller's."""
    code = where.organisation or caller.organisation_code
    sought = asked.sought(where.text)
    with database.read() as db:
        return register_page(db, caller, code, sought, today(now), where.pages)
