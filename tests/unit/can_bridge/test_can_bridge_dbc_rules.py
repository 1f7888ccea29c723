"""Multiplexing, duplicates, attributes and layout: where cantools loads less than the file says."""

import pytest

from can_bridge.dbc.building import Built, build
from can_bridge.dbc.multiplexing import MAX_DEPTH, MAX_MULTIPLEXER_VALUES
from can_bridge.dbc.remarks import Severity


def line(name: str, mark: str, start: int, length: int = 8) -> str:
    return f' SG_ {name} {mark} : {start}|{length}@1+ (1,0) [0|0] "" A\n'


def message(*lines: str) -> str:
    return f"BO_ 1 M: 8 A\n{''.join(lines)}"


def when(built: Built) -> dict[str, tuple[str | None, list[int] | None]]:
    return {
        one.name: (
            one.multiplexer_signal,
            None if one.multiplexer_ids is None else sorted(one.multiplexer_ids),
        )
        for one in built.database.messages[0].signals
    }


def decoded(built: Built, data: bytes) -> dict[str, object]:
    return dict(built.database.messages[0].decode_simple(data, decode_choices=False))


def kinds(built: Built) -> list[str]:
    return [one.kind for one in built.remarks]


def test_extended_multiplexing_is_kept_as_published() -> None:
    text = message(line("R", "M", 0), line("N", "m1M", 8), line("X", "m2", 16), line("Y", "m2", 16))
    built = build(
        f"{text}SG_MUL_VAL_ 1 N R 1-1;\nSG_MUL_VAL_ 1 X N 2-3, 7-7;\nSG_MUL_VAL_ 1 Y R 2-2;\n"
    )
    assert built.remarks == ()
    assert when(built) == {
        "R": (None, None),
        "N": ("R", [1]),
        "X": ("N", [2, 3, 7]),
        "Y": ("R", [2]),
    }


def test_a_second_multiplexer_does_not_make_signals_always_present() -> None:
    built = build(message(line("R", "M", 0), line("N", "m1M", 8), line("X", "m2", 16)))
    assert kinds(built) == ["mux-parent-assumed", "mux-parent-assumed"]
    assert when(built) == {"R": (None, None), "N": ("R", [1]), "X": ("R", [2])}


def test_two_roots_leave_it_open_who_selects_and_it_is_said() -> None:
    built = build(message(line("R", "M", 0), line("Q", "M", 8), line("X", "m2", 16)))
    assert kinds(built) == ["mux-parent-unknown"]
    assert when(built)["X"] == (None, None)


def test_multiplexed_signals_without_multiplexer_are_said() -> None:
    built = build(message(line("X", "m2", 16)))
    assert kinds(built) == ["mux-without-multiplexer"]
    assert when(built) == {"X": (None, None)}


def test_a_mark_nobody_understands_does_not_lose_the_signal() -> None:
    built = build(message(line("R", "M", 0), line("X", "mux", 8), line("Y", "m1", 8)))
    assert kinds(built) == ["bad-mux-marker", "signals-overlap"]
    assert when(built) == {"R": (None, None), "X": (None, None), "Y": ("R", [1])}


def test_a_multiplexer_without_mark_still_selects() -> None:
    text = message(line("R", "M", 0), line("N", "m1", 8), line("X", "m2", 16))
    built = build(f"{text}SG_MUL_VAL_ 1 N R 1-1;\nSG_MUL_VAL_ 1 X N 2-2;\n")
    assert kinds(built) == ["multiplexer-not-marked"]
    assert when(built)["X"] == ("N", [2])
    assert decoded(built, b"\1\2\7" + bytes(5))["X"] == 7


def test_a_range_without_mark_still_selects() -> None:
    text = message(line("R", "M", 0), line("X", "", 8))
    built = build(f"{text}SG_MUL_VAL_ 1 X R 4-5;\n")
    assert kinds(built) == ["mux-mark-missing"]
    assert when(built)["X"] == ("R", [4, 5])


@pytest.mark.parametrize("ranges", ["SG_MUL_VAL_ 1 X X 0-0;", "SG_MUL_VAL_ 1 X Y 0-0;"])
def test_signals_that_select_each_other_in_a_ring_are_always_present(ranges: str) -> None:
    text = message(line("X", "m0M", 0), line("Y", "m0M", 8))
    built = build(f"{text}{ranges}\nSG_MUL_VAL_ 1 Y X 0-0;\n")
    assert "mux-cycle" in kinds(built)
    assert decoded(built, bytes(8)).keys() == {"X", "Y"}


def test_ranges_beyond_the_multiplexer_are_cut() -> None:
    text = message(line("R", "M", 0), line("X", "m1", 8))
    built = build(f"{text}SG_MUL_VAL_ 1 X R 1-4294967295;\n")
    assert kinds(built) == ["mux-range-cut"]
    assert when(built)["X"] == ("R", list(range(1, 256)))


