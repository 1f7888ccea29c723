import re
from collections import defaultdict
from pathlib import Path

import pytest

from can_bridge.diagnostics.bench import BenchDiagnostics
from can_bridge.diagnostics.overhearing import Overhearing
from can_bridge.frames import FrameBatch
from can_bridge.logs.reading import open_log
from can_bridge.profile_tables import DiagnosticsEntry, Profile
from telemetry.contract.payloads import (
    BenchState,
    FaultReport,
    FaultSource,
    FaultState,
    Identity,
    IdentityKind,
)
from telemetry.contract.topics import Stream
from tests.integration.bridge_desk import Desk


def overheard(log: Path, *, is_j1939: bool = False) -> Overhearing:
    overhearing = Overhearing(j1939_buses=frozenset({"can"} if is_j1939 else ()))
    for frames in open_log(log).batches(None):
        overhearing.take("can", frames)
    return overhearing


def reference_codes(shared: Path) -> dict[str, set[str]]:
    page = (shared / "can/README.md").read_text("utf-8")
    section = page.partition("### logs/kona2021_dcan_dtc_scan")[2].partition("###")[0]
    listed = section.partition("DTCs by responding id: {")[2].partition("}")[0]
    return {
        ecu: set(re.findall(r"'([^']+)'", codes))
        for ecu, codes in re.findall(r"'(0x[0-9A-F]+)': \[([^\]]*)\]", listed)
    }


def test_a_scan_of_a_whole_car_is_overheard_to_the_last_code(shared: Path) -> None:
    overhearing = overheard(shared / "can/logs/kona2021_dcan_dtc_scan.gvret.csv")
    found: dict[str, set[str]] = defaultdict(set)
    for heard in overhearing.heard:
        for code in heard.codes:
            text = f"{code.dtc}-{code.failure_type:02X} status 0x{code.status:02X}"
            found[heard.ecu].add(text)
    assert len(reference_codes(shared)) == 10
    assert found == reference_codes(shared)


def test_every_message_of_the_scan_is_whole_and_counted_by_its_first_byte(shared: Path) -> None:
    overhearing = overheard(shared / "can/logs/kona2021_dcan_dtc_scan.gvret.csv")
    counts = overhearing.reassembly.counts
    assert (counts.complete, counts.broken, counts.stray, counts.malformed) == (1814, 0, 0, 0)
    first = {f"{byte:02X}": count for byte, count in overhearing.counts.first_bytes.items()}
    expected = {"41": 657, "01": 359, "10": 226, "20": 138, "7F": 113, "18": 82, "19": 54}
    expected |= {"50": 48, "59": 43, "60": 36, "58": 21, "49": 8, "43": 8, "47": 8}
    assert first.items() >= expected.items()
    refusals = {f"{s:02X} {n:02X}": count for (s, n), count in overhearing.counts.refusals.items()}
    expected = {"18 11": 41, "19 11": 12, "19 78": 12, "10 12": 10, "18 12": 9, "19 12": 7}
    expected |= {"19 31": 6, "20 11": 5, "18 21": 3, "19 22": 2, "20 00": 2, "20 78": 2}
    assert refusals.items() >= expected.items()
    assert overhearing.counts.unasked == 0


@pytest.mark.parametrize(
    ("log", "messages", "firsts"),
    [
        (
            "kona2021_bms_bench_precharge_sequence.asc",
            8,
            {0x3E: 2, 0x7E: 2, 0x2F: 2, 0x6F: 2},
        ),
        ("css_leaf_uds_gnss.mf4", 52, {0x21: 26, 0x61: 26}),
    ],
)
def test_other_diagnostics_are_put_together_and_hold_no_code(
    shared: Path, log: str, messages: int, firsts: dict[int, int]
) -> None:
    overhearing = overheard(shared / "can/logs" / log)
    assert overhearing.reassembly.counts.complete == messages
    assert overhearing.reassembly.counts.broken == 0
    assert overhearing.counts.first_bytes == firsts
    assert overhearing.heard == []


def test_a_trucks_active_codes_are_read_from_broadcast_transfers(shared: Path) -> None:
    overhearing = overheard(shared / "can/logs/css_j1939_truck_idle.mf4", is_j1939=True)
    assert overhearing.transport.complete == 127
    assert overhearing.transport.broken == 0
    listed = {tuple(code.dtc for code in heard.codes) for heard in overhearing.heard}
    assert listed == {("SPN 980 FMI 9", "SPN 3216 FMI 20", "SPN 609 FMI 9", "SPN 609 FMI 12")}


