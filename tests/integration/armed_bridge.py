"""A whole bridge on serial adapters of pseudo-terminals, of which one bus may be asked."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from can_bridge.assembly import BridgeSite, assemble
from can_bridge.bridge import Bridge
from can_bridge.profile import load_profile
from telemetry.contract.broker_address import BrokerAddress
from tests.pty_adapter import PtyAdapter

BENCH = "battery-01"
DBC = 'BU_: A\nBO_ 291 M: 8 A\n SG_ Counter : 0|32@1+ (1,0) [0|0] "" A\n'
PROFILE = """
name = "armed"
[[buses]]
name = "hv"
dbc = "armed.dbc"
interface = "slcan"
channel = "{path}"
options = {{ sleep_after_open = 0.1 }}
[[buses]]
name = "body"
dbc = "armed.dbc"
interface = "slcan"
channel = "{other}"
options = {{ sleep_after_open = 0.1 }}
[diagnostics]
is_allowed = true
bus = "hv"
read_period_s = {period_s}
frames_per_minute = 600
frames_per_arming = {budget}
"""


@contextmanager
def adapter_at(path: Path, answers: dict[str, bytes] | None = None) -> Iterator[PtyAdapter]:
    adapter = PtyAdapter(path, answers=answers)
    adapter.plug()
    try:
        yield adapter
    finally:
        if path.is_symlink():
            adapter.unplug()


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Where the bridge finds its adapters and its broker."""

    folder: Path
    port: int
    password: str = "none"
    budget: int = 1200
    period_s: float = 0.0
    armed_for_s: float | None = None

    @property
    def hv(self) -> Path:
        """The adapter of the bus that may be asked."""
        return self.folder / "hv"

    @property
    def body(self) -> Path:
        """The other one's."""
        return self.folder / "body"


@contextmanager
def bridge_on(desk: Desk) -> Iterator[Bridge]:
    (desk.folder / "armed.dbc").write_text(DBC, encoding="utf-8")
    profile = desk.folder / "armed.toml"
    text = PROFILE.format(path=desk.hv, other=desk.body, budget=desk.budget, period_s=desk.period_s)
    profile.write_text(text, encoding="utf-8")
    site = BridgeSite(
        bench=BENCH,
        broker=BrokerAddress.of_user("127.0.0.1", desk.port, BENCH, desk.password),
        spool_folder=desk.folder / "spool",
        arming_folder=desk.folder / "arming",
        armed_for_s=desk.armed_for_s,
    )
    stop = threading.Event()
    bridge = assemble(load_profile(profile), site)
    running = threading.Thread(target=bridge.run, args=(stop,))
    running.start()
    try:
        yield bridge
    finally:
        stop.set()
        running.join()


def frames_sent(adapter: PtyAdapter) -> list[str]:
    """What was put on the adapter's bus, as the adapter was told."""
    return [one for one in adapter.commands if one[:1] in {"t", "T"}]
