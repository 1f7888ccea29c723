import os
import random
import re
from collections.abc import Iterator

import pytest

from tests.schools import WRITES, Schools, schools

WEIRD = [
    "",
    "%00",
    "a" * 5000,
    "%ff%fe",
    "..%2f..",
    "' OR 1=1 --",
    "%F0%9F%98%80",
    "battery-01",
    "BJ01-T",
    "-1",
    "1e309",
    "NaN",
    "null",
    "99999999999999999999",
    "2026-12-01",
    "0001-01-01T00:00:00%2B14:00",
    "9999-12-31T23:59:59Z",
    "9999-12-31",
    "[]",
    "2-1",
    "elementary",
]
BODIES = [
    b"",
    b"{}",
    b"[]",
    b"\xff",
    b'{"username":"\\ud800","password":"x"}',
    b'{"name":"\\u0000","days":1}',
    b'{"username":"a\\u0000b","password":"\\u0000"}',
    b'{"name":' + b"[" * 5000,
]
TYPES = ["application/json", "text/plain", "multipart/form-data", "multipart/form-data; boundary=x"]
ROUNDS = int(os.environ.get("STATIONMASTER_FUZZ_ROUNDS", "4"))


@pytest.fixture
def house(school_url: str) -> Iterator[Schools]:
    with schools(school_url) as built:
        yield built


@pytest.mark.chaos
@pytest.mark.timeout(3600 if "STATIONMASTER_FUZZ_ROUNDS" in os.environ else 120)
@pytest.mark.parametrize("seed", [1, 2])
def test_no_nonsense_breaks_the_server(house: Schools, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    client = house.client("bj-admin")
    asked = 0
    for path, operations in house.app.openapi()["paths"].items():
        if path.endswith(("/live", "/changes", "/logout")):
            continue
        for method, operation in operations.items():
            names = [p["name"] for p in operation.get("parameters", []) if p["in"] == "query"]
            for _ in range(ROUNDS):
                filled = re.sub(r"\{[^}]+\}", lambda _: chance.choice(WEIRD), path)
                pairs = [f"{n}={chance.choice(WEIRD)}" for n in names if chance.random() < 0.5]
                answer = client.request(
                    method.upper(),
                    f"{filled}?{'&'.join(pairs)}",
                    content=None if method == "get" else chance.choice(BODIES),
                    headers=WRITES | {"content-type": chance.choice(TYPES)},
                )
                asked += 1
                where = (method, filled[:80], pairs)
                assert answer.status_code < 500, where
                if answer.status_code >= 400:
                    assert answer.headers["content-type"] == "application/problem+json", where
    assert asked > 300
