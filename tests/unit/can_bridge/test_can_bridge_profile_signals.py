import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from can_bridge.conditions import compile_condition
from can_bridge.profile_checking.findings import Severity
from can_bridge.profile_checking.ranges import Range, constant_comparisons
from can_bridge.profile_checking.signals import SignalFact, signal_remarks
from can_bridge.profile_tables import (
    AlarmFlagsEntry,
    DiagnosticsEntry,
    FaultEntry,
    Profile,
    SignalEntry,
    UsageEntry,
)
from can_bridge.wire_names import wire_names

VOLTAGE = SignalFact("Pack.Voltage", "V", Range(0, 500), Range(0, 6553.5))
CURRENT = SignalFact("Pack.Current", "A", None, Range(-1000, 1000))
BIT = SignalFact("Pack.Closed", "", None, Range(0, 1))
BUSES = [("hv", [VOLTAGE, CURRENT, BIT])]


def remarks(profile: Profile, buses: object = None) -> list[tuple[Severity, str, str]]:
    facts = BUSES if buses is None else buses
    found = signal_remarks(profile, facts, is_complete=True)  # type: ignore[arg-type]
    return [(one.severity, ".".join(map(str, one.keys)), one.text.en) for one in found]


def profile(**tables: object) -> Profile:
    signals = {"u": SignalEntry(source="Pack.Voltage"), "i": SignalEntry(source="Pack.Current")}
    return Profile(name="x", **{"signals": signals, **tables})  # type: ignore[arg-type]


def fault(condition: str, freeze: tuple[str, ...] = ()) -> FaultEntry:
    return FaultEntry(
        condition=condition,
        dtc="P0AA6",
        severity=1,
        text_zh="甲",
        text_en="a",
        freeze=list(freeze),
    )


def test_signals_that_exist_are_fine_by_either_name() -> None:
    usage = UsageEntry(in_use="u > 3 or Pack.Closed")
    assert remarks(profile(usage=usage, faults=[fault("abs(i) > 900", ("Pack.Closed",))])) == []


@pytest.mark.parametrize(
    ("tables", "place"),
    [
        ({"usage": UsageEntry(in_use="uu > 3")}, "usage.in_use"),
        ({"faults": [fault("Pack.Voltage > 3")]}, "faults.0.condition"),
        ({"faults": [fault("u > 3", ("u", "v"))]}, "faults.0.freeze.1"),
        ({"signals": {"a": SignalEntry(source="Pack.Volt")}}, "signals.a.source"),
        ({"signals": {"Pack.Volt": SignalEntry()}}, "signals.Pack.Volt"),
        ({"alarm_flags": [AlarmFlagsEntry(signal="flags")]}, "alarm_flags.0.signal"),
        ({"diagnostics": DiagnosticsEntry(vin_signals=["vin"])}, "diagnostics.vin_signals.0"),
    ],
)
def test_a_signal_that_no_dbc_has_is_an_error(tables: dict[str, object], place: str) -> None:
    found = remarks(profile(**tables))
    assert [(severity, keys) for severity, keys, _ in found] == [(Severity.ERROR, place)]


def test_the_dbc_name_of_a_renamed_signal_is_answered_with_its_name_here() -> None:
    renamed = profile(faults=[fault("Voltage > 3")])
    (found,) = signal_remarks(renamed, BUSES, is_complete=True)
    assert found.hint is not None
    assert found.hint.en == "called here: u"


def test_without_all_dbcs_no_signal_is_called_unknown() -> None:
    assert list(signal_remarks(profile(faults=[fault("z")]), BUSES, is_complete=False)) == []


@pytest.mark.parametrize(
    ("condition", "column", "answer"),
    [
        ("u > 500", 1, "never"),
        ("i > 0 and u > 501", 11, "never"),
        ("u >= 0", 1, "always"),
        ("abs(i) < 1001", 1, "always"),
        ("u + i < -1000.5", 1, "never"),
        ("not 0 <= u <= 500", 5, "always"),
        ("Pack.Closed == 2", 1, "never"),
    ],
)
def test_a_threshold_that_cannot_be_crossed_is_a_warning(
    condition: str, column: int, answer: str
) -> None:
    (found,) = signal_remarks(profile(faults=[fault(condition)]), BUSES, is_complete=True)
    assert found.severity is Severity.WARNING
    assert found.column == column
    assert answer in found.text.en


