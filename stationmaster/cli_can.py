"""Commands around CAN: decode a log, run a bridge, replay traffic."""

import json
from dataclasses import asdict, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated

import typer

from can_bridge.assembly import BridgeSite, assemble
from can_bridge.dbc.loading import Dbc, load_dbc
from can_bridge.decoding.frames import FrameDecoder
from can_bridge.errors import BridgeError
from can_bridge.logs.reading import CanLog, open_log
from can_bridge.logs.statistics import LogStatistics, log_statistics
from can_bridge.profile import load_profile
from stationmaster.bench_hosting import ReplayRequest, run_replay
from stationmaster.bridge_metrics import bridge_metrics
from stationmaster.cli_diagnostics import ARMING_FOLDER, seconds_of
from stationmaster.refusing import give_up
from stationmaster.settings import Settings
from stationmaster.stopping import stop_on_signals

bridge_app = typer.Typer(no_args_is_help=True, help="Connect a bench. 连接台架。")

BrokerHost = Annotated[str | None, typer.Option(help="MQTT broker; from the settings by default")]
BrokerPort = Annotated[int | None, typer.Option(min=1, max=65535)]
Credentials = Annotated[
    Path | None, typer.Option(help='JSON file {"bench code": "password"}, readable by you only')
]
AcceptedLog = Annotated[
    Path | None, typer.Option(help="record each committed (epoch, seq) here, for crash tests")
]
ArmedFor = Annotated[
    str | None, typer.Option(help="let diagnostics of the profile send for so long: 90s, 10m, 1h")
]
BenchCode = Annotated[str, typer.Option(help="bench code, such as battery-01")]


