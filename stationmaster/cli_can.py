"""Commands around CAN: decode a log, run a bridge, replay traffic, host simulated benches."""

import json
from pathlib import Path
from typing import Annotated

import typer

from can_bridge.dbc import Dbc, load_dbc
from can_bridge.decoding import FrameDecoder
from can_bridge.errors import BridgeError
from can_bridge.log_statistics import LogStatistics, log_statistics
from can_bridge.readers import CanLog, open_log

bridge_app = typer.Typer(no_args_is_help=True, help="Connect a bench. 连接台架。")
sim_app = typer.Typer(no_args_is_help=True, help="Simulated benches. 模拟台架。")


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
        statistics = log_statistics(frames, FrameDecoder(loaded.database), channel)
    except BridgeError as refused:
        typer.echo(str(refused), err=True)
        raise typer.Exit(2) from refused
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
        "unparsable_lines": log.unparsable_lines,
        **statistics.as_record(),
    }


def _print_statistics(loaded: Dbc, log: CanLog, statistics: LogStatistics) -> None:
    for repair in loaded.repairs:
        typer.echo(f"{loaded.path}:{repair.line}: {repair.what}", err=True)
    if log.unparsable_lines:
        lines = ", ".join(str(number) for number in log.bad_line_numbers)
        typer.echo(f"{log.path}: {log.unparsable_lines} unparsable lines: {lines}", err=True)
    record = statistics.as_record()
    truth, signals = record["truth"], statistics.signals
    assert isinstance(truth, dict)  # noqa: S101 -- as_record builds it
    for key, value in truth.items():
        typer.echo(f"{key:<32}{value}")
    typer.echo(
        f"\n{'signal':<48}{'n':>8}{'min':>13}{'mean':>13}{'max':>13}{'first':>13}{'last':>13}"
    )
    for key in sorted(signals):
        summary = signals[key].summary()
        cells = "".join(f"{summary[name]:>13.6g}" for name in ("min", "mean", "max"))
        ends = "".join(f"{summary[name]:>13.6g}" for name in ("first", "last"))
        typer.echo(f"{key:<48}{summary['n']:>8}{cells}{ends}")
