"""Is anybody there, which versions are spoken, and who is let in."""

import secrets
import time
from dataclasses import replace

from paho.mqtt.enums import MQTTProtocolVersion

from telemetry.broker.doctor.desk import QUIET_S, Desk
from telemetry.broker.doctor.findings import Connecting, Doors, Limits, Secured, TakeOver
from telemetry.broker.doctor.line import Line, Manner, NotAccepted, again
from telemetry.contract.broker_address import BrokerAddress

V3, V5 = MQTTProtocolVersion.MQTTv311, MQTTProtocolVersion.MQTTv5


def probe_connecting(desk: Desk) -> Connecting:
    """Try both versions and learn which client ids the broker takes; `desk` remembers it.

    Raises:
        NotAccepted: neither version is accepted.
    """
    must_be_user, refusal_3, secured, _ = _first_word(desk, V3)
    refusal_5, limits = "", Limits()
    desk.version = V3 if not refusal_3 else V5
    forced_5, refusal_5, secured_5, limits = _first_word(desk, V5)
    if refusal_3 and refusal_5:
        raise NotAccepted(refusal_3 if refusal_3 == refusal_5 else f"{refusal_3}; {refusal_5}")
    desk.ids_are_users = must_be_user or forced_5 or not _two_of_one_user(desk)
    return Connecting(
        host=desk.seats.first.host,
        refusal_3=refusal_3,
        refusal_5=refusal_5,
        ids_are_users=desk.ids_are_users,
        secured=secured or secured_5,
        limits=limits,
        now_s=time.time(),
    )


def _first_word(
    desk: Desk, version: MQTTProtocolVersion
) -> tuple[bool, str, Secured | None, Limits]:
    """Whether the client id must be the user, why the version is refused, TLS and limits."""
    refusal = ""
    for is_user in (False, True):
        address = desk.seats.first
        address = again(address, address.user) if is_user else desk.as_first("hello")
        try:
            with Line(address, Manner(version=version)) as line:
                return is_user, "", line.secured, line.limits
        except NotAccepted as refused:
            refusal = refusal or str(refused)
            if not address.user:
                break
    return False, refusal, None, Limits()


def _two_of_one_user(desk: Desk) -> bool:
    with (
        Line(desk.as_first("one"), desk.manner()) as one,
        Line(desk.as_first("two"), desk.manner()),
    ):
        return not one.lost.wait(QUIET_S / 2)


def probe_doors(desk: Desk) -> Doors:
    """Knock without a name, and with a wrong password."""
    stranger = replace(desk.seats.first, user="", password="", client_id=f"doctor-{desk.run}-x")
    liar = replace(desk.as_first(), password=secrets.token_hex(8))
    return Doors(
        nameless=_is_let_in(desk, stranger),
        wrong_password=_is_let_in(desk, liar) if liar.user else None,
    )


def _is_let_in(desk: Desk, address: BrokerAddress) -> bool:
    try:
        with Line(address, desk.manner()):
            return True
    except NotAccepted:
        return False


def probe_take_over(desk: Desk) -> TakeOver:
    """Connect as a bench under the client id of another user's connection."""
    bench = desk.as_bench()
    with Line(desk.as_first(), desk.manner()) as mine:
        thief = again(bench, mine.address.client_id)
        try:
            with Line(thief, desk.manner()):
                return TakeOver(is_thrown_out=mine.lost.wait(QUIET_S))
        except NotAccepted:
            return TakeOver(is_thrown_out=mine.lost.wait(QUIET_S))
