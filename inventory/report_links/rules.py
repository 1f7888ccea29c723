"""How often may be reported without an account, and how a report's number is read (pure)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

WINDOW = timedelta(hours=1)
"""Attempts are counted this long and then forgotten, with the address they came from."""
PER_LINK = 20
"""Chosen: a class of thirty that finds one bench broken needs no more."""
PER_ADDRESS = 60
"""Chosen: all phones of a school may come from one address; wrong codes count as well."""
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: nothing in it is taken for something else when it is read aloud."""
NUMBER_LENGTH = 8
"""40 bits, of which `PER_ADDRESS` are tried in an hour, for a state without a word of the text."""
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})
MAX_TEXT = 2000
MAX_PHOTO_BYTES = 8 * 1024 * 1024
"""Chosen: a phone's photo of 12 megapixels has 2 to 6 MB, and an address may send 60 an hour."""


def pause(attempts: Sequence[datetime], most: int, now: datetime) -> timedelta:
    """How long the next attempt must wait so that a window never has more than `most`.

    Args:
        attempts: when there were some, in any order.
        most: how many a window may have.
        now: the moment of the next one.
    """
    counted = sorted(at for at in attempts if now - at < WINDOW)
    if len(counted) < most:
        return timedelta(0)
    return counted[-most] + WINDOW - now


def read_number(typed: str) -> str | None:
    """The number somebody typed off a page, however it is grouped; None: no number of ours."""
    number = typed.upper().translate(_MISREAD)
    is_ours = len(number) == NUMBER_LENGTH and set(number) <= set(ALPHABET)
    return number if is_ours else None


def shown_number(number: str) -> str:
    """The number as people read it: in two groups."""
    half = NUMBER_LENGTH // 2
    return f"{number[:half]}-{number[half:]}"
