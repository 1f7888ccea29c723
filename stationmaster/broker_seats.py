"""Who examines a broker: from the command line, or the accounts of the embedded broker."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from stationmaster.settings import Settings
from telemetry.broker.access import EXAMINED_BENCH, EXAMINERS
from telemetry.broker.doctor.desk import Seats
from telemetry.contract.broker_address import BrokerAddress

DEFAULT_PORTS = {"mqtt": 1883, "mqtts": 8883}


class UnusableBroker(ValueError):
    """What was given does not name a broker or its accounts; the text says what was expected."""


@dataclass(frozen=True, slots=True)
class Given:
    """What the command line says; no URL means the embedded broker of this installation."""

    url: str | None = None
    user: str = ""
    second_user: str = ""
    bench_user: str = ""
    password_file: Path | None = None
    ca: Path | None = None


def seats_of(given: Given, settings: Settings) -> Seats:
    """The accounts of an examination.

    Raises:
        UnusableBroker: no broker's URL, or an account without a password.
    """
    if given.url is None:
        return _embedded_seats(settings)
    parts = urlsplit(given.url)
    try:
        port = parts.port
    except ValueError as wrong:
        raise UnusableBroker(f"{given.url!r}: {wrong}") from wrong
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname or parts.password:
        raise UnusableBroker(
            f"{given.url!r}: expected mqtt://host[:port] or mqtts://host[:port]; passwords belong "
            "into --password-file"
        )
    passwords = _passwords(given.password_file)
    where = _Where(
        parts.hostname, port or DEFAULT_PORTS[parts.scheme], parts.scheme == "mqtts", given.ca
    )

    def seat(user: str) -> BrokerAddress | None:
        if not user:
            return None
        if user not in passwords:
            raise UnusableBroker(f"no password for user {user!r}: give it in --password-file")
        return where.address(user, passwords[user])

    first = seat(given.user or parts.username or "") or where.address("", "")
    return Seats(first, seat(given.second_user), seat(given.bench_user))


@dataclass(frozen=True, slots=True)
class _Where:
    host: str
    port: int
    use_tls: bool
    ca: Path | None

    def address(self, user: str, password: str) -> BrokerAddress:
        return BrokerAddress(
            self.host, self.port, user, password, user, use_tls=self.use_tls, ca_path=self.ca
        )


def _embedded_seats(settings: Settings) -> Seats:
    passwords = _passwords(settings.credentials_path)
    if not {*EXAMINERS, EXAMINED_BENCH} <= passwords.keys():
        raise UnusableBroker(
            f"{settings.credentials_path}: no accounts for an examination; start the embedded "
            "broker once with this version, or name another broker by its URL"
        )
    first, second, bench = (
        settings.broker_address(user, passwords[user]) for user in (*EXAMINERS, EXAMINED_BENCH)
    )
    return Seats(first, second, bench)


def _passwords(path: Path | None) -> Mapping[str, str]:
    if path is None:
        return {}
    try:
        found = json.loads(path.read_text("utf-8"))
    except OSError as refused:
        raise UnusableBroker(f"{path}: {refused.strerror}") from refused
    except ValueError as wrong:
        raise UnusableBroker(f'{path}: expected JSON {{"user": "password"}}: {wrong}') from wrong
    if not isinstance(found, dict) or not all(isinstance(one, str) for one in found.values()):
        raise UnusableBroker(f'{path}: expected JSON {{"user": "password"}}')
    return found
