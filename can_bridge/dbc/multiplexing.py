"""Which signals are there for which multiplexer values, said so that cantools loses none of it."""

import re
from collections import defaultdict

from can_bridge.dbc.outline import MessageBlock, Outline, SignalLine
from can_bridge.dbc.references import Index
from can_bridge.dbc.statements import Statement

MAX_MULTIPLEXER_VALUES = 4096
"""Values one signal may be there for; cantools keeps each in a list and compiles a decoder for it
(the range 0-4294967295 takes it more than 100 GB)."""
MAX_DEPTH = 32
"""Multiplexers above one another; cantools walks them by recursion, and so does its pickle."""
_MARK = re.compile(r"(?:m(?P<value>\d{1,18}))?(?P<multiplexer>M?)")
_MULTIPLEXER_LOST = ("选择它的多路选择信号丢失", "the multiplexer that selects it is lost")
_TOO_DEEP = (
    f"多路选择嵌套超过 {MAX_DEPTH} 层",
    f"more than {MAX_DEPTH} multiplexers stand above it",
)
_RANGE = re.compile(r"(\d{1,30})-(\d{1,30})")


def put_multiplexing_right(outline: Outline, by_id: Index) -> None:
    """Mend marks and ranges message by message, and note on each signal when it is there."""
    ranges: defaultdict[int, list[Statement]] = defaultdict(list)
    for statement in outline.others["M"]:
        ranges[int(outline.sheet.texts[statement.first + 1])].append(statement)
    kept = set()
    for dbc_id, messages in by_id.items():
        for message in messages:
            names = {signal.name for signal in message.signals}
            # of two messages with one id a range is about the one that has both its signals
            about = [one for one in ranges[dbc_id] if names.issuperset(_names(outline, one))]
            work = _Multiplexing(outline, message, about)
            if work.is_needed:
                work.run()
            kept |= {statement.first for statement in work.statements}
    for statement in outline.others["M"]:
        if statement.first not in kept:
            outline.leave_out(statement)
    outline.others["M"] = [one for one in outline.others["M"] if one.first in kept]


def _names(outline: Outline, statement: Statement) -> list[str]:
    return outline.sheet.originals[statement.first + 2 : statement.first + 4]


