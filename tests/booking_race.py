"""Many clients who all want one slot, over HTTP, each with a login of its own."""

import http.client
import json
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from tests.schools import PASSWORD, WRITES

_JSON = {"Content-Type": "application/json"} | WRITES


@dataclass(frozen=True)
class Race:
    """How often each status was answered, and how long each answer took."""

    statuses: Counter[int]
    took_s: Sequence[float]

    @property
    def p99_s(self) -> float:
        """What all but one in a hundred stayed below."""
        return sorted(self.took_s)[len(self.took_s) * 99 // 100]


def logged_in(port: int, username: str) -> str:
    """The session cookie of a new login."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    body = json.dumps({"username": username, "password": PASSWORD})
    line.request("POST", "/api/v1/login", body, _JSON)
    answer = line.getresponse()
    assert answer.status == 204, answer.read()
    cookie = answer.getheader("Set-Cookie", "").partition(";")[0]
    line.close()
    return cookie


def race(port: int, usernames: Sequence[str], order: Mapping[str, object], attempts: int) -> Race:
    """Let one client per user name try together, as often as makes so many attempts in all."""
    cookies = [logged_in(port, one) for one in usernames]
    start = threading.Barrier(len(cookies))
    body = json.dumps(order)

    def run(cookie: str) -> tuple[Counter[int], list[float]]:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        line.connect()
        statuses: Counter[int] = Counter()
        took_s = []
        start.wait()
        for _ in range(attempts // len(cookies)):
            began_s = time.perf_counter()
            line.request("POST", "/api/v1/bookings", body, _JSON | {"Cookie": cookie})
            answer = line.getresponse()
            answer.read()
            took_s.append(time.perf_counter() - began_s)
            statuses[answer.status] += 1
        line.close()
        return statuses, took_s

    with ThreadPoolExecutor(len(cookies)) as threads:
        done = list(threads.map(run, cookies))
    statuses = sum((one for one, _ in done), Counter[int]())
    return Race(statuses, [took for _, times in done for took in times])
