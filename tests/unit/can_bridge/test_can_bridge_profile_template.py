import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from can_bridge.conditions import compile_condition
from can_bridge.profile_checking.document import examine_text
from can_bridge.profile_checking.expectations import element_of
from can_bridge.profile_checking.findings import Severity
from can_bridge.profile_checking.ranges import Range
from can_bridge.profile_checking.signals import SignalFact, signal_remarks
from can_bridge.profile_tables import BusEntry, Profile
from can_bridge.profile_template.explanations import KEYS, TABLES
from can_bridge.profile_template.known_faults import KNOWN_FAULTS
from can_bridge.profile_template.naming import wire_name
from can_bridge.profile_template.proposals import BenchKind, propose
from can_bridge.profile_template.writing import NewBus, NewProfile, profile_text, toml_value

FOLDER = Path("profiles")


def fact(key: str, unit: str = "", low: float = -1e6, high: float = 1e6) -> SignalFact:
    return SignalFact(key, unit, None, Range(low, high))


BATTERY = [
    fact("BMS.AliveCounter"),
    fact("BMS.PackVoltage", "V"),
    fact("BMS.PackCurrent", "A"),
    fact("BMS.IsolationResistance", "kOhm"),
    fact("Cells.CellVoltage17", "V"),
    fact("Cells.CellVoltageMax", "V"),
    fact("Cells.TemperatureMax", "degC"),
    fact("Con.ContactorClosed", "", 0, 1),
]


def new(facts: list[SignalFact], kind: BenchKind = BenchKind.BATTERY, name: str = "x") -> str:
    entry = BusEntry(name="hv", interface="slcan", channel="COM3")
    return profile_text(NewProfile(name, kind, [NewBus(entry, Path("hv.dbc"), facts)], FOLDER))


def in_effect(text: str) -> str:
    """The proposed fault tests with their # taken away."""
    start = text.index("#[[faults]]")
    end = text.index("[diagnostics]")
    return text[:start] + re.sub(r"(?m)^#(?=\S)", "", text[start:end]) + text[end:]


def findings(text: str, facts: list[SignalFact]) -> list[tuple[Severity, str]]:
    examination = examine_text(FOLDER / "x.toml", text)
    assert examination.profile is not None
    further = signal_remarks(examination.profile, [("hv", facts)], is_complete=True)
    found = [*examination.findings, *examination.placed(further)]
    return [(one.severity, one.text.en) for one in found]


def records(kind: type[msgspec.Struct]) -> Iterator[type[msgspec.Struct]]:
    yield kind
    for field in msgspec.structs.fields(kind):
        record = element_of(field.type)[1]
        if record is not None:
            yield from records(record)


@pytest.mark.parametrize("record", list(dict.fromkeys(records(Profile))))
def test_every_key_of_every_table_is_explained_in_both_languages(
    record: type[msgspec.Struct],
) -> None:
    fields = {field.encode_name for field in msgspec.structs.fields(record)}
    assert set(KEYS[record]) == fields, "explain it in can_bridge/profile_template/explanations.py"
    for text in (TABLES[record], *KEYS[record].values()):
        assert re.search(r"[一-鿿]", text.zh)
        assert re.search(r"[a-z]", text.en)
        assert not re.search(r"[一-鿿]", text.en)


@pytest.mark.parametrize("kind", BenchKind)
def test_a_new_profile_passes_its_own_check(kind: BenchKind) -> None:
    assert findings(new(BATTERY, kind), BATTERY) == []


def test_the_proposed_fault_tests_hold_once_they_are_put_into_effect() -> None:
    text = in_effect(new(BATTERY))
    assert findings(text, BATTERY) == []
    assert [fault["dtc"] for fault in tomllib.loads(text)["faults"]] == ["P0AA6", "P0AFB", "P0A7E"]


def test_every_key_of_the_tables_stands_in_the_file() -> None:
    text = new(BATTERY)
    for record in dict.fromkeys(records(Profile)):
        for field in msgspec.structs.fields(record):
            if not element_of(field.type)[0]:
                key = field.encode_name
                assert re.search(rf"(?m)^#?{key} = |^#   {key}: ", text), key


