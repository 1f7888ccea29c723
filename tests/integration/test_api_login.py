import threading
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from fastapi.testclient import TestClient
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlmodel import select

from inventory.accounts.logins import Attempt
from inventory.accounts.logins import log_in as log_in_here
from inventory.accounts.passwords import AT_ONCE, WAITING, Passwords
from inventory.accounts.policies import COOKIE
from inventory.accounts.table import ApiKey, LoginSession, User
from inventory.accounts.use_cases import disable_user, set_password
from inventory.app import Parts, create_app
from inventory.errors import InventoryError
from tests.schools import PASSWORD, WRITES, Schools, schools


@pytest.fixture
def house(school_url: str) -> Iterator[Schools]:
    with schools(school_url) as built:
        yield built


def log_in(client: TestClient, username: str, password: str = PASSWORD) -> int:
    body = {"username": username, "password": password}
    return client.post("/api/v1/login", json=body).status_code


def test_a_login_sets_a_cookie_scripts_cannot_read(house: Schools) -> None:
    answer = house.client().post(
        "/api/v1/login", json={"username": "bj-master", "password": PASSWORD}
    )
    cookie = answer.headers["set-cookie"]
    assert answer.status_code == 204
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie


def test_the_cookie_is_secure_over_https(house: Schools) -> None:
    client = TestClient(house.app, base_url="https://station.example.org")
    answer = client.post("/api/v1/login", json={"username": "bj-master", "password": PASSWORD})
    assert "Secure" in answer.headers["set-cookie"]


def test_me_tells_who_and_what(house: Schools) -> None:
    me = house.client("bj-master").get("/api/v1/me").json()
    assert me["username"] == "bj-master"
    assert me["organisation"]["code"] == "BJ01"
    assert "write_register" in me["actions"]
    assert "manage_accounts" not in me["actions"]


def test_nothing_is_shown_without_a_login(house: Schools) -> None:
    answer = house.client().get("/api/v1/me")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.headers["content-type"] == "application/problem+json"


def test_wrong_password_and_unknown_user_answer_alike(house: Schools) -> None:
    answers = [
        house.client().post("/api/v1/login", json={"username": name, "password": "wrong"})
        for name in ("bj-master", "nobody")
    ]
    bodies = [a.json() | {"request_id": ""} for a in answers]
    assert [a.status_code for a in answers] == [401, 401]
    assert bodies[0] == bodies[1]


def test_neither_password_nor_token_is_stored(house: Schools) -> None:
    client = house.client("bj-master")
    token = client.cookies[COOKIE]
    with house.database.read() as db:
        logins = db.exec(select(LoginSession)).all()
        hashes = db.exec(select(User.password_hash)).all()
    assert all(token not in login.token_hash for login in logins)
    assert all(h.startswith("$argon2id$") for h in hashes)


def test_logging_in_again_ends_the_login_before(house: Schools) -> None:
    client = house.client("bj-master")
    old = client.cookies[COOKIE]
    assert log_in(client, "bj-master") == 204
    assert client.cookies[COOKIE] != old
    answer = house.client().get("/api/v1/me", headers={"cookie": f"{COOKIE}={old}"})
    assert answer.status_code == 401


def test_logging_out_makes_the_token_worthless(house: Schools) -> None:
    client = house.client("bj-master")
    token = client.cookies[COOKIE]
    assert client.post("/api/v1/logout", headers=WRITES).status_code == 204
    answer = house.client().get("/api/v1/me", headers={"cookie": f"{COOKIE}={token}"})
    assert answer.status_code == 401


def test_an_idle_login_ends_and_does_not_revive(house: Schools) -> None:
    client = house.client("bj-master")
    house.clock.move(minutes=31)
    assert client.get("/api/v1/me").status_code == 401
    house.clock.move(minutes=-31)
    assert client.get("/api/v1/me").status_code == 401


def test_use_keeps_a_login_alive_but_not_beyond_twelve_hours(house: Schools) -> None:
    client = house.client("bj-master")
    for _ in range(35):
        house.clock.move(minutes=20)
        assert client.get("/api/v1/me").status_code == 200
    house.clock.move(minutes=20)
    assert client.get("/api/v1/me").status_code == 401


def test_a_closed_account_is_out_at_once(house: Schools) -> None:
    client = house.client("bj-teacher")
    disable_user(house.database, "bj-teacher", who="test")
    assert client.get("/api/v1/me").status_code == 401
    assert log_in(house.client(), "bj-teacher") == 401


def test_a_new_password_ends_the_old_logins(house: Schools) -> None:
    client = house.client("bj-teacher")
    new = "another long password"
    set_password(house.database, house.passwords, "bj-teacher", new, who="test")
    assert client.get("/api/v1/me").status_code == 401
    assert log_in(house.client(), "bj-teacher") == 401
    assert log_in(house.client(), "bj-teacher", new) == 204


def test_guessing_is_slowed_down_and_survives_a_restart(house: Schools) -> None:
    client = house.client()
    answers = [log_in(client, "bj-master", f"guess {n}") for n in range(7)]
    assert answers == [401] * 5 + [429] * 2
    again = TestClient(house.app)
    answer = again.post("/api/v1/login", json={"username": "bj-master", "password": PASSWORD})
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) >= 1
    house.clock.move(seconds=2)
    assert log_in(client, "bj-master") == 204


class CountingPasswords(Passwords):
    reached = 0

    def matches(self, password: str, password_hash: str | None) -> bool:
        self.reached += 1
        return super().matches(password, password_hash)


