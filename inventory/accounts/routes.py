"""Routes for logging in and out, for the caller's own data and for API keys."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response, status

from inventory.accounts.api_keys import (
    KeyOwner,
    api_keys,
    create_api_key,
    revoke_api_key,
    shown,
)
from inventory.accounts.logins import ABSOLUTE_LIMIT, Attempt, log_in, log_out
from inventory.accounts.policies import (
    COOKIE,
    Now,
    TheDatabase,
    ThePasswords,
    check_own_page,
    client_address,
    public,
    require,
)
from inventory.accounts.rules import Action, Decision, Principal, authorize
from inventory.accounts.schema import ApiKeyCreate, ApiKeyMade, ApiKeyOut, Login, Me
from inventory.accounts.use_cases import user
from inventory.organisations.schema import OrganisationOut
from inventory.organisations.use_cases import organisation
from inventory.paging import Limit, Offset, Page, page

router = APIRouter(tags=["accounts"])
Caller = Annotated[Principal, Depends(require(Action.READ_SELF))]
Leaver = Annotated[Principal, Depends(require(Action.MANAGE_SESSION))]
KeyHolder = Annotated[Principal, Depends(require(Action.MANAGE_API_KEYS))]


@router.post("/login", status_code=status.HTTP_204_NO_CONTENT, dependencies=[Depends(public())])
def login(
    credentials: Login,
    request: Request,
    response: Response,
    database: TheDatabase,
    passwords: ThePasswords,
    now: Now,
) -> None:
    """Log in; the session comes as an HttpOnly cookie."""
    check_own_page(request, needs_header=False)
    attempt = Attempt(credentials.username, credentials.password, client_address(request), now)
    token = log_in(database, passwords, attempt, replaced_token=request.cookies.get(COOKIE))
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(ABSOLUTE_LIMIT.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https" or request.app.state.is_cookie_secure,
    )


@router.post("/logout", status_code=status.HTTP_204_NO_CONTENT)
def logout(request: Request, response: Response, database: TheDatabase, caller: Leaver) -> None:
    """Log out; the session ends at once, everywhere."""
    token = request.cookies.get(COOKIE)
    if token:
        log_out(database, token, caller)
    response.delete_cookie(COOKIE, httponly=True, samesite="lax")


@router.get("/me")
def me(database: TheDatabase, caller: Caller) -> Me:
    """Who I am and what I may do."""
    with database.read() as db:
        account = user(db, caller.username)
        own = OrganisationOut.model_validate(organisation(db, caller.organisation_code))
    return Me(
        username=account.username,
        name=account.name,
        role=account.role,
        organisation=own,
        actions=[a.value for a in Action if authorize(caller, a) is Decision.ALLOWED],
        is_read_only=caller.is_read_only,
    )


@router.get("/api-keys")
def list_api_keys(
    database: TheDatabase, caller: KeyHolder, offset: Offset = 0, limit: Limit = 50
) -> Page[ApiKeyOut]:
    """API keys I may manage, oldest first, without their secrets."""
    with database.read() as db:
        found = [shown(row, owner.username) for row, owner in api_keys(db, caller)]
    return page(found[offset : offset + limit], len(found), offset)


@router.post("/api-keys", status_code=status.HTTP_201_CREATED)
def make_api_key(
    order: ApiKeyCreate, database: TheDatabase, caller: KeyHolder, now: Now
) -> ApiKeyMade:
    """Make an API key that reads what I may read; the answer shows it this once."""
    with database.read() as db:
        account = user(db, caller.username)
    return create_api_key(database, KeyOwner(account, who=caller.username), order, now=now)


@router.delete("/api-keys/{key_id}", status_code=status.HTTP_204_NO_CONTENT)
def end_api_key(key_id: str, database: TheDatabase, caller: KeyHolder, now: Now) -> None:
    """End an API key at once."""
    revoke_api_key(database, key_id, principal=caller, who=caller.username, now=now)
