"""Which raw values of a signal stand for "no value"."""

import re

import numpy as np
from cantools.database.can import Signal

from can_bridge.decoding.numbers import as_float

_FLOAT_BITS = frozenset({16, 32, 64})
_NOT_AVAILABLE_LABEL = re.compile(
    r"not.?avail|\bsna\b|\bn/?a\b|invalid|unavailable|无效|不可用", re.IGNORECASE
)
_COUNTER_NAME = re.compile(r"count|cntr|checksum|chksum|crc|alive|_cs$|^cs_", re.IGNORECASE)
_NARROWEST_NOT_AVAILABLE_BITS, _NARROWEST_IN_J1939 = 8, 2


def raw_for_no_value(signal: Signal, is_j1939: bool) -> frozenset[int]:
    """Raw values that stand for "no value".

    A label such as "not available" decides. Without one, all ones (the highest value of a signed
    signal) mean it for signals of at least 8 bits, as the recorded benches do, in J1939 from 2 bits
    on (SAE J1939-71); counters and checksums, which reach all ones in normal work, and labelled
    values are exempt.
    """
    choices = {int(raw): str(label) for raw, label in (signal.choices or {}).items()}
    named = {raw for raw, label in choices.items() if _NOT_AVAILABLE_LABEL.search(label)}
    if signal.is_float:
        length = signal.length if signal.length in _FLOAT_BITS else 64
        return frozenset(_float_bits(raw, length) for raw in named)
    if signal.length < (_NARROWEST_IN_J1939 if is_j1939 else _NARROWEST_NOT_AVAILABLE_BITS):
        return frozenset(named)
    all_ones = (1 << (signal.length - (1 if signal.is_signed else 0))) - 1
    if all_ones not in choices and not _COUNTER_NAME.search(signal.name):
        named.add(all_ones)
    return frozenset(named)


def _float_bits(value: int, length: int) -> int:
    with np.errstate(over="ignore"):
        number = np.float64(as_float(value)).astype(f"<f{length // 8}")
    return int.from_bytes(number.tobytes(), "little")
