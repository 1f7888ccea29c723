from pathlib import Path

import pytest

from can_bridge.dbc.loading import Repair, load_dbc, repair_text
from can_bridge.errors import UnreadableDbc

MESSAGE = 'BO_ 1 M: 8 A\n SG_ S : 0|8@1+ (1,0) [0|0] "" A\n'


def test_missing_sections_are_added_before_the_first_message() -> None:
    text, repairs = repair_text(f'VERSION ""\n\n{MESSAGE}')
    assert text.index("BS_:") < text.index("BU_:") < text.index("BO_ 1")
    assert [repair.line for repair in repairs] == [3, 3]


def test_a_complete_file_is_left_as_it_is() -> None:
    whole = f'BS_:\nBU_: A\n{MESSAGE}CM_ BO_ 1 "text";\nVAL_ 1 S 0 "a;b" ;\n'
    assert repair_text(whole) == (whole, [])


def test_a_comment_without_object_kind_becomes_a_message_comment() -> None:
    text, repairs = repair_text(f'BS_:\nBU_:\n{MESSAGE}CM_ 1 "text";\nCM_ SG_ 1 "other";\n')
    assert 'CM_ BO_ 1 "text";\nCM_ BO_ 1 "other";' in text
    assert [repair.line for repair in repairs] == [5, 6]


def test_value_tables_of_unknown_signals_are_left_out_and_reported() -> None:
    text, repairs = repair_text(f'BS_:\nBU_:\n{MESSAGE}VAL_ 1 S 0 "a" ;\nVAL_ 9 T 0 "x;y" ;\n')
    assert 'VAL_ 1 S 0 "a" ;' in text
    assert "VAL_ 9" not in text
    assert repairs == [Repair(6, "VAL_ of 9 T, which is not defined: left out")]


def test_text_inside_comments_is_never_repaired() -> None:
    whole = f'BS_:\nBU_:\n{MESSAGE}CM_ BO_ 1 "first\nCM_ 7 \\"quoted\\"\nVAL_ 9 T 0 ;\nend";\n'
    assert repair_text(whole) == (whole, [])


@pytest.mark.parametrize(
    "text",
    [
        "BO_ 1 M: 1000000000 A\n",
        'BO_ 1 M: 8 A\n SG_ S : 0|100000000@1+ (1,0) [0|0] "" A\n',
        'BO_ 1 M: 8 A\n SG_ S : 1000000000|8@1+ (1,0) [0|0] "" A\n',
    ],
)
def test_absurd_sizes_are_refused_before_they_take_the_memory(tmp_path: Path, text: str) -> None:
    file = tmp_path / "hostile.dbc"
    file.write_text(f"BU_: A\n{text}", encoding="utf-8")
    with pytest.raises(UnreadableDbc, match=r"line \d: .* at most"):
        load_dbc(file)


def test_what_cannot_be_repaired_names_the_line(tmp_path: Path) -> None:
    file = tmp_path / "broken.dbc"
    file.write_text("BU_: A\nBO_ M 1: 8 A\n", encoding="utf-8")
    with pytest.raises(UnreadableDbc, match="line 2"):
        load_dbc(file)


def test_a_missing_file_is_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(UnreadableDbc, match="No such file"):
        load_dbc(tmp_path / "absent.dbc")
