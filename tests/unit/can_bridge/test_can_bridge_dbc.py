"""Each way in which published DBC files depart from what cantools reads, one at a time."""

import cantools
import pytest
from cantools.database.can import Database, Message, Signal

from can_bridge.dbc.building import (
    Built,
    NothingReadable,
    beside_their_lines,
    build,
    parsed_by_cantools,
)
from can_bridge.dbc.remarks import KINDS, Severity
from can_bridge.dbc.repairing import repair

HEAD = 'VERSION ""\n\nNS_ :\n\tCM_\n\tVAL_\n\nBS_:\n\nBU_: A B\n\n'
SIGNAL = ' SG_ S : 0|8@1+ (0.5,-40) [-40|87.5] "V" A\n'
MESSAGE = f"BO_ 1 M: 8 A\n{SIGNAL}"


def kinds(built: Built, severity: Severity | None = None) -> list[tuple[int, str]]:
    return [
        (one.line, one.kind)
        for one in built.remarks
        if severity is None or one.severity is severity
    ]


def signal(built: Built, name: str = "S", message: int = 0) -> Signal:
    return built.database.messages[message].get_signal_by_name(name)


def reference(text: str) -> Database:
    database = cantools.database.load_string(text, "dbc", strict=False)
    assert isinstance(database, Database)
    return database


def tables(database: Database) -> set[str]:
    return set(database.dbc.value_tables) if database.dbc else set()


def same(one: Message, other: Message) -> bool:
    return repr(one) == repr(other) and [*map(repr, one.signals)] == [*map(repr, other.signals)]


def test_a_complete_file_is_left_as_it_is() -> None:
    text = f'{HEAD}{MESSAGE}\nCM_ BO_ 1 "text";\nVAL_ 1 S 0 "a;b" ;\n'
    built = build(text)
    assert built.remarks == ()
    assert same(built.database.messages[0], reference(text).messages[0])
    assert built.database.messages[0].comment == "text"


def test_every_kind_of_remark_has_both_languages() -> None:
    for severity, zh, en in KINDS.values():
        assert severity in Severity
        assert any("\u4e00" <= letter <= "\u9fff" for letter in zh)
        assert en.isascii() or "\N{REPLACEMENT CHARACTER}" in en


def test_missing_sections_are_added_where_the_symbols_would_swallow_messages() -> None:
    built = build(f'VERSION ""\n\nNS_ :\n  NS_DESC_\n  CM_\n\n{MESSAGE}')
    assert kinds(built) == [(7, "missing-section"), (7, "missing-section")]
    assert [one.en for one in built.remarks] == [
        "section BS_ missing: added",
        "section BU_ missing: added",
    ]
    assert signal(built).unit == "V"


def test_what_stands_between_symbols_and_nodes_is_not_swallowed_in_silence() -> None:
    text = f'NS_ :\n  CM_\n\nVAL_TABLE_ T 0 "zero" ;\nBU_: A\n{MESSAGE}'
    assert "T" not in tables(reference(text))
    built = build(text)
    assert "T" in tables(built.database)
    assert kinds(built) == [(6, "missing-section")]


def test_nodes_of_a_repeated_section_are_not_forgotten() -> None:
    built = build(f"BU_: A\nBU_: B\n{MESSAGE}")
    assert {node.name for node in built.database.nodes} == {"A", "B"}
    assert kinds(built) == [(1, "repeated-section")]


def test_an_old_bus_speed_is_left_out() -> None:
    built = build(f"BS_: 500000 : 0,0;\nBU_: A\n{MESSAGE}")
    assert kinds(built) == [(1, "bus-speed-left-out")]
    assert signal(built).unit == "V"


def test_comments_without_kind_or_signal_become_message_and_signal_comments() -> None:
    built = build(f'{MESSAGE}BO_ 2 N: 8 A\nCM_ 1 "one";\nCM_ SG_ 2 "two";\nCM_ 1 S "three";\n')
    assert [message.comment for message in built.database.messages] == ["one", "two"]
    assert signal(built).comment == "three"
    assert kinds(built) == [(4, "bare-comment"), (5, "comment-without-signal"), (6, "bare-comment")]


