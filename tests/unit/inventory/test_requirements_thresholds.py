import csv
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.requirements.comparing import Verdict
from inventory.requirements.thresholds import (
    Clause,
    UnreadableClause,
    attesting_text,
    judge,
    parse_attested,
    parse_clauses,
)
from inventory.requirements.units import symbols, unit

MET, NOT_MET = Verdict.MET, Verdict.NOT_MET
UNKNOWN, UNREADABLE = Verdict.UNKNOWN, Verdict.UNREADABLE


def verdicts(required: str, attested: str) -> list[Verdict]:
    results = judge(parse_clauses(required), parse_attested(attested))
    return [result.verdict for result in results]


@pytest.mark.parametrize(
    ("required", "attested", "verdict"),
    [
        ("energy >= 20 kWh", "energy = 25 kWh", MET),
        ("energy >= 20 kWh", "energy = 20000 Wh", MET),
        ("energy >= 20 kWh", "energy = 19.9 kWh", NOT_MET),
        ("energy >= 20 kWh", "energy = 25", UNKNOWN),
        ("energy >= 20 kWh", "energy = 25 kV", UNKNOWN),
        ("energy >= 20 kWh", "energy = large", UNKNOWN),
        ("energy >= 20 kWh", "can = true", UNKNOWN),
        ("energy >= 20 kWh", "", UNKNOWN),
        ("energy >= 20 kWh", "energy = 25 kWh; energy = 10 kWh", UNKNOWN),
        ("error <= 4 %", "error = 4 %", MET),
        ("error <= 4 %", "error = 0.04", UNKNOWN),
        ("resolution <= 1 mΩ", "resolution = 0.001 Ω", MET),
        ("range_max >= 2 GΩ", "range_max = 2000 MΩ", MET),
        ("torque >= 50 N·m", "torque = 60 N·m", MET),
        ("torque >= 50 N·m", "torque = 60 Nm", MET),
        ("range_min <= -40 ℃", "range_min = -50 °C", MET),
        ("range_min <= -40 ℃", "range_min = -30 ℃", NOT_MET),
        ("hv_voltage > 60 V DC", "hv_voltage = 350 V DC", MET),
        ("hv_voltage > 60 V DC", "hv_voltage = 60 V DC", NOT_MET),
        ("hv_voltage > 60 V DC", "hv_voltage = 350 V AC", UNKNOWN),
        ("hv_voltage > 60 V DC", "hv_voltage = 350 V", UNKNOWN),
        ("trip at insulation < 100 Ω/V", "trip at insulation = 90 Ω/V", MET),
        ("division = 0.01 mm", "division = 10 μm", MET),
        ("pressure = 0.6-0.8 MPa", "pressure = 0.7 MPa", MET),
        ("pressure = 0.6-0.8 MPa", "pressure = 7 bar", MET),
        ("pressure = 0.6-0.8 MPa", "pressure = 0.9 MPa", NOT_MET),
        ("pressure = 0.6-0.8 MPa", "pressure = 0-1 MPa", MET),
        ("range >= 0-0.25 MPa", "range = 0-4 bar", MET),
        ("range >= 0-0.25 MPa", "range = 0.1-0.4 MPa", NOT_MET),
        ("range >= 0-0.25 MPa", "range = 0.25 MPa", UNKNOWN),
        ("low = -0.1-1.5 MPa", "low = -0.1-1.5 MPa", MET),
        ("CAN rate = 250 kbit/s-1 Mbit/s", "CAN rate = 125-1000 kbit/s", MET),
        ("protocols includes {CAN,CAN FD}", "protocols = CAN,LIN,CAN FD", MET),
        ("protocols includes {CAN,CAN FD}", "protocols = {CAN,LIN}", NOT_MET),
        ("test_voltage includes {250,500,1000} V", "test_voltage = {50,250,500,1000} V", MET),
        ("test_voltage includes {250,500,1000} V", "test_voltage = 500 V", NOT_MET),
        ("type in {AT,CVT,DCT}", "type = cvt", MET),
        ("type in {AT,CVT,DCT}", "type = MT", NOT_MET),
        ("can = true", "can = 是", MET),
        ("can = true", "can = false", NOT_MET),
        ("can = true", "can = CAN FD", UNKNOWN),
        ("motor = PMSM", "motor = pmsm", MET),
        ("motor = PMSM", "motor = ASM", NOT_MET),
        ("contents = motor+inverter+reducer", "contents = reducer+motor+inverter+VCU", MET),
        ("contents = motor+inverter+reducer", "contents = motor+inverter", NOT_MET),
        ("cat = CAT III 1000 V", "cat = CAT III 1000 V", MET),
        ("cat = CAT III 1000 V", "cat = CAT IV 1000V", MET),
        ("cat = CAT III 1000 V", "cat = CAT III 1000 V / CAT IV 600 V", MET),
        ("cat = CAT III 1000 V", "cat = CAT IV 600 V", NOT_MET),
        ("cat = CAT III 1000 V", "cat = CAT II 1000 V", NOT_MET),
        ("cat = CAT III 1000 V", "cat = CAT III", UNKNOWN),
        ("cat >= CAT II 600 V", "cat = CAT III 600 V", MET),
        ("pixels >= 160x120", "pixels = 320 x 240", MET),
        ("size >= 6 x 8 m", "size = 8 x 6 m", MET),
        ("size >= 6 x 8 m", "size = 5 x 9 m", NOT_MET),
        ("resolution >= 1080p", "resolution = 1440p", MET),
        ("class >= 0", "class = 0", MET),
        ("(800 V: bandwidth >= 100 MHz)", "800 V = false", MET),
        ("(800 V: bandwidth >= 100 MHz)", "bandwidth = 200 MHz", MET),
        ("(800 V: bandwidth >= 100 MHz)", "bandwidth = 50 MHz; 800 V = no", MET),
        ("(800 V: bandwidth >= 100 MHz)", "bandwidth = 50 MHz", NOT_MET),
        ("(800 V: bandwidth >= 100 MHz)", "", UNKNOWN),
        ("supply <= 36 V or battery", "supply = 12 V", UNREADABLE),
        ("supply <= 36 V or battery", "supply <= 36 V or battery", MET),
        ("supply <= 36 V or battery", "SUPPLY ≤ 36V or battery", MET),
        ("grade >= DOT 4", "grade = DOT 5", UNREADABLE),
    ],
)
def test_a_clause_is_judged(required: str, attested: str, verdict: Verdict) -> None:
    assert verdicts(required, attested) == [verdict]


