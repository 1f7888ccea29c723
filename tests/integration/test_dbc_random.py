"""Random DBCs against cantools: valid ones alike, damaged ones like the undamaged."""

import cantools
from cantools.database.can import Database
from hypothesis import given, settings
from hypothesis import strategies as st

from can_bridge.dbc.building import NothingReadable, build
from can_bridge.dbc.remarks import Severity
from tests.dbc_texts import DbcText, Defect, dbc_texts, defects, facts, plain_texts

LAYOUT = {"signals-overlap", "signal-leaves-message"}


def by_cantools(text: str) -> Database:
    database = cantools.database.load_string(text, "dbc", strict=False)
    assert isinstance(database, Database)
    return database


@settings(max_examples=1000)
@given(dbc_texts())
def test_a_valid_text_is_what_cantools_says_and_needs_no_repair(dbc: DbcText) -> None:
    text = dbc.render()
    built = build(text)
    assert facts(built.database) == facts(by_cantools(text))
    assert [one for one in built.remarks if one.kind not in LAYOUT] == []
    assert built.renamed == {}


@settings(max_examples=1000)
@given(dbc_texts(), defects)
def test_a_damaged_text_is_what_the_undamaged_says(dbc: DbcText, damage: frozenset[Defect]) -> None:
    built = build(dbc.render(damage))
    assert facts(built.database) == facts(by_cantools(dbc.render()))
    assert [one for one in built.remarks if one.severity is Severity.LOST] == []
    if Defect.NO_SECTIONS not in damage:
        expected = [node.name for node in by_cantools(dbc.render()).nodes]
        assert [node.name for node in built.database.nodes] == expected


@settings(max_examples=250)
@given(dbc_texts(plain_texts), st.data())
def test_a_text_cut_anywhere_loses_nothing_in_silence(dbc: DbcText, data: st.DataObject) -> None:
    text = dbc.render()
    cut = text[: data.draw(st.integers(0, len(text)), label="cut")]
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


@settings(max_examples=250)
@given(dbc_texts(plain_texts), st.data())
def test_a_text_with_any_line_gone_keeps_every_other_signal_where_it_was(
    dbc: DbcText, data: st.DataObject
) -> None:
    lines = dbc.render().split("\n")
    gone = data.draw(st.integers(0, len(lines) - 1), label="gone")
    try:
        built = build("\n".join([*lines[:gone], *lines[gone + 1 :]]))
    except NothingReadable:
        return
    whole = {
        (message.name, signal.name, signal.start, signal.length)
        for message in dbc.messages
        for signal in message.signals
    }
    there = {
        (message.name, signal.name, signal.start, signal.length)
        for message in built.database.messages
        for signal in message.signals
    }
    # without its BO_ line a message's signals stand under the one before: nothing can tell
    if not lines[gone].startswith("BO_ "):
        assert there <= whole
