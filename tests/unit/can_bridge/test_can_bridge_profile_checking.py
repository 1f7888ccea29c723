from pathlib import Path

import pytest

from can_bridge.errors import BadProfile
from can_bridge.profile import checked
from can_bridge.profile_checking.adapters import adapter_remarks, listen_only_remarks
from can_bridge.profile_checking.document import Examination, examine_text
from can_bridge.profile_checking.findings import Severity
from can_bridge.profile_tables import BusEntry, DiagnosticsEntry, Profile

FILE = Path("bench.toml")
BUS = '[[buses]]\nname = "{}"\ninterface = "pcan"\nchannel = "c"\n'
FAULT = """\
[[faults]]
condition = "a > 1"
dtc = "P0AA6"
severity = 3
text_zh = "甲"
text_en = "a"
"""


def examined(text: str) -> Examination:
    return examine_text(FILE, text)


def told(text: str, severity: Severity = Severity.ERROR) -> list[tuple[int, str]]:
    findings = examined(text).findings
    return [(one.line, one.place) for one in findings if one.severity is severity]


def test_everything_wrong_is_said_at_once_and_by_line() -> None:
    text = (
        'nmae = "x"\n'
        "publish_period_ms = 5\n"
        "[[buses]]\n"
        'name = "hv"\n'
        'interface = "slcan"\n'
        'channel = "COM3"\n'
        "bit_rate = 500000\n"
        'bitrate = "fast"\n'
        "[usage]\n"
        'in_use = "a >> 1"\n'
        "[signals.a]\n"
        "minimum = 5\n"
        "maximum = 3\n"
    )
    assert told(text) == [
        (1, "nmae"),
        (1, "name"),
        (2, "publish_period_ms"),
        (7, "buses[0].bit_rate"),
        (8, "buses[0].bitrate"),
        (10, "usage.in_use"),
        (13, "signals.a.maximum"),
    ]


@pytest.mark.parametrize(
    ("key", "meant"),
    [("bit_rate = 1", "bitrate"), ("chanel = 'x'", "channel"), ("Interface = 'x'", "interface")],
)
def test_a_misspelt_key_is_answered_with_the_right_one(key: str, meant: str) -> None:
    finding = examined(f'name = "x"\n[[buses]]\nchannel = "c"\n{key}\n').first_error()
    assert finding is not None
    assert finding.hint is not None
    assert meant in finding.hint.en
    assert meant in finding.hint.zh


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("publish_period_ms = 5", "a whole number (10 … 60000), got 5"),
        ('stale_after_s = "1"', 'a number above 0 (at most 3600), got "1"'),
        ('identity = "real"', 'one of "hardware", "simulator", "replay", got "real"'),
        ("match = [1]", 'a list […], each text, as "…", got [1]'),
        ("buses = 3", "tables written as [[buses]], got 3"),
        ("signals = 3", "tables as [signals.NAME], got 3"),
        ("usage = true", "a table, got true"),
        ("alarm_flags = [{signal = 's', edition = 2020}]", "one of 2016, 2025, got 2020"),
    ],
)
def test_a_wrong_value_says_what_was_expected(line: str, expected: str) -> None:
    finding = examined(f'name = "x"\n{line}\n').first_error()
    assert finding is not None
    assert finding.text.en.endswith(expected)


def test_a_missing_key_is_named_at_its_table() -> None:
    finding = examined('name = "x"\n\n[[faults]]\ndtc = "P0AA6"\n').findings
    finding = tuple(one for one in finding if one.severity is Severity.ERROR)
    assert {one.place for one in finding} == {
        f"faults[0].{key}" for key in ("condition", "severity", "text_zh", "text_en")
    }
    assert {one.line for one in finding} == {3}


def test_a_condition_that_cannot_be_understood_points_at_the_column() -> None:
    finding = examined('name = "x"\n[usage]\nin_use = "电压 > 1 and a ** 2 > 3"\n').first_error()
    assert finding is not None
    assert finding.excerpt is not None
    assert finding.column is not None
    assert finding.excerpt[finding.column - 1 :].startswith("a ** 2")


