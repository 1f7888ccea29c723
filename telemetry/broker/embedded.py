"""Which program is the embedded broker, with which configuration, and how it is started."""

import getpass
import json
import shutil
import ssl
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from telemetry.broker.access import mosquitto_acl, mosquitto_passwords, write_private
from telemetry.contract.broker_address import load_certificate
from telemetry.contract.delivery import MAX_UNACKNOWLEDGED
from telemetry.contract.encoding import MAX_PAYLOAD_BYTES

WELL_KNOWN_PLACES = (
    Path("/usr/sbin/mosquitto"),
    Path("/usr/local/sbin/mosquitto"),
    Path("/opt/homebrew/sbin/mosquitto"),
    Path("C:/Program Files/mosquitto/mosquitto.exe"),
)
"""Debian keeps mosquitto outside an ordinary user's PATH, the Windows installer sets none."""


class BrokerProgram(StrEnum):
    """The two programs that can be the embedded broker."""

    MOSQUITTO = "mosquitto"
    AMQTT = "amqtt"


@dataclass(frozen=True, slots=True)
class ServerCertificate:
    """PEM files with which the broker speaks TLS, and TLS alone."""

    chain: Path
    key: Path


@dataclass(frozen=True, slots=True)
class EmbeddedBroker:
    """What to start: `command` is the whole argument list."""

    program: BrokerProgram
    command: list[str]
    host: str
    port: int


class NoSuchBroker(Exception):
    """The wanted broker program is not installed; the text says how to get it."""


def find_mosquitto() -> Path | None:
    """The installed Mosquitto, or None."""
    found = shutil.which("mosquitto")
    if found:
        return Path(found)
    return next((place for place in WELL_KNOWN_PLACES if place.exists()), None)


def prepare(
    folder: Path,
    host: str,
    port: int,
    passwords: Mapping[str, str],
    wanted: str = "",
    certificate: ServerCertificate | None = None,
) -> EmbeddedBroker:
    """Write the broker's configuration below `folder` and say how to start it.

    `wanted` names the program; empty takes Mosquitto where it is installed, else amqtt.

    Raises:
        NoSuchBroker: Mosquitto is wanted and not installed, or the name is neither of the two.
        UnusableCertificate: certificate or key can't be read, or don't belong together.
        OSError: the folder can't be written.
    """
    if certificate is not None:
        # the programs would only end; here it can be said which file is wrong
        tried = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        load_certificate(tried, certificate.chain, certificate.key)
    listener = _Listener(host, port, certificate)
    mosquitto = find_mosquitto()
    if not wanted:
        wanted = BrokerProgram.MOSQUITTO if mosquitto else BrokerProgram.AMQTT
    if wanted == BrokerProgram.MOSQUITTO:
        if mosquitto is None:
            raise NoSuchBroker(
                "mosquitto is not installed: `apt-get install mosquitto`, or choose amqtt"
            )
        return _mosquitto(mosquitto, folder, listener, passwords)
    if wanted == BrokerProgram.AMQTT:
        return _amqtt(folder, listener, passwords)
    raise NoSuchBroker(f"broker {wanted!r}: expected mosquitto or amqtt")


@dataclass(frozen=True, slots=True)
class _Listener:
    host: str
    port: int
    certificate: ServerCertificate | None


def _mosquitto(
    program: Path, folder: Path, listener: _Listener, passwords: Mapping[str, str]
) -> EmbeddedBroker:
    folder = folder.resolve()
    write_private(folder / "passwords", mosquitto_passwords(passwords))
    write_private(folder / "acl", mosquitto_acl())
    lines = [
        f"listener {listener.port} {listener.host}",
        "allow_anonymous false",
        f"password_file {folder / 'passwords'}",
        f"acl_file {folder / 'acl'}",
        "# a bench that connects as another one would throw it out (measured)",
        "use_username_as_clientid true",
        "# a PUBACK is not durability: nothing may rest on the broker's memory (ADR 0003)",
        "persistence false",
        f"max_inflight_messages {5 * MAX_UNACKNOWLEDGED}",
        f"max_queued_messages {500 * MAX_UNACKNOWLEDGED}",
        f"max_packet_size {2 * MAX_PAYLOAD_BYTES}",
        "set_tcp_nodelay true",
        "log_dest stderr",
        "log_type error",
        "log_type warning",
    ]
    if listener.certificate is not None:
        chain, key = listener.certificate.chain, listener.certificate.key
        lines += [f"certfile {chain.resolve()}", f"keyfile {key.resolve()}"]
    if sys.platform != "win32":
        lines.append(f"user {getpass.getuser()}")
    config = folder / "mosquitto.conf"
    write_private(config, "\n".join(lines) + "\n")
    command = [str(program), "-c", str(config)]
    return EmbeddedBroker(BrokerProgram.MOSQUITTO, command, listener.host, listener.port)


def _amqtt(folder: Path, listener: _Listener, passwords: Mapping[str, str]) -> EmbeddedBroker:
    config = folder.resolve() / "amqtt.json"
    how: dict[str, object] = {"bind": f"{listener.host}:{listener.port}"}
    if listener.certificate is not None:
        chain, key = listener.certificate.chain, listener.certificate.key
        how |= {"ssl": True, "certfile": str(chain.resolve()), "keyfile": str(key.resolve())}
    write_private(config, json.dumps({"listener": how, "passwords": dict(passwords)}, indent=1))
    command = [sys.executable, "-m", "telemetry.broker.amqtt_process", str(config)]
    return EmbeddedBroker(BrokerProgram.AMQTT, command, listener.host, listener.port)
