import multiprocessing
import threading
from collections.abc import Iterator
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from can_bridge.assembly import BridgeSite
from inventory.benches.table import Bench
from inventory.database import open_database
from stationmaster.bench_hosting import fleet_requests
from stationmaster.cli_places import organisation_app
from stationmaster.cli_sims import sim_app
from stationmaster.fleet_hosting import FleetBroken, FleetPart, FleetReport, run_fleet
from stationmaster.settings import Settings
from telemetry.broker.access import INGEST_USER, read_or_make_passwords
from telemetry.contract.broker_address import BrokerAddress
from telemetry.contract.payloads import BenchState, Birth, IdentityKind, Samples
from telemetry.contract.topics import Stream
from tests.integration.broker_for_benches import MOSQUITTO, PrivateBroker, RememberingIngest

BENCHES = 5

app = typer.Typer()
app.add_typer(sim_app, name="sim")
app.add_typer(organisation_app, name="organisation")


@pytest.fixture
def broker(tmp_path: Path, free_port: int) -> Iterator[PrivateBroker]:
    if not Path(MOSQUITTO).exists():
        pytest.skip("no Mosquitto: apt-get install mosquitto")
    running = PrivateBroker(tmp_path, free_port)
    running.start()
    yield running
    running.kill()


@pytest.fixture
def ingest(broker: PrivateBroker) -> Iterator[RememberingIngest]:
    remembering = RememberingIngest(broker.port)
    yield remembering
    remembering.stop()


def has_gone(seen: RememberingIngest, code: str) -> bool:
    return getattr(seen.latest[code, Stream.STATE], "online", True) is False


def test_a_fleet_in_two_processes_is_heard_whole_and_says_goodbye(
    tmp_path: Path, broker: PrivateBroker, ingest: RememberingIngest
) -> None:
    requests = fleet_requests(BENCHES)
    codes = [request.bench for request in requests]
    assert codes == ["sim-001", "sim-002", "sim-003", "sim-004", "sim-005"]
    sites = {
        code: BridgeSite(
            code,
            BrokerAddress.of_user("127.0.0.1", broker.port, code, "secret"),
            tmp_path / "spool",
        )
        for code in codes
    }
    parts = [FleetPart(requests[n::2], sites, 500) for n in range(2)]
    stop, reports = threading.Event(), list[FleetReport]()
    running = threading.Thread(target=run_fleet, args=(parts, stop, reports.append))
    running.start()
    try:
        ingest.wait_for(
            lambda seen: all(len(seen.messages(code, Stream.SAMPLES)) > 8 for code in codes), 60
        )
    finally:
        stop.set()
        running.join(40)
    assert not running.is_alive()
    for code in codes:
        birth, state = ingest.latest[code, Stream.BIRTH], ingest.latest[code, Stream.STATE]
        assert isinstance(birth, Birth)
        assert birth.identity.kind is IdentityKind.SIMULATOR
        assert birth.identity.vin.startswith("SIM")
        ingest.wait_for(partial(has_gone, code=code))
        assert isinstance(state, BenchState)
        counts = state.frames
        assert (counts.short, counts.unknown_id, counts.unknown_mux, counts.lost) == (0, 0, 0, 0)
        rows = [row for row in ingest.messages(code, Stream.SAMPLES) if isinstance(row, Samples)]
        steps = [later.observed_at_ms - earlier.observed_at_ms for earlier, later in pairwise(rows)]
        assert max(steps) < 3000


def test_a_fleet_that_breaks_says_so_and_leaves_no_process(tmp_path: Path) -> None:
    [request] = fleet_requests(1)
    spool = tmp_path / "spool"
    spool.write_text("not a folder", "utf-8")
    address = BrokerAddress.of_user("127.0.0.1", 1, request.bench, "x")
    site = BridgeSite(request.bench, address, spool)
    part = FleetPart([request], {request.bench: site}, 1000)
    with pytest.raises(FleetBroken, match="fleet-0 ended with exit code 1"):
        run_fleet([part], threading.Event(), lambda _: None)
    assert multiprocessing.active_children() == []


def test_enrolled_benches_have_accounts_and_are_registered_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STATIONMASTER_VAR", str(tmp_path))
    runner = CliRunner()
    add = ["organisation", "add", "LOAD", "--kind", "school", "--name", "负载"]
    assert runner.invoke(app, add).exit_code == 0
    first = runner.invoke(app, ["sim", "enrol", "LOAD", "--benches", "3"])
    assert "3 benches, 3 of them new" in first.stdout
    again = runner.invoke(app, ["sim", "enrol", "LOAD", "--benches", "5"])
    assert "5 benches, 2 of them new" in again.stdout
    settings = Settings()
    known = read_or_make_passwords(settings.credentials_path, [])
    assert set(known) == {INGEST_USER, *(request.bench for request in fleet_requests(5))}
    database = open_database(settings.inventory_url)
    with database.read() as db:
        bench = db.get(Bench, "sim-002")
        assert bench is not None
        assert (bench.organisation_code, bench.profile) == ("LOAD", "motor")
    database.close()
    nobody = runner.invoke(app, ["sim", "enrol", "NOBODY", "--benches", "6"])
    assert nobody.exit_code == 1


def test_a_fleet_without_accounts_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STATIONMASTER_VAR", str(tmp_path))
    refused = CliRunner().invoke(app, ["sim", "fleet", "--benches", "2"])
    assert refused.exit_code == 2
    assert "credentials.json" in refused.stderr
    for wrong in (0, 1000):
        with pytest.raises(ValueError, match="1 to 999"):
            fleet_requests(wrong)
