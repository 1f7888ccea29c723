"""A PostgreSQL server that goes away, comes back, or falls silent."""

import io
import time
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout

import psutil
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from inventory.database import open_database
from inventory.engines import CONNECT_WITHIN_S, MOST_CONNECTIONS
from inventory.migrations.run import NotUtf8, upgrade
from tests.databases import STAGES, Databases
from tests.postgres import PASSWORD, PostgresServer, running_postgres
from tests.rig import POSIX_ONLY
from tests.schools import Schools, schools

WITHIN_S = 2 * CONNECT_WITHIN_S
"""Twice what is promised: other tests share the machine."""


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    with running_postgres() as running:
        yield running


@pytest.fixture
def house(server: PostgresServer) -> Iterator[Schools]:
    with server.database("furnished", STAGES["furnished"]) as url, schools(url) as built:
        yield built


def asked(client: TestClient) -> tuple[int, float]:
    began_s = time.monotonic()
    answer = client.get("/api/v1/stations/BJ01-T")
    if answer.status_code == 503:
        assert answer.headers["retry-after"] == "2"
        assert answer.json()["type"] == "urn:stationmaster:problem:source-unavailable"
    return answer.status_code, time.monotonic() - began_s


def test_a_server_that_is_away_is_told_at_once_and_its_coming_back_too(
    house: Schools, server: PostgresServer
) -> None:
    client = house.client("bj-master")
    told = io.StringIO()
    server.stop()
    try:
        with redirect_stdout(told), redirect_stderr(told):
            status, took_s = asked(client)
            assert (status, took_s < WITHIN_S) == (503, True)
            assert client.get("/readyz").json()["database"] == "unavailable"
    finally:
        server.start_again()
    assert asked(client)[0] == 200
    assert "database_unavailable" in told.getvalue()
    assert PASSWORD not in told.getvalue()


@POSIX_ONLY
def test_a_server_that_holds_the_line_and_is_silent_holds_nobody_up(
    house: Schools, server: PostgresServer
) -> None:
    client = house.client("bj-master")
    assert asked(client)[0] == 200
    postmaster = psutil.Process(server.process.pid)
    frozen = [postmaster, *postmaster.children()]
    for process in frozen:
        process.suspend()
    try:
        answers = [asked(client) for _ in range(2)]
    finally:
        for process in frozen:
            process.resume()
    assert [status for status, _ in answers] == [503, 503]
    assert max(took_s for _, took_s in answers) < WITHIN_S
    assert asked(client)[0] == 200


def test_more_callers_than_connections_are_asked_to_come_again(house: Schools) -> None:
    client, engine = house.client("bj-master"), house.database.engine
    held = [engine.connect() for _ in range(MOST_CONNECTIONS)]
    assert asked(client)[0] == 503
    for connection in held:
        connection.close()
    assert asked(client)[0] == 200


def test_a_writer_that_froze_loses_its_turn(house: Schools) -> None:
    database = house.database
    turns: list[str] = []

    def freeze() -> None:
        with database.begin() as frozen:
            frozen.execute(text("SET LOCAL idle_in_transaction_session_timeout = 50"))
            with database.begin() as db:
                # waits until the server takes the turn from the one that does nothing
                db.execute(text("SELECT 1"))
                turns.append("the next writer's")
            frozen.execute(text("SELECT 1"))

    with pytest.raises(OperationalError):
        freeze()
    assert turns


def test_neither_errors_nor_their_traces_show_what_is_secret(server: PostgresServer) -> None:
    away = server.url("no_such_database")
    with pytest.raises(OperationalError) as refused, open_database(away).read() as db:
        db.execute(text("SELECT :secret"), {"secret": "token-of-somebody"})
    assert PASSWORD not in repr(refused.value) + str(refused.value)
    with server.database() as url:
        database = open_database(url)
        with pytest.raises(Exception, match="no_such_table") as failed, database.read() as db:
            db.execute(text("SELECT :secret FROM no_such_table"), {"secret": "token-of-somebody"})
        assert "token-of-somebody" not in str(failed.value)
        assert PASSWORD not in repr(database.engine)
        database.close()


def test_a_database_that_cannot_hold_every_text_is_refused(databases: Databases) -> None:
    server = databases.server
    with server.database() as url:
        other = open_database(url)
        with other.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(
                text("CREATE DATABASE narrow ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0")
            )
        other.close()
    narrow = open_database(server.url("narrow"))
    with pytest.raises(NotUtf8, match="SQL_ASCII"):
        upgrade(narrow.engine)
    narrow.close()
