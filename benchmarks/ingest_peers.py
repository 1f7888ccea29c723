"""The peers of `ingest.py`: what people write first, and a program one can install."""

import json
import os
import queue
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import paho.mqtt.client as mqtt
import psutil
from influxdb_client.client.influxdb_client import InfluxDBClient
from influxdb_client.client.write.point import Point
from influxdb_client.client.write_api import WriteOptions
from paho.mqtt.enums import CallbackAPIVersion

SIGNALS = 60
TOPIC = "bench/{}/samples"


@dataclass(frozen=True, slots=True)
class Peer:
    """What a peer got into its database, and what that took."""

    sent: int
    stored: int
    seconds: float
    cpu_s: float

    def told(self) -> str:
        """As cells of a table."""
        per_core = self.stored / self.cpu_s if self.cpu_s else 0.0
        each = 1e6 * self.cpu_s / self.stored if self.stored else 0.0
        lost = f", {self.sent - self.stored} lost" if self.stored < self.sent else ""
        return (
            f"{self.stored / self.seconds / 1000:,.1f}k{lost} | {per_core / 1000:,.1f}k |"
            f" {each:.2f} | {100 * self.cpu_s / self.seconds:.0f} % |"
        )


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(condition: Callable[[], bool], within_s: float = 60.0) -> None:
    """Wait for something."""
    pause, deadline_s = threading.Event(), time.monotonic() + within_s
    while not condition():
        if time.monotonic() > deadline_s:
            raise TimeoutError(f"not within {within_s} s")
        pause.wait(0.02)


def wait_for(port: int) -> None:
    """Wait until somebody listens."""

    def listens() -> bool:
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
        except OSError:
            return False
        return True

    until(listens)


@contextmanager
def _running(command: list[str], port: int) -> Iterator[psutil.Process]:
    process = subprocess.Popen(  # noqa: S603
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_for(port)
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait()


@contextmanager
def _house(folder: Path) -> Iterator[tuple[int, int]]:
    """An open Mosquitto that queues without limit, and VictoriaMetrics; their ports."""
    mqtt_port, metrics_port = free_port(), free_port()
    config = folder / "mosquitto.conf"
    config.write_text(
        f"listener {mqtt_port} 127.0.0.1\nallow_anonymous true\nmax_inflight_messages 1000\n"
        "max_queued_messages 0\nset_tcp_nodelay true\n"
    )
    store = [
        *("victoria-metrics", f"-storageDataPath={folder / 'vm'}"),
        *(f"-httpListenAddr=127.0.0.1:{metrics_port}", "-retentionPeriod=10y"),
    ]
    with (
        _running(["/usr/sbin/mosquitto", "-c", str(config)], mqtt_port),
        _running(store, metrics_port),
    ):
        yield mqtt_port, metrics_port


def _stored(port: int) -> int:
    address = f"http://127.0.0.1:{port}"
    urllib.request.urlopen(f"{address}/internal/force_flush").read()  # noqa: S310
    query = f"{address}/api/v1/export?match[]=%7B__name__!=%22%22%7D"
    with urllib.request.urlopen(query) as answer:  # noqa: S310
        return sum(len(json.loads(line)["values"]) for line in answer)


def _feed(port: int, rows: list[bytes], benches: int) -> None:
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="feed")
    client.max_inflight_messages_set(1000)
    client.connect("127.0.0.1", port)
    client.loop_start()
    sent = [
        client.publish(TOPIC.format(number % benches), row, qos=1)
        for number, row in enumerate(rows)
    ]
    for one in sent:
        one.wait_for_publish()
    client.disconnect()
    client.loop_stop()


def _rows(messages: int) -> list[bytes]:
    from benchmarks.ingest_feed import payloads  # noqa: PLC0415 - it is a script beside this one

    start_ms = time.time_ns() // 1_000_000 - messages * 10
    return [
        b'{"t":%d,"values":%s}' % (start_ms + number * 10, values.encode())
        for number, values in enumerate(payloads(messages, 1))
    ]


