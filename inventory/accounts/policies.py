"""The one way a route says who may call it; everything a request shows of its caller ends here."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, cast

from fastapi import Depends, Request
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer

from inventory.accounts.api_keys import principal_of_key
from inventory.accounts.logins import principal_of_session
from inventory.accounts.passwords import Passwords
from inventory.accounts.rules import Action, Decision, Principal, authorize
from inventory.database import Database
from inventory.errors import ForeignRequest, NotAllowed, NotLoggedIn

COOKIE = "stationmaster_session"
WRITE_HEADER = "X-Stationmaster"
"""A page of another origin can't send it without asking first, which we never allow."""
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_bearer = HTTPBearer(auto_error=False, description="API key `smk_…`, reading only")
_cookie = APIKeyCookie(name=COOKIE, auto_error=False, description="login session")
_Bearer = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
_Cookie = Annotated[str | None, Depends(_cookie)]


def database_of(request: Request) -> Database:
    """The database the app was made with."""
    return cast("Database", request.app.state.database)


def now_of(request: Request) -> datetime:
    """The app's clock, aware and in UTC."""
    return cast("Callable[[], datetime]", request.app.state.clock)()


def passwords_of(request: Request) -> Passwords:
    """The password hasher the app was made with."""
    return cast("Passwords", request.app.state.passwords)


TheDatabase = Annotated[Database, Depends(database_of)]
Now = Annotated[datetime, Depends(now_of)]
ThePasswords = Annotated[Passwords, Depends(passwords_of)]


class RoutePolicy:
    """What every route must depend on: some word on who may call it."""


class Policy(RoutePolicy):
    """A route's demand on its caller; calling it identifies the caller or refuses."""

    def __init__(self, action: Action) -> None:
        self.action = action

    def __call__(self, request: Request, bearer: _Bearer, cookie: _Cookie) -> Principal:
        """The caller, whose role includes the action.

        Raises:
            NotLoggedIn: no valid session and no valid key.
            NotAllowed: the role does not include the action.
            ForeignRequest: a write by cookie that does not come from our own pages.
        """
        if bearer is None and cookie is not None and request.method not in _SAFE_METHODS:
            check_own_page(request, needs_header=True)
        principal = identify(request)
        if principal is None:
            raise NotLoggedIn
        if authorize(principal, self.action) is not Decision.ALLOWED:
            raise NotAllowed(self.action.value)
        return principal


class PublicPolicy(RoutePolicy):
    """Says that a route is meant for everybody."""

    def __call__(self) -> None:
        """Nothing is demanded."""


def require(action: Action) -> Policy:
    """Policy of a route: `principal: Annotated[Principal, Depends(require(Action.X))]`."""
    return Policy(action)


def public() -> PublicPolicy:
    """Policy of a route for everybody: `dependencies=[Depends(public())]`."""
    return PublicPolicy()


def identify(request: Request, *, is_use: bool = True) -> Principal | None:
    """Who calls, by API key or else by session cookie; None for nobody known.

    Streams call it again while they run, so that a logout or a revoked key ends them.
    """
    scheme, _, presented = request.headers.get("authorization", "").partition(" ")
    database, now = database_of(request), now_of(request)
    if scheme.lower() == "bearer":
        return principal_of_key(database, presented.strip(), now)
    token = request.cookies.get(COOKIE)
    if not token:
        return None
    return principal_of_session(database, token, now, is_use=is_use)


def check_own_page(request: Request, *, needs_header: bool) -> None:
    """Pass when a browser says that the request comes from our own origin.

    Raises:
        ForeignRequest: it comes from elsewhere, or lacks the header only our own pages can send.
    """
    if needs_header and WRITE_HEADER not in request.headers:
        raise ForeignRequest(f"a write with a session cookie needs the header {WRITE_HEADER}")
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise ForeignRequest("the request comes from another site")
    origin = request.headers.get("origin")
    # a proxy may hand on another Host than the one users type
    own = {request.headers.get("host"), request.app.state.public_netloc} - {""}
    # an opaque origin is "null", which names no host at all
    if origin is not None and origin.partition("://")[2] not in own:
        raise ForeignRequest("the request comes from another origin")


def client_address(request: Request) -> str:
    """Network address of the caller, as the server (and its trusted proxies) know it."""
    return request.client.host[:64] if request.client else "unknown"


def own_address(request: Request) -> str:
    """The address people type, without a slash at its end; a proxy may hide it from the request."""
    state = request.app.state
    if state.public_netloc:
        return f"{'https' if state.is_cookie_secure else 'http'}://{state.public_netloc}"
    return str(request.base_url).rstrip("/")
