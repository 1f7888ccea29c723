"""Random DBC texts: valid ones, and the same with the defects that published files have."""

from dataclasses import dataclass, field
from enum import StrEnum

from cantools.database.can import Database, Message, Signal
from hypothesis import strategies as st

EXTENDED_FLAG = 0x80000000


class Defect(StrEnum):
    """What `DbcText.render` can do to a text without changing what it means."""

    NO_SECTIONS = "no sections"
    BARE_COMMENTS = "bare comments"
    NO_FLAGS = "no flags"
    UNUSED_REFERENCES = "unused references"
    BARE_DECIMALS = "bare decimals"
    NO_RECEIVERS = "no receivers"
    BLANK_RECEIVERS = "receivers parted by blanks"
    NO_SEMICOLONS = "no semicolons"
    HEX_IDS = "hex ids"
    DIGIT_NAMES = "names start with digits"
    INTERRUPTED = "messages interrupted"
    BAD_ATTRIBUTES = "bad attributes"
    STRAY = "stray characters"


@dataclass(frozen=True)
class SignalText:
    name: str
    mark: str
    start: int
    length: int
    is_big_endian: bool
    is_signed: bool
    scale: str
    offset: str
    minimum: str
    maximum: str
    unit: str
    receivers: tuple[str, ...]
    choices: dict[int, str] = field(default_factory=dict)
    comment: str = ""
    is_float: bool = False


@dataclass(frozen=True)
class MessageText:
    dbc_id: int
    name: str
    length: int
    sender: str
    signals: tuple[SignalText, ...]
    comment: str = ""
    cycle_ms: int | None = None
    ranges: tuple[tuple[str, str, tuple[tuple[int, int], ...]], ...] = ()
    """`SG_MUL_VAL_`: signal, multiplexer, values."""


@dataclass(frozen=True)
class DbcText:
    nodes: tuple[str, ...]
    messages: tuple[MessageText, ...]

    def render(self, defects: frozenset[Defect] = frozenset()) -> str:
        writer = _Writer(defects)
        head = ['VERSION ""', "", "NS_ :", "\tNS_DESC_", "\tCM_", "\tSG_MUL_VAL_", ""]
        if Defect.NO_SECTIONS not in defects:
            head += ["BS_:", "", f"BU_: {' '.join(map(writer.name, self.nodes))}", ""]
        body = [writer.message(message) for message in self.messages]
        tail = [
            'BA_DEF_ BO_ "GenMsgCycleTime" INT 0 65535;',
            'BA_DEF_DEF_ "GenMsgCycleTime" 0;',
        ]
        for message in self.messages:
            tail += writer.references(message)
        text = "\n".join([*head, *body, *tail, *writer.nonsense()])
        return f"\ufeff{text}\x1a" if Defect.STRAY in defects else f"{text}\n"


