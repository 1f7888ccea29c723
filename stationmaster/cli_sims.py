"""Commands for simulated benches: run them, inject faults, record them, load a house with them."""

import os
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from can_bridge.bridge import Bridge
from can_bridge.errors import BridgeError
from device_sims.bench import LARGEST_SPEED
from device_sims.duty_cycles import Duty
from device_sims.fault_scenarios import SCENARIOS, BenchKind, UnknownScenario, find_scenario
from device_sims.injections import Injection, InjectionFolder, UnknownSimulator
from device_sims.recording import RecordingPlan, TimedFault, UnusableRecording
from stationmaster.bench_hosting import (
    SimulatorRequest,
    UnknownKind,
    fleet_requests,
    run_simulators,
)
from stationmaster.bridge_metrics import bridge_metrics
from stationmaster.cli_can import (
    AcceptedLog,
    BrokerHost,
    BrokerPort,
    Connection,
    Credentials,
)
from stationmaster.refusing import give_up
from stationmaster.settings import Settings
from stationmaster.stopping import stop_on_signals

sim_app = typer.Typer(no_args_is_help=True, help="Simulated benches. 模拟台架。")

DutyOption = Annotated[
    Duty, typer.Option(help="what is done at the bench: free exercises, a class or an exam")
]


@sim_app.command("run")
def run_sims(  # noqa: PLR0913, PLR0917 -- every option of the command line is an argument
    benches: Annotated[list[str], typer.Argument(help="BENCH or BENCH:KIND, one or more")],
    duty: DutyOption = Duty.FREE,
    speed: Annotated[
        float, typer.Option(min=0.01, max=LARGEST_SPEED, help="bench time per clock time")
    ] = 1.0,
    broker_host: BrokerHost = None,
    broker_port: BrokerPort = None,
    credentials: Credentials = None,
    accepted_log: AcceptedLog = None,
) -> None:
    """运行模拟台架。 Run simulated benches with their bridges in this process."""
    stop = stop_on_signals()
    connection = Connection(broker_host, broker_port, credentials, accepted_log)
    try:
        requests = [SimulatorRequest.parse(text, duty) for text in benches]
        sites = {request.bench: connection.site(request.bench) for request in requests}
        running = ", ".join(f"{request.bench} ({request.kind.value})" for request in requests)
        with ExitStack() as closing:

            def tell(bridges: Sequence[Bridge]) -> None:
                closing.enter_context(
                    bridge_metrics(Settings(), lambda: [one.figures() for one in bridges])
                )
                typer.echo(f"running: {running}")

            reached = run_simulators(requests, sites, _injections(), stop, tell, speed)
    except (BridgeError, UnknownKind, ValueError) as refused:
        give_up(refused)
    if speed > 1:
        typer.echo(f"speed reached: {reached:.0f} of {speed:g}")


@sim_app.command("record")
def record_sim(
    log: Annotated[
        Path, typer.Argument(help="new file: .log, .asc, .blf, .mf4, .trc, .gvret, .csv")
    ],
    bench: Annotated[BenchKind, typer.Option(help="kind of bench")],
    seconds: Annotated[float, typer.Option(help="bench time to record")] = 600.0,
    seed: Annotated[int, typer.Option(help="the same seed gives the same frames")] = 0,
    duty: DutyOption = Duty.FREE,
    fault: Annotated[
        list[str] | None, typer.Option(help="NAME@FROM-UNTIL in seconds, see `sim list`; repeat")
    ] = None,
) -> None:
    """把模拟台架的报文写入日志。 Write a simulated bench's frames to a log."""
    # every log format comes with this import
    from stationmaster.sim_recording import record  # noqa: PLC0415

    started_s = time.perf_counter()
    try:
        faults = [TimedFault.parse(text) for text in fault or []]
        plan = RecordingPlan(bench, seconds, seed, duty, faults)
        frames = record(plan, log)
    except (UnusableRecording, UnknownScenario, BridgeError) as refused:
        give_up(refused)
    took_s = time.perf_counter() - started_s
    typer.echo(f"{log}: {frames} frames, {seconds:g} s in {took_s:.1f} s ({seconds / took_s:.0f}×)")


