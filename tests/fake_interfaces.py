"""Interfaces for python-can that act like vendors' ones, registered the way its plugins are."""

from collections.abc import Sequence
from types import SimpleNamespace

import can
import pytest


class ScriptedBus(can.BusABC):
    """Gives what the test put into `script`: messages, None for a pause, or errors to raise."""

    script: Sequence[can.Message | Exception | None] = ()
    opened_with: dict[str, object]
    reported = can.BusState.ACTIVE

    def __init__(self, channel: str, **options: object) -> None:
        type(self).opened_with = options
        self.left = list(self.script)
        self.sent: list[can.Message] = []
        super().__init__(channel=channel)

    @property
    def state(self) -> can.BusState:
        return self.reported

    @state.setter
    def state(self, new_state: can.BusState) -> None:
        raise NotImplementedError

    def send(self, msg: can.Message, timeout: float | None = None) -> None:
        del timeout
        self.sent.append(msg)

    def _recv_internal(self, timeout: float | None) -> tuple[can.Message | None, bool]:
        del timeout
        if not self.left:
            return None, True
        step = self.left.pop(0)
        if isinstance(step, Exception):
            raise step
        return step, True


class PcanLike(ScriptedBus):
    """The driver can be asked; `answer` is its status and value."""

    answer = (0, 1)

    def __init__(self, channel: str, **options: object) -> None:
        self.m_PcanHandle = 81
        self.m_objPCANBasic = SimpleNamespace(GetValue=lambda _handle, _parameter: self.answer)
        super().__init__(channel, **options)


class VectorLike(ScriptedBus):
    """`permission_mask` is what the driver granted of the channels asked for."""

    mask, permission_mask = 1, 1


class NixnetLike(ScriptedBus):
    is_silent = True

    def __init__(self, channel: str, **options: object) -> None:
        self._interface = SimpleNamespace(can_lstn_only=self.is_silent)
        super().__init__(channel, **options)


def register(
    monkeypatch: pytest.MonkeyPatch, interface: str, kind: type[ScriptedBus], **traits: object
) -> type[ScriptedBus]:
    """Let `can.Bus(interface=…)` open a kind of bus with these traits until the test ends."""
    made = type(f"{kind.__name__}ForTest", (kind,), traits)
    monkeypatch.setitem(globals(), made.__name__, made)
    monkeypatch.setitem(can.interfaces.BACKENDS, interface, (__name__, made.__name__))
    return made