def test_a_range_over_all_values_means_always() -> None:
    text = message(line("R", "M", 0, 32), line("X", "m0", 32))
    built = build(f"{text}SG_MUL_VAL_ 1 X R 0-4294967295;\n")
    assert kinds(built) == ["mux-range-is-all"]
    assert when(built)["X"] == (None, None)


def test_a_range_too_wide_to_keep_is_a_named_loss_and_the_rest_stays() -> None:
    text = message(line("R", "M", 0, 32), line("X", "m1", 32), line("Y", "m7", 32))
    built = build(f"{text}SG_MUL_VAL_ 1 X R 1-4294967295;\n")
    assert [one.severity for one in built.remarks] == [Severity.LOST]
    assert str(MAX_MULTIPLEXER_VALUES) in built.remarks[0].en
    assert when(built) == {"R": (None, None), "Y": ("R", [7])}


def test_what_a_lost_multiplexer_selects_is_lost_with_it_and_not_always_there() -> None:
    broken = line("R", "M", 0).replace("0|8", "0 8")
    built = build(message(broken, line("X", "m1", 8), line("Y", "", 16)))
    assert [one.severity for one in built.remarks] == [Severity.LOST] * 2
    assert when(built) == {"Y": (None, None)}


def test_what_a_multiplexer_of_too_many_values_selects_is_lost_with_it() -> None:
    text = message(
        line("R", "M", 0, 32), line("N", "m1M", 32), line("X", "m1", 40), line("Y", "", 48)
    )
    built = build(f"{text}SG_MUL_VAL_ 1 N R 1-99999;\nSG_MUL_VAL_ 1 X N 1-1;\n")
    assert [(one.line, one.kind) for one in built.remarks] == [
        (3, "signal-lost"),
        (4, "signal-lost"),
    ]
    assert when(built).keys() == {"R", "Y"}


@pytest.mark.parametrize("depth", [MAX_DEPTH, MAX_DEPTH + 2])
def test_multiplexers_may_stand_above_one_another_so_many_times(depth: int) -> None:
    lines = [line("S0", "M", 0)]
    lines += [line(f"S{level}", "m0M", 8 * level) for level in range(1, depth + 1)]
    ranges = [f"SG_MUL_VAL_ 1 S{level} S{level - 1} 0-0;\n" for level in range(1, depth + 1)]
    built = build(message(*lines).replace("M: 8", "M: 64") + "".join(ranges))
    assert [one.severity for one in built.remarks] == [Severity.LOST] * (depth - MAX_DEPTH)
    assert len(built.database.messages[0].signals) == MAX_DEPTH + 1


def test_messages_of_one_id_are_both_kept_with_their_value_tables() -> None:
    text = message(line("S", "", 0)) + message(line("S", "", 8)).replace(" M:", " N:")
    built = build(f'{text}VAL_ 1 S 0 "zero" ;\n')
    assert kinds(built) == ["duplicate-id"]
    assert [one.name for one in built.database.messages] == ["M", "N"]
    assert [one.signals[0].choices for one in built.database.messages] == [{0: "zero"}] * 2


def test_messages_of_one_name_are_both_kept() -> None:
    text = message(line("S", "", 0)) + message(line("S", "", 8)).replace("BO_ 1", "BO_ 2")
    built = build(text)
    assert kinds(built) == ["duplicate-message-name"]
    assert [one.frame_id for one in built.database.messages] == [1, 2]


def test_signals_of_one_name_get_names_of_their_own() -> None:
    text = message(
        line("R", "M", 0), line("S", "m0", 8), line("S", "m1", 8, 32), line("S_2", "", 56)
    )
    built = build(f'{text}VAL_ 1 S 0 "zero" ;\nCM_ SG_ 1 S "c";\nSIG_VALTYPE_ 1 R : 0;\n')
    found = {one.name: one for one in built.database.messages[0].signals}
    assert found.keys() == {"R", "S", "S_3", "S_2"}
    assert found["S"].choices == found["S_3"].choices == {0: "zero"}
    assert found["S_3"].comment == "c"
    assert decoded(built, b"\1\0\0\0\7\0\0\0")["S_3"] == 0x07000000
    assert "duplicate-signal-name" in kinds(built)


def test_signals_that_leave_their_message_or_overlap_are_kept_and_said() -> None:
    text = message(line("S", "", 0), line("T", "", 4), line("U", "", 60))
    built = build(text)
    assert kinds(built) == ["signals-overlap", "signal-leaves-message"]
    assert len(built.database.messages[0].signals) == 3


