"""Commands that let a bridge ask control units, or stop it: acts at the bench's own computer."""

import threading
from typing import Annotated

import typer

from can_bridge.diagnostics.arming import FRESH_S, ArmingFolder
from can_bridge.diagnostics.permission import LONGEST_ARMING_S
from stationmaster.durations import seconds_in
from stationmaster.refusing import give_up
from stationmaster.settings import Settings

ARMING_FOLDER = "arming"
_LOOK_S = 0.1
BenchCode = Annotated[str, typer.Argument(help="bench code, such as battery-01")]


def seconds_of(text: str) -> float:
    """Seconds of a duration such as `90s`, `10m` or `1h`.

    Raises:
        ValueError: another text, nothing at all, or longer than an arming may last.
    """
    seconds = seconds_in(text) or 0.0
    if not 0 < seconds <= LONGEST_ARMING_S:
        longest = f"{LONGEST_ARMING_S / 60:.0f}m"
        raise ValueError(f"{text!r}: expected a time up to {longest}, such as 90s or 10m")
    return seconds


def arm(
    bench: BenchCode,
    lasting: Annotated[str, typer.Option("--for", help="how long: 90s, 10m, 1h at most")] = "10m",
) -> None:
    """允许本机网桥暂时发送只读诊断请求。 Let this computer's bridge send read requests for a while.

    What may be asked, and of whom, is in the bench's profile.
    """
    try:
        seconds = seconds_of(lasting)
    except ValueError as wrong:
        give_up(wrong)
    _hand_over(bench, seconds)
    typer.echo(f"{bench}: 已允许诊断 {seconds:g} s · diagnostics armed for {seconds:g} s")


def disarm(bench: BenchCode) -> None:
    """立即停止发送诊断请求。 Stop sending diagnostic requests at once."""
    _hand_over(bench, 0.0)
    typer.echo(f"{bench}: 已停止诊断 · diagnostics disarmed")


def _hand_over(bench: str, seconds: float) -> None:
    folder = ArmingFolder(Settings().var / ARMING_FOLDER)
    try:
        folder.request(bench, seconds)
    except (OSError, ValueError) as refused:
        give_up(refused)
    pause = threading.Event()
    for _ in range(round(FRESH_S / _LOOK_S)):
        if not folder.is_waiting(bench):
            return
        pause.wait(_LOOK_S)
    folder.take(bench)
    give_up(
        f"{bench}: 本机没有允许诊断的网桥在运行 · "
        "no bridge of this bench whose profile allows diagnostics runs on this computer"
    )
