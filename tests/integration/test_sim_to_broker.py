import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from can_bridge.assembly import BridgeSite
from device_sims.injections import InjectionFolder
from stationmaster.bench_hosting import (
    ReplayRequest,
    SimulatorRequest,
    run_replay,
    run_simulators,
)
from telemetry.contract.broker_address import BrokerAddress
from telemetry.contract.payloads import (
    BenchState,
    Birth,
    FaultReport,
    FaultState,
    IdentityKind,
    Samples,
    UsageEvent,
    UsageReport,
)
from telemetry.contract.topics import Stream
from tests.integration.broker_for_benches import MOSQUITTO, PrivateBroker, RememberingIngest

pytestmark = pytest.mark.skipif(
    not Path(MOSQUITTO).exists(), reason="no Mosquitto: apt-get install mosquitto"
)


@pytest.fixture
def broker(tmp_path: Path, free_port: int) -> Iterator[PrivateBroker]:
    running = PrivateBroker(tmp_path, free_port)
    running.start()
    yield running
    running.kill()


@pytest.fixture
def ingest(broker: PrivateBroker) -> Iterator[RememberingIngest]:
    listening = RememberingIngest(broker.port)
    yield listening
    listening.stop()


def site(bench: str, folder: Path, broker: PrivateBroker) -> BridgeSite:
    address = BrokerAddress.of_user("127.0.0.1", broker.port, bench, "secret")
    return BridgeSite(bench, address, folder / "spool")


class RunningSims:
    def __init__(self, codes: list[str], folder: Path, broker: PrivateBroker) -> None:
        self.injections = InjectionFolder(folder / "sims")
        self._stop = threading.Event()
        running = threading.Event()
        requests = [SimulatorRequest.parse(code) for code in codes]
        sites = {request.bench: site(request.bench, folder, broker) for request in requests}
        self._thread = threading.Thread(
            target=run_simulators,
            args=(requests, sites, self.injections, self._stop, lambda _bridges: running.set()),
        )
        self._thread.start()
        assert running.wait(10)

    def stop(self) -> float:
        started = time.monotonic()
        self._stop.set()
        self._thread.join(10)
        assert not self._thread.is_alive()
        return time.monotonic() - started


def fault_states(ingest: RememberingIngest, bench: str) -> list[tuple[str, FaultState]]:
    found = ingest.messages(bench, Stream.FAULTS)
    return [(fault.dtc, fault.state) for fault in found if isinstance(fault, FaultReport)]


def test_an_injected_fault_is_confirmed_and_cleared_in_time(
    tmp_path: Path, broker: PrivateBroker, ingest: RememberingIngest
) -> None:
    sims = RunningSims(["battery-01", "motor-01", "gateway-01"], tmp_path, broker)
    try:
        ingest.wait_for(
            lambda seen: (
                {"battery-01", "motor-01", "gateway-01"}
                == {bench for bench, stream in seen.latest if stream is Stream.SAMPLES}
            )
        )
        injected = time.monotonic()
        sims.injections.inject("battery-01", "isolation-low")
        ingest.wait_for(
            lambda seen: ("P0AA6", FaultState.CONFIRMED) in fault_states(seen, "battery-01")
        )
        assert time.monotonic() - injected < 2.0
        ingest.wait_for(
            lambda seen: (
                getattr(seen.latest["battery-01", Stream.STATE], "fault_codes", None) == ["P0AA6"]
            )
        )
        cleared = time.monotonic()
        sims.injections.clear("battery-01")
        ingest.wait_for(
            lambda seen: ("P0AA6", FaultState.CLEARED) in fault_states(seen, "battery-01")
        )
        assert time.monotonic() - cleared < 2.5
    finally:
        took_s = sims.stop()
    assert took_s < 2.0
    assert not fault_states(ingest, "motor-01")
    assert not fault_states(ingest, "gateway-01")
    _check_identity(ingest)
    ingest.wait_for(
        lambda seen: getattr(seen.latest["motor-01", Stream.STATE], "online", True) is False
    )


def _check_identity(ingest: RememberingIngest) -> None:
    birth = ingest.latest["battery-01", Stream.BIRTH]
    assert isinstance(birth, Birth)
    assert birth.identity.kind is IdentityKind.SIMULATOR
    assert birth.identity.vin.startswith("SIM")
    assert birth.identity.software == "SIMULATOR"
    assert [signal.name for signal in birth.signals][:2] == ["pack_voltage_v", "pack_current_a"]


def test_rows_wait_for_a_dead_broker_and_arrive_once(
    tmp_path: Path, broker: PrivateBroker, ingest: RememberingIngest
) -> None:
    sims = RunningSims(["battery-01"], tmp_path, broker)
    try:
        ingest.wait_for(lambda seen: len(seen.rows) > 5)
        broker.kill()
        pause = threading.Event()
        pause.wait(1.5)
        before = max(seq for _, _, seq in ingest.rows)
        broker.start()
        ingest.wait_for(lambda seen: seen.watermark("battery-01") > before + 10)
    finally:
        sims.stop()
    state = ingest.latest["battery-01", Stream.STATE]
    assert isinstance(state, BenchState)
    assert state.dropped_rows == 0


def test_the_recorded_kona_goes_ready_and_off_through_the_same_path(
    tmp_path: Path, broker: PrivateBroker, ingest: RememberingIngest, shared: Path
) -> None:
    request = ReplayRequest(
        shared / "can/logs/kona2019_pcan_ccan_off_on_ready_off.gvret.csv",
        shared / "can/dbc/kona_pcan.dbc",
        speed=2.0,
    )
    result = run_replay(request, site("kona-01", tmp_path, broker), threading.Event())
    assert (result.channel, result.profile, result.unacknowledged) == ("0", "kona", 0)
    assert result.sent.frames == 24263
    ingest.wait_for(lambda seen: len(seen.messages("kona-01", Stream.SAMPLES)) > 8)
    values = [
        message.values
        for message in ingest.messages("kona-01", Stream.SAMPLES)
        if isinstance(message, Samples)
    ]
    closed = [row.get("BMS_5A3.ContactorClosed") for row in values]
    assert closed[0] in (0, None)
    assert 1 in closed
    assert closed[-1] == 0
    inverter = [row.get("InverterStatus.V_Inverter") for row in values]
    assert max(v for v in inverter if isinstance(v, int | float)) > 350
    pack = [v for row in values if isinstance(v := row.get("Batt_HV_Status.VBatt"), int | float)]
    assert all(354 < v < 356 for v in pack)
    usage = [
        message
        for message in ingest.messages("kona-01", Stream.USAGE)
        if isinstance(message, UsageReport)
    ]
    assert [report.event for report in usage] == [UsageEvent.STARTED, UsageEvent.ENDED]
    assert usage[-1].ended_at_ms is not None, "a recording that is over is not in use"