@sim_app.command("fleet")
def run_fleet_of_sims(  # noqa: PLR0913, PLR0917 -- every option is an argument
    benches: Annotated[int, typer.Option(min=1, max=999, help="how many")] = 200,
    processes: Annotated[
        int, typer.Option(min=0, help="0: one per processor", show_default=False)
    ] = 0,
    period_ms: Annotated[
        int, typer.Option(min=100, max=60_000, help="a row of every bench this often")
    ] = 1000,
    seconds: Annotated[float, typer.Option(min=0, help="end after so long; 0: never")] = 0.0,
    broker_host: BrokerHost = None,
    broker_port: BrokerPort = None,
    credentials: Credentials = None,
) -> None:
    """用大量模拟台架做负载测试。 Load a house with many benches; `sim enrol` comes first."""
    # spawned processes and what they import are no business of the other commands
    from stationmaster.fleet_hosting import (  # noqa: PLC0415
        FleetBroken,
        FleetPart,
        FleetReport,
        run_fleet,
    )

    stop = stop_on_signals()
    connection = Connection(broker_host, broker_port, credentials, None)
    try:
        requests = fleet_requests(benches)
        sites = {request.bench: connection.site(request.bench) for request in requests}
    except ValueError as refused:
        give_up(refused)
    count = min(processes or os.cpu_count() or 1, benches)
    parts = [FleetPart(requests[n::count], sites, period_ms) for n in range(count)]
    if seconds:
        timer = threading.Timer(seconds, stop.set)
        timer.daemon = True
        timer.start()

    def tell(report: FleetReport) -> None:
        typer.echo(
            f"part {report.part}: {report.connected}/{report.benches} connected, "
            f"{report.frames_per_s:.0f} frames/s, {report.rows_waiting} rows waiting, "
            f"{report.share:.2f} of real time, CPU {report.cpu_share:.0%}"
        )

    try:
        run_fleet(parts, stop, tell)
    except FleetBroken as broken:
        typer.echo(str(broken), err=True)
        raise typer.Exit(1) from broken


@sim_app.command("enrol")
def enrol_fleet(
    organisation: Annotated[str, typer.Argument(help="whose benches they are; best a demo's")],
    benches: Annotated[int, typer.Option(min=1, max=999, help="how many")] = 200,
) -> None:
    """登记模拟台架并建立账号。 Register the benches of a fleet and make their broker accounts."""
    # the inventory takes a second to import
    from stationmaster.fleet_enrolment import enrol  # noqa: PLC0415

    new = enrol(Settings(), organisation, benches)
    typer.echo(f"{benches} benches, {new} of them new; restart the broker to let them in")


@sim_app.command("fault")
def inject_fault(
    bench: Annotated[str, typer.Argument(help="bench code")],
    scenario: Annotated[str, typer.Argument(help="fault, see `sim list`")],
) -> None:
    """注入故障。 Inject a fault into a running simulator."""
    try:
        injection = _injections().inject(bench, scenario)
    except (UnknownSimulator, UnknownScenario) as refused:
        give_up(refused)
    _print_active(injection)


@sim_app.command("clear")
def clear_fault(
    bench: Annotated[str, typer.Argument(help="bench code")],
    scenario: Annotated[str | None, typer.Argument(help="fault; all by default")] = None,
) -> None:
    """解除故障。 Take injected faults back."""
    try:
        injection = _injections().clear(bench, scenario)
    except (UnknownSimulator, UnknownScenario) as refused:
        give_up(refused)
    _print_active(injection)


@sim_app.command("list")
def list_sims() -> None:
    """列出模拟台架与故障。 List simulators, their active faults and all scenarios."""
    for injection in _injections().benches():
        _print_active(injection)
    typer.echo("")
    for scenario in SCENARIOS:
        code = f"{scenario.kind.value:<9}{scenario.name:<27}{scenario.dtc}"
        # both languages on one line would not fit a console
        typer.echo(f"{code}  {scenario.zh}\n         {scenario.en}")


def _injections() -> InjectionFolder:
    return InjectionFolder(Settings().var / "sims")


def _print_active(injection: Injection) -> None:
    if not injection.active:
        typer.echo(f"{injection.bench}: 无故障 · no fault")
    for name in injection.active:
        scenario = find_scenario(injection.kind, name)
        typer.echo(f"{injection.bench}: {name} {scenario.dtc} {scenario.zh} · {scenario.en}")