@pytest.mark.parametrize(
    "log", ["kona2019_pcan_ccan_off_on_ready_off.gvret.csv", "savvy_sample.gvret.csv"]
)
def test_ordinary_traffic_is_no_diagnosis(shared: Path, log: str) -> None:
    overhearing = overheard(shared / "can/logs" / log)
    assert overhearing.heard == []
    assert overhearing.facts == []
    assert overhearing.marks == 0


STATED = Identity(kind=IdentityKind.HARDWARE, adapter="slcan:x")


def listening_desk(folder: Path) -> Desk:
    profile = Profile(name="desk", diagnostics=DiagnosticsEntry())
    desk = Desk(folder, diagnostics=lambda: BenchDiagnostics(profile, STATED))
    desk.uplink.connect()
    return desk


def say(desk: Desk, *frames: tuple[int, str]) -> None:
    for can_id, hexed in frames:
        desk.receiver.put_frame(can_id, bytes.fromhex(hexed))
    desk.run(0.1)


def reports(desk: Desk) -> list[FaultReport]:
    """What ingest keeps: a row that is sent again counts once."""
    sent = [one for one in desk.sent(Stream.FAULTS) if isinstance(one, FaultReport)]
    return list({one.seq: one for one in sent}.values())


LISTED = ((0x7E4, "031902FF"), (0x7EC, "075902FF0AA60009"))
GONE = ((0x7E4, "031902FF"), (0x7EC, "035902FF"))


def test_an_overheard_code_lives_through_the_bridge_with_its_freeze(tmp_path: Path) -> None:
    desk = listening_desk(tmp_path)
    desk.run(12.0, value=800)
    say(desk, *LISTED)
    desk.run(6.0, value=800)
    say(desk, *GONE)
    desk.run(0.2)
    told = reports(desk)
    assert [one.state for one in told] == [
        FaultState.CONFIRMED,
        FaultState.CONFIRMED,
        FaultState.CLEARED,
    ]
    assert {(one.dtc, one.source, one.ecu) for one in told} == {
        ("P0AA6", FaultSource.OVERHEARD, "0x7EC")
    }
    assert len({one.fault_id for one in told}) == 1
    freeze = told[1].freeze
    assert freeze is not None
    assert (freeze.offsets_ms[0], freeze.offsets_ms[-1]) == (-10_000, 5_000)
    assert set(freeze.signals["isolation_kohm"]) == {800.0}
    states = [one for one in desk.sent(Stream.STATE) if isinstance(one, BenchState)]
    assert any(one.fault_codes == ["P0AA6"] for one in states)
    assert states[-1].fault_codes == []
    desk.run(3.0, value=800)
    counts = next(
        one.diagnostics for one in reversed(desk.sent(Stream.STATE)) if isinstance(one, BenchState)
    )
    assert (counts.messages, counts.sent, counts.is_armed) == (4, 0, False)
    desk.close()


def test_an_overheard_code_is_still_open_after_a_restart_and_told_once(tmp_path: Path) -> None:
    desk = listening_desk(tmp_path)
    desk.run(1.0, value=800)
    say(desk, *LISTED)
    desk.restart()
    desk.run(1.0, value=800)
    say(desk, *LISTED)
    desk.run(6.0, value=800)
    confirmed = [one for one in reports(desk) if one.freeze is None]
    assert [one.state for one in confirmed] == [FaultState.CONFIRMED]
    cut_off = [one.freeze for one in reports(desk) if one.freeze is not None]
    assert [one.is_complete for one in cut_off] == [False]
    say(desk, *GONE)
    assert reports(desk)[-1].state is FaultState.CLEARED
    desk.close()


def test_an_overheard_vin_is_announced_with_a_new_birth(tmp_path: Path) -> None:
    desk = listening_desk(tmp_path)
    desk.run(2.0, value=800)
    vin = b"KMHK381GXMU123456".hex()
    say(
        desk,
        (0x7EC, "101462F190" + vin[:6]),
        (0x7EC, "21" + vin[6:20]),
        (0x7EC, "22" + vin[20:]),
    )
    assert desk.bridge.birth.identity.vin == "KMHK381GXMU123456"
    births = desk.sent(Stream.BIRTH)
    assert births[-1] == desk.bridge.birth
    desk.run(1.0, value=800)
    assert desk.sent(Stream.BIRTH) == births
    desk.close()


def test_batches_of_any_size_tell_the_same(shared: Path) -> None:
    log = shared / "can/logs/kona2021_dcan_dtc_scan.gvret.csv"
    whole = overheard(log)
    single = Overhearing()
    for frames in open_log(log).batches(None):
        for frame in frames:
            single.take("can", FrameBatch.of([frame]))
    assert single.heard == whole.heard
    assert single.counts == whole.counts
