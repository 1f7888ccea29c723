"""The demo house: broker, ingest, server and simulated benches on one machine, from one command."""

import contextlib
import json
import secrets
import shutil
import socket
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx2
from rich.console import Console

from stationmaster import demo_data
from stationmaster.demo_bookings import fill_bookings
from stationmaster.demo_income import fill_income
from stationmaster.demo_repairs import fill_repairs
from stationmaster.demo_reviews import fill_reviews
from stationmaster.demo_sharing import fill_sharing
from stationmaster.demo_stocktakes import fill_stocktakes
from stationmaster.opening import house_database
from stationmaster.processes import House, Part, end_leftovers, running_house
from stationmaster.settings import Settings
from telemetry.broker.access import HOUSE_USERS, read_or_make_passwords, write_private
from telemetry.broker.embedded import EmbeddedBroker, NoSuchBroker, prepare
from telemetry.contract.broker_address import UnusableCertificate

READY_WITHIN_S = 60.0

FILLED_LATER = (
    fill_reviews,
    fill_bookings,
    fill_sharing,
    fill_repairs,
    fill_stocktakes,
    fill_income,
)
"""What is filled in while the benches come up: their checks take a second or two."""


class DemoCannotStart(Exception):
    """Why the demo can't start, in Chinese and English, with what to do about it."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh}\n{en}")


@dataclass(frozen=True, slots=True)
class DemoFacts:
    """What scripts find in `var/demo.json`."""

    base_url: str
    api_url: str
    docs_url: str
    broker: Mapping[str, object]
    logins: Sequence[Mapping[str, str]]
    api_key: str
    stations: Sequence[str]
    benches: Sequence[str]


def _require_writable(settings: Settings) -> None:
    folder = settings.var
    try:
        settings.make_var()
        probe = folder / ".probe"
        probe.write_text("")
        probe.unlink()
    except OSError as refused:
        raise DemoCannotStart(
            f"无法写入文件夹 {folder.resolve()}：{refused.strerror}。"
            "请换一个可写的文件夹，或设置 STATIONMASTER_VAR。",
            f"Can't write to {folder.resolve()}; choose another folder with STATIONMASTER_VAR.",
        ) from refused


def _require_free(host: str, port: int, option: str) -> None:
    with contextlib.closing(socket.socket()) as probe:
        if sys.platform != "win32":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as taken:
            raise DemoCannotStart(
                f"端口 {port} 已被其他程序占用。请关闭该程序，或用 {option} 换一个端口。",
                f"Port {port} is in use; close the other program or choose another: {option} N.",
            ) from taken


def _require_alone(folder: Path) -> None:
    running = running_house(folder)
    if running is not None:
        raise DemoCannotStart(
            f"演示已在运行（进程 {running}）。先在那个窗口按 Ctrl-C。",
            f"The demo is running already (process {running}); stop it there with Ctrl-C.",
        )
    end_leftovers(folder)


def _secrets(path: Path, names: Sequence[str]) -> dict[str, str]:
    known: dict[str, str] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    missing = {name: f"demo-{secrets.token_hex(5)}" for name in names if name not in known}
    if missing:
        known.update(missing)
        write_private(path, json.dumps(known, indent=1))
    return known


def _prepare_inventory(settings: Settings) -> tuple[list[dict[str, str]], str]:
    """Fill an empty inventory; returns the demo logins and the evaluation organisation's key."""
    path = settings.var / "demo-secrets.json"
    passwords = _secrets(path, demo_data.USERNAMES)
    with house_database(settings) as database:
        logins = demo_data.fill(database, passwords)
        key = passwords.get("api_key") or demo_data.make_api_key(database)
    write_private(path, json.dumps({**passwords, "api_key": key}, indent=1))
    return logins, key


def _prepare_broker(settings: Settings) -> EmbeddedBroker:
    passwords = read_or_make_passwords(
        settings.credentials_path, [*HOUSE_USERS, *demo_data.BENCHES, demo_data.REPLAY_BENCH]
    )
    try:
        return prepare(
            settings.var / "broker",
            settings.broker_host,
            settings.broker_port,
            passwords,
            settings.broker_program,
            settings.broker_server_certificate,
        )
    except NoSuchBroker as missing:
        raise DemoCannotStart(f"没有找到消息代理：{missing}", str(missing)) from missing
    except UnusableCertificate as wrong:
        raise DemoCannotStart(f"消息代理的证书不可用：{wrong}", str(wrong)) from wrong


def _parts(settings: Settings, broker: EmbeddedBroker) -> Iterator[Part]:
    environment = {
        "STATIONMASTER_VAR": str(settings.var.resolve()),
        "STATIONMASTER_HOST": settings.host,
        "STATIONMASTER_PORT": str(settings.port),
        "STATIONMASTER_BROKER_HOST": broker.host,
        "STATIONMASTER_BROKER_PORT": str(broker.port),
        "PYTHONUTF8": "1",
    }
    command = [sys.executable, "-m", "stationmaster"]
    yield Part("broker", broker.command)
    yield Part("ingest", [*command, "ingest"], environment)
    yield Part("serve", [*command, "serve"], environment)
    for school, benches in demo_data.BENCHES_OF.items():
        yield Part(f"benches-{school.lower()}", [*command, "sim", "run", *benches], environment)


