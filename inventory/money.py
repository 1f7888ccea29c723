"""Amounts in yuan (CNY) as exact decimals, and in fen where they are added up or cut (pure)."""

import re
from decimal import Decimal

MOST_YUAN = Decimal(1_000_000_000)
"""Chosen: a whole campus costs less; more is a typing error."""
OUTSIDE_WEIGHT = (3, 2)
"""1.5: what others pay counts so much in the score sheet of shared instruments."""
_FEN = 2
_TEN_THOUSANDS = Decimal(10_000)
_AMOUNT = re.compile(
    r"(?:[¥￥]|CNY|RMB)?\s*(\d{1,3}(?:[,，]\d{3})+|\d{1,15})(\.\d{1,6})?\s*(万)?(?:元|CNY|RMB)?",
    re.IGNORECASE,
)


def in_fen(amount: Decimal) -> int:
    """Whole fen of an amount in yuan.

    Raises:
        ValueError: it has a part of a fen.
    """
    fen = amount.scaleb(_FEN)
    if fen != fen.to_integral_value():
        raise ValueError(f"expected at most 2 decimals, got {amount}")
    return int(fen)


def in_yuan(fen: int) -> Decimal:
    """The amount in yuan, always with two decimals."""
    return Decimal(fen).scaleb(-_FEN)


def amount_of(text: str) -> Decimal:
    """An amount as people write it: `12800`, `12,800.00`, `￥12800 元`, `1.28万`.

    Raises:
        ValueError: it is none, negative, of parts of a fen or more than `MOST_YUAN`.
    """
    found = _AMOUNT.fullmatch(text.strip())
    if found is None:
        raise ValueError("expected an amount in yuan such as 12800.00")
    whole, decimals, many = found.groups()
    plain = Decimal(re.sub("[,，]", "", whole) + (decimals or ""))
    amount = in_yuan(in_fen(plain * _TEN_THOUSANDS if many else plain))
    if amount > MOST_YUAN:
        raise ValueError(f"expected at most {MOST_YUAN} yuan")
    return amount


def equal_parts(fen: int, parts: int) -> tuple[int, ...]:
    """An amount in so many equal parts; the last one takes what can't be divided.

    Parts of a negative amount are those of the positive one with their signs turned.
    """
    each = abs(fen) // parts
    sign = -1 if fen < 0 else 1
    return (*([sign * each] * (parts - 1)), fen - sign * each * (parts - 1))
