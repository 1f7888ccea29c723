"""Columns of values as compressed bytes and back, every bit of every value kept (pure).

A whole number column becomes differences, these become byte planes, and zlib takes the planes. A
floating point column becomes whole numbers where its values are decimals (as scaled CAN signals
are), an index into its distinct values where they are few, else its bytes.
"""

import zlib
from collections.abc import Callable, Iterator

import msgspec
import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Unsigned = npt.NDArray[np.uint64]
Bytes = npt.NDArray[np.uint8]

MOST_DECIMALS = 9
MOST_EXACT = 2.0**53
"""Whole numbers up to here are exact as float64."""
MOST_ULPS = 8
"""Chosen: a scaled value with an offset is off its decimal by 1 or 2; more is no decimal."""
_FEW_DISTINCT = 4
"""A column is an index into distinct values when there are 4 times fewer of them than values."""
_LEVEL = 6
_SHORT = 100
"""Bytes that are not worth a second try."""

SCALES = tuple(float(f"1e{decimals}") for decimals in range(MOST_DECIMALS + 1))
STEPS = tuple(float(f"1e-{decimals}") for decimals in range(MOST_DECIMALS + 1))
"""Spelled out: what a power function returns may differ in its last bit between machines."""

_pack = msgspec.msgpack.encode
_IntegerStream = tuple[int, list[int], int, bytes]
_FloatStream = tuple[int, int, bytes, bytes]
"""Way, its decimals (raw: the count), and two streams of which the second may be empty."""
_unpack_integers = msgspec.msgpack.Decoder(_IntegerStream).decode
_unpack_floats = msgspec.msgpack.Decoder(_FloatStream).decode

_RAW, _DECIMAL, _PRODUCT, _DISTINCT = range(4)


def _deflate(content: bytes, strategy: int) -> bytes:
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, -15, 9, strategy)
    return packer.compress(content) + packer.flush()


def _smaller(content: bytes) -> bytes:
    # noise has no repetitions to look for, running signals have
    if len(content) <= _SHORT:
        return _deflate(content, zlib.Z_DEFAULT_STRATEGY)
    return min(
        _deflate(content, zlib.Z_HUFFMAN_ONLY), _deflate(content, zlib.Z_DEFAULT_STRATEGY), key=len
    )


def _planes(numbers: Unsigned) -> bytes:
    width = (int(numbers.max()).bit_length() + 7) // 8 if len(numbers) else 0
    parts: Bytes = numbers.astype("<u8").view(np.uint8).reshape(-1, 8)[:, :width]
    return np.ascontiguousarray(parts.T).tobytes()


def _from_planes(content: bytes, count: int) -> Unsigned:
    width = len(content) // count if count else 0
    parts = np.zeros((count, 8), np.uint8)
    parts[:, :width] = np.frombuffer(content, np.uint8).reshape(width, count).T
    return parts.reshape(-1).view("<u8").astype(np.uint64, copy=False)


def _zigzag(numbers: Integers) -> Unsigned:
    return ((numbers << 1) ^ (numbers >> 63)).view(np.uint64)


def _unzigzag(numbers: Unsigned) -> Integers:
    halves = (numbers >> np.uint64(1)).view(np.int64)
    return halves ^ -(numbers & np.uint64(1)).view(np.int64)


def _entropy_bytes(planes: bytes, count: int) -> float:
    """What a perfect code of single bytes would take, plane by plane."""
    parts = np.frombuffer(planes, np.uint8).reshape(-1, count)
    total = 0.0
    for plane in parts:
        counts = np.bincount(plane)
        counts = counts[counts > 0]
        total -= float((counts * np.log2(counts / count)).sum())
    return total / 8


def encode_integers(values: Integers) -> bytes:
    """Pack whole numbers; differences wrap, so that the full range of 64 bits is exact."""
    if not len(values):
        return _pack((0, [0], 0, _deflate(b"", zlib.Z_DEFAULT_STRATEGY)))
    order, firsts = 0, [int(values.min())]
    best = _planes((values - firsts[0]).view(np.uint64))
    best_size = _entropy_bytes(best, len(values))
    level = values
    heads: list[int] = []
    for depth in (1, 2):
        if len(level) <= 1 or best_size == 0:
            break
        heads = [*heads, int(level[0])]
        level = np.diff(level)
        planes = _planes(_zigzag(level))
        size = _entropy_bytes(planes, len(level))
        if size < best_size:
            order, firsts, best, best_size = depth, heads, planes, size
    return _pack((order, firsts, len(values), _smaller(best)))


