import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from can_bridge.buses.opening import open_receiver
from can_bridge.buses.receiving import BusReceiver
from can_bridge.diagnostics.asking import Asking, Questions
from can_bridge.diagnostics.bench import BenchDiagnostics
from can_bridge.diagnostics.gate import TransmitGate
from can_bridge.diagnostics.overhearing import Fact
from can_bridge.diagnostics.permission import Allowance, Outgoing
from can_bridge.diagnostics.reading import EcuIdentity, ReadOnlyDiagnostics
from can_bridge.dtc import Dtc
from can_bridge.errors import TransmissionDenied
from can_bridge.profile_tables import BusEntry, DiagnosticsEntry, EcuEntry, Profile
from can_bridge.reported_codes import Heard
from device_sims.bench import BenchHost
from device_sims.fault_scenarios import BenchKind
from device_sims.injections import InjectionFolder
from telemetry.contract.payloads import Identity, IdentityKind

BMS = EcuEntry(name="BMS", bus="hv", request_id=0x7E4, response_id=0x7EC)
ALLOWED = Allowance(True, frozenset({("hv", 0x7E4)}))


@contextmanager
def bus(channel: str) -> Iterator[BusReceiver]:
    receiver = open_receiver(BusEntry(name="hv", channel=channel), "battery-77")
    receiver.start()
    try:
        yield receiver
    finally:
        receiver.stop()


@contextmanager
def simulated_battery(folder: Path, fault: str) -> Iterator[BusReceiver]:
    injections = InjectionFolder(folder)
    host = BenchHost(injections)
    host.add("battery-77", BenchKind.BATTERY, seed=1)
    injections.inject("battery-77", fault)
    stop = threading.Event()
    hosting = threading.Thread(target=host.run, args=(stop, time.monotonic))
    with bus("{bench}.hv") as receiver:
        hosting.start()
        try:
            yield receiver
        finally:
            stop.set()
            hosting.join()


def gate_on(receiver: BusReceiver, allowance: Allowance = ALLOWED) -> TransmitGate:
    return TransmitGate({"hv": receiver}, allowance, time.monotonic)


def test_identity_and_codes_are_read_amid_other_traffic(tmp_path: Path) -> None:
    with simulated_battery(tmp_path, "isolation-low") as receiver:
        gate = gate_on(receiver)
        gate.arm(60.0)
        reader = ReadOnlyDiagnostics(receiver, BMS, gate.send)
        assert reader.read_identity() == EcuIdentity(
            vin="SIM00000BATTERY77", serial="SIM-BATTERY-77", software="SIMULATOR"
        )
        codes = reader.read_dtcs()
        assert codes is not None
        assert [(Dtc.from_bytes(raw).text, status) for raw, status in codes] == [("P0AA6", 0x2F)]
        assert receiver.drain()
        assert gate.refused == {}


@pytest.mark.parametrize("armed_for_s", [None, 0.001])
def test_a_silent_or_unarmed_bench_has_an_empty_identity(armed_for_s: float | None) -> None:
    with bus("silent") as receiver:
        gate = gate_on(receiver)
        if armed_for_s is not None:
            gate.arm(armed_for_s)
        reader = ReadOnlyDiagnostics(receiver, BMS, gate.send)
        assert reader.read_identity() == EcuIdentity()
        assert reader.read_dtcs() is None
        assert sum(gate.refused.values()) >= 3


def test_who_is_armed_is_asked_and_who_is_not_stays_silent(tmp_path: Path) -> None:
    requests: list[float | None] = [None, 60.0, None, 0.0, None]
    with simulated_battery(tmp_path, "isolation-low") as receiver:
        gate = gate_on(receiver)
        asking = Asking(
            Questions([BMS], read_period_s=3600.0),
            {"hv": receiver},
            gate,
            lambda: requests.pop(0),
            time.monotonic,
        )
        asking.look()
        assert asking.answers.empty()
        asking.look()
        answers = [asking.answers.get(timeout=1) for _ in range(4)]
        assert [a.text for a in answers if isinstance(a, Fact)] == [
            "SIM00000BATTERY77",
            "SIM-BATTERY-77",
            "SIMULATOR",
        ]
        heard = answers[-1]
        assert isinstance(heard, Heard)
        assert (heard.ecu, heard.source, heard.codes[0].dtc) == ("BMS", "read", "P0AA6")
        for _ in range(3):
            asking.look()
        # identity once per arming, codes once per period, nothing after disarming
        assert asking.answers.empty()
        assert not gate.is_armed
        assert gate.refused == {}


def test_a_bench_tells_what_it_sent_and_refused(tmp_path: Path) -> None:
    requests: list[float | None] = [60.0, 0.0]
    profile = Profile(
        name="x",
        buses=[BusEntry(name="hv", channel="{bench}.hv")],
        diagnostics=DiagnosticsEntry(is_allowed=True, ecus=[BMS]),
    )
    with simulated_battery(tmp_path, "isolation-low") as receiver:
        gate = gate_on(receiver)
        asking = Asking(
            Questions([BMS]), {"hv": receiver}, gate, lambda: requests.pop(0), time.monotonic
        )
        bench = BenchDiagnostics(profile, Identity(kind=IdentityKind.HARDWARE), asking)
        asking.look()
        counts = bench.counts(passed_over=2)
        # three single-frame requests, and flow control for each answer that is longer
        assert (counts.is_armed, counts.sent, counts.refused, counts.passed_over) == (True, 6, 0, 2)
        asking.look()
        with pytest.raises(TransmissionDenied):
            gate.send(Outgoing("hv", 0x7E4, False, bytes.fromhex("022E01")))
        counts = bench.counts(passed_over=2)
        assert (counts.is_armed, counts.sent, counts.refused) == (False, 6, 1)