def _answers(host: str, port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection((host, port), 0.3):
        return True
    return False


def _online(client: httpx2.Client, key: str) -> int:
    """How many benches are online as the API says; -1 while there is no answer."""
    try:
        answer = client.get(
            "/api/v1/benches", params={"limit": 100}, headers={"Authorization": f"Bearer {key}"}
        )
        answer.raise_for_status()
        return sum(1 for bench in answer.json()["items"] if bench["liveness"] == "online")
    except (httpx2.HTTPError, ValueError):
        return -1


def _wait_ready(
    settings: Settings, key: str, house: House, stop: threading.Event, console: Console
) -> None:
    deadline_s = time.monotonic() + READY_WITHIN_S
    wanted, seen = len(demo_data.BENCHES), -1
    with httpx2.Client(base_url=f"http://{settings.host}:{settings.port}", timeout=3.0) as client:
        while not stop.wait(0.2):
            online = _online(client, key)
            if online > seen:
                seen = online
                console.print(f"  网页服务已启动，台架在线 benches online {online}/{wanted}")
            if online >= wanted:
                return
            name = house.failing()
            if name is not None or time.monotonic() > deadline_s:
                raise _not_ready(settings.var / "logs", house, name)


def _not_ready(logs: Path, house: House, name: str | None) -> DemoCannotStart:
    if name is None:
        return DemoCannotStart(
            f"{READY_WITHIN_S:.0f} 秒内没有就绪，日志在 {logs}",
            f"Not ready within {READY_WITHIN_S:.0f} s, see {logs}.",
        )
    return DemoCannotStart(
        f"进程 {name} 无法启动，日志在 {logs}：\n{house.log_tail(name)}",
        f"The process {name} does not stay up, see {logs}.",
    )


def run_demo(settings: Settings, stop: threading.Event, console: Console) -> None:
    """Start everything, tell how to get in, and keep it running until `stop` is set.

    Raises:
        DemoCannotStart: port taken, folder read-only, broker missing, or not ready in time.
    """
    _require_writable(settings)
    _require_alone(settings.var)
    _require_free(settings.host, settings.port, "--port")
    _require_free(settings.broker_host, settings.broker_port, "--broker-port")
    console.print("准备演示数据…… Preparing the demo data …")
    logins, key = _prepare_inventory(settings)
    broker = _prepare_broker(settings)
    console.print(f"启动消息代理、采集、网页和模拟台架…… Starting ({broker.program.value}) …")
    house = House(settings.var, int(settings.log_megabytes * 1_000_000))
    try:
        for part in _parts(settings, broker):
            house.start(part)
            if part.name == "broker":
                _wait_for_broker(broker, stop)
        watcher = threading.Thread(target=house.watch, args=(stop,), name="watch")
        watcher.start()
        with house_database(settings) as database:
            for fill in FILLED_LATER:
                fill(database, datetime.now(UTC))
        _wait_ready(settings, key, house, stop, console)
        if not stop.is_set():
            _tell(settings, _facts(settings, broker, logins, key), console)
        stop.wait()
    finally:
        stop.set()
        house.stop()
        console.print("演示已停止，数据已保存。 Stopped; the data stay for the next start.")


def _wait_for_broker(broker: EmbeddedBroker, stop: threading.Event) -> None:
    deadline_s = time.monotonic() + 10.0
    while not _answers(broker.host, broker.port):
        if stop.wait(0.05) or time.monotonic() > deadline_s:
            return


def _facts(
    settings: Settings, broker: EmbeddedBroker, logins: Sequence[Mapping[str, str]], key: str
) -> DemoFacts:
    base = settings.base_url
    return DemoFacts(
        base_url=base,
        api_url=f"{base}/api/v1",
        docs_url=f"{base}/api/v1/openapi.json",
        broker={"host": broker.host, "port": broker.port, "program": broker.program.value},
        logins=logins,
        api_key=key,
        stations=list(demo_data.STATIONS),
        benches=[*demo_data.BENCHES, demo_data.REPLAY_BENCH],
    )


def _tell(settings: Settings, facts: DemoFacts, console: Console) -> None:
    described = {name: getattr(facts, name) for name in DemoFacts.__slots__}
    path = settings.var / "demo.json"
    write_private(path, json.dumps(described, indent=1, ensure_ascii=False))
    console.rule("站长 Stationmaster")
    console.print(f"打开 open   {facts.base_url}", style="bold")
    for login in facts.logins:
        console.print(
            f"  {login['role_zh']:　<4} {login['role']:<16} {login['username']:<12}"
            f" {login['password']}   {login['organisation']}"
        )
    console.print(f"试一试 try  {_command()} sim fault battery-01 isolation-low")
    console.print(f"恢复 undo   {_command()} sim clear battery-01")
    console.print(f"脚本用的同样信息 for scripts: {path}")
    console.print("按 Ctrl-C 停止 to stop")


def _command() -> str:
    return "py run.py" if sys.platform == "win32" else "python3 run.py"


def reset_demo(settings: Settings) -> None:
    """Forget everything the demo stored.

    Raises:
        DemoCannotStart: the demo is running.
    """
    _require_alone(settings.var)
    shutil.rmtree(settings.var, ignore_errors=True)
