import logging
from pathlib import Path

import pytest

from can_bridge.diagnostics.adapter_serials import serial_among
from can_bridge.diagnostics.bench import BenchDiagnostics
from can_bridge.diagnostics.identity import (
    MARK_FORGOTTEN_AFTER,
    MOST_CONTROL_UNITS,
    Known,
    introduced,
    learnt,
    marked,
    vin_of,
)
from can_bridge.diagnostics.overhearing import MARK, MARK_ID, Fact
from can_bridge.diagnostics.uds import SERIAL_DID, SOFTWARE_DID, VIN_DID
from can_bridge.errors import BadProfile
from can_bridge.frames import Frame, FrameBatch
from can_bridge.informing import reintroduced
from can_bridge.profile import check_profile
from can_bridge.profile_tables import (
    AlarmFlagsEntry,
    BusEntry,
    DiagnosticsEntry,
    EcuEntry,
    Profile,
    TroubleCodeEntry,
)
from telemetry.contract.payloads import Birth, Identity, IdentityKind, Value

VIN = "KMHK381GXMU123456"
HARDWARE = Identity(kind=IdentityKind.HARDWARE, adapter="slcan:/dev/ttyACM0")


def facts(vin: str = VIN, serial: str = "HW-1") -> list[Fact]:
    return [
        Fact("BMS", VIN_DID, vin),
        Fact("BMS", SERIAL_DID, serial),
        Fact("BMS", SOFTWARE_DID, "1.07"),
        Fact("VCU", SOFTWARE_DID, "2.00"),
    ]


def test_what_control_units_say_becomes_the_benchs_identity() -> None:
    told = introduced(HARDWARE, learnt(Known(), facts()), is_without_wires=False)
    assert told.kind is IdentityKind.HARDWARE
    assert (told.vin, told.ecu_serials, told.software) == (VIN, {"BMS": "HW-1"}, "1.07")
    assert told.ecu_software == {"BMS": "1.07", "VCU": "2.00"}
    assert told.adapter == "slcan:/dev/ttyACM0"


@pytest.mark.parametrize(
    "known",
    [
        learnt(Known(), facts(vin="SIM00000BATTERY77")),
        learnt(Known(), facts(serial="SIM-BATTERY-77")),
        learnt(Known(), facts(serial="sim-1")),
        marked(Known(), marks=1, frames=100),
    ],
    ids=["VIN", "serial number", "small letters", "mark"],
)
def test_a_simulator_never_passes_as_hardware_whatever_the_profile_says(known: Known) -> None:
    assert introduced(HARDWARE, known, is_without_wires=False).kind is IdentityKind.SIMULATOR


def test_a_bench_without_wires_is_no_hardware_and_a_replay_stays_one() -> None:
    told = introduced(HARDWARE, Known(), is_without_wires=True)
    assert told.kind is IdentityKind.SIMULATOR
    replay = Identity(kind=IdentityKind.REPLAY)
    for known in (Known(), marked(Known(), 1, 1)):
        assert introduced(replay, known, is_without_wires=True).kind is IdentityKind.REPLAY


def test_a_mark_is_forgotten_only_after_much_traffic_without_it() -> None:
    known = marked(Known(), 1, 1)
    known = marked(known, 0, MARK_FORGOTTEN_AFTER - 1)
    assert known.is_simulated
    assert not marked(known, 0, 1).is_simulated
    assert marked(marked(known, 1, 1), 0, 1).is_simulated


def test_another_vin_is_logged_as_a_change_and_nonsense_is_not_taken(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.WARNING):
        known = learnt(Known(), facts())
        assert caplog.messages == []
        assert learnt(known, [Fact("BMS", VIN_DID, "short")]) == known
        assert learnt(known, facts()) == known
        changed = learnt(known, [Fact("VCU", VIN_DID, "KMHK381GXMU654321")])
    assert changed.vin == "KMHK381GXMU654321"
    assert "identity change" in caplog.text
    assert VIN in caplog.text


def test_control_units_beyond_what_a_bench_can_have_are_not_taken() -> None:
    many = [Fact(f"0x{n:X}", SERIAL_DID, f"S{n}") for n in range(500)]
    assert len(learnt(Known(), many).serials) == MOST_CONTROL_UNITS


def packed(text: str, size: int) -> list[Value]:
    raw = text.encode()
    return [float(int.from_bytes(raw[at : at + size], "big")) for at in range(0, 17, size)]


@pytest.mark.parametrize("size", [1, 2, 6])
def test_signals_can_carry_the_vin_as_bytes(size: int) -> None:
    assert vin_of(packed(VIN, size)) == VIN


@pytest.mark.parametrize(
    "values", [[None], [*packed(VIN, 6)[:2], None], packed(VIN, 6)[:2], [0.0] * 3, [-1.0], [1e18]]
)
def test_an_incomplete_or_senseless_vin_is_none(values: list[Value]) -> None:
    assert vin_of(values) == ""


def profile(**tables: object) -> Profile:
    settings = {"name": "x", "buses": [BusEntry(name="hv", interface="slcan")]} | tables
    return Profile(**settings)  # type: ignore[arg-type]


def bench(**tables: object) -> BenchDiagnostics:
    return BenchDiagnostics(profile(**tables), HARDWARE)


