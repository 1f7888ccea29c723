from pathlib import Path

import can
import pytest
import serial

from can_bridge.buses.adapter import AdapterGone, Controller, Wanted
from can_bridge.buses.opening import open_receiver
from can_bridge.buses.python_can import PythonCanAdapter, open_python_can
from can_bridge.buses.socketcand import open_socketcand
from can_bridge.errors import BusAbsent, BusUnavailable
from can_bridge.frames import IS_BITRATE_SWITCHED, IS_EXTENDED, IS_FD
from can_bridge.profile_tables import BusEntry
from tests.fake_interfaces import NixnetLike, PcanLike, ScriptedBus, VectorLike, register


def wanted(
    interface: str,
    *,
    may_transmit: bool = False,
    accept_active: bool = False,
    bitrate: int = 500_000,
) -> Wanted:
    entry = BusEntry(name="hv", interface=interface, accept_active=accept_active, bitrate=bitrate)
    return Wanted(entry, "channel", may_transmit)


@pytest.mark.parametrize(
    ("interface", "kind", "option"),
    [
        ("pcan", PcanLike, ("state", can.BusState.PASSIVE)),
        ("vector", VectorLike, ("listen_only", True)),
        ("nixnet", NixnetLike, ("listen_only", True)),
        ("kvaser", ScriptedBus, ("driver_mode", False)),
        ("systec", ScriptedBus, ("state", can.BusState.PASSIVE)),
    ],
)
def test_an_adapter_is_opened_listen_only_and_asked_whether_it_is(
    monkeypatch: pytest.MonkeyPatch,
    interface: str,
    kind: type[ScriptedBus],
    option: tuple[str, object],
) -> None:
    made = register(monkeypatch, interface, kind)
    adapter = open_python_can(wanted(interface, bitrate=250_000))
    assert adapter.is_listen_only
    assert made.opened_with == {"bitrate": 250_000, option[0]: option[1]}
    adapter.close()


DOUBTS: list[tuple[str, type[ScriptedBus], dict[str, object], str]] = [
    ("pcan", PcanLike, {"answer": (0, 0)}, "listen-only is off"),
    ("pcan", PcanLike, {"answer": (0x4000, 0)}, "does not say"),
    ("vector", VectorLike, {"permission_mask": 0}, "another program owns"),
    ("nixnet", NixnetLike, {"is_silent": False}, "listen-only is off"),
]


@pytest.mark.parametrize(("interface", "kind", "traits", "words"), DOUBTS)
def test_an_adapter_that_is_not_listen_only_is_refused_and_closed(
    monkeypatch: pytest.MonkeyPatch,
    interface: str,
    kind: type[ScriptedBus],
    traits: dict[str, object],
    words: str,
) -> None:
    closed: list[bool] = []
    register(monkeypatch, interface, kind, **traits, shutdown=lambda _bus: closed.append(True))
    with pytest.raises(BusUnavailable, match=words):
        open_python_can(wanted(interface))
    assert closed[0]


@pytest.mark.parametrize(("interface", "kind", "traits", "words"), DOUBTS)
def test_an_accepted_adapter_is_used_but_does_not_pass_as_listen_only(
    monkeypatch: pytest.MonkeyPatch,
    interface: str,
    kind: type[ScriptedBus],
    traits: dict[str, object],
    words: str,
) -> None:
    del words
    register(monkeypatch, interface, kind, **traits)
    adapter = open_python_can(wanted(interface, accept_active=True))
    assert not adapter.is_listen_only
    adapter.close()


@pytest.mark.parametrize("interface", ["ixxat", "gs_usb", "neovi", "usb2can", "canalystii", "etas"])
def test_an_interface_without_a_way_to_listen_only_is_refused_unopened(
    monkeypatch: pytest.MonkeyPatch, interface: str
) -> None:
    made = register(monkeypatch, interface, ScriptedBus)
    with pytest.raises(BusUnavailable, match="accept_active = true"):
        open_python_can(wanted(interface))
    assert not hasattr(made, "opened_with")
    adapter = open_python_can(wanted(interface, accept_active=True))
    assert not adapter.is_listen_only
    adapter.close()


