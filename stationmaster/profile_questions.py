"""What `bench new` asks, in which order, and what it takes where nobody is asked."""

from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import typer

from can_bridge.dbc.loading import load_dbc
from can_bridge.errors import UnreadableDbc
from can_bridge.profile_checking.adapters import listen_only_remarks
from can_bridge.profile_checking.checking import signal_facts
from can_bridge.profile_checking.findings import Text
from can_bridge.profile_checking.signals import SignalFact
from can_bridge.profile_tables import BusEntry, Profile
from can_bridge.profile_template.adapters_found import FoundAdapter, find_adapters
from can_bridge.profile_template.proposals import BenchKind
from can_bridge.profile_template.writing import NewBus, NewProfile
from stationmaster.finding_printing import told
from stationmaster.language import Language
from stationmaster.profile_answers import Answers, BadAnswer, BusAnswer, bit_rate

DEFAULT_NAME = "bench"
DEFAULT_BITRATE = 500_000
_KINDS = {
    BenchKind.BATTERY: Text("动力电池", "battery"),
    BenchKind.MOTOR: Text("驱动电机", "drive motor"),
    BenchKind.GATEWAY: Text("网关", "gateway"),
    BenchKind.VEHICLE: Text("整车", "vehicle"),
}
_USUAL_CHANNELS = {
    "virtual": "{bench}",
    "socketcan": "can0",
    "pcan": "PCAN_USBBUS1",
    "kvaser": "0",
    "vector": "0",
    "gs_usb": "0",
}


class Questions:
    """A dialogue: what was given is not asked.

    Args:
        given: answers from the command line.
        language: in which the questions are put.
        may_ask: False takes defaults instead; what has none is refused.
        adapters: finds the adapters to choose from.
    """

    def __init__(
        self,
        given: Answers,
        language: Language,
        *,
        may_ask: bool,
        adapters: Callable[[], Sequence[FoundAdapter]] = find_adapters,
    ) -> None:
        self._given = given
        self._language = language
        self._may_ask = may_ask
        self._adapters = adapters

    def answered(self) -> tuple[Path, NewProfile]:
        """The file to write and what to write into it.

        Raises:
            BadAnswer: an answer is missing or cannot be used.
            UnreadableDbc: a DBC that was given cannot be read.
        """
        given = self._given
        name = given.name or self._ask("配置名称", "name of the profile", DEFAULT_NAME)
        target = given.output or Path(f"{name}.toml")
        if target.exists():
            raise BadAnswer(
                f"{target}: 文件已存在，请换 --output · exists, choose another --output"
            )
        if not target.parent.is_dir():
            raise BadAnswer(f"{target.parent}: 没有这个文件夹 · no such folder")
        kind = given.kind or self._kind()
        if given.buses:
            buses = [self._bus(bus, number) for number, bus in enumerate(given.buses)]
        else:
            buses = [self._bus(given.only_bus, 0)]
            while given.only_bus.is_empty and self._agrees("还有一条总线？", "another bus?"):
                buses.append(self._bus(BusAnswer(), len(buses)))
        return target, NewProfile(name, kind, buses, target.parent)

    def _bus(self, answer: BusAnswer, position: int) -> NewBus:
        if position or answer.is_empty:
            self._say(f"—— 总线 {position + 1}", f"-- bus {position + 1}")
        name = answer.name or self._ask("总线名称", "name of the bus", f"can{position}")
        dbc, facts = self._dbc(answer.dbc)
        interface, channel = self._adapter(answer)
        bitrate = answer.bitrate or bit_rate(
            self._ask("波特率 bit/s", "bit rate in bit/s", str(DEFAULT_BITRATE))
        )
        values = {"name": name, "interface": interface, "channel": channel, "bitrate": bitrate}
        try:
            entry = msgspec.convert(values | {"accept_active": answer.accept_active}, BusEntry)
        except msgspec.ValidationError as wrong:
            raise BadAnswer(f"{name}: {wrong}") from wrong
        return NewBus(self._silent(entry), dbc, facts)

    def _silent(self, entry: BusEntry) -> BusEntry:
        """The entry, once somebody agreed to an adapter that may not only listen."""
        for remark in listen_only_remarks(Profile(name="", buses=[entry])):
            self._say(*remark.text)
            if not self._agrees("仍然使用？", "use it all the same?"):
                raise BadAnswer(f"{told(remark.text, self._language)} (--accept-active)")
            return msgspec.structs.replace(entry, accept_active=True)
        return entry

    def _kind(self) -> BenchKind:
        kinds = list(BenchKind)
        for number, kind in enumerate(kinds, start=1):
            self._say(f"  {number}  {_KINDS[kind].zh}", f"  {number}  {_KINDS[kind].en}")
        chosen = self._choice("台架类型", "kind of bench", len(kinds))
        return kinds[chosen - 1]

    def _dbc(self, given: Path | None) -> tuple[Path, list[SignalFact]]:
        if given is not None:
            return given, signal_facts(load_dbc(given).database)
        while True:
            answer = self._ask("DBC 文件", "DBC file", "")
            if not answer:
                raise BadAnswer("没有 DBC 文件（--dbc）· no DBC file (--dbc)")
            # a path dragged into a console window comes in quotes
            path = Path(answer.strip("\"' ")).expanduser()
            try:
                return path, signal_facts(load_dbc(path).database)
            except UnreadableDbc as wrong:
                self._say(str(wrong), str(wrong))

    def _adapter(self, answer: BusAnswer) -> tuple[str, str]:
        interface, channel = answer.interface, answer.channel
        if interface is None:
            found = self._found()
            if found is not None:
                return found.interface, channel or found.channel
            interface = self._ask("接口（python-can）", "interface (python-can)", "virtual")
        if channel is None:
            usual = _USUAL_CHANNELS.get(interface, "")
            channel = self._ask("通道", "channel", usual)
            if not channel:
                raise BadAnswer(f"{interface}: 没有通道（--channel）· no channel (--channel)")
        return interface, channel

    def _found(self) -> FoundAdapter | None:
        """The adapter chosen from those of this computer; None to name another."""
        found = list(self._adapters())
        for number, one in enumerate(found, start=1):
            line = f"  {number}  {one.interface} {one.channel}  {one.description}"
            self._say(line, line)
        if not found:
            self._say("没有发现 CAN 适配器", "no CAN adapter found")
            return None
        other = len(found) + 1
        self._say(f"  {other}  其他", f"  {other}  another")
        chosen = self._choice("适配器", "adapter", other)
        return None if chosen == other else found[chosen - 1]

    def _choice(self, zh: str, en: str, most: int) -> int:
        while True:
            answer = self._ask(zh, en, "1")
            if answer.isdigit() and 1 <= int(answer) <= most:
                return int(answer)
            self._say(f"请输入 1 到 {most}", f"enter 1 to {most}")

    def _ask(self, zh: str, en: str, default: str) -> str:
        if not self._may_ask:
            return default
        answer = typer.prompt(told(Text(zh, en), self._language), default=default)
        return str(answer).strip()

    def _agrees(self, zh: str, en: str) -> bool:
        question = told(Text(zh, en), self._language)
        return self._may_ask and typer.confirm(question, default=False)

    def _say(self, zh: str, en: str) -> None:
        if self._may_ask:
            typer.echo(told(Text(zh, en), self._language))