def test_signals_of_other_multiplexer_values_do_not_overlap() -> None:
    text = message(line("R", "M", 0), line("X", "m1", 8), line("Y", "m2", 8), line("Z", "m2", 12))
    assert kinds(build(text)) == ["signals-overlap"]


def test_big_endian_signals_are_measured_their_own_way() -> None:
    motorola = ' SG_ S : 7|16@0+ (1,0) [0|0] "" A\n SG_ T : 63|9@0+ (1,0) [0|0] "" A\n'
    assert kinds(build(message(motorola, line("U", "", 16)))) == ["signal-leaves-message"]
    assert kinds(build(message(' SG_ S : 7|16@0+ (1,0) [0|0] "" A\n', line("U", "", 15)))) == [
        "signals-overlap"
    ]


def test_a_float_of_odd_length_is_an_integer() -> None:
    text = message(line("S", "", 0), line("T", "", 8, 32))
    built = build(f"{text}SIG_VALTYPE_ 1 S : 1;\nSIG_VALTYPE_ 1 T : 1;\n")
    assert kinds(built) == ["float-of-odd-length"]
    assert [one.is_float for one in built.database.messages[0].signals] == [False, True]


FORMATS = ",".join(f'"{name}"' for name in ["StandardCAN", "ExtendedCAN", "reserved", "J1939PG"])
ATTRIBUTES = (
    'BA_DEF_ BO_ "GenMsgCycleTime" INT 0 9999;\n'
    'BA_DEF_ BO_ "GenMsgSendType" ENUM "Cyclic","Other";\n'
    f'BA_DEF_ BO_ "VFrameFormat" ENUM {FORMATS};\nBA_DEF_ SG_ "GenSigStartValue" FLOAT 0 9;\n'
    'BA_DEF_DEF_ "GenMsgCycleTime" 0;\nBA_DEF_DEF_ "GenMsgSendType" "Other";\n'
)


@pytest.mark.parametrize(
    "bad",
    [
        'BA_ "GenMsgCycleTime" BO_ 1 "often";',
        'BA_ "GenMsgSendType" BO_ 1 7;',
        'BA_ "GenMsgSendType" BO_ 1 "Sometimes";',
        'BA_ "VFrameFormat" BO_ 1 99;',
        'BA_ "GenSigStartValue" SG_ 1 S "";',
        'BA_ "Unknown" 5;',
        'BA_DEF_ "Odd" INT 5;',
        'BA_DEF_ "Odd" NUMBER 5;',
        'BA_DEF_ "Speed" INT 0 1;\nBA_DEF_DEF_ "Speed" "";',
        'BA_DEF_ SG_ "SPN" STRING;\nBA_ "SPN" SG_ 1 S "x";',
        'BA_DEF_REL_ BU_SG_REL_ "X" INT 0 1;\nBA_DEF_DEF_REL_ "X" "a";',
        'BA_REL_ "Y" BU_SG_REL_ A SG_ 1 S 5;',
    ],
)
def test_one_bad_attribute_does_not_cost_the_others(bad: str) -> None:
    text = f'{message(line("S", "", 0))}{ATTRIBUTES}BA_ "GenMsgCycleTime" BO_ 1 50;\n{bad}\n'
    built = build(text)
    assert kinds(built) == ["bad-attribute"]
    assert built.database.messages[0].send_type == "Other"
    if "CycleTime" not in bad:
        assert built.database.messages[0].cycle_time == 50


def test_a_choice_given_by_its_label_is_read() -> None:
    text = f'{message(line("S", "", 0))}{ATTRIBUTES}BA_ "GenMsgSendType" BO_ 1 "Cyclic";\n'
    built = build(text + 'BA_ "VFrameFormat" BO_ 1 "J1939PG";\n')
    assert kinds(built) == ["attribute-by-label", "attribute-by-label"]
    assert built.database.messages[0].send_type == "Cyclic"
    assert built.database.messages[0].protocol == "j1939"


def test_attributes_that_defeat_cantools_are_left_out_before_any_message_is() -> None:
    variable = 'EV_ E: 0.5 [0|1] "" 0 1 DUMMY_NODE_VECTOR0 Vector__XXX;\n'
    text = f'{message(line("S", "", 0))}{variable}VAL_ 1 S 0 "zero" ;\n'
    built = build(text)
    assert kinds(built) == ["attributes-left-out"]
    assert built.database.messages[0].signals[0].choices == {0: "zero"}


@pytest.mark.parametrize("damage", [";", "@", "\x00"])
def test_a_message_that_lost_its_place_at_the_start_of_a_line_keeps_its_signals(
    damage: str,
) -> None:
    built = build(f"BO_ 1 M: 8 A{damage}BO_ 2 N: 8 A\n{line('S', '', 0)}")
    assert [one.name for one in built.database.get_message_by_name("N").signals] == ["S"]
    assert built.database.messages[0].signals == []
