import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.requirements.chinese_pieces import pieces
from inventory.requirements.comparing import Verdict
from inventory.requirements.parameters import (
    Outcome,
    PieceState,
    Settled,
    clauses_of,
    folded,
    read_pieces,
)
from inventory.requirements.quantity_words import UNIT_SPELLINGS, canonical_name, spelled_unit
from inventory.requirements.thresholds import Clause, judge, parse_attested, parse_clauses


def verdicts(cell: str, attested: str, item: str = "") -> list[Verdict]:
    results = judge(parse_clauses(clauses_of(cell, item)), parse_attested(attested))
    return [result.verdict for result in results]


def test_two_hundred_texts_of_lists_read_as_the_table_says(root: Path) -> None:
    with (root / "tests/data/lists/chinese_parameters.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) > 150
    found = [
        (row["text"], row["item"], piece.state.value, piece.clause)
        for row in rows
        for piece in read_pieces(row["text"], row["item"])
    ]
    assert found == [tuple(row.values()) for row in rows]


@pytest.mark.parametrize(
    ("cell", "texts"),
    [
        ("1)电压≥1000V；2)电流≥10A，精度±1%。", ["电压>=1000V", "电流>=10A", "精度±1%"]),
        ("1、电压≥1000V 2、电流≥10A", ["电压>=1000V", "电流>=10A"]),
        ("①量程0～1000V②精度0.5级", ["量程0-1000V", "精度0.5级"]),
        ("（1）量程0-10A\n（2）精度1级", ["量程0-10A", "精度1级"]),
        ("1. 长度≥1.5m 2. 直径≥3.2mm", ["长度>=1.5m", "直径>=3.2mm"]),
        ("一、电压≥1kV；二、带护套", ["电压>=1kV", "带护套"]),
        ("支持CAN、LIN、J1939，电压≥12V", ["支持CAN、LIN、J1939", "电压>=12V"]),
        ("电压≥12V、电流≥3A", ["电压>=12V", "电流>=3A"]),
        ("额定电压≥1,000V，电流≥10A", ["额定电压>=1000V", "电流>=10A"]),
        ("★▲精度±1%", ["精度±1%"]),
        ("电压（10℃，干燥）≥1000V", ["电压(10°C,干燥)>=1000V"]),
        ("-40~50℃", ["-40-50°C"]),
        ("；；。\n ", []),
    ],
)
def test_a_cell_falls_into_pieces(cell: str, texts: list[str]) -> None:
    assert list(pieces(cell)) == texts


def test_a_chinese_requirement_is_met_by_a_chinese_or_an_english_statement() -> None:
    cell = "额定电压不低于1000V；量程0~10MPa；分辨率≤0.1℃"
    for stated in (
        "额定电压 = 1.5 kV; 量程 = 0-16 MPa; 分辨率 = 0.05 ℃",
        "rated_voltage = 1000 V; range = 0-10 MPa; resolution = 0.1 ℃",
    ):
        assert verdicts(cell, stated) == [Verdict.MET] * 3
    poor = "额定电压 = 999 V; 量程 = 0-9 MPa; 分辨率 = 0.2 ℃"
    assert verdicts(cell, poor) == [Verdict.NOT_MET] * 3


def test_a_guess_passes_nobody_before_a_person_accepts_it() -> None:
    (piece,) = read_pieces("0~10MPa", "压力表")
    assert (piece.state, piece.clause) == (PieceState.PROPOSED, "range >= 0-10 MPa")
    assert verdicts("0~10MPa", "range = 0-16 MPa", "压力表") == [Verdict.UNREADABLE]
    accepted = {(folded("压力表"), piece.key): Settled(Outcome.CLAUSE, piece.clause)}
    text = clauses_of("０～１０ＭＰａ", "压力表", accepted)
    (result,) = judge(parse_clauses(text), parse_attested("range = 0-16 MPa"))
    assert result.verdict is Verdict.MET
    assert clauses_of("0~10MPa", "真空表", accepted) == "0~10MPa"


@pytest.mark.parametrize(
    ("settled", "text"),
    [
        (Settled(Outcome.CLAUSE, "material = 进口"), "voltage >= 1 kV; material = 进口"),
        (Settled(Outcome.WORDS_ONLY), "voltage >= 1 kV; 采用进口材料"),
        (Settled(Outcome.NOT_APPLICABLE), "voltage >= 1 kV"),
    ],
)
def test_what_people_settle_is_what_counts(settled: Settled, text: str) -> None:
    decisions = {("", "采用进口材料"): settled}
    assert clauses_of("电压≥1kV，采用进口材料", decisions=decisions) == text


def test_when_nothing_is_left_nothing_is_asked() -> None:
    assert clauses_of("进口", decisions={("", "进口"): Settled(Outcome.NOT_APPLICABLE)}) == "-"


def test_an_open_bracket_swallows_no_other_clause() -> None:
    assert verdicts("材料(进口；电压≥1kV", "voltage = 2 kV")[0] is not Verdict.MET
    assert verdicts("材料（进口\n电压≥1kV", "voltage = 2 kV") == [Verdict.MET, Verdict.UNREADABLE]


def test_the_draft_reads_as_before(root: Path) -> None:
    with (root / "inventory/data/requirements_draft.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        cell = row["technical_parameters"]
        assert parse_clauses(clauses_of(cell, row["item_zh"])) == parse_clauses(cell)


def test_every_other_spelling_of_a_unit_is_of_a_known_unit() -> None:
    assert [one for one in UNIT_SPELLINGS if spelled_unit(one) is None] == []


def test_a_name_with_an_unknown_part_is_left_as_it_is() -> None:
    assert canonical_name("最大输出电流") == "max_output_current"
    assert canonical_name("台面尺寸") is None
    assert canonical_name("测量值") is None


@given(st.text(max_size=60), st.text(max_size=8))
def test_no_text_breaks_the_reading_and_what_counts_is_a_clause(cell: str, item: str) -> None:
    for piece in read_pieces(cell, item):
        read = parse_clauses(piece.clause)
        if piece.state is PieceState.UNREAD:
            assert read == ()
        else:
            assert [type(one) for one in read] == [Clause]


_PARTS = [
    "压",
    "A",
    "；",
    "2)",
    "、",
    "，",
    "。",
    "~",
    "± 0.5%",
    "级以上",
    "CAT",
    "不低于",
    "(",
    "\n",
    "①",
]


@given(st.lists(st.sampled_from(_PARTS), max_size=24))
def test_nothing_but_numbering_and_marks_is_lost_in_the_splitting(parts: list[str]) -> None:
    whole, kept = "".join(parts), "".join(pieces("".join(parts)))
    for letter in ("压", "A", "级", "于"):
        assert kept.count(letter) == whole.count(letter)


@given(
    bound=st.integers(1, 10**4),
    word=st.sampled_from(["≥", "不低于", "不少于", "大于等于", "至少", "：≥"]),
    unit=st.sampled_from(["V", "kV", "KV", "伏"]),
    less=st.booleans(),
)
def test_a_least_voltage_is_judged_the_same_in_every_wording(
    bound: int, word: str, unit: str, less: bool
) -> None:
    volts = bound * (1000 if unit in {"kV", "KV"} else 1)
    stated = f"额定电压 = {volts - 1 if less else volts} V"
    outcome = Verdict.NOT_MET if less else Verdict.MET
    assert verdicts(f"额定电压{word}{bound}{unit}", stated) == [outcome]
