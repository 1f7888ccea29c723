"""Random DBCs against cantools: valid ones alike, damaged ones like the undamaged."""

import os
import re
from collections import Counter

import cantools
import pytest
from cantools.database.can import Database
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from can_bridge.dbc.building import NothingReadable, build
from can_bridge.dbc.remarks import Severity
from tests.dbc_texts import (
    EXTENDED_FLAG,
    DbcText,
    Defect,
    dbc_texts,
    defects,
    facts,
    plain_texts,
)

TEXTS = int(os.environ.get("STATIONMASTER_RANDOM_DBCS", "120"))
pytestmark = [pytest.mark.chaos, pytest.mark.timeout(60 + TEXTS // 10)]
JUNK = [
    '"',
    ";",
    ":",
    "|",
    "@",
    "\n",
    "\n\n",
    "0",
    "-1",
    "1e3",
    "BO_ ",
    "SG_ ",
    "M",
    "m0 ",
    "//",
    "\\",
]
LAYOUT = {"signals-overlap", "signal-leaves-message"}


def by_cantools(text: str) -> Database:
    database = cantools.database.load_string(text, "dbc", strict=False)
    assert isinstance(database, Database)
    return database


@settings(max_examples=TEXTS)
@given(dbc_texts())
def test_a_valid_text_is_what_cantools_says_and_needs_no_repair(dbc: DbcText) -> None:
    text = dbc.render()
    built = build(text)
    assert facts(built.database) == facts(by_cantools(text))
    assert [one for one in built.remarks if one.kind not in LAYOUT] == []
    assert built.renamed == {}


@settings(max_examples=TEXTS)
@given(dbc_texts(), defects)
def test_a_damaged_text_is_what_the_undamaged_says(dbc: DbcText, damage: frozenset[Defect]) -> None:
    built = build(dbc.render(damage))
    assert facts(built.database) == facts(by_cantools(dbc.render()))
    assert [one for one in built.remarks if one.severity is Severity.LOST] == []
    if Defect.NO_SECTIONS not in damage:
        expected = [node.name for node in by_cantools(dbc.render()).nodes]
        assert [node.name for node in built.database.nodes] == expected


@settings(max_examples=TEXTS // 4)
@given(dbc_texts(plain_texts), st.data())
def test_a_text_cut_anywhere_loses_nothing_in_silence(dbc: DbcText, data: st.DataObject) -> None:
    text = dbc.render()
    end = data.draw(st.integers(0, len(text)), label="cut")
    # what is left of a longer keyword is no signal that was begun
    assume(not text[end - len("SG_") :].startswith("SG_MUL_VAL_"))
    cut = text[:end]
    try:
        built = build(cut)
    except NothingReadable:
        return
    lines = [line.split() for line in cut.split("\n")]
    begun = [line for line in lines if line[:1] in (["BO_"], ["SG_"])]
    database = built.database
    there = len(database.messages) + sum(len(one.signals) for one in database.messages)
    lost = [one for one in built.remarks if one.severity is Severity.LOST]
    assert there + len(lost) == len(begun)


Owners = dict[tuple[str, int, int], set[object]]


def owners(dbc: DbcText) -> Owners:
    """For each signal, by name and place, the names and ids of the messages that have it."""
    found: Owners = {}
    for message in dbc.messages:
        for signal in message.signals:
            key = signal.name, signal.start, signal.length
            found.setdefault(key, set()).update({message.name, message.dbc_id & ~EXTENDED_FLAG})
    return found


def signal_names(text: str) -> Counter[str]:
    """How often each name begins a line of a signal."""
    return Counter(re.findall(r"^ *SG_ *(\w+)", text, re.MULTILINE))


@settings(max_examples=TEXTS)
@given(dbc_texts(plain_texts), st.data())
def test_whatever_happens_to_a_text_no_signal_goes_to_another_message(
    dbc: DbcText, data: st.DataObject
) -> None:
    text = dbc.render()
    at = data.draw(st.integers(0, len(text) - 1), label="at")
    length = data.draw(st.integers(0, 3), label="replaced")
    junk = data.draw(st.sampled_from(JUNK) | st.text(max_size=2), label="junk")
    damaged = text[:at] + junk + text[at + length :]
    try:
        built = build(damaged)
    except NothingReadable:
        return
    known = owners(dbc)
    # what the damage renamed may bear the name of a signal elsewhere, and is none of it
    renamed = signal_names(damaged) - signal_names(text)
    for message in built.database.messages:
        for signal in message.signals:
            may_be_in = known.get((signal.name, signal.start, signal.length))
            is_own = not may_be_in or signal.name in renamed
            assert is_own or {message.name, message.frame_id} & (may_be_in or set())