class _Writer:
    def __init__(self, defects: frozenset[Defect]) -> None:
        self._defects = defects

    def name(self, name: str) -> str:
        """Names of the generator begin with `_` and a digit, or with a letter."""
        return name[1:] if Defect.DIGIT_NAMES in self._defects and name[0] == "_" else name

    def number(self, text: str) -> str:
        if Defect.BARE_DECIMALS in self._defects:
            for full in ("0.", "-0."):
                if text.startswith(full) and len(text) > len(full):
                    return text.replace("0.", ".", 1)
        return text

    def dbc_id(self, dbc_id: int) -> str:
        if Defect.NO_FLAGS in self._defects and dbc_id & ~EXTENDED_FLAG > 0x7FF:
            dbc_id &= ~EXTENDED_FLAG
        return hex(dbc_id) if Defect.HEX_IDS in self._defects else str(dbc_id)

    def end(self, statement: str) -> str:
        if Defect.NO_SEMICOLONS in self._defects and "\n" not in statement:
            return statement
        return f"{statement};"

    def message(self, message: MessageText) -> str:
        head = f"BO_ {self.dbc_id(message.dbc_id)} {self.name(message.name)}: {message.length} "
        lines = [head + self.name(message.sender)]
        for place, signal in enumerate(message.signals):
            if place == 1 and Defect.INTERRUPTED in self._defects:
                lines.append(self.end(f'CM_ BU_ {self.name(message.sender)} "in between"'))
            lines.append(self.signal(signal))
        return "\n".join([*lines, ""])

    def signal(self, signal: SignalText) -> str:
        receivers = "Vector__XXX"
        if signal.receivers:
            blank = " " if Defect.BLANK_RECEIVERS in self._defects else ","
            receivers = blank.join(map(self.name, signal.receivers))
        elif Defect.NO_RECEIVERS in self._defects:
            receivers = ""
        numbers = map(self.number, (signal.scale, signal.offset, signal.minimum, signal.maximum))
        scale, offset, minimum, maximum = numbers
        order, sign = 1 - signal.is_big_endian, "-" if signal.is_signed else "+"
        return (
            f" SG_ {self.name(signal.name)} {signal.mark} : {signal.start}|{signal.length}"
            f"@{order}{sign} ({scale},{offset}) [{minimum}|{maximum}] {quoted(signal.unit)} "
            f"{receivers}"
        )

    def references(self, message: MessageText) -> list[str]:
        dbc_id = self.dbc_id(message.dbc_id)
        lines = []
        if message.comment:
            kind = "" if Defect.BARE_COMMENTS in self._defects else "BO_ "
            lines.append(f"CM_ {kind}{dbc_id} {quoted(message.comment)}")
        if message.cycle_ms is not None:
            lines.append(f'BA_ "GenMsgCycleTime" BO_ {dbc_id} {message.cycle_ms}')
        for signal in message.signals:
            name = self.name(signal.name)
            if signal.comment:
                lines.append(f"CM_ SG_ {dbc_id} {name} {quoted(signal.comment)}")
            if signal.choices:
                pairs = " ".join(f"{key} {quoted(text)}" for key, text in signal.choices.items())
                lines.append(f"VAL_ {dbc_id} {name} {pairs} ")
            if signal.is_float:
                lines.append(f"SIG_VALTYPE_ {dbc_id} {name} : {signal.length // 32}")
        for name, multiplexer, ranges in message.ranges:
            values = ", ".join(f"{low}-{high}" for low, high in ranges)
            lines.append(
                f"SG_MUL_VAL_ {dbc_id} {self.name(name)} {self.name(multiplexer)} {values}"
            )
        return [self.end(line) for line in lines]

    def nonsense(self) -> list[str]:
        lines = []
        if Defect.UNUSED_REFERENCES in self._defects:
            lines += [
                'VAL_ 2047 NotThere 0 "off" 1 "on; off" ;',
                "SIG_VALTYPE_ 2047 NotThere : 1;",
                "SG_MUL_VAL_ 2047 NotThere Neither 0-4294967295;",
                'CM_ SG_ 2047 NotThere "what?";',
            ]
        if Defect.BAD_ATTRIBUTES in self._defects:
            lines += ['BA_ "NotDefined" 1;', 'BA_ "GenMsgCycleTime" BO_ 2047 "often";']
        return lines


def quoted(text: str) -> str:
    escaped = text.replace('"', '\\"')
    return f'"{escaped}"'


_PIECES = ["a", " ", ";", '"', "电池", "°C", "\n", "//", "1.5", "BO_ 1 M: 8 A", "\nSG_ S : 0|8@1+"]
texts = st.lists(st.sampled_from(_PIECES), max_size=6).map("".join)
plain_texts = st.sampled_from(["", "a", "a; b", 'an "a"', "电池", "// 1.5"])
"""Without line breaks: what is on a line of its own is then a statement."""
Texts = st.SearchStrategy[str]
units = st.sampled_from(["", "V", "°C", "%", "km/h", "电"])
names = st.from_regex(
    r"(?:[A-Za-z][A-Za-z0-9_]{0,6}|_[0-9][A-Za-z][A-Za-z0-9]{0,4})", fullmatch=True
)
numbers = st.one_of(
    st.integers(-1000, 1000).map(str),
    st.sampled_from(["0.25", "-0.5", "0.001", "1E-05", "-3.4E+38", "1.7e308", "+2", "12.", "0.0"]),
)
scales = st.sampled_from(["1", "0.1", "0.5", "-0.25", "2", "1E-3", "0.0078125"])
dbc_ids = st.one_of(
    st.integers(0, 0x7FE),
    st.integers(0, 0x1FFFFFFF).map(lambda number: number | EXTENDED_FLAG),
)


@st.composite
def signal_texts(
    draw: st.DrawFn, name: str, nodes: tuple[str, ...], mark: str = "", words: Texts = texts
) -> SignalText:
    is_float = draw(st.integers(0, 9)) == 0
    length = draw(st.sampled_from([32, 64]) if is_float else st.integers(1, 64))
    choices = st.dictionaries(st.integers(0, 255), words, max_size=3)
    return SignalText(
        name=name,
        mark=mark,
        start=draw(st.integers(0, 63)),
        length=length,
        is_big_endian=draw(st.booleans()),
        is_signed=draw(st.booleans()),
        scale=draw(scales),
        offset=draw(numbers),
        minimum=draw(numbers),
        maximum=draw(numbers),
        unit=draw(units),
        receivers=tuple(draw(st.lists(st.sampled_from(nodes), max_size=2, unique=True))),
        choices=draw(choices),
        comment=draw(words),
        is_float=is_float,
    )