@pytest.mark.parametrize("name", ["4WD", "2", "1e5x"])
def test_names_that_start_with_a_digit_stay_findable(name: str) -> None:
    text = (
        f'BU_: {name} B\nBO_ 1 {name}: 8 {name}\n SG_ {name} : 0|8@1+ (1,0) [0|0] "" {name},B\n'
        f'CM_ BU_ {name} "node";\nCM_ SG_ 1 {name} "signal";\nVAL_ 1 {name} 0 "off" ;\n'
    )
    built = build(text)
    loaded = f"_{name}"
    assert built.renamed == {name: loaded}
    message = built.database.messages[0]
    assert (message.name, message.senders) == (loaded, [loaded])
    assert signal(built, loaded).receivers == [loaded, "B"]
    assert signal(built, loaded).comment == "signal"
    assert signal(built, loaded).choices == {0: "off"}
    assert built.database.nodes[0].comment == "node"
    assert kinds(built) == [(1, "name-starts-with-digit")]


def test_a_renamed_name_never_meets_one_that_is_there() -> None:
    built = build(f"{MESSAGE}{SIGNAL.replace('S :', '1S :')}{SIGNAL.replace('S :', '_1S :')}")
    assert {one.name for one in built.database.messages[0].signals} == {"S", "_1S", "__1S"}
    assert built.renamed == {"1S": "__1S"}


def test_a_name_that_is_a_keyword_is_renamed() -> None:
    built = build('BO_ 1 VERSION: 8 A\n SG_ FILTER : 0|8@1+ (1,0) [0|0] "" A\n')
    assert signal(built, "_FILTER").length == 8
    assert built.renamed == {"VERSION": "_VERSION", "FILTER": "_FILTER"}


def test_chinese_names_are_kept_as_they_are() -> None:
    text = (
        'BU_: 电池\nBO_ 1 电池状态: 8 电池\n SG_ 模式 M : 0|8@1+ (1,0) [0|0] "" 电池\n'
        ' SG_ 总电压 m1 : 8|8@1+ (1,0) [0|0] "V" 电池\nVAL_ 1 模式 1 "一" ;\n'
        'CM_ SG_ 1 总电压 "注";\n'
    )
    built = build(text)
    message = built.database.messages[0]
    assert (message.name, message.senders) == ("电池状态", ["电池"])
    assert message.decode(b"\x01\x05" + bytes(6)) == {"模式": "一", "总电压": 5}
    assert built.database.get_message_by_name("电池状态") is message
    assert signal(built, "总电压").comment == "注"
    assert built.renamed == {}
    assert {kind for _, kind in kinds(built)} == {"name-not-ascii"}


def test_symbols_in_names_are_replaced() -> None:
    built = build(
        'BO_ 1 M: 8 A-B\n SG_ U.cell-1 : 0|8@1+ (1,0) [0|0] "" A-B\nVAL_ 1 U.cell-1 0 "x";\n'
    )
    assert built.renamed == {"A-B": "A_B", "U.cell-1": "U_cell_1"}
    assert signal(built, "U_cell_1").choices == {0: "x"}


def test_29_bit_ids_without_flag_are_extended_with_their_references() -> None:
    text = f'BO_ 316495015 M: 8 A\n{SIGNAL}CM_ SG_ 316495015 S "c";\nVAL_ 316495015 S 0 "z";\n'
    built = build(text)
    message = built.database.messages[0]
    assert (message.frame_id, message.is_extended_frame) == (316495015, True)
    assert signal(built).comment == "c"
    assert signal(built).choices == {0: "z"}
    assert kinds(built) == [(1, "id-without-flag")]


def test_references_find_their_message_whatever_their_flag() -> None:
    flagged = 0x80000000 | 0x12DD54A7
    built = build(f'BO_ {flagged} M: 8 A\n{SIGNAL}CM_ SG_ {0x12DD54A7} S "c";\n')
    assert signal(built).comment == "c"
    assert kinds(built) == [(3, "reference-without-flag")]