@pytest.mark.parametrize(
    ("interface", "option", "value"),
    [("seeedstudio", "operation_mode", "silent"), ("cantact", "monitor", True)],
)
def test_silence_that_cannot_be_verified_is_still_asked_for(
    monkeypatch: pytest.MonkeyPatch, interface: str, option: str, value: object
) -> None:
    made = register(monkeypatch, interface, ScriptedBus)
    with pytest.raises(BusUnavailable, match="never says whether"):
        open_python_can(wanted(interface))
    open_python_can(wanted(interface, accept_active=True)).close()
    assert made.opened_with[option] == value


def test_a_bus_is_opened_active_while_it_may_transmit(monkeypatch: pytest.MonkeyPatch) -> None:
    made = register(monkeypatch, "pcan", PcanLike, answer=(0, 0))
    adapter = open_python_can(wanted("pcan", may_transmit=True))
    assert (adapter.is_listen_only, adapter.can_send) == (False, True)
    assert "state" not in made.opened_with
    adapter.close()


@pytest.mark.parametrize(
    ("interface", "can_send"), [("pcan", False), ("seeedstudio", False), ("gs_usb", True)]
)
def test_an_adapter_opened_silently_says_that_it_cannot_send(
    monkeypatch: pytest.MonkeyPatch, interface: str, can_send: bool
) -> None:
    register(monkeypatch, interface, PcanLike)
    adapter = open_python_can(wanted(interface, accept_active=True))
    assert adapter.can_send is can_send
    adapter.close()


@pytest.mark.parametrize("interface", ["gs_usb", "seeedstudio", "socketcand"])
def test_arming_opens_no_adapter_that_could_not_be_kept_silent(interface: str) -> None:
    entry = BusEntry(interface=interface, options={"host": "127.0.0.1"})
    path = open_socketcand if interface == "socketcand" else open_python_can
    with pytest.raises(BusUnavailable, match="accept_active = true"):
        path(Wanted(entry, "channel", may_transmit=True))


def test_a_bus_without_wires_needs_no_listen_only() -> None:
    adapter = open_python_can(wanted("virtual"))
    assert adapter.is_listen_only
    adapter.close()


def test_socketcand_is_refused_because_it_cannot_be_told_to_listen_only() -> None:
    entry = BusEntry(interface="socketcand", channel="can0", options={"host": "127.0.0.1"})
    with pytest.raises(BusUnavailable, match="can neither set nor tell"):
        open_receiver(entry, "battery-01")


@pytest.mark.parametrize("interface", ["pcan", "vector", "kvaser", "ixxat", "no-such-thing"])
def test_an_adapter_whose_driver_is_missing_is_a_clear_error(interface: str) -> None:
    entry = BusEntry(name="hv", interface=interface, accept_active=True)
    with pytest.raises(BusUnavailable, match=interface) as refused:
        open_python_can(Wanted(entry, "0"))
    assert not isinstance(refused.value, BusAbsent)


REASONS: list[tuple[Exception, bool]] = [
    (can.CanInitializationError("no such device"), True),
    (can.CanOperationError("the device does not answer"), True),
    (FileNotFoundError(2, "no such port"), True),
    (PermissionError(13, "not yet ours"), True),
    (serial.SerialException("could not open port 'COM7'"), True),
    (OSError("the library was not found"), False),
    (can.CanInterfaceNotImplementedError("no package"), False),
    (ImportError("no package"), False),
    (ValueError("a bad option"), False),
    (TypeError("an unknown option"), False),
]


@pytest.mark.parametrize(("reason", "is_absent"), REASONS)
def test_what_may_come_later_is_told_from_what_never_will(
    monkeypatch: pytest.MonkeyPatch, reason: Exception, is_absent: bool
) -> None:
    class Refusing(ScriptedBus):
        def __init__(self, *_: object, **__: object) -> None:
            raise reason

    register(monkeypatch, "kvaser", Refusing)
    with pytest.raises(BusUnavailable, match=str(reason.args[-1])) as refused:
        open_python_can(wanted("kvaser"))
    assert isinstance(refused.value, BusAbsent) is is_absent


