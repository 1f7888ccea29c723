import threading
import time
from pathlib import Path

from can_bridge.buses.opening import open_receiver
from can_bridge.diagnostics.reading import EcuIdentity, ReadOnlyDiagnostics
from can_bridge.dtc import Dtc
from can_bridge.profile_tables import BusEntry, DiagnosticsEntry
from device_sims.bench import BenchHost
from device_sims.fault_scenarios import BenchKind
from device_sims.injections import InjectionFolder

ALLOWED = DiagnosticsEntry(is_allowed=True, bus="hv", request_id=0x7E4, response_id=0x7EC)


def test_identity_and_codes_are_read_amid_other_traffic(tmp_path: Path) -> None:
    injections = InjectionFolder(tmp_path)
    host = BenchHost(injections)
    host.add("battery-77", BenchKind.BATTERY, seed=1)
    injections.inject("battery-77", "isolation-low")
    stop = threading.Event()
    hosting = threading.Thread(target=host.run, args=(stop, time.monotonic))
    receiver = open_receiver(BusEntry(channel="{bench}.hv"), "battery-77", may_transmit=True)
    receiver.start()
    hosting.start()
    try:
        reader = ReadOnlyDiagnostics(receiver, ALLOWED)
        assert reader.read_identity() == EcuIdentity(
            vin="SIM00000BATTERY77", serial="SIM-BATTERY-77", software="SIMULATOR"
        )
        codes = reader.read_dtcs()
        assert [(Dtc.from_bytes(raw).text, status) for raw, status in codes] == [("P0AA6", 0x2F)]
        assert receiver.drain()
    finally:
        stop.set()
        hosting.join()
        receiver.stop()


def test_a_bench_without_an_answering_unit_has_an_empty_identity() -> None:
    receiver = open_receiver(BusEntry(channel="silent"), "battery-78", may_transmit=True)
    receiver.start()
    started = time.monotonic()
    assert ReadOnlyDiagnostics(receiver, ALLOWED).read_identity() == EcuIdentity()
    assert time.monotonic() - started < 3.0
    receiver.stop()


def test_without_an_allowance_nothing_is_read() -> None:
    receiver = open_receiver(BusEntry(channel="listening"), "battery-79")
    receiver.start()
    silent = DiagnosticsEntry(bus="hv", request_id=0x7E4, response_id=0x7EC)
    assert ReadOnlyDiagnostics(receiver, silent).read_identity() == EcuIdentity()
    receiver.stop()