def test_negative_ids_are_read_as_unsigned() -> None:
    negative = (0x80000000 | 0x12DD54A7) - 2**32
    built = build(f'BO_ {negative} M: 8 A\n{SIGNAL}CM_ BO_ {negative} "c";\n')
    assert built.database.messages[0].frame_id == 0x12DD54A7
    assert built.database.messages[0].comment == "c"
    assert kinds(built) == [(1, "negative-id")]


@pytest.mark.parametrize("dbc_id", [0x20000000, 0xE0000001, 2**40, 10**500])
def test_an_id_that_is_none_is_a_named_loss_and_its_signals_go_nowhere_else(dbc_id: int) -> None:
    built = build(f'{MESSAGE}BO_ {dbc_id} N: 8 A\n SG_ T : 0|8@1+ (1,0) [0|0] "" A\n')
    assert kinds(built) == [(3, "message-lost"), (4, "signal-lost")]
    assert [one.name for one in built.database.messages[0].signals] == ["S"]


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ('VAL_ 1 T 0 "x;y" ;', "unused-value-table"),
        ('VAL_ 9 S 0 "x" ;', "unused-value-table"),
        ("SIG_VALTYPE_ 1 T : 1;", "unused-value-type"),
        ("SG_MUL_VAL_ 1 T S 0-0;", "unused-mux-range"),
        ("SG_MUL_VAL_ 1 S T 0-0;", "unused-mux-range"),
        ('BA_ "NoSuch" SG_ 1 S 5;', "bad-attribute"),
        ('CM_ SG_ 9 S "c";', "unknown-reference"),
        ('CM_ SG_ 1 T "c";', "unknown-reference"),
        ("SIG_GROUP_ 9 G 1 : S;", "unknown-reference"),
        ("BO_TX_BU_ 9 : A,B;", "unknown-reference"),
        ('BA_DEF_ BO_ "X" INT 0 9;\nBA_ "X" BO_ 9 5;', "unknown-reference"),
    ],
)
def test_references_to_nothing_are_said_and_harm_nothing(statement: str, kind: str) -> None:
    built = build(f'{MESSAGE}VAL_ 1 S 0 "zero" ;\n{statement}\n')
    assert [found for _, found in kinds(built)] == [kind]
    assert signal(built).choices == {0: "zero"}


def test_unassigned_signals_are_said_and_their_value_tables_left_out() -> None:
    text = (
        f"BO_ 3221225472 VECTOR__INDEPENDENT_SIG_MSG: 0 Vector__XXX\n{SIGNAL}{MESSAGE}"
        'VAL_ 3221225472 S 0 "x" ;\nCM_ SG_ 3221225472 S "c";\n'
    )
    built = build(text)
    assert [message.name for message in built.database.messages] == ["M"]
    assert kinds(built) == [(1, "unassigned-signals"), (5, "unused-value-table")]


def test_numbers_in_other_forms_are_read() -> None:
    built = build('BO_ 0x1A M: 8.0 A\n SG_ S : 0|8@1- (.25,-.5) [-1.5E+3|3.4e38] "" A\n')
    found = signal(built)
    assert (found.scale, found.offset, found.minimum, found.maximum) == (0.25, -0.5, -1500, 3.4e38)
    assert (built.database.messages[0].frame_id, built.database.messages[0].length) == (26, 8)
    assert sorted(kind for _, kind in kinds(built)) == [
        "bare-decimal",
        "bare-decimal",
        "hex-number",
        "number-not-whole",
    ]


def test_value_table_keys_that_are_no_whole_numbers() -> None:
    built = build(f'{MESSAGE}VAL_ 1 S 1.0 "one" 2.5 "half" 3 "three" ;\n')
    assert signal(built).choices == {1: "one", 3: "three"}
    assert kinds(built) == [(3, "number-not-whole"), (3, "value-not-whole")]