def test_a_misspelt_option_names_itself(tmp_path: Path) -> None:
    entry = BusEntry(
        interface="slcan", channel=str(tmp_path / "tty"), options={"tty_baudrat": 9600}
    )
    with pytest.raises(BusUnavailable, match="tty_baudrat"):
        open_receiver(entry, "battery-01")


def message(number: int, data: bytes = b"", **more: bool) -> can.Message:
    return can.Message(arbitration_id=number, data=data, timestamp=number / 1000, **more)


def test_all_messages_that_wait_become_one_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    script = [
        message(1, b"\1", is_extended_id=False),
        message(2, b"\1\2", is_extended_id=True),
        message(3, is_remote_frame=True),
        message(4, bytes(12), is_extended_id=False, is_fd=True, bitrate_switch=True),
        message(5, is_error_frame=True),
    ]
    register(monkeypatch, "kvaser", ScriptedBus, script=script)
    adapter = open_python_can(wanted("kvaser"))
    answer = adapter.receive(0.1)
    assert answer.frames.arbitration_id.tolist() == [1, 2, 4]
    assert answer.frames.flags.tolist() == [0, IS_EXTENDED, IS_FD | IS_BITRATE_SWITCHED]
    assert answer.frames.timestamp_s.tolist() == [0.001, 0.002, 0.004]
    assert [frame.data for frame in answer.frames] == [b"\1", b"\1\2", bytes(12)]
    assert answer.errors == 1
    adapter.close()


def test_frames_before_a_failure_are_handed_over_first(monkeypatch: pytest.MonkeyPatch) -> None:
    script = [message(1), can.CanOperationError("unplugged"), OSError("still unplugged")]
    register(monkeypatch, "kvaser", ScriptedBus, script=script)
    adapter = open_python_can(wanted("kvaser"))
    assert len(adapter.receive(0.1).frames) == 1
    with pytest.raises(AdapterGone, match="still unplugged"):
        adapter.receive(0.1)
    adapter.close()


def test_error_frames_of_usb_adapters_that_follow_linux_are_understood(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    script = [message(0x40, bytes(8), is_error_frame=True)]
    register(monkeypatch, "gs_usb", ScriptedBus, script=script)
    adapter = open_python_can(wanted("gs_usb", accept_active=True))
    answer = adapter.receive(0.1)
    assert (answer.errors, answer.controller) == (1, Controller.OFF)
    assert answer.detail == "error frame: bus off"
    adapter.close()


def test_a_driver_that_reports_an_error_state_is_off_the_bus_until_it_recovers() -> None:
    bus = ScriptedBus("channel")
    now_s = iter([0.0, 0.5, 1.5, 3.0, 4.5])
    adapter = PythonCanAdapter(wanted("ixxat"), bus, False, True, lambda: next(now_s))
    told = [adapter.receive(0.0).controller]
    bus.reported = can.BusState.ERROR
    told += [adapter.receive(0.0).controller for _ in range(2)]
    bus.reported = can.BusState.ACTIVE
    told += [adapter.receive(0.0).controller for _ in range(2)]
    assert told == [None, None, Controller.OFF, Controller.ACTIVE, None]
    adapter.close()


def test_a_frame_to_send_goes_out_as_it_is() -> None:
    bus = ScriptedBus("channel")
    adapter = PythonCanAdapter(wanted("kvaser", may_transmit=True), bus, False, True)
    adapter.send(0x18DA10F1, True, b"\x02\x3e\x00")
    (sent,) = bus.sent
    assert (sent.arbitration_id, sent.is_extended_id) == (0x18DA10F1, True)
    assert bytes(sent.data) == b"\x02\x3e\x00"
    adapter.close()
