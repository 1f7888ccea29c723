"""Whose word counts at the broker: users, hashed passwords and who may use which topic."""

import base64
import hashlib
import json
import os
import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path

from telemetry.contract import topics

INGEST_USER = "ingest"
MOST_INGEST_WORKERS = 8
INGEST_USERS = (INGEST_USER, *(f"{INGEST_USER}.{n}" for n in range(2, MOST_INGEST_WORKERS + 1)))
"""One a worker, because a client id is its user here; no bench can have a name with a dot."""
PROBE_PREFIX = "stationmaster/probe"
"""Where workers of ingest try whether the broker shares; no bench's topic."""
EXAMINERS = ("examiner.1", "examiner.2")
"""Users of `broker doctor`; no bench can have such a name, and both reach only its own topics."""
EXAMINED_BENCH = "examined-bench"
"""A bench's account with nobody behind it, to try what a bench may do."""
HOUSE_USERS = (*INGEST_USERS, *EXAMINERS, EXAMINED_BENCH)
EXAMINATION_PREFIX = "stationmaster/doctor"
EXAMINATION_LEVEL = "doctor"
"""Below a bench's `up` and `down`: a level on which neither ingest nor bridges listen."""
PBKDF2_ROUNDS = 101
"""Mosquitto's own default; enough because every password is 128 random bits, never a person's."""


def read_or_make_passwords(path: Path, users: Iterable[str]) -> dict[str, str]:
    """Passwords of all users from a JSON file `{user: password}` that only its owner can read.

    Missing users get a new 128-bit random password and the file is replaced as a whole.
    """
    known: dict[str, str] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    missing = [user for user in users if user not in known]
    if missing:
        known.update({user: secrets.token_hex(16) for user in missing})
        write_private(path, json.dumps(known, indent=1, sort_keys=True))
    return known


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".draft")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(path)


def mosquitto_password_line(user: str, password: str, salt: bytes) -> str:
    """A line of Mosquitto's password file: PBKDF2-HMAC-SHA512, salt and hash in base64."""
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, PBKDF2_ROUNDS)
    packed = (base64.b64encode(part).decode() for part in (salt, digest))
    return f"{user}:$7${PBKDF2_ROUNDS}$" + "$".join(packed)


def mosquitto_passwords(passwords: Mapping[str, str]) -> str:
    """The whole password file."""
    lines = (
        mosquitto_password_line(user, password, secrets.token_bytes(12))
        for user, password in sorted(passwords.items())
    )
    return "\n".join(lines) + "\n"


def mosquitto_acl() -> str:
    """The access list: ingest sees all, a bench (`%u`, its user name) only its own topics."""
    return "\n".join(
        [
            *(line for worker in INGEST_USERS for line in _ingest_acl(worker)),
            *(line for examiner in EXAMINERS for line in _examiner_acl(examiner)),
            f"pattern write {topics.PREFIX}/%u/up/#",
            f"pattern read {topics.PREFIX}/%u/down/#",
            "",
        ]
    )


def _ingest_acl(user: str) -> list[str]:
    return [
        f"user {user}",
        f"topic read {topics.up_filter()}",
        f"topic write {topics.PREFIX}/+/down/ack",
        f"topic readwrite {PROBE_PREFIX}/#",
        "",
    ]


def _examiner_acl(user: str) -> list[str]:
    return [
        f"user {user}",
        f"topic readwrite {EXAMINATION_PREFIX}/#",
        f"topic read {topics.PREFIX}/+/up/{EXAMINATION_LEVEL}/#",
        f"topic readwrite {topics.PREFIX}/+/down/{EXAMINATION_LEVEL}",
        "",
    ]


def _examiner_may(topic: str, *, is_hearing: bool) -> bool:
    if is_hearing and topic.startswith("$share/"):
        topic = topic.split("/", 2)[-1]
    parts = topic.removeprefix(f"{topics.PREFIX}/").split("/")
    if topic.startswith(f"{EXAMINATION_PREFIX}/"):
        return True
    if not topic.startswith(f"{topics.PREFIX}/"):
        return False
    is_down = parts[1:] == ["down", EXAMINATION_LEVEL]
    return is_down or (is_hearing and parts[1:3] == ["up", EXAMINATION_LEVEL])


def may_publish(user: str, topic: str) -> bool:
    """The same access rules for a broker that asks us."""
    if user in INGEST_USERS:
        is_ack = topic.startswith(f"{topics.PREFIX}/") and topic.endswith("/down/ack")
        return is_ack or topic.startswith(f"{PROBE_PREFIX}/")
    if user in EXAMINERS:
        return _examiner_may(topic, is_hearing=False)
    return topic.startswith(f"{topics.PREFIX}/{user}/up/")


def may_subscribe(user: str, topic_filter: str) -> bool:
    """Whether a user may hear a topic or topic filter."""
    if user in INGEST_USERS:
        return _ingest_may_hear(topic_filter)
    if user in EXAMINERS:
        return _examiner_may(topic_filter, is_hearing=True)
    return topic_filter.startswith(f"{topics.PREFIX}/{user}/down/")


def _ingest_may_hear(topic_filter: str) -> bool:
    if topic_filter.startswith("$share/"):
        topic_filter = topic_filter.split("/", 2)[-1]
    is_up = topic_filter.split("/")[3:4] == ["up"]
    return (
        topic_filter == topics.up_filter()
        or (topic_filter.startswith(f"{topics.PREFIX}/") and is_up)
        or topic_filter.startswith(f"{PROBE_PREFIX}/")
    )