@pytest.mark.parametrize(
    ("tail", "kind"),
    [
        ('(0.5,-40) [-40|87.5] "V"', "missing-node"),
        ('(0.5,-40) [-40|87.5] "V" A B', "list-separators"),
        ('(0.5,-40) [-40|87.5] "V" A,B,', "list-separators"),
        ("(0.5,-40) [-40|87.5] A", "incomplete-signal"),
        ('(0.5,-40) "V" A', "incomplete-signal"),
        ('(0.5,-40) [|] "V" A', "incomplete-signal"),
        ('[-40|87.5] "V" A', "incomplete-signal"),
        ('(0.5,-40) [-40|87.5] "V" A;', "list-separators"),
        ('(0.5,-40) [-40|87.5] "V";', "missing-node"),
        ('(0.5,-40) [-40|87.5] "V A', "unterminated-string"),
    ],
)
def test_what_is_missing_behind_a_signals_position_does_not_lose_it(tail: str, kind: str) -> None:
    following = SIGNAL.replace("S :", "T :")
    built = build(f'BO_ 1 M: 8 A\n SG_ S : 7|8@0- {tail}\n{following}VAL_ 1 S 0 "z";\n')
    assert kind in [found for _, found in kinds(built)]
    assert kinds(built, Severity.LOST) == []
    found = signal(built)
    assert (found.start, found.length, found.is_signed) == (7, 8, True)
    assert found.scale == (1 if tail.startswith("[") else 0.5)
    assert found.choices == {0: "z"}
    assert signal(built, "T").unit == "V"


def test_a_signal_that_cannot_be_read_is_a_named_loss() -> None:
    built = build(f"{MESSAGE} SG_ T : 8-8@1+ (1,0) [0|0] x\n{SIGNAL.replace('S : 0', 'U : 16')}")
    assert kinds(built) == [(3, "signal-lost")]
    assert "T" in built.remarks[0].en
    assert [one.name for one in built.database.messages[0].signals] == ["S", "U"]


def test_a_scale_that_cannot_be_read_is_never_guessed() -> None:
    built = build(f'{MESSAGE} SG_ T : 8|8@1+ (0,1,0) [0|0] "" A\n')
    assert kinds(built) == [(3, "signal-lost")]


def test_signals_of_a_broken_message_are_not_given_to_the_one_before() -> None:
    built = build(f'{MESSAGE}BO_ N 2: 8 A\n SG_ T : 0|8@1+ (1,0) [0|0] "" A\nBO_ 3 O: 8 A\n')
    assert [message.name for message in built.database.messages] == ["M", "O"]
    assert kinds(built) == [(3, "message-lost"), (4, "signal-lost")]
    assert len(built.database.messages[0].signals) == 1


def test_a_message_whose_keyword_is_broken_does_not_leave_its_signals_to_another() -> None:
    built = build(f'{MESSAGE}BQ_ 2 N: 8 A\n SG_ T : 8|8@1+ (1,0) [0|0] "" A\n')
    assert kinds(built) == [(3, "message-lost"), (4, "signal-lost")]
    assert [one.name for one in built.database.messages[0].signals] == ["S"]
    assert signal(built).receivers == ["A"]


def test_a_signal_whose_keyword_is_broken_is_a_named_loss() -> None:
    built = build(f'{MESSAGE} SQ_ T : 8|8@1+ (1,0) [0|0] "" A\n{SIGNAL.replace("S : 0", "U : 16")}')
    assert kinds(built) == [(3, "signal-lost")]
    assert [one.name for one in built.database.messages[0].signals] == ["S", "U"]


def test_leading_zeros_and_odd_symbols_stop_nothing() -> None:
    built = build(f"NS_ :\n CM_\n CM电_\nBS_:\nBU_: A\n{MESSAGE.replace('M: 8', 'M: 08')}")
    assert kinds(built) == [(1, "not-understood"), (6, "number-not-whole")]
    assert built.database.messages[0].length == 8


def test_a_file_cut_off_in_a_signal_says_so() -> None:
    text = f"{MESSAGE} SG_ T : 8|8@1"
    assert len(reference(text).messages[0].signals) == 1, "cantools says nothing"
    assert kinds(build(text)) == [(3, "signal-lost")]