def test_nothing_asked_is_no_clause() -> None:
    assert parse_clauses("-") == parse_clauses("") == parse_clauses(" ; ") == ()


def test_full_width_punctuation_reads_like_plain() -> None:
    assert verdicts("energy ≥ 20 kWh；can ＝ true", "energy＝25kWh； can=有") == [MET, MET]


def test_a_result_shows_both_sides() -> None:
    (result,) = judge(parse_clauses("energy >= 20 kWh"), parse_attested("energy = 12 kWh"))
    assert (result.required, result.found) == ("energy >= 20 kWh", "12 kWh")


def test_every_unit_symbol_converts() -> None:
    assert all(unit(symbol) is not None for symbol in symbols())


def test_every_clause_of_the_draft_is_read_or_said_to_be_unreadable(root: Path) -> None:
    with (root / "inventory/data/requirements_draft.csv").open(encoding="utf-8-sig") as file:
        columns = [row["technical_parameters"] for row in csv.DictReader(file)]
    kinds = Counter(type(clause) for column in columns for clause in parse_clauses(column))
    # 286 rows; the unreadable ones are prose such as "has service manual" or "35 or 70 MPa"
    assert len(columns) == 286
    assert kinds == {Clause: 322, UnreadableClause: 44}


def test_the_exact_value_meets_every_inclusive_bound_of_the_draft(root: Path) -> None:
    with (root / "inventory/data/requirements_draft.csv").open(encoding="utf-8-sig") as file:
        columns = [row["technical_parameters"] for row in csv.DictReader(file)]
    for clause in (clause for column in columns for clause in parse_clauses(column)):
        is_strict = isinstance(clause, Clause) and clause.comparator in {">", "<"}
        (result,) = judge((clause,), parse_attested(attesting_text(clause)))
        assert result.verdict is (NOT_MET if is_strict else MET), clause


@given(st.text(max_size=80), st.text(max_size=80))
def test_no_text_breaks_the_reading(required: str, attested: str) -> None:
    assert len(verdicts(required, attested)) == len(parse_clauses(required))


@given(
    bound=st.decimals(1, 1000, places=2), more=st.decimals(0, 1000, places=2), kilo=st.booleans()
)
def test_more_than_the_least_passes_in_either_unit(bound: object, more: object, kilo: bool) -> None:
    from decimal import Decimal

    assert isinstance(bound, Decimal)
    assert isinstance(more, Decimal)
    has = bound + more
    stated = f"u = {has / 1000:f} kV" if kilo else f"u = {has:f} V"
    assert verdicts(f"u >= {bound:f} V", stated) == [MET]