def textbook_child(mqtt_port: int, metrics_port: int) -> None:
    """What the tutorials say; ends when nothing has come for a while."""
    arrived: queue.Queue[float] = queue.Queue()
    client = InfluxDBClient(f"http://127.0.0.1:{metrics_port}", token="-", org="-")  # noqa: S106
    write = client.write_api(WriteOptions())

    def on_message(_client: mqtt.Client, _data: object, message: mqtt.MQTTMessage) -> None:
        content = json.loads(message.payload)
        bench = message.topic.split("/")[1]
        for name, value in content["values"].items():
            point = Point("samples").tag("bench", bench).field(name, value)  # type: ignore[no-untyped-call]
            write.write("bucket", record=point.time(content["t"], "ms"))
        arrived.put(time.monotonic())

    subscriber = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="textbook")
    subscriber.on_connect = lambda c, *_: c.subscribe("bench/+/samples", qos=1)
    subscriber.on_message = on_message
    subscriber.connect("127.0.0.1", mqtt_port)
    subscriber.loop_start()
    print("ready", flush=True)  # noqa: T201 - the parent waits for it
    arrived.get()
    try:
        while True:
            arrived.get(timeout=3.0)
    except queue.Empty:
        write.close()  # type: ignore[no-untyped-call]


def textbook(messages: int) -> Peer:
    """Paho with automatic acknowledgement, json, a Point a value, the batching WriteApi."""
    rows = _rows(messages)
    with tempfile.TemporaryDirectory() as folder, _house(Path(folder)) as (port, metrics_port):
        command = [sys.executable, __file__, "textbook", str(port), str(metrics_port)]
        child = subprocess.Popen(  # noqa: S603
            command, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": _root()}
        )
        if child.stdout is None or child.stdout.readline() != b"ready\n":
            raise SystemExit("the textbook stack does not start")
        process, started_s = psutil.Process(child.pid), time.monotonic()
        before = process.cpu_times()
        _feed(port, rows, 40)
        cpu_s = 0.0
        while child.poll() is None:
            try:
                spent = process.cpu_times()
            except psutil.NoSuchProcess:
                break
            cpu_s = spent.user + spent.system - before.user - before.system
            threading.Event().wait(0.1)
        child.stdout.close()
        # it waits 3 s before it believes that nothing comes any more
        seconds = time.monotonic() - started_s - 3.0
        return Peer(messages * SIGNALS, _stored(metrics_port), seconds, cpu_s)


def _root() -> str:
    return str(Path(__file__).resolve().parent.parent)


def mqtt2influxdb(program: str, messages: int) -> Peer:
    """The program of that name, each signal one of its points, into the database directly."""
    rows = _rows(messages)
    with tempfile.TemporaryDirectory() as folder, _house(Path(folder)) as (port, metrics_port):
        names = [f"signal_{number:02d}" for number in range(SIGNALS)]
        fields = "\n".join(f'      {name}: "$.payload.values.{name}"' for name in names)
        config = Path(folder) / "mqtt2influxdb.yml"
        config.write_text(
            f"mqtt:\n  host: 127.0.0.1\n  port: {port}\n"
            f"influxdb:\n  host: http://127.0.0.1\n  port: {metrics_port}\n"
            "  token: none\n  org: none\n  bucket: bench\n"
            f"points:\n  - measurement: samples\n    topic: bench/+/samples\n"
            f"    fields:\n{fields}\n    tags:\n      bench: $.topic[1]\n"
        )
        child = subprocess.Popen(  # noqa: S603
            [program, "-c", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            threading.Event().wait(3.0)
            return _drained(child, port, metrics_port, rows)
        finally:
            child.kill()  # it does not end while it tries to write
            child.wait()


def _drained(
    child: "subprocess.Popen[bytes]", port: int, metrics_port: int, rows: list[bytes]
) -> Peer:
    process, started_s = psutil.Process(child.pid), time.monotonic()
    before = process.cpu_times()
    _feed(port, rows, 40)
    stored, changed_s, idle_s = 0, time.monotonic(), 4.0
    while time.monotonic() - changed_s < idle_s:
        threading.Event().wait(1.0)
        now = _stored(metrics_port)
        if now != stored:
            stored, changed_s = now, time.monotonic()
    after = process.cpu_times()
    cpu_s = after.user + after.system - before.user - before.system
    return Peer(len(rows) * SIGNALS, stored, changed_s - started_s, cpu_s)


def all_of(program: str, rows: int) -> Iterator[tuple[str, Peer]]:
    """Every peer that is here, with a part of the load: they are slower."""
    yield "textbook: paho, json, Point a value, batching WriteApi", textbook(rows * 2)
    if program:
        yield "mqtt2influxdb 2.0.6", mqtt2influxdb(program, 300)


if __name__ == "__main__":
    textbook_child(int(sys.argv[2]), int(sys.argv[3]))