def decode_integers(content: bytes) -> Integers:
    """What `encode_integers` packed."""
    order, firsts, count, packed = _unpack_integers(content)
    numbers = _from_planes(zlib.decompress(packed, -15), count - order)
    if order == 0:
        return numbers.view(np.int64) + np.int64(firsts[0])
    level = _unzigzag(numbers)
    for first in reversed(firsts):
        level = np.cumsum(np.concatenate((np.array([first], np.int64), level)), dtype=np.int64)
    return level


def _bits(values: Floats) -> Integers:
    return values.view(np.int64)


def near(off: Integers) -> npt.NDArray[np.bool_]:
    """Whether so many ulps still make a decimal; the smallest number has no absolute one."""
    return (off <= MOST_ULPS) & (off >= -MOST_ULPS)


def scaled(values: Floats, decimals: int) -> tuple[Integers, Integers]:
    """The nearest whole numbers of `10**-decimals`, and how many ulps each value is off them.

    A value that is far off, not finite or negative zero has no such number: 0 and its distance
    from 0.0 stand for it.
    """
    scale = SCALES[decimals]
    with np.errstate(all="ignore"):
        rounded = np.rint(values * scale)
        fits = np.abs(rounded) < MOST_EXACT
        numbers = np.where(fits, rounded, 0.0).astype(np.int64)
        off = _bits(values) - _bits(numbers / scale)
    is_decimal = near(off)
    return (
        np.where(is_decimal, numbers, 0),
        np.where(is_decimal, off, _bits(values)),
    )


def _times(numbers: Integers, step: float) -> Floats:
    return numbers.astype(np.float64) * step


def _corrections(off: Integers) -> bytes:
    return encode_integers(off) if off.any() else b""


def _corrected(values: Floats, corrections: bytes) -> Floats:
    if not corrections:
        return values
    return (_bits(values) + decode_integers(corrections)).view(np.float64)


def decimals_of(values: Floats) -> int | None:
    """The fewest decimals at which every value is within some ulps of a decimal number."""
    for decimals in range(MOST_DECIMALS + 1):
        if near(scaled(values, decimals)[1]).all():
            return decimals
    return None


def _decimal(values: Floats) -> Iterator[bytes]:
    decimals = decimals_of(values[:: max(len(values) // 256, 1)])
    if decimals is None:
        return
    numbers, off = scaled(values, decimals)
    packed = encode_integers(numbers)
    products = _bits(values) - _bits(_times(numbers, STEPS[decimals])) if off.any() else off
    if np.count_nonzero(products) < np.count_nonzero(off):
        yield _pack((_PRODUCT, decimals, packed, _corrections(products)))
    else:
        yield _pack((_DECIMAL, decimals, packed, _corrections(off)))


def _distinct(values: Floats) -> Iterator[bytes]:
    bits, places = np.unique(_bits(values), return_inverse=True)
    if len(bits) * _FEW_DISTINCT <= len(values):
        packed = encode_integers(places.astype(np.int64))
        yield _pack((_DISTINCT, 0, packed, encode_integers(bits)))


def encode_floats(values: Floats) -> bytes:
    """Pack floating point numbers in the shortest of the ways that keep every bit."""
    candidates = list(_decimal(values)) if len(values) else []
    if len(values) and not any(_unpack_floats(found)[3] == b"" for found in candidates):
        candidates.extend(_distinct(values))
    if not candidates:
        return _pack((_RAW, len(values), _smaller(_planes(_bits(values).view(np.uint64))), b""))
    return min(candidates, key=len)


def _decoded_raw(count: int, first: bytes, _: bytes) -> Floats:
    return _from_planes(zlib.decompress(first, -15), count).view(np.float64)


_FLOAT_WAYS: dict[int, Callable[[int, bytes, bytes], Floats]] = {
    _DECIMAL: lambda decimals, first, second: _corrected(
        decode_integers(first) / SCALES[decimals], second
    ),
    _PRODUCT: lambda decimals, first, second: _corrected(
        _times(decode_integers(first), STEPS[decimals]), second
    ),
    _DISTINCT: lambda _, first, second: decode_integers(second)[decode_integers(first)].view(
        np.float64
    ),
}


def decode_floats(content: bytes) -> Floats:
    """What `encode_floats` packed."""
    way, decimals, first, second = _unpack_floats(content)
    return _FLOAT_WAYS.get(way, _decoded_raw)(decimals, first, second)
