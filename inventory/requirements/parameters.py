"""How the parameters cell of a list becomes clauses, with what people have decided of its pieces.

A piece counts by itself only where nothing of it is guessed. All others stay words, which no
equipment passes unless its register attests the very same words, until a person settles them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from inventory.requirements.chinese_clauses import Doubt, read_phrase
from inventory.requirements.chinese_pieces import pieces
from inventory.requirements.thresholds import Clause, parse_clauses, split_clauses
from inventory.requirements.units import normalised

_CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef①-⑳⑴-⒇\r\n]")
_NO_NAME = re.compile(r"\d{1,2}[)、.](?!\d)|[^\w(]")
_OPEN, _CLOSED = "({（", ")}）"


class PieceState(StrEnum):
    """How far a piece of parameter text is understood."""

    READ = "read"
    PROPOSED = "proposed"
    UNREAD = "unread"
    SETTLED = "settled"


class Outcome(StrEnum):
    """What a person may decide of a piece: a clause, words that people attest, or nothing asked."""

    CLAUSE = "clause"
    WORDS_ONLY = "words_only"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a cell: its words, and the clause that was read or is proposed."""

    text: str
    state: PieceState
    clause: str = ""
    doubts: tuple[Doubt, ...] = ()

    @property
    def key(self) -> str:
        """The form in which equal texts are recognised."""
        return folded(self.text)


@dataclass(frozen=True, slots=True)
class Settled:
    """A decision of a person; `clause` is empty unless the outcome is one."""

    outcome: Outcome
    clause: str = ""


Decisions = Mapping[tuple[str, str], Settled]
"""Decisions by `folded` item name and `Piece.key`: the same words may mean another quantity of
another item."""


def folded(text: str) -> str:
    """One form for texts that differ in case, width and spacing only."""
    return "".join(normalised(text).casefold().split())


@lru_cache(maxsize=16_384)
def read_pieces(cell: str, item_zh: str = "") -> tuple[Piece, ...]:
    """The pieces of a cell in their order; nothing of the text is left out but numbering."""
    found: list[Piece] = []
    for part in split_clauses(cell):
        if not _CHINESE.search(part):
            found.append(_read(part, item_zh))
        else:
            found.extend(_read(piece, item_zh) for piece in pieces(part))
    return tuple(found)


def clauses_of(cell: str, item_zh: str = "", decisions: Decisions | None = None) -> str:
    """A cell in the clause grammar, with decisions applied; `-` where nothing is asked."""
    item = folded(item_zh)
    found: list[str] = []
    for piece in read_pieces(cell, item_zh):
        settled = decisions.get((item, piece.key)) if decisions else None
        if settled is None:
            found.append(piece.clause if piece.state is PieceState.READ else piece.text)
        elif settled.outcome is Outcome.CLAUSE:
            found.append(settled.clause)
        elif settled.outcome is Outcome.WORDS_ONLY:
            found.append(piece.text)
    # an open bracket would swallow what follows it
    return "; ".join(sorted(found, key=_is_unbalanced)) or "-"


def _read(text: str, item_zh: str) -> Piece:
    if _is_plain(text) and not _CHINESE.search(text):
        return Piece(text, PieceState.READ, text)
    phrase = read_phrase(text, item_zh)
    if phrase is not None:
        state = PieceState.PROPOSED if phrase.doubts else PieceState.READ
        return Piece(text, state, phrase.clause, phrase.doubts)
    if _is_plain(text):
        return Piece(text, PieceState.READ, text)
    return Piece(text, PieceState.UNREAD)


def _is_plain(text: str) -> bool:
    """Whether the text is written in the clause grammar by somebody who knows it."""
    if _NO_NAME.match(text) or (":" in text and not text.startswith("(")):
        return False
    read = parse_clauses(text)
    return len(read) == 1 and isinstance(read[0], Clause)


def _is_unbalanced(text: str) -> bool:
    return sum(text.count(one) for one in _OPEN) != sum(text.count(one) for one in _CLOSED)