def test_many_guesses_at_once_do_not_slip_past_the_count(house: Schools) -> None:
    passwords = CountingPasswords(Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1))
    outcomes: list[str] = []

    def guess(number: int) -> None:
        attempt = Attempt("bj-master", f"guess {number}", "10.0.0.1", house.clock())
        try:
            log_in_here(house.database, passwords, attempt)
        except InventoryError as refused:
            outcomes.append(type(refused).__name__)

    threads = [threading.Thread(target=guess, args=(n,)) for n in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == 40
    assert passwords.reached <= 10
    assert outcomes.count("TooManyAttempts") >= 30


def test_a_flood_of_logins_is_turned_away_and_not_counted(house: Schools) -> None:
    with ExitStack() as full:
        for _ in range(AT_ONCE + WAITING):
            full.enter_context(house.passwords.admitted())
        answer = house.client().post(
            "/api/v1/login", json={"username": "bj-master", "password": PASSWORD}
        )
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
        for _ in range(9):
            assert log_in(house.client(), "bj-master") == 503
    assert log_in(house.client(), "bj-master") == 204


def test_the_right_password_from_another_address_still_works(house: Schools) -> None:
    for n in range(8):
        log_in(house.client(), "bj-master", f"guess {n}")
    elsewhere = TestClient(house.app, client=("10.0.0.9", 50_000))
    assert log_in(elsewhere, "bj-master") == 204


def test_a_write_by_cookie_needs_our_own_page(house: Schools) -> None:
    client = house.client("bj-master")
    order = {"name": "report", "days": 30}
    foreign = [
        {},
        WRITES | {"Sec-Fetch-Site": "cross-site"},
        WRITES | {"Origin": "https://evil.example.org"},
        WRITES | {"Origin": "null"},
    ]
    for headers in foreign:
        assert client.post("/api/v1/api-keys", json=order, headers=headers).status_code == 403
    own = WRITES | {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}
    assert client.post("/api/v1/api-keys", json=order, headers=own).status_code == 201


def test_behind_a_proxy_the_public_address_is_our_own_page(house: Schools) -> None:
    parts = Parts(
        house.database,
        house.live,
        passwords=house.passwords,
        clock=house.clock,
        public_url="https://station.example.org",
    )
    inner = TestClient(create_app(parts), base_url="http://127.0.0.1:8765")
    headers = {"Origin": "https://station.example.org"}
    body = {"username": "bj-master", "password": PASSWORD}
    answer = inner.post("/api/v1/login", json=body, headers=headers)
    assert answer.status_code == 204
    assert "Secure" in answer.headers["set-cookie"]


@pytest.mark.parametrize("origin", ["https://evil.example.org", "null"])
def test_a_foreign_page_cannot_log_a_victim_in(house: Schools, origin: str) -> None:
    answer = house.client().post(
        "/api/v1/login",
        json={"username": "bj-master", "password": PASSWORD},
        headers={"Origin": origin},
    )
    assert answer.status_code == 403


def make_key(house: Schools, username: str = "bj-master", days: int = 30) -> dict[str, str]:
    client = house.client(username)
    order = {"name": "report", "days": days}
    answer = client.post("/api/v1/api-keys", json=order, headers=WRITES)
    assert answer.status_code == 201, answer.text
    made: dict[str, str] = answer.json()
    return made


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def test_an_api_key_reads_as_its_maker_and_writes_nothing(house: Schools) -> None:
    made, anonymous = make_key(house), house.client()
    me = anonymous.get("/api/v1/me", headers=bearer(made["key"])).json()
    assert (me["username"], me["is_read_only"]) == ("bj-master", True)
    order = {"name": "more", "days": 30}
    answer = anonymous.post("/api/v1/api-keys", json=order, headers=bearer(made["key"]))
    assert answer.status_code == 403


def test_a_key_is_shown_once_and_stored_as_a_hash(house: Schools) -> None:
    made = make_key(house)
    listed = house.client("bj-master").get("/api/v1/api-keys").json()
    assert [key["id"] for key in listed["items"]] == [made["id"]]
    assert "key" not in listed["items"][0]
    with house.database.read() as db:
        stored = db.get(ApiKey, made["id"])
    assert stored is not None
    assert stored.secret_hash not in made["key"]


def test_a_revoked_expired_or_altered_key_is_refused(house: Schools) -> None:
    made, anonymous = make_key(house), house.client()
    altered = made["key"][:-1] + ("A" if made["key"][-1] != "A" else "B")
    assert anonymous.get("/api/v1/me", headers=bearer(altered)).status_code == 401
    house.clock.move(days=31)
    assert anonymous.get("/api/v1/me", headers=bearer(made["key"])).status_code == 401
    house.clock.move(days=-31)
    master = house.client("bj-master")
    assert master.delete(f"/api/v1/api-keys/{made['id']}", headers=WRITES).status_code == 204
    assert anonymous.get("/api/v1/me", headers=bearer(made["key"])).status_code == 401


def test_a_key_lives_a_year_at_most(house: Schools) -> None:
    answer = house.client("bj-master").post(
        "/api/v1/api-keys", json={"name": "x", "days": 366}, headers=WRITES
    )
    assert answer.status_code == 422


def test_keys_of_others_are_not_known(house: Schools) -> None:
    made = make_key(house)
    for other in ("bj-teacher", "gx-master"):
        client = house.client(other)
        assert client.get("/api/v1/api-keys").json()["total"] == 0
        answer = client.delete(f"/api/v1/api-keys/{made['id']}", headers=WRITES)
        assert answer.status_code == 404
    assert house.client("bj-admin").get("/api/v1/api-keys").json()["total"] == 1


def test_a_key_of_a_closed_account_is_refused(house: Schools) -> None:
    made = make_key(house, "bj-teacher")
    disable_user(house.database, "bj-teacher", who="test")
    answer = house.client().get("/api/v1/me", headers=bearer(made["key"]))
    assert answer.status_code == 401