def test_a_list_of_absent_values_takes_the_range_of_the_dbc_out_of_effect() -> None:
    signals = {"u": SignalEntry(source="Pack.Voltage", not_available=[])}
    assert remarks(profile(signals=signals, faults=[fault("u > 600")])) == []


def test_limits_that_leave_no_value_are_an_error() -> None:
    signals = {"u": SignalEntry(source="Pack.Voltage", minimum=600)}
    assert [one[0] for one in remarks(profile(signals=signals))] == [Severity.ERROR]


@pytest.mark.parametrize(("unit", "is_told"), [("V", False), ("mV", True), ("", False)])
def test_another_unit_than_the_dbc_has_is_noted_as_not_converted(unit: str, is_told: bool) -> None:
    signals = {"u": SignalEntry(source="Pack.Voltage", unit=unit)}
    found = remarks(profile(signals=signals))
    assert [one[0] for one in found] == ([Severity.NOTE] if is_told else [])


def test_a_source_on_two_buses_is_a_warning_that_names_the_bus() -> None:
    buses = [("hv", [VOLTAGE]), ("lv", [VOLTAGE])]
    signals = {"u": SignalEntry(source="Pack.Voltage")}
    (found,) = signal_remarks(profile(signals=signals), buses, is_complete=True)
    assert found.severity is Severity.WARNING
    assert found.hint is not None
    assert "hv/Pack.Voltage" in found.hint.en
    exact = {"u": SignalEntry(source="lv/Pack.Voltage")}
    assert list(signal_remarks(profile(signals=exact), buses, is_complete=True)) == []


def test_more_values_than_a_bridge_should_publish_are_noted() -> None:
    many = [SignalFact(f"M.S{number}", "", None, None) for number in range(200)]
    busy = Profile(name="x", publish_period_ms=10)
    assert [one[1] for one in remarks(busy, [("hv", many)])] == ["publish_period_ms"]
    assert remarks(Profile(name="x", publish_period_ms=100), [("hv", many)]) == []


NAMES = st.sampled_from(["a", "b"])
TERMS = st.recursive(
    NAMES | st.integers(-9, 9).map(str),
    lambda inner: st.one_of(
        st.builds(
            lambda one, sign, other: f"({one} {sign} {other})",
            inner,
            st.sampled_from("+-*/"),
            inner,
        ),
        inner.map(lambda one: f"abs({one})"),
        inner.map(lambda one: f"(-{one})"),
    ),
    max_leaves=5,
)
SIGNS = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])
SPANS = st.tuples(st.integers(-9, 9), st.integers(0, 9), st.floats(0, 1)).map(
    lambda span: (Range(span[0], span[0] + span[1]), span[0] + span[1] * span[2])
)
"""A range and a value in it."""


@given(TERMS, SIGNS, TERMS, SPANS, SPANS)
def test_a_comparison_called_constant_has_that_answer_for_every_value(
    left: str, sign: str, right: str, a: tuple[Range, float], b: tuple[Range, float]
) -> None:
    text = f"{left} {sign} {right}"
    for found in constant_comparisons(text, {"a": a[0], "b": b[0]}):
        assert compile_condition(text).holds({"a": a[1], "b": b[1]}) in {found.answer, None}


def test_a_signal_without_known_range_makes_nothing_constant() -> None:
    assert constant_comparisons("a > 1 and 0 * a == 0 and a / 0 > 1", {}) == []
    assert constant_comparisons("a * b > 1", {"a": Range(0, math.inf)}) == []


def test_of_two_buses_with_one_signal_the_later_is_called_by_its_bus() -> None:
    keys = ["P.U", "P.I"]
    named = wire_names({"u": SignalEntry(source="P.U")}, [("a", keys), ("b", keys)])
    assert named.names == {"a": ("u", "P.I"), "b": ("P.U", "b/P.I")}
    assert named.absent == ()
    assert named.shared == {"P.U": ("a", "b")}


def test_names_stay_unique_and_short_whatever_the_dbcs_hold() -> None:
    long = f"M.{'x' * 200}"
    named = wire_names({}, [("a", ["M.S", "M.S", "M.S", long]), ("b", ["M.S", long])])
    names = [name for of_bus in named.names.values() for name in of_bus]
    assert len(set(names)) == len(names)
    assert max(map(len, names)) <= 128
