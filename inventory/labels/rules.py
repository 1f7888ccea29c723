"""The short codes of labels and how a scanned or typed text names one (pure)."""

import secrets
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTVWXYZ"
"""Chosen: without 0, 1, I, O and U, which people mix up; 31 of them, a prime number."""
LENGTH = 8
"""Chosen: seven random characters (27,512,614,111 codes) and one that checks them."""
PATH = "/t/"
"""Where the address on a label leads, followed by the code."""
_HALF = LENGTH // 2
_IGNORED = str.maketrans("", "", " -\u2010\u2011\u2013\u2014\u00b7_")


def check_character(body: str) -> str:
    """The last character of a code that begins with these.

    Position n counts n times, modulo a prime greater than any weight and difference of two
    characters: one wrong character and any two that changed places are always noticed.
    """
    total = sum(weight * ALPHABET.index(one) for weight, one in enumerate(body, start=2))
    return ALPHABET[total % len(ALPHABET)]


def new_code(choose: Callable[[str], str] = secrets.choice) -> str:
    """A fresh code; `choose` picks one character of a text."""
    body = "".join(choose(ALPHABET) for _ in range(LENGTH - 1))
    return body + check_character(body)


def spelled(code: str) -> str:
    """The code as people read it: `ABCD-EFGH`."""
    return f"{code[:_HALF]}-{code[_HALF:]}"


@dataclass(frozen=True, slots=True)
class ReadCode:
    """What a scanned or typed text may name.

    `code` is None where the text is no code of a label; `is_mistyped` says that it looks like one
    whose check character is wrong. `text` is what was meant, without an address around it.
    """

    text: str
    code: str | None = None
    is_mistyped: bool = False


def read_code(scanned: str) -> ReadCode:
    """Read a text; an address counts by what stands after its last slash.

    The host is not looked at: labels outlive the address a server once had.
    """
    text = unicodedata.normalize("NFKC", scanned).strip()
    if "://" in text:
        text = text.partition("?")[0].partition("#")[0].rstrip("/").rpartition("/")[2]
    plain = text.translate(_IGNORED).upper()
    if len(plain) != LENGTH or any(one not in ALPHABET for one in plain):
        return ReadCode(text)
    if check_character(plain[:-1]) != plain[-1]:
        return ReadCode(text, is_mistyped=True)
    return ReadCode(text, plain)