class Kept:
    def __init__(self, states: dict[str, bytes] | None = None) -> None:
        self.states = states or {}

    def state(self, name: str) -> bytes | None:
        return self.states.get(name)


def batch(*frames: tuple[int, str]) -> FrameBatch:
    return FrameBatch.of(
        Frame(0.0, "hv", can_id, can_id > 0x7FF, bytes.fromhex(hexed)) for can_id, hexed in frames
    )


def test_a_mark_on_the_bus_turns_hardware_into_a_simulator_for_good() -> None:
    diagnostics = bench()
    assert diagnostics.identity({}).kind is IdentityKind.HARDWARE
    diagnostics.take("hv", batch((MARK_ID, MARK.hex())), 0)
    assert diagnostics.identity({}).kind is IdentityKind.SIMULATOR
    again = bench()
    again.restore(Kept(diagnostics.states()))
    assert again.identity({}).kind is IdentityKind.SIMULATOR
    again.restore(Kept({"diagnostics-identity": b"[]"}))
    assert again.identity({}).kind is IdentityKind.HARDWARE


def test_a_vin_in_signals_is_announced_and_announced_again_when_it_changes() -> None:
    diagnostics = bench(diagnostics=DiagnosticsEntry(vin_signals=["v1", "v2", "v3"]))

    def values(vin: str) -> dict[str, Value]:
        return dict(zip(("v1", "v2", "v3"), packed(vin, 6), strict=True))

    birth = Birth(
        observed_at_ms=1,
        epoch=1,
        profile="x",
        identity=diagnostics.identity({}),
        signals=[],
        publish_period_ms=100,
    )
    assert reintroduced(birth, diagnostics.identity({}), 2) is birth
    named = reintroduced(birth, diagnostics.identity(values(VIN)), 3)
    assert (named.identity.vin, named.observed_at_ms) == (VIN, 3)
    # a signal that is missing for a while takes nothing back
    assert reintroduced(named, diagnostics.identity({}), 4) is named
    other = reintroduced(named, diagnostics.identity(values("KMHK381GXMU654321")), 5)
    assert other.identity.vin == "KMHK381GXMU654321"


def test_lists_are_told_again_after_a_commit_that_was_refused() -> None:
    diagnostics = bench()
    diagnostics.take("hv", batch((0x7E4, "031902FF"), (0x7EC, "075902FF0AA60009")), 0)
    first = diagnostics.heard()
    assert [code.dtc for one in first for code in one.codes] == ["P0AA6"]
    diagnostics.restore(Kept())
    assert diagnostics.heard() == first
    assert diagnostics.heard() == []


def test_adapters_that_python_can_lists_have_the_serial_of_their_channel() -> None:
    listed = [{"channel": 0, "serial": 11}, {"channel": 1, "serial": 22}]
    assert serial_among(listed, "1") == "22"
    assert serial_among(listed, "7") == ""
    assert serial_among([{"channel": "x", "unique_hardware_id": "HW9"}], "7") == "HW9"
    assert serial_among([], "0") == ""


def ecu(name: str = "BMS", **changes: object) -> EcuEntry:
    known = {"name": name, "bus": "hv", "request_id": 0x7E4, "response_id": 0x7EC} | changes
    return EcuEntry(**known)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("tables", "place"),
    [
        ({"diagnostics": DiagnosticsEntry(is_allowed=True, bus="x")}, "diagnostics.bus"),
        (
            {"diagnostics": DiagnosticsEntry(is_allowed=True, ecus=[ecu(bus="x")])},
            r"diagnostics.ecus\[0\].bus",
        ),
        (
            {"diagnostics": DiagnosticsEntry(is_allowed=True, ecus=[ecu(), ecu()])},
            r"diagnostics.ecus\[1\].name",
        ),
        (
            {"diagnostics": DiagnosticsEntry(is_allowed=True, ecus=[ecu(response_id=0x7E4)])},
            r"diagnostics.ecus\[0\].response_id",
        ),
        ({"diagnostics": DiagnosticsEntry(j1939_buses=["x"])}, r"diagnostics.j1939_buses\[0\]"),
        (
            {"trouble_codes": [TroubleCodeEntry(dtc="P9", severity=1)]},
            r"trouble_codes\[0\].dtc",
        ),
        (
            {"trouble_codes": [TroubleCodeEntry(dtc="P0AA6", severity=1)] * 2},
            r"trouble_codes\[1\].dtc",
        ),
        ({"alarm_flags": [AlarmFlagsEntry(signal="a")] * 2}, r"alarm_flags\[1\].signal"),
    ],
)
def test_a_profile_that_contradicts_itself_on_diagnostics_says_where(
    tables: dict[str, object], place: str
) -> None:
    with pytest.raises(BadProfile, match=place):
        check_profile(Path("bench.toml"), profile(**tables))


def test_one_control_unit_in_single_keys_or_several_in_a_table_are_the_same() -> None:
    single = DiagnosticsEntry(is_allowed=True, bus="hv", ecu="BMS").all_ecus()
    listed = DiagnosticsEntry(is_allowed=True, bus="hv", ecus=[ecu(bus="")]).all_ecus()
    assert single == listed == [ecu()]
    assert DiagnosticsEntry(bus="hv", ecus=[ecu()]).all_ecus() == []