def test_what_a_battery_bench_shows_first_is_its_pack_and_not_one_cell() -> None:
    proposal = propose(BenchKind.BATTERY, BATTERY)
    sources = [signal.source for signal in proposal.signals]
    assert {"BMS.PackVoltage", "BMS.PackCurrent", "Cells.CellVoltageMax"} <= set(sources)
    assert "BMS.AliveCounter" not in sources
    assert proposal.in_use == "abs(pack_current_a) > 2 or contactor_closed"


def test_a_dbc_that_tells_nothing_leaves_use_and_faults_to_the_person() -> None:
    facts = [fact("M.X1"), fact("M.Checksum")]
    text = new(facts)
    assert findings(text, facts) == []
    assert "\n#[usage]\n" in text
    assert tomllib.loads(text).keys() == {"name", "identity", "publish_period_ms", "buses"}


def test_a_threshold_outside_the_range_of_the_dbc_is_not_proposed() -> None:
    cold = [fact("M.BatteryTemp", "degC", -40, 50), fact("M.PackCurrent", "A", -1, 1)]
    proposal = propose(BenchKind.BATTERY, cold)
    assert proposal.faults == ()
    assert proposal.in_use == ""


def test_a_signal_that_two_buses_have_is_named_with_its_bus() -> None:
    buses = [
        NewBus(BusEntry(name=name, channel=f"{{bench}}.{name}"), Path("a.dbc"), BATTERY)
        for name in ("one", "two")
    ]
    text = profile_text(NewProfile("x", BenchKind.BATTERY, buses, FOLDER))
    tables = tomllib.loads(text)["signals"]
    assert {entry["source"].partition("/")[0] for entry in tables.values()} == {"one", "two"}


@pytest.mark.parametrize(
    ("key", "unit", "name"),
    [
        ("BMS.PackVoltage", "V", "pack_voltage_v"),
        ("VCU.Speed_signed", "rpm", "speed_signed_rpm"),
        ("M.4WD", "", "s_4_wd"),
        ("M.HVCurrent", "A", "hv_current_a"),
        ("M.temp_c", "°C", "temp_c"),
        ("M.Not", "", "not_"),
        ("M.电压", "V", "signal_v"),
    ],
)
def test_names_can_be_used_in_conditions(key: str, unit: str, name: str) -> None:
    assert wire_name(fact(key, unit)) == name
    assert compile_condition(f"{name} > 1").names == {name}


def test_known_faults_have_codes_of_their_own() -> None:
    for kind in BenchKind:
        codes = [known.dtc for known in KNOWN_FAULTS if kind.value in known.kinds]
        assert len(codes) == len(set(codes)) > 0


WORDS = st.text("aB1_电 \"'\\\n\x7f\t#=[].{}", max_size=12)
KEY = st.tuples(
    st.text("abM_1", min_size=1, max_size=4).filter(lambda text: not text[0].isdigit()),
    st.sampled_from(["PackVoltage", "Current", "Speed", "and", "Temp_1", "isol", "XMax", "Speed2"]),
).map(".".join)
FACTS = st.lists(
    st.builds(
        SignalFact,
        KEY,
        st.sampled_from(["V", "A", "°C", "rpm", "kΩ", '"', "", "km/h"]),
        st.none() | st.tuples(st.integers(-90, 0), st.integers(1, 900)).map(lambda p: Range(*p)),
        st.none() | st.just(Range(0, 1)) | st.just(Range(-500, 500)),
    ),
    max_size=8,
    unique_by=lambda entry: entry.key,
)


@given(FACTS, st.sampled_from(BenchKind), WORDS)
def test_whatever_a_dbc_holds_the_new_profile_is_free_of_errors(
    facts: list[SignalFact], kind: BenchKind, name: str
) -> None:
    text = new(facts, kind, name)
    assert tomllib.loads(text)["name"] == name
    severities = {severity for severity, _ in findings(text, facts)}
    assert severities <= {Severity.NOTE}


VALUES = st.recursive(
    st.booleans() | st.integers(-(2**63), 2**63 - 1) | WORDS | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)


@given(VALUES)
def test_a_written_value_is_read_as_the_same(value: object) -> None:
    assert tomllib.loads(f"v = {toml_value(value)}")["v"] == value
