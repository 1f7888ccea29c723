"""How the dashboard asks the API: typed answers, as the user whose cookie came with the page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar
from urllib.parse import quote

import httpx2
from pydantic import BaseModel, TypeAdapter, ValidationError

from inventory.accounts.schema import Me
from inventory.alerts.schema import AlertOut
from inventory.data_health.schema import DataHealthOut
from inventory.monitoring.schema import BenchOut, BenchPage
from inventory.paging import MAX_LIMIT, Page
from inventory.readiness.schema import Matrix, ReadinessOut
from inventory.reviews.schema import ReviewPage
from inventory.stations.rules import Level, StationUse
from inventory.stations.schema import StationOut

API = "/api/v1"
DEFAULT_URL = "http://127.0.0.1:8765"
COOKIE = "stationmaster_session"
TIMEOUT_S = 10.0
T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)


class ApiTrouble(Exception):
    """The API gives no usable answer; `reason` is for the log, never for the screen."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ApiUnreachable(ApiTrouble):
    """No connection, no answer in time, or the server says that it can't answer now."""


class ApiRefused(ApiTrouble):
    """The API refuses; `status` is HTTP's and `kind` the problem's type."""

    def __init__(self, status: int, kind: str, detail: str) -> None:
        super().__init__(f"{status} {kind} {detail}")
        self.status = status
        self.kind = kind


class NotLoggedIn(ApiRefused):
    """The cookie belongs to no open login."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a station; None means the API's default (its own use, today in China)."""

    station: str
    module: str
    level: Level
    use: StationUse | None = None
    on_date: date | None = None

    def parameters(self) -> dict[str, str]:
        """As query parameters of the API."""
        asked = {"module": self.module, "level": self.level.value}
        if self.use is not None:
            asked["use"] = self.use.value
        if self.on_date is not None:
            asked["date"] = self.on_date.isoformat()
        return asked


class ApiClient:
    """One user's view of the API; the transport may be shared by many clients."""

    def __init__(
        self, base_url: str, session_token: str | None, transport: httpx2.BaseTransport
    ) -> None:
        headers = {"Accept": "application/json"}
        if session_token:
            headers["Cookie"] = f"{COOKIE}={session_token}"
        self._http = httpx2.Client(
            base_url=base_url + API, headers=headers, transport=transport, timeout=TIMEOUT_S
        )

    def me(self) -> Me:
        """Who is logged in.

        Raises:
            NotLoggedIn: nobody.
        """
        return self._one("/me", Me)

    def stations(self) -> list[StationOut]:
        """All stations the user may see, by code."""
        return self._all("/stations", Page[StationOut])

    def benches(self) -> list[BenchOut]:
        """All benches the user may see, by code."""
        return self._all("/benches", Page[BenchOut])

    def bench(self, code: str) -> BenchPage:
        """One bench with its catalogue of signals, where the user may look into it."""
        return self._one(f"/benches/{quote(code, safe='')}", BenchPage)

    def data_health(self) -> DataHealthOut:
        """Whether the data of the benches the user may see come through."""
        return self._one("/data-health", DataHealthOut)

    def alerts(self, limit: int = 50) -> list[AlertOut]:
        """The user's alerts, open ones first, then the latest."""
        page = self._get("/alerts", {"limit": str(limit)})
        return self._read(page, TypeAdapter(Page[AlertOut])).items

    def matrix(self, on_date: date | None = None) -> Matrix:
        """Every station by module and level."""
        return self._one("/readiness", Matrix, {"date": on_date.isoformat()} if on_date else {})

    def readiness(self, question: Question) -> ReadinessOut:
        """The findings of one station."""
        path = f"/stations/{quote(question.station, safe='')}/readiness"
        return self._one(path, ReadinessOut, question.parameters())

    def review(self, review_id: int) -> ReviewPage:
        """One review with its steps and comments."""
        return self._one(f"/reviews/{review_id}", ReviewPage)

    def _one(self, path: str, kind: type[M], parameters: Mapping[str, str] | None = None) -> M:
        return self._read(self._get(path, parameters or {}), TypeAdapter(kind))

    def _all(self, path: str, kind: type[Page[T]]) -> list[T]:
        adapter = TypeAdapter(kind)
        items: list[T] = []
        offset: int | None = 0
        while offset is not None:
            asked = {"offset": str(offset), "limit": str(MAX_LIMIT)}
            page = self._read(self._get(path, asked), adapter)
            items += page.items
            offset = page.next
        return items

    def _read(self, answer: httpx2.Response, adapter: TypeAdapter[T]) -> T:
        try:
            return adapter.validate_json(answer.content)
        except ValidationError as unexpected:
            raise ApiUnreachable(f"{answer.url}: {unexpected.error_count()} odd values") from None

    def _get(self, path: str, parameters: Mapping[str, str]) -> httpx2.Response:
        try:
            answer = self._http.get(path, params=parameters)
        except httpx2.HTTPError as failed:
            raise ApiUnreachable(f"{path}: {failed}") from failed
        if answer.is_success:
            return answer
        problem = _problem(answer)
        kind, detail = problem.get("type", "about:blank"), problem.get("detail", "")
        if answer.status_code == httpx2.codes.UNAUTHORIZED:
            raise NotLoggedIn(answer.status_code, kind, detail)
        if answer.is_server_error:
            raise ApiUnreachable(f"{path}: {answer.status_code} {kind} {detail}")
        raise ApiRefused(answer.status_code, kind, detail)


def _problem(answer: httpx2.Response) -> dict[str, str]:
    try:
        found = answer.json()
    except ValueError:
        return {}
    if not isinstance(found, dict):
        return {}
    return {str(name): str(value) for name, value in found.items()}
