"""Databases, retention policies and buckets that the store needs, made where they are missing."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass

from telemetry.store.influx.connection import BadLines, Influx, NotThere
from telemetry.store.influx.lines import HOURS, MINUTES, MS, ROWS
from telemetry.store.port import StoreUnavailable

_PROBE = "probe"


@dataclass(frozen=True, slots=True)
class Kept:
    """How long InfluxDB keeps what, in ms since observation; 0: for ever."""

    rows_ms: int
    minutes_ms: int
    hours_ms: int

    def by_policy(self) -> dict[str, int]:
        """By the name of policy and measurement."""
        return {ROWS: self.rows_ms, MINUTES: self.minutes_ms, HOURS: self.hours_ms}


@dataclass(frozen=True, slots=True)
class Prepared:
    """What was found and done; `can_read` false: the server takes lines but speaks no InfluxQL."""

    version: str
    is_old: bool
    done: list[str]
    can_read: bool


def prepare_server(influx: Influx, kept: Kept) -> Prepared:
    """Make what is missing, set what differs, then write and read a point to be sure.

    May be called again at any time.

    Raises:
        StoreUnavailable: the server can't be reached or does not let us.
    """
    server = influx.server()
    done = _prepare_1(influx, kept) if server.is_old else _prepare_2(influx, kept)
    return Prepared(server.version, server.is_old, done, _probe(influx))


def _name(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _prepare_1(influx: Influx, kept: Kept) -> list[str]:
    database = influx.address.database
    there = {row[0] for series in influx.ask("SHOW DATABASES") for row in series.values}
    done = []
    if database not in there:
        influx.ask(f"CREATE DATABASE {_name(database)}")
        done.append(f"database {database}")
    found = influx.ask(f"SHOW RETENTION POLICIES ON {_name(database)}")
    policies = {row[0]: row[1] for series in found for row in series.values}
    for policy, kept_ms in kept.by_policy().items():
        duration = f"{kept_ms // 1000}s"
        if policy in policies and _seconds(str(policies[policy])) == kept_ms // 1000:
            continue
        verb = "ALTER" if policy in policies else "CREATE"
        replication = "" if policy in policies else " REPLICATION 1"
        influx.ask(
            f"{verb} RETENTION POLICY {_name(policy)} ON {_name(database)}"
            f" DURATION {duration}{replication}"
        )
        done.append(f"retention policy {policy} {_told(kept_ms)}")
    return done


def _seconds(duration: str) -> int:
    """Of a duration as InfluxDB shows it: `720h0m0s`."""
    total, number = 0, ""
    for letter in duration:
        if letter.isdigit():
            number += letter
        else:
            total += int(number or 0) * {"h": 3600, "m": 60, "s": 1}.get(letter, 0)
            number = ""
    return total


def _told(kept_ms: int) -> str:
    return f"{kept_ms / 86_400_000:g} d" if kept_ms else "for ever"


def _prepare_2(influx: Influx, kept: Kept) -> list[str]:
    if not influx.server().version.lstrip("v").startswith("2."):
        # 3.x and others that take 2.x lines make databases as they are written
        return []
    organisation = _organisation(influx)
    done = []
    for policy, kept_ms in kept.by_policy().items():
        bucket, told = _bucket(influx, organisation, policy, kept_ms)
        done += told
        done += _mapping(influx, organisation, policy, bucket)
    return done


def _json(
    influx: Influx,
    method: str,
    path: str,
    query: Mapping[str, str] | None = None,
    body: Mapping[str, object] | None = None,
) -> Mapping[str, object]:
    try:
        content, _ = influx.call(method, path, query, body)
    except BadLines as refused:
        raise StoreUnavailable(f"{method} {path}: 400 {refused}") from refused
    answer = json.loads(content or b"{}")
    return answer if isinstance(answer, dict) else {}


def _listed(answer: Mapping[str, object], what: str) -> list[dict[str, object]]:
    found = answer.get(what)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _found(
    influx: Influx, path: str, query: Mapping[str, str], what: str
) -> list[dict[str, object]]:
    """Those a search by name finds; none is an empty list or "not found", by version."""
    try:
        return _listed(_json(influx, "GET", path, query), what)
    except NotThere:
        return []


def _organisation(influx: Influx) -> str:
    name = influx.address.organisation
    found = _found(influx, "/api/v2/orgs", {"org": name}, "orgs")
    if not found:
        raise StoreUnavailable(
            f"InfluxDB has no organisation {name!r}: check STATIONMASTER_INFLUX_ORGANISATION"
        )
    return str(found[0]["id"])


def _bucket(influx: Influx, organisation: str, policy: str, kept_ms: int) -> tuple[str, list[str]]:
    name = f"{influx.address.database}/{policy}"
    rules = [{"type": "expire", "everySeconds": kept_ms // 1000}] if kept_ms else []
    query = {"orgID": organisation, "name": name}
    found = _found(influx, "/api/v2/buckets", query, "buckets")
    if not found:
        body = {"orgID": organisation, "name": name, "retentionRules": rules}
        made = _json(influx, "POST", "/api/v2/buckets", None, body)
        return str(made["id"]), [f"bucket {name} {_told(kept_ms)}"]
    known = [rule.get("everySeconds", 0) for rule in _listed(found[0], "retentionRules")]
    if [second for second in known if second] == [rule["everySeconds"] for rule in rules]:
        return str(found[0]["id"]), []
    body = {"retentionRules": rules}
    _json(influx, "PATCH", f"/api/v2/buckets/{found[0]['id']}", None, body)
    return str(found[0]["id"]), [f"bucket {name} {_told(kept_ms)}"]


def _mapping(influx: Influx, organisation: str, policy: str, bucket: str) -> list[str]:
    database = influx.address.database
    query = {"orgID": organisation, "db": database, "rp": policy}
    found = _found(influx, "/api/v2/dbrps", query, "content")
    if any(one.get("bucketID") == bucket for one in found):
        return []
    body = {
        "orgID": organisation,
        "bucketID": bucket,
        "database": database,
        "retention_policy": policy,
        "default": policy == ROWS,
    }
    _json(influx, "POST", "/api/v2/dbrps", None, body)
    return [f"mapping {database}/{policy}"]


def _probe(influx: Influx) -> bool:
    """Write a point and read it back."""
    now_ms = time.time_ns() // MS
    try:
        influx.write(ROWS, [f"{_PROBE} ok=t,at={now_ms}i {now_ms * MS}"])
    except BadLines as bad:
        raise StoreUnavailable(f"InfluxDB does not take a plain line: {bad}") from bad
    try:
        found = influx.ask(f"SELECT at FROM {_PROBE} WHERE time = {now_ms * MS}", ROWS)  # noqa: S608
    except StoreUnavailable:
        return False
    return any(row[-1] == now_ms for series in found for row in series.values)
