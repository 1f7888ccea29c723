"""One InfluxDB server over HTTP: lines in, InfluxQL out, and what its answers mean."""

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlsplit

import msgspec
from influxdb_client.client.influxdb_client import InfluxDBClient
from influxdb_client.client.write_api import SYNCHRONOUS
from influxdb_client.domain.write_precision import WritePrecision
from influxdb_client.rest import ApiException
from urllib3.exceptions import HTTPError

from telemetry.store.influx.lines import Answer
from telemetry.store.port import StoreUnavailable

TIMEOUT_MS = 30_000
"""Chosen: an hour of a bench (36,000 rows of 60 signals) is read from a slow disk in less."""
_BAD_LINES = (400, 413, 422)
_HINTS = {
    401: "the token was refused: check STATIONMASTER_INFLUX_TOKEN",
    403: "the token may not do this: check STATIONMASTER_INFLUX_TOKEN",
    404: "database or bucket is not there: run `stationmaster store init`",
}
_NO_POLICY = "retention policy not found"


@dataclass(frozen=True, slots=True)
class Address:
    """Where the server is; `token` of a 1.x server is `user:password`, "" without accounts.

    `repr` has no secret.
    """

    url: str
    token: str = ""
    organisation: str = "-"
    database: str = "stationmaster"

    def __repr__(self) -> str:
        return f"Address({self.url}, {self.database})"

    def checked(self) -> "Address":
        """Itself, with an address that can be called.

        Raises:
            StoreUnavailable: it is no http(s) address, or has a password in it.
        """
        parts = urlsplit(self.url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise StoreUnavailable(f"InfluxDB at {self.url!r}: expected http://host:port")
        if parts.username or parts.password:
            raise StoreUnavailable(
                "InfluxDB: a password in the address would be logged; give it as the token,"
                " of a 1.x server as user:password"
            )
        return self


class Server(NamedTuple):
    """What answered: `version` as it said, and whether it is of the 1.x kind."""

    version: str
    is_old: bool


class BadLines(Exception):
    """The server is well and does not want these lines; the text is its reason."""


class NotThere(StoreUnavailable):
    """The server knows no such database, bucket or path."""


class Series(msgspec.Struct):
    """Columns and values of one answer."""

    columns: list[str]
    values: list[list[Answer]] = []
    partial: bool = False


class _Result(msgspec.Struct):
    series: list[Series] = []
    error: str = ""


class _Answers(msgspec.Struct):
    results: list[_Result] = []
    error: str = ""


_decode = msgspec.json.Decoder(_Answers)


class Influx:
    """Calls to one server; safe to use from several threads.

    Every call may raise StoreUnavailable: it can't be reached, is not well, or does not let us in.
    """

    def __init__(self, address: Address, timeout_ms: int = TIMEOUT_MS) -> None:
        self.address = address.checked()
        self._client = InfluxDBClient(
            address.url, address.token, org=address.organisation, timeout=timeout_ms
        )
        self._writing = self._client.write_api(write_options=SYNCHRONOUS)
        self._server: Server | None = None

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()  # type: ignore[no-untyped-call]

    def server(self) -> Server:
        """Ask once who is there; a server that was replaced is asked again after a failure."""
        if self._server is None:
            _, headers = self.call("GET", "/ping")
            version = headers.get("X-Influxdb-Version", "")
            # VictoriaMetrics says nothing here, and takes what 2.x takes
            is_old = version.startswith("1.")
            token = self.address.token
            if is_old and ":" in token:
                basic = base64.b64encode(token.encode()).decode()
                self._say("Authorization", f"Basic {basic}")
            self._server = Server(version or "?", is_old)
        return self._server

    def _say(self, header: str, value: str) -> None:
        self._client.api_client.set_default_header(header, value)  # type: ignore[no-untyped-call]

    def call(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        body: str | Mapping[str, object] | None = None,
        form: Mapping[str, str] | None = None,
    ) -> tuple[bytes, Mapping[str, str]]:
        """Any call: content and headers of a good answer.

        Raises:
            StoreUnavailable: see the class.
            BadLines: the server is well and refuses what was sent.
        """
        kind = "application/json" if isinstance(body, Mapping) else "text/plain; charset=utf-8"
        if form is not None:
            kind = "application/x-www-form-urlencoded"
        try:
            answer = self._client.api_client.call_api(  # type: ignore[no-untyped-call]
                path,
                method,
                query_params=list((query or {}).items()),
                header_params={"Content-Type": kind},
                body=body,
                post_params=list((form or {}).items()),
                _preload_content=False,
                _return_http_data_only=True,
            )
            return bytes(answer.data), answer.headers
        except (ApiException, HTTPError, OSError) as failed:
            raise self._told(failed) from failed

    def write(self, policy: str, lines: Sequence[str]) -> None:
        """Have lines stored; when this returns the server has taken all of them.

        Raises:
            BadLines: at least one line is bad; the others may or may not be stored.
        """
        content = "\n".join(lines)
        database = self.address.database
        if self.server().is_old:
            query = {"db": database, "rp": policy, "precision": "ns"}
            self.call("POST", "/write", query, content)
            return
        try:
            self._writing.write(
                f"{database}/{policy}",
                self.address.organisation,
                content,
                write_precision=WritePrecision.NS,  # type: ignore[arg-type]  # a constant text
            )
        except (ApiException, HTTPError, OSError) as failed:
            raise self._told(failed) from failed

    def ask(self, statement: str, policy: str = "") -> list[Series]:
        """Answer an InfluxQL question; times are nanoseconds."""
        form = {"db": self.address.database, "q": statement, "epoch": "ns", "chunked": "true"}
        if policy:
            form["rp"] = policy
        self.server()
        try:
            content, _ = self.call("POST", "/query", form=form)
        except BadLines as refused:
            raise StoreUnavailable(f"InfluxDB {self.address.url}: {refused}") from refused
        return list(self._series(content))

    def _series(self, content: bytes) -> Iterator[Series]:
        for line in content.splitlines():
            answers = _decode.decode(line)
            for error in (answers.error, *(result.error for result in answers.results)):
                if error:
                    raise StoreUnavailable(f"InfluxDB {self.address.url}: {error}")
            for result in answers.results:
                yield from result.series

    def _told(self, failed: Exception) -> Exception:
        if not isinstance(failed, ApiException):
            self._server = None
            why = type(failed).__name__
            return StoreUnavailable(f"InfluxDB {self.address.url} does not answer: {why}")
        text = _message(failed)
        status = int(failed.status or 0)
        if status in _BAD_LINES:
            return BadLines(text)
        hint = _HINTS.get(404 if _NO_POLICY in text else status, "")
        said = f"InfluxDB {self.address.url}: {status} {text}"
        kind = NotThere if status == 404 else StoreUnavailable  # noqa: PLR2004 - HTTP
        return kind(f"{said} ({hint})" if hint else said)


def _message(failed: ApiException) -> str:
    body = failed.body or ""
    if isinstance(body, bytes):
        body = body.decode("utf-8", "replace")
    try:
        told = msgspec.json.decode(body)
    except msgspec.DecodeError:
        told = None
    if isinstance(told, dict):
        body = str(told.get("error") or told.get("message") or body)
    return (body.strip() or str(failed.reason))[:500]