def test_a_file_cut_off_in_a_comment_keeps_it() -> None:
    text = f'{MESSAGE}CM_ BO_ 1 "cut'
    assert build(text).database.messages[0].comment == "cut"
    assert [kind for _, kind in kinds(build(text))] == ["unterminated-string", "missing-semicolon"]


def test_signals_parted_from_their_message_go_back_to_it() -> None:
    other = SIGNAL.replace("S :", "T :").replace("0|8", "8|8")
    built = build(f'{MESSAGE}CM_ SG_ 1 S "c";\n{other}BO_ 2 N: 8 A\n{SIGNAL}')
    assert [len(message.signals) for message in built.database.messages] == [2, 1]
    assert signal(built, "T").start == 8
    assert kinds(built) == [(4, "interrupted-message")]


def test_a_missing_closing_quote_swallows_nothing() -> None:
    text = f'{MESSAGE}CM_ SG_ 1 S "open;\nCM_ BO_ 1 "closed";\nVAL_ 1 S 0 "z" ;\n'
    built = build(text)
    assert signal(built).comment == "open"
    assert built.database.messages[0].comment == "closed"
    assert signal(built).choices == {0: "z"}
    assert kinds(built) == [(3, "unterminated-string")]


def test_a_backslash_before_the_closing_quote_swallows_nothing() -> None:
    text = f'{MESSAGE}CM_ SG_ 1 S "C:\\temp\\";\nCM_ BO_ 1 "closed";\nVAL_ 1 S 0 "z" ;\n'
    built = build(text)
    assert signal(built).comment == "C:\\temp"
    assert built.database.messages[0].comment == "closed"
    assert kinds(built) == [(3, "unterminated-string")]


def test_text_inside_comments_is_never_repaired() -> None:
    comment = 'first\nCM_ 7 \\"quoted\\"\nVAL_ 9 T 0 ;\nend'
    built = build(f'{MESSAGE}CM_ BO_ 1 "{comment}";\n')
    assert built.remarks == ()
    assert built.database.messages[0].comment == comment.replace("\\", "")


def test_a_missing_quote_does_not_cast_doubt_on_a_comment_that_quotes_a_dbc() -> None:
    quoting = "as in\nCM_ SG_ 9 T 5\nBO_ 7 N 8"
    built = build(f'{MESSAGE}CM_ SG_ 1 S "open;\nCM_ BO_ 1 "{quoting}";\nVAL_ 1 S 0 "z" ;\n')
    assert built.database.messages[0].comment == quoting
    assert kinds(built) == [(3, "unterminated-string")]


def test_quotes_are_believed_where_doubting_them_makes_it_worse() -> None:
    labels = 'VAL_ 1 S 0 "as in\nCM_ SG_ 9" 1 "b" ;\n'
    built = build(f"{MESSAGE}{labels}CAT_DEF_ 1 2;\n")
    assert signal(built).choices == {0: "as in\nCM_ SG_ 9", 1: "b"}
    assert kinds(built) == [(5, "not-understood")]


def test_what_defeats_every_repair_costs_its_own_message_only() -> None:
    repaired = repair(f'{MESSAGE}BO_ 2 N: 8 A\n{SIGNAL}VAL_ 2 S 0 "z" ;\nCM_ BO_ 1 "kept";\n')
    spoilt = repaired.messages[1].signals[0].statement
    repaired.outline.sheet.texts[spoilt.end - 2] = "?"
    database = parsed_by_cantools(repaired)
    assert [(one.name, one.comment) for one in database.messages] == [("M", "kept")]
    lost = [(one.line, one.kind) for one in repaired.remarks if one.severity is Severity.LOST]
    assert lost == [(3, "message-lost"), (4, "signal-lost")]