@st.composite
def message_texts(
    draw: st.DrawFn, dbc_id: int, name: str, nodes: tuple[str, ...], words: Texts = texts
) -> MessageText:
    signal_names = draw(st.lists(names, max_size=5, unique_by=_loaded))
    style = draw(st.sampled_from(["plain", "plain", "multiplexed", "extended"]))
    marks, ranges = _multiplexing(draw, style, signal_names)
    signals = [
        draw(signal_texts(one, nodes, mark, words))
        for one, mark in zip(signal_names, marks, strict=True)
    ]
    return MessageText(
        dbc_id=dbc_id,
        name=name,
        length=draw(st.integers(0, 8)),
        sender=draw(st.sampled_from(nodes)),
        signals=tuple(signals),
        comment=draw(words),
        cycle_ms=draw(st.none() | st.integers(1, 1000)),
        ranges=tuple(ranges),
    )


def _multiplexing(
    draw: st.DrawFn, style: str, signal_names: list[str]
) -> tuple[list[str], list[tuple[str, str, tuple[tuple[int, int], ...]]]]:
    """Marks for the signals; in extended style the first two are multiplexers, one in the other."""
    if style == "plain" or len(signal_names) < 3:
        return [""] * len(signal_names), []
    values = [draw(st.integers(0, 7)) for _ in signal_names]
    if style == "multiplexed":
        rest = [f"m{one}" if draw(st.booleans()) else "" for one in values[1:]]
        return ["M", *rest], []
    root, inner, *others = signal_names
    ranges: list[tuple[str, str, tuple[tuple[int, int], ...]]] = []
    ranges.append((inner, root, ((values[1], values[1]),)))
    for one, value in zip(others, values[2:], strict=True):
        parent = draw(st.sampled_from([root, inner]))
        ranges.append((one, parent, ((value, value + draw(st.integers(0, 3))),)))
    return ["M", f"m{values[1]}M", *[f"m{one}" for one in values[2:]]], ranges


def _loaded(name: str) -> str:
    """Names that differ only by the underscore cannot both lose it."""
    return name.lstrip("_")


@st.composite
def dbc_texts(draw: st.DrawFn, words: Texts = texts) -> DbcText:
    nodes = tuple(draw(st.lists(names, min_size=1, max_size=3, unique_by=_loaded)))
    ids = draw(st.lists(dbc_ids, min_size=1, max_size=4, unique_by=_without_flag))
    message_names = draw(st.lists(names, min_size=len(ids), max_size=len(ids), unique_by=_loaded))
    messages = [
        draw(message_texts(dbc_id, name, nodes, words))
        for dbc_id, name in zip(ids, message_names, strict=True)
    ]
    return DbcText(nodes, tuple(messages))


def _without_flag(dbc_id: int) -> int:
    return dbc_id & ~EXTENDED_FLAG


defects = st.sets(st.sampled_from(list(Defect)), min_size=1, max_size=4).map(frozenset)


def facts(database: Database) -> list[dict[str, object]]:
    """Everything a decoder or a reader of the DBC would notice, in an order of its own."""
    found = [_message_facts(message) for message in database.messages]
    return sorted(found, key=lambda one: (str(one["id"]), str(one["name"])))


def _message_facts(message: Message) -> dict[str, object]:
    return {
        "id": (message.is_extended_frame, message.frame_id),
        "name": message.name,
        "length": message.length,
        "senders": message.senders,
        "comment": message.comment,
        "cycle": message.cycle_time,
        "protocol": message.protocol,
        "signals": sorted(
            (signal_facts(signal) for signal in message.signals), key=lambda one: str(one["name"])
        ),
    }


def signal_facts(signal: Signal) -> dict[str, object]:
    return {
        "name": signal.name,
        "bits": (signal.start, signal.length, signal.byte_order, signal.is_signed, signal.is_float),
        "scaling": (signal.scale, signal.offset, signal.minimum, signal.maximum),
        "unit": signal.unit,
        "receivers": signal.receivers,
        "choices": {int(key): str(text) for key, text in (signal.choices or {}).items()},
        "comment": signal.comment,
        "multiplexer": signal.is_multiplexer,
        "selected": (signal.multiplexer_signal, sorted(signal.multiplexer_ids or ())),
    }
