"""Opens the connections of one examination, in the way this broker accepts them."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from paho.mqtt.enums import MQTTProtocolVersion

from telemetry.broker.access import EXAMINATION_PREFIX
from telemetry.broker.doctor.line import Line, Manner, NotAccepted, again
from telemetry.contract.broker_address import BrokerAddress

QUIET_S = 1.0
"""How long nothing must come before it counts as not coming."""


class NotExamined(Exception):
    """A check needs what is not there; both texts say what to give."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en


@dataclass(frozen=True, slots=True)
class Seats:
    """Who examines: `second` only where the broker takes users for client ids, `bench` for access.

    None of them may be the user of something that is at work.
    """

    first: BrokerAddress
    second: BrokerAddress | None = None
    bench: BrokerAddress | None = None


@dataclass(slots=True)
class Desk:
    """What is known of the broker so far; `root` is the private topic of this examination."""

    seats: Seats
    version: MQTTProtocolVersion = MQTTProtocolVersion.MQTTv311
    ids_are_users: bool = False
    run: str = field(default_factory=lambda: secrets.token_hex(4))

    @property
    def root(self) -> str:
        """Topics of this examination lie below this one."""
        return f"{EXAMINATION_PREFIX}/{self.run}"

    def manner(self, manner: Manner | None = None) -> Manner:
        """With the version this broker speaks."""
        return replace(manner or Manner(), version=self.version)

    def as_first(self, name: str = "a") -> BrokerAddress:
        """The first user, under a client id of this examination where the broker lets it."""
        return self.named(self.seats.first, name)

    def as_second(self) -> BrokerAddress:
        """Another connection beside the first.

        Raises:
            NotExamined: the broker lets every user in once, and only one user was given.
        """
        if not self.ids_are_users:
            return self.named(self.seats.first, "b")
        if self.seats.second is None:
            raise NotExamined(
                "此代理以用户名为客户端标识，需要第二个检查用户：用 --second-user 指定。",
                "this broker takes the user for the client id: give a second user for the "
                "examination with --second-user",
            )
        return self.seats.second

    def as_bench(self) -> BrokerAddress:
        """The user of a bench that is not at work.

        Raises:
            NotExamined: none was given.
        """
        if self.seats.bench is None:
            raise NotExamined(
                "未指定台架用户，无法检查主题权限：为检查建一个台架账号，用 --bench-user 指定。",
                "no bench user was given: make an account of a bench for the examination and name "
                "it with --bench-user",
            )
        return self.named(self.seats.bench, "bench")

    def named(self, address: BrokerAddress, name: str) -> BrokerAddress:
        """The user under a client id of this examination, or the one it must have."""
        if self.ids_are_users:
            return again(address, address.user)
        return again(address, f"doctor-{self.run}-{name}")

    @contextmanager
    def pair(
        self, first: Manner | None = None, second: Manner | None = None
    ) -> Iterator[tuple[Line, Line]]:
        """Two connections at a time."""
        with (
            Line(self.as_first(), self.manner(first)) as one,
            Line(self.as_second(), self.manner(second)) as other,
        ):
            yield one, other


def demand_grant(line: Line, topic_filter: str) -> None:
    """Subscribe.

    Raises:
        NotExamined: the broker refuses this user the topics of the examination.
    """
    if not line.listen(topic_filter):
        raise NotExamined(
            f"代理不允许用户 {line.address.user} 订阅 {topic_filter}：请为检查放开 "
            f"{EXAMINATION_PREFIX}/#。",
            f"the broker does not let user {line.address.user} subscribe to {topic_filter}: allow "
            f"{EXAMINATION_PREFIX}/# for the examination",
        )


__all__ = ["QUIET_S", "Desk", "NotAccepted", "NotExamined", "Seats", "demand_grant"]