def decode(
    log: Annotated[Path, typer.Argument(help="CAN log (GVRET csv, asc, blf, log, trc, csv)")],
    dbc: Annotated[Path, typer.Option(help="DBC file")],
    channel: Annotated[str | None, typer.Option(help="only this channel; all by default")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
) -> None:
    """解码日志并统计各信号。 Decode a log and print counts and statistics per signal."""
    try:
        loaded = load_dbc(dbc)
        frames = open_log(log)
        statistics = log_statistics(frames.batches(channel), FrameDecoder(loaded.database))
        if channel is not None and not statistics.truth.frames:
            frames.demand_channel(channel)
    except BridgeError as refused:
        give_up(refused)
    if as_json:
        typer.echo(json.dumps(_decode_record(loaded, frames, channel, statistics), indent=1))
    else:
        _print_statistics(loaded, frames, statistics)


def _decode_record(
    loaded: Dbc, log: CanLog, channel: str | None, statistics: LogStatistics
) -> dict[str, object]:
    return {
        "log": str(log.path),
        "dbc": str(loaded.path),
        "channel": channel,
        "encoding": loaded.encoding,
        "repairs": [{"line": repair.line, "what": repair.what} for repair in loaded.repairs],
        "lost": [{"line": one.line, "what": one.what} for one in loaded.lost],
        "unparsable_lines": log.unparsable_lines,
        **statistics.as_record(),
    }


def _print_statistics(loaded: Dbc, log: CanLog, statistics: LogStatistics) -> None:
    for one in (*loaded.repairs, *loaded.lost):
        typer.echo(f"{loaded.path}:{one.line}: {one.what}", err=True)
    if log.unparsable_lines:
        lines = ", ".join(str(number) for number in log.bad_line_numbers)
        typer.echo(f"{log.path}: {log.unparsable_lines} unparsable lines: {lines}", err=True)
    signals = statistics.signals
    for key, value in (asdict(statistics.truth) | asdict(statistics.doubts)).items():
        typer.echo(f"{key:<32}{value}")
    typer.echo(
        f"\n{'signal':<48}{'n':>8}{'min':>13}{'mean':>13}{'max':>13}{'first':>13}{'last':>13}"
    )
    for key in sorted(signals):
        summary = asdict(signals[key])
        cells = "".join(f"{summary[name]:>13.6g}" for name in ("min", "mean", "max"))
        ends = "".join(f"{summary[name]:>13.6g}" for name in ("first", "last"))
        typer.echo(f"{key:<48}{summary['n']:>8}{cells}{ends}")


@bridge_app.command("run")
def run_bridge(  # noqa: PLR0913, PLR0917 -- every option of the command line is an argument
    profile: Annotated[Path, typer.Option(help="bench profile (TOML)")],
    bench: BenchCode,
    broker_host: BrokerHost = None,
    broker_port: BrokerPort = None,
    credentials: Credentials = None,
    accepted_log: AcceptedLog = None,
    arm_diagnostics: ArmedFor = None,
) -> None:
    """把台架的 CAN 数据送往服务器。 Carry a bench's CAN traffic to the broker."""
    stop = stop_on_signals()
    connection = Connection(broker_host, broker_port, credentials, accepted_log)
    try:
        armed_for_s = None if arm_diagnostics is None else seconds_of(arm_diagnostics)
        checked = load_profile(profile)
        site = replace(connection.site(bench), armed_for_s=armed_for_s)
        bridge = assemble(checked, site)
    except (BridgeError, ValueError) as refused:
        give_up(refused)
    broker = f"{site.broker.host}:{site.broker.port}"
    typer.echo(f"running: {bench} ({checked.profile.name}) → {broker}; Ctrl-C ends it")
    with bridge_metrics(Settings(), lambda: [bridge.figures()]):
        bridge.run(stop)


@bridge_app.command("replay")
def replay_log(  # noqa: PLR0913, PLR0917 -- every option of the command line is an argument
    log: Annotated[Path, typer.Argument(help="CAN log")],
    dbc: Annotated[Path, typer.Option(help="DBC file")],
    bench: BenchCode,
    speed: Annotated[float, typer.Option(min=0.01, max=1000, help="times real time")] = 1.0,
    channel: Annotated[str | None, typer.Option(help="the best fit by default")] = None,
    profile: Annotated[Path | None, typer.Option(help="bench profile (TOML)")] = None,
    broker_host: BrokerHost = None,
    broker_port: BrokerPort = None,
    credentials: Credentials = None,
) -> None:
    """回放录制的数据。 Send recorded traffic through the same path as a bench's."""
    stop = stop_on_signals()
    connection = Connection(broker_host, broker_port, credentials, None)
    request = ReplayRequest(log, dbc, speed, channel, profile)
    try:
        result = run_replay(request, connection.site(bench), stop)
    except (BridgeError, ValueError) as refused:
        give_up(refused)
    channel_text = "" if result.channel is None else f", channel {result.channel}"
    typer.echo(
        f"{result.sent.frames} frames, {result.sent.seconds_of_log:.1f} s of log"
        f"{channel_text}, profile {result.profile}, not yet stored: {result.unacknowledged}"
    )


class Connection:
    """Broker, credentials and spool of this installation, as options and settings say."""

    def __init__(
        self,
        host: str | None,
        port: int | None,
        credentials: Path | None,
        accepted_log: Path | None,
    ) -> None:
        self._settings = Settings()
        self._host, self._port = host, port
        self._credentials = credentials or self._settings.credentials_path
        self._accepted_log = accepted_log

    def site(self, bench: str) -> BridgeSite:
        """Where the bridge of a bench runs."""
        settled = self._settings.broker_address(bench, self._password(bench))
        return BridgeSite(
            bench=bench,
            broker=replace(
                settled, host=self._host or settled.host, port=self._port or settled.port
            ),
            spool_folder=self._settings.var / "spool",
            accepted_log=self._accepted_log,
            version=_version(),
            arming_folder=self._settings.var / ARMING_FOLDER,
        )

    def _password(self, bench: str) -> str:
        try:
            passwords = json.loads(self._credentials.read_text(encoding="utf-8"))
            return str(passwords[bench])
        except OSError as missing:
            raise ValueError(
                f"{self._credentials}: {missing.strerror}; expected a JSON file of the benches' "
                "broker passwords, name another with --credentials"
            ) from missing
        except (ValueError, KeyError, TypeError) as wrong:
            raise ValueError(f"{self._credentials}: no password for {bench!r}") from wrong


def _version() -> str:
    try:
        return version("stationmaster")
    except PackageNotFoundError:
        return ""