class _Multiplexing:
    """The multiplexing of one message."""

    def __init__(
        self, outline: Outline, message: MessageBlock, statements: list[Statement]
    ) -> None:
        self._outline = outline
        self._message = message
        self.statements = list(statements)
        self._sheet = outline.sheet

    @property
    def is_needed(self) -> bool:
        """Whether anything in the message is multiplexed."""
        signals = self._message.signals
        return bool(self.statements) or any(one.mark_token is not None for one in signals)

    def run(self) -> None:
        by_name: defaultdict[str, list[SignalLine]] = defaultdict(list)
        for signal in self._message.signals:
            by_name[signal.name].append(signal)
            self._check_mark(signal)
        for statement in list(self.statements):
            self._apply(statement, by_name)
        for signal in list(self._message.signals):
            if self._is_in_ring(signal, by_name):
                self._free(signal, "mux-cycle")
        if self._message.has_lost_multiplexer:
            self._drop_unselected()
        self._apply_marks()
        for signal in list(self._message.signals):
            if signal.selected_by is not None:
                self._limit(signal, by_name[signal.selected_by][0])
        self._drop_out_of_reach()

    def _mark(self, signal: SignalLine) -> str:
        """The mark as it will be written, empty without one."""
        if signal.mark_token is not None:
            return self._sheet.texts[signal.mark_token]
        return self._sheet.texts[signal.name_token].partition(" ")[2]

    def _set_mark(self, signal: SignalLine, mark: str) -> None:
        if signal.mark_token is not None:
            self._sheet.texts[signal.mark_token] = mark
        else:
            name = self._sheet.texts[signal.name_token].partition(" ")[0]
            self._sheet.texts[signal.name_token] = f"{name} {mark}".rstrip()

    def _say(self, signal: SignalLine, kind: str, **fields: object) -> None:
        self._outline.say(signal.statement, kind, signal.name, **fields)

    def _check_mark(self, signal: SignalLine) -> None:
        mark = self._mark(signal)
        if _MARK.fullmatch(mark) is None:
            self._say(signal, "bad-mux-marker", value=mark)
            self._set_mark(signal, "")

    def _apply(self, statement: Statement, by_name: dict[str, list[SignalLine]]) -> None:
        """Note what an `SG_MUL_VAL_` says on its signal; add the marks cantools asks for."""
        words = self._sheet.originals[statement.first : statement.end]
        multiplexer = by_name[words[3]][0]
        numbers = "".join(self._sheet.texts[statement.first + 4 : statement.end])
        ranges = [range(int(low), int(high) + 1) for low, high in _RANGE.findall(numbers)]
        if not self._mark(multiplexer).endswith("M"):
            self._set_mark(multiplexer, self._mark(multiplexer) + "M")
            self._say(multiplexer, "multiplexer-not-marked")
        for signal in by_name[words[2]]:
            if not self._mark(signal):
                self._set_mark(signal, f"m{ranges[0].start if ranges else 0}")
                self._say(signal, "mux-mark-missing")
            signal.selected_by = multiplexer.name
            signal.selected_at += ranges

    def _is_in_ring(self, signal: SignalLine, by_name: dict[str, list[SignalLine]]) -> bool:
        seen = {signal.name}
        parent = signal.selected_by
        while parent is not None and parent not in seen:
            seen.add(parent)
            parent = by_name[parent][0].selected_by
        return parent == signal.name

    def _free(self, signal: SignalLine, kind: str) -> None:
        """Make a signal always present."""
        self._set_mark(signal, "M" if self._mark(signal).endswith("M") else "")
        signal.selected_by, signal.selected_at = None, []
        self._leave_out_ranges(signal)
        self._say(signal, kind)

    def _leave_out_ranges(self, signal: SignalLine) -> None:
        for statement in list(self.statements):
            if self._sheet.originals[statement.first + 2] == signal.name:
                self._outline.leave_out(statement)
                self.statements.remove(statement)

    def _apply_marks(self) -> None:
        """Find the multiplexer of signals that only have a mark such as `m3`."""
        multiplexers = [one for one in self._message.signals if self._mark(one).endswith("M")]
        roots = [one for one in multiplexers if self._mark(one) == "M" and not one.selected_by]
        for signal in self._message.signals:
            found = _MARK.fullmatch(self._mark(signal))
            if found is None or found["value"] is None:
                continue
            value = int(found["value"])
            if len(multiplexers) == 1 and signal is not multiplexers[0]:
                if found["multiplexer"] == "":
                    signal.selected_by = multiplexers[0].name
                    signal.selected_at.append(range(value, value + 1))
            elif signal.selected_by is not None or len(multiplexers) == 1:
                continue
            elif len(multiplexers) > 1 and len(roots) == 1:
                self._add_range(signal, roots[0], value)
            else:
                self._say(
                    signal, "mux-parent-unknown" if multiplexers else "mux-without-multiplexer"
                )

    def _add_range(self, signal: SignalLine, multiplexer: SignalLine, value: int) -> None:
        signal.selected_by = multiplexer.name
        signal.selected_at = [range(value, value + 1)]
        self._outline.added_marks.append((self._message.dbc_id, signal, multiplexer, value))
        self._say(signal, "mux-parent-assumed", value=multiplexer.name)

    def _drop_unselected(self) -> None:
        """Lose signals that do not say which multiplexer selects them, where one was lost."""
        for signal in list(self._message.signals):
            if signal.selected_by is None and self._mark(signal).startswith("m"):
                self._drop(signal, _MULTIPLEXER_LOST)

    def _drop_out_of_reach(self) -> None:
        """Lose signals whose multiplexer was lost, or that stand too deep."""
        reached: set[str] = set()
        rest = list(self._message.signals)
        for _ in range(MAX_DEPTH + 1):
            here: list[SignalLine] = []
            deeper: list[SignalLine] = []
            for one in rest:
                is_here = one.selected_by is None or one.selected_by in reached
                (here if is_here else deeper).append(one)
            reached.update(one.name for one in here)
            rest = deeper
        for signal in rest:
            deep = signal.selected_by in {one.name for one in self._message.signals}
            self._drop(signal, _TOO_DEEP if deep else _MULTIPLEXER_LOST)

    def _drop(self, signal: SignalLine, why: tuple[str, str]) -> None:
        self._leave_out_ranges(signal)
        self._outline.drop_signal(self._message, signal, why)

    def _limit(self, signal: SignalLine, multiplexer: SignalLine) -> None:
        """Cut far too wide ranges at what the multiplexer can hold; give up what still is."""
        if _count(signal.selected_at) <= MAX_MULTIPLEXER_VALUES:
            signal.selected_at = _joined(signal.selected_at)
            return
        highest = (1 << multiplexer.length) - 1
        spans = _joined(
            [range(one.start, min(one.stop, highest + 1)) for one in signal.selected_at]
        )
        if 0 < _count(spans) <= MAX_MULTIPLEXER_VALUES:
            signal.selected_at = spans
            self._say(signal, "mux-range-cut", value=highest)
            self._write_ranges(signal, highest)
        elif _count(spans) > highest and multiplexer.selected_by is None:
            self._free(signal, "mux-range-is-all")
        else:
            most = MAX_MULTIPLEXER_VALUES
            why = (f"多路值多于 {most} 个", f"it has more than {most} multiplexer values")
            self._drop(signal, why)

    def _write_ranges(self, signal: SignalLine, highest: int) -> None:
        for statement in self.statements:
            if self._sheet.originals[statement.first + 2] != signal.name:
                continue
            first = statement.first + 4
            numbers = _RANGE.findall("".join(self._sheet.texts[first : statement.end]))
            cut = [f"{low}-{min(int(high), highest)}" for low, high in numbers]
            for token in range(first, statement.end):
                self._sheet.blank(token)
            self._sheet.texts[first] = ", ".join(cut) + ";"


def _count(ranges: list[range]) -> int:
    return sum(max(0, one.stop - one.start) for one in ranges)  # len() ends at 2**63


def _joined(ranges: list[range]) -> list[range]:
    """The same values in ranges that do not touch."""
    joined: list[range] = []
    for one in sorted(ranges, key=lambda each: each.start):
        if joined and one.start <= joined[-1].stop:
            joined[-1] = range(joined[-1].start, max(joined[-1].stop, one.stop))
        elif one.start < one.stop:
            joined.append(one)
    return joined
