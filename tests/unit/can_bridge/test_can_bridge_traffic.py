from pathlib import Path

import pytest
from cantools.database.can import Database

from can_bridge.catalogue import BusDecoder
from can_bridge.decoding.frames import FrameDecoder
from can_bridge.errors import BadProfile
from can_bridge.frames import Frame, FrameBatch
from can_bridge.judgement import Judgement
from can_bridge.profile import CheckedProfile, load_profile
from can_bridge.traffic import Traffic
from telemetry.contract.payloads import FaultReport, FaultState, Value

DBC = """BU_: A
BO_ 1 M: 4 A
 SG_ Iso : 0|16@1+ (1,0) [0|60000] "kOhm" A
 SG_ Temp : 16|8@1- (1,0) [-40|100] "" A
 SG_ Page M : 24|8@1+ (1,0) [0|0] "" A
BO_ 2 Paged: 2 A
 SG_ Mux M : 0|8@1+ (1,0) [0|0] "" A
 SG_ Cell m1 : 8|8@1+ (1,0) [0|200] "" A
"""
PROFILE = """
name = "desk"
stale_after_s = 1.0
[signals.isolation_kohm]
source = "M.Iso"
[signals.temp]
source = "front/M.Temp"
not_available = [99]
maximum = 80
[[faults]]
condition = "isolation_kohm < 35"
dtc = "P0AA6"
severity = 3
confirm_s = {confirm_s}
text_zh = "绝缘"
text_en = "isolation"
"""


class Nothing:
    def state(self, name: str) -> bytes | None:
        del name
        return None


def make_profile(folder: Path, confirm_s: float = 0.0, more: str = "") -> CheckedProfile:
    path = folder / "desk.toml"
    path.write_text(PROFILE.format(confirm_s=confirm_s) + more, encoding="utf-8")
    return load_profile(path)


def make_traffic(profile: CheckedProfile) -> Traffic:
    database = Database(strict=False)
    database.add_dbc_string(DBC)
    decoder = FrameDecoder(database)
    return Traffic([BusDecoder("front", decoder), BusDecoder("rear", decoder)], profile)


def frames(*rows: tuple[int, int]) -> FrameBatch:
    """Frames of message 1 with these isolation resistances and temperatures."""
    return FrameBatch.of(
        Frame(0.0, "front", 1, False, iso.to_bytes(2, "little") + bytes([temp & 0xFF, 0]))
        for iso, temp in rows
    )


def test_the_last_value_of_a_signal_counts_under_the_name_of_its_bus(tmp_path: Path) -> None:
    traffic = make_traffic(make_profile(tmp_path))
    traffic.take("front", frames((500, 20), (501, -3)), now_s=10.0)
    traffic.take("rear", frames((700, 50)), now_s=10.0)
    values = traffic.all_fresh(10.0)
    assert values == {
        "isolation_kohm": 501,
        "temp": -3,
        "M.Page": 0,
        "M.Iso": 700,
        "M.Temp": 50,
        "rear/M.Page": 0,
    }
    assert dict(traffic.fresh(10.0)) == values
    assert traffic.take_frame_count() == 3


def test_values_that_are_not_believed_are_none_and_stay_out_of_the_way_of_others(
    tmp_path: Path,
) -> None:
    traffic = make_traffic(make_profile(tmp_path))
    # "no value" as the profile says; above what the profile allows; all ones; beyond the DBC
    for iso, temp, expected in (
        (500, 99, (500, None)),
        (500, 81, (500, None)),
        (0xFFFF, 80, (None, 80)),
        (60001, -41, (None, -41)),
    ):
        traffic.take("front", frames((iso, temp)), now_s=1.0)
        fresh = traffic.fresh(1.0)
        assert (fresh["isolation_kohm"], fresh["temp"]) == expected
        assert traffic.all_fresh(1.0)["isolation_kohm"] == expected[0]


def test_a_signal_that_stays_away_is_forgotten_and_comes_back(tmp_path: Path) -> None:
    traffic = make_traffic(make_profile(tmp_path))
    traffic.take("front", frames((500, 20)), now_s=10.0)
    assert traffic.fresh(11.0)["temp"] == 20
    late = traffic.fresh(11.01)
    assert "temp" not in late
    assert late.get("temp") is None
    assert len(late) == len(traffic.all_fresh(11.01)) == 0
    traffic.take("front", frames((500, 21)), now_s=20.0)
    assert traffic.fresh(20.0)["temp"] == 21


