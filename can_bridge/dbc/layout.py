"""Signals that do not fit into their message or lie on others: kept, but said."""

from can_bridge.dbc.outline import MessageBlock, Outline, SignalLine

_MOST_OVERLAPS = 20
"""Overlaps named per message; a message made of nothing else takes time squared otherwise."""


def check_layout(outline: Outline) -> None:
    """Report signals that leave their message and signals that overlap."""
    for message in outline.messages:
        if message.is_unassigned:
            continue
        for signal in message.signals:
            if _bits(signal).bit_length() > message.length * 8:
                length = message.length
                outline.say(signal.statement, "signal-leaves-message", signal.name, value=length)
        _check_overlaps(outline, message)


def _bits(signal: SignalLine) -> int:
    """The bits of the frame a signal covers; bit 8n is the lowest of byte n."""
    run = (1 << signal.length) - 1
    if not signal.is_big_endian:
        return run << signal.start
    first = 8 * (signal.start // 8) + 7 - signal.start % 8
    size = (first + signal.length + 7) // 8
    big = run << (size * 8 - first - signal.length)
    return int.from_bytes(big.to_bytes(size, "big"), "little")


def _check_overlaps(outline: Outline, message: MessageBlock) -> None:
    placed: list[tuple[int, SignalLine]] = []
    covered, found = 0, 0
    for signal in message.signals:
        bits = _bits(signal)
        if bits & covered:
            other = next((one for one in placed if bits & one[0] and _meet(signal, one[1])), None)
            if other is not None:
                outline.say(signal.statement, "signals-overlap", signal.name, value=other[1].name)
                found += 1
                if found == _MOST_OVERLAPS:
                    return
        covered |= bits
        placed.append((bits, signal))


def _meet(one: SignalLine, other: SignalLine) -> bool:
    """Whether both can be in one frame; signals of different multiplexers are given the benefit."""
    if one.selected_by is None or other.selected_by is None:
        return True
    if one.selected_by != other.selected_by:
        return False
    return any(
        mine.start < theirs.stop and theirs.start < mine.stop
        for mine in one.selected_at
        for theirs in other.selected_at
    )
