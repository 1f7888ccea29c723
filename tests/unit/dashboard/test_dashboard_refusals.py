"""What the server refuses is said in the reader's language; the scripts' tables are held to it."""

import re
from pathlib import Path

import pytest

from dashboard.wording import TEXTS

SCRIPT = Path("dashboard/components/work.js").read_text("utf-8")
SIGNS = re.findall(r'\["(\w+)", /(.+)/\],', SCRIPT)
KINDS = re.findall(r'"([\w-]+)"', re.findall(r"const REFUSED = \[(.+)\];", SCRIPT)[0])


def test_every_refusal_that_is_told_has_its_words_and_no_words_are_left_over() -> None:
    said = {f"trouble.refused_{one}" for one in (*KINDS, "422")}
    said |= {f"trouble.expected_{name}" for name, _ in SIGNS}
    assert said == {key for key in TEXTS if re.match(r"trouble\.(refused|expected)_", key)}


@pytest.mark.parametrize(
    ("expected", "told"),
    [
        ("at most 12 MB", "不超过 12 MB"),
        ("at most 9.5, which is all there is", "不超过 9.5"),
        ("1 to 2000 characters", "1 至 2000 个字符"),
        ("a day not before 2026-12-01", "不早于 2026-12-01 的日期"),
        ("words: nobody can follow a step return without", "说明文字，不能空着"),
        ("each certificate once", "每项只出现一次"),
        ("stations of BJ01: BJ01-E, BJ01-T", "BJ01 已登记的内容"),
        (
            "a document, or a note that says where the evidence lies",
            "证明文件，或写明证明材料存放处",
        ),
        ("the user name of somebody of GX02", "GX02 的用户名"),
    ],
)
def test_what_a_field_should_be_is_told_in_chinese(expected: str, told: str) -> None:
    found = [(name, match) for name, sign in SIGNS if (match := re.search(sign, expected))]
    name, match = found[0]
    words = TEXTS[f"trouble.expected_{name}"][0]
    for mark, value in zip("ab", match.groups(), strict=False):
        words = words.replace(f"{{{mark}}}", value)
    assert words == told
