"""Random messages as cantools objects: every layout a DBC can state, also ones it should not."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from cantools.database.can import Database, Message, Signal
from cantools.database.conversion import BaseConversion
from cantools.database.namedsignalvalue import NamedSignalValue
from hypothesis import strategies as st

SCALES: list[int | float] = [1, 1, 1, 2, 3, -1, 100, 0.1, 0.5, 0.0625, 1e-3, -0.25, 2.0, 1e12, 0]
OFFSETS: list[int | float] = [0, 0, 0, 1, -40, 2**40, 273.15, -0.5, -1e-4, 16.0]
FLOATS = [16, 32, 64]
SIZES = [8, 8, 8, 8, 1, 2, 3, 5, 7, 12, 16, 20, 24, 32, 48, 64]


@dataclass
class Sheet:
    """A message being laid out; `taken` are its bits in network order."""

    draw: Callable[..., object]
    size: int
    signals: list[Signal] = field(default_factory=list)

    def choose(self, options: list[int]) -> int:
        chosen = self.draw(st.sampled_from(options))
        assert isinstance(chosen, int)
        return chosen

    def number(self, low: int, high: int) -> int:
        drawn = self.draw(st.integers(low, high))
        assert isinstance(drawn, int)
        return drawn

    def place(
        self, taken: set[int], longest: int = 64, **more: str | bool | list[int] | None
    ) -> Signal | None:
        """A signal on free bits, or none where its place was taken."""
        is_float = longest == 64 and self.number(0, 9) == 0
        length = self.choose(FLOATS) if is_float else min(self._length(), longest)
        is_big = self.number(0, 1) == 1
        span = self._span(length, is_big)
        if span is None or taken & set(span[1]):
            return None
        taken.update(span[1])
        signal = Signal(
            f"S{len(self.signals)}",
            span[0],
            length,
            "big_endian" if is_big else "little_endian",
            is_signed=self.number(0, 1) == 1,
            conversion=self._conversion(is_float, bool(more.get("is_multiplexer"))),
            **more,  # type: ignore[arg-type]
        )
        self.signals.append(signal)
        return signal

    def _length(self) -> int:
        # long ones take the place of all others
        return self.number(1, 64) if self.number(0, 5) == 0 else self.number(1, 13)

    def _span(self, length: int, is_big: bool) -> tuple[int, list[int]] | None:
        """Start as the DBC writes it, and the bits taken, numbered as in little-endian signals."""
        bits = 8 * self.size
        if length > bits:
            return None
        first = self.number(0, bits - length)
        if not is_big:
            return first, list(range(first, first + length))
        sawtooth = [8 * (bit // 8) + 7 - bit % 8 for bit in range(first, first + length)]
        return sawtooth[0], sawtooth

    def _conversion(self, is_float: bool, is_multiplexer: bool) -> BaseConversion:
        # cantools looks pages up by the scaled value, DBCs list raw ones
        place = 0 if is_multiplexer else self.number(0, len(SCALES) - 1)
        offset = 0 if is_multiplexer else OFFSETS[self.number(0, len(OFFSETS) - 1)]
        labels = OrderedDict[int, str | NamedSignalValue]({0: "off", self.number(1, 7): "on"})
        has_labels = self.number(0, 3) == 0
        return BaseConversion.factory(
            SCALES[place], offset, labels if has_labels else None, is_float
        )

    def pages(self, multiplexer: Signal, taken: set[int], depth: int) -> None:
        """Signals that share bits from page to page; some on several pages, some multiplexers."""
        first = 0
        for _ in range(self.number(1, 3)):
            first += self.number(0, 2)
            # cantools compiles a codec per value: long ranges in a cascade take it minutes
            values = list(range(first, first + self.choose([1, 1, 2, 9 if depth == 2 else 1])))
            first = values[-1] + 1
            page = set(taken)
            for _ in range(self.number(0, 3)):
                is_multiplexer = depth > 0 and self.number(0, 2) == 0
                child = self.place(
                    page,
                    4 if is_multiplexer else 64,
                    is_multiplexer=is_multiplexer,
                    multiplexer_ids=values,
                    multiplexer_signal=multiplexer.name,
                )
                if child is not None and is_multiplexer:
                    self.pages(child, page, depth - 1)


@st.composite
def messages(draw: Callable[..., object], frame_id: int, is_extended: bool) -> Message:
    """A message of 1 to 64 bytes with up to three multiplexers, cascading up to three deep."""
    size = draw(st.sampled_from(SIZES))
    assert isinstance(size, int)
    sheet = Sheet(draw, size)
    taken: set[int] = set()
    multiplexers = []
    for _ in range(sheet.choose([0, 0, 1, 1, 2])):
        placed = sheet.place(taken, 4, is_multiplexer=True)
        if placed is not None:
            multiplexers.append(placed)
    for _ in range(sheet.number(1, 12)):
        sheet.place(taken)
    for multiplexer in multiplexers:
        sheet.pages(multiplexer, taken, depth=2)
    length = size
    if sheet.number(0, 9) == 0:
        # now some signals may leave the message
        length = sheet.number(1, size)
    return Message(
        frame_id,
        f"M{frame_id}{'x' if is_extended else ''}",
        length,
        sheet.signals,
        is_extended_frame=is_extended,
        strict=False,
    )


@st.composite
def databases(draw: Callable[..., object]) -> Database:
    """A few messages; 29-bit ids repeat the numbers of 11-bit ones."""
    made = []
    for frame_id, is_extended in ((0, False), (1, False), (1, True), (0x7FF, False), (0x800, True)):
        message = draw(messages(frame_id, is_extended))
        assert isinstance(message, Message)
        made.append(message)
    return Database(made, strict=False)