def test_what_a_broken_line_held_is_not_called_missing_or_contradictory() -> None:
    text = 'name = "x\n[[buses]]\nname = "a"\nchannel = "c"\n[diagnostics]\nbus = "hv\nzzz = 1\n'
    assert told(text) == [(1, ""), (6, ""), (7, "diagnostics.zzz")]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('[[buses]]\nname = "a"\n[[buses]]\nname = "a"\n', "buses[1].name"),
        (BUS.format("a") + BUS.format("b"), "buses[1].channel"),
        ('[[buses]]\nchannel = "{Bench}"\n', "buses[0].channel"),
        ('[diagnostics]\nis_allowed = true\nbus = "hv"\n', "diagnostics.bus"),
        (FAULT.replace("P0AA6", "P0AAG6"), "faults[0].dtc"),
        (FAULT.replace("P0AA6", "P0AA6-13"), "faults[0].dtc"),
        (FAULT + FAULT, "faults[1].dtc"),
        ('[signals.a]\nsource = "M.S"\n[signals.b]\nsource = "M.S"\n', "signals.b.source"),
        ("[signals.a]\nplot_minimum = 1\nplot_maximum = 1\n", "signals.a.plot_maximum"),
    ],
)
def test_contradictions_are_errors(text: str, place: str) -> None:
    assert [found for _, found in told('name = "x"\n' + text)] == [place]


def test_loading_refuses_for_the_first_error_that_checking_tells() -> None:
    examination = examined('name = "x"\nstale_after_s = 0\n' + FAULT.replace("a > 1", "a >"))
    first = examination.first_error()
    assert first is not None
    with pytest.raises(BadProfile) as refused:
        checked(examination)
    assert (refused.value.line, refused.value.place) == (first.line, "stale_after_s")
    assert str(refused.value).startswith("bench.toml:2: stale_after_s: expected a number above 0")


def test_warnings_and_notes_do_not_keep_a_profile_from_loading() -> None:
    examination = examined('name = "x"\n')
    assert [one.severity for one in examination.findings] == [Severity.WARNING]
    assert checked(examination).profile.name == "x"


def test_a_file_that_is_no_text_or_absent_is_one_plain_error() -> None:
    assert examined("\0" * 10).first_error() is not None
    assert examined("").findings[-1].place == "name"


@pytest.mark.parametrize(
    ("interface", "bitrate", "severities"),
    [
        ("virtual", 123_456, []),
        ("socketcan", 500_000, []),
        ("socketcan", 512_000, [Severity.WARNING]),
        ("sockecan", 500_000, [Severity.WARNING]),
    ],
)
def test_interfaces_and_bit_rates_that_hardly_can_be_meant_are_warnings(
    interface: str, bitrate: int, severities: list[Severity]
) -> None:
    bus = BusEntry(interface=interface, channel="can0", bitrate=bitrate)
    found = adapter_remarks(Profile(name="x", buses=[bus]))
    assert [one.severity for one in found] == severities


@pytest.mark.parametrize(
    ("interface", "accept_active", "is_refused"),
    [
        ("slcan", False, False),
        ("virtual", False, False),
        ("seeedstudio", False, True),
        ("seeedstudio", True, False),
        ("robotell", False, True),
        ("socketcand", False, True),
    ],
)
def test_an_adapter_that_cannot_be_silent_is_refused_unless_accepted(
    interface: str, accept_active: bool, is_refused: bool
) -> None:
    bus = BusEntry(interface=interface, channel="c", accept_active=accept_active)
    assert bool(list(listen_only_remarks(Profile(name="x", buses=[bus])))) is is_refused
    allowance = DiagnosticsEntry(is_allowed=True, bus=bus.name)
    asked = Profile(name="x", buses=[bus], diagnostics=allowance)
    assert bool(list(listen_only_remarks(asked))) is is_refused


@pytest.mark.parametrize(("accept_active", "is_warned"), [(False, True), (True, False)])
def test_diagnostics_on_socketcan_need_an_interface_that_is_active_and_accepted(
    accept_active: bool, is_warned: bool
) -> None:
    bus = BusEntry(name="hv", interface="socketcan", accept_active=accept_active)
    allowance = DiagnosticsEntry(is_allowed=True, bus="hv")
    found = list(listen_only_remarks(Profile(name="x", buses=[bus], diagnostics=allowance)))
    assert [one.severity for one in found] == [Severity.WARNING] * is_warned
