"""Real time-series servers that tests start, kill and start again."""

import contextlib
import os
import shutil
import socket
import subprocess
import threading
import time
import uuid
from pathlib import Path

import pytest
from influxdb_client.client.influxdb_client import InfluxDBClient

from telemetry.store.committed import Committed
from telemetry.store.influx.connection import Address, Influx
from telemetry.store.influx.forwarding import Limits
from telemetry.store.influx.preparing import Kept, prepare_server
from telemetry.store.influx.store import InfluxStore
from telemetry.store.port import Batch
from tests.ports import a_free_port
from tests.rig import until

FOR_EVER = Kept(0, 0, 0)
INFLUXDBS = ["influxdb-1", *(["influxdb-2"] if os.environ.get("INFLUXDB_URL") else [])]
"""What the contract suite runs against; the second only where there is one."""

_CONFIG = """
reporting-disabled = true
bind-address = "127.0.0.1:{rpc}"
[meta]
  dir = "{folder}/meta"
[data]
  dir = "{folder}/data"
  wal-dir = "{folder}/wal"
[http]
  bind-address = "127.0.0.1:{port}"
  log-enabled = false
  auth-enabled = {auth}
  max-row-limit = 10000
[monitor]
  store-enabled = false
[continuous_queries]
  enabled = false
[logging]
  level = "error"
"""


class Server:
    """A process that answers `/ping`; `folder` outlives it."""

    def __init__(self, command: list[str], port: int) -> None:
        self._command = command
        self.url = f"http://127.0.0.1:{port}"
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        with InfluxDBClient(self.url, "") as client:
            until(client.ping, f"{self._command[0]} answers", within_s=20)
        return process

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def restart(self) -> None:
        self.process = self._start()


def start_influxdb(folder: Path, *, with_accounts: bool = False) -> Server:
    program = shutil.which("influxd")
    if program is None:
        pytest.skip("influxd is not installed: apt-get install influxdb")
    folder.mkdir(parents=True, exist_ok=True)
    port = a_free_port()
    config = folder / "influxdb.conf"
    config.write_text(
        _CONFIG.format(
            folder=folder.as_posix(), port=port, rpc=a_free_port(), auth=str(with_accounts).lower()
        )
    )
    return Server([program, "-config", str(config)], port)


def start_victoria(folder: Path) -> Server:
    program = shutil.which("victoria-metrics")
    if program is None:
        pytest.skip("victoria-metrics is not installed: apt-get install victoria-metrics")
    port = a_free_port()
    flags = [f"-storageDataPath={folder}", f"-httpListenAddr=127.0.0.1:{port}"]
    return Server([program, *flags, "-retentionPeriod=100y", "-loggerLevel=ERROR"], port)


def new_database(url: str, kept: Kept = FOR_EVER, token: str = "") -> Address:
    """A database of its own on a server, ready to be written."""
    address = Address(
        url,
        token or os.environ.get("INFLUXDB_TOKEN", ""),
        os.environ.get("INFLUXDB_ORG", "-"),
        f"t{uuid.uuid4().hex[:12]}",
    )
    influx = Influx(address)
    prepare_server(influx, kept)
    influx.close()
    return address


ANY_TIME = Limits(behind_ms=2**62, ahead_ms=2**62, keep_ms=0)
"""Rows of any moment rest in InfluxDB, as soon as they are sealed."""


class SendingStore(InfluxStore):
    """Sends within each commit, so that a test knows where its rows are."""

    def __init__(
        self, path: Path, url: str, pack_rows: int = 1000, address: Address | None = None
    ) -> None:
        self.address = address or new_database(url)
        super().__init__(path, Influx(self.address), ANY_TIME, pack_rows)

    def commit(self, batch: Batch) -> Committed:
        committed = super().commit(batch)
        self.send()
        return committed


def sending_store(request: pytest.FixtureRequest, folder: Path) -> SendingStore:
    """On the server that the test's parameter, one of `INFLUXDBS`, names."""
    own = request.param == "influxdb-1"
    url = request.getfixturevalue("influxdb") if own else os.environ["INFLUXDB_URL"]
    return SendingStore(folder / "telemetry.sqlite", str(url))


class Line:
    """A TCP line to a server that can be cut, as a network is: nothing gets through then."""

    def __init__(self, url: str) -> None:
        self._there = ("127.0.0.1", int(url.rpartition(":")[2]))
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._open: list[socket.socket] = []
        self.is_cut = False
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                here, _ = self._listener.accept()
            except OSError:
                return
            if self.is_cut:
                here.close()
                continue
            there = socket.create_connection(self._there)
            self._open += [here, there]
            for pair in ((here, there), (there, here)):
                threading.Thread(target=self._carry, args=pair, daemon=True).start()

    @staticmethod
    def _carry(source: socket.socket, target: socket.socket) -> None:
        try:
            while content := source.recv(65536):
                target.sendall(content)
        except OSError:
            return
        finally:
            for one in (source, target):
                one.close()

    def cut(self) -> None:
        self.is_cut = True
        for one in self._open:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        self._open.clear()

    def mend(self) -> None:
        self.is_cut = False

    def close(self) -> None:
        self.cut()
        self._listener.close()


def now_ms() -> int:
    return time.time_ns() // 1_000_000