def test_whatever_is_not_in_the_model_is_said_to_be_lost() -> None:
    text = f"{MESSAGE}{SIGNAL.replace('S : 0', 'T : 8')}BO_ 2 N: 8 A\n"
    pairs, lost = beside_their_lines(repair(text), reference(MESSAGE))
    assert [(one.line, one.kind) for one in lost] == [(3, "signal-lost"), (4, "message-lost")]
    assert [pair.message.name for pair in pairs] == ["M"]
    assert beside_their_lines(repair(text), reference(text))[1] == []


@pytest.mark.parametrize(
    "statement",
    ['CM_ BO_ 1 "c"', 'VAL_ 1 S 0 "zero"', 'BA_DEF_ BO_ "X" INT 0 9', "SIG_VALTYPE_ 1 S : 0"],
)
def test_missing_semicolons_are_added(statement: str) -> None:
    built = build(f'{MESSAGE}{statement}\nCM_ SG_ 1 S "next";\n')
    assert kinds(built) == [(3, "missing-semicolon")]
    assert signal(built).comment == "next"


def test_stray_semicolons_and_statements_of_other_tools_are_left_out() -> None:
    built = build(f'BO_ 1 M: 8 A;\n{SIGNAL};\nCAT_DEF_ 1 "x" 2;\nCM_ BO_ 1 "c";;\nwhat is this\n')
    assert built.database.messages[0].comment == "c"
    assert sorted(kind for _, kind in kinds(built)) == [
        *["not-understood"] * 2,
        *["stray-semicolon"] * 3,
    ]


def test_signs_and_colons_of_other_writers() -> None:
    text = (
        'BO_ 1 M: 8 A\n SG_ X M : 0|8@1+ (1,0) [0|0] "" A\n'
        ' SG_ S m0 : 8|32@1+ (1,0) [0|0] "" A\n'
        "SIG_VALTYPE_ 1 S 1;\nSG_MUL_VAL_ 1 S X 1 - 2;\n"
        "SIG_GROUP_ 1 G 1 : X,S;\nBO_TX_BU_ 1 : A B;\n"
    )
    built = build(text)
    assert signal(built).is_float
    assert signal(built).multiplexer_ids == [0, 1, 2]
    assert built.database.messages[0].senders == ["A", "B"]
    assert [kind for _, kind in kinds(built)] == ["missing-colon", *["list-separators"] * 3]


@pytest.mark.parametrize("newline", ["\r\n", "\r", "\n"])
def test_any_line_end_tab_and_missing_final_newline_will_do(newline: str) -> None:
    from can_bridge.dbc.encodings import decode_text

    text = f'{HEAD}{MESSAGE}// a comment\nCM_ SG_\t1 S "c";\n\n// the end'.replace("\n", newline)
    decoded, _ = decode_text(text.encode())
    built = build(decoded)
    assert built.remarks == ()
    assert signal(built).comment == "c"


def test_characters_that_do_not_belong_are_blanks() -> None:
    built = build(f"\ufeff{MESSAGE}\x00\x1a")
    assert kinds(built) == [(1, "stray-character")]
    assert signal(built).unit == "V"


def test_nothing_readable_is_said_plainly() -> None:
    with pytest.raises(NothingReadable, match="BO_ 256 Name: 8 Node"):
        build("no dbc at all")
    with pytest.raises(NothingReadable, match="line 2: message M 1 is lost"):
        build("BU_: A\nBO_ M 1: 8 A\n")


@pytest.mark.parametrize(
    "text",
    [
        "BO_ 1 M: 1000000000 A\n",
        f'{MESSAGE} SG_ T : 0|100000000@1+ (1,0) [0|0] "" A\n',
        f'{MESSAGE} SG_ T : 1000000000|8@1+ (1,0) [0|0] "" A\n',
        f'{MESSAGE} SG_ T : 0|0@1+ (1,0) [0|0] "" A\n',
    ],
)
def test_absurd_sizes_are_lost_before_they_take_the_memory(text: str) -> None:
    built = build(f"BO_ 5 N: 8 A\n{text}")
    assert [one.kind for one in built.remarks][:1] in (["message-lost"], ["signal-lost"])
    assert "at most" in built.remarks[0].en
    assert built.database.messages[0].name == "N"