def test_every_frame_is_counted_once_and_doubtful_ones_besides(tmp_path: Path) -> None:
    traffic = make_traffic(make_profile(tmp_path))
    batch = FrameBatch.of(
        Frame(0.0, "front", frame_id, False, data)
        for frame_id, data in (
            (1, b"\x10\x00\x10\x00"),
            (1, b"\xff\xff\x10\x00"),
            (1, b"\xff\xff\x63\x00"),
            (1, b"\xf0\xff\x63\x00"),
            (1, b"\x10\x00"),
            (2, b"\x01\x05"),
            (2, b"\x02\x05"),
            (2, b"\x01\xfa"),
            (3, b"\x01\xfa"),
        )
    )
    traffic.take("front", batch, now_s=0.0)
    counts = traffic.counts(lost=7)
    assert (counts.decoded, counts.short, counts.unknown_mux, counts.unknown_id) == (6, 1, 1, 1)
    assert (counts.not_available, counts.implausible) == (3, 2)
    assert (counts.undecodable, counts.lost) == (0, 7)


def test_requests_and_answers_of_the_profiles_control_units_are_no_unknown_ids(
    tmp_path: Path,
) -> None:
    allowed = '[[buses]]\nname = "front"\n'
    allowed += '[diagnostics]\nis_allowed = true\nbus = "front"\n[[diagnostics.ecus]]\nname = "A"\n'
    allowed += "request_id = 0x7E4\nresponse_id = 0x18DAF110\n"
    traffic = make_traffic(make_profile(tmp_path, more=allowed))
    ids = ((0x7E4, False), (0x18DAF110, True), (0x7E4, True), (0x7EC, False), (1, False))
    batch = FrameBatch.of(Frame(0.0, "front", one, is_long, bytes(4)) for one, is_long in ids)
    traffic.take("front", batch, now_s=0.0)
    counts = traffic.counts(lost=0)
    assert (counts.decoded, counts.diagnostic, counts.unknown_id) == (1, 2, 2)
    traffic.take("rear", batch, now_s=0.0)
    counts = traffic.counts(lost=0)
    assert (counts.decoded, counts.diagnostic, counts.unknown_id) == (2, 2, 6)


@pytest.mark.parametrize(("confirm_s", "told"), [(0.0, True), (0.05, False)])
def test_one_low_value_between_good_ones_of_a_tick_confirms_only_what_needs_no_time(
    tmp_path: Path, confirm_s: float, told: bool
) -> None:
    profile = make_profile(tmp_path, confirm_s)
    traffic, judgement = make_traffic(profile), Judgement(profile, Nothing())
    reports = []
    for tick, values in enumerate([(500,), (500, 30, 500), (500,)]):
        traffic.take("front", frames(*((iso, 20) for iso in values)), now_s=tick / 20)
        reports += judgement.step(
            traffic.fresh(tick / 20), tick * 50, 1, passing=traffic.moments(tick / 20)
        )
    states = [one.state for one in reports if isinstance(one, FaultReport)]
    assert (FaultState.CONFIRMED in states) is told
    if told:
        seen = next(one.signals for one in reports if isinstance(one, FaultReport))
        assert seen["isolation_kohm"] == 30


def test_a_value_that_is_no_value_confirms_nothing_at_once(tmp_path: Path) -> None:
    profile = make_profile(tmp_path)
    traffic, judgement = make_traffic(profile), Judgement(profile, Nothing())
    traffic.take("front", frames((0xFFFF, 20), (500, 20), (0xFFFF, 20)), now_s=0.0)
    assert judgement.step(traffic.fresh(0.0), 0, 1, passing=traffic.moments(0.0)) == []


def test_moments_are_handed_out_once_and_leave_out_what_stays(tmp_path: Path) -> None:
    traffic = make_traffic(make_profile(tmp_path))
    traffic.take("front", frames((1, 20), (1, 21), (2, 22), (3, 23)), now_s=0.0)
    seen: list[Value] = [one["isolation_kohm"] for one in traffic.moments(0.0)]
    assert seen == [1, 2]
    assert list(traffic.moments(0.0)) == []


def test_a_source_no_dbc_has_is_named(tmp_path: Path) -> None:
    profile = make_profile(tmp_path, more='[signals.other]\nsource = "M.Nowhere"\n')
    with pytest.raises(BadProfile, match=r"M\.Nowhere"):
        make_traffic(profile)
