"""What InfluxDB 2.x says over HTTP, in front of a real 1.x that does the work.

No package carries a 2.x: this speaks its documented API as far as we use it (ping, organisations,
buckets, mappings, /api/v2/write, /query), checks the token, and keeps rows in a real server. The
contract suite runs against a real 2.x wherever INFLUXDB_URL names one.
"""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import httpx2

TOKEN = "a-token"
ORGANISATION = "school"


class Face:
    """`url` answers as 2.x; `buckets` and `mappings` are what was made."""

    def __init__(self, behind: str) -> None:
        self.behind = behind
        self.buckets: dict[str, dict[str, object]] = {}
        self.mappings: list[dict[str, object]] = []
        face = self

        class Handler(_Handler):
            of = face

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def pass_on(self, path: str, query: dict[str, str], body: bytes) -> tuple[int, bytes]:
        answer = httpx2.post(f"{self.behind}{path}", params=query, content=body, timeout=30)
        return answer.status_code, answer.content

    def ask(self, statement: str) -> None:
        self.pass_on("/query", {"q": statement}, b"")


class _Handler(BaseHTTPRequestHandler):
    of: Face
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Say nothing."""

    def _answer(self, status: int, content: object = None, raw: bytes = b"") -> None:
        body = raw or (json.dumps(content).encode() if content is not None else b"")
        self.send_response(status)
        self.send_header("X-Influxdb-Version", "v2.7.11")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _handle(self) -> None:
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if parts.path == "/ping":
            return self._answer(204)
        if self.headers.get("Authorization") != f"Token {TOKEN}":
            return self._answer(401, {"code": "unauthorized", "message": "unauthorized access"})
        ways = {
            "/api/v2/orgs": self._organisations,
            "/api/v2/buckets": self._buckets,
            "/api/v2/dbrps": self._mappings,
            "/api/v2/write": self._write,
            "/query": self._query,
        }
        way = ways.get(parts.path) or (self._buckets if "/buckets/" in parts.path else None)
        return way(query, body) if way else self._answer(404, {"message": "path not found"})

    do_GET = do_POST = do_PATCH = _handle  # noqa: N815 - names of the base

    def _organisations(self, query: dict[str, str], _body: bytes) -> None:
        if query.get("org") != ORGANISATION:
            return self._answer(404, {"code": "not found", "message": "organization not found"})
        return self._answer(200, {"orgs": [{"id": "01", "name": ORGANISATION}]})

    def _buckets(self, query: dict[str, str], body: bytes) -> None:
        buckets = self.of.buckets
        if self.command == "GET":
            found = buckets.get(query["name"])
            if found is None:
                return self._answer(404, {"message": f"bucket {query['name']!r} not found"})
            return self._answer(200, {"buckets": [found]})
        told = json.loads(body)
        if self.command == "PATCH":
            found = next(b for b in buckets.values() if b["id"] == self.path.rpartition("/")[2])
            found["retentionRules"] = told["retentionRules"]
            return self._answer(200, found)
        database, _, policy = told["name"].partition("/")
        self.of.ask(f'CREATE DATABASE "{database}"')
        self.of.ask(f'CREATE RETENTION POLICY "{policy}" ON "{database}" DURATION 0s REPLICATION 1')
        buckets[told["name"]] = {**told, "id": f"b{len(buckets)}"}
        return self._answer(201, buckets[told["name"]])

    def _mappings(self, query: dict[str, str], body: bytes) -> None:
        if self.command == "POST":
            told = json.loads(body)
            self.of.mappings.append(told)
            return self._answer(201, told)
        wanted = (query["db"], query["rp"])
        found = [m for m in self.of.mappings if (m["database"], m["retention_policy"]) == wanted]
        return self._answer(200, {"content": found})

    def _write(self, query: dict[str, str], body: bytes) -> None:
        if query["bucket"] not in self.of.buckets or query["org"] != ORGANISATION:
            return self._answer(404, {"message": f'bucket "{query["bucket"]}" not found'})
        database, _, policy = query["bucket"].partition("/")
        known = {"db": database, "rp": policy, "precision": query["precision"]}
        status, content = self.of.pass_on("/write", known, body)
        return self._answer(status, None, content)

    def _query(self, _query: dict[str, str], body: bytes) -> None:
        form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        wanted = (form.get("db"), form.get("rp"))
        if wanted not in [(m["database"], m["retention_policy"]) for m in self.of.mappings]:
            return self._answer(200, {"results": [{"error": "database not found"}]})
        status, content = self.of.pass_on("/query", form, b"")
        return self._answer(status, None, content)
