"""Routes of the inbox, of how people want to be told, and of groups that are told."""

from typing import Annotated, cast

from fastapi import APIRouter, Depends, Path, Query, Request, status

from inventory.accounts.policies import Now, TheDatabase, require
from inventory.accounts.rules import Action, Principal
from inventory.notifications.addresses import check_code, forget_address, set_address
from inventory.notifications.failed import failed, retry
from inventory.notifications.group_bots import (
    change_group_bot,
    end_group_bot,
    group_bots,
    make_group_bot,
    send_test,
)
from inventory.notifications.planning import Outreach
from inventory.notifications.schema import (
    MAX_ID,
    AddressOrder,
    CodeOrder,
    FailedDelivery,
    GroupBotChange,
    GroupBotOrder,
    GroupBotOut,
    InboxPage,
    PreferencesOrder,
    PreferencesOut,
    ReadOrder,
)
from inventory.notifications.use_cases import (
    change_preferences,
    inbox,
    mark_all_read,
    mark_read,
    preferences,
)
from inventory.notifications.wording import Language
from inventory.paging import Limit, Offset, Page, page

router = APIRouter(tags=["notifications"])
Reader = Annotated[Principal, Depends(require(Action.READ_SELF))]
Owner = Annotated[Principal, Depends(require(Action.MANAGE_NOTIFICATIONS))]
Manager = Annotated[Principal, Depends(require(Action.MANAGE_GROUP_BOT))]
BotId = Annotated[int, Path(ge=1, le=2**31 - 1)]


def outreach_of(request: Request) -> Outreach:
    """What the installation can do, as the app was told."""
    return cast("Outreach", request.app.state.outreach)


TheOutreach = Annotated[Outreach, Depends(outreach_of)]


@router.get("/inbox")
def show_inbox(
    database: TheDatabase,
    caller: Reader,
    is_unread: Annotated[bool | None, Query(alias="unread")] = None,
    language: Annotated[Language, Query(alias="lang")] = Language.ZH,
    offset: Offset = 0,
    limit: Limit = 50,
) -> InboxPage:
    """My messages, the latest first, in words; `unread` counts all that I have not read."""
    with database.read() as db:
        return inbox(db, caller, language, is_unread=is_unread, offset=offset, limit=limit)


@router.post("/inbox/read")
def read_messages(order: ReadOrder, database: TheDatabase, caller: Owner, now: Now) -> int:
    """Mark messages as read: those named, and all up to a number; answers how many were unread."""
    marked = mark_read(database, caller, order.ids, now) if order.ids else 0
    if order.up_to is not None:
        marked += mark_all_read(database, caller, order.up_to, now)
    return marked


@router.get("/notifications/preferences")
def show_preferences(
    database: TheDatabase, caller: Reader, outreach: TheOutreach
) -> PreferencesOut:
    """How I am told: hours, kinds by e-mail, address."""
    with database.read() as db:
        return preferences(db, caller, outreach)


@router.patch("/notifications/preferences")
def change_my_preferences(
    order: PreferencesOrder, database: TheDatabase, caller: Owner, outreach: TheOutreach, now: Now
) -> PreferencesOut:
    """Change how I am told; what is not named stays."""
    return change_preferences(database, caller, order, outreach, now=now)


@router.put("/notifications/address", status_code=status.HTTP_202_ACCEPTED)
def set_my_address(
    order: AddressOrder, database: TheDatabase, caller: Owner, outreach: TheOutreach, now: Now
) -> PreferencesOut:
    """Say where I want mail; a code is mailed there, and until it comes back I get none."""
    set_address(database, caller, order.address, outreach, now=now)
    with database.read() as db:
        return preferences(db, caller, outreach)


@router.post("/notifications/address/code")
def check_my_code(
    order: CodeOrder, database: TheDatabase, caller: Owner, outreach: TheOutreach, now: Now
) -> PreferencesOut:
    """Bring back the code of the mail; from then on the address counts."""
    check_code(database, caller, order.code, now=now)
    with database.read() as db:
        return preferences(db, caller, outreach)


@router.delete("/notifications/address", status_code=status.HTTP_204_NO_CONTENT)
def forget_my_address(database: TheDatabase, caller: Owner, now: Now) -> None:
    """Send me no mail any more."""
    forget_address(database, caller, now=now)


@router.get("/group-bots")
def list_group_bots(
    database: TheDatabase, caller: Manager, now: Now, offset: Offset = 0, limit: Limit = 50
) -> Page[GroupBotOut]:
    """Groups of 企业微信, 钉钉 and 飞书 that my school has told, and how it goes."""
    with database.read() as db:
        found, total = group_bots(db, caller, now, offset=offset, limit=limit)
        return page(found, total, offset)


@router.post("/group-bots", status_code=status.HTTP_201_CREATED)
def add_group_bot(
    order: GroupBotOrder, database: TheDatabase, caller: Manager, outreach: TheOutreach, now: Now
) -> GroupBotOut:
    """Tell a group from now on; its address and secret are shown to nobody again."""
    return make_group_bot(database, caller, order, outreach, now=now)


@router.patch("/group-bots/{bot_id}")
def change_one_group_bot(
    bot_id: BotId,
    change: GroupBotChange,
    database: TheDatabase,
    caller: Manager,
    outreach: TheOutreach,
    now: Now,
) -> GroupBotOut:
    """Change a group; what is not named stays, also address and secret."""
    return change_group_bot(database, caller, bot_id, change, outreach, now=now)


@router.delete("/group-bots/{bot_id}", status_code=status.HTTP_204_NO_CONTENT)
def remove_group_bot(bot_id: BotId, database: TheDatabase, caller: Manager, now: Now) -> None:
    """Tell a group no more; its address and secret are forgotten."""
    end_group_bot(database, caller, bot_id, now=now)


@router.post("/group-bots/{bot_id}/test", status_code=status.HTTP_202_ACCEPTED)
def test_group_bot(bot_id: BotId, database: TheDatabase, caller: Manager, now: Now) -> None:
    """Send a group a test message; the listing says how it went."""
    send_test(database, caller, bot_id, now=now)


@router.get("/notifications/failed")
def list_failed(
    database: TheDatabase, caller: Manager, offset: Offset = 0, limit: Limit = 50
) -> Page[FailedDelivery]:
    """Deliveries to people and groups of my school that were given up, and why."""
    with database.read() as db:
        found, total = failed(db, caller, offset=offset, limit=limit)
        return page(found, total, offset)


@router.post("/notifications/failed/{delivery_id}/retry", status_code=status.HTTP_202_ACCEPTED)
def retry_failed(
    delivery_id: Annotated[int, Path(ge=1, le=MAX_ID)],
    database: TheDatabase,
    caller: Manager,
    now: Now,
) -> None:
    """Try a delivery again that was given up."""
    retry(database, caller, delivery_id, now=now)
